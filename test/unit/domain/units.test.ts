import {expect, test} from 'vitest';
import type {Fact, Identity, TimedFact} from '../../../src/domain/fact.ts';
import {type JournalRecord, toRecord} from '../../../src/domain/journal.ts';
import {fullUnitName} from '../../../src/domain/units/name.ts';
import {
	type History,
	LOOP,
	noHistory,
	restartsOf,
	toEvent,
	WINDOW_MS,
	withGrowth,
} from '../../../src/domain/units/restarts.ts';
import {deviceTime, initial, reduce, type State, uptimeAt} from '../../../src/domain/units/state.ts';
import {byTrouble, endOf, servicesOf, wordOf} from '../../../src/domain/units/status.ts';
import {UNIT_TABLE, unitsToAsk} from '../../../src/domain/units/table.ts';
import {exitOf, toUnit} from '../../../src/domain/units/unit.ts';
import {noVitals} from '../panes/view.ts';

const BOOT = 'fe75a393ffa14e8496bbe440c96b4fad';
const T0 = Date.UTC(2026, 10, 23, 13, 0, 0);
const UP = 1_000_000;
const balena = 'balena.service';

type Fields = Readonly<Record<string, string>>;
const line = (seconds: number, message: string, fields: Fields = {_PID: '1', UNIT: balena}): JournalRecord =>
	toRecord([
		['__CURSOR', `${seconds} ${message}`],
		['__REALTIME_TIMESTAMP', String((T0 + seconds * 1000) * 1000)],
		['__MONOTONIC_TIMESTAMP', String((UP + seconds * 1000) * 1000)],
		['_BOOT_ID', BOOT],
		...Object.entries(fields),
		['MESSAGE', message],
	]);
const restart = (unit: string, number: number): string =>
	`${unit}: Scheduled restart job, restart counter is at ${number}.`;
const at = (seconds: number, fact: Fact): TimedFact => ({at: T0 + seconds * 1000, fact});
const says = (seconds: number, message: string, way: 'story' | 'journal' = 'story', fields?: Fields): TimedFact => {
	const record = line(seconds, message, fields);
	return at(seconds, way === 'story' ? {kind: 'story', record} : {kind: 'journal', place: 'live', record});
};
const fold = (facts: readonly TimedFact[], from: State = initial): State => facts.reduce(reduce, from);
type Changes = readonly (readonly [asked: string, properties: Fields])[];
const units = (seconds: number, changes: Changes, full = false): TimedFact =>
	at(seconds, {
		kind: 'units',
		status: {code: 0},
		full,
		changes: changes.map(([asked, properties]) => ({
			asked,
			properties: {Id: asked, LoadState: 'loaded', ActiveState: 'active', SubState: 'running', ...properties},
		})),
	});
const failed = (seconds: number, ...names: readonly string[]): TimedFact =>
	at(seconds, {
		kind: 'failed',
		status: {code: 0},
		units: names,
		changes: names.map(name => ({
			asked: name,
			properties: {Id: name, LoadState: 'loaded', ActiveState: 'failed', Result: 'exit-code'},
		})),
	});
const identity = (bootId = BOOT, kind: Identity['kind'] = 'balena'): TimedFact =>
	at(0, {kind: 'identity', identity: {bootId, kind} as Identity});

/** What stands in the table of the screen, without what was not asked. */
const rows = (state: State, seconds = 0): string[] =>
	servicesOf(state, T0 + seconds * 1000)
		.filter(({grade}) => grade !== 'unknown')
		.map(({key, sign, text, restarts}) => `${sign} ${key} ${text} ${restarts.count}`);

test.each([
	[`${balena}: Main process exited, code=killed, status=9/KILL`, 'exit', '9/KILL'],
	[`${balena}: Main process exited, code=exited, status=125/n/a`, 'exit', '125/n/a'],
	[`${balena}: Main process exited, code=dumped, status=6/ABRT, more`, 'exit', '6/ABRT'],
	[`${balena}: Failed with result 'watchdog'.`, 'result', 'watchdog'],
	[restart(balena, 12), 'restart', ''],
	[`${balena}: Service hold-off time over, scheduling restart.`, 'due', ''],
	[`${balena}: Service RestartSec=100ms expired, scheduling restart.`, 'due', ''],
	[`${balena}: Main process exited, code=exited, status=0/SUCCESS`, null, ''],
	[`${balena}: Failed with result 'exit-code'.`, null, ''],
	['Started balena.service - Engine.', null, ''],
	[`x ${balena}: Failed with result 'watchdog'.`, null, ''],
] as const)('PID 1 says %j', (message, kind, cause) => {
	const found = toEvent(line(1, message));
	expect(found === null ? null : [found.unit, found.event.kind, found.event.cause]).toEqual(
		kind === null ? null : [balena, kind, cause],
	);
});

test.each<[string, Fields]>([
	['a process of its own', {_PID: '4711', UNIT: balena}],
	['a process of its own that calls itself systemd', {_PID: '4711', UNIT: balena, SYSLOG_IDENTIFIER: 'systemd'}],
	['nobody', {UNIT: balena}],
	['a user’s own manager', {_PID: '901', USER_UNIT: balena, SYSLOG_IDENTIFIER: 'systemd'}],
])('what %s says of a unit is not believed', (_name, fields) => {
	const record = line(1, restart(balena, 9), fields);
	expect(record.about).toBeNull();
	expect(record.units).toEqual([]);
	expect(toEvent(record)).toBeNull();
	expect(fold([1, 2, 3].map(second => says(second, restart(balena, second), 'journal', fields))).histories).toEqual({});
});

const history = (restarts: number, everySeconds: number, kind: 'restart' | 'due' = 'restart'): History => ({
	...noHistory,
	events: Array.from({length: restarts}, (_, index) => ({
		kind,
		cause: '',
		atMs: T0 - (restarts - 1 - index) * everySeconds * 1000,
		mark: `${index}`,
	})),
});

test.each([
	[0, 1, 0, 0],
	[1, 1, 0, 1],
	[45, 5, 0, 45],
	[200, 3, 0, 200],
	[200, 6, 0, 100],
	[3, 5, 40, 40],
	[45, 5, 40, 45],
	[0, 1, 599, 599],
] as const)('%i lines each %i s and a counter that grew by %i are %i restarts', (lines, every, grown, count) => {
	const counted = grown === 0 ? history(lines, every) : withGrowth(history(lines, every), grown, T0);
	expect(restartsOf(counted, T0).count).toBe(count);
});

test('the window is ten minutes, and what is behind it does not count', () => {
	const once = withGrowth(history(1, 1), 2, T0 - 1000);
	expect(restartsOf(once, T0 + WINDOW_MS - 1001).count).toBe(2);
	expect(restartsOf(once, T0 + WINDOW_MS - 1000)).toEqual({count: 1, cause: null, lastMs: T0});
	expect(restartsOf(once, T0 + WINDOW_MS)).toEqual({count: 0, cause: null, lastMs: null});
	expect(LOOP).toBe(3);
});

test.each<[string, History, number | null]>([
	['nothing', noHistory, null],
	['lines only', history(3, 10), T0],
	['growth only: a scope leaves the lines out', withGrowth(noHistory, 1, T0 - 5000), T0 - 5000],
	['the newest growth', withGrowth(withGrowth(noHistory, 1, T0 - 9000), 3, T0 - 5000), T0 - 5000],
	['growth behind the lines', withGrowth(history(3, 10), 1, T0 + 4000), T0 + 4000],
	['lines behind the growth', withGrowth(history(3, 10), 1, T0 - 4000), T0],
])('when it ended or restarted last: %s', (_name, known, lastMs) => {
	expect(restartsOf(known, T0 + 5000).lastMs).toBe(lastMs);
});

test.each([
	['the exit', ['exited 1'], '1/FAILURE'],
	['the result, where it says more', ['killed', 'watchdog'], 'watchdog'],
	['an exit behind the last such result', ['watchdog', 'exited 1'], '1/FAILURE'],
	['no end', ['restart'], null],
] as const)('why it ended last: %s', (_name, what, cause) => {
	const MESSAGES = {
		'exited 1': `${balena}: Main process exited, code=exited, status=1/FAILURE`,
		killed: `${balena}: Main process exited, code=killed, status=6/ABRT`,
		watchdog: `${balena}: Failed with result 'watchdog'.`,
		restart: restart(balena, 1),
	};
	const facts = what.map((name, index) => says(index, MESSAGES[name]));
	for (const order of [facts, facts.toReversed()])
		expect(restartsOf(fold(order).histories[balena] ?? noHistory, T0 + 5000).cause).toBe(cause);
});

test('one restart that old systemd tells by two lines is one', () => {
	const facts = [1, 2].flatMap(number => [
		says(number * 10, `${balena}: Service hold-off time over, scheduling restart.`),
		says(number * 10 + 0.001, restart(balena, number)),
	]);
	expect(restartsOf(fold(facts).histories[balena] ?? noHistory, T0 + 30_000).count).toBe(2);
	expect(restartsOf(history(2, 5, 'due'), T0).count).toBe(2);
});

test('a line that comes by two ways counts once, in any order of time', () => {
	const lines = Array.from({length: 50}, (_, index) => index);
	const facts = [
		...lines.toReversed().map(second => says(second, restart(balena, second), 'story')),
		...lines.map(second => says(second, restart(balena, second), 'journal')),
	];
	const {events} = fold(facts).histories[balena] ?? noHistory;
	expect(events.map(({atMs}) => (atMs - T0) / 1000)).toEqual(lines);
});

test('the counter’s growth counts from the second look on, at the device’s clock', () => {
	const vitals = {...noVitals, uptimeMs: UP, clockMs: T0 + 3_600_000};
	const state = fold([
		at(0, {kind: 'vitals', vitals}),
		units(1, [[balena, {NRestarts: '7'}]], true),
		units(2, [[balena, {NRestarts: '9'}]]),
		units(3, [[balena, {}]]),
		units(4, [[balena, {NRestarts: '0'}]]),
		units(5, [[balena, {NRestarts: '1'}]]),
	]);
	expect(state.histories[balena]?.grown).toEqual([
		{atMs: T0 + 3_602_000, by: 2},
		{atMs: T0 + 3_605_000, by: 1},
	]);
	expect(deviceTime(state, T0 + 1000)).toBe(T0 + 3_601_000);
	expect(uptimeAt(state, T0 + 1000)).toBe(UP + 1000);
});

test('a unit that was asked for by two names restarts once', () => {
	const both = (count: string): Changes =>
		['balena-supervisor.service', 'resin-supervisor.service'].map(asked => [
			asked,
			{
				Id: 'balena-supervisor.service',
				Names: 'balena-supervisor.service resin-supervisor.service',
				NRestarts: count,
			},
		]);
	const state = fold([units(0, both('1'), true), units(2, both('2'))]);
	expect(rows(state)).toEqual(['! balena-supervisor.service active 1']);
});

test('the table in boot order, what is watched, what failed, and what loops though nobody asked', () => {
	const state = fold([
		identity(),
		units(0, [
			['dbus.service', {}],
			['mine.service', {}],
			[balena, {}],
			['dnsmasq.service', {ActiveState: 'inactive'}],
			['os-config.service', {ActiveState: 'inactive'}],
		]),
		failed(0, 'backup.service', 'dnsmasq.service'),
		...[1, 2, 3].map(number => says(number, restart('loop.service', number))),
		says(4, restart('once.service', 1)),
		...[1, 2, 3].map(number => says(number, restart('backup.service', number))),
		...[1, 2, 3].map(number => says(number, restart(balena, number))),
	]);
	expect(rows(state, 5)).toEqual([
		'! dnsmasq.service inactive 0',
		'○ os-config.service idle, as it should 0',
		'✗ balena.service active 3',
		'● dbus.service active 0',
		'● mine.service active 0',
		'✗ backup.service failed 3',
		'✗ loop.service in a loop 3',
		'! once.service restarted 1',
	]);
	expect(
		byTrouble(servicesOf(state, T0 + 5000))
			.slice(0, 3)
			.map(({key}) => key),
	).toEqual([balena, 'backup.service', 'loop.service']);
	// Ten minutes later nobody speaks of them any more.
	expect(rows(state, 605)).toEqual([
		'! dnsmasq.service inactive 0',
		'○ os-config.service idle, as it should 0',
		'● balena.service active 0',
		'● dbus.service active 0',
		'● mine.service active 0',
		'✗ backup.service failed 0',
	]);
});

test('a loop of many is bounded, and so is what is kept of one', () => {
	const many = Array.from({length: 300}, (_, index) => says(1, restart(`u${index}.service`, 1)));
	const state = fold([identity(), ...many]);
	expect(Object.keys(state.histories)).toHaveLength(200);
	expect(rows(state, 2)).toHaveLength(20);
	const long = fold(Array.from({length: 800}, (_, index) => says(index / 10, restart(balena, index))));
	expect(long.histories[balena]?.events).toHaveLength(600);
	expect(long.histories[balena]?.events.at(-1)?.atMs).toBe(T0 + 79_900);
});

test('by an old name, and on another host only what is there', () => {
	const state = fold([
		identity(BOOT, 'systemd'),
		units(0, [
			['chronyd.service', {LoadState: 'not-found', ActiveState: 'inactive'}],
			['chrony.service', {}],
			['balena.service', {LoadState: 'not-found', ActiveState: 'inactive'}],
			['docker.service', {}],
		]),
	]);
	expect(rows(state)).toEqual(['● chronyd.service active 0', '● balena.service active 0']);
});

test('nothing is known of another boot', () => {
	const state = fold([identity(), units(0, [[balena, {}]]), says(1, restart(balena, 1)), identity('another')]);
	expect(state).toEqual({...initial, kind: 'balena', boot: 'another'});
});

test.each<[string, Fields, string, string]>([
	['', {LoadState: ''}, '?', 'not known yet'],
	[balena, {LoadState: 'not-found', ActiveState: 'inactive'}, '·', 'not there'],
	[balena, {LoadState: 'not-found', ActiveState: 'failed'}, '✗', 'failed'],
	[balena, {LoadState: 'masked', ActiveState: 'inactive'}, '–', 'masked'],
	[balena, {LoadState: 'bad-setting', ActiveState: 'inactive'}, '✗', 'bad-setting'],
	[balena, {ActiveState: 'active', SubState: 'exited'}, '●', 'active'],
	[balena, {ActiveState: 'active', SubState: 'stop-sigterm'}, '●', 'active (stop-sigterm)'],
	[balena, {ActiveState: 'activating', SubState: 'auto-restart'}, '!', 'auto-restart'],
	[balena, {ActiveState: 'deactivating'}, '!', 'stopping'],
	[balena, {ActiveState: 'inactive'}, '!', 'inactive'],
	['ModemManager.service', {ActiveState: 'inactive'}, '○', 'inactive'],
	['openvpn.service', {ActiveState: 'inactive', ConditionResult: 'no'}, '–', 'skipped: condition'],
	['os-config.service', {ActiveState: 'inactive'}, '○', 'idle, as it should'],
	['os-config.service', {ActiveState: 'activating', SubState: 'start'}, '!', 'fetches settings'],
	['mine.service', {ActiveState: 'inactive'}, '○', 'inactive'],
	['mine.service', {ActiveState: 'maintenance'}, '?', 'maintenance'],
])('%s with %j is %s %s', (name, properties, sign, text) => {
	const entry = UNIT_TABLE.find(one => one.name === name) ?? null;
	expect(wordOf(toUnit({LoadState: 'loaded', ...properties}), entry)).toMatchObject({sign, text});
});

test.each<[Fields, string | null]>([
	[{Result: 'success', ExecMainCode: '1', ExecMainStatus: '0'}, null],
	[{Result: 'success', ExecMainCode: '2', ExecMainStatus: '15'}, '15/TERM'],
	[{Result: 'exit-code', ExecMainCode: '1', ExecMainStatus: '203'}, '203/EXEC'],
	[{Result: 'signal', ExecMainCode: '3', ExecMainStatus: '11'}, '11/SEGV'],
	[{Result: 'watchdog', ExecMainCode: '2', ExecMainStatus: '6'}, 'watchdog'],
	[{Result: 'exit-code', ExecMainCode: '0', ExecMainStatus: '0'}, 'exit-code'],
	[{Result: 'exit-code', ExecMainCode: '1', ExecMainStatus: '77'}, '77/n/a'],
	[{}, null],
])('%j ended by %j', (properties, end) => {
	const unit = toUnit(properties);
	expect(endOf({sample: {properties, unit, cpu: null, cpuAt: null}})).toBe(end);
	expect(exitOf({execMainCode: null, execMainStatus: 1})).toBeNull();
});

test('names are asked for once, with a suffix', () => {
	expect(['a', 'a.service', 'a.b', 'x.timer'].map(fullUnitName)).toEqual([
		'a.service',
		'a.service',
		'a.b.service',
		'x.timer',
	]);
	const asked = unitsToAsk(['mine', balena, 'mine.service']);
	expect(asked.filter(name => name === 'mine.service' || name === balena)).toEqual([balena, 'mine.service']);
	expect(new Set(asked).size).toBe(asked.length);
});
