/** Writes a recording: frames as hashed lines, appended as they come, closed in order. What a line is: recording/line.ts. */
import {closeSync, existsSync, fsyncSync, ftruncateSync, openSync, writeSync} from 'node:fs';
import type {Identity} from '../domain/fact.ts';
import type {Frame} from '../domain/frame.ts';
import {Chain, SUFFIX, statedHash} from './recording/line.ts';
import {linesIn} from './recording/member.ts';
import {pack, writeAll} from './recording/pack.ts';
import {Tally} from './recording/tally.ts';

export {frameLine, readFrames} from './recording/line.ts';

/** Where a recording goes: to a file, or to a place that depends on who answers. Names ending in .gz are written live without it. */
export type Where = string | ((device: Identity | null) => string);

/** What the recorder needs of a file system. */
export type Disk = {
	/** A new file, mode 0600; throws where there is one already. */
	open(file: string): number;
	/** Writes some of the bytes from `offset` on, and says how many. */
	write(descriptor: number, bytes: Uint8Array, offset: number): number;
	sync(descriptor: number): void;
	cut(descriptor: number, size: number): void;
	close(descriptor: number): void;
};

const disk: Disk = {
	open: file => openSync(file, 'wx', 0o600),
	write: (descriptor, bytes, offset) => writeSync(descriptor, bytes, offset),
	sync: fsyncSync,
	cut: ftruncateSync,
	close: closeSync,
};

const GZ = /\.gz$/;

/**
 * Appends frames to a file of its own. Writing waits for the disk, and so does everything behind it: a disk that is slower
 * than the device's lines makes them wait on the device, and loses none. Throws what the file system throws: the session
 * says it and goes on.
 */
export class Recorder {
	readonly tally = new Tally();
	readonly #where: Where;
	readonly #disk: Disk;
	readonly #chain = new Chain();
	#descriptor: number | null = null;
	#file: string | null = null;
	#closed: string | null = null;
	#pending: string[] = [];
	/** Bytes, lines and the last line's hash of what was written. */
	bytes = 0;
	frames = 0;
	head = '';
	/** Why it could not be written, or not be compressed; what was written stands in the file. */
	fault: string | null = null;
	/** Did it end before the session did? What came from then on is not on record. */
	cut = false;

	/** Opens a file at once; a place waits for `begin`. */
	constructor(where: Where, on: Disk = disk) {
		this.#where = where;
		this.#disk = on;
		if (typeof where !== 'string') return;
		const live = where.replace(GZ, '');
		if (live !== where) {
			if (existsSync(where)) throw Object.assign(new Error(`${where} is there already`), {code: 'EEXIST'});
			this.#closed = where;
		}
		this.#open(live);
	}

	/** The file that is written now; null before it is known where. */
	get file(): string | null {
		return this.#file;
	}

	/** It is known who answers: opens a recording that waited for that. */
	begin(device: Identity | null): void {
		if (typeof this.#where === 'string' || this.#file !== null) return;
		try {
			const live = this.#where(device);
			this.#open(live);
			this.#closed = `${live}.gz`;
		} catch (error) {
			this.cut = true;
			throw this.#failed(error);
		}
		// Killed in its first moment, it is a recording all the same.
		this.flush();
	}

	take(frame: Frame): void {
		this.tally.take(frame);
		this.#pending.push(this.#chain.line(frame));
	}

	/** Writes what came since the last time. Where that fails, the file ends with its last whole line and takes no more. */
	flush(): void {
		const descriptor = this.#descriptor;
		if (this.#pending.length === 0 || descriptor === null) return;
		const bytes = Buffer.from(this.#pending.join(''));
		this.#pending = [];
		let written = 0;
		try {
			writeAll(
				bytes,
				(all, offset) => this.#disk.write(descriptor, all, offset),
				count => {
					written += count;
				},
			);
			this.#count(bytes);
		} catch (error) {
			this.#count(bytes.subarray(0, written === 0 ? 0 : bytes.lastIndexOf(10, written - 1) + 1));
			this.#give(descriptor);
			this.cut = true;
			throw this.#failed(error);
		}
	}

	/** Whole lines are in the file. */
	#count(lines: Buffer): void {
		if (lines.length === 0) return;
		this.bytes += lines.length;
		this.frames += linesIn(lines);
		this.head = statedHash(lines.toString('latin1', Math.max(0, lines.length - 1 - SUFFIX), lines.length - 1)) ?? '';
	}

	/** Everything so far is on the disk when this returns. */
	sync(): void {
		this.flush();
		if (this.#descriptor === null) return;
		try {
			this.#disk.sync(this.#descriptor);
		} catch (error) {
			this.cut = true;
			throw this.#failed(error);
		}
	}

	/**
	 * Ends the file; nothing is taken any more. One in its default place, or whose name ends in .gz, is compressed; where
	 * that fails, the live file stays and is as good.
	 *
	 * @returns the file that holds the recording, null where there is none.
	 */
	async close(): Promise<string | null> {
		const descriptor = this.#descriptor;
		if (descriptor === null) return this.#file;
		try {
			this.sync();
		} finally {
			if (this.#descriptor !== null) this.#disk.close(descriptor);
			this.#descriptor = null;
		}
		if (this.#file === null || this.#closed === null) return this.#file;
		try {
			await pack(this.#file, this.#closed);
		} catch (error) {
			throw this.#failed(error);
		}
		this.#file = this.#closed;
		return this.#file;
	}

	#failed(error: unknown): unknown {
		this.fault = error instanceof Error ? error.message : String(error);
		return error;
	}

	#open(live: string): void {
		this.#descriptor = this.#disk.open(live);
		this.#file = live;
	}

	/** After a fault: half a line goes, what is whole stays. */
	#give(descriptor: number): void {
		this.#descriptor = null;
		this.#closed = null;
		try {
			this.#disk.cut(descriptor, this.bytes);
			this.#disk.close(descriptor);
		} catch {
			// A disk that does not even cut leaves a torn last line, which every reader knows.
		}
	}
}
