/** A recording: frames as JSON lines, appended as they come. Bytes that are no text stand as {"b64": …}. */
import {closeSync, openSync, writeSync} from 'node:fs';
import type {Frame} from '../domain/frame.ts';

const encode = (_key: string, value: unknown): unknown =>
	value instanceof Uint8Array ? {b64: Buffer.from(value).toString('base64')} : value;

const decode = (_key: string, value: unknown): unknown =>
	typeof value === 'object' && value !== null && 'b64' in value && typeof value.b64 === 'string'
		? new Uint8Array(Buffer.from(value.b64, 'base64'))
		: value;

/** One frame as its line, with the line break. */
export const frameLine = (frame: Frame): string => `${JSON.stringify(frame, encode)}\n`;

/** Reads a recording's text. A torn last line is left out and told, any other bad line too. */
export function readFrames(text: string): {readonly frames: readonly Frame[]; readonly bad: readonly number[]} {
	const frames: Frame[] = [];
	const bad: number[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		if (line === '') continue;
		try {
			frames.push(JSON.parse(line, decode) as Frame);
		} catch {
			bad.push(index + 1);
		}
	}
	return {frames, bad};
}

/** Appends frames to a file of its own, mode 0600. Throws what the file system throws: the session says it and goes on. */
export class Recorder {
	readonly file: string;
	readonly #descriptor: number;
	#pending: string[] = [];
	bytes = 0;

	constructor(file: string) {
		this.file = file;
		this.#descriptor = openSync(file, 'wx', 0o600);
	}

	take(frame: Frame): void {
		this.#pending.push(frameLine(frame));
	}

	/** Writes what came since the last time. */
	flush(): void {
		if (this.#pending.length === 0) return;
		const bytes = Buffer.from(this.#pending.join(''));
		this.#pending = [];
		for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
		this.bytes += bytes.length;
	}

	close(): void {
		this.flush();
		closeSync(this.#descriptor);
	}
}
