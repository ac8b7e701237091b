/** Cards and disks. Strings as in mmc/core, sdhci.c, bcm2835-sdhost.c, cqhci, blk-core.c, buffer.c, nvme/pci.c, libata, uas.c. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

export const storage: readonly Rule[] = [
	{
		id: 'mmc',
		title: 'SD card or eMMC',
		weight: 'error',
		from: 'kernel',
		match:
			/\b(?<subject>mmc(?:blk)?\d{1,3})\S{0,12}: (?<detail>error -\d+\b(?! whilst initialising SDIO)|card never left busy state|Card stuck (?:being busy|in \w+ state)|timeout waiting for hardware (?:cmd )?interrupt|tried to (?:HW )?reset card|cache flush error|recovery failed|cqhci: timeout for tag|ADMA error|Controller never released inhibit bit|Reset 0x\w+ never completed|(?<=mmcblk\d{1,3}\S{0,12}: ).{1,60}?\berror -\d+)/i,
		lasts: 'boot',
		means:
			'The card or eMMC does not answer: a dying card, a bad contact, or power. -110 is a timeout, -84 a bad checksum.',
		look: 'Under-voltage near it, then name and date of the card under /sys/class/mmc_host; an empty slot (board runs from USB) says so too.',
		samples: {
			hits: [
				'mmc0: error -110 whilst initialising SD card',
				'mmc0: error -84 whilst initialising MMC card',
				'mmc0: card never left busy state',
				'mmc0: Card stuck being busy! __mmc_poll_for_busy',
				'mmc0: Timeout waiting for hardware interrupt.',
				'mmc0: Timeout waiting for hardware interrupt - cmd12.',
				'mmc0: Timeout waiting for hardware cmd interrupt.',
				'mmc0: timeout waiting for hardware interrupt.',
				'mmc0: cqhci: timeout for tag 30, qcnt 1',
				'mmcblk0: recovery failed!',
				'mmcblk0: error -110 sending status command, retrying',
				'mmcblk0: error -84 transferring data, sector 4493608, nr 48, cmd response 0x900, card status 0xb00',
				'mmcblk2boot0: error -110 sending status command, aborting',
				'mmcblk0rpmb: mmc_blk_ioctl_cmd: data error -110',
			],
			misses: [
				'mmc0: new high speed SDHC card at address aaaa',
				'mmcblk0: mmc0:aaaa SC16G 14.8 GiB',
				'mmc0: SDHCI controller on 3f300000.mmcnr [3f300000.mmcnr] using PIO',
				'mmcblk0: p1 p2 p3 p4 < p5 p6 >',
				'mmc0: Problem switching card into high-speed mode!',
				'mmc0: host does not support reading read-only switch, assuming write-enable',
				'mmc1: error -22 whilst initialising SDIO card',
				'mmc1: queuing unknown CIS tuple 0x80 (2 bytes)',
				'mmc0: card 0001 removed',
				'mmc2: Failed to initialize a non-removable card',
				'mmc_host mmc1: card is non-removable.',
			],
		},
	},
	{
		id: 'mmc-removed',
		title: 'card removed',
		weight: 'warning',
		from: 'kernel',
		match: /\b(?<subject>mmc\d{1,3}): card [0-9a-f]{4} removed/,
		ends: /\b(?<subject>mmc\d{1,3}): new (?:[\w-]{1,16} ){0,6}card at address/,
		lasts: TEN_MINUTES,
		means: 'A card was pulled, lost its contact, or was dropped by its driver; a wifi chip on SDIO restarts like this.',
		look: 'What the same name was in the boot log ("new … card at address"): the system disk, or the wifi chip.',
		samples: {
			hits: ['mmc0: card 0001 removed', 'mmc1: card aaaa removed'],
			misses: ['mmc0: new high speed SDHC card at address aaaa', 'mmc1: new high speed SDIO card at address 0001'],
		},
	},
	{
		id: 'io-error',
		title: 'I/O error',
		weight: 'error',
		from: 'kernel',
		// Not drives for floppies and discs, which answer so when empty, nor raw flash, which is read beyond its end to see
		// what it holds; nor an eMMC's rpmb, which only signed requests can read (balena-os/balena-os#83: at every boot);
		// nor what a disk cannot do (discard, zeroing).
		match:
			/(?:\bI\/O|\bcritical (?:medium|target|nexus|space allocation)|\btimeout|\bprotection|\brecoverable transport) error(?:, dev| on(?: dev(?:ice)?)?) (?!fd\d|sr\d|loop\d|mtdblock|mmcblk\d+rpmb)(?<subject>[a-z][\w!-]{0,40})(?:$|, (?!sector \d+ op 0x\w+:\((?:DISCARD|WRITE_ZEROES|SECURE_ERASE)))(?:sector \d+ op 0x\w+:\((?<detail>\w+))?/,
		lasts: 'boot',
		means: 'A read or write on the medium failed: failing card or disk, its power, or it was pulled out.',
		look: 'How many per device, and whether the system or data partition is on it (lsblk); dmesg for what came just before.',
		samples: {
			hits: [
				'I/O error, dev mmcblk0, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0',
				'blk_update_request: I/O error, dev mmcblk0, sector 7364608 op 0x1:(WRITE) flags 0x800',
				'print_req_error: I/O error, dev sda, sector 0',
				'end_request: I/O error, dev mmcblk0, sector 1793633',
				'blk_update_request: critical medium error, dev sda, sector 123',
				'Buffer I/O error on dev mmcblk0p6, logical block 98304, lost async page write',
				'Buffer I/O error on device sda1, logical block 0',
				'lost page write due to I/O error on mmcblk0p2',
			],
			misses: [
				'PCI: CLS 0 bytes, default 64',
				'xhci_hcd 0000:01:00.0: hcc params 0x002841eb hci version 0x100 quirks 0x0000040000000890',
				'io scheduler mq-deadline registered',
				'ACPI: IRQ0 used by override.',
				'I/O error, dev fd0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2',
				'Buffer I/O error on dev mtdblock5, logical block 3920, async page read',
				'Buffer I/O error on dev sr0, logical block 0, async page read',
				'end_request: I/O error, dev mmcblk0rpmb, sector 0',
				'Buffer I/O error on dev mmcblk2rpmb, logical block 0, async page read',
				'blk_update_request: critical target error, dev sda, sector 2048 op 0x3:(DISCARD) flags 0x800 phys_seg 1 prio class 0',
				'operation not supported error, dev nvme0n1, sector 0 op 0x9:(WRITE_ZEROES) flags 0x0 phys_seg 0 prio class 2',
			],
		},
	},
	{
		id: 'nvme',
		title: 'NVMe',
		weight: 'error',
		from: 'kernel',
		match:
			/\bnvme (?<subject>nvme\d{1,3}): (?<detail>I\/O [^,]{1,80} timeout|controller is down|Disabling device after reset failure|Removing after probe failure|Device not ready)/i,
		lasts: 'boot',
		means:
			'The NVMe disk hangs or left the bus: power saving (ASPM), power, or a dying disk. CSTS=0xffffffff is off the bus.',
		look: 'What follows it: a reset that worked, or I/O errors; the temperature in /sys/class/nvme/*/hwmon*/temp1_input.',
		samples: {
			hits: [
				'nvme nvme0: I/O 192 QID 2 timeout, aborting',
				'nvme nvme0: I/O 0 QID 0 timeout, reset controller',
				'nvme nvme0: I/O tag 192 (10c0) opcode 0x1 QID 2 timeout, aborting req_op:WRITE(1) size:4096',
				'nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10',
				'nvme nvme0: Disabling device after reset failure: -19',
				'nvme nvme2: Device not ready; aborting reset, CSTS=0x1',
			],
			misses: [
				'nvme nvme0: 8/0/0 default/read/poll queues',
				'nvme nvme0: pci function 0000:01:00.0',
				'nvme nvme0: Shutdown timeout set to 8 seconds',
				'nvme nvme0: Ignoring bogus Namespace Identifiers',
				'nvme nvme0: missing or invalid SUBNQN field.',
			],
		},
	},
	{
		id: 'ata',
		title: 'SATA disk',
		weight: 'warning',
		from: 'kernel',
		match: /\b(?<subject>ata\d{1,3})(?:\.\d\d)?: (?:exception Emask 0x|failed command: (?<detail>[A-Z][A-Z ]{1,40}))/,
		lasts: 'boot',
		means: 'A command to the disk failed and was tried again: cable, power or a failing disk.',
		look: 'Whether I/O errors follow, and which disk it is (ls -l /sys/block).',
		samples: {
			hits: [
				'ata1.00: exception Emask 0x0 SAct 0x7fffffff SErr 0x0 action 0x6 frozen',
				'ata1.00: failed command: WRITE FPDMA QUEUED',
			],
			misses: [
				'ata1: SATA link down (SStatus 0 SControl 300)',
				'ata2.00: configured for UDMA/133',
				'ata1: SATA max UDMA/133 abar m2048@0xf7d36000 port 0xf7d36100 irq 125',
				'ata3: hard resetting link',
			],
		},
	},
	{
		id: 'usb-disk',
		title: 'USB disk',
		weight: 'warning',
		from: 'kernel',
		match: /\[(?<subject>sd[a-z]{1,3})\] tag#\d+ uas_eh_abort_handler|\buas_eh_\w+_reset_handler start/,
		lasts: TEN_MINUTES,
		means: 'A disk behind a USB adapter stopped answering and was reset: its adapter does UAS badly, or lacks power.',
		look: 'Under-voltage near it, and the adapter (lsusb, lsusb -t shows Driver=uas).',
		samples: {
			hits: [
				'sd 0:0:0:0: [sda] tag#17 uas_eh_abort_handler 0 uas-tag 3 inflight: CMD IN ',
				'scsi host0: uas_eh_device_reset_handler start',
			],
			misses: [
				'scsi host0: uas',
				'usbcore: registered new interface driver uas',
				'scsi host0: uas_eh_device_reset_handler success',
				'sd 0:0:0:0: [sda] Attached SCSI disk',
			],
		},
	},
];
