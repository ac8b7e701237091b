/** Closes a live file: its lines in gzip members, under a temporary name until they are on the disk. A crash leaves the live file. */
import {closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, unlinkSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';
import {blockEnd} from './blocks.ts';
import {linesIn, toMember} from './member.ts';

/** Members that are compressed at a time; the thread pool has four. */
const AT_ONCE = 4;
/** Bytes that a last line has at most to be called short. */
export const LAST = 1 << 16;
const NEWLINE = 10;

/** Writes all of some bytes, however often the disk takes less. */
export function writeAll(
	bytes: Uint8Array,
	write: (bytes: Uint8Array, offset: number) => number,
	wrote: (count: number) => void = () => {},
): void {
	for (let done = 0; done < bytes.length; ) {
		const count = write(bytes, done);
		done += count;
		wrote(count);
	}
}

/** Makes a rename last over a power cut; some file systems have no such thing. */
function syncFolder(folder: string): void {
	try {
		const descriptor = openSync(folder, 'r');
		fsyncSync(descriptor);
		closeSync(descriptor);
	} catch {
		// The file itself is on the disk; its name is, sooner or later.
	}
}

function readWhole(descriptor: number, offset: number, size: number): Buffer {
	const bytes = Buffer.alloc(size);
	for (let done = 0; done < size; ) {
		const read = readSync(descriptor, bytes, done, size - done, offset + done);
		if (read === 0) throw new Error('it became shorter while it was compressed');
		done += read;
	}
	return bytes;
}

/** Where the last line begins, if it is a short one: it has a member of its own, so that a file's end is read at once. */
function lastLineAt(descriptor: number, end: number): number {
	const size = Math.min(end, LAST);
	const found = readWhole(descriptor, end - size, size).lastIndexOf(NEWLINE, size - 2);
	return found < 0 ? end : end - size + found + 1;
}

async function compress(from: number, to: number): Promise<void> {
	const end = fstatSync(from).size;
	const last = lastLineAt(from, end);
	const waiting: Promise<Buffer>[] = [];
	const writeFirst = async (): Promise<void> => {
		const member = await waiting.shift();
		if (member !== undefined) writeAll(member, (bytes, offset) => writeSync(to, bytes, offset));
	};
	let line = 1;
	for (let offset = 0; offset < end; ) {
		const next = blockEnd(from, offset, offset < last ? last : end);
		const bytes = readWhole(from, offset, next - offset);
		waiting.push(toMember(bytes, line));
		// Told where it is awaited; until then it must not end the program.
		waiting.at(-1)?.catch(() => {});
		line += linesIn(bytes);
		offset = next;
		if (waiting.length >= AT_ONCE) await writeFirst();
	}
	while (waiting.length > 0) await writeFirst();
	fsyncSync(to);
}

/** Compresses a live file to another name and removes it. Throws what the file system throws, with the live file still there. */
export async function pack(live: string, closed: string): Promise<void> {
	const temporary = `${closed}.part`;
	const from = openSync(live, 'r');
	try {
		const to = openSync(temporary, 'w', 0o600);
		try {
			await compress(from, to);
		} finally {
			closeSync(to);
		}
		renameSync(temporary, closed);
		syncFolder(dirname(closed));
		unlinkSync(live);
	} catch (error) {
		rmSync(temporary, {force: true});
		throw error;
	} finally {
		closeSync(from);
	}
}
