import {readdirSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Frame} from '../../../src/domain/frame.ts';
import {journalHeld, panes} from '../../../src/panes/index.ts';
import {tag} from '../../../src/rules/index.ts';
import {type Moment, moments} from '../../../src/session/moments.ts';
import {readFrames} from '../../../src/session/recorder.ts';
import {Replay} from '../../../src/session/replay.ts';
import {sources} from '../../../src/sources/index.ts';
import {entryAt, opening, tick} from './record-frames.ts';

const folder = new URL('../../../recordings/', import.meta.url);
const files = readdirSync(folder).filter(name => name.endsWith('.jsonl'));
const parts = {sources, panes, tag, held: journalHeld};

const tapeOf = (frames: readonly Frame[], size = 100) => ({
	blocks: Math.ceil(frames.length / size),
	block: (index: number) => frames.slice(index * size, (index + 1) * size),
});
const all = (frames: readonly Frame[]): readonly Moment[] => [...moments({...parts, tape: tapeOf(frames)})];

test.each(files)('%s: each moment is what a replay shows there, and all its chapters come', name => {
	const {frames} = readFrames(readFileSync(new URL(name, folder), 'utf8'));
	const replay = new Replay({...parts, tape: tapeOf(frames), elapsed: () => 0});
	const found = all(frames);
	for (const {ms, state} of found) {
		replay.replay.seek(ms);
		expect({...state, replay: null}).toEqual({...replay.store.getState(), replay: null});
		expect(state.replay).toEqual({playing: ms < replay.lengthMs, speed: 1, ms, lengthMs: replay.lengthMs});
	}
	expect(found.flatMap(({chapters}) => chapters)).toEqual(replay.chapters);
	for (const {ms, chapters} of found) for (const chapter of chapters) expect(chapter.ms).toBe(ms);
});

test('a second in which nothing came has no moment, one in which only time passed is idle', () => {
	const found = all([...opening, entryAt(1, 1500), tick(2100), tick(3100), entryAt(2, 3200), tick(60_500)]);
	expect(found.map(({ms, idle}) => [ms, idle])).toEqual([
		[0, false],
		[2000, false],
		[3000, true],
		[4000, false],
		[60_500, true],
	]);
});

test('a long recording has as many as one of an hour', () => {
	const day = Array.from({length: 86_400}, (_, second) => tick(second * 1000 + 500));
	const found = all([...opening, ...day]);
	expect(found.length).toBeGreaterThan(3500);
	expect(found.length).toBeLessThanOrEqual(3602);
});

test('time that goes back in a recording does not in its moments', () => {
	const found = all([...opening, entryAt(1, 5000), entryAt(2, 1000), entryAt(3, 9000)]);
	expect(found.map(({ms}) => ms)).toEqual(found.map(({ms}) => ms).toSorted((a, b) => a - b));
});
