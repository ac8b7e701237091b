import {expect, test} from 'vitest';
import type {Container, Fact, Identity, TimedFact} from '../../../src/domain/fact.ts';
import {type Left, leftOf} from '../../../src/domain/left.ts';
import {noLook} from '../../../src/domain/pane.ts';
import type {UnitProperties} from '../../../src/domain/units/unit.ts';
import {story} from '../../../src/panes/story/index.ts';
import type {State} from '../../../src/panes/story/reduce.ts';
import {isFrame} from '../../../src/session/recording/shape.ts';
import {noVitals, squeezed, viewAt} from './view.ts';

const T0 = Date.UTC(2026, 10, 25, 10);
const DAY = 86_400_000;
const BOOTS = ['a'.repeat(32), 'b'.repeat(32)] as const;

type Device = {
	readonly boot?: string;
	readonly os?: string;
	readonly units?: Readonly<Record<string, UnitProperties>>;
	readonly containers?: readonly Partial<Container>[] | null;
	readonly usedKb?: number | null;
};

const unit = (restarts: number, invocation = 'i1', activeState = 'active'): UnitProperties => ({
	LoadState: 'loaded',
	ActiveState: activeState,
	SubState: activeState === 'active' ? 'running' : activeState,
	Result: 'success',
	NRestarts: String(restarts),
	InvocationID: invocation,
});

const frontend = {
	id: '1',
	name: 'frontend_1_2',
	service: 'frontend',
	image: 'img1',
	state: 'running',
	restarts: 1,
	startedAt: '2026-11-25T09:00:00Z',
};

/** Facts of one look at a device. */
function facts({boot = BOOTS[0], os = 'balenaOS 5.0', units, containers, usedKb = 5_000_000}: Device): readonly Fact[] {
	const all = units ?? {'balena.service': unit(0), 'openvpn.service': unit(0)};
	return [
		{
			kind: 'identity',
			identity: {
				bootId: boot,
				os,
				kind: 'balena',
				supervisorVersion: '14.0',
				engineVersion: null,
				kernel: '5.15',
				clockMs: null,
			} as Identity,
		},
		{kind: 'vitals', vitals: {...noVitals, uptimeMs: 3 * 3_600_000}},
		{
			kind: 'units',
			status: {code: 0},
			full: true,
			changes: Object.entries(all).map(([asked, properties]) => ({asked, properties: {Id: asked, ...properties}})),
		},
		...(containers === null
			? []
			: [
					{
						kind: 'engine',
						answer: {kind: 'answered', containers: (containers ?? [frontend]) as readonly Container[]},
					} as const,
				]),
		...(usedKb === null
			? []
			: [
					{
						kind: 'disk',
						status: {code: 0},
						disk: {mount: '/mnt/data', totalKb: 1e7, usedKb, availableKb: 1e7 - usedKb, readOnly: false},
					} as const,
				]),
	];
}

const fold = (list: readonly Fact[], at: number, from: State = story.initial): State =>
	list.reduce((state, fact) => story.reduce(state, {at, fact} satisfies TimedFact), from);

/** What the device was left as; two sessions ago it had a to-do. */
function left(device: Device, todos: readonly string[] = []): Left {
	const remarks = todos.map((text): Fact => ({kind: 'remark', of: 'todo', text, cursor: null}));
	const found = leftOf(fold([...facts(device), ...remarks], T0).stand, T0);
	if (found === null) throw new Error('nothing was left');
	return found;
}

const rowsOf = (state: State, now: number): readonly string[] => {
	const items = story.items(state, noLook);
	return Array.from({length: items.length}, (_, index) => {
		const row = story.row(state, items.at(index) ?? '', viewAt(now, 100));
		return squeezed(row);
	});
};

/** The block of a session three days later. */
const block = (before: Left, after: Device, ticket: string | null = 'T-42'): readonly string[] => {
	const later = T0 + 3 * DAY;
	const [identity, ...rest] = facts(after);
	if (identity === undefined) return [];
	return rowsOf(fold([identity, {kind: 'earlier', left: before, ticket}, ...rest], later), later);
};

test('nothing is another', () => {
	expect(block(left({}), {})).toEqual([
		'since your last session (3 d ago, ticket T-42)',
		'= nothing: the same boot and versions, no restart, the same disk use',
	]);
	expect(block(left({}), {}, null)[0]).toBe('since your last session (3 d ago)');
});

test('a story without a session before has no block', () => {
	expect(rowsOf(fold(facts({}), T0), T0)).toEqual([]);
});

test.each<readonly [string, Device, Device, readonly string[]]>([
	[
		'another boot',
		{},
		{boot: BOOTS[1], units: {'balena.service': unit(2, 'i2'), 'openvpn.service': unit(0, 'i3')}},
		[
			'▲ boot restarted, once or more; this boot began, 3 h ago (bbbbbbbb, was aaaaaaaa)',
			'↻ balena restarted by itself 2 times in this boot',
		],
	],
	['another version', {}, {os: 'balenaOS 5.1'}, ['⇧ OS balenaOS 5.1, was balenaOS 5.0']],
	[
		'restarts in the same boot',
		{units: {'balena.service': unit(1), 'openvpn.service': unit(0, 'i1')}},
		{units: {'balena.service': unit(4, 'i9'), 'openvpn.service': unit(0, 'i2')}},
		['↻ openvpn was started anew', '↻ balena restarted by itself 3 times'],
	],
	[
		'a unit that failed',
		{},
		{units: {'balena.service': unit(0), 'openvpn.service': unit(0, 'i1', 'failed')}},
		['✗ openvpn failed, was active'],
	],
	[
		'what a timer starts is no news',
		{units: {'os-config.service': unit(0, 'i1', 'inactive')}},
		{units: {'os-config.service': unit(0, 'i2', 'inactive')}},
		['= nothing: the same boot and versions, no restart, the same disk use'],
	],
	[
		'containers',
		{containers: [frontend, {...frontend, service: 'old', id: '2'}, {...frontend, service: 'web', id: '3'}]},
		{
			containers: [
				{...frontend, restarts: 2, startedAt: '2026-11-27T09:00:00Z'},
				{...frontend, service: 'web', image: 'img2', state: 'exited', id: '3'},
				{...frontend, service: 'new', id: '4'},
			],
		},
		[
			'↻ frontend container restarted by itself once',
			'↻ web container exited, was running; runs another image',
			'+ new container that was not there, running',
			'− old container that is not there any more',
		],
	],
	['the disk', {}, {usedKb: 7_500_000}, ['▤ disk 75 % full, was 50 %: 2.6 GB more on /mnt/data']],
	[
		'noise on the disk',
		{},
		{usedKb: 5_000_500},
		['= nothing: the same boot and versions, no restart, the same disk use'],
	],
	['what was not read', {}, {units: {}, containers: null, usedKb: null}, ['… not read yet: units, containers, disk']],
])('%s', (_what, before, after, rows) => {
	expect(block(left(before), after).slice(1)).toEqual(rows);
});

test('what was left to do stands at the block’s end, and is left for the next session by this one only', () => {
	const before = left({}, ['change the card', 'call Ada']);
	expect(block(before, {}).slice(2)).toEqual(['☐ to do change the card', '☐ to do call Ada']);
	const now = fold([{kind: 'earlier', left: before, ticket: null}, ...facts({})], T0);
	expect(story.left?.(now, T0)?.todos).toEqual([]);
});

test('a hundred restarts are a number', () => {
	const many = (restarts: number): Device => ({
		units: Object.fromEntries(Array.from({length: 40}, (_, index) => [`u${index}.service`, unit(restarts)])),
	});
	const rows = block(left(many(0)), many(1));
	expect(rows).toHaveLength(14);
	expect(rows.at(-1)).toBe('↻ and 28 units more');
});

test('the block is searched like any row, proves nothing, and is followed by the events', () => {
	const state = fold([{kind: 'earlier', left: left({}, ['x']), ticket: null}, ...facts({boot: BOOTS[1]})], T0);
	const items = story.items(state, noLook);
	expect(items.at(0)).toBe('since');
	expect(story.text(state, items.at(1) ?? '')).toMatch(/restarted, once or more/);
	expect(story.evidence?.(state, 'since')).toBe(null);
	expect(story.row(state, 'since 99', viewAt(T0, 100))).toEqual([]);
});

test('what a recording says of an earlier session has its shape, or is no frame', () => {
	const frame = {t: 'earlier', at: 1, ms: 1, left: JSON.parse(JSON.stringify(left({}, ['x']))) as unknown, ticket: 'T'};
	expect(isFrame(frame)).toBe(true);
	expect(isFrame({t: 'bye', at: 1, ms: 1, lines: 1, left: frame.left})).toBe(true);
	const wrong: readonly Record<string, unknown>[] = [
		{units: [{name: 1}]},
		{versions: {OS: 1}},
		{containers: {}},
		{disk: {mount: '/'}},
		{todos: [1]},
		{bootId: null},
		{at: 'now'},
	];
	for (const change of wrong)
		expect(isFrame({...frame, left: {...(frame.left as Record<string, unknown>), ...change}})).toBe(false);
	expect(isFrame({...frame, left: null})).toBe(false);
	expect(isFrame({...frame, ticket: 1})).toBe(false);
});
