/** Reads a recording block by block, in either form. What is no recording is one sentence. */
import {fstatSync} from 'node:fs';
import {type Failure, failure} from '../../domain/channel.ts';
import {type Frame, VERSION} from '../../domain/frame.ts';
import {everything} from '../../domain/source.ts';
import {bytes as sized} from '../../domain/text.ts';
import type {Frames} from '../tape.ts';
import {type Blocks, blocksOf, closeFile, linesOf, openFile, piece, readBlock, type Span} from './blocks.ts';
import {readBytes, readLine, statedHash} from './line.ts';
import {SIGNATURE} from './member.ts';

export type HeaderFrame = Frame & {readonly t: 'header'};

/** An open recording. */
export interface Recording {
	readonly file: string;
	readonly header: HeaderFrame;
	readonly blocks: number;
	/** Size of the file. */
	readonly bytes: number;
	/** Frames of one block, in order; asked for again at will, few are kept. */
	block(index: number): readonly Frame[];
	/**
	 * The lines of one block, each read when it is asked for and kept by nobody: a frame that goes at once costs the
	 * collector nothing, one that waits for its block is moved by it twice.
	 */
	lines(index: number): Frames;
	frames(): Iterable<Frame>;
	/** What could not be read so far, one sentence each: a torn end, a bad line, a damaged part. */
	problems(): readonly string[];
	close(): void;
}

/** Blocks kept in memory. */
const KEPT = 4;
/** Bytes that tell what a file is. */
const LOOK = 1 << 16;

const no = (message: string): Failure => failure('usage', message);

/** Where the file system says no. */
function unopened(file: string, error: unknown): Failure {
	switch ((error as NodeJS.ErrnoException).code) {
		case 'ENOENT':
		case 'ENOTDIR':
			return no(`${file} is not there.`);
		case 'EACCES':
		case 'EPERM':
			return no(`${file} may not be read: it belongs to somebody else, or its mode forbids it.`);
		default:
			return no(`${file} can't be read: ${error instanceof Error ? error.message : error}.`);
	}
}

/** What a file is not, by its first bytes; null where it can be a recording. */
function unlike(file: string, descriptor: number): Failure | null {
	const stat = fstatSync(descriptor);
	if (stat.isDirectory()) return no(`${file} is a folder, not a recording.`);
	if (!stat.isFile()) return no(`${file} is no file that can be read back and forth, so no recording.`);
	if (stat.size === 0) return no(`${file} is empty: nothing was recorded.`);
	const look = piece(descriptor, 0, Math.min(stat.size, LOOK));
	if (look.includes(SIGNATURE)) return null;
	if (look[0] === 0x1f && look[1] === 0x8b)
		return no(`${file} was compressed by another program: unpack it with gunzip, if it is a recording.`);
	const lines = look.toString('utf8').split('\n');
	const [first = ''] = lines;
	if (lines.length === 1 && stat.size < LOOK && first.startsWith('{"t":"header"'.slice(0, first.length)))
		return readLine(first) === null ? no(`${file} breaks off within its first line: nothing else was recorded.`) : null;
	const header = readLine(first);
	if (header !== null && header.t === 'header') return null;
	// A damaged header does not make it another file: its lines are still ours.
	return lines.slice(0, -1).some(line => statedHash(line) !== null && readLine(line) !== null)
		? null
		: no(`${file} is no recording of devtop.`);
}

/** Opens a file's blocks, or says in one sentence what it is instead of a recording. */
export function openBlocks(file: string): Blocks | Failure {
	let descriptor: number;
	try {
		descriptor = openFile(file);
	} catch (error) {
		return unopened(file, error);
	}
	try {
		const not = unlike(file, descriptor);
		if (not === null) return blocksOf(file, descriptor);
		closeFile(descriptor);
		return not;
	} catch (error) {
		closeFile(descriptor);
		return unopened(file, error);
	}
}

/** For a recording whose header is damaged: the rest of it is evidence all the same. */
const unknown: Omit<HeaderFrame, 'at' | 'ms'> = {
	t: 'header',
	version: VERSION,
	program: 'unknown',
	target: 'unknown',
	road: 'unknown',
	scope: everything,
};

const isHeader = (frame: Frame | undefined): frame is HeaderFrame => frame?.t === 'header';

/** A version that this program does not know, in one sentence. */
export function tooNew(file: string, frame: Frame | undefined): Failure | null {
	return isHeader(frame) && !(frame.version <= VERSION)
		? no(
				`${file} was written by a newer devtop (format ${frame.version}, this one reads up to ${VERSION}): read it with that one.`,
			)
		: null;
}

const rangeOf = ({lines}: Span): string =>
	lines === null
		? 'some lines'
		: lines.count === 1
			? `line ${lines.first}`
			: `lines ${lines.first} to ${lines.first + lines.count - 1}`;

class BlockReader implements Recording {
	readonly #blocks: Blocks;
	readonly #kept = new Map<number, readonly Frame[]>();
	readonly #problems = new Map<number, string>();
	/** Numbers of bad lines by block, as they were met. */
	readonly #bad = new Map<number, Set<number>>();
	header: HeaderFrame;

	constructor(blocks: Blocks) {
		this.#blocks = blocks;
		const [first] = this.block(0);
		this.header = isHeader(first) ? first : {...unknown, at: first?.at ?? 0, ms: 0};
		for (let index = 1; this.header.at === 0 && index < Math.min(3, this.blocks); index++)
			this.header = {...this.header, at: this.block(index)[0]?.at ?? 0};
		for (const [index, span] of blocks.spans.entries()) if (span.damaged) this.block(index);
		if (this.blocks > 1) this.block(this.blocks - 1);
	}

	get file(): string {
		return this.#blocks.file;
	}

	get blocks(): number {
		return this.#blocks.spans.length;
	}

	get bytes(): number {
		return this.#blocks.bytes;
	}

	block(index: number): readonly Frame[] {
		const span = this.#blocks.spans[index];
		if (span === undefined) return [];
		const frames = this.#kept.get(index) ?? this.#read(index, span);
		// The one that was used last is let go last.
		this.#kept.delete(index);
		this.#kept.set(index, frames);
		for (const oldest of this.#kept.keys()) {
			if (this.#kept.size <= KEPT) break;
			this.#kept.delete(oldest);
		}
		return frames;
	}

	lines(index: number): Frames {
		const span = this.#blocks.spans[index];
		const bytes = span === undefined ? null : this.#bytesOf(index, span);
		if (bytes === null) return [];
		const lines = [...linesOf(bytes)].filter(({bytes: line}) => line.length > 0);
		const bad = this.#bad.get(index) ?? new Set<number>();
		this.#bad.set(index, bad);
		return {
			length: lines.length,
			at: number => {
				const line = lines[number];
				const frame = line === undefined ? undefined : readBytes(line.bytes);
				if (frame === null && line !== undefined) {
					if (line.whole) bad.add(number);
					this.#tell(index, bad.size, line.whole ? 0 : line.bytes.length);
				}
				return frame;
			},
		};
	}

	*frames(): Iterable<Frame> {
		for (let index = 0; index < this.blocks; index++) yield* this.block(index);
	}

	problems(): readonly string[] {
		return [...this.#problems].sort(([a], [b]) => a - b).map(([, sentence]) => sentence);
	}

	close(): void {
		closeFile(this.#blocks.descriptor);
	}

	#bytesOf(index: number, span: Span): Buffer | null {
		const bytes = readBlock(this.#blocks, span);
		if (bytes === null) this.#problems.set(index, `${rangeOf(span)} can't be read: that part of the file is damaged.`);
		return bytes;
	}

	#read(index: number, span: Span): readonly Frame[] {
		const bytes = this.#bytesOf(index, span);
		if (bytes === null) return [];
		const frames: Frame[] = [];
		let bad = 0;
		let torn = 0;
		for (const {bytes: line, whole} of linesOf(bytes)) {
			if (line.length === 0) continue;
			const frame = readBytes(line);
			if (frame !== null) frames.push(frame);
			else if (whole) bad++;
			else torn = line.length;
		}
		this.#tell(index, bad, torn);
		return frames;
	}

	/** What of a block could not be read: so many lines, and the beginning of one. */
	#tell(index: number, bad: number, torn: number): void {
		if (torn > 0)
			this.#problems.set(
				index + 0.5,
				`The last line is torn (${sized(torn)}): the session ended in a crash, or goes on.`,
			);
		if (bad > 0)
			this.#problems.set(
				index,
				`${bad === 1 ? 'One line' : `${bad} lines`} in part ${index + 1} of ${this.blocks} can't be read.`,
			);
	}
}

/**
 * Opens a recording.
 *
 * @returns the recording, or one sentence that says what the file is instead.
 */
export function openRecording(file: string): Recording | Failure {
	const blocks = openBlocks(file);
	if ('kind' in blocks) return blocks;
	const reader = new BlockReader(blocks);
	const refused = tooNew(file, reader.header);
	if (refused !== null) reader.close();
	return refused ?? reader;
}
