/** Troubles in the words of somebody who owns a device and knows nothing of its inside. By the id of the rule or measure. */

import type {ActionId} from '../domain/guard.ts';

export type Words = {
	/** `{it}` stands for what it is about. */
	readonly what: string;
	/** What they can do about it, where they can. */
	readonly help?: string;
};

const POWER = 'Please check its power supply and cable, and what is plugged into it.';
const STORAGE = 'The storage should be replaced soon; please keep copies of what matters.';
const DAMAGED = 'Please do not cut its power; we advise to have its storage checked.';
const COOLING = 'Please check that it is not covered, and that air reaches it.';
const NETWORK = 'Please check its network: cable, wireless signal, and whether a firewall was changed.';

const words = (what: string, help?: string): Words => (help === undefined ? {what} : {what, help});

export const OTHER: Words = words('something in the software of the device went wrong');

export const customerWords: Readonly<Record<string, Words>> = {
	'under-voltage': words('the power supply of the device was too weak for moments', POWER),
	throttling: words('the device was too hot and slowed itself down', COOLING),
	heat: words('the device is too hot', COOLING),
	'board-firmware': words('the main board of the device stopped answering its own system', POWER),
	'irq-off': words('a part of the hardware disturbed the device so much that it was switched off'),
	'thermal-shutdown': words('the device was so hot that it switched itself off', COOLING),
	mmc: words('the storage of the device does not answer reliably', STORAGE),
	'mmc-removed': words('a memory card lost its contact or was taken out'),
	'io-error': words('the storage of the device could not be read or written', STORAGE),
	nvme: words('the disk of the device does not answer reliably', STORAGE),
	ata: words('the disk of the device does not answer reliably', STORAGE),
	'usb-disk': words('a disk on USB does not answer reliably', POWER),
	ext4: words('the stored data of the device is damaged', DAMAGED),
	'ext4-recorded': words('the stored data of the device was damaged once in the past and not checked since', DAMAGED),
	fat: words('the power of the device was cut without a shutdown'),
	'fat-error': words('the part of the storage that the device starts from is damaged', DAMAGED),
	filesystem: words('the stored data of the device is damaged', DAMAGED),
	oom: words('the device ran out of memory and had to stop a program'),
	'oom-container': words('a service needed more memory than it may use, and was stopped for it'),
	'page-allocation': words('the device was short of memory for moments'),
	usb: words('something on USB did not answer', 'Please check what is plugged into USB, and its cable.'),
	'over-current': words(
		'something on USB draws too much power',
		'Please unplug it, or give it a power supply of its own.',
	),
	'usb-host': words('all of USB stopped working', POWER),
	netdev: words('the network connection of the device hung', NETWORK),
	conntrack: words('a service opened so many connections that new ones were refused'),
	'wifi-firmware': words('the wireless network of the device stopped for moments'),
	firmware: words('a part of the device, such as its wireless network, could not be started'),
	sdio: words('the wireless network of the device does not answer'),
	panic: words('the device crashed and restarted itself'),
	oops: words('the basic software of the device met a serious fault'),
	lockup: words('the device hung for many seconds'),
	'rcu-stall': words('the device hung for many seconds'),
	'hung-task': words('a program waited without end, as a rule for the storage of the device'),
	'kernel-warning': words('the basic software of the device reported something odd; often this is harmless'),
	'unit-killed': words('{it} was stopped by force'),
	'unit-watchdog': words('{it} hung and was started again'),
	'unit-start': words('{it} could not be started'),
	'unit-exit': words('{it} ended with a fault'),
	'unit-oom': words('{it} lost a part for want of memory'),
	'unit-failed': words('{it} does not run'),
	'unit-loop': words('{it} ends and starts again and again'),
	'unit-inactive': words('{it} does not run'),
	'unit-starting': words('{it} does not finish starting'),
	'supervisor-timer': words('the device does not look for updates of its management software'),
	'trigger-limit': words('too many connections came at once, and new ones are refused'),
	'engine-fatal': words('the software that runs your services ended itself'),
	'disk-full': words('the storage of the device is full', 'Please see what your services keep that could be removed.'),
	'data-full': words(
		'the storage of the device is nearly full',
		'Please see what your services keep that could be removed.',
	),
	'disk-read-only': words('the storage of the device protects itself from writing, so nothing can be updated', DAMAGED),
	'slow-writes': words('the storage of the device is very slow', STORAGE),
	layer: words('a download of an update was damaged'),
	'pull-retry': words('a download of an update was interrupted and tried again', NETWORK),
	'pull-failed': words('a download of an update failed; what ran before goes on running', NETWORK),
	'pull-interrupted': words('a download of an update was interrupted'),
	'pull-stalled': words('a download of an update stands still', NETWORK),
	'container-stop': words('a service did not stop when it was asked to, and was stopped by force'),
	'container-unhealthy': words('the service {it} says that it is not well'),
	'container-oom': words('the service {it} was stopped because it used too much memory'),
	'container-restarting': words('the service {it} ends and starts again and again'),
	'supervisor-apply': words('an update could not be put in place yet; it is tried again'),
	'supervisor-download': words('the download of an update failed; what ran before goes on running', NETWORK),
	'supervisor-service': words('a service could not be created, started or stopped'),
	'supervisor-locked': words('an update waits, because a service asked for no updates now'),
	'update-lock': words('updates of the service {it} wait, because it asked for no updates now'),
	'supervisor-health': words('the management software of the device found itself stuck'),
	'supervisor-cloud': words('the device could not reach the cloud', NETWORK),
	'vpn-down': words('the device is not connected to the cloud', NETWORK),
	'engine-silent': words('the software that runs your services does not answer'),
	suppressed: words('a service wrote so much into the log that lines were dropped'),
	'ssh-throttled': words(
		'so many logins were tried that the device refused some',
		'Please check that it cannot be reached from the open Internet.',
	),
	'time-lost': words('the clock of the device could not be set', NETWORK),
	'clock-off': words('the clock of the device is wrong', NETWORK),
	network: words('a network connection of the device did not come up', NETWORK),
	modem: words('the mobile connection of the device did not come up', 'Please check its SIM card and signal.'),
	'low-memory': words('the device is short of memory'),
};

/** Parts of the device by the unit that does the work. */
const PLACES: Readonly<Record<string, string>> = {
	'balena.service': 'the software that runs your services',
	'docker.service': 'the software that runs your services',
	'balena-supervisor.service': 'the management software of the device',
	'resin-supervisor.service': 'the management software of the device',
	'openvpn.service': 'the connection of the device to the cloud',
	'chronyd.service': 'the part that sets the clock of the device',
	'NetworkManager.service': 'the network of the device',
	'ModemManager.service': 'the mobile connection of the device',
	'dnsmasq.service': 'the look-up of names on the network',
	'sshd.socket': 'the remote login',
};

/** What we can do to a device, by the id of the action. */
export const customerActs: Readonly<Record<string, string>> = {
	'unit.start': 'we started {it}',
	'unit.stop': 'we stopped {it}',
	'unit.restart': 'we restarted {it}',
	'units.reload': 'we had the device read its settings of services again',
	'supervisor.restart': 'we restarted the management software of the device',
	'supervisor.update': 'we had the management software of the device look for an update',
	'supervisor.reset':
		'we reset the management software of the device, and had your services made anew; their stored data stays',
	'supervisor.start': 'we started the management software of the device',
	'engine.restart': 'we restarted the software that runs your services, and your services with it',
	'engine.check': 'we had the software that runs your services check itself',
	'clock.step': 'we set the clock of the device',
	'device.reboot': 'we restarted the device',
	'command.run': 'we ran a command on the device',
	'file.put': 'we put a file on the device',
	'shell.open': 'we worked on the device by hand, in a shell whose output is on record',
} satisfies Record<ActionId, string>;

export const OTHER_ACT = 'we did something on the device';

/** What a finding is about: a known part, a service by the name that its owner gave it, or just some part. */
export function placeOf(subject: string): string {
	const known = PLACES[subject];
	if (known !== undefined) return known;
	if (subject === 'supervisor') return 'for managing the device';
	return /^[A-Za-z0-9][A-Za-z0-9 _-]{0,40}$/.test(subject) ? subject : 'a part of the device';
}
