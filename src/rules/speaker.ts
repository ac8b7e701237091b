/** Who said a line, as far as the journal vouches for it. Rules believe a line only from whom they name. */
import type {Speaker, Spoken} from '../domain/rule.ts';

const ENGINE_UNITS: readonly string[] = [
	'balena.service',
	'balena-engine.service',
	'balena-host.service',
	'docker.service',
];
const ENGINE_NAMES = /^(?:balenad?|balena-engine(?:-daemon)?|dockerd)$/;
const SUPERVISOR_UNITS: readonly string[] = ['balena-supervisor.service', 'resin-supervisor.service'];
/** The whole name: a user's service may be called `balena_supervisor-2`, and its container then begins like this. */
const SUPERVISOR_CONTAINER = /^(?:balena|resin)_supervisor$/;

/** Null for all others: above all a user's container, which may say what it likes. */
export function speakerOf({transport, identifier, units, about, containerName}: Spoken): Speaker | null {
	if (containerName !== null) return SUPERVISOR_CONTAINER.test(containerName) ? 'supervisor' : null;
	if (transport === 'kernel') return 'kernel';
	if (about !== null || (identifier === 'systemd' && units.includes('init.scope'))) return 'systemd';
	if (identifier === 'systemd-journald' || units.includes('systemd-journald.service')) return 'journald';
	for (const unit of units) {
		if (ENGINE_UNITS.includes(unit)) return ENGINE_NAMES.test(identifier) ? 'engine' : null;
		if (SUPERVISOR_UNITS.includes(unit)) return 'supervisor';
		if (unit === 'chronyd.service' && identifier === 'healthdog') return 'time';
	}
	switch (identifier) {
		case 'sshd':
			return 'sshd';
		case 'chronyd':
			return 'time';
		case 'NetworkManager':
			return 'network';
		default:
			return null;
	}
}

/**
 * A kernel line as the kernel wrote it. journald takes a leading `word: ` of a line from /dev/kmsg for the sender's name:
 * `mmc0: error -110` comes as identifier `mmc0` and message `error -110`.
 */
export const kernelText = ({identifier, message}: Pick<Spoken, 'identifier' | 'message'>): string =>
	identifier === '' || identifier === 'kernel' ? message : `${identifier}: ${message}`;

/**
 * Units that come and go with a session, a container or a console: how they end is nobody's trouble. What runs in a
 * container's scope and dies there is told by the kernel and the engine.
 */
export const PASSING =
	/^(?:sshd?@|session-|user@|user-runtime-dir@|run-|var-lib-docker-|mnt-data-docker-|docker-|libcontainer-|(?:serial-|console-)?getty|modprobe@|systemd-coredump@)/;
