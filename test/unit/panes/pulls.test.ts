import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Fact, Identity, PullProcess, TimedFact, Vitals, WriteSet} from '../../../src/domain/fact.ts';
import {type JournalRecord, toRecord} from '../../../src/domain/journal.ts';
import {noLook, type ViewContext} from '../../../src/domain/pane.ts';
import {toPullEvent, toTrouble} from '../../../src/domain/pull-event.ts';
import {pulls} from '../../../src/panes/pulls/index.ts';
import {kindOf, layerOf, shortImage} from '../../../src/panes/pulls/path.ts';
import type {State} from '../../../src/panes/pulls/state.ts';
import {sampler} from '../../../src/sources/sampler.ts';
import {BlockFramer} from '../../../src/transport/framing/block.ts';
import {squeezed, viewAt} from './view.ts';

const BOOT = 'fe75a393ffa14e8496bbe440c96b4fad';
/** 2026-11-23 13:00:00 UTC: the operator's clock and the device's, unless a test says otherwise. */
const T0 = Date.UTC(2026, 10, 23, 13, 0, 0);
/** Uptime at T0. */
const UP = 1_000_000;
const ID = '899961d2d46e666a971f42ebc87bf0f3b4d8e98feb406957d4fd5f155fe4fe7a';
const OTHER = 'ee126d3751d71556975f28825d09ee662b78bc28c4f0351f143f80eb50476a58';

const context = (seconds: number, change: Partial<ViewContext> = {}): ViewContext => ({
	...viewAt(T0 + seconds * 1000, 200),
	...change,
});

const screen = (state: State, at: ViewContext): string[] => {
	const items = pulls.items(state, at.look);
	return Array.from({length: items.length}, (_, index) => squeezed(pulls.row(state, items.at(index) ?? '', at)));
};
const fold = (facts: readonly TimedFact[], from: State = pulls.initial): State => facts.reduce(pulls.reduce, from);

const at = (seconds: number, fact: Fact): TimedFact => ({at: T0 + seconds * 1000, fact});

type Given = {processes?: readonly PullProcess[]; writeSets?: readonly WriteSet[]; engine?: number; uptime?: boolean};
const sample = (seconds: number, {processes = [], writeSets = [], engine, uptime = true}: Given = {}): TimedFact =>
	at(seconds, {
		kind: 'pulls',
		uptimeMs: uptime ? UP + seconds * 1000 : null,
		processes,
		writeSets,
		engineIo: engine === undefined ? null : {read: 0, written: engine, disk: 0},
	});

const untar = (
	pid: number,
	written: number | null,
	{
		id = ID,
		root = '/var/lib/docker/overlay2',
		began = 0,
		...rest
	}: Partial<PullProcess> & {id?: string; root?: string; began?: number} = {},
): PullProcess => ({
	pid,
	process: 'docker-untar',
	path: `${root}/${id}/diff`,
	state: 'R',
	startTicks: UP / 10 + began * 100,
	cpuTicks: 0,
	residentPages: 17_529,
	io: written === null ? null : {read: 0, written, disk: 0},
	...rest,
});

type Line = {
	by?: 'container' | 'unit' | 'engine';
	boot?: string;
	place?: 'history' | 'live' | 'older';
	arrives?: number;
};
function record(seconds: number, message: string, {by = 'container', boot = BOOT}: Line = {}): JournalRecord {
	return toRecord([
		['__CURSOR', `${by} ${seconds} ${message}`],
		['__REALTIME_TIMESTAMP', String((T0 + seconds * 1000) * 1000)],
		['__MONOTONIC_TIMESTAMP', String((UP + seconds * 1000) * 1000)],
		['_BOOT_ID', boot],
		['_SYSTEMD_UNIT', by === 'unit' ? 'balena-supervisor.service' : 'balena.service'],
		['SYSLOG_IDENTIFIER', by === 'engine' ? 'balenad' : 'x'],
		['MESSAGE', message],
		...(by === 'container' ? ([['CONTAINER_NAME', 'balena_supervisor']] as const) : []),
	]);
}
const line = (seconds: number, message: string, more: Line = {}): TimedFact =>
	at(more.arrives ?? seconds, {kind: 'journal', place: more.place ?? 'live', record: record(seconds, message, more)});
const event = (seconds: number, name: string, service: string | null, more: Line = {}): TimedFact =>
	line(
		seconds,
		service === null
			? `[event]   Event: ${name}`
			: `[event]   Event: ${name} ${JSON.stringify({image: {name: `registry/v2/${service}image`, serviceName: service}})}`,
		more,
	);
/** As it really comes: twice. */
const twice = (seconds: number, name: string, service: string | null, more: Line = {}): TimedFact[] => [
	event(seconds, name, service, more),
	event(seconds + 0.3, name, service, {...more, by: 'unit'}),
];
const identity = (seconds: number, change: Partial<Identity> = {}): TimedFact =>
	at(seconds, {
		kind: 'identity',
		identity: {bootId: BOOT, uid: 0, engineVersion: null, clockMs: null, ...change} as Identity,
	});

const BEGIN = 'Docker image download';
const DONE = 'Image downloaded';

/** Pull facts of the sample, as the source reads them, half a second apart. */
function sampled(): TimedFact[] {
	const text = readFileSync(new URL('../../samples/sampler-pull.txt', import.meta.url), 'utf8');
	return new BlockFramer('tok')
		.push(Buffer.from(text))
		.flatMap((unit, index) => sampler.read(unit).map(fact => at(index * 0.53, fact)));
}

/** Journal of a real pull, one that failed, and an engine that was killed. */
const journaled = (): TimedFact[] =>
	readFileSync(new URL('../../samples/journal-pull-and-engine-kill.ndjson', import.meta.url), 'utf8')
		.split('\n')
		.filter(text => text !== '')
		.map(text => {
			const entry = Object.entries(JSON.parse(text) as Record<string, unknown>);
			return toRecord(entry.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])));
		})
		.map(one => ({at: one.realtimeUs / 1000, fact: {kind: 'journal', place: 'history', record: one}}));

test('a pull on a real engine: layers follow each other in one pull', () => {
	const facts = sampled();
	const early = fold(facts.slice(0, 12));
	const rows = screen(early, context(3));
	expect(rows[0]).toMatch(/^● not announced .*layer 2/);
	expect(rows[1]).toMatch(/└ ee126d3751d7 docker-untar works 3s 48 % 71 MB 61 MB 24 MB\/s 4507$/);
	const all = fold(facts);
	expect(all.pulls).toHaveLength(1);
	expect(all.pulls[0]?.work.layers).toBe(4);
	expect(all.layers[0]?.id).toBe('03ac910deef9');
	const ended = fold([sample(30)], all);
	expect(screen(ended, context(30))).toEqual([
		expect.stringMatching(/^○ not announced ended 13:00:\d\d after \d+s .* seen$/),
	]);
});

test.each([
	['forwards', false],
	['backwards, as older pages come', true],
])('what was pulled before we came, read %s', (_name, reversed) => {
	const facts = journaled();
	const state = fold(
		reversed
			? facts.toReversed().map(({at: when, fact}) => ({at: when, fact: {...fact, place: 'older'} as Fact}))
			: facts,
	);
	expect(state.pulls).toEqual([]);
	const rows = screen(state, {...context(0), now: 1_795_454_300_000, columns: 90});
	expect(rows).toHaveLength(2);
	expect(rows[0]).toBe('✗ main failed 17:18:05 after 0s: pull failed');
	expect(rows[1]).toMatch(/^✓ main done 17:18:01 in 27s/);
});

const announced = [identity(0), ...twice(0, BEGIN, 'frontend')];
const running = [
	...announced,
	sample(2, {processes: [untar(7, 0, {began: 2})]}),
	sample(3, {processes: [untar(7, 6_400_000, {began: 2, cpuTicks: 31})]}),
];

test('announced twice, shown once: image, layer, figures', () => {
	const state = fold(running);
	const rows = screen(state, context(3));
	expect(rows).toHaveLength(2);
	expect(rows[0]).toMatch(/^● frontend layer 1 · registry\/v2\/frontendimage 3s 6.4 MB 6.4 MB\/s$/);
	expect(rows[1]).toMatch(/^└ 899961d2d46e docker-untar works 1s 31 % 72 MB 6.4 MB 6.4 MB\/s 7$/);
	expect(squeezed(pulls.summary(state, context(3)))).toBe('1 running · 6.4 MB/s');
	const over = fold(twice(12, DONE, 'frontend'), state);
	expect(screen(over, context(12))).toEqual([expect.stringMatching(/^✓ frontend done 13:00:12 in 12s .*6.4 MB seen$/)]);
	expect(squeezed(pulls.summary(over, context(12)))).toBe('none running · last frontend done 13:00');
});

test.each([
	['R', 3, 'works', 'muted'],
	['S', 3, 'waits for the network', 'muted'],
	['D', 3, 'waits for the disk', 'warning'],
	['S', 14, 'no bytes for 11 s', 'warning'],
	['S', 97, 'no bytes for 94 s', 'error'],
] as const)('a layer in state %s, seen at %i s: %s', (state, seconds, words, tone) => {
	const facts = [...running, sample(seconds, {processes: [untar(7, 6_400_000, {began: 2, cpuTicks: 31, state})]})];
	const row = pulls.row(fold(facts), pulls.items(fold(facts), noLook).at(1) ?? '', context(seconds));
	expect(row.find(({text}) => text.startsWith(words))?.tone).toBe(tone);
});

test('a stall is counted by the second, in summary and weight, and the engine says why', () => {
	const stall = fold([...running, sample(90, {processes: [untar(7, 6_400_000, {began: 2})]})]);
	expect(pulls.summary(stall, context(97))).toEqual([{text: '1 stalled 94 s', tone: 'error'}]);
	expect(pulls.weight?.(stall, stall.pulls[0]?.key ?? '')).toBe('error');
	const told = fold(
		[
			line(
				91,
				'time="2026-11-23T13:01:31Z" level=info msg="failed to download layer: \\"i/o timeout\\", retrying to read again"',
				{by: 'engine'},
			),
		],
		stall,
	);
	expect(screen(told, context(97))[2]).toBe(
		'! engine 13:01:31 failed to download layer: "i/o timeout", retrying to read again',
	);
	// It is of no use after two minutes.
	expect(screen(fold([sample(300, {processes: [untar(7, 7_000_000, {began: 2})]})], told), context(300))).toHaveLength(
		2,
	);
});

test('where the connection is gone the last figures stand, and say so', () => {
	const stale = context(500, {stale: true});
	const [first = '', second = ''] = screen(fold(running), stale);
	expect(first).toMatch(/^\? frontend stale .* 3s /);
	expect(second).toMatch(/stale: works/);
	expect(squeezed(pulls.summary(fold(running), stale))).toBe('1 running · 6.4 MB/s · stale');
});

test('a pull waits for its first layer, and between two', () => {
	expect(screen(fold([...announced, sample(2)]), context(2))[0]).toMatch(/^● frontend waits for the first layer/);
	expect(screen(fold([...announced, sample(40)]), context(40))[0]).toMatch(/^! frontend waits for the first layer/);
	expect(screen(fold([...running, sample(5)]), context(5))[0]).toMatch(/between layers/);
	expect(screen(fold([...running, sample(25)]), context(25))[0]).toMatch(/^! frontend no layer for 22 s/);
	// Announced: it does not end by a pause.
	expect(fold([...running, sample(25)]).finished).toEqual([]);
});

test('two images at once: each has its layers', () => {
	const two = [untar(7, 100, {began: 2}), untar(8, 200, {id: OTHER, began: 3})];
	const state = fold([
		...announced,
		...twice(1, BEGIN, 'backend'),
		sample(2, {processes: two.slice(0, 1)}),
		sample(4, {processes: two}),
	]);
	expect(screen(state, context(4)).map(row => row.split(' ', 2).join(' '))).toEqual([
		'● frontend',
		'└ 899961d2d46e?',
		'● backend',
		'└ ee126d3751d7',
	]);
	const one = fold([...twice(5, DONE, 'frontend'), sample(7, {processes: two.slice(1)})], state);
	expect(one.layers.map(({pull}) => pull)).toEqual([one.pulls[0]?.key]);
	expect(one.pulls[0]?.service).toBe('backend');
	expect(one.finished[0]?.service).toBe('frontend');
});

test('an engine without helper processes: the transaction, and what the engine writes', () => {
	const sets = [{path: '/var/lib/docker/image/overlay2/layerdb/tmp/write-set-31', cacheId: ID}];
	const facts = [identity(0, {engineVersion: '25.0.14'}), ...twice(0, BEGIN, 'frontend')];
	const state = fold([
		...facts,
		sample(2, {writeSets: sets, engine: 1000}),
		sample(3, {writeSets: sets, engine: 5_001_000}),
	]);
	expect(screen(state, context(3))[1]).toMatch(/^└ 899961d2d46e write-set in the engine 1s 5.0 MB 5.0 MB\/s$/);
	// Its logs are no bytes of a pull.
	const idle = fold([sample(20, {writeSets: sets, engine: 5_003_000})], state);
	expect(screen(idle, context(20))[1]).toMatch(/no bytes for 17 s/);
	// With helpers, a transaction alone is no layer.
	const old = fold([
		identity(0, {engineVersion: '20.10.43'}),
		...twice(0, BEGIN, 'frontend'),
		sample(2, {writeSets: sets, engine: 1000}),
	]);
	expect(old.layers).toEqual([]);
	// Left behind by an engine that died: given up after an hour, and not taken up again.
	const late = [4000, 4001].map(seconds => sample(seconds, {writeSets: sets, engine: 5_004_000 + seconds}));
	const dead = fold(late, fold([sample(2, {writeSets: sets, engine: 1000})]));
	expect(dead.pulls).toEqual([]);
	expect(dead.finished.map(({how}) => how)).toEqual(['interrupted']);
});

test.each([
	['/mnt/sysroot/inactive/balena/overlay2', 'host', /host OS update/],
	['/var/lib/docker/overlay2', 'app', /^● not announced layer 1 1s/],
])('nobody announced a pull below %s', (root, kind, row) => {
	const state = fold([
		sample(2, {processes: [untar(7, 0, {root, began: 2})]}),
		sample(3, {processes: [untar(7, 9, {root, began: 2})]}),
	]);
	expect(state.pulls[0]?.work.kind).toBe(kind);
	expect(screen(state, context(3))[0]).toMatch(row);
	expect(fold([sample(12)], state).pulls).toHaveLength(1);
	expect(fold([sample(14)], state).finished).toMatchObject([{how: 'ended', endedMs: T0 + 3000, tookMs: 1000}]);
});

test('a layer that is still seen right after the end makes no pull of its own, a lasting one does', () => {
	const over = fold([...running, ...twice(3.5, DONE, 'frontend')]);
	const layer = {processes: [untar(7, 7_000_000, {began: 2})]};
	expect(fold([sample(4, layer)], over).pulls).toEqual([]);
	expect(fold([sample(4, layer), sample(9, layer)], over).pulls).toMatchObject([{image: null}]);
});

test('a copy into a container is no pull of an image, and ends with its process', () => {
	const copy: PullProcess = {...untar(9, 10), path: `/var/lib/docker/overlay2/${ID}/merged/data`};
	const state = fold([...announced, sample(2, {processes: [copy]})]);
	expect(state.pulls.map(({work}) => work.kind)).toEqual([null, 'copy']);
	expect(fold([sample(4)], state).finished).toMatchObject([{how: 'ended', work: {kind: 'copy'}}]);
});

test('an announcement that comes after its first layer takes it over', () => {
	const facts = [sample(2, {processes: [untar(7, 10, {began: 2})]}), ...twice(1, BEGIN, 'frontend', {arrives: 3})];
	const state = fold([...facts, sample(4, {processes: [untar(7, 20, {began: 2})]})]);
	expect(state.pulls).toMatchObject([{service: 'frontend', work: {layers: 1, written: 20}}]);
	expect(state.layers[0]?.pull).toBe(state.pulls[0]?.key);
});

test.each([
	[
		'a supervisor that was started anew',
		twice(9, 'Supervisor start', null),
		'interrupted 13:00:09 after 9s: the supervisor was started anew',
	],
	['a failure', twice(9, 'Image download error', 'frontend'), 'failed 13:00:09 after 9s'],
	['another boot', [identity(60, {bootId: 'b2'})], 'interrupted 13:00:03: the device was started anew'],
	['the same again', twice(9, BEGIN, 'frontend'), 'interrupted 13:00:09 after 9s: begun anew'],
	['an hour of silence', [sample(3700)], 'interrupted 13:00:03 after 3s: no sign of life for an hour'],
])('%s ends a pull', (_name, facts, words) => {
	const state = fold([...running, ...facts]);
	expect(state.finished).toHaveLength(1);
	expect(screen(state, context(61)).at(-1)).toContain(words);
});

test('another boot drops what nobody announced, its layers and its chart', () => {
	const state = fold([...running.filter(({fact}) => fact.kind !== 'journal'), identity(60, {bootId: 'b2'})]);
	expect(state).toMatchObject({pulls: [], layers: [], rates: [], finished: [{how: 'interrupted', endedMs: T0 + 3000}]});
	expect(pulls.chart?.(state, context(60))).toBeNull();
});

test('a retry in the same seconds is a pull of its own, an entry that comes again is not', () => {
	const failed = [...twice(1, 'Image download error', 'frontend'), ...twice(2, BEGIN, 'frontend')];
	const state = fold([...announced, ...failed, ...twice(2, BEGIN, 'frontend', {place: 'history'})]);
	expect(state.pulls).toHaveLength(1);
	expect(state.finished.map(({how}) => how)).toEqual(['failed']);
	// Where one unit alone is followed, each line comes once: the second is no twin of the first.
	const once = fold([event(0, BEGIN, 'a'), event(1, 'Image download error', 'a'), event(2, BEGIN, 'a')]);
	expect(once.pulls).toHaveLength(1);
});

test('without root: what is not told is not known, and no stall is made of it', () => {
	const blind = [identity(0, {uid: 1000, engineVersion: '25.0.14'}), ...twice(0, BEGIN, 'frontend'), sample(90)];
	expect(screen(fold(blind), context(90))[0]).toMatch(/^● frontend its layers are not visible without root/);
	const noIo = fold([2, 3, 60].map(seconds => sample(seconds, {processes: [untar(7, null, {began: 2})]})));
	expect(screen(noIo, context(60))[1]).toMatch(/works, bytes are told to root only .* – – 7$/);
	expect(squeezed(pulls.summary(noIo, context(60)))).toBe('1 running');
});

test('a device that tells no uptime is reckoned by our clock', () => {
	const facts = [2, 4].map(seconds =>
		sample(seconds, {uptime: false, processes: [untar(7, seconds * 1_000_000, {cpuTicks: seconds * 50})]}),
	);
	expect(fold(facts).layers[0]).toMatchObject({rate: 1_000_000, cpu: 50, beganAt: T0 + 2000});
});

test('a clock that is years behind: the end is said by it, spans by uptime', () => {
	const clock = at(0, {kind: 'vitals', vitals: {clockMs: T0 - 86_400_000 * 365} as Vitals});
	const state = fold([clock, ...announced, sample(50)]);
	expect(screen(state, context(50))[0]).toContain(' 50s');
});

test('the chart has the throughput of each sample', () => {
	expect(pulls.chart?.(pulls.initial, context(0))).toBeNull();
	const values = pulls.chart?.(fold([...running, sample(4)]), context(4))?.series[0]?.values;
	expect(values).toEqual([0, 6_400_000, 0]);
	const long = Array.from({length: 100}, (_, index) => sample(4 + index, {processes: [untar(7, index, {began: 2})]}));
	expect(pulls.chart?.(fold(long, fold(running)), context(104))?.series[0]?.values).toHaveLength(60);
});

test.each([
	['not asked yet', [], /^not known yet/],
	['no pull', [sample(1)], /^no pull runs; here is shown/],
	['no root', [identity(0, {uid: 1000, engineVersion: '25.0.14'}), sample(1)], /^not known without root/],
	[
		'the sampler failed',
		[at(0, {kind: 'source', source: 'sampler', state: 'failed', sentence: 'No sh there.'})],
		/^No sh there\.$/,
	],
] as const)('why it is empty: %s', (_name, facts, words) => {
	expect(squeezed(pulls.empty(fold(facts), context(1)))).toMatch(words);
});

test.each([40, 58, 80, 120, 200])('rows at %i columns say what matters and fit', columns => {
	const rows = [...running, ...twice(4, BEGIN, 'backend'), ...twice(9, DONE, 'backend')];
	const state = fold(rows);
	const wide = {...context(9), columns};
	const items = pulls.items(state, noLook);
	for (let index = 0; index < items.length; index++) {
		const row = pulls.row(state, items.at(index) ?? '', wide);
		const fixed = row.reduce((sum, one) => sum + (one.grow ? 0 : (one.width ?? one.text.length)), 0);
		expect(fixed).toBeLessThan(columns - 10);
		expect(row.filter(({grow}) => grow)).toHaveLength(1);
	}
	expect(screen(state, wide)[1]).toContain('899961d2d46e');
	expect(screen(state, wide).at(-1)).toMatch(/done 13:00:09 in 5s/);
});

test.each([
	[40, /^! frontend no bytes 12 s$/, /^└ 899961d2d46e no bytes for 12 s$/],
	[58, /^! frontend no bytes 12 s · 15s · 6.4 MB 0 B\/s$/, /^└ 899961d2d46e docker-untar no bytes for 12 s 0 B\/s$/],
])('a stall is said at %i columns', (columns, pull, layer) => {
	const facts = [10, 15].map(seconds => sample(seconds, {processes: [untar(7, 6_400_000, {began: 2})]}));
	const rows = screen(fold(facts, fold(running)), {...context(15), columns});
	expect(rows).toEqual([expect.stringMatching(pull), expect.stringMatching(layer)]);
});

test('the same state for any batching, and from any state', () => {
	const facts = [
		...running,
		...sampled().map(({fact}, index) => at(10 + index, fact)),
		...twice(30, DONE, 'frontend'),
		sample(40),
		...journaled(),
	];
	const whole = fold(facts);
	const mixed: State[] = [];
	let state = pulls.initial;
	for (const [index, fact] of facts.entries()) {
		// Others are folded in between: nothing may be kept outside the state.
		if (index % 3 === 0) mixed.push(fold(facts.slice(0, index % 17)));
		state = pulls.reduce(state, fact);
	}
	expect(mixed.length).toBeGreaterThan(10);
	expect(state).toEqual(whole);
});

test('paths and names', () => {
	expect(kindOf('/mnt/data/docker/overlay2/x/diff')).toBe('app');
	expect(kindOf('/somewhere/else')).toBe('other');
	expect(layerOf(`/var/lib/docker/aufs/diff/${ID}`)).toBe('899961d2d46e');
	expect(layerOf('/tmp/x')).toBeNull();
	expect(shortImage('registry2.balena-cloud.com/v2/3f1c0a9b5d7e4c21a8f06b2d94e7c513@sha256:b1327378')).toBe(
		'3f1c0a9b5d7e…',
	);
	expect(shortImage('registry.lab.invalid:5000/v2/app:r1')).toBe('app:r1');
});

test.each([
	['[event] Event: Image removal {}', null],
	['[event] Event: Delta image download {"image":{"name":"a"}}', 'begun'],
	['[event] Event: Delta still processing remotely. {}', null],
	['[event] Event: Image download error {"image":{"name":"a"}}', 'failed'],
	['[info] Event: Docker image download {}', null],
	['[event] Event: Docker image download {"image":{"name":"cut off", "x', 'begun'],
])('%s is %s', (message, kind) => {
	expect(toPullEvent(record(0, message))?.kind ?? null).toBe(kind);
});

test('only the supervisor is believed, and its JSON is made safe', () => {
	expect(
		toPullEvent({...record(0, '[event] Event: Docker image download {}'), containerName: 'frontend_1_2'}),
	).toBeNull();
	const hostile = toPullEvent(record(0, '[event] Event: Docker image download {"image":{"name":"a\\u001b[31mb"}}'));
	expect(hostile?.image).toBe('ab');
	expect(toTrouble({...record(0, 'Download failed, retrying'), containerName: 'frontend_1_2'})).toBeNull();
});
