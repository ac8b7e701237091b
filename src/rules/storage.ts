/** Cards, disks and file systems. Strings as in mmc/core/sd.c, sdhci.c, blk-core.c, ext4/super.c, jbd2, fat, nvme/pci.c. */
import type {Rule} from '../domain/rule.ts';

export const storage: readonly Rule[] = [
	{
		id: 'mmc',
		title: 'SD card or eMMC',
		weight: 'error',
		match:
			/\bmmc\d+: (?:error -\d+|card never left busy state|Timeout waiting for hardware|card [0-9a-f]{4} removed|tried to (?:HW )?reset card|cache flush error)|\bmmcblk\d\S*: (?:.*\berror -\d+|recovery failed)/i,
		means: 'The card or eMMC does not answer: a dying card, a bad contact, or power. -110 is a timeout.',
		samples: {
			hits: [
				'mmc0: error -110 whilst initialising SD card',
				'mmc1: error -22 whilst initialising SDIO card',
				'mmc0: card never left busy state',
				'mmc0: Timeout waiting for hardware interrupt.',
				'mmc0: Timeout waiting for hardware cmd interrupt.',
				'mmc0: card 0001 removed',
				'mmcblk0: recovery failed!',
				'mmcblk0: error -110 sending status command, retrying',
			],
			misses: [
				'mmc0: new high speed SDHC card at address aaaa',
				'mmcblk0: mmc0:aaaa SC16G 14.8 GiB',
				'mmc0: SDHCI controller on 3f300000.mmcnr [3f300000.mmcnr] using PIO',
				'mmcblk0: p1 p2 p3 p4 < p5 p6 >',
			],
		},
	},
	{
		id: 'io-error',
		title: 'I/O error',
		weight: 'error',
		match:
			/(?:\bI\/O|critical (?:medium|target|nexus)|\btimeout|\bprotection|recoverable transport|critical space allocation) error, dev \S+, sector|Buffer I\/O error on dev|lost (?:async |sync )?page write/,
		means: 'A read or write on the medium failed: failing card or disk, or it was pulled out. Count it per device.',
		samples: {
			hits: [
				'I/O error, dev mmcblk0, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0',
				'blk_update_request: I/O error, dev mmcblk0, sector 7364608 op 0x1:(WRITE) flags 0x800',
				'print_req_error: I/O error, dev sda, sector 0',
				'blk_update_request: critical medium error, dev sda, sector 123',
				'Buffer I/O error on dev mmcblk0p6, logical block 98304, lost async page write',
				'Buffer I/O error on device sda1, logical block 0',
			],
			misses: [
				'PCI: CLS 0 bytes, default 64',
				'xhci_hcd 0000:01:00.0: hcc params 0x002841eb hci version 0x100 quirks 0x0000040000000890',
				'io scheduler mq-deadline registered',
				'kernel: ACPI: IRQ0 used by override.',
			],
		},
	},
	{
		id: 'ext4',
		title: 'EXT4',
		weight: 'error',
		match:
			/EXT4-fs error|EXT4-fs \([^)]*\): (?:error count since last fsck|initial error at|last error at|Delayed block allocation failed|Remounting filesystem read-only|warning: mounting fs with errors)|This should not happen!! Data will be lost|Aborting journal on device|Detected aborted journal|JBD2: .*(?:I\/O error|invalid|failed)/i,
		means: 'The file system is damaged, or was: a partition may be read-only now, and updates fail. Look at the card.',
		samples: {
			hits: [
				'EXT4-fs error (device mmcblk0p6): ext4_find_entry:1455: inode #131: comm balenad: reading directory lblock 0',
				'EXT4-fs (mmcblk0p6): error count since last fsck: 4',
				'EXT4-fs (mmcblk0p6): initial error at time 1612345678: ext4_mb_generate_buddy:747',
				'EXT4-fs (mmcblk0p6): Delayed block allocation failed for inode 262 at logical offset 0 with max blocks 2 with error 28',
				'EXT4-fs (mmcblk0p6): This should not happen!! Data will be lost',
				'EXT4-fs (mmcblk0p6): Remounting filesystem read-only',
				'Aborting journal on device mmcblk0p6-8.',
				'EXT4-fs (sda1): warning: mounting fs with errors, running e2fsck is recommended',
			],
			misses: [
				'EXT4-fs (vda1): mounted filesystem with ordered data mode. Quota mode: none.',
				'EXT4-fs (mmcblk0p2): re-mounted. Opts: (null)',
				'EXT4-fs (mmcblk0p6): recovery complete',
				'EXT4-fs (mmcblk0p2): INFO: recovery required on readonly filesystem',
			],
		},
	},
	{
		id: 'fat',
		title: 'FAT',
		weight: 'warning',
		match: /FAT-fs \([^)]*\): (?:Volume was not properly unmounted|error)/i,
		means: 'The boot partition was not unmounted: power was cut. config.json is there, see that it still parses.',
		samples: {
			hits: [
				'FAT-fs (mmcblk0p1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.',
				'FAT-fs (mmcblk0p1): error, fat_get_cluster: invalid cluster chain (i_pos 0)',
			],
			misses: ['FAT-fs (mmcblk0p1): utf8 is not a recommended IO charset for FAT filesystems'],
		},
	},
	{
		id: 'nvme',
		title: 'NVMe',
		weight: 'error',
		match: /\bnvme nvme\d+: (?:I\/O .*timeout|controller is down|Disabling device after reset failure)/i,
		means: 'The NVMe disk hangs or left the bus: power saving (ASPM), power, or a dying disk.',
		samples: {
			hits: [
				'nvme nvme0: I/O 192 QID 2 timeout, aborting',
				'nvme nvme0: I/O tag 192 (10c0) opcode 0x1 QID 2 timeout, aborting req_op:WRITE(1) size:4096',
				'nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10',
				'nvme nvme0: Disabling device after reset failure: -19',
			],
			misses: ['nvme nvme0: 8/0/0 default/read/poll queues', 'nvme nvme0: pci function 0000:01:00.0'],
		},
	},
];
