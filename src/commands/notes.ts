/** The handover note of a recording, for the next person, a ticket, a customer, or a program. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {basename} from 'node:path';
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {type Note, noteOf, toBrief, toCustomer, toJson, toMarkdown} from '../handover/index.ts';
import {openRecording} from '../session/recording/read.ts';
import {type Range, verify} from '../session/recording/verify.ts';
import type {NoteForm} from './forms.ts';
import {writeOut} from './write-out.ts';

const FORMS: Readonly<Record<NoteForm, (note: Note) => string>> = {
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
	const checked = verify(file);
	if (isFailure(checked)) return checked;
	const recording = openRecording(file);
	if (isFailure(recording)) return recording;
	try {
		const {hashed, hash, broken} = checked;
		const note = noteOf(recording.frames(), {
			file: basename(file),
			bytes: recording.bytes,
			problems: () => [...recording.problems(), ...broken.map(rangeText)],
			hash: hashed && hash !== '' ? hash : null,
			intact: hashed ? broken.length === 0 : null,
			sha256: hashed ? null : await sha256Of(file),
		});
		return {text: FORMS[form](note)};
	} catch (error) {
		return failure('lost', `${file} could not be read to its end: ${error instanceof Error ? error.message : error}.`);
	} finally {
		recording.close();
	}
}

/** Writes a recording's note to a new file, or to stdout. */
export async function notesFile(file: string, form: NoteForm, output: string | null): Promise<Failure | null> {
	const note = await notes(file, {form});
	return isFailure(note) ? note : await writeOut([note.text], output, 'note');
}
