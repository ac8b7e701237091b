import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {answer} from '../../../src/embedded/answer.ts';
import {remoteCommand} from '../../../src/transport/command.ts';
import {begin, facts, messages, once, TOKEN, units} from './ask.ts';

const sample = (name: string): Map<string, string>[] =>
	readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8')
		.trim()
		.split('\n\n')
		.map(
			block =>
				new Map(block.split('\n').map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
		);

const blocks = (text: string): Map<string, string>[] =>
	text.split('\n\n').map(
		block =>
			new Map(
				block
					.trim()
					.split('\n')
					.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
			),
	);

/** The lab's own units stand in /etc; balenaOS has `Restart=always` for NetworkManager. */
const ELSEWHERE = ['FragmentPath', 'Restart'];
/** They differ from boot to boot and from moment to moment. */
const MOVES = /Timestamp|PID|^InvocationID$|^CPUUsageNSec$|^MemoryCurrent$|^TasksCurrent$/;

test.each(sample('systemctl-show-core.txt').map(real => [real.get('Id') ?? '', real] as const))(
	'systemctl show %s says what a real one said',
	async (id, real) => {
		const {out} = await once(begin().device, ['systemctl', 'show', '--no-pager', id]);
		const [own = new Map<string, string>()] = blocks(out);
		expect(own.size).toBeGreaterThan(150);
		const shared = [...real.keys()].filter(name => own.has(name));
		expect([...own.keys()]).toEqual(shared);
		const still = shared.filter(name => !MOVES.test(name) && !ELSEWHERE.includes(name));
		expect(still.map(name => `${name}=${own.get(name)}`)).toEqual(still.map(name => `${name}=${real.get(name)}`));
	},
);

test('a unit that is not there is no error', async () => {
	const [real = new Map<string, string>()] = sample('systemctl-show-missing.txt');
	const {out, code} = await once(begin().device, ['systemctl', 'show', 'no-such-unit.service']);
	const [own = new Map<string, string>()] = blocks(out);
	expect(code).toBe(0);
	for (const [name, value] of own) expect(`${name}=${value}`).toBe(`${name}=${real.get(name)}`);
});

test('blocks are parted by an empty line, properties keep their own order, aliases give the canonical name', async () => {
	const argv = [
		'systemctl',
		'show',
		'--property=Id,LoadState,Type,StatusText',
		'--',
		'nosuch',
		'resin-supervisor',
		'nosuch.timer',
		'sshd.socket',
	];
	expect(await once(begin().device, argv)).toEqual({
		out: [
			'Type=\nStatusText=\nId=nosuch.service\nLoadState=not-found\n',
			'Type=simple\nStatusText=\nId=balena-supervisor.service\nLoadState=loaded\n',
			'Id=nosuch.timer\nLoadState=not-found\n',
			'Id=sshd.socket\nLoadState=loaded\n',
		].join('\n'),
		err: '',
		code: 0,
	});
});

test.each([
	[['start', 'nosuch'], 'Failed to start nosuch.service: Unit nosuch.service not found.\n', 5],
	[['stop', 'nosuch'], 'Failed to stop nosuch.service: Unit nosuch.service not loaded.\n', 5],
	[['kill', 'nosuch'], 'Failed to kill unit nosuch.service: Unit nosuch.service not loaded.\n', 1],
	[['status', 'nosuch'], 'Unit nosuch.service could not be found.\n', 4],
	[['restart'], 'Too few arguments.\n', 1],
	[['bogus'], 'Unknown command verb bogus.\n', 1],
])('systemctl %j is refused in the words of systemd 252', async (argv, err, code) => {
	expect(await once(begin().device, ['systemctl', ...argv])).toEqual({out: '', err, code});
});

test('a restart waits for its job, renews the invocation and is told by PID 1', async () => {
	const {device, clock} = begin();
	const before = device.units.find('dnsmasq')?.invocation;
	const asked = answer(device, remoteCommand('once', ['systemctl', 'restart', 'dnsmasq.service'], TOKEN));
	expect(device.processes()).toHaveLength(1);
	clock.advance(500);
	expect(new TextDecoder().decode((await asked).out)).toBe(`__DEVTOP_${TOKEN}=0\n\n`);
	expect(device.units.find('dnsmasq')?.invocation).not.toBe(before);
	const {units: found} = await units(device, 'journal-history');
	const name = 'dnsmasq.service - dnsmasq - A lightweight DHCP and caching DNS server';
	expect(messages(found).slice(-5)).toEqual([
		`Stopping ${name}...`,
		'dnsmasq.service: Deactivated successfully.',
		`Stopped ${name}.`,
		`Starting ${name}...`,
		`Started ${name}.`,
	]);
	const jobs = (await facts(device, 'journal-history'))
		.slice(-5)
		.map(fact => fact.kind === 'journal' && fact.record.jobResult);
	expect(jobs).toEqual([null, null, 'done', null, 'done']);
});

test('a killed unit without Restart= is failed, and is listed so', async () => {
	const {device} = begin();
	await once(device, ['systemctl', 'kill', '--signal=KILL', 'dbus.service']);
	expect((await once(device, ['systemctl', 'is-active', 'dbus'])).out).toBe('failed\n');
	const {out} = await once(device, [
		'systemctl',
		'list-units',
		'--all',
		'--state=failed',
		'--plain',
		'--no-legend',
		'--no-pager',
	]);
	expect(out).toBe('dbus.service loaded failed failed D-Bus System Message Bus\n');
	await once(device, ['systemctl', 'reset-failed', 'dbus.service']);
	expect((await once(device, ['systemctl', 'is-active', 'dbus'])).out).toBe('inactive\n');
});

test('the supervisor wakes an engine that was stopped by hand; without it the engine stays down', async () => {
	const {device, clock} = begin();
	const {engine} = device.balena;
	const run = (argv: readonly string[]) => answer(device, remoteCommand('once', ['systemctl', ...argv], TOKEN));
	void run(['stop', '--no-block', 'balena.service']);
	clock.advance(10_000);
	expect(engine.active).toBe('active');
	clock.advance(20_000);
	void run(['stop', '--no-block', 'balena-supervisor.service']);
	clock.advance(1000);
	void run(['stop', '--no-block', 'balena.service']);
	clock.advance(60_000);
	expect([engine.active, device.balena.supervisor.active]).toEqual(['inactive', 'inactive']);
});
