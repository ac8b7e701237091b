import {expect, test} from 'vitest';
import type {Fact, Identity, TimedFact} from '../../../src/domain/fact.ts';
import {type JournalRecord, toRecord} from '../../../src/domain/journal.ts';
import type {LinkState} from '../../../src/domain/link.ts';
import {type Look, noLook, type Row, type ViewContext} from '../../../src/domain/pane.ts';
import {type Event, eventsOf} from '../../../src/panes/story/events.ts';
import {story} from '../../../src/panes/story/index.ts';
import {initial, type State, withEvent} from '../../../src/panes/story/reduce.ts';
import {told} from '../../../src/panes/story/told.ts';
import {fitted, plainOf, widthOf} from '../../../src/ui/cells.ts';
import {randomOf, shuffled} from '../../support/chance.ts';
import {recorded} from '../../support/mount.tsx';
import {viewAt} from './view.ts';

const BOOT = 'fe75a393ffa14e8496bbe440c96b4fad';
const T0 = Date.UTC(2026, 10, 23, 13, 0, 0);
/** Uptime at T0, ms. */
const UP = 1_000_000_000;
const balena = 'balena.service';

const STARTED = '39f53479d3a045ac8e11786248231fbf';
const STOPPED = '9d1aaa27d60140bd96365438aad20286';
const START_FAILED = 'be02cf6855d2428ba40df7e9d022f03d';
const BOOT_FINISHED = 'b07a249cd024414a82dd00cd181378ff';

const context = (seconds: number, change: Partial<ViewContext> = {}): ViewContext => ({
	...viewAt(T0 + seconds * 1000, 120),
	...change,
});

type Fields = Readonly<Record<string, string>>;
const record = (seconds: number, message: string, fields: Fields = {}): JournalRecord =>
	toRecord([
		['__CURSOR', `${JSON.stringify(fields)} ${seconds} ${message}`],
		['__REALTIME_TIMESTAMP', String(Math.round((T0 + seconds * 1000) * 1000))],
		['__MONOTONIC_TIMESTAMP', String(Math.round((UP + seconds * 1000) * 1000))],
		['_BOOT_ID', BOOT],
		...Object.entries(fields),
		['MESSAGE', message],
	]);
const kernel = (seconds: number, message: string): JournalRecord =>
	record(seconds, message, {_TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: 'kernel'});
const manager = (seconds: number, message: string, unit: string | null, id?: string): JournalRecord =>
	record(seconds, message, {
		_PID: '1',
		SYSLOG_IDENTIFIER: 'systemd',
		_SYSTEMD_UNIT: 'init.scope',
		...(unit === null ? {} : {UNIT: unit}),
		...(id === undefined ? {} : {MESSAGE_ID: id}),
	});
const BY_UNIT: Fields = {SYSLOG_IDENTIFIER: 'balena-supervisor', _SYSTEMD_UNIT: 'balena-supervisor.service'};
const BY_CONTAINER: Fields = {CONTAINER_NAME: 'balena_supervisor', _SYSTEMD_UNIT: balena};
const twins = (seconds: number, message: string, apart = 0.4): JournalRecord[] => [
	record(seconds, message, BY_CONTAINER),
	record(seconds + apart, message, BY_UNIT),
];
const pull = (name: string, service: string | null, more = ''): string =>
	`[event]   Event: ${name} {"image":{"name":"registry/v2/x"${service === null ? '' : `,"serviceName":"${service}"`}}${more}}`;

const VOLTAGE = 'hwmon hwmon1: Undervoltage detected!';
const NORMAL = 'hwmon hwmon1: Voltage normalised';
const IO = (sector: number): string => `I/O error, dev sda, sector ${sector} op 0x1:(WRITE) flags`;

type Way = 'history' | 'live' | 'older' | 'story' | 'kernel-history';
const by = (way: Way, one: JournalRecord): TimedFact => {
	const fact: Fact =
		way === 'story' || way === 'kernel-history' ? {kind: way, record: one} : {kind: 'journal', place: way, record: one};
	return {at: T0, fact};
};
const at = (seconds: number, fact: Fact): TimedFact => ({at: T0 + seconds * 1000, fact});
const identity = (seconds: number, bootId: string, clockMs: number | null = null): TimedFact =>
	at(seconds, {kind: 'identity', identity: {bootId, kind: 'balena', clockMs} as Identity});
const link = (seconds: number, one: LinkState): TimedFact => at(seconds, {kind: 'link', link: one});
const fold = (facts: readonly TimedFact[], from: State = initial): State => facts.reduce(story.reduce, from);
const of = (records: readonly JournalRecord[], way: Way = 'story'): State => fold(records.map(one => by(way, one)));

const line = ({sign, who, text, count, atMs}: Event): string =>
	`${(atMs - T0) / 1000} ${sign} ${who} ${text}${count > 1 ? ` ×${count}` : ''}`.replaceAll(/ +/g, ' ').trimEnd();
/** The events as they are told, in order of time. */
const lines = (state: State): string[] => told(state.events).map(line);
const flat = (row: Row): string => row.map(({text}) => text).join('');

test.each<[string, JournalRecord, string | null]>([
	['a unit came up', manager(1, 'Started Engine.', balena, STARTED), '1 + balena started'],
	['a unit was stopped', manager(1, 'Stopped Engine.', balena, STOPPED), '1 − balena stopped'],
	['a unit failed to start', manager(1, 'Failed to start Engine.', balena, START_FAILED), '1 ✗ balena failed to start'],
	[
		'a death',
		manager(1, `${balena}: Main process exited, code=killed, status=9/KILL`, balena),
		'1 ✗ balena main process ended: 9/KILL',
	],
	['a telling result', manager(1, `${balena}: Failed with result 'watchdog'.`, balena), '1 ✗ balena failed: watchdog'],
	[
		'a restart',
		manager(1, `${balena}: Scheduled restart job, restart counter is at 1.`, balena),
		'1 ↻ balena is started again',
	],
	[
		'a restart of old',
		manager(1, `${balena}: Service hold-off time over, scheduling restart.`, balena),
		'1 ↻ balena is started again',
	],
	['an end as it should be', manager(1, `${balena}: Main process exited, code=exited, status=0/SUCCESS`, balena), null],
	[
		'a login',
		manager(1, 'Started SSH.', 'sshd@6-10.0.0.2:22222-10.0.0.1:38374.service', STARTED),
		'1 ⌂ login SSH from 10.0.0.1',
	],
	[
		'a login by IPv6',
		manager(1, 'Started SSH.', 'sshd@6-[fe80::1]:22222-[fe80::2]:38374.service', STARTED),
		'1 ⌂ login SSH from [fe80::2]',
	],
	[
		'a login from a place without a name',
		manager(1, 'Started SSH.', 'sshd@what.service', STARTED),
		'1 ⌂ login SSH from somewhere',
	],
	['the end of a login', manager(1, 'Stopped SSH.', 'sshd@6-a.service', STOPPED), null],
	[
		'a login that died',
		manager(1, 'sshd@6-a.service: Main process exited, code=killed, status=9/KILL', 'sshd@6-a.service'),
		null,
	],
	['a scope', manager(1, 'Started Session 4.', 'session-4.scope', STARTED), null],
	['a mount', manager(1, 'Mounted /mnt/x.', 'mnt-x.mount', STARTED), null],
	['what comes and goes', manager(1, 'Started x.', 'systemd-tmpfiles-clean.service', STARTED), null],
	[
		'the end of the boot',
		manager(1, 'Startup finished in 3s.', null, BOOT_FINISHED),
		'1 ▲ boot Startup finished in 3s.',
	],
	['what only looks like PID 1’s', record(1, 'Started Engine.', {_PID: '77', UNIT: balena, MESSAGE_ID: STARTED}), null],
	['kernel trouble', kernel(1, IO(1)), '1 ✗ I/O error sda WRITE'],
	['a kernel warning', kernel(1, VOLTAGE), '1 ! under-voltage'],
	['a kernel line', kernel(1, 'usbcore: registered new interface driver uas'), null],
	['a pull that begins', record(1, pull('Docker image download', 'main'), BY_CONTAINER), '1 ⇄ main pull begins'],
	['a pull that is done', record(1, pull('Image downloaded', 'main'), BY_UNIT), '1 ⇄ main pull is done'],
	['a pull without a name', record(1, pull('Docker image download', null), BY_CONTAINER), '1 ⇄ image pull begins'],
	['the supervisor’s trouble', record(1, '[error]   Healthcheck failed', BY_CONTAINER), '1 ! supervisor unhealthy'],
	[
		'a user’s container',
		record(1, pull('Docker image download', 'main'), {CONTAINER_NAME: 'main_1_2', _SYSTEMD_UNIT: balena}),
		null,
	],
	[
		'a container that has the supervisor’s name in its own',
		record(1, '[error]   Healthcheck failed', {CONTAINER_NAME: 'balena_supervisor-2_1_1'}),
		null,
	],
])('%s', (_name, one, expected) => {
	expect(lines(of([one]))).toEqual(expected === null ? [] : [expected]);
});

test('an event knows its line', () => {
	const [one] = eventsOf(record(1, 'Started Engine.', {_PID: '1', UNIT: balena, MESSAGE_ID: STARTED}));
	expect(one?.place).toMatchObject({stream: 'journal', atMs: T0 + 1000});
	expect(eventsOf(kernel(2, VOLTAGE))[0]?.place?.stream).toBe('kernel');
	const state = of([kernel(2, VOLTAGE)]);
	const key = story.items(state, noLook).at(0) ?? '';
	expect(story.evidence?.(state, key)).toMatchObject({stream: 'kernel', atMs: T0 + 2000});
	expect(story.weight?.(state, key)).toBe('warning');
	expect(story.text(state, key, noLook)).toBe('under-voltage  trouble');
	expect([
		story.row(state, 'gone', context(5)),
		story.evidence?.(state, 'gone'),
		story.weight?.(state, 'gone'),
	]).toEqual([[], null, null]);
});

test('a failed pull says why', () => {
	const why = pull('Image download failed', 'main', ',"error":{"message":"no space"}');
	expect(lines(of([record(1, why, BY_CONTAINER)]))).toContain('1 ⇄ main pull failed: no space');
});

test('the link and another boot are events of ours, at the device’s clock', () => {
	const why = 'the device closed it';
	const state = fold([
		identity(0, BOOT, T0 + 3_600_000),
		link(1, {kind: 'live', since: T0}),
		link(10, {kind: 'waiting', attempt: 1, next: T0, why}),
		link(11, {kind: 'connecting', attempt: 1}),
		link(12, {kind: 'waiting', attempt: 2, next: T0, why}),
		identity(40, 'another-boot-of-it', T0 + 3_640_000),
		link(41, {kind: 'live', since: T0}),
		link(42, {kind: 'live', since: T0}),
	]);
	expect(lines(state)).toEqual([
		`3610 ⌁ link link lost: ${why}`,
		'3640 ▲ boot another boot of the device: another-',
		'3641 ⌁ link link is back after 31 s',
	]);
	expect(told(state.events).map(({place}) => place)).toEqual([null, null, null]);
});

test('lines of a millisecond stand in the order in which they were written', () => {
	const records = [
		manager(1.0001, `${balena}: Main process exited, code=killed, status=9/KILL`, balena),
		manager(1.0002, `${balena}: Scheduled restart job, restart counter is at 1.`, balena),
		manager(1.0003, 'Stopped Engine.', balena, STOPPED),
		manager(1.0004, 'Started Engine.', balena, STARTED),
	];
	const expected = [
		'1 ✗ balena main process ended: 9/KILL',
		'1 ↻ balena is started again',
		'1 − balena stopped',
		'1 + balena started',
	];
	expect(lines(of(records))).toEqual(expected);
	expect(lines(of(records.toReversed()))).toEqual(expected);
});

test.each<[string, readonly JournalRecord[], string[]]>([
	['twins of a pull', twins(1, pull('Docker image download', 'main')), ['1 ⇄ main pull begins']],
	['twins on both sides of a second', twins(1.9, pull('Docker image download', 'main')), ['1.9 ⇄ main pull begins']],
	['the unit’s line first', twins(1.9, pull('Docker image download', 'main'), -0.2), ['1.7 ⇄ main pull begins']],
	[
		'the same pull again, right away',
		[...twins(1, pull('Docker image download', 'main')), ...twins(3, pull('Docker image download', 'main'))],
		['1 ⇄ main pull begins', '3 ⇄ main pull begins'],
	],
	[
		'two images without a name',
		[...twins(1, pull('Docker image download', null)), ...twins(1.1, pull('Docker image download', null))],
		['1 ⇄ image pull begins', '1.1 ⇄ image pull begins'],
	],
	['twins of trouble', twins(1, '[error]   Healthcheck failed'), ['1 ! supervisor unhealthy']],
	[
		'a restart that old systemd tells by two lines',
		[
			manager(1, `${balena}: Service hold-off time over, scheduling restart.`, balena),
			manager(1.001, `${balena}: Scheduled restart job, restart counter is at 1.`, balena),
		],
		['1 ↻ balena is started again'],
	],
	[
		'trouble again within a minute',
		[kernel(1, IO(1)), kernel(2, IO(2)), kernel(61, IO(3))],
		['1 ✗ I/O error sda WRITE ×3'],
	],
	[
		'trouble again after more than a minute',
		[kernel(1, IO(1)), kernel(2, IO(2)), kernel(61.1, IO(3)), kernel(90, IO(4))],
		['1 ✗ I/O error sda WRITE ×2', '61.1 ✗ I/O error sda WRITE ×2'],
	],
	[
		'other trouble between',
		[kernel(1, IO(1)), kernel(2, VOLTAGE), kernel(3, IO(2))],
		['1 ✗ I/O error sda WRITE ×2', '2 ! under-voltage'],
	],
	['an end', [kernel(1, VOLTAGE), kernel(5, NORMAL)], ['1 ! under-voltage', '5 ✓ under-voltage ended']],
	['an end without its trouble', [kernel(1, NORMAL), kernel(5, IO(1))], ['5 ✗ I/O error sda WRITE']],
	[
		'the first of several ends',
		[kernel(1, VOLTAGE), kernel(5, NORMAL), kernel(9, NORMAL)],
		['1 ! under-voltage', '5 ✓ under-voltage ended'],
	],
	['an end before its trouble is another’s', [kernel(0, NORMAL), kernel(1, VOLTAGE)], ['1 ! under-voltage']],
	[
		'it was not over yet',
		[kernel(1, VOLTAGE), kernel(5, NORMAL), kernel(9, VOLTAGE), kernel(15, NORMAL), kernel(20, NORMAL)],
		['1 ! under-voltage ×2', '15 ✓ under-voltage ended'],
	],
	[
		'and again later',
		[kernel(1, VOLTAGE), kernel(5, NORMAL), kernel(100, VOLTAGE), kernel(115, NORMAL)],
		['1 ! under-voltage', '5 ✓ under-voltage ended', '100 ! under-voltage', '115 ✓ under-voltage ended'],
	],
	[
		'the newest reason, where the line has one',
		[
			record(1, String.raw`time="x" level=info msg="failed to download layer: \"reset\", retrying"`, {
				SYSLOG_IDENTIFIER: 'balenad',
				_SYSTEMD_UNIT: balena,
			}),
			record(2, 'time="x" level=info msg="waiting 1s before retrying layer download"', {
				SYSLOG_IDENTIFIER: 'balenad',
				_SYSTEMD_UNIT: balena,
			}),
		],
		['1 ! download stalls reset ×2'],
	],
])('%s, in any order of arrival and by any ways', (_name, records, expected) => {
	const next = randomOf(records.length);
	const all = records.flatMap(one => [by('live', one), by('story', one)]);
	expect(lines(of(records))).toEqual(expected);
	expect(lines(of(records.toReversed(), 'older'))).toEqual(expected);
	for (let round = 0; round < 20; round++) expect(lines(fold(shuffled(all, next)))).toEqual(expected);
});

test.each([1, 2, 3, 4, 5, 6])('whatever the order of arrival, seed %i tells the same story', seed => {
	const next = randomOf(seed);
	const kinds: readonly ((seconds: number) => readonly JournalRecord[])[] = [
		s => [kernel(s, VOLTAGE)],
		s => [kernel(s, NORMAL)],
		s => [kernel(s, IO(Math.round(s)))],
		s => [manager(s, 'Started Engine.', balena, STARTED)],
		s => [manager(s, `${balena}: Main process exited, code=killed, status=9/KILL`, balena)],
		s => twins(s, pull('Docker image download', 'main'), next() * 4),
		s => twins(s, '[warn]    Retrying current state report in 15 seconds', next() * 4),
		s => twins(s, '[info]    Reported current state to the cloud', next() * 4),
	];
	const records = Array.from(
		{length: 200},
		(_, index) => kinds[Math.floor(next() * kinds.length)]?.(index * 11) ?? [],
	).flat();
	const inOrder = lines(
		of(
			records.toSorted((a, b) => a.realtimeUs - b.realtimeUs),
			'live',
		),
	);
	expect(inOrder.length).toBeGreaterThan(60);
	expect(inOrder.length).toBeLessThan(records.length);
	const ways: readonly Way[] = ['live', 'older', 'story', 'kernel-history'];
	for (let round = 0; round < 5; round++) {
		const facts = records.flatMap(one => ways.filter(way => way === 'story' || next() < 0.4).map(way => by(way, one)));
		expect(lines(fold(shuffled(facts, next)))).toEqual(inOrder);
	}
});

test('two thousand events are kept, the newest, and a few more before they are looked through', () => {
	const units = Array.from({length: 2500}, (_, index) => manager(index, 'Started x.', `u${index}.service`, STARTED));
	for (const order of [units, units.toReversed()]) {
		const {events} = of(order);
		expect(events.length).toBeLessThan(2250);
		const kept = told(events).map(({who}) => who);
		expect(kept.length).toBeGreaterThanOrEqual(2000);
		expect(kept).toEqual(units.slice(-kept.length).map((_, index) => `u${2500 - kept.length + index}`));
	}
});

test('a flood of the same pushes nothing else out', () => {
	const flood = Array.from({length: 6000}, (_, index) => kernel(10 + index / 2, IO(index)));
	const state = of([manager(1, 'Started Engine.', balena, STARTED), ...flood]);
	expect(state.events.length).toBeLessThan(2250);
	const all = lines(state);
	expect(all[0]).toBe('1 + balena started');
	expect(told(state.events).reduce((sum, {count}) => sum + count, 0)).toBe(6001);
	expect(all.length).toBeLessThan(60);
});

test('an event that is there already changes nothing', () => {
	const state = of([kernel(1, VOLTAGE), kernel(5, NORMAL)]);
	const [first] = state.events;
	expect(first === undefined ? null : withEvent(state.events, first)).toBe(state.events);
	expect(fold([by('story', kernel(1, VOLTAGE)), by('kernel-history', kernel(2, 'x'))], state)).toBe(state);
});

test('items are the newest first; they stay where the look froze them', () => {
	const state = of([kernel(1, IO(1)), kernel(2, VOLTAGE), kernel(300, NORMAL)]);
	const signs = (order: Look['order']): unknown[] => {
		const items = story.items(state, {...noLook, order});
		return Array.from({length: items.length}, (_, index) =>
			flat(story.row(state, items.at(index) ?? '', context(400))).replaceAll(/ +/g, ' '),
		);
	};
	expect(signs(null)).toEqual([
		' 13:05:00 ✓ under-voltage ended',
		' 13:00:02 ! under-voltage ',
		' 13:00:01 ✗ I/O error sda WRITE',
	]);
	const last = story.items(state, noLook).at(2) ?? '';
	expect(signs([last])[0]).toBe(' 13:00:01 ✗ I/O error sda WRITE');
});

test.each([
	[false, false, '0 events, the newest first, this boot is still being read', 'being read'],
	[true, false, '0 events, the newest first', 'nothing happened in this boot that is on record'],
	[true, true, '0 events, the newest first · stale', 'nothing happened in this boot that is on record'],
] as const)('read %j, stale %j', (read, stale, summary, empty) => {
	const state = fold(read ? [at(0, {kind: 'source', source: 'story', state: 'ended', sentence: ''})] : []);
	expect(flat(story.summary(state, context(0, {stale})))).toBe(summary);
	expect(flat(story.empty(state, context(0)))).toBe(empty);
});

test('another day is named', () => {
	const state = of([kernel(-50_000, VOLTAGE)]);
	expect(flat(story.row(state, story.items(state, noLook).at(0) ?? '', context(0)))).toMatch(
		/^11-22 23:06:40 ! under-voltage/,
	);
});

// The strip.

const strip = (state: State, seconds: number, minutes: number, change: Partial<ViewContext> = {}): Row =>
	story.strip?.(state, context(seconds, change), minutes) ?? [];
const shownStrip = (state: State, minutes: number, columns: number, seconds = 0): string =>
	plainOf(fitted(strip(state, seconds, minutes, {columns}), columns));
/** The cells between the label and `┃now`. */
const cellsOf = (text: string): string[] => [...(/^ \d+ (?:h|min) +(\S+)┃now/.exec(text)?.[1] ?? '')];

const troubled = of([
	kernel(-1800, IO(1)),
	manager(-600, `${balena}: Main process exited, code=killed, status=9/KILL`, balena),
	manager(-590, 'Started Engine.', balena, STARTED),
	record(-300, pull('Docker image download', 'main'), BY_CONTAINER),
	kernel(-50, VOLTAGE),
	kernel(-20, NORMAL),
]);

test.each([
	[80, 15, '15 min'],
	[80, 60, '1 h'],
	[120, 60, '1 h'],
	[200, 60, '1 h'],
	[120, 360, '6 h'],
	[200, 1440, '24 h'],
	[40, 60, '1 h'],
] as const)('at %i columns %i minutes fill the row, with their name and the key', (columns, minutes, label) => {
	for (const state of [troubled, initial]) {
		const text = shownStrip(state, minutes, columns);
		expect(widthOf(text)).toBe(columns);
		expect(text.startsWith(` ${label} `)).toBe(true);
		expect(text).toMatch(/┃now.* o: story $/);
		expect(cellsOf(text)).toHaveLength(Math.max(20, Math.min(60, Math.floor(columns / 2) - 12)));
	}
});

test.each([
	[80, 28],
	[120, 48],
	[200, 60],
])('at %i columns an event of thirty minutes ago stands in the middle of an hour', (columns, cells) => {
	const text = shownStrip(of([kernel(-1799, IO(1))]), 60, columns);
	const all = cellsOf(text);
	expect(all).toHaveLength(cells);
	expect(all.flatMap((sign, index) => (sign === '✗' ? [index] : []))).toEqual([cells / 2]);
});

test.each([
	[-3600, 60, [0]],
	[-3601, 60, []],
	[-1, 60, [59]],
	[0, 60, [59]],
	// It came since the device's clock was read.
	[30, 60, [59]],
	[-899, 15, [0]],
	[-1800, 15, []],
	[-1800, 360, [55]],
	[-1800, 1440, [58]],
] as const)('an event at %i s in a strip of %i minutes', (seconds, minutes, places) => {
	const all = cellsOf(shownStrip(of([kernel(seconds, IO(1))]), minutes, 200));
	expect(all.flatMap((sign, index) => (sign === '✗' ? [index] : []))).toEqual(places);
});

test('a cell shows the worst of it; starts and ends have no sign', () => {
	const text = shownStrip(
		of([kernel(-10, VOLTAGE), kernel(-9, IO(1)), kernel(-8, NORMAL), manager(-7, 'Started x.', 'x.service', STARTED)]),
		60,
		200,
	);
	expect(cellsOf(text).join('').replaceAll('·', '')).toBe('✗');
	expect(cellsOf(shownStrip(of([manager(-7, 'Started x.', 'x.service', STARTED)]), 60, 200)).join('')).toBe(
		'·'.repeat(60),
	);
});

test('the legend: the worst first, with the newest three times, as many as fit', () => {
	expect(shownStrip(troubled, 60, 200)).toMatch(
		/┃now {2}✗ balena 12:50 {2}✗ I\/O error sda 12:30 {2}! under-voltage 12:59 {2}⇄ main 12:55 +o: story $/,
	);
	const many = of(Array.from({length: 5}, (_, index) => kernel(-3000 + index * 600, IO(index))));
	expect(shownStrip(many, 60, 200)).toMatch(/✗ I\/O error sda 12:30 12:40 12:50 \(5\) +o: story $/);
	// What does not fit is left out, not cut.
	expect(shownStrip(troubled, 60, 80)).toMatch(/┃now {2}✗ balena 12:50 {2}⇄ main 12:55 +o: story $/);
});

test('how much was said shows as height', () => {
	const said = [
		...Array.from({length: 200}, (_, index) => by('live', record(-1800 + index / 10, `line ${index}`))),
		...Array.from({length: 3}, (_, index) => by('live', record(-600 + index / 10, `line ${index}`))),
	];
	const cells = cellsOf(shownStrip(fold(said), 60, 200)).join('');
	expect(cells.indexOf('▇')).toBe(30);
	expect(cells).toMatch(/^·{30}▇·{19}▂·{9}$/);
	// The same, whatever order the pages come in.
	expect(cellsOf(shownStrip(fold(said.toReversed()), 60, 200)).join('')).toBe(cells);
	expect(cellsOf(shownStrip(fold(said), 60, 200, 7200)).join('')).toBe('·'.repeat(60));
});

test('the strip goes by the device’s clock, and is muted where it is stale', () => {
	const ahead = fold([identity(0, BOOT, T0 + 1_800_000), by('live', kernel(1800, IO(1)))]);
	expect(cellsOf(shownStrip(ahead, 60, 200)).at(-1)).toBe('✗');
	const tones = (stale: boolean) =>
		strip(ahead, 0, 60, {columns: 200, stale})
			.filter(({text}) => text === '✗')
			.map(({tone}) => tone);
	expect([tones(false), tones(true)]).toEqual([['error'], ['muted']]);
});

test('minutes are bounded, the newest are kept', () => {
	const state = fold(Array.from({length: 1500}, (_, index) => by('live', record(index * 60, 'x'))));
	expect(state.lines).toHaveLength(1440);
	expect(state.lines.at(-1)).toEqual({minute: T0 / 60_000 + 1499, count: 1});
});

test('recordings: every kill, each once', () => {
	const state = recorded('engine-killed-twice').store.getState().panes.story as State;
	const kills = told(state.events).filter(({text}) => text === 'main process ended: 9/KILL');
	expect(kills.map(({who}) => who)).toEqual(['balena', 'balena']);
	const trouble = recorded('kernel-trouble').store.getState().panes.story as State;
	expect(lines(trouble).join('\n')).toMatch(/✗ SD card or eMMC mmc0 .* ×3\n.*✗ I\/O error mmcblk0 WRITE ×2\n/);
	const healthy = recorded('healthy').store.getState().panes.story as State;
	expect(told(healthy.events).filter(({tone}) => tone === 'error' || tone === 'warning')).toEqual([]);
});
