import {readFileSync} from 'node:fs';
import {expect, onTestFinished, test} from 'vitest';
import {textOf} from '../../../src/domain/entry.ts';
import type {Frame, FrameBody} from '../../../src/domain/frame.ts';
import {everything, type SourceId, type Unit} from '../../../src/domain/source.ts';
import {servicesOf} from '../../../src/domain/units/status.ts';
import {startEmbedded} from '../../../src/embedded/start.ts';
import {noteOf, toMarkdown} from '../../../src/handover/index.ts';
import {standOf} from '../../../src/panes/device/containers.ts';
import type {State as Device} from '../../../src/panes/device/reduce.ts';
import type {State as Findings} from '../../../src/panes/findings/reduce.ts';
import {journalHeld, panes} from '../../../src/panes/index.ts';
import {tag} from '../../../src/rules/index.ts';
import {Fold} from '../../../src/session/fold.ts';
import {Pausing} from '../../../src/session/pausing.ts';
import {readFrames} from '../../../src/session/recorder.ts';
import {verify} from '../../../src/session/recording/verify.ts';
import {Replay} from '../../../src/session/replay.ts';
import {sources} from '../../../src/sources/index.ts';
import {headless, recordingFile, until} from '../../support/headless.ts';

const entry = (number: number, boot = 'b0'): Unit => ({
	kind: 'entry',
	entry: [
		['__CURSOR', `s=aa;i=${number.toString(16)};b=${boot};m=${number};t=${number};x=0`],
		['__REALTIME_TIMESTAMP', String(1_700_000_000_000_000 + number)],
		['__MONOTONIC_TIMESTAMP', String(number)],
		['_BOOT_ID', boot],
		['MESSAGE', `line ${number}`],
	],
});

/** Frames as they are told to a Pausing; pauses and resumes where a session would. */
function written(
	steps: readonly (FrameBody | {readonly newest: number; readonly boot?: string})[],
): readonly FrameBody[] {
	const pausing = new Pausing(sources);
	const kept: FrameBody[] = [];
	let last: number | null = null;
	for (const step of steps) {
		if ('newest' in step) {
			kept.push(...pausing.resume({boot: step.boot ?? 'b0', monotonicUs: step.newest}));
			continue;
		}
		const frame = pausing.keep({...step, at: 0, ms: 0} as Frame);
		if (frame !== null) {
			const {at: _, ms: __, ...body} = frame;
			kept.push(body as FrameBody);
		}
		if (step.t === 'out' && step.unit.kind === 'entry') last = Number(step.unit.entry[2]?.[1]);
		if (step.t === 'pause') pausing.pause(last === null ? null : {boot: 'b0', monotonicUs: last});
	}
	return kept;
}

const open = (ch: number, source: SourceId): FrameBody => ({t: 'open', ch, source, argv: [], token: 'x'});
const out = (ch: number, unit: Unit): FrameBody => ({t: 'out', ch, unit});
const exit = (ch: number, rest?: string): FrameBody => ({
	t: 'exit',
	ch,
	exit: {kind: 'exited', code: 0},
	...(rest === undefined ? {} : {rest}),
});
const pause: FrameBody = {t: 'pause', reason: 'why'};
const tick: FrameBody = {t: 'tick', received: 1, sent: 1, roundTripMs: 1};

test('in a pause our own side is written, and nothing of the device', () => {
	const lost: FrameBody = {t: 'link', link: {kind: 'waiting', attempt: 1, next: 0, why: 'x'}};
	const own: readonly FrameBody[] = [lost, {t: 'note', text: 'n'}, {t: 'todo', text: 't'}, {t: 'bye', lines: 1}];
	const device: readonly FrameBody[] = [
		open(2, 'entry'),
		out(1, entry(2)),
		out(2, entry(3)),
		{t: 'err', ch: 1, text: 'e'},
		{t: 'in', ch: 1, text: 'i'},
		exit(1),
		tick,
		{t: 'redacted', rule: 'r', count: 1},
		{t: 'mark', text: 'Journal: line 2'},
		{t: 'snooze', key: 'k', text: 's'},
	];
	const before = [open(1, 'journal'), out(1, entry(1)), pause];
	expect(written([...before, ...device, ...own])).toEqual([...before, ...own]);
});

test('what ran through a pause says nothing any more but its end, and no half unit with it', () => {
	const before = [open(1, 'journal'), open(2, 'sampler'), open(3, 'story'), pause];
	const after = [open(5, 'journal'), out(5, entry(9))];
	expect(
		written([
			...before,
			open(4, 'unit-lines'),
			exit(2, 'half a block'),
			{newest: 5},
			{t: 'resume'},
			out(1, entry(6)),
			out(4, entry(2)),
			exit(4),
			...after,
			exit(3, 'half an entry'),
		]),
	).toEqual([...before, exit(2), {t: 'resume'}, ...after, exit(3)]);
});

test('lines of the pause are left out by whatever way they come, those before and after it are not', () => {
	const story = [entry(1), entry(4), entry(5), entry(6), entry(7), entry(8), entry(3, 'older')].map(unit =>
		out(2, unit),
	);
	const kept = written([open(1, 'journal'), out(1, entry(4)), pause, {newest: 7}, open(2, 'story'), ...story]);
	expect(kept.slice(4)).toEqual([out(2, entry(1)), out(2, entry(4)), out(2, entry(8)), out(2, entry(3, 'older'))]);
});

test('a reboot in the pause: the end of the old boot and the beginning of the new one are of it', () => {
	const lines = [entry(3), entry(5), entry(2, 'b1'), entry(4, 'b1')].map(unit => out(2, unit));
	const kept = written([
		open(1, 'journal'),
		out(1, entry(4)),
		pause,
		{newest: 3, boot: 'b1'},
		open(2, 'journal'),
		...lines,
	]);
	expect(kept.slice(4)).toEqual([out(2, entry(3)), out(2, entry(4, 'b1'))]);
});

test('the ring buffer is shown from its beginning again: its lines of the pause are left out', () => {
	const line = (seconds: string): FrameBody => out(2, {kind: 'line', text: `<4>[${seconds}] usb 1-1: gone`});
	const early = out(1, entry(4_000_000));
	const kept = written([
		open(1, 'journal'),
		early,
		pause,
		{newest: 6_000_000},
		open(2, 'kernel-ring'),
		line('    3.000000'),
		line('    5.000000'),
		line('    7.000000'),
	]);
	expect(kept.slice(4)).toEqual([line('    3.000000'), line('    7.000000')]);
});

test('a fold that goes on behind a pause does not call its lines lost', () => {
	const fold = new Fold({sources, panes: [], tag});
	let ms = 0;
	const take = (body: FrameBody): void => fold.apply({...body, at: 1_700_000_000_000 + ms, ms: ms++});
	take({t: 'header', version: 1, program: 'test', target: 't', road: 'direct', scope: everything});
	take({...open(1, 'journal'), place: 'live'} as FrameBody);
	take(out(1, entry(1)));
	take(out(1, entry(2)));
	take(pause);
	expect(fold.paused).toEqual({at: 1_700_000_000_004, reason: 'why'});
	expect(fold.clone().paused).toEqual(fold.paused);
	take({t: 'resume'});
	expect(fold.paused).toBeNull();
	take({...open(2, 'journal'), place: 'live'} as FrameBody);
	take(out(2, entry(50)));
	take(out(2, entry(52)));
	expect(fold.receipt(0, 0)).toMatchObject({received: 4, lost: 1});
});

const units = ({panes: states, at}: Fold) =>
	servicesOf((states.findings as Findings).units, at).map(({key, grade, sample}) => [
		key,
		grade,
		sample?.unit.restarts,
	]);
const containers = ({panes: states}: Fold) =>
	(states.device as Device).containers.map(one => [one.name, standOf(one), one.startedAt]);

test('a session that is paused, loses its link and goes on: the screen loses nothing, the recording has the truth again', async () => {
	const embedded = await startEmbedded({scene: 'engine'});
	onTestFinished(() => embedded.close());
	const file = recordingFile();
	const session = await headless(embedded.road, {file});
	onTestFinished(() => session.stop());
	const {store, controls, fold} = session;
	await until(() => fold.sources['journal-older']?.state === 'ended', 20_000);
	const said = (): number => fold.receipt(0, 0).received;
	const before = said();
	controls.pause('a customer’s order is on the screen');
	const pausedAt = Date.now();
	await until(() => store.getState().paused !== null, 2000);
	// The engine is killed meanwhile, and its units are restarted.
	await until(() => said() > before + 30, 30_000);
	embedded.server.drop();
	await until(() => store.getState().link.kind !== 'live', 5000);
	controls.resume();
	expect(store.getState().paused).not.toBeNull();
	await until(() => store.getState().paused === null, 20_000);
	const resumedAt = Date.now();
	const known = said();
	await until(() => said() > known + 3 && containers(fold).length > 0, 30_000);
	// Both samplers have answered since.
	const asked = Date.now();
	await until(() => (['sampler', 'engine'] as const).every(id => (fold.sources[id]?.newestAt ?? 0) > asked), 30_000);
	const entries = embedded.device.journal.entries();
	await session.stop();

	expect(fold.receipt(0, 0).lost).toBe(0);
	const {frames, bad} = readFrames(readFileSync(file, 'utf8'));
	expect(bad).toEqual([]);
	const kinds = frames.map(({t}) => t);
	const gap = frames.slice(kinds.indexOf('pause') + 1, kinds.indexOf('resume'));
	expect(gap.filter(({t}) => t !== 'link')).toEqual([]);
	expect(gap.length).toBeGreaterThan(0);
	const held = new Set(
		frames.map(frame => (frame.t === 'out' && frame.unit.kind === 'entry' ? textOf(frame.unit.entry, '__CURSOR') : '')),
	);
	const between = (from: number, to: number): readonly string[] =>
		entries.filter(({realtimeUs}) => realtimeUs / 1000 > from && realtimeUs / 1000 < to).map(({cursor}) => cursor);
	const resume = frames[kinds.indexOf('resume')]?.at ?? 0;
	const during = between(pausedAt + 500, resume - 100);
	expect(during.length).toBeGreaterThan(10);
	expect(during.filter(cursor => held.has(cursor))).toEqual([]);
	const afterwards = between(resumedAt + 100, asked);
	expect(afterwards.length).toBeGreaterThan(0);
	expect(afterwards.filter(cursor => !held.has(cursor))).toEqual([]);

	const replayed = new Fold({sources, panes, tag});
	for (const frame of frames) replayed.apply(frame);
	expect(units(replayed)).toEqual(units(fold));
	expect(containers(replayed)).toEqual(containers(fold));
	expect(replayed.identity).toEqual(fold.identity);
	expect(replayed.receipt(0, 0).lost).toBe(0);
	expect(frames.at(-1)).toMatchObject({t: 'bye', lines: replayed.receipt(0, 0).received});
	expect(verify(file)).toMatchObject({broken: [], torn: 0});
	const replay = new Replay({
		sources,
		panes,
		tag,
		held: journalHeld,
		elapsed: () => 0,
		tape: {blocks: 1, block: () => frames},
	});
	replay.readAll();
	expect(replay.chapters.map(({what}) => what)).toEqual(
		expect.arrayContaining(['the recording was paused: a customer’s order is on the screen', 'the recording goes on']),
	);
	const note = toMarkdown(noteOf(frames, {file: 'x', bytes: 1, problems: () => []}));
	expect(note).toMatch(
		/The recording was paused .* UTC, \d+ s: a customer’s order is on the screen\. What the device said/,
	);
}, 90_000);
