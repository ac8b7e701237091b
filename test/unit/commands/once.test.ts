import {expect, onTestFinished, test} from 'vitest';
import {once, type Reading, readingOf, textOf} from '../../../src/commands/once.ts';
import {failure, isFailure, type Road} from '../../../src/domain/channel.ts';
import {everything} from '../../../src/domain/source.ts';
import type {SceneId} from '../../../src/embedded/scenes.ts';
import {startEmbedded} from '../../../src/embedded/start.ts';
import type {State as FindingsState} from '../../../src/panes/findings/reduce.ts';
import type {SessionState} from '../../../src/session/store.ts';
import {recorded} from '../../support/mount.tsx';

const RECORDINGS = ['healthy', 'engine-killed-twice', 'kernel-trouble', 'pull-stalls'] as const;
const stateOf = (name: string, until?: (ms: number) => boolean): SessionState => recorded(name, until).store.getState();

/** The names in a value, and what kinds of values they have; of a list those of its items. */
function shape(value: unknown): unknown {
	if (value === null) return 'null';
	if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
	if (typeof value === 'object')
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]));
	return typeof value;
}

const EVIDENCE = {at: 'string', stream: 'string', unit: 'string', text: 'string', cursor: 'string'};
const FINDING = {
	rule: 'string',
	title: 'string',
	subject: 'string',
	weight: 'string',
	standing: 'string',
	detail: 'string',
	count: 'number',
	first: 'string',
	last: 'string',
	ended: 'null',
	means: 'string',
	look: 'string',
	evidence: [EVIDENCE],
};
const UNIT = {
	unit: 'string',
	loadState: 'string',
	activeState: 'string',
	subState: 'string',
	since: 'string',
	restarts: 'number',
	restartsIn10Min: 'number',
	result: 'string',
	exit: 'null',
	mainPid: 'number',
	memory: 'number',
	tasks: 'number',
	invocationId: 'string',
	grade: 'string',
};

test('the names in the JSON: they are an interface', () => {
	const {device, ...rest} = JSON.parse(JSON.stringify(readingOf(stateOf('engine-killed-twice')))) as Reading;
	expect(shape(rest)).toEqual({
		verdict: 'string',
		units: [UNIT],
		pulls: [],
		kernel: {lines: 'number', errors: 'number', warnings: 'number', rules: []},
		findings: [FINDING],
		complete: 'boolean',
	});
	expect(Object.keys(device)).toEqual([
		'target',
		'name',
		'uuid',
		'type',
		'os',
		'supervisor',
		'engine',
		'kernel',
		'systemd',
		'bootId',
		'uptimeSeconds',
		'clockOffsetSeconds',
		'load',
		'memory',
		'temperatures',
		'vpn',
		'disk',
		'otherSshSessions',
		'engineAnswer',
		'containers',
	]);
	expect(shape(readingOf(stateOf('kernel-trouble')).kernel)).toMatchObject({rules: ['string']});
	const pulls = readingOf(stateOf('pull-stalls'));
	expect(shape(pulls.pulls)).toEqual([
		{image: 'string', service: 'string', standing: 'string', ended: 'string', why: 'null'},
	]);
});

test.each(RECORDINGS)('%s: all that the screen says is in the JSON, and nothing in it is undefined', name => {
	const state = stateOf(name);
	const reading = readingOf(state);
	expect(reading.complete).toBe(true);
	expect(reading.units.length).toBeGreaterThan(12);
	// What is undefined would be missing in the JSON.
	const missing = (value: unknown): boolean =>
		value === undefined || (typeof value === 'object' && value !== null && Object.values(value).some(missing));
	expect(missing(reading)).toBe(false);
	for (const {first, last, standing, ended} of reading.findings) {
		expect(String(first) <= String(last)).toBe(true);
		expect(standing === 'ended').toBe(ended !== null);
	}
});

test.each([
	['healthy', /^✓ Nothing wrong found: 13 units, \d+ rules\.$/, []],
	['engine-killed-twice', /^✗ balena: killed ×2: 9\/KILL at \d\d:\d\d:\d\d \(\d+ s ago\)\./, ['unit-killed']],
	[
		'kernel-trouble',
		/^✗ Out of memory, its own limit node: 128048kB at /,
		['oom-container', 'ext4', 'io-error', 'io-error', 'mmc'],
	],
	[
		'pull-stalls',
		/^Nothing wrong now\. Pull stands still: no bytes for 3\d s, \d\d:\d\d:\d\d, ended after \d+s\.$/,
		[],
	],
] as const)('%s: the verdict, and errors that go on', (name, verdict, errors) => {
	const {verdict: said, findings} = readingOf(stateOf(name));
	expect(said).toMatch(verdict);
	expect(
		findings.filter(({weight, standing}) => weight === 'error' && standing === 'now').map(({rule}) => rule),
	).toEqual(errors);
});

test.each(RECORDINGS)('%s: the text has the device, the verdict, every finding and every unit', name => {
	const state = stateOf(name);
	const reading = readingOf(state);
	const text = textOf(state, reading);
	const lines = text.split('\n');
	expect(text.endsWith('\n')).toBe(true);
	expect(lines[0]).toMatch(
		/^6610c4a 6610c4a0\w+ · balenaOS 2\.113\.18 \(lab\) · supervisor 14\.0\.8 · engine \S+ · \d{4}-\d\d-\d\dT\S+Z$/,
	);
	expect(lines[1]).toBe(reading.verdict);
	expect(lines.includes('Findings')).toBe(reading.findings.length > 0);
	for (const {title, count, standing} of reading.findings)
		expect(
			lines.some(line => line.includes(`${title}`) && line.includes(`×${count}, `) && line.endsWith(`, ${standing}`)),
		).toBe(true);
	expect(lines.slice(lines.indexOf('Units') + 1).filter(line => line !== '')).toHaveLength(reading.units.length);
	expect(lines.filter(line => / $/.test(line))).toEqual([]);
});

test('before anything was read it is not complete, and says so', () => {
	const state = stateOf('healthy', ms => ms < 100);
	const reading = readingOf(state);
	expect(reading.complete).toBe(false);
	expect(reading.verdict).toMatch(/^Reading the device: \d of \d read\.$/);
	expect(textOf(state, reading)).toContain('Reading the device');
	const nothing: SessionState = {...stateOf('healthy', ms => ms < 0), now: 1_800_000_000_000};
	expect(readingOf(nothing)).toMatchObject({
		complete: false,
		device: {uuid: null, uptimeSeconds: null, disk: null},
		findings: [],
	});
	expect(textOf(nothing, readingOf(nothing))).toContain('supervisor ? · engine ?');
});

test('a clock that is no time at all is no reason to fail', () => {
	const state = stateOf('engine-killed-twice');
	const found = state.panes.findings as FindingsState;
	const absurd: FindingsState = {
		...found,
		offsetMs: 1e300,
		units: {...found.units, clock: {at: state.now, uptimeMs: 1e300, clockMs: 1e300}},
	};
	const strange: SessionState = {...state, panes: {...state.panes, findings: absurd}};
	const reading = readingOf(strange);
	expect(reading.units.every(({since}) => since === null || typeof since === 'string')).toBe(true);
	expect(textOf(strange, reading)).toContain('Units');
});

async function read(scene: SceneId, json = true): Promise<{reading: Reading; text: string; wrong: boolean}> {
	const bugs: unknown[] = [];
	const embedded = await startEmbedded({scene, onBug: error => bugs.push(error)});
	onTestFinished(() => embedded.close());
	const result = await once(embedded.road, everything, json, 'devtop test');
	if (isFailure(result)) throw new Error(result.message);
	expect(bugs).toEqual([]);
	// Nothing of ours is left on the device.
	await expect.poll(() => embedded.device.processes()).toEqual([]);
	return {reading: json ? (JSON.parse(result.text) as Reading) : readingOf(stateOf('healthy')), ...result};
}

test('a quiet device: complete, and nothing is wrong', async () => {
	const {reading, wrong, text} = await read('quiet');
	expect(wrong).toBe(false);
	expect(reading).toMatchObject({
		complete: true,
		findings: [],
		device: {target: expect.stringMatching(/^root@127\.0\.0\.1:\d+$/), engineAnswer: 'answered'},
	});
	expect(reading.verdict).toContain('Nothing wrong found: 13 units');
	expect(text.trim().split('\n')).toHaveLength(1);
});

test('an engine that was killed while one looked: an error is current', async () => {
	const {reading, wrong} = await read('engine');
	expect(wrong).toBe(true);
	expect(reading.complete).toBe(true);
	expect(reading.findings).toContainEqual(
		expect.objectContaining({rule: 'unit-killed', subject: 'balena.service', standing: 'now', weight: 'error'}),
	);
	expect(reading.verdict).toContain('✗ balena: killed');
});

test('a warning that goes on is said, but is no error', async () => {
	const {reading, wrong} = await read('pull');
	expect(wrong).toBe(false);
	expect(reading.complete).toBe(true);
	expect(reading.findings).toContainEqual(
		expect.objectContaining({rule: 'ext4-recorded', standing: 'now', weight: 'warning'}),
	);
	expect(reading.verdict).toMatch(/^! Past EXT4 errors mmcblk0p6: 2 at /);
});

test('as text, for a ticket', async () => {
	const {text, wrong} = await read('quiet', false);
	expect(wrong).toBe(false);
	expect(text).toMatch(/\n✓ Nothing wrong found: .*\n\n\nUnits\n {2}● chronyd\.service/);
});

test('a road that leads nowhere is a failure with its sentence', async () => {
	const road: Road = {
		name: 'test',
		target: 'nowhere',
		connect: async () => failure('unreachable', 'nowhere is not there: check the name.'),
	};
	expect(await once(road, everything, true, 'devtop test')).toEqual(
		failure('unreachable', 'nowhere is not there: check the name.'),
	);
});

test('a link that is lost before all was read is a failure, not a verdict', async () => {
	const embedded = await startEmbedded({scene: 'quiet'});
	onTestFinished(() => embedded.close());
	const reading = once(embedded.road, everything, true, 'devtop test');
	setTimeout(() => embedded.server.drop(), 900);
	const result = await reading;
	expect(isFailure(result) ? result.message : result).toMatch(
		/^The link to root@\S+ was lost before everything was read: try again\.$/,
	);
});
