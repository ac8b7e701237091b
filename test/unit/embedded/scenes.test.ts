import {expect, test} from 'vitest';
import {severityOf} from '../../../src/domain/journal.ts';
import {ROUND_MS} from '../../../src/embedded/scenes.ts';
import {begin, facts, messages, once, units} from './ask.ts';

test('the engine is killed twice and comes back; the supervisor after ten seconds', () => {
	const {device, clock} = begin('all');
	const {engine, supervisor} = device.balena;
	const states: string[] = [];
	for (let tenth = 0; tenth < 260; tenth++) {
		clock.advance(100);
		const state = `${engine.active}/${engine.sub} ${engine.restarts}, ${supervisor.active}/${supervisor.sub} ${supervisor.restarts}`;
		if (states.at(-1) !== state) states.push(state);
	}
	const waits = 'activating/auto-restart 0';
	expect(states).toEqual([
		'active/running 0, active/running 0',
		`activating/auto-restart 0, ${waits}`,
		`activating/start 1, ${waits}`,
		`active/running 1, ${waits}`,
		`activating/auto-restart 1, ${waits}`,
		`activating/start 2, ${waits}`,
		`active/running 2, ${waits}`,
		'active/running 2, activating/start 1',
		'active/running 2, active/running 1',
	]);
});

test('kernel trouble: under-voltage for six seconds, a dump, an OOM kill that restarts a container, USB', async () => {
	const {device, clock} = begin('kernel');
	clock.advance(35_000);
	const found = (await facts(device, 'kernel-history')).flatMap(fact =>
		fact.kind === 'kernel-history' ? [fact.record] : [],
	);
	const said = found.map(({message}) => message).join('\n');
	for (const text of [
		'Undervoltage detected!',
		'Voltage normalised',
		'REGISTER DUMP',
		'I/O error, dev mmcblk0',
		'EXT4-fs error',
		'invoked oom-killer',
		'unable to enumerate USB device',
	])
		expect(said).toContain(text);
	expect(
		messages((await units(device, 'kernel-history')).units).some(text => text.startsWith('anon 131104768\nfile 0')),
	).toBe(true);
	expect(device.balena.containers.map(({service, restarts}) => [service, restarts])).toEqual([
		['frontend', 0],
		['backend', 1],
		[null, 0],
	]);
});

test('the supervisor speaks twice, in colour, and its level is read', async () => {
	const {device, clock} = begin('pull');
	clock.advance(3000);
	const lines = (await facts(device, 'journal-history')).flatMap(fact =>
		fact.kind === 'journal' ? [fact.record] : [],
	);
	const twins = lines.filter(({message}) => message.includes('Docker image download'));
	expect(twins.map(({units, containerName}) => [units[0], containerName])).toEqual([
		['balena.service', 'balena_supervisor'],
		['balena-supervisor.service', null],
	]);
	expect(twins[0]?.message).toMatch(/^\[event\] {3}Event: Docker image download \{"image":/);
	expect(severityOf('[warn]    x', 6)).toBe(4);
});

test('after close nothing waits; rounds repeat until then', async () => {
	const {device, clock} = begin('all');
	clock.advance(2 * ROUND_MS + 20_000);
	expect(device.balena.engine.restarts).toBe(6);
	device.close();
	expect(clock.waiting()).toBe(0);
	expect(device.processes()).toEqual([]);
});

test('what is not there is not found, as the wrapper says it', async () => {
	expect(await once(begin().device, ['nosuch', 'x'])).toEqual({
		out: '',
		err: 'devtop: 1: exec: nosuch: not found\n',
		code: 127,
	});
});

test.each([
	[['echo', 'a  b', 'c'], {out: 'a  b c\n', err: '', code: 0}],
	[['chronyc', 'makestep'], {out: '200 OK\n', err: '', code: 0}],
	[['/usr/lib/balena/balena-healthcheck'], {out: '', err: '', code: 0}],
])('%j is a program of the device', async (argv, answer) => {
	expect(await once(begin().device, argv)).toEqual(answer);
});

test('the health check fails where the engine does not run', async () => {
	const {device} = begin();
	await once(device, ['systemctl', 'stop', '--no-block', '--', 'balena.service']);
	expect(await once(device, ['/usr/lib/balena/balena-healthcheck'])).toMatchObject({code: 1});
});
