import {expect, test} from 'vitest';
import type {
	Container,
	Disk,
	EngineAnswer,
	Fact,
	Identity,
	PullProcess,
	TimedFact,
	Vitals,
} from '../../../src/domain/fact.ts';
import {type Finding, standingOf} from '../../../src/domain/finding.ts';
import {type JournalRecord, toRecord} from '../../../src/domain/journal.ts';
import {type Look, noLook, type Progress, type Row, type ViewContext} from '../../../src/domain/pane.ts';
import {before as timesBefore} from '../../../src/domain/time.ts';
import * as measures from '../../../src/panes/findings/conditions.ts';
import {findings} from '../../../src/panes/findings/index.ts';
import type {State} from '../../../src/panes/findings/reduce.ts';
import {nameOf, ordered, shown} from '../../../src/panes/findings/rows.ts';
import {condition, withMeasures} from '../../../src/panes/findings/track.ts';
import * as unitMeasures from '../../../src/panes/findings/unit-conditions.ts';
import {rules} from '../../../src/rules/index.ts';
import type {SessionState} from '../../../src/session/store.ts';
import {fitted, plainOf} from '../../../src/ui/cells.ts';
import {progressOf} from '../../../src/ui/header.ts';
import {recorded} from '../../support/mount.tsx';
import {noVitals, viewAt} from './view.ts';

const conditions = {...measures, ...unitMeasures};

const BOOT = 'fe75a393ffa14e8496bbe440c96b4fad';
const OTHER_BOOT = '0123456789abcdef0123456789abcdef';
/** 2026-11-23 13:00:00 UTC: the operator's clock and the device's, unless a test says otherwise. */
const T0 = Date.UTC(2026, 10, 23, 13, 0, 0);
/** Uptime at T0, ms. */
const UP = 1_000_000_000;
const ALL_READ: Progress = {read: 5, of: 5};

const context = (seconds: number, change: Partial<ViewContext> = {}): ViewContext => ({
	...viewAt(T0 + seconds * 1000, 120),
	...change,
});

const at = (seconds: number, fact: Fact): TimedFact => ({at: T0 + seconds * 1000, fact});
const fold = (facts: readonly TimedFact[], from: State = findings.initial): State =>
	facts.reduce(findings.reduce, from);

const identity = (seconds: number, change: Partial<Identity> = {}): TimedFact =>
	at(seconds, {kind: 'identity', identity: {bootId: BOOT, kind: 'balena', clockMs: null, ...change} as Identity});
const vitals = (seconds: number, change: Partial<Vitals> = {}, offsetSeconds = 0): TimedFact =>
	at(seconds, {
		kind: 'vitals',
		vitals: {
			...noVitals,
			uptimeMs: UP + seconds * 1000,
			clockMs: T0 + (seconds + offsetSeconds) * 1000,
			...change,
		},
	});
type Properties = Readonly<Record<string, string>>;
const unit = (seconds: number, name: string, properties: Properties): TimedFact =>
	at(seconds, {
		kind: 'units',
		status: {code: 0},
		full: true,
		changes: [
			{
				asked: name,
				properties: {
					Id: name,
					LoadState: 'loaded',
					ActiveState: 'active',
					SubState: 'running',
					Result: 'success',
					...properties,
				},
			},
		],
	});
const disk = (seconds: number, change: Partial<Disk> | null = {}): TimedFact =>
	at(seconds, {
		kind: 'disk',
		status: {code: 0},
		disk:
			change === null
				? null
				: {mount: '/mnt/data', totalKb: 1000, usedKb: 500, availableKb: 500, readOnly: false, ...change},
	});
const container = (change: Partial<Container>): Container => ({
	id: '6b3f5c9dcb0f',
	name: 'frontend_1_2',
	service: 'frontend',
	image: 'registry/v2/frontend',
	state: 'running',
	restarts: 0,
	exitCode: 0,
	oomKilled: false,
	startedAt: '2026-11-23T12:03:38.72Z',
	health: '',
	...change,
});
const engine = (seconds: number, answer: EngineAnswer): TimedFact => at(seconds, {kind: 'engine', answer});
const answered = (seconds: number, ...containers: readonly Partial<Container>[]): TimedFact =>
	engine(seconds, {kind: 'answered', containers: containers.map(container)});
const untar = (written: number): PullProcess => ({
	pid: 77,
	process: 'docker-untar',
	path: '/var/lib/docker/overlay2/x/diff',
	state: 'D',
	startTicks: 1,
	cpuTicks: 0,
	residentPages: 1,
	io: {read: 0, written, disk: 0},
});
const pulling = (seconds: number, written: number | null, engineWritten: number | null = null): TimedFact =>
	at(seconds, {
		kind: 'pulls',
		uptimeMs: null,
		processes: written === null ? [] : [untar(written)],
		writeSets: engineWritten === null ? [] : [{path: '/w/write-set-1', cacheId: null}],
		engineIo: engineWritten === null ? null : {read: 0, written: engineWritten, disk: 0},
	});

const kernel = (seconds: number, message: string, boot = BOOT): JournalRecord =>
	toRecord([
		['__CURSOR', `k ${boot} ${seconds} ${message}`],
		['__REALTIME_TIMESTAMP', String((T0 + seconds * 1000) * 1000)],
		['__MONOTONIC_TIMESTAMP', String((UP + seconds * 1000) * 1000)],
		['_BOOT_ID', boot],
		['_TRANSPORT', 'kernel'],
		['SYSLOG_IDENTIFIER', 'kernel'],
		['MESSAGE', message],
	]);
const says = (seconds: number, message: string, boot = BOOT): TimedFact =>
	at(Math.max(0, seconds), {kind: 'journal', place: 'live', record: kernel(seconds, message, boot)});

/** What a finding amounts to at a moment: standing, count, name, detail. */
const told = (state: State, seconds: number): string[] =>
	shown(state, T0 + seconds * 1000).map(
		finding =>
			`${standingOf(finding, T0 + seconds * 1000 + state.offsetMs, state.boot)} ×${finding.count} ${nameOf(finding)}: ${finding.detail}`,
	);
const flat = (row: Row): string => row.map(({text}) => text).join('');
const verdict = (
	state: State,
	seconds: number,
	change: Partial<ViewContext> = {},
	progress: Progress = ALL_READ,
): string => flat(findings.verdict?.(state, context(seconds, change), progress) ?? []);
const row = (state: State, finding: Finding, seconds: number, columns: number): string =>
	plainOf(fitted(findings.row(state, finding.key, context(seconds, {columns})), columns));

const start = [identity(0), vitals(0)];

type Case = {
	readonly name: string;
	readonly ill: (seconds: number) => TimedFact;
	readonly well: (seconds: number) => TimedFact;
	readonly finding: string;
	readonly weight: 'error' | 'warning';
	readonly rule: string;
	readonly subject?: string;
	readonly unit?: string;
	/** How long before the look it began, seconds; where it is known. */
	readonly sinceSeconds?: number;
};

const GIB = {totalKb: 1_000_000};
const balena = 'balena.service';
/** µs since boot, so many seconds before T0. */
const before = (seconds: number): string => String((UP - seconds * 1000) * 1000);

const CASES: readonly Case[] = [
	{
		name: 'a failed unit',
		ill: s =>
			unit(s, 'openvpn.service', {
				ActiveState: 'failed',
				SubState: 'failed',
				Result: 'exit-code',
				ExecMainCode: '1',
				ExecMainStatus: '1',
				InactiveEnterTimestampMonotonic: before(60),
			}),
		well: s => unit(s, 'openvpn.service', {}),
		finding: 'openvpn: failed: 1/FAILURE',
		weight: 'error',
		rule: 'unit-failed',
		subject: 'openvpn.service',
		unit: 'openvpn.service',
		sinceSeconds: 60,
	},
	{
		name: 'an engine that somebody stopped',
		ill: s =>
			unit(s, balena, {
				ActiveState: 'inactive',
				SubState: 'dead',
				InactiveEnterTimestampMonotonic: before(30),
			}),
		well: s => unit(s, balena, {}),
		finding: 'balena: not running: inactive',
		weight: 'error',
		rule: 'unit-inactive',
		subject: balena,
		unit: balena,
		sinceSeconds: 30,
	},
	{
		name: 'another unit that somebody stopped, with how it ended',
		ill: s =>
			unit(s, 'dnsmasq.service', {
				ActiveState: 'inactive',
				SubState: 'dead',
				ExecMainCode: '2',
				ExecMainStatus: '9',
			}),
		well: s => unit(s, 'dnsmasq.service', {}),
		finding: 'dnsmasq: not running: inactive, last 9/KILL',
		weight: 'warning',
		rule: 'unit-inactive',
		subject: 'dnsmasq.service',
		unit: 'dnsmasq.service',
	},
	{
		name: 'a start that takes minutes',
		ill: s =>
			unit(s, balena, {
				ActiveState: 'activating',
				SubState: 'start',
				StateChangeTimestampMonotonic: before(121),
			}),
		well: s => unit(s, balena, {}),
		finding: 'balena: does not come up: start',
		weight: 'warning',
		rule: 'unit-starting',
		subject: balena,
		unit: balena,
		sinceSeconds: 121,
	},
	{
		name: 'the supervisor’s timer',
		ill: s => unit(s, 'update-balena-supervisor.timer', {ActiveState: 'inactive', SubState: 'dead'}),
		well: s => unit(s, 'update-balena-supervisor.timer', {SubState: 'waiting'}),
		finding: 'supervisor timer stopped: update-balena-supervisor.timer',
		weight: 'warning',
		rule: 'supervisor-timer',
		subject: '',
		unit: 'update-balena-supervisor.timer',
	},
	{
		name: 'little memory',
		ill: s => vitals(s, {memory: {...GIB, availableKb: 90_000}}),
		well: s => vitals(s, {memory: {...GIB, availableKb: 100_000}}),
		finding: 'memory is short: 91 % used, 90 MB free',
		weight: 'warning',
		rule: 'low-memory',
	},
	{
		name: 'hardly any memory',
		ill: s => vitals(s, {memory: {...GIB, availableKb: 29_000}}),
		well: s => vitals(s, {memory: null}),
		finding: 'memory is short: 97 % used, 29 MB free',
		weight: 'error',
		rule: 'low-memory',
	},
	{
		name: 'heat',
		ill: s =>
			vitals(s, {
				temperatures: [
					{zone: 'gpu', celsius: 60},
					{zone: 'cpu-thermal', celsius: 80},
				],
			}),
		well: s => vitals(s, {temperatures: [{zone: 'cpu-thermal', celsius: 79.9}]}),
		finding: 'too hot: 80.0 °C cpu-thermal',
		weight: 'warning',
		rule: 'heat',
	},
	{
		name: 'no VPN',
		ill: s => vitals(s, {vpn: false}),
		well: s => vitals(s, {vpn: true}),
		finding: 'VPN is not connected: no marker of a connection',
		weight: 'warning',
		rule: 'vpn-down',
	},
	{
		name: 'a full data partition',
		ill: s => disk(s, {usedKb: 905, availableKb: 95}),
		well: s => disk(s, {usedKb: 899, availableKb: 101}),
		finding: 'data partition is full: 90 % of /mnt/data',
		weight: 'warning',
		rule: 'data-full',
	},
	{
		name: 'a data partition without room',
		ill: s => disk(s, {usedKb: 970, availableKb: 30}),
		well: s => disk(s, null),
		finding: 'data partition is full: 97 % of /mnt/data',
		weight: 'error',
		rule: 'data-full',
	},
	{
		name: 'a read-only data partition',
		ill: s => disk(s, {readOnly: true}),
		well: s => disk(s),
		finding: 'data partition is read-only: /mnt/data',
		weight: 'error',
		rule: 'disk-read-only',
	},
	{
		name: 'an engine that does not answer',
		ill: s => engine(s, {kind: 'no-answer', why: 'balena.service did not answer in time'}),
		well: s => answered(s),
		finding: 'engine does not answer: balena.service did not answer in time',
		weight: 'error',
		rule: 'engine-silent',
		unit: balena,
	},
	{
		name: 'an unhealthy service',
		ill: s => answered(s, {health: 'unhealthy'}),
		well: s => answered(s, {health: 'healthy'}),
		finding: 'unhealthy frontend: health check fails',
		weight: 'warning',
		rule: 'container-unhealthy',
		subject: 'frontend',
		unit: 'frontend',
	},
	{
		name: 'an unhealthy supervisor',
		ill: s => answered(s, {service: 'supervisor', health: 'unhealthy'}),
		well: s => engine(s, {kind: 'not-asked', why: 'it is not running'}),
		finding: 'unhealthy supervisor: health check fails',
		weight: 'error',
		rule: 'container-unhealthy',
		subject: 'supervisor',
		unit: 'supervisor',
	},
	{
		name: 'a container that was killed for memory',
		ill: s => answered(s, {service: null, name: 'stray', oomKilled: true, state: 'exited', exitCode: 137}),
		// It says so for as long as it runs, too: that is its past.
		well: s => answered(s, {service: null, name: 'stray', oomKilled: true, state: 'running'}),
		finding: 'killed for memory stray: exit 137',
		weight: 'warning',
		rule: 'container-oom',
		subject: 'stray',
		unit: 'stray',
	},
	{
		name: 'a container that restarts',
		ill: s => answered(s, {state: 'restarting', restarts: 7, exitCode: 1}),
		well: s => answered(s, {state: 'running', restarts: 7}),
		finding: 'restarts again and again frontend: 7 restarts, exit 1',
		weight: 'warning',
		rule: 'container-restarting',
		subject: 'frontend',
		unit: 'frontend',
	},
	{
		name: 'a service that holds its update lock',
		ill: s => at(s, {kind: 'locks', locks: [{service: 'frontend', own: false}]}),
		// The supervisor takes it itself while it updates.
		well: s => at(s, {kind: 'locks', locks: [{service: 'frontend', own: true}]}),
		finding: 'holds an update lock frontend: updates.lock is there',
		weight: 'warning',
		rule: 'update-lock',
		subject: 'frontend',
		unit: 'frontend',
	},
];

test.each(CASES)('$name: begins, goes on, ends, begins again', ({ill, well, finding, ...wanted}) => {
	const begun = fold([ill(10)], fold(start));
	expect(told(begun, 10)).toEqual([`now ×1 ${finding}`]);
	const [first] = shown(begun, T0 + 10_000);
	expect(first).toMatchObject({
		rule: wanted.rule,
		weight: wanted.weight,
		subject: wanted.subject ?? '',
		measured: true,
		firstMs: wanted.sinceSeconds === undefined ? T0 + 10_000 : T0 - wanted.sinceSeconds * 1000,
		lastMs: T0 + 10_000,
		endedMs: null,
		evidence: [{cursor: null, stream: 'measured', unit: wanted.unit ?? '', text: first?.detail}],
	});
	const on = fold([ill(20), ill(40)], begun);
	expect(told(on, 40)).toEqual([`now ×1 ${finding}`]);
	expect(shown(on, T0 + 40_000)[0]).toMatchObject({firstMs: first?.firstMs, lastMs: T0 + 40_000});
	const over = fold([well(50)], on);
	expect(told(over, 60)).toEqual([`ended ×1 ${finding}`]);
	expect(shown(over, T0 + 60_000)[0]).toMatchObject({lastMs: T0 + 40_000, endedMs: T0 + 50_000});
	// Well once more is no other end.
	expect(shown(fold([well(55)], over), T0 + 60_000)[0]?.endedMs).toBe(T0 + 50_000);
	const again = fold([ill(70)], over);
	expect(told(again, 70)).toEqual([`now ×2 ${finding}`]);
	expect(shown(again, T0 + 70_000)[0]).toMatchObject({lastMs: T0 + 70_000, endedMs: null});
});

test.each(CASES)('$name: nothing of it is left on another boot', ({ill}) => {
	const state = fold([...start, ill(10), identity(20, {bootId: OTHER_BOOT})]);
	expect(told(state, 20)).toEqual([]);
	expect(told(fold([identity(15)], fold([...start, ill(10)])), 20)).toHaveLength(1);
});

const restartLine = (seconds: number, number: number, name = balena): TimedFact =>
	at(seconds, {
		kind: 'story',
		record: toRecord([
			['__CURSOR', `r ${name} ${number}`],
			['__REALTIME_TIMESTAMP', String((T0 + seconds * 1000) * 1000)],
			['__MONOTONIC_TIMESTAMP', String((UP + seconds * 1000) * 1000)],
			['_BOOT_ID', BOOT],
			['_PID', '1'],
			['SYSLOG_IDENTIFIER', 'systemd'],
			['UNIT', name],
			['MESSAGE', `${name}: Scheduled restart job, restart counter is at ${number}.`],
		]),
	});

test('a restart loop: from the third restart in ten minutes on, until they are ten minutes ago', () => {
	const ended = {ExecMainCode: '2', ExecMainStatus: '9', Result: 'signal'};
	const two = fold([...start, restartLine(1, 1), restartLine(11, 2), unit(12, balena, ended)]);
	expect(told(two, 12)).toEqual([]);
	const three = fold([restartLine(21, 3), unit(22, balena, ended)], two);
	expect(told(three, 22)).toEqual(['now ×1 balena: restart loop: 3 in 10 min, last 9/KILL']);
	const over = fold([unit(602, balena, ended)], three);
	expect(told(over, 602)).toEqual(['ended ×1 balena: restart loop: 3 in 10 min, last 9/KILL']);
});

test('a loop of a unit that nobody asked for is known by its lines', () => {
	const name = 'backup.service';
	const state = fold([
		...start,
		...[1, 2, 3].map(number => restartLine(number, number, name)),
		unit(10, 'dbus.service', {}),
	]);
	expect(told(state, 10)).toEqual(['now ×1 backup: restart loop: 3 in 10 min']);
});

test.each([
	['an idle unit that ran twice', [restartLine(1, 1, 'os-config.service')], 'os-config.service', 'inactive', 'dead'],
	['a start that began just now', [], balena, 'activating', 'start'],
	['a pause before the next start', [], 'openvpn.service', 'activating', 'auto-restart'],
	['a unit for which there is no hardware', [], 'ModemManager.service', 'inactive', 'dead'],
] as const)('%s is no finding', (_name, lines, name, ActiveState, SubState) => {
	const state = fold([
		...start,
		...lines,
		unit(10, name, {ActiveState, SubState, StateChangeTimestampMonotonic: before(SubState === 'start' ? 100 : 5000)}),
	]);
	expect(told(state, 10)).toEqual([]);
});

test('what does not belong to a device is not missed on another host', () => {
	const stopped = unit(10, 'dnsmasq.service', {ActiveState: 'inactive', SubState: 'dead'});
	const state = fold([identity(0, {kind: 'systemd'}), stopped, vitals(11, {vpn: false})]);
	expect(told(state, 11)).toEqual([]);
});

test.each([
	[-31, 'behind by 31 s'],
	[30, null],
	[31, 'ahead by 31 s'],
	[150, 'ahead by 3 min'],
	[9000, 'ahead by 3 h'],
	[-259_200, 'behind by 3 d'],
	[-1.7e9, 'behind by 19676 d'],
] as const)('a clock that is %i s off', (offset, detail) => {
	expect(conditions.judgeVitals(noVitals, offset * 1000, true).map(one => one.detail)).toEqual(
		detail === null ? [] : [detail],
	);
	const state = fold([identity(0), vitals(5, {}, offset)]);
	expect(told(state, 5)).toEqual(detail === null ? [] : [`now ×1 clock is off: ${detail}`]);
	expect(told(fold([vitals(7)], state), 8).map(line => line.split(' ')[0])).toEqual(
		detail === null || offset < -3600 ? [] : ['ended'],
	);
});

test('a pull stands still when nothing was written for half a minute', () => {
	const begun = fold([...start, pulling(1, 100), pulling(30, 100)]);
	expect(told(begun, 30)).toEqual([]);
	const stalled = fold([pulling(31, 100)], begun);
	expect(told(stalled, 31)).toEqual(['now ×1 pull stands still: no bytes for 30 s']);
	expect(told(fold([pulling(41, 100)], stalled), 41)).toEqual(['now ×1 pull stands still: no bytes for 40 s']);
	expect(told(fold([pulling(41, 101)], stalled), 41)).toEqual(['ended ×1 pull stands still: no bytes for 30 s']);
	expect(told(fold([pulling(41, null)], stalled), 41)).toEqual(['ended ×1 pull stands still: no bytes for 30 s']);
	expect(told(fold([pulling(41, 101), pulling(71, 101)], stalled), 71)).toEqual([
		'now ×2 pull stands still: no bytes for 30 s',
	]);
	// Without a process the engine's own bytes tell; it always writes a little.
	const engines = [pulling(1, null, 1_000_000), pulling(31, null, 1_000_100)];
	expect(told(fold([...start, ...engines]), 31)).toHaveLength(1);
	expect(told(fold([...start, pulling(1, null, 0), pulling(31, null, 1_000_000)]), 31)).toEqual([]);
});

const writes = (seconds: number, number: number, ms: number): TimedFact =>
	at(seconds, {kind: 'writes', disks: [{name: 'mmcblk0', writes: number, ms}]});

test.each<[string, readonly TimedFact[], string[]]>([
	['since boot', [writes(5, 100, 150_000)], ['now ×1 writes are slow mmcblk0: 1500 ms each, of 100']],
	['a second is not slow', [writes(5, 100, 100_000)], []],
	['too few to tell', [writes(5, 9, 150_000)], []],
	[
		'then fast again',
		[writes(5, 100, 150_000), writes(9, 200, 150_900)],
		['ended ×1 writes are slow mmcblk0: 1500 ms each, of 100'],
	],
	[
		'slow since the last look',
		[writes(5, 100, 100), writes(9, 110, 20_100)],
		['now ×1 writes are slow mmcblk0: 2000 ms each, of 10'],
	],
	['of another boot', [writes(5, 100, 100), identity(8, {bootId: OTHER_BOOT}), writes(9, 10, 90)], []],
])('writes: %s', (_name, facts, expected) => {
	expect(told(fold([...start, ...facts]), 10)).toEqual(expected);
});

test('no condition has the name of a rule, or one would end what the other found', () => {
	const ids = Object.values(conditions).flatMap(one => (one instanceof Set ? [...one].map(String) : []));
	expect(ids).toHaveLength(conditions.CONDITIONS);
	expect(new Set(ids).size).toBe(conditions.CONDITIONS);
	expect(ids.filter(id => rules.some(rule => rule.id === id))).toEqual([]);
});

test('what the engine says of a full disk outlasts a look at the disk', () => {
	const message = 'level=error msg="write /var/lib/docker/tmp: no space left on device"';
	const record: JournalRecord = {
		...kernel(5, message),
		transport: 'stdout',
		identifier: 'balenad',
		units: [balena],
	};
	const state = fold([...start, at(5, {kind: 'journal', place: 'live', record}), disk(10), disk(20)]);
	expect(told(state, 20)).toEqual(['now ×1 no space left: no space left on device']);
});

test('errors come before warnings, the newest first, what is over last', () => {
	const state = fold([
		...start,
		says(1, 'EXT4-fs error (device sda1): bad'),
		says(2, 'hwmon hwmon1: Undervoltage detected!'),
		says(3, 'I/O error, dev sda, sector 1'),
		says(4, 'CPU0: Core temperature above threshold, cpu clock throttled (total events = 1)'),
		says(5, 'CPU0: Core temperature/speed normal'),
		says(6, 'Out of memory: Killed process 1 (node) total-vm:1kB, anon-rss:2kB', OTHER_BOOT),
		disk(7, {readOnly: true}),
	]);
	expect(ordered(state, T0 + 10_000).map(({rule}) => rule)).toEqual([
		'disk-read-only',
		'io-error',
		'ext4',
		'under-voltage',
		'oom',
		'throttling',
	]);
});

test('what was is shown for hours, what was measured for one', () => {
	const state = fold([
		...start,
		says(1, 'hwmon hwmon1: Undervoltage detected!'),
		disk(2, {readOnly: true}),
		disk(3),
		says(4, 'I/O error, dev sda, sector 1'),
	]);
	const names = (seconds: number): string[] => shown(state, T0 + seconds * 1000).map(({rule}) => rule);
	expect(names(3602)).toEqual(['io-error', 'disk-read-only', 'under-voltage']);
	expect(names(3603)).toEqual(['io-error', 'under-voltage']);
	expect(names(43_201)).toEqual(['io-error', 'under-voltage']);
	expect(names(43_202)).toEqual(['io-error']);
});

const VOLTAGE = 'hwmon hwmon1: Undervoltage detected!';
const NORMAL = 'hwmon hwmon1: Voltage normalised';

test.each<[string, readonly TimedFact[], number, Partial<ViewContext>, Progress, string]>([
	[
		'a line, just now',
		[says(10, 'I/O error, dev sda, sector 1 op 0x1:(WRITE) flags')],
		70,
		{},
		ALL_READ,
		'✗ I/O error sda: WRITE at 13:00:10 (60 s ago).',
	],
	['narrow', [says(10, VOLTAGE)], 70, {columns: 99}, ALL_READ, '! Under-voltage 60 s ago.'],
	[
		'the worst, what else, what was',
		[
			says(1, NORMAL),
			says(2, VOLTAGE),
			says(9, VOLTAGE),
			says(3, 'I/O error, dev sda, sector 1'),
			disk(5, {readOnly: true}),
			answered(5, {health: 'unhealthy'}),
			answered(6),
		],
		10,
		{},
		ALL_READ,
		'✗ Data partition is read-only: /mnt/data, since 13:00:05 (5 s). 2 more now. 1 past.',
	],
	[
		'not all was read yet',
		[says(2, VOLTAGE), says(9, VOLTAGE)],
		10,
		{},
		{read: 3, of: 5},
		'! Under-voltage ×2 at 13:00:09 (1 s ago). 3 of 5 read.',
	],
	[
		'the link is gone',
		[disk(5, {readOnly: true})],
		185,
		{stale: true},
		ALL_READ,
		'✗ Data partition is read-only: /mnt/data, since 13:00:05 (3 min). As it was when the device last answered.',
	],
	[
		'a unit keeps its name as it is written',
		[unit(5, 'openvpn.service', {ActiveState: 'failed', Result: 'timeout'})],
		5,
		{},
		ALL_READ,
		'✗ openvpn: failed: timeout, since 13:00:05 (0 s).',
	],
	['nothing yet', [], 5, {}, {read: 0, of: 5}, 'Reading the device: 0 of 5 read.'],
	[
		'a past is nothing before all was read',
		[says(1, VOLTAGE), says(5, NORMAL)],
		6,
		{},
		{read: 4, of: 5},
		'Reading the device: 4 of 5 read.',
	],
	[
		'a past that began too long ago to be shown',
		[says(-50_000, VOLTAGE), says(-49_990, NORMAL), says(-49_000, VOLTAGE), says(-10, NORMAL)],
		5,
		{},
		ALL_READ,
		`✓ Nothing wrong found: 0 units, ${rules.length + conditions.CONDITIONS} rules.`,
	],
	[
		'a past with its end',
		[says(-20, VOLTAGE), says(18, NORMAL)],
		60,
		{},
		ALL_READ,
		'Nothing wrong now. Under-voltage, 12:59:40, ended after 38s.',
	],
	[
		'a past without an end, and another',
		[says(1, VOLTAGE), says(2, 'usb 1-1: device descriptor read/64, error -71')],
		1500,
		{},
		ALL_READ,
		'Nothing wrong now. USB 1-1: device descriptor read/64, error -71 at 13:00:02 (24 min ago). 1 more past.',
	],
	[
		'a past, narrow and stale',
		[says(1, VOLTAGE)],
		1500,
		{columns: 80, stale: true},
		ALL_READ,
		'Nothing wrong now. Under-voltage 24 min ago. As it was when the device last answered.',
	],
	[
		'a past that is no news any more',
		[says(1, VOLTAGE)],
		7200,
		{},
		ALL_READ,
		`✓ Nothing wrong found: 0 units, ${rules.length + conditions.CONDITIONS} rules. 1 finding of more than an hour ago.`,
	],
	[
		'nothing at all',
		[unit(1, balena, {}), unit(1, 'dbus.service', {})],
		10,
		{},
		ALL_READ,
		`✓ Nothing wrong found: 2 units, ${rules.length + conditions.CONDITIONS} rules.`,
	],
	[
		'nothing at all when the link was lost',
		[unit(1, balena, {})],
		10,
		{stale: true},
		ALL_READ,
		`✓ Nothing wrong found: 1 unit, ${rules.length + conditions.CONDITIONS} rules. As it was when the device last answered.`,
	],
])('the verdict, %s', (_name, facts, seconds, change, progress, sentence) => {
	expect(verdict(fold([...start, ...facts]), seconds, change, progress)).toBe(sentence);
});

test('the verdict’s clock is the device’s', () => {
	const state = fold([identity(0), vitals(1, {}, 3600)]);
	const told = fold(
		[at(2, {kind: 'journal', place: 'live', record: kernel(3602, 'I/O error, dev sda, sector 1')})],
		state,
	);
	expect(verdict(told, 12)).toBe('✗ I/O error sda at 14:00:02 (10 s ago). 1 more now.');
});

test('where times are shown as how long ago, so are those of findings', () => {
	const state = fold([...start, says(-400_000, 'I/O error, dev sda, sector 1'), says(-10, VOLTAGE)]);
	const zone = timesBefore(T0 + 50_000);
	const shownRow = (key: string): string =>
		plainOf(fitted(findings.row(state, key, context(50, {zone, columns: 80})), 80));
	expect(shownRow('under-voltage')).toMatch(/^! under-voltage +00:01 now, 60 s/);
	expect(shownRow('io-error sda')).toMatch(/^✗ I\/O error sda + 4d 15h now, 4 d/);
});

test('its tone is that of the worst, and muted where it is not known to hold', () => {
	const tones = (facts: readonly TimedFact[], stale: boolean, seconds = 10) =>
		findings.verdict?.(fold([...start, ...facts]), context(seconds, {stale}), ALL_READ).map(({tone}) => tone);
	expect(tones([disk(5, {readOnly: true})], false)).toEqual(['error', 'error', 'plain']);
	expect(tones([says(5, VOLTAGE)], false)).toEqual(['warning', 'warning', 'plain']);
	expect(tones([disk(5, {readOnly: true})], true)).toEqual(['muted', 'muted', 'plain']);
	expect(tones([], false)).toEqual(['good']);
	expect(tones([], true)).toEqual(['muted']);
	expect(tones([says(5, VOLTAGE)], false, 1500)).toEqual(['good', 'plain']);
});

const LONG = 'supervisor-timer';
const everyKind = fold([
	...start,
	...CASES.filter(({rule}) => rule !== LONG).map(({ill}, index) => ill(10 + index)),
	unit(40, 'update-balena-supervisor.timer', {ActiveState: 'inactive'}),
	says(41, VOLTAGE),
	says(42, VOLTAGE),
	says(43, NORMAL),
	says(44, 'Memory cgroup out of memory: Killed process 1 (node) total-vm:1kB, anon-rss:2kB'),
]);

test.each([40, 60, 120])('at %i columns no row loses the name of its finding, and all fill the width', columns => {
	const all = shown(everyKind, T0 + 50_000);
	expect(all.length).toBeGreaterThan(12);
	for (const finding of all) {
		const text = row(everyKind, finding, 50, columns);
		expect(text).toHaveLength(columns);
		const name = nameOf(finding);
		expect(name.length).toBeLessThanOrEqual(38);
		expect(text.slice(2)).toMatch(new RegExp(`^${name.replaceAll(/[/+.]/g, '\\$&')} `));
	}
});

test.each([
	[
		'now',
		[says(5, 'I/O error, dev sda, sector 1 op 0x0:(READ) flags')],
		100,
		/^✗ I\/O error sda READ +13:00 now, 75 s *$/,
		80,
	],
	[
		'narrow',
		[says(5, 'I/O error, dev sda, sector 1 op 0x0:(READ) flags')],
		69,
		/^✗ I\/O error sda READ +13:00 now *$/,
		80,
	],
	['past', [says(5, VOLTAGE)], 80, /^· under-voltage +13:00 past *$/, 1000],
	[
		'ended, with its length',
		[says(5, VOLTAGE), says(77, NORMAL)],
		80,
		/^✓ under-voltage +13:00 \(1m12s\) ended *$/,
		80,
	],
	['several', [says(5, VOLTAGE), says(245, VOLTAGE)], 80, /^! under-voltage +×2 13:00–13:04 now, 5 s *$/, 250],
	[
		'of another day',
		[says(-50_000, 'I/O error, dev sda, sector 1')],
		80,
		/^✗ I\/O error sda +11-22 23:06 now, 13 h *$/,
		0,
	],
] as const)('a row, %s', (_name, facts, columns, pattern, seconds) => {
	const state = fold([...start, ...facts]);
	const [finding] = shown(state, T0 + seconds * 1000);
	expect(finding).toBeDefined();
	if (finding !== undefined) expect(row(state, finding, seconds, columns)).toMatch(pattern);
});

test('stale rows say so', () => {
	const state = fold([...start, disk(5, {readOnly: true})]);
	const text = flat(findings.row(state, 'disk-read-only', context(10, {stale: true})));
	expect(text).toMatch(/stale$/);
	expect(flat(findings.summary(state, context(10, {stale: true})))).toBe('1 now · stale');
});

test.each([
	[[], 10, 'none now'],
	[[says(5, VOLTAGE), says(6, 'I/O error, dev sda, sector 1')], 10, '2 now'],
	[[says(5, VOLTAGE), says(6, NORMAL), says(7, 'I/O error, dev sda, sector 1')], 10, '1 now · 1 past'],
	[[says(5, VOLTAGE)], 1000, 'none now · 1 past'],
] as const)('the summary of %j', (facts, seconds, text) => {
	expect(flat(findings.summary(fold([...start, ...facts]), context(seconds)))).toBe(text);
});

test('what goes on rings once each time that it begins', () => {
	const keys = (facts: readonly TimedFact[], seconds = 20): string[] =>
		findings
			.alarms?.(fold([...start, ...facts]), T0 + seconds * 1000)
			.map(({key, weight, text}) => `${key}/${weight}/${text}`) ?? [];
	expect(keys([disk(5, {readOnly: true}), says(6, VOLTAGE), says(7, NORMAL)])).toEqual([
		'disk-read-only 1/error/data partition is read-only /mnt/data',
	]);
	expect(keys([disk(5, {readOnly: true}), disk(6), disk(7, {readOnly: true})])).toEqual([
		'disk-read-only 2/error/data partition is read-only /mnt/data',
	]);
	expect(keys([says(6, VOLTAGE)])).toEqual(['under-voltage 1/warning/under-voltage']);
	expect(keys([says(6, VOLTAGE)], 2000)).toEqual([]);
});

test('keys stand in the order of urgency and stay where the look froze them', () => {
	const state = fold([...start, says(5, VOLTAGE), says(6, 'I/O error, dev sda, sector 1')]);
	const keys = (order: Look['order']): unknown[] => {
		const items = findings.items(state, {...noLook, order});
		return Array.from({length: items.length}, (_, index) => items.at(index));
	};
	expect(keys(null)).toEqual(['io-error sda', 'under-voltage']);
	expect(keys(['under-voltage', 'gone'])).toEqual(['under-voltage', 'io-error sda']);
	expect(findings.evidence?.(state, 'io-error sda')).toMatchObject({stream: 'kernel', atMs: T0 + 6000});
	expect(findings.logOf?.(state, 'io-error sda')).toBeNull();
	expect(findings.weight?.(state, 'under-voltage')).toBe('warning');
	expect(findings.row(state, 'no such key', context(10))).toEqual([]);
	expect(findings.evidence?.(state, 'no such key')).toBeNull();
	expect(findings.hint?.(state, 'under-voltage')).toMatch(/^The supply fell .* Look at: How often/);
});

const recording = (file: string): {state: SessionState; found: State} => {
	const state = recorded(file).store.getState();
	return {state, found: state.panes.findings as State};
};

test('a healthy device: nothing found, and it says what was looked at', () => {
	const {state, found} = recording('healthy');
	expect(Object.keys(found.all)).toEqual([]);
	expect(flat(findings.verdict?.(found, {...context(0), now: state.now}, progressOf(state)) ?? [])).toBe(
		`✓ Nothing wrong found: 13 units, ${rules.length + conditions.CONDITIONS} rules.`,
	);
});

test('an engine that was killed twice: both kills are its evidence', () => {
	const {found} = recording('engine-killed-twice');
	const killed = found.all['unit-killed balena.service'];
	expect(killed).toMatchObject({count: 2, detail: '9/KILL', weight: 'error', subject: 'balena.service'});
	expect(killed?.evidence.map(({text}) => text)).toEqual([
		'balena.service: Main process exited, code=killed, status=9/KILL',
		'balena.service: Main process exited, code=killed, status=9/KILL',
	]);
	const [first, second] = killed?.evidence.map(({atMs}) => atMs) ?? [];
	expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(2000);
});

test('kernel trouble has names', () => {
	const {state, found} = recording('kernel-trouble');
	const names = shown(found, state.now).map(finding => `${nameOf(finding)} ×${finding.count}`);
	for (const name of [
		'SD card or eMMC mmc0 ×3',
		'I/O error mmcblk0 ×2',
		'EXT4 mmcblk0p6 ×1',
		'out of memory, its own limit node ×1',
	])
		expect(names).toContain(name);
});

test('a pull that stalled says so, and for how long', () => {
	const {found} = recording('pull-stalls');
	expect(Object.values(found.all)).toEqual([
		expect.objectContaining({rule: 'pull-stalled', detail: expect.stringMatching(/^no bytes for 3\d s$/)}),
	]);
});

test('a measured finding is dated back when it is learned since when it holds', () => {
	const stopped = condition('unit-inactive', 'not running', 'warning', 'It is stopped.', 'Who stopped it.');
	const ids = new Set([stopped.id]);
	const measure = {condition: stopped, subject: 'openvpn.service', unit: 'openvpn.service', detail: 'inactive'};
	const first = withMeasures({}, ids, [measure], 10_000);
	const then = withMeasures(first, ids, [{...measure, sinceMs: 4000}], 12_000);
	const last = withMeasures(then, ids, [{...measure, sinceMs: 4100}], 14_000);
	for (const all of [then, last])
		expect(Object.values(all)).toEqual([
			expect.objectContaining({firstMs: 4000, evidence: [expect.objectContaining({atMs: 4000})]}),
		]);
});
