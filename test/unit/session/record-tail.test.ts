import {
	appendFileSync,
	copyFileSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {isFailure} from '../../../src/domain/channel.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import {journalHeld, panes} from '../../../src/panes/index.ts';
import {tag} from '../../../src/rules/index.ts';
import {Fold} from '../../../src/session/fold.ts';
import {Recorder} from '../../../src/session/recorder.ts';
import {pack} from '../../../src/session/recording/pack.ts';
import {openBlocks} from '../../../src/session/recording/read.ts';
import {isLive, type Tail, tailOf} from '../../../src/session/recording/tail.ts';
import {Replay} from '../../../src/session/replay.ts';
import {sources} from '../../../src/sources/index.ts';
import {sessionOf} from './record-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'devtop-tail-'));
let files = 0;
const newFile = (): string => join(folder, `${++files}.devtop.jsonl`);

/** A session's live file, ended in order, as bytes. */
async function sessionBytes(lines: number, seed = 1): Promise<Buffer> {
	const file = newFile();
	const recorder = new Recorder(file);
	for (const frame of sessionOf(lines, seed)) recorder.take(frame);
	await recorder.close();
	return readFileSync(file);
}

/** Where each line ends. */
function endsOf(bytes: Buffer): number[] {
	const ends: number[] = [];
	for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at + 1);
	return ends;
}

function tailing(file: string): Tail {
	const blocks = openBlocks(file);
	if (isFailure(blocks)) throw new Error(blocks.message);
	const tail = tailOf(blocks);
	if (isFailure(tail)) throw new Error(tail.message);
	onTestFinished(() => tail.close());
	return tail;
}

const readOn = (tail: Tail): void => {
	while (tail.grow());
};

function framesOf(tail: Tail): Frame[] {
	const frames: Frame[] = [];
	for (let index = 0; index < tail.blocks; index++) frames.push(...tail.block(index));
	return frames;
}

test('torn at every byte: whole lines come once, in order, and nothing is called bad', async () => {
	const bytes = await sessionBytes(1);
	const frames = [...sessionOf(1)];
	const [header = 0, ...ends] = endsOf(bytes);
	for (let cut = header; cut <= bytes.length; cut++) {
		const file = newFile();
		writeFileSync(file, bytes.subarray(0, cut));
		const tail = tailing(file);
		readOn(tail);
		expect(framesOf(tail)).toEqual(frames.slice(0, 1 + ends.filter(end => end <= cut).length));
		expect(tail.standing).toBe(cut === bytes.length ? 'ended' : 'growing');
		appendFileSync(file, bytes.subarray(cut));
		readOn(tail);
		expect(framesOf(tail)).toEqual(frames);
		expect(tail).toMatchObject({standing: 'ended', trouble: ''});
		expect(tail.problems()).toEqual([]);
		unlinkSync(file);
	}
}, 60_000);

test('written byte by byte', async () => {
	const bytes = await sessionBytes(2);
	const [header = 0] = endsOf(bytes);
	const file = newFile();
	writeFileSync(file, bytes.subarray(0, header));
	const tail = tailing(file);
	for (let at = header; at < bytes.length; at++) {
		appendFileSync(file, bytes.subarray(at, at + 1));
		readOn(tail);
	}
	expect(framesOf(tail)).toEqual([...sessionOf(2)]);
	expect(tail).toMatchObject({standing: 'ended', trouble: ''});
});

describe('a session of several blocks', async () => {
	const lines = 4000;
	const bytes = await sessionBytes(lines);
	const frames = [...sessionOf(lines)];
	const half = endsOf(bytes)[2000] ?? 0;

	test('its blocks are the members of the closed file', async () => {
		const file = newFile();
		writeFileSync(file, bytes.subarray(0, half + 100));
		const tail = tailing(file);
		readOn(tail);
		appendFileSync(file, bytes.subarray(half + 100));
		readOn(tail);
		await pack(file, `${file}.gz`);
		const closed = openBlocks(`${file}.gz`);
		if (isFailure(closed)) throw new Error(closed.message);
		expect(tail.blocks).toBeGreaterThan(3);
		expect(closed.spans.map(({lines}) => lines?.count)).toEqual(
			Array.from({length: tail.blocks}, (_, index) => tail.block(index).length),
		);
		// Blocks that were let go are read again, from the file that has no name any more.
		expect(framesOf(tail)).toEqual(frames);
		expect(framesOf(tail)).toEqual(frames);
	});

	test('closed while nobody looked: the rest comes from the file that was open, or from the members', async () => {
		const file = newFile();
		writeFileSync(file, bytes.subarray(0, half + 100));
		const tail = tailing(file);
		readOn(tail);
		// Another inode, so that the open file never gets the rest: as on a server, where it is gone.
		copyFileSync(file, `${file}.whole`);
		appendFileSync(`${file}.whole`, bytes.subarray(half + 100));
		await pack(`${file}.whole`, `${file}.gz`);
		unlinkSync(file);
		readOn(tail);
		expect(framesOf(tail)).toEqual(frames);
		expect(tail).toMatchObject({standing: 'ended', trouble: ''});
		expect(framesOf(tail)).toEqual(frames);
	});

	test('put there anew each time, as what copies folders does', () => {
		const file = newFile();
		writeFileSync(file, bytes.subarray(0, half));
		const tail = tailing(file);
		readOn(tail);
		for (const end of [half + 1000, half + 100_000, bytes.length]) {
			writeFileSync(`${file}.new`, bytes.subarray(0, end));
			renameSync(`${file}.new`, file);
			readOn(tail);
		}
		expect(framesOf(tail)).toEqual(frames);
		expect(tail).toMatchObject({standing: 'ended', trouble: ''});
	});

	test('followed, paused and gone back in, the screen is what a whole reading gives', () => {
		const file = newFile();
		writeFileSync(file, bytes.subarray(0, half));
		const tail = tailing(file);
		const replay = new Replay({tape: tail, growth: tail, sources, panes, tag, held: journalHeld, elapsed: () => 0});
		const at = (ms: number): string => {
			const fold = new Fold({sources, panes, tag});
			for (const frame of frames) if (frame.ms <= ms) fold.apply(frame);
			return JSON.stringify(fold.panes);
		};
		const shown = (): string => JSON.stringify(replay.store.getState().panes);
		const state = () => replay.store.getState().replay;
		replay.replay.seek(Number.POSITIVE_INFINITY);
		expect(state()).toMatchObject({playing: true, following: {ageMs: expect.any(Number)}});
		const first = state()?.ms ?? 0;
		expect(shown()).toBe(at(first));
		appendFileSync(file, bytes.subarray(half, half + 500_000));
		replay.readAll();
		expect(state()?.ms).toBeGreaterThan(first);
		expect(shown()).toBe(at(state()?.ms ?? 0));
		replay.replay.toggle();
		const paused = state()?.ms ?? 0;
		expect(state()).toMatchObject({playing: false, following: null});
		appendFileSync(file, bytes.subarray(half + 500_000, half + 900_000));
		replay.readAll();
		expect(state()?.ms).toBe(paused);
		expect(state()?.lengthMs).toBeGreaterThan(paused);
		replay.replay.skip(-10_000);
		expect(shown()).toBe(at(paused - 10_000));
		replay.replay.seek(Number.POSITIVE_INFINITY);
		expect(state()).toMatchObject({playing: true, following: {ageMs: 0}, ms: state()?.lengthMs});
		expect(shown()).toBe(at(state()?.ms ?? 0));
		replay.replay.toggle();
		replay.replay.toggle();
		expect(state()).toMatchObject({following: {ageMs: 0}});
		appendFileSync(file, bytes.subarray(half + 900_000));
		replay.readAll();
		expect(state()).toMatchObject({following: 'ended', playing: false, ms: lines * 20, lengthMs: lines * 20});
		expect(shown()).toBe(at(Number.POSITIVE_INFINITY));
	});
});

test.each([
	['became shorter', (file: string) => truncateSync(file, 1500), /became shorter/],
	['was written anew, longer', (file: string, other: Buffer) => writeFileSync(file, other), /holds something else/],
	[
		'was replaced by another',
		(file: string, other: Buffer) => {
			writeFileSync(`${file}.other`, other);
			renameSync(`${file}.other`, file);
		},
		/holds something else/,
	],
	[
		'was closed by another session of as many lines',
		async (file: string, other: Buffer) => {
			writeFileSync(`${file}.other`, other);
			await pack(`${file}.other`, `${file}.gz`);
			unlinkSync(file);
		},
		/is not there any more/,
	],
	['was removed', (file: string) => unlinkSync(file), /is not there any more/],
] as const)('a file that %s is said so, once', async (_name, change, sentence) => {
	const file = newFile();
	const bytes = await sessionBytes(20);
	writeFileSync(file, bytes.subarray(0, (endsOf(bytes)[9] ?? 0) + 40));
	const tail = tailing(file);
	readOn(tail);
	const before = framesOf(tail);
	await change(file, await sessionBytes(30, 2));
	for (let look = 0; look < 12; look++) readOn(tail);
	expect(tail).toMatchObject({standing: 'stopped', trouble: expect.stringMatching(sentence)});
	expect(tail.problems()).toHaveLength(1);
	expect(framesOf(tail)).toEqual(before);
});

test('a line that was changed, taken out or put in is told as it comes, and the rest is shown', async () => {
	const bytes = await sessionBytes(20);
	const ends = endsOf(bytes);
	const file = newFile();
	writeFileSync(file, bytes.subarray(0, ends[4]));
	const tail = tailing(file);
	readOn(tail);
	expect(tail.trouble).toBe('');
	appendFileSync(file, bytes.subarray(ends[5]));
	readOn(tail);
	expect(tail).toMatchObject({
		standing: 'ended',
		trouble: expect.stringMatching(/^Line 6 does not go with the line before/),
	});
	expect(framesOf(tail)).toHaveLength([...sessionOf(20)].length - 1);
});

test('what is live and what is not', async () => {
	const bytes = await sessionBytes(5);
	const ends = endsOf(bytes);
	const file = newFile();
	const live = (content: Buffer): boolean => {
		writeFileSync(file, content);
		const blocks = openBlocks(file);
		if (isFailure(blocks)) throw new Error(blocks.message);
		return isLive(blocks);
	};
	expect(live(bytes.subarray(0, ends[3]))).toBe(true);
	expect(live(bytes.subarray(0, bytes.length - 1))).toBe(true);
	expect(live(bytes.subarray(0, ends[0]))).toBe(true);
	expect(live(bytes)).toBe(false);
	await pack(file, `${file}.gz`);
	expect(live(readFileSync(`${file}.gz`))).toBe(false);
});
