import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Fact, TimedFact} from '../../../src/domain/fact.ts';
import type {Frame, FrameBody} from '../../../src/domain/frame.ts';
import type {PaneSpec} from '../../../src/domain/pane.ts';
import {everything, type Unit} from '../../../src/domain/source.ts';
import {Fold} from '../../../src/session/fold.ts';
import {frameLine, readFrames} from '../../../src/session/recorder.ts';
import {sources} from '../../../src/sources/index.ts';

/** A pane that keeps every fact: what a fold gives out can be read. */
const pane: PaneSpec<readonly TimedFact[]> = {
	id: 'journal',
	key: '2',
	title: 'Journal',
	initial: [],
	log: true,
	reduce: (state, fact) => [...state, fact],
	items: state => ({length: state.length, at: index => index, indexOf: key => Number(key)}),
	row: () => [],
	text: () => '',
	summary: () => [],
	empty: () => [],
};

const fresh = () =>
	new Fold({
		sources,
		panes: [pane as PaneSpec<unknown>],
		tag: ({message}) => (message.includes('mmc0') ? ['mmc'] : []),
	});

const entry = (
	number: number,
	{boot = 'b0', s = 'aa', message = `line ${number}`, more = [] as [string, string][]} = {},
): Unit => ({
	kind: 'entry',
	entry: [
		['__CURSOR', `s=${s};i=${number.toString(16)};b=${boot};m=${number};t=${number};x=0`],
		['__REALTIME_TIMESTAMP', String(1_700_000_000_000_000 + number)],
		['__MONOTONIC_TIMESTAMP', String(number)],
		['_BOOT_ID', boot],
		['MESSAGE', message],
		...more,
	],
});

let ms = 0;
const stamp = (body: FrameBody): Frame => ({...body, at: 1_700_000_000_000 + ms, ms: ms++});
const header = stamp({t: 'header', version: 1, program: 'test', target: 't', road: 'direct', scope: everything});
const open = (
	ch: number,
	source: 'journal' | 'journal-history' | 'journal-older' | 'anchor' | 'sampler' | 'story',
): Frame => stamp({t: 'open', ch, source, argv: [], token: 'x'});
const out = (ch: number, unit: Unit): Frame => stamp({t: 'out', ch, unit});

const run = (frames: readonly Frame[]) => {
	const fold = fresh();
	for (const frame of frames) fold.apply(frame);
	const facts = (fold.panes.journal as readonly TimedFact[]).map(({fact}) => fact);
	return {fold, facts, messages: facts.flatMap((fact: Fact) => (fact.kind === 'journal' ? [fact.record.message] : []))};
};

test('an entry that comes twice is shown once, whatever it comes by', () => {
	const {fold, messages} = run([
		header,
		open(1, 'journal-history'),
		out(1, entry(1)),
		out(1, entry(2)),
		open(2, 'journal'),
		out(2, entry(2)),
		out(2, entry(3)),
	]);
	expect(messages).toEqual(['line 1', 'line 2', 'line 3']);
	expect(fold.receipt(3, 0)).toEqual({received: 3, repeated: 1, lost: 0, suppressed: 0, held: 3, evicted: 0});
	expect(fold.last?.message).toBe('line 3');
});

test.each([
	['a hole in one sequence is loss', [entry(1), entry(2), entry(9)], 6],
	['a new sequence id is a flush, and no loss', [entry(1), entry(500, {s: 'bb'}), entry(501, {s: 'bb'})], 0],
	['a new boot begins anew', [entry(7), entry(1, {boot: 'b1'}), entry(2, {boot: 'b1'})], 0],
	['a repeat is no hole', [entry(1), entry(2), entry(2), entry(3)], 0],
] as const)('%s', (_name, entries, lost) => {
	const {fold} = run([header, open(1, 'journal'), ...entries.map(unit => out(1, unit))]);
	expect(fold.receipt(0, 0).lost).toBe(lost);
});

test('with a scope, loss cannot be proven', () => {
	const scoped = stamp({
		t: 'header',
		version: 1,
		program: 'test',
		target: 't',
		road: 'direct',
		scope: {...everything, units: ['a.service']},
	});
	expect(run([scoped, open(1, 'journal'), out(1, entry(1)), out(1, entry(9))]).fold.receipt(0, 0).lost).toBeNull();
});

test("journald's own Suppressed line is counted", () => {
	const more: [string, string][] = [
		['MESSAGE_ID', 'a596d6fe7bfa4994828e72309e95d61e'],
		['N_DROPPED', '187501'],
		['_TRANSPORT', 'driver'],
	];
	expect(run([header, open(1, 'journal'), out(1, entry(1, {more}))]).fold.receipt(0, 0).suppressed).toBe(187_501);
});

test('what cannot be read is counted and told, and the rest goes on', () => {
	const {fold, messages} = run([
		header,
		open(1, 'journal'),
		out(1, {kind: 'line', text: 'garbage'}),
		out(1, {kind: 'entry', entry: [['MESSAGE', 'no cursor']]}),
		out(1, entry(1)),
	]);
	expect(messages).toEqual(['line 1']);
	expect(fold.sources.journal?.unread).toBe(2);
	expect(fold.notices.join()).toContain('counted, not shown');
});

test('half a block at the end is counted', () => {
	const {fold} = run([
		header,
		open(1, 'sampler'),
		stamp({t: 'exit', ch: 1, exit: {kind: 'truncated'}, rest: '#units 0'}),
	]);
	expect(fold.sources.sampler?.unread).toBe(1);
});

test('rules are asked once and their tags travel with the record', () => {
	const {facts} = run([header, open(1, 'journal'), out(1, entry(1, {message: 'mmc0: error -110'}))]);
	expect(facts.flatMap(fact => (fact.kind === 'journal' ? [fact.record.tags] : []))).toEqual([['mmc']]);
});

test('a refusal to read the journal becomes a sentence', () => {
	const {fold} = run([
		header,
		open(1, 'anchor'),
		stamp({t: 'err', ch: 1, text: 'Hint: You are currently not seeing messages from other users and the system.\n'}),
		stamp({t: 'exit', ch: 1, exit: {kind: 'exited', code: 0}}),
	]);
	expect(fold.notices).toEqual([expect.stringContaining('may not read the whole journal')]);
});

test('lines per second and bytes per minute are of the last minute', () => {
	const frames: Frame[] = [header, open(1, 'journal')];
	for (let second = 0; second < 90; second++) {
		const at = 1_800_000_000_000 + second * 1000;
		for (let line = 0; line < 5; line++) frames.push({...out(1, entry(second * 5 + line)), at, ms: second * 1000});
		frames.push({t: 'tick', received: second * 100, sent: 0, roundTripMs: 40, at, ms: second * 1000});
	}
	const {fold} = run(frames);
	expect(fold.linesPerSecond).toEqual(new Array(60).fill(5));
	expect(fold.bytesPerMinute).toBe(6000);
});

test('frames survive the file, bytes included, and give the same state', () => {
	const frames = [
		header,
		open(1, 'journal'),
		out(1, {
			kind: 'entry',
			entry: [...(entry(1) as Extract<Unit, {kind: 'entry'}>).entry, ['RAW', new Uint8Array([0, 255])]],
		}),
		out(1, entry(2)),
	];
	const {frames: read, bad} = readFrames(frames.map(frameLine).join(''));
	expect(bad).toEqual([]);
	expect(read).toEqual(frames);
	expect(run(read).facts).toEqual(run(frames).facts);
});

test('what only the driver knew is told in a replay, too', () => {
	const fold = fresh();
	const frame: Frame = {t: 'notice', text: 'The device was rebooted.', at: 7000, ms: 10};
	expect(readFrames(frameLine(frame)).frames).toEqual([frame]);
	fold.apply(frame);
	fold.apply({...frame, at: 8000});
	expect(fold.notices).toEqual(['The device was rebooted.']);
	expect(fold.noticedAt).toBe(8000);
});

test('a torn last line is told by its number', () => {
	const {frames, bad} = readFrames(`${frameLine(header)}{"t":"out","ch":1,"un`);
	expect([frames.length, bad]).toEqual([1, [2]]);
});

test('the sample of odd messages is read whole', () => {
	const lines = readFileSync(new URL('../../samples/journal-odd-all.ndjson', import.meta.url), 'utf8')
		.trim()
		.split('\n');
	const units: Unit[] = lines.map(line => ({
		kind: 'entry',
		entry: Object.entries(JSON.parse(line) as Record<string, unknown>).flatMap(
			([name, value]): [string, string | Uint8Array][] =>
				typeof value === 'string'
					? [[name, value]]
					: Array.isArray(value) && typeof value[0] === 'number'
						? [[name, new Uint8Array(value as number[])]]
						: Array.isArray(value)
							? value.map((item): [string, string] => [name, String(item)])
							: [],
		),
	}));
	const {fold} = run([header, open(1, 'journal'), ...units.map(unit => out(1, unit))]);
	expect(fold.receipt(0, 0)).toMatchObject({received: lines.length, repeated: 0});
	expect(fold.sources.journal?.unread).toBe(0);
});

test('what the operator writes is a fact of the session, and a finding that is known leaves the verdict until it happens again', () => {
	const {facts} = run([
		header,
		stamp({t: 'mark', text: 'here', pane: 'journal', cursor: 'c'}),
		stamp({t: 'note', text: 'said'}),
		stamp({t: 'snooze', key: 'k', text: 'known'}),
	]);
	expect(facts).toEqual([
		{kind: 'remark', of: 'mark', text: 'here', cursor: 'c'},
		{kind: 'remark', of: 'note', text: 'said', cursor: null},
		{kind: 'snooze', key: 'k', text: 'known'},
	]);
});
