import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Fact} from '../../../src/domain/fact.ts';
import {toIdentity} from '../../../src/sources/identity.ts';
import {engine, sampler, serviceOf, toContainer, toPullProcess, toVitals} from '../../../src/sources/sampler.ts';
import {BlockFramer} from '../../../src/transport/framing/block.ts';

const sample = (name: string): string => readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8');

/** The facts of each block of a sample, as the device sent it. */
function blocks(name: string, source: typeof sampler): (readonly Fact[])[] {
	const framer = new BlockFramer('tok');
	const units = framer.push(Buffer.from(sample(name)));
	expect(framer.end()).toMatchObject({code: 0});
	return units.map(unit => source.read(unit));
}

const pick = <K extends Fact['kind']>(facts: readonly Fact[], kind: K): Extract<Fact, {kind: K}> => {
	const found = facts.find(fact => fact.kind === kind);
	if (found === undefined) throw new Error(`no ${kind}`);
	return found as Extract<Fact, {kind: K}>;
};

test('the first block has every unit, the next only what changed', () => {
	const [first = [], second = []] = blocks('sampler.txt', sampler);
	const units = pick(first, 'units');
	expect(units).toMatchObject({status: {code: 0}, full: true});
	expect(units.changes.map(({asked}) => asked)).toEqual([
		'balena.service',
		'balena-supervisor.service',
		'nosuch.service',
		'os-config.service',
	]);
	expect(units.changes[0]?.properties).toMatchObject({
		Id: 'balena.service',
		ActiveState: 'active',
		CPUUsageNSec: '[not set]',
	});
	expect(units.changes[2]?.properties.LoadState).toBe('not-found');
	const names = pick(second, 'units').changes.flatMap(({properties}) => Object.keys(properties));
	expect(pick(second, 'units').full).toBe(false);
	expect(names.every(name => /^(MemoryCurrent|TasksCurrent|CPUUsageNSec)$/.test(name))).toBe(true);
	expect(pick(first, 'failed')).toMatchObject({status: {code: 0}, units: []});
	expect(pick(first, 'sessions').others).toBe(0);
	const {vitals} = pick(first, 'vitals');
	expect(vitals.load).toHaveLength(3);
	expect(vitals.memory?.totalKb).toBeGreaterThan(vitals.memory?.availableKb ?? 0);
	expect(vitals.cpu?.total).toBeGreaterThan(vitals.cpu?.busy ?? 0);
	expect(vitals.swap).toBeNull();
});

test('a pull on a real engine: its process, its io, its write set', () => {
	const facts = blocks('sampler-pull.txt', sampler).map(block => pick(block, 'pulls'));
	const seen = facts.flatMap(({processes}) => processes);
	expect(seen.length).toBeGreaterThan(5);
	for (const process of seen) {
		expect(process.process).toBe('docker-untar');
		expect(process.path).toMatch(/^\/var\/lib\/docker\/overlay2\/[0-9a-f]{64}\/diff$/);
		expect(process.state).toMatch(/^[RSD]$/);
	}
	const written = new Map<number, number[]>();
	for (const {pid, io} of seen) written.set(pid, [...(written.get(pid) ?? []), io?.written ?? -1]);
	for (const amounts of written.values()) expect(amounts).toEqual([...amounts].sort((a, b) => a - b));
	expect(facts.some(({writeSets}) => writeSets.length > 0)).toBe(true);
});

test('containers, then silence while nothing changed; the disk', () => {
	const [first = [], second = []] = blocks('engine.txt', engine);
	const {answer} = pick(first, 'engine');
	if (answer.kind !== 'answered') throw new Error(answer.why);
	expect(answer.containers.map(({service, state}) => [service, state])).toEqual([
		['frontend', 'running'],
		['backend', 'running'],
		['supervisor', 'running'],
	]);
	expect(second).toEqual([]);
	expect(pick(first, 'disk').disk).toMatchObject({mount: '/', readOnly: false});
});

test('who the device is', () => {
	const text = sample('identity.txt');
	expect(toIdentity(text)).toMatchObject({
		hostname: '6610c4a',
		uuid: '6610c4a0366fa25292e88c84326e3cb7',
		deviceType: 'genericx86-64-ext',
		os: 'balenaOS 2.113.18 (lab)',
		kind: 'balena',
		systemd: 252,
		systemdRuns: true,
		supervisorVersion: '14.0.8',
		engineVersion: '20.10.24+dfsg1',
		uid: 0,
		journalReadable: true,
		journalPersistent: false,
	});
	expect(toIdentity('')).toMatchObject({systemdRuns: false, development: false});
	expect(toIdentity('os VARIANT_ID="dev"').development).toBe(true);
	expect(toIdentity('development yes').development).toBe(true);
});

const LISTED = `${'5d41402a'.repeat(8)}|/main_12_34|registry/app|running|0|0|false|2024-05-01T10:00:00Z|healthy`;

test('a container that goes away between the list and the question silences no engine', () => {
	const text = `#engine 1 balena.service\n${LISTED}\nError: No such object: ${'0f'.repeat(32)}`;
	expect(engine.read({kind: 'block', tick: 1, text})).toEqual([
		{kind: 'engine', answer: {kind: 'answered', containers: [expect.objectContaining({service: 'main'})]}},
	]);
});

test.each([
	['#engine 3 balena.service', 'not-asked', /balena.service is not running/],
	['#engine 4', 'not-asked', /no container engine/],
	['#engine 124 balena.service', 'no-answer', /did not answer in time/],
	['#engine 1 balena.service\nCannot connect\u001b[31m to the daemon', 'no-answer', /^Cannot connect to the daemon$/],
	// What was listed before it went wrong is no reason.
	[`#engine 1 balena.service\n${LISTED}\nError: permission denied`, 'no-answer', /^Error: permission denied$/],
	[`#engine 137 balena.service\n${LISTED}`, 'no-answer', /^balena\.service could not be asked \(exit code 137\)$/],
])('%j: %s', (text, kind, why) => {
	expect(engine.read({kind: 'block', tick: 1, text})).toEqual([
		{kind: 'engine', answer: {kind, why: expect.stringMatching(why)}},
	]);
});

test.each([
	['backend_5298819_2265201_0a9d4b0e8c1ff1202773ac2104a2bb48', 'backend'],
	['my_long_service_1_1_localrelease', 'my_long_service'],
	['main_12_34', 'main'],
	['balena_supervisor', 'supervisor'],
	['resin_supervisor', 'supervisor'],
	['eager_hopper', null],
])('container %s is service %s', (name, service) => {
	expect(serviceOf(name)).toBe(service);
});

test('a process whose name holds brackets and spaces', () => {
	const line =
		'p docker-applyLayer /x/diff |77 (a) b (c) D 1 77 77 0 -1 4 1 0 0 0 12 30 0 0 20 0 1 0 5000 1000 250 18 1 1| 10 20 30';
	expect(toPullProcess(line)).toMatchObject({
		pid: 77,
		state: 'D',
		cpuTicks: 42,
		startTicks: 5000,
		residentPages: 250,
		io: {read: 10, written: 20, disk: 30},
	});
	expect(toPullProcess('p half')).toBeNull();
	expect(toContainer('garbage')).toBeNull();
});

test('vitals of an old kernel and a busybox date', () => {
	const vitals = toVitals([
		'uptime 12.5 3.1',
		'MemTotal: 1000',
		'MemFree: 100',
		'Buffers: 50',
		'Cached: 200',
		'clock 1795467006.%N',
		'temp 51540 cpu-thermal',
		'vpn down',
	]);
	expect(vitals).toMatchObject({
		uptimeMs: 12_500,
		memory: {totalKb: 1000, availableKb: 350},
		clockMs: 1_795_467_006_000,
		vpn: false,
		load: null,
		cpu: null,
	});
	expect(vitals.temperatures).toEqual([{zone: 'cpu-thermal', celsius: 51.54}]);
});
