/** Where a command's output goes: to a new file, or to stdout. */
import {createWriteStream} from 'node:fs';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {type Failure, failure} from '../domain/channel.ts';

/** What is written, in order: as it is made. */
export type Pieces = Iterable<string | Buffer> | AsyncIterable<string | Buffer>;

/** Bytes that are handed on at a time. */
const CHUNK = 1 << 16;

/** Small pieces as large ones: a stream costs more a piece than a byte. */
export async function* chunked(pieces: Pieces): AsyncGenerator<Buffer> {
	let waiting: Buffer[] = [];
	let size = 0;
	for await (const piece of pieces) {
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
 * Writes pieces as they come, and never over a file that is there.
 *
 * @param output null: stdout.
 * @param what it is, as a sentence names it.
 */
export async function writeOut(
	pieces: Pieces,
	output: string | null,
	what: 'export' | 'note',
): Promise<Failure | null> {
	try {
		const stream = Readable.from(chunked(pieces));
		if (output === null) await pipeline(stream, process.stdout, {end: false});
		else await pipeline(stream, createWriteStream(output, {flags: 'wx', mode: 0o600}));
		return null;
	} catch (error) {
		const {code, message} = error as NodeJS.ErrnoException;
		// Whoever read it has seen enough.
		if (output === null && code === 'EPIPE') return null;
		if (output !== null && code === 'EEXIST') return failure('usage', `${output} is there already: name another file.`);
		return failure('channel', `The ${what} could not be written${output === null ? '' : ` to ${output}`}: ${message}.`);
	}
}
