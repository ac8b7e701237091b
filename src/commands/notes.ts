/** The handover note of a recording, for the next person, a ticket, a customer, or a program. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {basename} from 'node:path';
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {type Note, notingOf, toBrief, toCustomer, toJson, toMarkdown} from '../handover/index.ts';
import {openRecording} from '../session/recording/read.ts';
import {type Range, verifying} from '../session/recording/verify.ts';
import type {NoteForm} from './forms.ts';
import {writeOut} from './write-out.ts';

/** What writes a note's forms. */
export const FORMS: Readonly<Record<NoteForm, (note: Note) => string>> = {
	full: toMarkdown,
	brief: toBrief,
	customer: toCustomer,
	json: toJson,
};

const rangeText = ({from, to, what}: Range): string =>
	to === null
		? `From line ${from} on lines are ${what}: the chain of hashes is broken there.`
		: from === to
			? `Line ${from} is ${what}: the chain of hashes is broken there.`
			: `Lines ${from} to ${to} are ${what}: the chain of hashes is broken there.`;

/** SHA-256 of the whole file: what stands for it where its lines carry no hashes. */
async function sha256Of(file: string): Promise<string> {
	const digest = createHash('sha256');
	for await (const piece of createReadStream(file)) digest.update(piece);
	return digest.digest('hex');
}

/** With what stands for the whole file, where nothing in it was checked. */
export const withSum = async (note: Note, file: string): Promise<Note> =>
	note.file.intact === null ? {...note, file: {...note.file, sha256: await sha256Of(file)}} : note;

/** Checking the chain of hashes takes about as long as folding the frames. */
const HALF = 0.5;

/** Reads a recording from end to end, in steps; yields how far it is, 0 to 1. */
export function* noting(file: string): Generator<number, Note | Failure> {
	// Both see the file as it is now: a session that goes on makes it longer.
	const recording = openRecording(file);
	if (isFailure(recording)) return recording;
	try {
		let at = 0;
		const frames = function* () {
			for (let block = 0; block < recording.blocks; block++) {
				at = block / recording.blocks;
				yield* recording.block(block);
			}
		};
		const checking = verifying(file);
		let checked = checking.next();
		for (; checked.done !== true; checked = checking.next()) yield checked.value * HALF;
		if (isFailure(checked.value)) return checked.value;
		const {hashed, hash, broken} = checked.value;
		const noted = notingOf(frames(), {
			file: basename(file),
			bytes: recording.bytes,
			problems: () => [...recording.problems(), ...broken.map(rangeText)],
			hash: hashed && hash !== '' ? hash : null,
			intact: hashed ? broken.length === 0 : null,
		});
		for (;;) {
			const {done, value} = noted.next();
			if (done === true) return value;
			yield HALF + at * (1 - HALF);
		}
	} catch (error) {
		return failure('lost', `${file} could not be read to its end: ${error instanceof Error ? error.message : error}.`);
	} finally {
		recording.close();
	}
}

/**
 * Reads a recording from end to end and writes its note.
 *
 * @param file path of the recording.
 * @returns the note's text, or one sentence that says what the file is instead of a recording.
 */
export async function notes(
	file: string,
	{form = 'full'}: {readonly form?: NoteForm} = {},
): Promise<{readonly text: string} | Failure> {
	const steps = noting(file);
	for (;;) {
		const {done, value} = steps.next();
		if (done !== true) continue;
		return isFailure(value) ? value : {text: FORMS[form](await withSum(value, file))};
	}
}

/** Writes a recording's note to a new file, or to stdout. */
export async function notesFile(file: string, form: NoteForm, output: string | null): Promise<Failure | null> {
	const note = await notes(file, {form});
	return isFailure(note) ? note : await writeOut([note.text], output, 'note');
}
