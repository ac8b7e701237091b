import {describe, expect, test} from 'vitest';
import type {Frame} from '../../../src/domain/frame.ts';
import {journalHeld, panes} from '../../../src/panes/index.ts';
import {tag} from '../../../src/rules/index.ts';
import {Fold} from '../../../src/session/fold.ts';
import {Replay} from '../../../src/session/replay.ts';
import {sources} from '../../../src/sources/index.ts';
import {framesOf, RECORDINGS} from '../../support/recordings.ts';

const parts = {sources, panes, tag};

/** The frames in blocks of so many. */
const tapeOf = (frames: readonly Frame[], size: number) => {
	let read = 0;
	return {
		blocks: Math.ceil(frames.length / size),
		block: (index: number) => {
			read++;
			return frames.slice(index * size, (index + 1) * size);
		},
		read: () => read,
	};
};

const foldTo = (frames: readonly Frame[], ms: number): Fold => {
	const fold = new Fold(parts);
	for (const frame of frames) {
		if (frame.ms > ms) break;
		fold.apply(frame);
	}
	return fold;
};

const stateOf = (panes: Readonly<Record<string, unknown>>): string => JSON.stringify(panes);

describe.each(RECORDINGS)('%s', name => {
	const frames = framesOf(name);
	const end = frames.at(-1)?.ms ?? 0;

	test.each([20_000, 30, 1])(
		'live and replay are the same, at the end and wherever one jumps, with places %i frames apart',
		apart => {
			let elapsed = 0;
			const tape = tapeOf(frames, 37);
			const replay = new Replay({...parts, tape, apart, held: journalHeld, elapsed: () => elapsed});
			expect(replay.lengthMs).toBe(end);
			for (const ms of [end, 0, end / 2, end / 3, end - 1, 5000, end]) {
				replay.replay.seek(ms);
				const live = foldTo(frames, ms);
				const state = replay.store.getState();
				expect(stateOf(state.panes)).toBe(stateOf(live.panes));
				expect(state.receipt).toEqual(live.receipt(state.receipt.held, state.receipt.evicted));
				expect(state.link).toEqual(live.link);
				expect(state.replay?.ms).toBe(Math.max(0, Math.min(end, ms)));
			}
			elapsed += 1;
			replay.stop();
		},
	);

	test('chapters lie in the recording, in order', () => {
		const replay = new Replay({...parts, tape: tapeOf(frames, 1000), held: journalHeld, elapsed: () => 0});
		replay.readAll();
		const {chapters} = replay;
		expect(chapters.length).toBeGreaterThan(0);
		expect(chapters.map(({ms}) => ms)).toEqual(chapters.map(({ms}) => ms).toSorted((a, b) => a - b));
		expect(chapters.every(({ms}) => ms >= 0 && ms <= end)).toBe(true);
	});
});

test('a clone goes its own way', () => {
	const frames = framesOf('engine-killed-twice');
	const half = foldTo(frames, (frames.at(-1)?.ms ?? 0) / 2);
	const before = stateOf(half.panes);
	const copy = half.clone();
	for (const frame of frames) if (frame.ms > half.ms) copy.apply(frame);
	expect(stateOf(half.panes)).toBe(before);
	expect(stateOf(copy.panes)).toBe(stateOf(foldTo(frames, Number.POSITIVE_INFINITY).panes));
	expect(copy.receipt(0, 0)).toEqual(foldTo(frames, Number.POSITIVE_INFINITY).receipt(0, 0));
});

test('speed, pause and chapters move the clock', async () => {
	const frames = framesOf('engine-killed-twice');
	let elapsed = 0;
	const replay = new Replay({...parts, tape: tapeOf(frames, 100), held: journalHeld, elapsed: () => elapsed});
	replay.start();
	const at = (): number => replay.store.getState().replay?.ms ?? -1;
	const pass = async (ms: number): Promise<void> => {
		elapsed += ms;
		await new Promise(resolve => setTimeout(resolve, 150));
	};
	await pass(1000);
	expect(at()).toBeCloseTo(1000, -1);
	replay.replay.hurry(1);
	await pass(1000);
	expect(at()).toBeCloseTo(3000, -1);
	replay.replay.toggle();
	await pass(5000);
	expect(at()).toBeCloseTo(3000, -1);
	replay.replay.chapter(1);
	expect(replay.chapters.map(({ms}) => ms)).toContain(at());
	replay.replay.skip(-1_000_000);
	expect(at()).toBe(0);
	replay.stop();
});

test('what the operator wrote is a chapter', () => {
	const {frames} = {frames: framesOf('healthy')};
	const {at = 0, ms = 0} = frames.at(-2) ?? {};
	const written: readonly Frame[] = [
		{t: 'mark', text: 'here it began', at, ms},
		{t: 'note', text: 'the fan is loud', at, ms},
		{t: 'todo', text: 'ask the site', at, ms},
	];
	const tape = tapeOf([...frames.slice(0, -1), ...written, ...frames.slice(-1)], 1000);
	const replay = new Replay({...parts, tape, held: journalHeld, elapsed: () => 0});
	replay.readAll();
	const {chapters} = replay;
	for (const what of ['mark: here it began', 'note: the fan is loud', 'to do: ask the site'])
		expect(chapters).toContainEqual({ms, what});
});
