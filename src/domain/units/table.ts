/** The units that make a device of a machine, in the order in which they come up. Names as of meta-balena, old and new. */
import {fullUnitName} from './name.ts';

export type UnitEntry = {
	/** The name that newer releases use; the row's key. */
	readonly name: string;
	/** Older names, and those of plain systemd hosts; the first that is loaded is shown. */
	readonly aliases: readonly string[];
	/** Inactive is as it should be: a socket, a timer or a daily run starts it. */
	readonly idle: boolean;
	/** May be off by a setting or for want of hardware: inactive is no trouble. */
	readonly optional: boolean;
	readonly role: string;
	/** What goes on while a unit runs that is idle as a rule. */
	readonly running?: string;
};

type Extra = Partial<Pick<UnitEntry, 'aliases' | 'idle' | 'optional' | 'running'>>;

const entry = (name: string, role: string, extra: Extra = {}): UnitEntry => ({
	name,
	role,
	aliases: [],
	idle: false,
	optional: false,
	...extra,
});

/**
 * Old names: `openvpn-resin` until 2.10, `systemd-timesyncd` until 2.13, `resin-supervisor` until 2.78. os-config is a
 * daily run, balena-host and update-balena-supervisor run only for an update.
 */
export const UNIT_TABLE: readonly UnitEntry[] = [
	entry('chronyd.service', 'time', {aliases: ['chrony.service', 'systemd-timesyncd.service']}),
	entry('dnsmasq.service', 'names'),
	entry('NetworkManager.service', 'network'),
	entry('os-config.service', 'settings from the cloud', {idle: true, running: 'fetches settings'}),
	entry('openvpn.service', 'way to the cloud', {aliases: ['openvpn-resin.service']}),
	entry('balena.service', 'container engine', {aliases: ['docker.service']}),
	entry('balena-supervisor.service', 'supervisor', {aliases: ['resin-supervisor.service']}),
	entry('dbus.service', 'message bus'),
	entry('ModemManager.service', 'modems', {optional: true}),
	entry('avahi-daemon.service', 'discovery', {optional: true}),
	entry('update-balena-supervisor.timer', 'asks for a new supervisor', {aliases: ['update-resin-supervisor.timer']}),
	entry('update-balena-supervisor.service', 'installs a new supervisor', {
		aliases: ['update-resin-supervisor.service'],
		idle: true,
		running: 'supervisor is being updated',
	}),
	entry('sshd.socket', 'remote login'),
	entry('balena-host.service', 'engine of an OS update', {idle: true, running: 'an OS update runs'}),
];

/** Every name that is asked for: the table, its aliases, and what the operator watches. */
export function unitsToAsk(watch: readonly string[]): string[] {
	const names = UNIT_TABLE.flatMap(({name, aliases}) => [name, ...aliases]);
	return [...new Set([...names, ...watch.map(fullUnitName)])];
}
