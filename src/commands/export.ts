/** `devtop export FILE --as json|journal`: a recording for other tools. */
import {createWriteStream} from 'node:fs';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {openRecording} from '../session/recording/read.ts';
import {exportJournal} from './export-journal.ts';
import {exportJson} from './export-json.ts';
import type {ExportAs} from './forms.ts';

/** Bytes that are handed on at a time. */
const CHUNK = 1 << 16;

/** Small pieces as large ones: a stream costs more a piece than a byte. */
export function* chunked(pieces: Iterable<string | Buffer>): Generator<Buffer> {
	let waiting: Buffer[] = [];
	let size = 0;
	for (const piece of pieces) {
		const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
		waiting.push(bytes);
		size += bytes.length;
		if (size < CHUNK) continue;
		yield Buffer.concat(waiting);
		waiting = [];
		size = 0;
	}
	if (size > 0) yield Buffer.concat(waiting);
}

/**
 * Writes a recording in another form, to a new file or to stdout.
 *
 * @param note told what of the recording could not be read: the rest is exported.
 */
export async function exportFile(
	file: string,
	as: ExportAs,
	output: string | null,
	note: (sentence: string) => void,
): Promise<Failure | null> {
	const recording = openRecording(file);
	if (isFailure(recording)) return recording;
	const pieces = Readable.from(chunked(as === 'json' ? exportJson(recording) : exportJournal(recording)));
	try {
		if (output === null) await pipeline(pieces, process.stdout, {end: false});
		else await pipeline(pieces, createWriteStream(output, {flags: 'wx', mode: 0o600}));
	} catch (error) {
		const {code, message} = error as NodeJS.ErrnoException;
		// Whoever read it has seen enough.
		if (output === null && code === 'EPIPE') return null;
		if (output !== null && code === 'EEXIST') return failure('usage', `${output} is there already: name another file.`);
		return failure('channel', `The export could not be written${output === null ? '' : ` to ${output}`}: ${message}.`);
	} finally {
		recording.close();
	}
	for (const problem of recording.problems()) note(problem);
	return null;
}
