/** What is plugged in and wired. Strings as in usb/core/hub.c, xhci-ring.c, sch_generic.c, nf_conntrack_core.c. */
import type {Rule} from '../domain/rule.ts';
import {AN_HOUR, TEN_MINUTES} from './lasts.ts';

export const attached: readonly Rule[] = [
	{
		id: 'usb',
		title: 'USB',
		weight: 'warning',
		from: 'kernel',
		match:
			/\b(?:usb|hub) (?<subject>(?:usb)?\d[\w.:-]{0,24}): (?<detail>device descriptor read\/\w{1,4}, error -\d+|device not accepting address \d+, error -\d+|unable to enumerate USB device|can't set config #\d+, error -\d+|can't read configurations, error -\d+|Device not responding to setup address|cannot (?:reset|disable|enable)(?: port \d+)?|connect-debounce failed)/i,
		lasts: TEN_MINUTES,
		means: 'A USB device does not answer: cable, hub, power. -71 protocol, -110 timeout, -32 stall.',
		look: 'Whether it was found in the end (lsusb), under-voltage or over-current near it, and what hangs on that port.',
		samples: {
			hits: [
				'usb 1-1.2: device descriptor read/64, error -71',
				'usb 1-1: device descriptor read/all, error -110',
				'usb 1-1.3: device not accepting address 7, error -71',
				'usb usb1-port2: unable to enumerate USB device',
				'usb 1-1-port2: unable to enumerate USB device',
				'usb usb2-port1: Cannot enable. Maybe the USB cable is bad?',
				'hub 1-1:1.0: unable to enumerate USB device on port 5',
				'hub 1-1:1.0: cannot reset port 5 (err = -110)',
				'usb 1-1.4: Device not responding to setup address.',
			],
			misses: [
				'usb 1-1: new high-speed USB device number 2 using xhci_hcd',
				'usb 1-1: New USB device found, idVendor=0424, idProduct=2514, bcdDevice= b.b3',
				'usb 1-1.2: USB disconnect, device number 4',
				'usb 2-1: reset SuperSpeed Gen 1 USB device number 2 using xhci_hcd',
				'usbcore: registered new interface driver usbfs',
				'hub 1-0:1.0: 4 ports detected',
				'usb 1-3: usbfs: USBDEVFS_CONTROL failed cmd blazer_usb rqt 33 rq 9 len 8 ret -110',
			],
		},
	},
	{
		id: 'over-current',
		title: 'USB over-current',
		weight: 'warning',
		from: 'kernel',
		match: /\b(?:usb|hub) (?<subject>(?:usb)?\d[\w.:-]{0,24}): over-?current (?:condition|change)/i,
		lasts: TEN_MINUTES,
		means: 'What hangs on this port draws more than the board gives, or its power switch is broken; the port is off.',
		look: 'lsusb -t for what hangs there: a modem or disk needs a powered hub. With nothing plugged in it is the board.',
		samples: {
			hits: [
				'usb 1-1-port4: over-current condition',
				'hub 1-1:1.0: over-current condition on port 2',
				'usb usb1-port1: over-current change #3',
			],
			misses: ['ehci-pci 0000:00:1d.0: debug port 2', 'hub 1-1:1.0: individual port over-current protection'],
		},
	},
	{
		id: 'usb-host',
		title: 'USB controller died',
		weight: 'error',
		from: 'kernel',
		match:
			/\b(?<subject>xhci[-_]hcd \S{1,40}): (?<detail>xHCI host (?:controller )?not responding[^;]{0,40}|HC died|Host halt failed)/i,
		lasts: 'boot',
		means: 'Everything on that USB controller is gone (on a Raspberry Pi 4 all four ports) until the next start.',
		look: 'lsusb for what is left, under-voltage before it, and whether a modem or disk of the device was on it.',
		samples: {
			hits: [
				'xhci_hcd 0000:00:01.0: xHCI host controller not responding, assume dead',
				'xhci-hcd f10f8000.usb3: HC died; cleaning up',
			],
			misses: [
				'xhci_hcd 0000:01:00.0: xHCI Host Controller',
				'xhci_hcd 0000:01:00.0: hcc params 0x002841eb hci version 0x100 quirks 0x0000040000000890',
				'xhci_hcd 0000:00:14.0: WARN Event TRB for slot 3 ep 4 with no TDs queued?',
			],
		},
	},
	{
		id: 'netdev',
		title: 'NETDEV WATCHDOG',
		weight: 'warning',
		from: 'kernel',
		match:
			/(?:\b(?<subject>[\w@-][\w.@-]{0,20})(?:: NETDEV WATCHDOG: CPU: \d+| \([^)]{0,40}\))|NETDEV WATCHDOG: CPU: \d+): (?<detail>transmit queue \d+ timed out)/,
		// Older kernels say it once per boot.
		lasts: AN_HOUR,
		means: 'The network adapter hangs. Older kernels say it once per boot, so silence is no recovery.',
		look: 'ip -s link (do its counters still move?), under-voltage, and whether the line carries data at all.',
		samples: {
			hits: [
				'NETDEV WATCHDOG: eth0 (smsc95xx): transmit queue 0 timed out',
				'NETDEV WATCHDOG: eth0 (bcmgenet): transmit queue 1 timed out 2890 ms',
				'NETDEV WATCHDOG: CPU: 2: transmit queue 0 timed out 5376 ms',
				'r8125 0000:22:04.0 eth4: NETDEV WATCHDOG: CPU: 3: transmit queue 0 timed out 5010 ms',
			],
			misses: [
				'eth0: Link is Up - 1Gbps/Full - flow control rx/tx',
				'smsc95xx 1-1.1:1.0 eth0: Link is Down',
				'watchdog: Delayed init of the lockup detector',
			],
		},
	},
	{
		id: 'conntrack',
		title: 'conntrack table full',
		weight: 'error',
		from: 'kernel',
		match: /\bnf_conntrack: (?:nf_conntrack: |\S{1,12}: )?table full, dropping packet/,
		lasts: TEN_MINUTES,
		means: 'The kernel tracks no more connections and drops packets of new ones, of every container.',
		look: '/proc/sys/net/netfilter/nf_conntrack_count against nf_conntrack_max; which service opens so many connections.',
		samples: {
			hits: [
				'nf_conntrack: table full, dropping packet',
				'nf_conntrack: nf_conntrack: table full, dropping packet',
				'nf_conntrack: table full, dropping packet.',
			],
			misses: ['nf_conntrack version 0.5.0 (7936 buckets, 31744 max)', 'Bridge firewalling registered'],
		},
	},
];
