/**
 * Reads a recording while another devtop writes it, perhaps over a shared folder: whole lines only, found by looking again
 * (a shared folder tells nobody of changes), and their chain of hashes checked. Blocks are cut where pack.ts cuts them, so
 * that block and member are the same, and the closed file can take the live one's place at any moment.
 */
import {hash as digest} from 'node:crypto';
import {fstatSync} from 'node:fs';
import {basename} from 'node:path';
import {type Failure, isFailure} from '../../domain/channel.ts';
import type {Frame} from '../../domain/frame.ts';
import type {Growth, Standing} from '../tape.ts';
import {type Blocks, closeFile, linesOf, MOST, openFile, piece, readBlock, type Span} from './blocks.ts';
import {readBytes, readLine, statedHash, withoutHash} from './line.ts';
import {LAST} from './pack.ts';
import {openBlocks, tooNew} from './read.ts';

const NEWLINE = 10;
/** Bytes before the place that was read up to: they hold a hash, so where they are the same all before them is. */
const ANCHOR = 76;
/** Blocks kept in memory besides the one that grows. */
const KEPT = 4;
/** Looks without the file before it counts as gone: another machine may see the closed one later than the live one go. */
const GONE_AFTER = 10;

/** A block's lines: where they stand in the live file, and their numbers. */
type Part = {offset: number; size: number; first: number; lines: number};

/** The frame of a live file's last whole line; null where it is longer than lines are. */
function lastFrame(descriptor: number): Frame | null {
	const {size} = fstatSync(descriptor);
	const bytes = piece(descriptor, Math.max(0, size - LAST), Math.min(size, LAST));
	const end = bytes.lastIndexOf(NEWLINE);
	const begin = end <= 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1);
	return begin < 0 ? null : readLine(bytes.toString('utf8', begin + 1, end));
}

/** A file that is still written to, as far as one can tell from it: neither compressed nor ended in order. */
export const isLive = ({closed, descriptor}: Blocks): boolean => !closed && lastFrame(descriptor)?.t !== 'bye';

export class Tail implements Growth {
	readonly file: string;
	/** Its name in sentences: with its folders a row of the screen has no room for what is said of it. */
	readonly #name: string;
	/** Of the last frame when it was opened. */
	readonly endMs: number;
	standing: Standing = 'growing';
	trouble = '';
	#blocks: Blocks;
	readonly #parts: Part[] = [];
	readonly #kept = new Map<number, readonly Frame[]>();
	/** Frames of the last part. */
	#frames: Frame[] = [];
	/** Behind the last whole line, in bytes of the live file. */
	#at = 0;
	#lines = 0;
	#anchor = Buffer.alloc(0);
	#head = '';
	#hashed = false;
	#ended = false;
	#bad = 0;
	/** Size of the file with the torn line that was seen last. */
	#tornAt = -1;
	#missed = 0;
	/** Is the trouble one that may pass? */
	#hindered = false;

	constructor(blocks: Blocks) {
		this.#blocks = blocks;
		this.file = blocks.file;
		this.#name = basename(blocks.file);
		this.endMs = lastFrame(blocks.descriptor)?.ms ?? 0;
	}

	get blocks(): number {
		return Math.max(1, this.#parts.length);
	}

	/** Frames of one block; the last one's grow. */
	block(index: number): readonly Frame[] {
		if (index >= this.#parts.length - 1) return index === this.#parts.length - 1 ? this.#frames : [];
		const frames = this.#kept.get(index) ?? this.#again(index);
		this.#keep(index, frames);
		return frames;
	}

	/** The one that was used last is let go last. */
	#keep(index: number, frames: readonly Frame[]): void {
		this.#kept.delete(index);
		this.#kept.set(index, frames);
		for (const oldest of this.#kept.keys()) {
			if (this.#kept.size <= KEPT) break;
			this.#kept.delete(oldest);
		}
	}

	problems(): readonly string[] {
		return [
			...(this.#bad === 0 ? [] : [`${this.#bad === 1 ? 'One line' : `${this.#bad} lines`} can't be read.`]),
			...(this.trouble === '' ? [] : [this.trouble]),
		];
	}

	close(): void {
		closeFile(this.#blocks.descriptor);
	}

	grow(): boolean {
		if (this.standing !== 'growing') return false;
		if (this.#hindered) this.trouble = '';
		this.#hindered = false;
		try {
			if (this.#blocks.closed ? this.#takeMembers() : this.#takeBytes()) return true;
		} catch (error) {
			// What is gone on a server can't be read there any more, open or not: its name says what became of it.
			this.#hinder(error);
		}
		if (this.standing !== 'growing') return false;
		if (this.#ended) {
			this.standing = 'ended';
			return false;
		}
		return this.#lookAgain();
	}

	#hinder(error: unknown): void {
		this.#hindered = true;
		this.trouble = `${this.#name} can't be read now (${error instanceof Error ? error.message : error}): it is tried again.`;
	}

	#stop(why: string): false {
		this.standing = 'stopped';
		this.trouble = why;
		return false;
	}

	/** Takes whole lines from the live file, about as many as a block has. */
	#takeBytes(): boolean {
		const {descriptor} = this.#blocks;
		const {size} = fstatSync(descriptor);
		if (size < this.#at)
			return this.#stop(
				`${this.#name} became shorter than what was read of it: what was cut off can't be gone to any more.`,
			);
		if (size === this.#at || size === this.#tornAt) return false;
		if (!this.#continuedBy(descriptor)) return this.#stop(this.#replaced());
		for (let most = MOST; ; most *= 4) {
			const bytes = piece(descriptor, this.#at, Math.min(most, size - this.#at));
			const whole = bytes.lastIndexOf(NEWLINE) + 1;
			if (whole > 0) {
				this.#take(bytes.subarray(0, whole));
				return true;
			}
			if (bytes.length < most) break;
		}
		this.#tornAt = size;
		return false;
	}

	#replaced(): string {
		return `${this.#name} holds something else now: it is followed no more, what was read of it stays.`;
	}

	/** Does a live file hold what was read, at the place up to which it was read? */
	#continuedBy(descriptor: number): boolean {
		const {length} = this.#anchor;
		return piece(descriptor, this.#at - length, length).equals(this.#anchor);
	}

	#take(bytes: Buffer): void {
		for (const {bytes: line} of linesOf(bytes)) this.#line(line);
		this.#anchor = Buffer.concat([this.#anchor, bytes.subarray(-ANCHOR)]).subarray(-ANCHOR);
	}

	#line(bytes: Buffer): void {
		const size = bytes.length + 1;
		const part = this.#parts.at(-1);
		const text = bytes.toString('utf8');
		const frame = readLine(text);
		this.#ended = frame?.t === 'bye';
		const alone = part?.first === 1 || (this.#ended && size <= LAST);
		if (part === undefined || alone || part.size + size > MOST) {
			if (part !== undefined) this.#keep(this.#parts.length - 1, this.#frames);
			this.#frames = [];
			this.#parts.push({offset: this.#at, size, first: this.#lines + 1, lines: 1});
		} else {
			part.size += size;
			part.lines++;
		}
		this.#at += size;
		this.#lines++;
		this.#check(text);
		if (frame !== null) this.#frames.push(frame);
		else this.#bad++;
	}

	#check(text: string): void {
		const stated = statedHash(text);
		const right = stated === null ? !this.#hashed : stated === digest('sha256', this.#head + withoutHash(text));
		if (!right)
			this.trouble = `Line ${this.#lines} does not go with the line before by its hash: one of them was changed, taken out or put in; devtop verify says more.`;
		this.#head = stated ?? '';
		this.#hashed ||= stated !== null;
	}

	/** Nothing new in what is open: is it still what has the name? True where it is to be read on in another file. */
	#lookAgain(): boolean {
		let descriptor: number;
		try {
			descriptor = openFile(this.file);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
				this.#hinder(error);
				return false;
			}
			if (this.#closedBy(`${this.file}.gz`)) return true;
			return ++this.#missed < GONE_AFTER
				? false
				: this.#stop(`${this.#name} is not there any more, nor is a closed ${this.#name}.gz: it was moved or removed.`);
		}
		this.#missed = 0;
		const found = fstatSync(descriptor);
		const held = this.#identity();
		if (held !== null && held.ino === found.ino && held.dev === found.dev) {
			closeFile(descriptor);
			return false;
		}
		// Another file by that name: what copies folders puts a new one there each time.
		if (found.size >= this.#at && this.#continuedBy(descriptor)) {
			this.#swap({...this.#blocks, descriptor, bytes: found.size});
			return found.size > this.#at;
		}
		closeFile(descriptor);
		return this.#closedBy(this.file) || this.#stop(this.#replaced());
	}

	/** Null where the server says that there is no such file any more. */
	#identity(): {readonly ino: number; readonly dev: number} | null {
		try {
			return fstatSync(this.#blocks.descriptor);
		} catch {
			return null;
		}
	}

	#swap(blocks: Blocks): void {
		closeFile(this.#blocks.descriptor);
		this.#blocks = blocks;
		this.#tornAt = -1;
	}

	/** Goes on in a closed file, where it is this recording's. */
	#closedBy(file: string): boolean {
		const blocks: Blocks | Failure = openBlocks(file);
		if (isFailure(blocks)) return false;
		if (blocks.closed && this.#isIn(blocks)) {
			this.#swap(blocks);
			return true;
		}
		closeFile(blocks.descriptor);
		return false;
	}

	/** Has a closed file the same parts, and our last line where we have it? */
	#isIn(blocks: Blocks): boolean {
		if (!this.#parts.every((part, index) => this.#isMember(part, blocks.spans[index], index))) return false;
		const span = blocks.spans[this.#parts.length - 1];
		const bytes = span === undefined ? null : readBlock(blocks, span);
		const {lines = 0} = this.#parts.at(-1) ?? {};
		let number = 0;
		for (const {bytes: line} of bytes === null ? [] : linesOf(bytes))
			if (++number === lines) return (statedHash(line.toString('utf8')) ?? '') === this.#head;
		return false;
	}

	/** Is a member the same part of the recording? The last one may have grown. */
	#isMember({first, lines}: Part, span: Span | undefined, index: number): boolean {
		if (span === undefined || span.damaged || span.lines?.first !== first) return false;
		return index === this.#parts.length - 1 ? span.lines.count >= lines : span.lines.count === lines;
	}

	/** Takes the lines that the next member has and that were not read yet. */
	#takeMembers(): boolean {
		const {spans} = this.#blocks;
		const span = spans.find(({lines}) => lines !== null && lines.first + lines.count - 1 > this.#lines);
		if (span === undefined) {
			this.#ended = true;
			return false;
		}
		const bytes = readBlock(this.#blocks, span);
		if (bytes === null || span.lines === null)
			return this.#stop(`A part of the closed ${this.#blocks.file} is damaged: devtop verify says which.`);
		let number = span.lines.first;
		for (const {bytes: line} of linesOf(bytes)) if (number++ > this.#lines) this.#line(line);
		return true;
	}

	/** Reads a part that was read before. Where the live file is gone meanwhile, the closed one has it. */
	#again(index: number): readonly Frame[] {
		const part = this.#parts[index];
		if (part === undefined) return [];
		const frames: Frame[] = [];
		for (const {bytes: line} of linesOf(this.#bytesOf(part, index))) {
			const frame = readBytes(line);
			if (frame !== null) frames.push(frame);
		}
		return frames;
	}

	#bytesOf({offset, size}: Part, index: number): Buffer {
		try {
			const span = this.#blocks.closed ? this.#blocks.spans[index] : {offset, size, lines: null, damaged: false};
			const bytes = span === undefined ? null : readBlock(this.#blocks, span);
			if (bytes !== null) return bytes;
		} catch (error) {
			if (!this.#blocks.closed && this.#closedBy(`${this.file}.gz`))
				return this.#bytesOf({offset, size, first: 0, lines: 0}, index);
			this.#hinder(error);
		}
		return Buffer.alloc(0);
	}
}

/** A recording to be followed; a failure where it is none, or of a newer version. */
export function tailOf(blocks: Blocks): Tail | Failure {
	const tail = new Tail(blocks);
	tail.grow();
	const refused = tooNew(blocks.file, tail.block(0)[0]);
	if (refused === null) return tail;
	tail.close();
	return refused;
}
