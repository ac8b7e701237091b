import {expect, test} from 'vitest';
import type {Fact, Identity, TimedFact} from '../../../src/domain/fact.ts';
import {standingOf} from '../../../src/domain/finding.ts';
import {type JournalRecord, toRecord} from '../../../src/domain/journal.ts';
import {findings} from '../../../src/panes/findings/index.ts';
import type {State} from '../../../src/panes/findings/reduce.ts';
import type {Tracked} from '../../../src/panes/findings/track.ts';
import {randomOf, shuffled} from '../../support/chance.ts';
import {noVitals} from './view.ts';

const BOOT = 'fe75a393ffa14e8496bbe440c96b4fad';
const OLD_BOOT = '0123456789abcdef0123456789abcdef';
const T0 = Date.UTC(2026, 10, 23, 13, 0, 0);
/** Uptime at T0, ms. */
const UP = 100_000_000;

type Who = 'kernel' | 'systemd' | 'container' | 'unit' | 'engine' | 'app';
const FIELDS: Readonly<Record<Who, readonly (readonly [string, string])[]>> = {
	kernel: [
		['_TRANSPORT', 'kernel'],
		['SYSLOG_IDENTIFIER', 'kernel'],
	],
	systemd: [
		['_PID', '1'],
		['SYSLOG_IDENTIFIER', 'systemd'],
		['_SYSTEMD_UNIT', 'init.scope'],
	],
	container: [
		['CONTAINER_NAME', 'balena_supervisor'],
		['_SYSTEMD_UNIT', 'balena.service'],
	],
	unit: [
		['SYSLOG_IDENTIFIER', 'balena-supervisor'],
		['_SYSTEMD_UNIT', 'balena-supervisor.service'],
	],
	engine: [
		['SYSLOG_IDENTIFIER', 'balenad'],
		['_SYSTEMD_UNIT', 'balena.service'],
	],
	app: [
		['CONTAINER_NAME', 'main_1_2'],
		['_SYSTEMD_UNIT', 'balena.service'],
	],
};

type More = {
	readonly about?: string;
	readonly boot?: string;
	readonly cursor?: string;
	readonly kernelSeconds?: number;
};
const record = (
	seconds: number,
	who: Who,
	message: string,
	{about, boot = BOOT, cursor = `${who} ${boot} ${seconds} ${message}`, kernelSeconds}: More = {},
): JournalRecord =>
	toRecord([
		['__CURSOR', cursor],
		['__REALTIME_TIMESTAMP', String(Math.round((T0 + seconds * 1000) * 1000))],
		['__MONOTONIC_TIMESTAMP', String(Math.round((UP + seconds * 1000) * 1000))],
		['_BOOT_ID', boot],
		...FIELDS[who],
		...(about === undefined ? [] : [['UNIT', about] as const]),
		...(kernelSeconds === undefined
			? []
			: [['_SOURCE_MONOTONIC_TIMESTAMP', String(Math.round((UP + kernelSeconds * 1000) * 1000))] as const]),
		['MESSAGE', message],
	]);

type Way = 'history' | 'live' | 'older' | 'story' | 'kernel-history';
const by = (way: Way, one: JournalRecord): TimedFact => {
	const fact: Fact =
		way === 'story' || way === 'kernel-history' ? {kind: way, record: one} : {kind: 'journal', place: way, record: one};
	return {at: T0, fact};
};
const identity = (bootId = BOOT, at = T0): TimedFact => ({
	at,
	fact: {kind: 'identity', identity: {bootId, kind: 'balena', clockMs: null} as Identity},
});
const fold = (facts: readonly TimedFact[], from: State = findings.initial): State =>
	facts.reduce(findings.reduce, from);
const of = (records: readonly JournalRecord[], way: Way = 'live'): State =>
	fold([identity(), ...records.map(one => by(way, one))]);
const only = (state: State): Tracked => {
	const [finding, ...more] = Object.values(state.all);
	if (finding === undefined || more.length > 0) throw new Error(`not one finding: ${Object.keys(state.all)}`);
	return finding;
};
const standing = (state: State, seconds: number): string => standingOf(only(state), T0 + seconds * 1000, state.boot);
/** Seconds behind T0. */
const times = ({firstMs, lastMs, endedMs}: Tracked): (number | null)[] =>
	[firstMs, lastMs, endedMs].map(ms => (ms === null ? null : (ms - T0) / 1000));

const VOLTAGE = 'hwmon hwmon1: Undervoltage detected!';
const NORMAL = 'hwmon hwmon1: Voltage normalised';
const IO = (sector: number, device = 'sda'): string =>
	`I/O error, dev ${device}, sector ${sector} op 0x1:(WRITE) flags`;

test.each<[string, readonly JournalRecord[], string, string, number]>([
	['now', [record(0, 'kernel', VOLTAGE)], 'now', 'under-voltage', 600],
	['past, once its time is over', [record(0, 'kernel', VOLTAGE)], 'past', 'under-voltage', 601],
	['now for as long as it is up', [record(0, 'kernel', IO(1))], 'now', 'io-error sda', 40_000],
	['ended', [record(0, 'kernel', VOLTAGE), record(5, 'kernel', NORMAL)], 'ended', 'under-voltage', 6],
	['past: of another boot', [record(0, 'kernel', IO(1), {boot: OLD_BOOT})], 'past', 'io-error sda', 1],
	[
		'now, although it was there in another boot too',
		[record(0, 'kernel', IO(1), {boot: OLD_BOOT}), record(1, 'kernel', IO(2))],
		'now',
		'io-error sda',
		2,
	],
	[
		'a death is not over when the unit is up again',
		[
			record(0, 'systemd', 'balena.service: Main process exited, code=killed, status=9/KILL', {
				about: 'balena.service',
			}),
			record(1, 'systemd', 'Started balena.service - Engine.', {about: 'balena.service'}),
		],
		'now',
		'unit-killed balena.service',
		2,
	],
	[
		'a failed start is over when the unit is up, by whatever words',
		[
			record(0, 'systemd', 'Failed to start Balena supervisor.', {about: 'balena-supervisor.service'}),
			record(1, 'systemd', 'Started Balena supervisor.', {about: 'balena-supervisor.service'}),
		],
		'ended',
		'unit-start balena-supervisor.service',
		2,
	],
])('a line, %s', (_name, records, expected, key, seconds) => {
	const state = of(records);
	expect(only(state).key).toBe(key);
	expect(standing(state, seconds)).toBe(expected);
});

test.each([
	['a user’s container', record(0, 'app', VOLTAGE)],
	['a container that says what the engine says', record(0, 'app', 'panic: runtime error')],
	['what only looks like PID 1’s', {...record(0, 'systemd', 'x.service: Watchdog timeout!'), pid: 77, identifier: 'x'}],
	['units that come and go', record(0, 'systemd', 'Failed to start x.', {about: 'user@0.service'})],
	['an end without a beginning', record(0, 'kernel', NORMAL)],
] as const)('%s finds nothing', (_name, one) => {
	expect(of([one]).all).toEqual({});
});

test('a boot’s lines are past in the next one, what the next one says is now', () => {
	const before = of([record(0, 'kernel', IO(1)), record(1, 'kernel', VOLTAGE)]);
	const after = fold(
		[identity(OLD_BOOT, T0 + 5000), by('live', record(6, 'kernel', VOLTAGE, {boot: OLD_BOOT}))],
		before,
	);
	const standings = Object.values(after.all).map(one => [one.key, one.count, standingOf(one, T0 + 7000, after.boot)]);
	expect(standings).toEqual([
		['io-error sda', 1, 'past'],
		['under-voltage', 2, 'now'],
	]);
});

test('what it is about, what it says, where it was said', () => {
	const state = of([
		record(1, 'systemd', 'balena.service: Watchdog timeout (limit 6min)!', {about: 'balena.service', cursor: 'c1'}),
		record(2, 'kernel', IO(7, 'mmcblk0'), {cursor: 'c2', kernelSeconds: 0.5}),
	]);
	expect(state.all['unit-watchdog balena.service']).toMatchObject({
		subject: 'balena.service',
		title: 'watchdog timeout',
		detail: '6min',
		evidence: [{cursor: 'c1', stream: 'journal', unit: 'balena.service', atMs: T0 + 1000}],
	});
	// The journal's own time of a kernel line is when journald read it.
	expect(state.all['io-error mmcblk0']).toMatchObject({
		subject: 'mmcblk0',
		detail: 'WRITE',
		firstMs: T0 + 500,
		evidence: [{cursor: 'c2', stream: 'kernel', unit: '', atMs: T0 + 500, text: IO(7, 'mmcblk0')}],
	});
});

test('the newest reason stays where the lines behind it give none', () => {
	const retry = (seconds: number, text: string): JournalRecord =>
		record(seconds, 'engine', `time="x" level=info msg="${text}"`);
	const records = [
		retry(1, String.raw`failed to download layer: \"reset by peer\", retrying`),
		retry(2, 'waiting 1s before retrying layer download'),
		retry(3, String.raw`failed to download layer: \"i/o timeout\", retrying`),
		retry(4, 'waiting 2s before retrying layer download'),
	];
	for (const order of [records, records.toReversed()])
		expect(only(of(order))).toMatchObject({count: 4, detail: 'i/o timeout'});
});

test('the ring buffer’s lines count as well, dated by uptime', () => {
	const ring = (micros: number, message: string): TimedFact => ({
		at: T0,
		fact: {kind: 'kernel-line', kernelUs: UP * 1000 + micros, priority: 3, message},
	});
	const vitals = {...noVitals, uptimeMs: UP, clockMs: T0};
	const state = fold([
		identity(),
		{at: T0, fact: {kind: 'vitals', vitals}},
		ring(1_000_000, IO(1)),
		ring(2_000_000, IO(2)),
		ring(1_000_000, IO(1)),
	]);
	expect(only(state)).toMatchObject({count: 2, firstMs: T0 + 1000, lastMs: T0 + 2000});
	expect(only(state).evidence[0]).toMatchObject({cursor: null, stream: 'kernel'});
});

test('evidence is the first line and the newest two, in order of time', () => {
	const lines = Array.from({length: 9}, (_, index) => record(index + 1, 'kernel', IO(index)));
	for (const order of [lines, lines.toReversed(), shuffled(lines, randomOf(5))]) {
		const {evidence, count, firstMs, lastMs} = only(of(order));
		expect([count, firstMs, lastMs]).toEqual([9, T0 + 1000, T0 + 9000]);
		expect(evidence.map(({atMs}) => (atMs - T0) / 1000)).toEqual([1, 8, 9]);
	}
});

const WAYS: readonly Way[] = ['live', 'story', 'kernel-history', 'older'];

test('a line counts once, by whatever ways it comes: history forwards, pages newest first', () => {
	// More than what is remembered of one screen: a card that dies says hundreds.
	const lines = Array.from({length: 700}, (_, index) => record(index, 'kernel', IO(index)));
	const ways = [
		...lines.toReversed().map(one => by('story', one)),
		...lines.map(one => by('kernel-history', one)),
		...lines.slice(-500).map(one => by('history', one)),
		...lines.toReversed().map(one => by('older', one)),
	];
	expect(only(fold([identity(), ...ways])).count).toBe(700);
});

const supervisor = (seconds: number, text: string): JournalRecord[] => [
	record(seconds, 'container', `[error]   Device state apply error ${text}`),
	record(seconds + 0.4, 'unit', `[error]   Device state apply error ${text}`),
];

test.each([
	['twins, as they come', supervisor(1, 'x'), 1],
	['the unit’s line first', supervisor(1, 'x').toReversed(), 1],
	['twins that say the same again', [...supervisor(1, 'x'), ...supervisor(3, 'x')], 2],
	[
		'the same twice from one of them is twice',
		[record(1, 'unit', '[error]   Healthcheck failed'), record(2, 'unit', '[error]   Healthcheck failed')],
		2,
	],
	[
		'other words are another line',
		[supervisor(1, 'x'), supervisor(1.1, 'y')]
			.flatMap(([a, b], index) => (index === 0 ? [a] : [b]))
			.flatMap(one => one ?? []),
		2,
	],
	[
		'too far apart to be twins',
		[record(1, 'container', '[error]   Healthcheck failed'), record(7, 'unit', '[error]   Healthcheck failed')],
		2,
	],
] as const)('of the supervisor: %s', (_name, records, count) => {
	expect(only(of(records)).count).toBe(count);
});

test('all lines of the supervisor’s unit first, then all of its container', () => {
	const twins = Array.from({length: 20}, (_, index) => supervisor(index * 10, 'the same each time'));
	const of2 = (which: number): JournalRecord[] => twins.flatMap(pair => pair[which] ?? []);
	expect(only(of([...of2(1).toReversed(), ...of2(0)])).count).toBe(20);
	expect(only(of([...of2(0), ...of2(1), ...of2(1)])).count).toBe(20);
});

type Step = readonly [seconds: number, what: 'begins' | 'ends'];
const steps = (...list: readonly Step[]): JournalRecord[] =>
	list.map(([seconds, what]) => record(seconds, 'kernel', what === 'begins' ? VOLTAGE : NORMAL));

test.each<[string, readonly Step[], number, (number | null)[]]>([
	['it goes on', [[10, 'begins']], 1, [10, 10, null]],
	[
		'it ended',
		[
			[10, 'begins'],
			[20, 'ends'],
		],
		1,
		[10, 10, 20],
	],
	[
		'it ended, and ends are said again',
		[
			[10, 'begins'],
			[20, 'ends'],
			[30, 'ends'],
			[40, 'ends'],
		],
		1,
		[10, 10, 20],
	],
	[
		'an older end is not its end',
		[
			[5, 'ends'],
			[10, 'begins'],
		],
		1,
		[10, 10, null],
	],
	[
		'it began again',
		[
			[10, 'begins'],
			[20, 'ends'],
			[30, 'begins'],
		],
		2,
		[10, 30, null],
	],
	[
		'it began and ended again',
		[
			[10, 'begins'],
			[20, 'ends'],
			[30, 'begins'],
			[40, 'ends'],
			[50, 'ends'],
		],
		2,
		[10, 30, 40],
	],
	[
		'said twice, then over',
		[
			[10, 'begins'],
			[12, 'begins'],
			[20, 'ends'],
		],
		2,
		[10, 12, 20],
	],
])('%s, in any order of arrival', (_name, list, count, expected) => {
	const records = steps(...list);
	const next = randomOf(list.length);
	const orders = [records, records.toReversed(), ...Array.from({length: 20}, () => shuffled(records, next))];
	for (const order of orders) {
		const finding = only(of(order));
		expect(finding.count).toBe(count);
		expect(times(finding)).toEqual(expected);
	}
});

test('an end without a subject ends all that its rule found, one with a subject its own', () => {
	const error = (service: string): JournalRecord =>
		record(1, 'unit', `[event]   Event: Service start error {"service":{"serviceName":"${service}"}}`);
	const started = (more: string): JournalRecord => record(2, 'unit', `[event]   Event: Service started ${more}`);
	const open = (records: readonly JournalRecord[]): string[] =>
		Object.values(of(records).all)
			.filter(({endedMs}) => endedMs === null)
			.map(({subject}) => subject);
	const both = [error('one'), error('two')];
	for (const order of [(list: JournalRecord[]) => list, (list: JournalRecord[]) => list.toReversed()]) {
		expect(open(order([...both, started('{"service":{"serviceName":"one"}}')]))).toEqual(['two']);
		expect(open(order([...both, started('')]))).toEqual([]);
	}
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
	'in order of time or not, once or four times: seed %i gives the same findings',
	seed => {
		const next = randomOf(seed);
		const pick = <T>(list: readonly T[]): T => {
			const one = list[Math.floor(next() * list.length)];
			if (one === undefined) throw new Error('an empty list');
			return one;
		};
		const MESSAGES: readonly (readonly [Who, string, string?])[] = [
			['kernel', VOLTAGE],
			['kernel', NORMAL],
			['kernel', IO(1)],
			['kernel', IO(2, 'mmcblk0')],
			['kernel', 'mmc0: card 0001 removed'],
			['kernel', 'mmc0: new high speed SDHC card at address aaaa'],
			['systemd', 'Failed to start x.', 'x.service'],
			['systemd', 'Started x.', 'x.service'],
			['systemd', 'balena.service: Main process exited, code=killed, status=9/KILL', 'balena.service'],
			['engine', 'time="x" level=info msg="Download failed, retrying (3/10): unexpected EOF"'],
			['engine', 'time="x" level=info msg="download resumed after 3 retries"'],
			['unit', '[warn]    Retrying current state report in 15 seconds'],
			['unit', '[info]    Reported current state to the cloud'],
		];
		const records = Array.from({length: 150}, (_, index) => {
			const [who, message, about] = pick(MESSAGES);
			return record(index * 7, who, message, about === undefined ? {} : {about});
		}).flatMap(one => {
			// As the supervisor's lines come: from its unit and from its container.
			if (!one.units.includes('balena-supervisor.service')) return [one];
			const seconds = (one.realtimeUs / 1000 - T0) / 1000;
			return [record(seconds - 0.3, 'container', one.message), one];
		});
		const facts = records.map(one => by('live', one));
		const picture = (state: State): unknown =>
			Object.values(state.all)
				.map(({key, count, firstMs, lastMs, endedMs, detail, boot}) => ({
					key,
					count,
					firstMs,
					lastMs,
					endedMs,
					detail,
					boot,
				}))
				.toSorted((a, b) => (a.key < b.key ? -1 : 1));
		const inOrder = picture(fold([identity(), ...facts]));
		for (let round = 0; round < 6; round++) {
			const again = shuffled(
				records.flatMap(one => WAYS.filter(way => way === 'live' || next() < 0.5).map(way => by(way, one))),
				next,
			);
			expect(picture(fold([identity(), ...again]))).toEqual(inOrder);
		}
		// Two hundred lines of thirteen kinds: a table that found nothing would prove nothing.
		expect((inOrder as readonly unknown[]).length).toBeGreaterThan(5);
	},
);

const oom = (seconds: number, name: string): JournalRecord =>
	record(seconds, 'kernel', `Memory cgroup out of memory: Killed process 1 (${name}) total-vm:1kB, anon-rss:2kB`);

test('whoever invents names drowns nothing but its own', () => {
	const flood = Array.from({length: 1000}, (_, index) => oom(10 + index, `evil${index}`));
	const state = of([record(0, 'kernel', IO(1)), ...flood, record(2000, 'kernel', VOLTAGE)]);
	const keys = Object.keys(state.all);
	expect(keys).toHaveLength(300);
	expect(keys).toContain('io-error sda');
	expect(keys).toContain('under-voltage');
	expect(keys).toContain('oom-container evil999');
	expect(keys).not.toContain('oom-container evil0');
	// What is older than all that is held goes, not what is held.
	const older = fold(
		flood.toReversed().map(one => by('older', one)),
		state,
	);
	expect(Object.keys(older.all).toSorted()).toEqual(keys.toSorted());
	const measured = fold(
		[
			{
				at: T0,
				fact: {
					kind: 'disk',
					status: {code: 0},
					disk: {mount: '/mnt/data', totalKb: 1, usedKb: 1, availableKb: 0, readOnly: false},
				},
			},
		],
		state,
	);
	expect(Object.keys(measured.all)).toContain('data-full');
	expect(Object.keys(measured.all)).toHaveLength(300);
});

test.each(['__proto__', 'constructor', 'toString', '../../x', '[31m', 'ünïcödé', ' '])(
	'a subject %j is a subject',
	name => {
		const [first] = Object.values(of([oom(1, name), oom(2, name)]).all);
		expect(first).toMatchObject({count: 2, rule: 'oom-container'});
		expect(findings.text(of([oom(1, name)]), first?.key ?? '')).toContain('out of memory, its own limit');
	},
);

test('long lines are kept short', () => {
	const state = of([record(1, 'kernel', `EXT4-fs error (device sda1): ${'x'.repeat(4000)}`)]);
	expect(only(state).evidence[0]?.text).toHaveLength(300);
});

test('a state that nothing changed is the same state', () => {
	const state = of([record(1, 'kernel', IO(1))]);
	expect(
		fold(
			[by('older', record(1, 'kernel', IO(1))), by('live', record(9, 'kernel', 'EXT4-fs (sda1): recovery complete'))],
			state,
		),
	).toBe(state);
});
