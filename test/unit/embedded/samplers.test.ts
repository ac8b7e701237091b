import {expect, test} from 'vitest';
import type {Fact} from '../../../src/domain/fact.ts';
import {tickLine} from '../../../src/domain/tick.ts';
import {sources} from '../../../src/sources/index.ts';
import {begin, facts, follow, TOKEN, units} from './ask.ts';

const of = <K extends Fact['kind']>(found: readonly Fact[], kind: K): Extract<Fact, {kind: K}>[] =>
	found.filter((fact): fact is Extract<Fact, {kind: K}> => fact.kind === kind);

test('full, then only what changed; what is not there is said once', async () => {
	const {device, clock} = begin();
	const sampler = follow(device, 'sampler');
	const read = () => sampler.got.splice(0).flatMap(unit => sources.sampler.read(unit));
	sampler.write(tickLine(1, ['units', 'full']));
	const [first] = of(read(), 'units');
	expect(first?.full).toBe(true);
	expect(first?.changes.find(({asked}) => asked === 'balena-host.service')?.properties.LoadState).toBe('not-found');
	expect(first?.changes.find(({asked}) => asked === 'resin-supervisor.service')?.properties.Id).toBe(
		'balena-supervisor.service',
	);
	clock.advance(1000);
	sampler.write(tickLine(2, ['units']));
	const [second] = of(read(), 'units');
	const names = new Set(second?.changes.flatMap(({properties}) => Object.keys(properties)));
	expect([...names].sort().every(name => name === 'CPUUsageNSec' || name === 'MemoryCurrent')).toBe(true);
	sampler.write('stop\n');
	expect(sampler.ended()).toBe(0);
	expect(device.processes()).toEqual([]);
});

test('a closed channel ends a sampler too', () => {
	const {device} = begin();
	const sampler = follow(device, 'engine');
	expect(device.processes()).toHaveLength(1);
	sampler.close();
	expect(device.processes()).toEqual([]);
});

test('vitals are believable and the same in every run', async () => {
	const vitals = async () =>
		of(await facts(begin().device, 'sampler', {}, [tickLine(1, ['vitals']).trim()]), 'vitals')[0]?.vitals;
	const found = await vitals();
	expect(found).toEqual(await vitals());
	expect(found?.temperatures[0]?.zone).toBe('cpu-thermal');
	expect(found?.temperatures[0]?.celsius).toBeGreaterThan(45);
	expect(found?.temperatures[0]?.celsius).toBeLessThan(65);
	expect(found?.memory?.availableKb).toBeLessThan(found?.memory?.totalKb ?? 0);
	expect(found?.cpu?.busy).toBeLessThan((found?.cpu?.total ?? 0) / 5);
	expect(found?.vpn).toBe(true);
});

test('a pull grows, stands still for twelve seconds, grows again and ends', async () => {
	const {device, clock} = begin('pull');
	const sampler = follow(device, 'sampler');
	const bytes: number[] = [];
	for (let second = 1; second <= 50; second++) {
		clock.advance(1000);
		sampler.write(tickLine(second, ['pulls']));
		const [pulls] = of(
			sampler.got.splice(0).flatMap(unit => sources.sampler.read(unit)),
			'pulls',
		);
		const [process] = pulls?.processes ?? [];
		expect(pulls?.writeSets).toHaveLength(pulls?.processes.length ?? 0);
		if (process !== undefined) expect(process.path).toMatch(/^\/var\/lib\/docker\/overlay2\/[0-9a-f]{64}\/diff$/);
		bytes.push(process?.io?.read ?? 0);
	}
	const still = bytes.filter((read, at) => read > 0 && read === bytes[at - 1]).length;
	expect(still).toBeGreaterThanOrEqual(11);
	expect(still).toBeLessThanOrEqual(12);
	expect(Math.max(...bytes)).toBeGreaterThan(100_000_000);
	expect(bytes.at(-1)).toBe(0);
});

test('the engine is not asked while its unit is not active, and told again when containers are back', async () => {
	const {device, clock} = begin('engine');
	const channel = follow(device, 'engine');
	const ask = (tick: number): string => {
		channel.write(`${tick} engine\n`);
		const unit = channel.got.splice(0)[0];
		return unit?.kind === 'block' ? (unit.text.split('\n')[0] ?? '') : '';
	};
	expect(ask(1)).toBe('#engine 0 balena.service');
	expect(ask(2)).toBe('#engine same');
	clock.advance(3000);
	expect(ask(3)).toBe('#engine 3 balena.service');
	clock.advance(27_000);
	expect(ask(4)).toBe('#engine 0 balena.service');
	const found = await facts(device, 'engine', {}, ['1 engine disk full']);
	const [engine] = of(found, 'engine');
	expect(
		engine?.answer.kind === 'answered' && engine.answer.containers.map(({service, state}) => [service, state]),
	).toEqual([
		['frontend', 'running'],
		['backend', 'running'],
		['supervisor', 'running'],
	]);
	expect(of(found, 'disk')[0]?.disk?.mount).toBe('/mnt/data');
});

test('who it is', async () => {
	const [fact] = await facts(begin().device, 'identity');
	expect(fact).toMatchObject({
		kind: 'identity',
		identity: {
			hostname: '8f2c91d',
			kind: 'balena',
			systemd: 252,
			uid: 0,
			journalReadable: true,
			supervisorVersion: '14.0.8',
		},
	});
	expect((await units(begin().device, 'identity')).rest).toBe('');
	expect(TOKEN).toMatch(/^\w+$/);
});
