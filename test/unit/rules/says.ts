/** Lines as the journal brings them, one for each speaker that rules believe. */
import type {Speaker, Spoken} from '../../../src/domain/rule.ts';

const NOBODY: Spoken = {
	transport: 'stdout',
	identifier: '',
	message: '',
	units: [],
	about: null,
	containerName: null,
	pid: 812,
};

const AS: Readonly<Record<Speaker, Partial<Spoken>>> = {
	kernel: {transport: 'kernel', identifier: 'kernel', pid: null},
	systemd: {transport: 'journal', identifier: 'systemd', units: ['init.scope'], pid: 1},
	engine: {identifier: 'balenad', units: ['balena.service']},
	supervisor: {identifier: 'balena-supervisor', units: ['balena-supervisor.service']},
	journald: {transport: 'driver', identifier: 'systemd-journald', units: ['systemd-journald.service']},
	sshd: {transport: 'syslog', identifier: 'sshd', units: ['sshd@1-10.0.0.1:22222-10.0.0.2:5000.service']},
	time: {identifier: 'healthdog', units: ['chronyd.service']},
	network: {transport: 'journal', identifier: 'NetworkManager', units: ['NetworkManager.service']},
};

export const says = (speaker: Speaker, message: string, more: Partial<Spoken> = {}): Spoken => ({
	...NOBODY,
	...AS[speaker],
	message,
	...more,
});

/** PID 1 about a unit. */
export const about = (unit: string, message: string): Spoken =>
	says('systemd', message, {units: ['init.scope', unit], about: unit});

/** The same words from a user's container. */
export const container = (message: string, more: Partial<Spoken> = {}): Spoken => ({
	...NOBODY,
	transport: 'journal',
	identifier: 'a0698fd91254',
	units: ['balena.service'],
	containerName: 'backend_5298819_2265201_0a9d4b0e8c1ff1202773ac2104a2bb48',
	message,
	...more,
});
