/** Checks a recording's chain of hashes: is every line there, and as it was written? */
import {createHash} from 'node:crypto';
import {type Failure, isFailure} from '../../domain/channel.ts';
import type {Frame} from '../../domain/frame.ts';
import {type Blocks, closeFile, linesOf, readBlock} from './blocks.ts';
import {readLine, SUFFIX, statedHash} from './line.ts';
import {openBlocks, tooNew} from './read.ts';
import {Tally} from './tally.ts';

/** Lines from–to, both included; `to` is null where it is not known how many are gone. */
export type Range = {
	readonly from: number;
	readonly to: number | null;
	readonly what: 'changed' | 'damaged' | 'missing';
};

/** What a recording is worth as evidence. */
export type Verdict = {
	readonly tally: Tally;
	readonly closed: boolean;
	/** False where no line has a hash: a recording of before there were any. */
	readonly hashed: boolean;
	/** Of the last line; empty where there is none. */
	readonly hash: string;
	readonly broken: readonly Range[];
	/** Bytes of a torn last line. */
	readonly torn: number;
};

const digest = (before: string, line: Buffer, end: number): string =>
	createHash('sha256').update(before).update(line.subarray(0, end)).update('}').digest('hex');

/** A whole line whose line break became another byte: not what a torn write leaves. */
const LENGTHENED = /,"hash":"[0-9a-f]{64}"\}[\s\S]+$/;

class Checker {
	readonly tally = new Tally();
	readonly broken: Range[] = [];
	/** What the line before may have had as its hash; empty: not known, as that line is gone. */
	#before: readonly string[] = [''];
	#line = 0;
	#hashes = 0;
	#bare: number[] = [];
	hash = '';
	torn = 0;

	get hashed(): boolean {
		return this.#hashes > 0;
	}

	/** Lines that are gone. `count` is null where nobody knows how many. */
	gone(lines: {readonly first: number; readonly count: number} | null, what: 'damaged' | 'missing'): void {
		this.#add({from: lines?.first ?? this.#line + 1, to: lines === null ? null : lines.first + lines.count - 1, what});
		if (lines !== null) this.#line = lines.first + lines.count - 1;
		this.#before = [];
		this.#hashes++;
	}

	/** The number of the next line, where the file itself says it. */
	at(line: number): void {
		this.#line = line - 1;
	}

	line(bytes: Buffer, whole: boolean): void {
		const text = bytes.toString('utf8');
		const stated = statedHash(text);
		if (!whole && stated === null && !LENGTHENED.test(text)) {
			this.torn = bytes.length;
			return;
		}
		this.#line++;
		const frame = readLine(text);
		if (frame !== null) this.tally.take(frame);
		if (stated !== null) this.#hashes++;
		if (stated === null && frame !== null) this.#bareLine(bytes);
		else this.#check(bytes, stated, frame);
	}

	/** Without a hash: an old recording, a line put in between, or one whose hash was hit. The end of the file tells. */
	#bareLine(bytes: Buffer): void {
		if (this.#bare.length < 100) this.#bare.push(this.#line);
		if (!this.hashed && this.#line > 1) return;
		const computed = this.#before.map(before => digest(before, bytes, Math.max(0, bytes.length - SUFFIX)));
		this.#before = [...this.#before, ...computed].slice(0, 8);
	}

	/** Lines without a hash are wrong where others have one. */
	end(closed: boolean): void {
		if (this.hashed) for (const line of this.#bare) this.#add({from: line, to: line, what: 'changed'});
		const told = this.broken.some(({to}) => to === null || to >= this.#line);
		if (closed && !this.tally.ended && !told) this.#add({from: this.#line + 1, to: null, what: 'missing'});
	}

	#check(bytes: Buffer, stated: string | null, frame: Frame | null): void {
		const end = bytes.length - SUFFIX;
		if (end < 1) {
			this.#before = [];
			this.#add({from: this.#line, to: this.#line, what: 'changed'});
			return;
		}
		const computed = this.#before.map(before => digest(before, bytes, end));
		if (frame !== null && stated !== null && (this.#before.length === 0 || computed.includes(stated))) {
			this.#before = [stated];
			this.hash = stated;
			return;
		}
		// The line or its hash was changed: the next line says which.
		this.#before = stated === null ? computed : [stated, ...computed];
		this.hash = stated ?? '';
		this.#add({from: this.#line, to: this.#line, what: 'changed'});
	}

	#add(range: Range): void {
		const last = this.broken.at(-1);
		if (last !== undefined && last.what === range.what && last.to === range.from - 1)
			this.broken[this.broken.length - 1] = {...last, to: range.to};
		else if (this.broken.length < 1000) this.broken.push(range);
	}
}

/** A header of a newer version, unless it is one only because a byte of it was changed. */
function newer(file: string, line: Buffer): Failure | null {
	const text = line.toString('utf8');
	const stated = statedHash(text);
	return stated === null || stated === digest('', line, line.length - SUFFIX)
		? tooNew(file, readLine(text) ?? undefined)
		: null;
}

/** Lines that are checked before who asked may do something else. */
const STEP = 500;

/** Yields what share of the blocks was read. */
function* check(blocks: Blocks): Generator<number, Verdict | Failure> {
	const checker = new Checker();
	let lines = 0;
	for (const [index, span] of blocks.spans.entries()) {
		if (span.lines !== null) checker.at(span.lines.first);
		const bytes = readBlock(blocks, span);
		if (bytes === null) {
			checker.gone(span.lines, span.size === 0 ? 'missing' : 'damaged');
			continue;
		}
		for (const {bytes: line, whole} of linesOf(bytes)) {
			if (checker.tally.frames === 0 && checker.broken.length === 0) {
				const refused = newer(blocks.file, line);
				if (refused !== null) return refused;
			}
			checker.line(line, whole);
			if (++lines % STEP === 0) yield index / blocks.spans.length;
		}
	}
	checker.end(blocks.closed);
	const {tally, hashed, hash, broken, torn} = checker;
	return {tally, closed: blocks.closed, hashed, hash, broken: [...broken].sort((a, b) => a.from - b.from), torn};
}

/** Reads a recording from end to end, in steps; yields how far it is, 0 to 1. A failure where it is none. */
export function* verifying(file: string): Generator<number, Verdict | Failure> {
	const blocks = openBlocks(file);
	if (isFailure(blocks)) return blocks;
	try {
		return yield* check(blocks);
	} finally {
		closeFile(blocks.descriptor);
	}
}

/** Reads a recording from end to end. A failure where it is none. */
export function verify(file: string): Verdict | Failure {
	const steps = verifying(file);
	for (;;) {
		const {done, value} = steps.next();
		if (done === true) return value;
	}
}
