/** What is plugged in or on the network. Strings as in usb/core/hub.c, sch_generic.c, firmware_loader, brcmfmac. */
import type {Rule} from '../domain/rule.ts';

export const attached: readonly Rule[] = [
	{
		id: 'usb',
		title: 'USB',
		weight: 'warning',
		match:
			/\busb\b.*\b(?:device descriptor read\/(?:\d+|all), error -\d+|device not accepting address \d+|unable to enumerate USB device|can't set config|cannot reset)|\bover-?current (?:condition|change)/i,
		means: 'A USB device does not answer or draws too much: cable, hub, power. -71 protocol, -110 timeout, -32 stall.',
		samples: {
			hits: [
				'usb 1-1.2: device descriptor read/64, error -71',
				'usb 1-1: device descriptor read/all, error -110',
				'usb 1-1.3: device not accepting address 7, error -71',
				'usb usb1-port2: unable to enumerate USB device',
				'usb 1-1-port4: over-current condition',
				'hub 1-1:1.0: over-current condition on port 2',
			],
			misses: [
				'usb 1-1: new high-speed USB device number 2 using xhci_hcd',
				'usb 1-1: New USB device found, idVendor=0424, idProduct=2514, bcdDevice= b.b3',
				'usb 1-1.2: USB disconnect, device number 4',
				'usbcore: registered new interface driver usbfs',
				'hub 1-0:1.0: 4 ports detected',
			],
		},
	},
	{
		id: 'netdev',
		title: 'NETDEV WATCHDOG',
		weight: 'warning',
		match: /NETDEV WATCHDOG: .*transmit queue \d+ timed out/,
		means: 'The network adapter hangs. Older kernels say it once per boot, so silence is no recovery.',
		samples: {
			hits: [
				'NETDEV WATCHDOG: eth0 (smsc95xx): transmit queue 0 timed out',
				'NETDEV WATCHDOG: CPU: 2: transmit queue 0 timed out 5376 ms',
			],
			misses: ['eth0: Link is Up - 1Gbps/Full - flow control rx/tx', 'watchdog: Delayed init of the lockup detector'],
		},
	},
	{
		id: 'wifi-firmware',
		title: 'wifi chip',
		weight: 'warning',
		match:
			/\bbrcmfmac: .*(?:HT Avail timeout|Firmware has halted or crashed|resumed on timeout|mailbox indicates firmware halted)/,
		means: 'The wifi chip crashed or left its bus; wifi is gone until the driver is loaded anew or the board restarts.',
		samples: {
			hits: [
				'brcmfmac: brcmf_sdio_htclk: HT Avail timeout (1000000): clkctl 0x50',
				'brcmfmac: brcmf_fw_crashed: Firmware has halted or crashed',
				'brcmfmac: brcmf_sdio_bus_rxctl: resumed on timeout',
			],
			misses: ['brcmfmac: brcmf_fw_alloc_request: using brcm/brcmfmac43455-sdio for chip BCM4345/6'],
		},
	},
];
