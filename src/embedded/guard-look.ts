/** What the device says right before or after it is changed: the answer to the script of sources/guard.ts. */
import {DEVICE} from './machine.ts';
import type {Systemctl} from './systemctl.ts';
import type {UnitTable} from './units.ts';

/** The properties that the script asks of a unit. */
const ASKED =
	'Id,Names,LoadState,ActiveState,SubState,Result,InvocationID,FragmentPath,Type,NRestarts,Job,ActiveEnterTimestampMonotonic,NeedDaemonReload,CanStart,CanStop,TriggeredBy';
const isActive = (name: string, table: UnitTable): boolean => /^act/.test(table.find(name)?.active ?? '');
const UP = ['RequiredBy', 'RequisiteOf', 'BoundBy', 'ConsistsOf', 'PropagatesStopTo'];

/** Programs of balenaOS that actions use. */
const PROGRAMS = [
	'/usr/libexec/safe_reboot',
	'/usr/lib/balena/balena-healthcheck',
	'/usr/bin/update-balena-supervisor',
];

/** The active units that stop with one, by walking up. */
function pulledDown(name: string, systemctl: Systemctl, table: UnitTable): string[] {
	const known = new Set([name]);
	for (const one of known)
		for (const line of systemctl.show([one], new Set(UP)).split('\n'))
			for (const other of line.slice(line.indexOf('=') + 1).split(' ')) if (other !== '') known.add(other);
	return [...known].slice(1).filter(other => isActive(other, table));
}

export function guardLook(name: string, systemctl: Systemctl, table: UnitTable): string {
	const updating = table.units.filter(
		({spec, active}) => /^update-.*\.service$|^balena-host\.service$/.test(spec.id) && /^act/.test(active),
	);
	const lines = [
		'ours /system.slice/system-sshd.slice/sshd@0-127.0.0.1:22222-127.0.0.1:50122.service',
		`boot ${DEVICE.bootId}`,
		`uptime ${(table.nowUs() / 1e6).toFixed(2)}`,
		'ssh 127.0.0.1 50122 127.0.0.1 22222',
		'supervisor balena-supervisor.service',
		'engine balena.service',
		...updating.map(({spec}) => `updating ${spec.id}`),
		...PROGRAMS.map(path => `program ${path}`),
		'program /usr/bin/chronyc',
		'road lo',
	];
	if (name !== '') {
		const shown = systemctl.show([name], new Set(ASKED.split(',')));
		lines.push(
			...shown
				.split('\n')
				.filter(line => line !== '')
				.map(line => `u ${line}`),
		);
		// None of this device's units conflicts with another, or is started by one that can be started by hand.
		if (!isActive(name, table)) lines.push(`starts ${name}`);
		lines.push(...pulledDown(name, systemctl, table).map(other => `down ${other}`), 'whole');
	}
	return `${lines.join('\n')}\n`;
}
