/** What a unit weighs, by what a real device (systemd 252) said of it: samples/guard-look-252.txt, over SSH to sshd@.service. */
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {actionOf, findingsOf} from '../../../src/actions/index.ts';
import type {Readings} from '../../../src/domain/guard.ts';
import {unread} from '../../../src/domain/guard.ts';
import {toLooked} from '../../../src/sources/guard.ts';

const looked = new Map(
	readFileSync(new URL('../../samples/guard-look-252.txt', import.meta.url), 'utf8')
		.split(/^== /m)
		.slice(1)
		.map(part => [part.slice(0, part.indexOf('\n')), toLooked(part.slice(part.indexOf('\n') + 1))] as const),
);

function readingsOf(unit: string): Readings {
	const found = looked.get(unit);
	if (found === undefined) throw new Error(`${unit} was not captured`);
	return {...unread, uid: 0, systemd: 252, ...found};
}

const asked = (doing: 'start' | 'stop' | 'restart', unit: string, change: Partial<Readings> = {}) => {
	const action = actionOf(`unit.${doing}`);
	const subject = {kind: 'unit', unit} as const;
	const readings = {...readingsOf(unit), ...change};
	return {
		risk: action.risk(subject, readings),
		refused: action.notOffered(subject, readings),
		findings: findingsOf(action.checks, subject, readings).map(({weight, text}) => `${weight}: ${text}`),
		stops: action.stops?.(readings) ?? readings.unit?.pulledDown ?? [],
		consequence: action.consequence(subject, readings),
	};
};

test.each([
	'reboot.target',
	'ctrl-alt-del.target',
	'systemd-poweroff.service',
	'shutdown.target',
	'rescue.target',
	'emergency.service',
])('what ends the running system is not a unit to start: %s', unit => {
	for (const doing of ['start', 'restart'] as const)
		expect(asked(doing, unit).refused).toMatch(/ends the running system/);
	const {risk, stops} = asked('start', unit);
	expect(['self', 'severe', 'disruptive']).toContain(risk);
	expect(stops).not.toEqual([]);
});

test('a unit of another name that starts such a target is refused by what it starts, and by what PID 1 does at its end', () => {
	const {unit} = readingsOf('reboot.target');
	if (unit === null) throw new Error('no unit');
	const nice = {...unit, unit: 'maintenance.target', names: ['maintenance.target']};
	const subject = {kind: 'unit', unit: 'maintenance.target'} as const;
	const start = actionOf('unit.start');
	const readings = {...readingsOf('reboot.target'), unit: nice};
	expect(start.notOffered(subject, readings)).toMatch(/ends the running system \(systemd-reboot\.service\)/);
	const bare = {...readings, unit: {...nice, starts: [], stops: []}};
	expect(start.notOffered(subject, bare)).toMatch(/ends the running system \(systemd-reboot\.service\)/);
	expect(start.notOffered(subject, {...bare, unit: {...bare.unit, ends: []}})).toBe('');
});

test.each([
	['stop', 'chronyd.service', 'disruptive', /not running/],
	['start', 'chronyd.service', 'reversible', /^$/],
	['restart', 'chronyd.service', 'disruptive', /^$/],
	['stop', 'system.slice', 'self', /Our own session runs in system\.slice/],
	['restart', 'system.slice', 'self', /Our own session runs in system\.slice/],
	['stop', 'system-sshd.slice', 'self', /Our own session runs in/],
	['stop', 'sysinit.target', 'self', /Our own session runs in sshd@/],
	['restart', 'sysinit.target', 'self', /Our own session runs in sshd@/],
	['stop', 'dbus.socket', 'self', /NetworkManager\.service carries the connection/],
	['stop', 'sshd.socket', 'self', /sshd\.socket carries the connection/],
	['restart', 'sshd.socket', 'self', /^$/],
	['stop', 'systemd-journald.service', 'severe', /^$/],
	['restart', 'init.scope', 'severe', /by hand/],
	['stop', 'balena.service', 'severe', /^$/],
	['restart', 'balena-engine.service', 'severe', /^$/],
	['stop', 'balena-supervisor.service', 'disruptive', /^$/],
	['stop', 'tmp.mount', 'severe', /^$/],
	['start', 'os-config.service', 'reversible', /^$/],
] as const)('%s %s: %s', (doing, unit, risk, refused) => {
	const said = asked(doing, unit);
	expect(said.refused).toMatch(refused);
	expect(said.risk).toBe(risk);
});

test('an alias of the engine has the engine’s checks and consequence', () => {
	const named = readingsOf('balena-engine.service');
	const unit =
		named.unit === null
			? null
			: {...named.unit, unit: 'engine-of-ours.service', names: ['balena.service', 'mine.service']};
	const subject = {kind: 'unit', unit: 'mine.service'} as const;
	const restart = actionOf('unit.restart');
	const readings = {...named, unit, pulling: true, containers: []};
	expect(restart.risk(subject, readings)).toBe('severe');
	expect(findingsOf(restart.checks, subject, readings)).toContainEqual(expect.objectContaining({weight: 'blocks'}));
	expect(restart.consequence(subject, readings)).toMatch(/0 running containers stop with the engine/);
});

test('an alias of what carries our connection is not stopped', () => {
	const named = readingsOf('openvpn.service');
	const unit =
		named.unit === null ? null : {...named.unit, unit: 'sshd.socket', names: ['sshd.socket', 'remote.socket']};
	const stop = actionOf('unit.stop');
	expect(stop.notOffered({kind: 'unit', unit: 'remote.socket'}, {...named, unit})).toMatch(/carries the connection/);
});

test('many that stop with it are said, and weigh', () => {
	const {stops, consequence, findings} = asked('stop', 'sysinit.target');
	expect(stops.length).toBeGreaterThan(12);
	expect(consequence).toMatch(/and \d+ more\.$/);
	expect(findings).toContainEqual(expect.stringMatching(/^warns: Much stands on sysinit\.target/));
});

test('what PID 1 does to the device when it fails is said', () => {
	const named = readingsOf('chronyd.service');
	const ends = [{unit: 'chronyd.service', action: 'FailureAction=reboot'}];
	const unit = named.unit === null ? null : {...named.unit, ends};
	expect(asked('restart', 'chronyd.service', {unit}).findings).toContainEqual(
		'warns: chronyd.service has FailureAction=reboot: PID 1 does that to the whole device then.',
	);
});

test.each([
	['stop', {leads: ['reboot.target']}, 'severe', /^$/],
	['start', {leads: ['nightly-reboot.service']}, 'severe', /^$/],
	[
		'stop',
		{ends: [{unit: 'other.service', action: 'SuccessAction=poweroff-force'}]},
		'disruptive',
		/ends the running system/,
	],
	['restart', {ends: [{unit: 'chronyd.service', action: 'FailureAction=reboot'}]}, 'severe', /^$/],
	['start', {starts: ['packagekit-offline-update.service']}, 'severe', /^$/],
] as const)('%s of a unit that takes the device along, %j: %s', (doing, change, risk, refused) => {
	const named = readingsOf('os-config.service');
	const unit =
		named.unit === null ? null : {...named.unit, ...change, activeState: doing === 'start' ? 'inactive' : 'active'};
	const said = asked(doing, 'os-config.service', {unit});
	expect(said.refused).toMatch(refused);
	expect(['severe', risk]).toContain(said.risk);
	if (said.refused === '') expect(said.risk).toBe(risk);
	expect(said.findings.length).toBeGreaterThan(0);
});

test.each([
	'networking.service',
	'wpa_supplicant@wlan0.service',
	'connman.service',
	'nftables.service',
	'tinysshd.socket',
])('%s may carry us, whatever the interface', name => {
	const named = readingsOf('openvpn.service');
	const unit = named.unit === null ? null : {...named.unit, unit: name, names: [name]};
	expect(actionOf('unit.stop').notOffered({kind: 'unit', unit: name}, {...named, unit})).toMatch(
		/carries the connection/,
	);
});

test('through the cloud the VPN carries us, whatever its interface is called', () => {
	const near = readingsOf('openvpn.service');
	const subject = {kind: 'unit', unit: 'openvpn.service'} as const;
	expect(actionOf('unit.stop').notOffered(subject, near)).toBe('');
	expect(actionOf('unit.stop').notOffered(subject, {...near, byVpn: true})).toMatch(/carries the connection/);
	expect(actionOf('unit.restart').risk(subject, {...near, byVpn: true})).toBe('self');
});

test('an answer that is not whole says so: what is missing is not harmless', () => {
	const text = 'boot 0\nu Id=x.service\nu ActiveState=active\n';
	expect(toLooked(`${text}whole\n`).whole).toBe(true);
	expect(toLooked(text).whole).toBe(false);
	expect(toLooked(`${text}cut\nwhole\n`).whole).toBe(false);
	expect(toLooked('boot 0\ncut\n').whole).toBe(true);
	const many = Array.from({length: 500}, (_, at) => `alias${at}.service`).join(' ');
	expect(toLooked(`${text}u Names=${many} balena.service\nwhole\n`).unit?.names).toContain('balena.service');
});
