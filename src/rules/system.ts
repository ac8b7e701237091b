/** journald, sshd, time and network. Strings as in journald-rate-limit.c, sshd.c, chrony and its health check, NetworkManager. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

export const system: readonly Rule[] = [
	{
		id: 'suppressed',
		title: 'lines lost',
		weight: 'warning',
		from: 'journald',
		match: /^Suppressed (?<detail>\d+) messages from (?<subject>\S{1,256})/,
		lasts: TEN_MINUTES,
		means: 'journald dropped lines of a unit that writes too much; for balena.service all containers share one budget.',
		look: 'Which container writes most in the journal; what you read of that time has holes.',
		samples: {
			hits: [
				'Suppressed 4123 messages from balena.service',
				'Suppressed 12 messages from /system.slice/balena.service',
			],
			misses: [
				'Journal started',
				'Runtime Journal (/run/log/journal/ba1e) is 8.0M, max 32.0M, 24.0M free.',
				'Received client request to flush runtime journal.',
			],
		},
	},
	{
		id: 'ssh-throttled',
		title: 'SSH refuses connections',
		weight: 'warning',
		from: 'sshd',
		match: /^(?:error: )?beginning MaxStartups throttling/,
		ends: /^(?:error: )?exited MaxStartups throttling/,
		lasts: TEN_MINUTES,
		means: 'Too many connections that have not logged in: somebody scans the port. New sessions are refused at random.',
		look: 'Who connects (the sshd lines of that time), and whether the port is open to the Internet.',
		samples: {
			hits: ['error: beginning MaxStartups throttling'],
			misses: [
				'Received disconnect from 172.126.62.3 port 42066:11: disconnected by user',
				'Disconnected from user root 172.126.62.3 port 42066',
				'error: kex_exchange_identification: Connection closed by remote host',
				'error: Unable to load host key: /etc/ssh/hostkeys/ssh_host_dsa_key',
			],
		},
	},
	{
		id: 'time-lost',
		title: 'clock not synchronized',
		weight: 'warning',
		from: 'time',
		match: /\b(?<detail>NTP time lost synchronization|Can't synchronise: \w[\w ]{1,40})/,
		ends: /\bSelected source /,
		lasts: TEN_MINUTES,
		means: 'No time server agrees with this clock. A wrong clock breaks TLS: no VPN, no API, no pulls.',
		look: 'chronyc tracking and chronyc sources; UDP port 123 may be blocked.',
		samples: {
			hits: [
				'[chrony-healthcheck][ERROR] NTP time lost synchronization - restarting chronyd',
				"2022-08-13T17:20:17Z Can't synchronise: no selectable sources",
			],
			misses: [
				'2021-06-16T12:00:57Z Selected source 10.250.255.253',
				'[chrony-healthcheck][INFO] No online NTP sources - forcing poll',
				'2021-06-16T12:43:23Z System clock was stepped by 2546.206649 seconds',
				'try: 1, refid: 00000000, correction: 0.000000000, skew: 0.000',
			],
		},
	},
	{
		id: 'network',
		title: 'network does not come up',
		weight: 'warning',
		from: 'network',
		match:
			/^<\w+> +\[[\d.]{1,24}\] (?:device|dhcp4) \((?<subject>[^)]{1,32})\): (?<detail>Activation: failed for connection|no secrets: .{1,80}|link timed out|request timed out)/,
		ends: /^<\w+> +\[[\d.]{1,24}\] device \((?<subject>[^)]{1,32})\): Activation: successful/,
		lasts: TEN_MINUTES,
		means: 'A connection was tried and failed: wrong password, no signal, no DHCP answer.',
		look: 'nmcli device, nmcli -f all connection, and for wifi the signal (nmcli device wifi list --rescan no).',
		samples: {
			hits: [
				"<warn>  [1736441301.0994] device (wlan0): Activation: failed for connection 'resin-wifi'",
				'<warn>  [1736441326.9736] device (wlan0): no secrets: No agents were available for this request.',
				'<warn>  [1736441326.9736] dhcp4 (eth0): request timed out',
			],
			misses: [
				'<info>  [1736441301.0994] device (eth0): carrier: link connected',
				'<info>  [1736441301.0994] dhcp6 (eth0): request timed out',
				'<info>  [1736441301.0994] device (eth0): Activation: successful, device activated.',
				'<info>  [1736441301.0994] manager: (veth5c963ab): new Veth device (/org/freedesktop/NetworkManager/Devices/11)',
				"<info>  [1736441301.0994] device (wlan0): state change: activated -> unavailable (reason 'none')",
			],
		},
	},
	{
		id: 'modem',
		title: 'modem',
		weight: 'warning',
		from: 'network',
		match:
			/^<\w+> +\[[\d.]{1,24}\] modem(?:-\w+)?\["?(?<subject>[^"\]]{1,32})"?\]: (?<detail>failed to (?:connect|enable|disconnect) modem.{0,100}|connection failed.{0,100}|modem state changed, '\w+' --> 'failed')/,
		ends: /^<\w+> +\[[\d.]{1,24}\] modem(?:-\w+)?\["?(?<subject>[^"\]]{1,32})"?\]: modem state changed, '\w+' --> 'connected'/,
		lasts: TEN_MINUTES,
		means: 'The modem does not connect: SIM, APN, signal, or the modem itself.',
		look: 'mmcli -m any (state, failed reason, signal, registration).',
		samples: {
			hits: ['<warn>  [1736441326.9736] modem-broadband[cdc-wdm0]: failed to connect modem: Call failed: cm error'],
			misses: [
				"<info>  [1631228874.6521] modem[\"cdc-wdm0\"]: modem state changed, 'connecting' --> 'connected' (reason: user-requested)",
				'<info>  [1631228874.6763] modem-broadband[cdc-wdm0]: IPv4 static configuration:',
			],
		},
	},
];
