import {expect, test} from 'vitest';
import type {Identity} from '../../../src/domain/fact.ts';
import type {LinkState} from '../../../src/domain/link.ts';
import {everything, type Scope, type SourceId} from '../../../src/domain/source.ts';
import type {SessionState, SourceHealth} from '../../../src/session/store.ts';
import {fitted, plainOf, widthOf} from '../../../src/ui/cells.ts';
import {
	ageIn,
	alarmRow,
	headerRow,
	isStale,
	isStaleIn,
	linkWord,
	progressOf,
	quietMs,
	scopeWords,
	sparkline,
} from '../../../src/ui/header.ts';
import {recorded} from '../../support/mount.tsx';

const T0 = Date.UTC(2026, 10, 23, 13, 52, 9);
const LIVE: LinkState = {kind: 'live', since: T0 - 600_000};
const WAITING: LinkState = {kind: 'waiting', attempt: 12, next: T0 + 29_500, why: 'the device closed it'};

const base: SessionState = {
	...recorded('healthy').store.getState(),
	target: 'root@10.0.0.7:22222',
	road: 'direct',
	link: LIVE,
	roundTripMs: 42.4,
	newestAt: T0,
	clockOffsetMs: 100,
	linesPerSecond: Array.from({length: 60}, (_, index) => index % 7),
	bytesPerMinute: 12_345,
	recording: null,
	notices: [],
	now: T0,
};
const identity = (change: Partial<Identity>): Identity => {
	if (base.identity === null) throw new Error('a recording without an identity');
	return {...base.identity, ...change};
};
const state = (change: Partial<SessionState> = {}): SessionState => ({...base, ...change});

const local = (): number => 60;
const header = (change: Partial<SessionState>, columns: number, zone: 'utc' | 'local' = 'utc'): string =>
	plainOf(fitted(headerRow(state(change), {zone}, local, columns), columns));

test.each<[string, LinkState, number, number | null, string, string]>([
	['live', LIVE, T0, null, '● live', 'good'],
	['live, but silent', LIVE, T0, 6000, '◌ quiet for 6 s', 'warning'],
	['live, but long silent', LIVE, T0, 10_999, '✗ stalled for 10 s', 'error'],
	['connecting', {kind: 'connecting', attempt: 1}, T0, null, '◌ connecting', 'warning'],
	['looking for the address', {kind: 'connecting', attempt: 1, stage: 'resolving'}, T0, null, '◌ resolving', 'warning'],
	[
		'logging in again',
		{kind: 'connecting', attempt: 2, stage: 'authenticating'},
		T0,
		null,
		'◌ authenticating (2)',
		'warning',
	],
	['connecting again', {kind: 'connecting', attempt: 3}, T0, null, '◌ connecting (3)', 'warning'],
	['waiting', WAITING, T0, null, '✗ link lost, next try in 30 s', 'error'],
	['waiting no longer', WAITING, T0 + 40_000, null, '✗ link lost, next try in 0 s', 'error'],
	['refused', {kind: 'refused', why: 'x'}, T0, null, '✗ refused', 'error'],
	['closed', {kind: 'closed'}, T0, null, '○ closed', 'muted'],
])('the link is %s', (_name, link, now, quiet, text, tone) => {
	expect(linkWord(link, now, quiet)).toEqual({text, tone});
});

test.each<[string, LinkState, number | null, number | null, boolean]>([
	['an answer just now', LIVE, T0, null, false],
	['six seconds without one', LIVE, T0 - 5999, null, false],
	['six seconds', LIVE, T0 - 6000, 6000, false],
	['almost ten seconds', LIVE, T0 - 9999, 9999, false],
	['ten seconds', LIVE, T0 - 10_000, 10_000, true],
	['no answer yet', LIVE, null, null, false],
	['silence from before the link is no silence', {kind: 'live', since: T0 - 1000}, T0 - 60_000, null, false],
	['connecting', {kind: 'connecting', attempt: 1}, T0, null, true],
	['waiting', WAITING, T0 - 60_000, null, true],
	['refused', {kind: 'refused', why: 'x'}, T0, null, true],
	['closed', {kind: 'closed'}, T0, null, true],
])('%s', (_name, link, newestAt, quiet, stale) => {
	expect(quietMs({link, newestAt, now: T0})).toBe(quiet);
	expect(isStale({link, newestAt, now: T0, replay: null})).toBe(stale);
	expect(isStaleIn(state({link, newestAt, sources: {}}), 'findings')).toBe(stale);
});

const replayed = {playing: true, speed: 1, ms: 192_000, lengthMs: 200_000, reading: null, following: null};

test.each<[string, Partial<NonNullable<SessionState['replay']>>, RegExp, boolean]>([
	['an ordinary one', {}, /REPLAY ×1 00:03:12 of 00:03:20 /, false],
	['one that is being read', {reading: 0.348}, /REPLAY ×1 00:03:12 of 00:03:20, 34 % read /, false],
	[
		'one that is followed',
		{following: {ageMs: 1200}},
		/data now.*REPLAY following 00:03:12, last frame 1 s old/,
		false,
	],
	['nothing written for long', {following: {ageMs: 754_000}}, /data 754 s old.*last frame 12 min old/, true],
	['its past', {playing: false, following: null}, /REPLAY paused ×1 00:03:12 of 00:03:20 /, false],
	['ended', {playing: false, following: 'ended', ms: 200_000}, /REPLAY ended ×1 00:03:20 of 00:03:20 /, false],
	['ended, gone back', {playing: false, following: 'ended'}, /REPLAY ended paused ×1 00:03:12 of/, false],
	['given up', {following: 'stopped'}, /REPLAY stopped ×1 00:03:12 of/, false],
])('a replay says %s', (_name, change, words, stale) => {
	const replay = {...replayed, ...change};
	expect(header({replay}, 160)).toMatch(words);
	expect(isStale(state({replay}))).toBe(stale);
});

const health = (newestAt: number | null, one: SourceHealth['state'] = 'answering'): SourceHealth => ({
	state: one,
	sentence: '',
	newestAt,
	unread: 0,
});

test.each([
	['findings', T0 - 10_000, true],
	['services', T0 - 9999, false],
	['journal', T0 - 10_000, false],
	['pulls', null, false],
] as const)('a sampler that stands still: %s', (id, newestAt, stale) => {
	expect(isStaleIn(state({sources: {sampler: health(newestAt)}}), id)).toBe(stale);
});

test('what is stale says how old it is, by its own source', () => {
	const lost = {link: WAITING, newestAt: T0 - 14_000, sources: {sampler: health(T0 - 40_000)}};
	expect(ageIn(state(lost), 'journal')).toBe('14 s old');
	expect(ageIn(state(lost), 'services')).toBe('40 s old');
	expect(ageIn(state({link: LIVE, newestAt: T0, sources: {sampler: health(T0 - 40_000)}}), 'services')).toBe(
		'40 s old',
	);
	expect(ageIn(state({link: LIVE, newestAt: T0, sources: {sampler: health(T0 - 40_000)}}), 'journal')).toBe('');
});

test('silence is said in the header, and then the round trip is not', () => {
	const text = header({newestAt: T0 - 7500}, 120);
	expect(text).toContain('direct ◌ quiet for 7 s │');
	expect(text).toContain('data 7 s old');
	expect(text).not.toContain('42 ms');
	expect(header({}, 120)).toContain('direct ● live 42 ms │');
});

const CASES: readonly (readonly [string, Partial<SessionState>])[] = [
	['live', {}],
	['silent', {newestAt: T0 - 65_000}],
	['recorded', {recording: {file: 'x', bytes: 123_456_789}}],
	['lost', {link: WAITING}],
	['connecting', {link: {kind: 'connecting', attempt: 104}}],
	['refused', {link: {kind: 'refused', why: 'x'}}],
	['not known', {identity: null, newestAt: null, roundTripMs: null, bytesPerMinute: null}],
	['a flood', {linesPerSecond: new Array<number>(60).fill(98_765), bytesPerMinute: 9.9e9}],
	['narrowed', {scope: {...everything, units: ['a.service'], identifiers: ['balenad'], priority: 'err', since: '-1h'}}],
	['a name of wide characters', {identity: identity({hostname: '温度計'})}],
];

test.each(CASES.flatMap(([name, change]) => [80, 100, 120, 200].map(columns => [name, columns, change] as const)))(
	'%s at %i columns: the header fills the row and ends with LOOK ONLY and the clock',
	(_name, columns, change) => {
		const text = header(change, columns);
		expect(widthOf(text)).toBe(columns);
		expect(text).toMatch(/ LOOK ONLY {2}13:52:09Z $/);
		expect(header(change, columns, 'local')).toMatch(/ LOOK ONLY {2}14:52:09\+01:00 $/);
	},
);

test.each([
	[200, ['6610c4a', 'direct', '● live', '42 ms', 'data now', 'lines/s', '12 kB/min']],
	[100, ['6610c4a', 'direct', '● live', 'data now']],
	[80, ['6610c4a', 'direct', '● live']],
] as const)('at %i columns it says %j', (columns, words) => {
	const text = header({}, columns);
	for (const word of words) expect(text).toContain(word);
});

test('what is least telling goes first', () => {
	const words = ['lines/s', '12 kB/min', 'data now', 'only -u a', 'direct'];
	const at = (columns: number): string[] => {
		const text = header({scope: {...everything, units: ['a.service']}}, columns);
		return words.filter(word => text.includes(word));
	};
	let before = words;
	for (let columns = 200; columns >= 60; columns--) {
		const now = at(columns);
		expect(before).toEqual(expect.arrayContaining(now));
		before = now;
	}
	expect(at(200)).toEqual(words);
	expect(at(80)).toEqual(['data now', 'only -u a', 'direct']);
});

test('a device whose clock is off says so', () => {
	expect(header({clockOffsetMs: -7_200_000}, 120)).toMatch(/device clock −2 h {2}LOOK ONLY/);
	expect(header({clockOffsetMs: 3001}, 120)).toMatch(/device clock \+3 s {2}LOOK ONLY/);
	expect(header({clockOffsetMs: 3000}, 120)).not.toContain('device clock');
	expect(header({clockOffsetMs: null}, 120)).not.toContain('device clock');
});

test('a recording is named with its size', () => {
	expect(header({recording: {file: 'x', bytes: 1_234_567}}, 120)).toMatch(/REC 1\.2 MB {2}LOOK ONLY/);
});

test.each<[Partial<Scope>, string]>([
	[{}, ''],
	[{units: ['chronyd.service', 'x.timer']}, '-u chronyd -u x.timer'],
	[{identifiers: ['balenad', 'x']}, '-t balenad -t x'],
	[{priority: 'err'}, '--priority err'],
	[{since: '-1h'}, '-S -1h'],
	[{since: '-1h', priority: '4', identifiers: ['x'], units: ['a.service']}, '-u a -t x --priority 4 -S -1h'],
	[{watch: ['a.service'], lines: 5}, ''],
])('the scope %j is %j', (change, words) => {
	expect(scopeWords({...everything, ...change})).toBe(words);
	expect(header({scope: {...everything, ...change}}, 200).includes(' only ')).toBe(words !== '');
});

const alarm = (change: Partial<SessionState>, noticed = ''): string | null => {
	const row = alarmRow(state(change), noticed);
	return row === null ? null : row.map(({text}) => text).join('');
};

test.each<[string, Partial<SessionState>, string, string | null]>([
	['nothing', {}, '', null],
	[
		'refused',
		{link: {kind: 'refused', why: 'The key is not taken: check it.'}},
		'',
		' The key is not taken: check it.',
	],
	['lost', {link: WAITING}, '', ' Link lost; r connects now, else attempt 12 in 30 s: the device closed it'],
	[
		'lost, and the time is over',
		{link: WAITING, now: T0 + 60_000},
		'',
		' Link lost; r connects now, else attempt 12 in 0 s: the device closed it',
	],
	['connecting again', {link: {kind: 'connecting', attempt: 2}}, '', ' Connecting again. What is shown is as it was.'],
	['connecting for the first time', {link: {kind: 'connecting', attempt: 1}, identity: null}, '', null],
	[
		'the link before a notice',
		{link: WAITING, notices: ['x']},
		'',
		' Link lost; r connects now, else attempt 12 in 30 s: the device closed it',
	],
	['lines were seen', {notices: ['x']}, 'x', null],
])('the third row, %s', (_name, change, noticed, text) => {
	expect(alarm(change, noticed)).toBe(text);
});

test('a notice stands there until it is seen; a newer one again', () => {
	expect(alarm({notices: ['first'], noticedAt: T0})).toMatch(/^ first {2}\(Esc: seen\)$/);
	expect(alarm({notices: ['first', 'second'], noticedAt: T0}, 'first')).toMatch(
		/^ second {2}\(Esc: seen; 2 in the help\)$/,
	);
	expect(alarm({notices: ['first', 'second'], noticedAt: T0}, 'second')).toBeNull();
});

test.each<[string, Partial<Record<SourceId, SourceHealth>>, number]>([
	['nothing was asked', {}, 0],
	['asked is not read', {identity: health(null, 'asked'), sampler: health(null, 'asked')}, 0],
	[
		'answered, ended or failed is',
		{identity: health(T0), anchor: health(null, 'ended'), engine: health(null, 'failed')},
		3,
	],
	['others do not count', {journal: health(T0), story: health(T0)}, 0],
	[
		'all',
		{identity: health(T0), sampler: health(T0), engine: health(T0), trouble: health(null, 'ended'), anchor: health(T0)},
		5,
	],
])('how far it is read: %s', (_name, sources, read) => {
	expect(progressOf({sources})).toEqual({read, of: 5});
});

test.each([
	[[], 5, ''],
	[[0, 0, 0], 5, '▁▁▁'],
	[[0, 1, 10, 100], 3, '▂▂█'],
	[[100, 50, 0], 3, '█▅▁'],
] as const)('the line of %j in %i cells', (values, cells, text) => {
	expect(sparkline(values, cells)).toBe(text);
});

const recording = {file: '/x.devtop.jsonl', bytes: 123_000_000};
test.each<[string, Partial<SessionState>, number, 'utc' | 'local', RegExp]>([
	['waiting and recording', {link: WAITING, recording}, 80, 'local', /REC 123 MB {2}LOOK ONLY {2}14:52:09\+01:00 $/],
	['waiting, the clock off', {link: WAITING, clockOffsetMs: -7_200_000}, 80, 'utc', /LOOK ONLY {2}13:52:09Z $/],
	['a long name', {identity: identity({hostname: 'h'.repeat(63)})}, 100, 'utc', /LOOK ONLY {2}13:52:09Z $/],
	['a long target', {identity: null, target: 't'.repeat(71)}, 80, 'utc', /LOOK ONLY {2}13:52:09Z $/],
	[
		'a narrow scope',
		{scope: {...everything, units: [`${'u'.repeat(40)}.service`]}},
		100,
		'utc',
		/only -u u{10}.*LOOK ONLY/,
	],
])('%s leaves room for what must be seen', (_name, change, columns, zone, seen) => {
	const text = header(change, columns, zone);
	expect(text).toMatch(seen);
	expect(widthOf(text)).toBe(columns);
});
