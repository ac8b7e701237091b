/** A recording's bytes in blocks of about 1 MB, whichever form it has: they are read one at a time, so that 1 GB needs no memory. */
import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs';
import {fromMember, HEADER_BYTES, memberHeader, SIGNATURE} from './member.ts';

/** Most bytes of a block, but for a line that is longer. */
export const MOST = 1_000_000;
/** What is called a line at most: an entry may have 64 MB, and JSON makes it longer. */
const LONGEST = 256 << 20;
const WINDOW = 1 << 16;
const NEWLINE = 10;

/** Where a block stands. A closed file knows its lines beforehand. */
export type Span = {
	readonly offset: number;
	readonly size: number;
	readonly lines: {readonly first: number; readonly count: number} | null;
	/** Nothing can be read of it: its place is known from its neighbours only. */
	readonly damaged: boolean;
};

/** An open file and its blocks. */
export type Blocks = {
	readonly file: string;
	readonly descriptor: number;
	readonly bytes: number;
	readonly closed: boolean;
	readonly spans: readonly Span[];
};

/** Bytes of a file, as many as there are. Throws what the file system throws. */
export function piece(descriptor: number, offset: number, size: number): Buffer {
	const bytes = Buffer.allocUnsafe(size);
	let done = 0;
	while (done < size) {
		const read = readSync(descriptor, bytes, done, size - done, offset + done);
		if (read === 0) break;
		done += read;
	}
	return bytes.subarray(0, done);
}

/** The place behind the first line break at or after `from`; `end` where there is none. */
function lineEnd(descriptor: number, from: number, end: number): number {
	for (let at = from; at < end; at += WINDOW) {
		const found = piece(descriptor, at, Math.min(WINDOW, end - at)).indexOf(NEWLINE);
		if (found >= 0) return at + found + 1;
	}
	return end;
}

/** Where the block that begins at `from` ends: behind the last line break within its bounds, or behind its one line. */
export function blockEnd(descriptor: number, from: number, end: number): number {
	if (from === 0) return lineEnd(descriptor, 0, Math.min(end, LONGEST));
	if (end - from <= MOST) return end;
	for (let to = from + MOST; to > from; ) {
		const start = Math.max(from, to - WINDOW);
		const found = piece(descriptor, start, to - start).lastIndexOf(NEWLINE);
		if (found >= 0) return start + found + 1;
		to = start;
	}
	return lineEnd(descriptor, from + MOST, Math.min(end, from + LONGEST));
}

function liveSpans(descriptor: number, end: number): Span[] {
	const spans: Span[] = [];
	for (let offset = 0; offset < end; ) {
		const next = blockEnd(descriptor, offset, end);
		spans.push({offset, size: next - offset, lines: null, damaged: false});
		offset = next;
	}
	return spans;
}

/** The next member that can be believed, from `from` on; `end` where there is none. */
function nextMember(descriptor: number, from: number, end: number): number {
	for (let at = from; at < end; at += MOST) {
		const window = piece(descriptor, at, Math.min(MOST + HEADER_BYTES, end - at));
		for (let found = window.indexOf(SIGNATURE); found >= 0; found = window.indexOf(SIGNATURE, found + 1))
			if (memberHeader(piece(descriptor, at + found, HEADER_BYTES)) !== null) return at + found;
	}
	return end;
}

/** Hops from member to member. Where one has no header that can be believed, the next is looked for. */
function closedSpans(descriptor: number, end: number): Span[] {
	const spans: Span[] = [];
	let line = 1;
	let lost: {offset: number; size: number} | null = null;
	for (let offset = 0; offset < end; ) {
		const header = memberHeader(piece(descriptor, offset, HEADER_BYTES));
		if (header === null) {
			const next = nextMember(descriptor, offset + 1, end);
			lost = {offset, size: next - offset};
			offset = next;
			continue;
		}
		const {firstLine: first, lines: count, size} = header;
		if (lost !== null || first !== line) {
			spans.push({
				...(lost ?? {offset, size: 0}),
				lines: first > line ? {first: line, count: first - line} : null,
				damaged: true,
			});
			lost = null;
		}
		const left = Math.min(size, end - offset);
		spans.push({offset, size: left, lines: {first, count}, damaged: left < size});
		line = first + count;
		offset += size;
	}
	if (lost !== null) spans.push({...lost, lines: null, damaged: true});
	return spans;
}

/** The blocks of an open file. A damaged beginning does not hide what a file is, as long as a second member is near. */
export function blocksOf(file: string, descriptor: number): Blocks {
	const bytes = fstatSync(descriptor).size;
	const closed = piece(descriptor, 0, Math.min(bytes, WINDOW)).includes(SIGNATURE);
	return {
		file,
		descriptor,
		bytes,
		closed,
		spans: closed ? closedSpans(descriptor, bytes) : liveSpans(descriptor, bytes),
	};
}

/** A block's lines; null where it is damaged. */
export function readBlock({descriptor, closed}: Blocks, {offset, size, damaged}: Span): Buffer | null {
	if (damaged) return null;
	const bytes = piece(descriptor, offset, size);
	return closed ? fromMember(bytes) : bytes;
}

/** The lines of a block with their line breaks left out; the last may be torn. */
export function* linesOf(block: Buffer): Generator<{readonly bytes: Buffer; readonly whole: boolean}> {
	for (let at = 0; at < block.length; ) {
		const end = block.indexOf(NEWLINE, at);
		yield {bytes: block.subarray(at, end < 0 ? block.length : end), whole: end >= 0};
		at = end < 0 ? block.length : end + 1;
	}
}

/** Opens a file for reading its blocks; a pipe that nobody writes to does not hold it up. Throws what the file system throws. */
export const openFile = (file: string): number => openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
/** Lets go of what openFile gave. */
export const closeFile = (descriptor: number): void => closeSync(descriptor);
