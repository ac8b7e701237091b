/** What PID 1 says of units. Strings as in systemd's service.c, unit.c, job.c, socket.c. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

/**
 * Up again. It ends a failed start, but not a death: who was killed and came back may be killed again. The subject is the unit that the line is about; the text may have its description only.
 */
const BACK = /^(?:Started|Finished|Mounted|Listening on|Reached target) (?<subject>[^\s]{1,256})/;

export const units: readonly Rule[] = [
	{
		id: 'unit-killed',
		title: 'killed',
		weight: 'error',
		from: 'systemd',
		// Not SIGTERM and its like: that is how units are told to stop, and old systemd says it at every stop.
		match:
			/^(?<subject>\S{1,256}): Main process exited, code=(?:killed|dumped), status=(?<detail>(?!15\/|1\/|2\/|13\/)\d+\/\w+)/,
		lasts: TEN_MINUTES,
		means:
			'Its main process was killed by a signal. 9/KILL: out of memory, a timeout, or by hand; 6, 7, 11: it crashed.',
		look: 'A watchdog line or an out-of-memory report just before; else its own last lines.',
		samples: {
			hits: [
				'balena.service: Main process exited, code=killed, status=9/KILL',
				'NetworkManager.service: Main process exited, code=dumped, status=11/SEGV',
			],
			misses: [
				'openvpn.service: Main process exited, code=killed, status=15/TERM',
				'balena-supervisor.service: Main process exited, code=exited, status=125/n/a',
				'sshd@12-198.18.0.11:22222-198.18.0.1:50732.service: Main process exited, code=killed, status=9/KILL',
				'session-4.scope: Main process exited, code=killed, status=9/KILL',
				'balena.service: Scheduled restart job, restart counter is at 1.',
				'balena.service: Unit process 348 (containerd-shim) remains running after unit stopped.',
			],
		},
	},
	{
		id: 'unit-watchdog',
		title: 'watchdog timeout',
		weight: 'error',
		from: 'systemd',
		match: /^(?<subject>\S{1,256}): Watchdog timeout(?: \(limit (?<detail>[^)]{1,24})\))?!/,
		lasts: TEN_MINUTES,
		means: 'It did not report in time and is killed. For the engine: slow storage, overload, or a jump of the clock.',
		look: 'I/O errors, hung tasks and load at that time, and "System clock was stepped" of chronyd.',
		samples: {
			hits: [
				'balena.service: Watchdog timeout (limit 6min)!',
				'resin-supervisor.service: Watchdog timeout (limit 1min)!',
			],
			misses: [
				'systemd-journald.service: Deactivated successfully.',
				'Hardware watchdog running with a hardware timeout of 10s.',
			],
		},
	},
	{
		id: 'unit-start',
		title: 'does not start',
		weight: 'error',
		from: 'systemd',
		match:
			/^(?!Start(?:ed|ing)|Stopp(?:ed|ing))(?=.{0,300}?(?<detail>Failed to (?:start|mount|listen on)|Dependency failed|start(?:-\w+)? operation timed out|Start request repeated too quickly|(?<=Failed with result ')(?:timeout|start-limit-hit|resources|protocol)(?=')|Failed at step [A-Z]+))(?:(?:Failed to (?:start|mount|listen on)|Dependency failed for) )?(?<subject>[^\s:]{1,256})/,
		ends: BACK,
		lasts: TEN_MINUTES,
		means: 'A unit could not be started; after start-limit-hit systemd does not try again.',
		look: 'systemctl status UNIT and journalctl -u UNIT: its own words just before. resources: a full or read-only disk.',
		samples: {
			hits: [
				'Failed to start balena.service - Balena Application Container Engine.',
				'Failed to start Balena Application Container Engine.',
				'Failed to mount mnt-data.mount - Resin data mount point.',
				'Dependency failed for balena-supervisor.service - Balena supervisor.',
				'balena.service: start operation timed out. Terminating.',
				"balena.service: Failed with result 'timeout'.",
				"openvpn.service: Failed with result 'start-limit-hit'.",
				'openvpn.service: Start request repeated too quickly.',
				"chronyd.service: Failed with result 'resources'.",
				"dnsmasq.service: Failed with result 'protocol'.",
				'openvpn.service: Failed at step EXEC spawning /usr/sbin/openvpn: No such file or directory',
			],
			misses: [
				"balena.service: Failed with result 'signal'.",
				"os-config.service: Failed with result 'exit-code'.",
				"balena.service: Failed with result 'watchdog'.",
				'Started balena.service - Balena Application Container Engine.',
				"user@0.service: Failed with result 'timeout'.",
				"run-docker-netns-563bd036bec6.mount: Failed with result 'resources'.",
				"balena.service: State 'stop-sigterm' timed out. Killing.",
			],
		},
	},
	{
		id: 'unit-exit',
		title: 'exited',
		weight: 'warning',
		from: 'systemd',
		// Units whose end is noticed by somebody; 143 is a container that was told to stop.
		match:
			/^(?<subject>(?:balena|resin|balena-engine|balena-host|docker|containerd|balena-supervisor|resin-supervisor|update-balena-supervisor|openvpn|NetworkManager|ModemManager|wpa_supplicant|chronyd|dnsmasq|dbus|dbus-broker|avahi-daemon|systemd-(?:journald|udevd|logind|networkd|resolved|timesyncd))\.service): Main process exited, code=exited, status=(?<detail>(?!0\/|143\/)\d+\/[\w/]+)/,
		ends: BACK,
		lasts: TEN_MINUTES,
		means: 'It ended with a failure code. 125 of the supervisor: the engine went away under it.',
		look: 'journalctl -u UNIT: its own words just before; for the supervisor the engine first.',
		samples: {
			hits: [
				'balena-supervisor.service: Main process exited, code=exited, status=125/n/a',
				'openvpn.service: Main process exited, code=exited, status=1/FAILURE',
				'balena.service: Main process exited, code=exited, status=2/INVALIDARGUMENT',
			],
			misses: [
				'sshd@12-198.18.0.11:22222-198.18.0.1:50732.service: Main process exited, code=exited, status=255/EXCEPTION',
				'balena-supervisor.service: Main process exited, code=exited, status=143/n/a',
				'os-config.service: Main process exited, code=exited, status=1/FAILURE',
				'backup.service: Main process exited, code=exited, status=1/FAILURE',
				'balena-supervisor.service: Control process exited, code=exited, status=1/FAILURE',
			],
		},
	},
	{
		id: 'unit-oom',
		title: 'lost a process for want of memory',
		weight: 'warning',
		from: 'systemd',
		match:
			/^(?<subject>\S{1,256}): (?:A process of this unit has been killed by the OOM killer|Failed with result '(?<detail>oom-kill)')/,
		lasts: TEN_MINUTES,
		means: 'The kernel killed one of its processes for want of memory.',
		look: "The kernel's report at that time: the victim, and whether it was the unit's limit or the whole device.",
		samples: {
			hits: [
				'balena.service: A process of this unit has been killed by the OOM killer.',
				"openvpn.service: Failed with result 'oom-kill'.",
			],
			misses: [
				"balena.service: Failed with result 'signal'.",
				'Listening on systemd-oomd.socket - Userspace OOM Killer Socket.',
			],
		},
	},
	{
		id: 'trigger-limit',
		title: 'socket closed for good',
		weight: 'error',
		from: 'systemd',
		match: /^(?<subject>\S{1,256}): (?<detail>Trigger limit hit), refusing further activation/,
		ends: BACK,
		lasts: 'boot',
		means: 'Too many connections in two seconds. For sshd.socket: no new SSH session until it is started again.',
		look: 'Keep this session. balenaOS 6.11 and later reopens sshd.socket within 15 min by recover-sshd-socket.timer.',
		samples: {
			hits: ['sshd.socket: Trigger limit hit, refusing further activation.'],
			misses: ['Listening on sshd.socket.', 'sshd.socket: Deactivated successfully.'],
		},
	},
];
