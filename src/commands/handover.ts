/** The handover note of a session that goes on, or of a recording that is replayed, for its screen. */
import {closeSync, openSync, writeFileSync} from 'node:fs';
import {setImmediate as others} from 'node:timers/promises';
import {isFailure} from '../domain/channel.ts';
import type {Form, Handover} from '../ui/note.tsx';
import type {NoteForm} from './forms.ts';

/** So long the screen and the session wait at most, but for one step. */
const SLICE_MS = 25;

const NAMES: Readonly<Record<Form, NoteForm>> = {whole: 'full', brief: 'brief', customer: 'customer'};

/** `FOLDER/2026-11-25T09-41-01Z.md`, with the form's name where it is not the whole note. */
function* namesFor(recording: string, form: Form): Generator<string> {
	const base = recording.replace(/(?:\.devtop)?\.jsonl(?:\.gz)?$/, '');
	const name = `${base}${form === 'whole' ? '' : `.${form}`}`;
	yield `${name}.md`;
	for (let number = 2; number < 1000; number++) yield `${name}-${number}.md`;
}

/** Writes a note to a file of its own, for its owner only, never over another one. */
function save(recording: string, form: Form, text: string): string {
	for (const name of namesFor(recording, form)) {
		try {
			const descriptor = openSync(name, 'wx', 0o600);
			try {
				writeFileSync(descriptor, text);
			} finally {
				closeSync(descriptor);
			}
			return `Saved: ${name}`;
		} catch (error) {
			const {code, message} = error as NodeJS.ErrnoException;
			if (code !== 'EEXIST') return `The note could not be written to ${name}: ${message}.`;
		}
	}
	return `There are a thousand notes beside ${recording} already: none was written.`;
}

/** @param recordingOf the file that is written or replayed now; null where nothing is recorded. */
export const handoverOf = (recordingOf: () => string | null): Handover => ({
	async read(told, stop) {
		const file = recordingOf();
		if (file === null)
			return {
				wrong: 'This session is not recorded, so there is no handover note of it: what was noted is in the story (o).',
			};
		// Only who wants a note loads what writes it.
		const {FORMS, noting, withSum} = await import('./notes.ts');
		const steps = noting(file);
		try {
			for (let began = performance.now(); ; ) {
				const {done, value} = steps.next();
				if (done === true) {
					if (isFailure(value)) return {wrong: value.message};
					const note = await withSum(value, file);
					const textIn = (form: Form): string => FORMS[NAMES[form]](note);
					return {texts: {whole: textIn('whole'), brief: textIn('brief'), customer: textIn('customer')}};
				}
				if (performance.now() - began < SLICE_MS) continue;
				told(value);
				await others();
				if (stop.aborted) return {wrong: ''};
				began = performance.now();
			}
		} finally {
			// Closes the file where it was left in the middle.
			steps.return({} as never);
		}
	},
	save(form, text) {
		const file = recordingOf();
		return file === null
			? 'This session is not recorded: there is no place beside a recording.'
			: save(file, form, text);
	},
});
