import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Container, Disk, Fact, TimedFact, Vitals} from '../../../src/domain/fact.ts';
import {noLook, type Row, type ViewContext} from '../../../src/domain/pane.ts';
import type {Source} from '../../../src/domain/source.ts';
import {gradeOf} from '../../../src/panes/device/containers.ts';
import {device} from '../../../src/panes/device/index.ts';
import {momentOf} from '../../../src/panes/device/moment.ts';
import type {State} from '../../../src/panes/device/reduce.ts';
import {fitting} from '../../../src/panes/device/rows.ts';
import {toIdentity} from '../../../src/sources/identity.ts';
import {engine, sampler} from '../../../src/sources/sampler.ts';
import {BlockFramer} from '../../../src/transport/framing/block.ts';
import {noVitals, squeezed, viewAt} from './view.ts';

/** The operator's clock when the samples were taken, by the device's. */
const T0 = 1_795_468_008_000;
const context = (change: Partial<ViewContext> = {}): ViewContext => ({...viewAt(T0, 200), ...change});

const read = (name: string): string => readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8');
const at = (fact: Fact, when = T0): TimedFact => ({at: when, fact});
const sampled = (name: string, source: Source): TimedFact[] =>
	new BlockFramer('tok')
		.push(Buffer.from(read(name)))
		.flatMap((unit, index) => source.read(unit).map(fact => at(fact, T0 + index * 400)));

const who = toIdentity(read('identity.txt'));
const identity = (change = {}): TimedFact => at({kind: 'identity', identity: {...who, ...change}});
const whole = [identity(), ...sampled('sampler.txt', sampler), ...sampled('engine.txt', engine)];
const fold = (facts: readonly TimedFact[], from: State = device.initial): State => facts.reduce(device.reduce, from);

const rows = (state: State, shown: ViewContext = context()): Row[] => {
	const items = device.items(state, shown.look);
	return Array.from({length: items.length}, (_, index) => device.row(state, items.at(index) ?? '', shown));
};
const screen = (state: State, shown?: ViewContext): string[] => rows(state, shown).map(squeezed);
const line = (state: State, label: string, shown?: ViewContext): string =>
	screen(state, shown).find(text => text.startsWith(label)) ?? '';

const vitals = (change: Partial<Vitals>, when = T0): TimedFact =>
	at({kind: 'vitals', vitals: {...noVitals, ...change}}, when);
const disk = (change: Partial<Disk> = {}, code = 0): TimedFact =>
	at({
		kind: 'disk',
		status: {code},
		disk: {mount: '/mnt/data', totalKb: 1000, usedKb: 500, availableKb: 500, readOnly: false, ...change},
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
	startedAt: '2026-11-23T21:03:38.72Z',
	health: '',
	...change,
});
const answered = (...containers: Container[]): TimedFact =>
	at({kind: 'engine', answer: {kind: 'answered', containers}});

test('a real device: who, how, and what runs on it', () => {
	expect(screen(fold(whole))).toEqual([
		'name 6610c4a · 6610c4a0366fa25292e88c84326e3cb7 · genericx86-64-ext',
		'os balenaOS 2.113.18 (lab) · supervisor 14.0.8',
		'cpu 18 % · load 0.60 0.75 0.48 · temperature not known',
		'memory 4 % · 940 MB of 25 GB · no swap',
		expect.stringMatching(/^data 25 % full · 27 GB of 271 GB · \/$/),
		expect.stringMatching(/^link no VPN marker · clock ≈ −0\.1 s · no other SSH · \d\d:\d\d:\d\d there$/),
		'boot 2b4c34b2 · up 2 h',
		'kernel 6.18.44-fc-v769 · systemd 252 · engine 20.10.24+dfsg1',
		'containers 3 of 3 running',
		expect.stringMatching(
			/^● frontend running · 3 min registry\.lab\.invalid:5000\/v2\/8f425c77879116f77e6c8fcdebb37210:latest$/,
		),
		expect.stringMatching(/^● backend running · 3 min /),
		expect.stringMatching(/^● supervisor running · /),
	]);
	expect(squeezed(device.summary(fold(whole), context()))).toBe('balenaOS 2.113.18 (lab)');
});

test('at 58 columns the facts that matter stand in the first eight rows', () => {
	const state = fold([
		...whole,
		vitals({uptimeMs: 9000, vpn: true, temperatures: [{zone: 'cpu-thermal', celsius: 51.5}], load: [1, 1, 1]}),
	]);
	const text = screen(state, context({columns: 58}))
		.slice(0, 8)
		.join('\n');
	for (const fact of [
		'6610c4a0366f',
		'genericx86',
		'balenaOS',
		'14.0.8',
		'load',
		'51.5 °C',
		'25 % full',
		'VPN up',
		'2b4c34b2',
		'up 9 s',
		'6.18.44',
		'no other SSH',
	])
		expect(text).toContain(fact);
	expect(screen(state, context({columns: 58})).some(row => row.includes('registry'))).toBe(false);
});

test.each([40, 58, 80, 120, 200])('rows at %i columns fit', columns => {
	for (const row of rows(fold(whole), context({columns}))) {
		const fixed = row.reduce((sum, one) => sum + (one.grow ? 0 : (one.width ?? one.text.length)), 0);
		expect(fixed).toBeLessThan(columns);
		expect(row.filter(({grow}) => grow)).toHaveLength(1);
	}
});

test('what does not fit is left out from the end, but never what is wrong', () => {
	const parts = [
		{text: 'aaaa', tone: 'plain'},
		{text: 'bbbb', tone: 'plain'},
		{text: 'cccc', tone: 'error'},
	] as const;
	expect(fitting(parts, 18).map(({text}) => text)).toEqual(['aaaa', 'bbbb', 'cccc']);
	expect(fitting(parts, 17).map(({text}) => text)).toEqual(['aaaa', 'cccc']);
	expect(fitting(parts, 3).map(({text}) => text)).toEqual(['cccc']);
});

test('nothing is known: it is said of each', () => {
	const state = fold([vitals({})]);
	expect(screen(state)).toEqual([
		'name not known',
		'os not known',
		'cpu not known · load not known · temperature not known',
		'memory not known',
		'data not known',
		'link no VPN marker · clock not known · other SSH sessions not known',
		'boot not known · uptime not known',
		'kernel not known · systemd not known · engine not known',
		'containers not known yet',
	]);
	for (const row of rows(state)) expect(row.every(({tone = 'muted'}) => tone === 'muted')).toBe(true);
	expect(device.items(device.initial, noLook).length).toBe(0);
	expect(squeezed(device.empty(device.initial, context()))).toMatch(/^not known yet/);
});

test.each([
	['memory', [vitals({memory: {totalKb: 100, availableKb: 11}})], null, ''],
	['memory', [vitals({memory: {totalKb: 100, availableKb: 10}})], 'warning', 'memory 90 %'],
	['data', [disk({usedKb: 790, availableKb: 210})], null, ''],
	['data', [disk({usedKb: 800, availableKb: 200})], 'warning', 'data 80 % full'],
	// What root keeps for itself: df says 93 %, and so do we.
	['data', [disk({usedKb: 880, availableKb: 66})], 'error', 'data 93 % full'],
	['data', [disk({readOnly: true})], 'error', 'data read-only'],
	[
		'cpu',
		[
			vitals({
				temperatures: [
					{zone: 'a', celsius: 60},
					{zone: 'b', celsius: 80},
				],
			}),
		],
		'warning',
		'cpu 80.0 °C',
	],
	['cpu', [vitals({temperatures: [{zone: 'a', celsius: 79.9}]})], null, ''],
	['link', [vitals({clockMs: T0 - 5001})], 'warning', 'clock ≈ −5.0 s'],
	['link', [vitals({clockMs: T0 + 5000})], null, ''],
	['link', [vitals({clockMs: T0 - 7_200_000})], 'warning', 'clock ≈ −2 h'],
	['link', [vitals({vpn: false})], 'warning', 'VPN down'],
] as const)('%s %#: %s', (key, facts, weight, words) => {
	const state = fold(facts);
	expect(device.weight?.(state, key)).toBe(weight);
	expect(squeezed(device.summary(state, context()))).toBe(words);
});

test('the processor between two looks; another boot begins anew', () => {
	const first = fold([identity(), vitals({cpu: {busy: 100, total: 1000}})]);
	expect(first.cpu).toBeNull();
	const second = fold([vitals({cpu: {busy: 150, total: 1200}})], first);
	expect(line(second, 'cpu')).toMatch(/^cpu 25 %/);
	const other = fold([identity({bootId: 'ff00'}), vitals({cpu: {busy: 900, total: 9000}})], second);
	expect(other.cpu).toBeNull();
	expect(fold([identity({bootId: 'ff00'})], fold(whole))).toMatchObject({vitals: null, disk: null, containers: []});
	expect(fold([identity()], second).cpu).toBe(25);
});

test.each([
	[{}, null, /^● frontend running · /],
	[{health: 'healthy', restarts: 3}, null, /^● frontend running, healthy · 3 min · 3 restarts/],
	[{health: 'unhealthy'}, 'error', /^✗ frontend running, unhealthy/],
	[{state: 'restarting', restarts: 1}, 'warning', /^! frontend restarting · .* · 1 restart\b/],
	[
		{state: 'exited', exitCode: 137, oomKilled: true},
		'error',
		/^✗ frontend exited 137, out of memory · started 3 min ago/,
	],
	[{state: 'exited', exitCode: 1}, 'error', /^✗ frontend exited 1 ·/],
	[{state: 'exited'}, null, /^○ frontend exited 0 ·/],
	[{state: 'created', startedAt: '0001-01-01T00:00:00Z', service: null}, null, /^○ frontend_1_2 created registry/],
] as const)('container %j', (change, grade, words) => {
	const state = fold([answered(container(change))]);
	expect(gradeOf(container(change))).toBe(grade);
	expect(device.weight?.(state, 'c 6b3f5c9dcb0f')).toBe(grade);
	expect(screen(state, context({now: T0})).at(-1)).toMatch(words);
});

test('containers in trouble stand first, and the summary names the worst', () => {
	const state = fold([
		answered(
			container({id: 'a'}),
			container({id: 'b', service: 'second', state: 'restarting'}),
			container({id: 'c', service: 'third', state: 'exited', exitCode: 9}),
		),
	]);
	expect(
		screen(state)
			.slice(-4)
			.map(row => row.split(' · ')[0]),
	).toEqual([
		'containers 1 of 3 running, 2 in trouble',
		'✗ third exited 9',
		'! second restarting',
		'● frontend running',
	]);
	expect(squeezed(device.summary(state, context()))).toBe('third exited 9');
});

test.each([
	[
		{kind: 'not-asked', why: 'balena.service is not running, and asking would start it'},
		'containers not asked: balena.service is not running, and asking would start it',
		0,
	],
	[
		{kind: 'no-answer', why: 'balena.service did not answer in time'},
		'containers no answer: balena.service did not answer in time',
		1,
	],
	[{kind: 'answered', containers: []}, 'containers none', 0],
] as const)('the engine: %j', (answer, words, kept) => {
	const state = fold([answered(container({})), at({kind: 'engine', answer})]);
	expect(line(state, 'containers')).toBe(words);
	const left = screen(state).filter(row => row.includes('frontend'));
	expect(left).toHaveLength(kept);
	// What it said before is no longer said to be so.
	for (const row of left) expect(row).toMatch(/was running/);
});

test('sources that failed say why, df too', () => {
	const failed = (source: string): TimedFact =>
		at({kind: 'source', source, state: 'failed', sentence: `${source} broke`});
	expect(squeezed(device.empty(fold([failed('identity')]), context()))).toBe('identity broke');
	const state = fold([identity(), failed('sampler'), failed('engine')]);
	expect(line(state, 'cpu')).toBe('cpu sampler broke');
	expect(line(state, 'data')).toBe('data engine broke');
	expect(line(state, 'containers')).toBe('containers engine broke');
	// It worked before: the old figures stand behind the sentence.
	expect(line(fold([failed('sampler')], fold(whole)), 'cpu')).toMatch(/^cpu sampler broke · 18 % /);
	const slow = at({kind: 'disk', status: {code: 124}, disk: null});
	expect(line(fold([slow]), 'data')).toBe('data df did not answer in 5 s');
});

test('where the connection is gone nothing moves, and it is said', () => {
	const stale = context({stale: true, now: T0 + 900_000});
	const state = fold(whole);
	expect(line(state, 'boot', stale)).toBe('boot 2b4c34b2 · up 2 h');
	expect(
		rows(state, stale)
			.flat()
			.every(({tone = 'muted'}) => tone === 'muted'),
	).toBe(true);
	expect(screen(state, stale).at(-1)).toMatch(/stale: running · 2 min/);
	expect(squeezed(device.summary(state, stale))).toBe('balenaOS 2.113.18 (lab) · stale');
});

test('other sessions are marked, and a host that is no balenaOS is named so', () => {
	const state = fold([
		identity({kind: 'systemd', os: 'Debian 12', supervisorVersion: null}),
		at({kind: 'sessions', others: 2}),
	]);
	expect(
		rows(state)
			.flat()
			.find(({text}) => text === '2 other SSH sessions')?.tone,
	).toBe('accent');
	expect(line(state, 'os')).toBe('os Debian 12 · a systemd host');
});

test.each([
	['2026-11-23T21:03:38.72254386Z', Date.UTC(2026, 10, 23, 21, 3, 38, 722)],
	['2024-02-29T23:59:59+02:00', Date.UTC(2024, 1, 29, 21, 59, 59)],
	['2026-03-01T00:00:00-05:30', Date.UTC(2026, 2, 1, 5, 30, 0)],
	['0001-01-01T00:00:00Z', null],
	['yesterday', null],
])('%s', (stamp, moment) => {
	expect(momentOf(stamp)).toBe(moment);
});

test('the same state for any batching: nothing is kept outside of it', () => {
	let state = device.initial;
	for (const [index, fact] of whole.entries()) {
		fold(whole.slice(index % 5));
		state = device.reduce(state, fact);
	}
	expect(state).toEqual(fold(whole));
	expect(fold(whole.slice(4), fold(whole.slice(0, 4)))).toEqual(state);
});
