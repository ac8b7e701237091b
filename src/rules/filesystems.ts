/** File systems. Strings as in ext4/super.c, jbd2, fat, and the logs of btrfs, xfs and squashfs. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

export const filesystems: readonly Rule[] = [
	{
		id: 'ext4',
		title: 'EXT4',
		weight: 'error',
		from: 'kernel',
		// What it is first, then the device: `(device X)`, `(X)`, `on device X-8.`, `for X-8.`
		match:
			/(?=EXT4-fs (?:error \(|\([^)]{1,64}\): (?<detail>Delayed block allocation failed|Remounting filesystem read-only|This should not happen|group descriptors corrupted|error loading journal|unable to read superblock|failed to convert unwritten|panic))|Aborting journal on device|Detected aborted journal|JBD2: (?:Error -\d|Detected IO errors|(?:Invalid|corrupted|no valid) ))(?:.{0,80}?(?:\((?:device )?|\bon device |\bon |\bfor )(?<subject>[a-z][\w!-]{0,40}?)(?:-8)?(?:[).,: ]|$))?/i,
		lasts: 'boot',
		means: 'The file system is damaged. A partition may be read-only now, and then updates fail.',
		look: 'mount | grep ext4 (ro?), df -h /mnt/data, and I/O errors of the same device; save the journal before a restart.',
		samples: {
			hits: [
				'EXT4-fs error (device mmcblk0p6): ext4_find_entry:1455: inode #131: comm balenad: reading directory lblock 0',
				'EXT4-fs error (device sda1) in ext4_reserve_inode_write:5764: IO failure',
				'EXT4-fs (mmcblk0p6): Delayed block allocation failed for inode 262 at logical offset 0 with max blocks 2 with error 28',
				'EXT4-fs (mmcblk0p6): This should not happen!! Data will be lost',
				'EXT4-fs (mmcblk0p6): Remounting filesystem read-only',
				'EXT4-fs (sda6): group descriptors corrupted!',
				'EXT4-fs (mmcblk0p3): error loading journal',
				'Aborting journal on device mmcblk0p6-8.',
				'JBD2: Error -5 detected when updating journal superblock for sda1-8.',
				'JBD2: no valid journal superblock found',
			],
			misses: [
				'EXT4-fs (vda1): mounted filesystem with ordered data mode. Quota mode: none.',
				'EXT4-fs (mmcblk0p2): re-mounted. Opts: (null)',
				'EXT4-fs (mmcblk0p6): recovery complete',
				'EXT4-fs (mmcblk0p2): INFO: recovery required on readonly filesystem',
				'EXT4-fs (mmcblk0p6): error count since last fsck: 4',
				'EXT4-fs (mmcblk0p2): re-mounted. Opts: data=ordered,errors=remount-ro. Quota mode: none.',
				"EXT4-fs (sda1): VFS: Can't find ext4 filesystem",
			],
		},
	},
	{
		id: 'ext4-recorded',
		title: 'past EXT4 errors',
		weight: 'warning',
		from: 'kernel',
		match:
			/EXT4-fs (?:warning )?\((?:device )?(?<subject>[a-z][\w!-]{0,40})\): (?:error count(?: since last fsck)?: (?<detail>\d+)|(?:initial|last) error at |warning: mounting fs with errors|.{0,120}Please run e2fsck)/,
		lasts: 'boot',
		means: 'The file system was damaged once and never checked since; the kernel repeats it daily.',
		look: 'The time of "last error at" (date -d @N): long past, or after the last power cut; then errors of the same device.',
		samples: {
			hits: [
				'EXT4-fs (mmcblk0p6): error count since last fsck: 4',
				'EXT4-fs (mmcblk0p2): error count: 2',
				'EXT4-fs (mmcblk0p6): initial error at time 1612345678: ext4_mb_generate_buddy:747',
				'EXT4-fs (sda1): last error at 1415238717: ext4_discard_preallocations:3954',
				'EXT4-fs (sda1): warning: mounting fs with errors, running e2fsck is recommended',
				'EXT4-fs warning (device sda7): ext4_dirblock_csum_verify:377: inode #37: comm journalctl: No space for directory leaf checksum. Please run e2fsck -D.',
			],
			misses: [
				'EXT4-fs (mmcblk0p6): recovery complete',
				'EXT4-fs (sda): warning: mounting unchecked fs, running e2fsck is recommended',
				'EXT4-fs (sda1): warning: maximal mount count reached, running e2fsck is recommended',
			],
		},
	},
	{
		id: 'fat',
		title: 'FAT not unmounted',
		weight: 'warning',
		from: 'kernel',
		match: /\bFAT-fs \((?!loop)(?<subject>[\w!-]{1,40})\): Volume was not properly unmounted/i,
		lasts: TEN_MINUTES,
		means: 'Power was cut while the boot partition was mounted; config.json is on it.',
		look: 'jq . /mnt/boot/config.json (does it still parse?), and whether it happens at every boot.',
		samples: {
			hits: ['FAT-fs (mmcblk0p1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.'],
			misses: [
				'FAT-fs (mmcblk0p1): utf8 is not a recommended IO charset for FAT filesystems',
				'FAT-fs (loop0): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.',
			],
		},
	},
	{
		id: 'fat-error',
		title: 'FAT',
		weight: 'error',
		from: 'kernel',
		match:
			/\bFAT-fs \((?<subject>[\w!-]{1,40})\): (?:error, (?<detail>[^(]{1,80})|Filesystem has been set read-only|(?:Directory|FAT) bread\([^)]{0,40}\) failed)/i,
		lasts: 'boot',
		means: 'The boot partition is damaged; it holds config.json and what the board starts from.',
		look: 'jq . /mnt/boot/config.json, and I/O errors of the same device. A restart may not come back.',
		samples: {
			hits: [
				'FAT-fs (mmcblk0p1): error, fat_get_cluster: invalid cluster chain (i_pos 0)',
				'FAT-fs (mmcblk0p1): Filesystem has been set read-only',
				'FAT-fs (sda1): Directory bread(block 8201) failed',
			],
			misses: [
				'FAT-fs (mmcblk0p1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.',
				"FAT-fs (sda): Can't find a valid FAT filesystem",
				'FAT-fs (sda): bogus number of reserved sectors',
			],
		},
	},
	{
		id: 'filesystem',
		title: 'file system',
		weight: 'error',
		from: 'kernel',
		match:
			/\bBTRFS(?: error| critical)? \(device (?<subject>[\w!-]{1,40})(?:: state \w+)?\): (?=.{0,120}(?:corrupt|forced readonly|parent transid verify failed|checksum verify failed|csum failed))|\bXFS \([\w!-]{1,40}\): (?:Internal error|Corruption|Metadata (?:corruption|I\/O error)|log I\/O error|Filesystem has been shut down)|\bSQUASHFS error:/,
		lasts: 'boot',
		means: 'The file system is damaged, or the medium under it is.',
		look: 'I/O errors of the same device, and what is mounted from it (findmnt).',
		samples: {
			hits: [
				'BTRFS critical (device sda2): corrupt leaf: root=5 block=30408704 slot=12, bad key order',
				'BTRFS error (device sda2: state EA): parent transid verify failed on logical 30408704 mirror 1 wanted 10 found 8',
				'XFS (sda1): Metadata corruption detected at xfs_agf_read_verify+0xd0/0xf0 [xfs], xfs_agf block 0x1',
				'SQUASHFS error: xz decompression failed, data probably corrupt',
			],
			misses: [
				'BTRFS info (device sda2): using free space tree',
				'XFS (sda1): Mounting V5 Filesystem',
				'XFS (sda1): Ending clean mount',
				'squashfs: version 4.0 (2009/01/31) Phillip Lougher',
			],
		},
	},
];
