/**
 * Kernel trouble: [milliseconds after the first, priority, text]. Texts are the kernel's own format strings; the report
 * of the OOM killer is a captured one (a memory cgroup's), with the names of this device.
 */
export type KernelLine = readonly [afterMs: number, priority: number, message: string];

export const UNDER_VOLTAGE: readonly KernelLine[] = [
	[0, 2, 'hwmon hwmon1: Undervoltage detected!'],
	[6120, 6, 'hwmon hwmon1: Voltage normalised'],
];

export const CARD: readonly KernelLine[] = [
	[0, 3, 'mmc0: Timeout waiting for hardware interrupt.'],
	[0, 3, 'mmc0: sdhci: ============ SDHCI REGISTER DUMP ==========='],
	[0, 3, 'mmc0: sdhci: Sys addr:  0x00000008 | Version:  0x00001002'],
	[0, 3, 'mmc0: sdhci: Blk size:  0x00007200 | Blk cnt:  0x00000000'],
	[0, 3, 'mmc0: sdhci: Argument:  0x0035a1c0 | Trn mode: 0x0000003b'],
	[0, 3, 'mmc0: sdhci: Present:   0x1fff0000 | Host ctl: 0x00000017'],
	[0, 3, 'mmc0: sdhci: Power:     0x0000000f | Blk gap:  0x00000080'],
	[0, 3, 'mmc0: sdhci: Wake-up:   0x00000000 | Clock:    0x00000407'],
	[0, 3, 'mmc0: sdhci: Timeout:   0x0000000e | Int stat: 0x00000000'],
	[0, 3, 'mmc0: sdhci: Int enab:  0x03ff100b | Sig enab: 0x03ff100b'],
	[0, 3, 'mmc0: sdhci: ACmd stat: 0x00000000 | Slot int: 0x00000000'],
	[0, 3, 'mmc0: sdhci: Caps:      0x45ee6432 | Caps_1:   0x0000a525'],
	[0, 3, 'mmc0: sdhci: Cmd:       0x0000193a | Max curr: 0x00080008'],
	[0, 3, 'mmc0: sdhci: ============================================'],
	[1400, 3, 'mmc0: card never left busy state'],
	[1410, 3, 'mmc0: error -110 whilst initialising SD card'],
	[1600, 3, 'I/O error, dev mmcblk0, sector 3481600 op 0x1:(WRITE) flags 0x800 phys_seg 4 prio class 2'],
	[1602, 3, 'Buffer I/O error on dev mmcblk0p6, logical block 21504, lost async page write'],
	[1900, 3, 'I/O error, dev mmcblk0, sector 3481608 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 2'],
	[
		2500,
		2,
		'EXT4-fs error (device mmcblk0p6): ext4_lookup:1785: inode #262145: comm node: deleted inode referenced: 262211',
	],
];

export const OUT_OF_MEMORY: readonly KernelLine[] = [
	[0, 4, 'node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'],
	[1, 4, 'CPU: 2 PID: 1664 Comm: node Not tainted 5.15.92-v8 #1'],
	[1, 4, 'Hardware name: Raspberry Pi 4 Model B Rev 1.4 (DT)'],
	[1, 4, 'Call trace:'],
	[2, 4, ' dump_backtrace+0x0/0x1b0'],
	[2, 4, ' show_stack+0x20/0x30'],
	[2, 4, ' dump_stack_lvl+0x44/0x5c'],
	[2, 4, ' dump_header+0x4c/0x22b'],
	[2, 4, ' oom_kill_process+0x1f0/0x1f4'],
	[2, 4, ' out_of_memory+0x1fd/0x4c0'],
	[2, 4, ' mem_cgroup_out_of_memory+0x134/0x150'],
	[2, 4, ' try_charge_memcg+0x696/0x780'],
	[2, 4, ' charge_memcg+0x39/0xf0'],
	[2, 4, ' __mem_cgroup_charge+0x28/0x80'],
	[2, 4, ' __handle_mm_fault+0x95c/0xfa0'],
	[2, 4, ' handle_mm_fault+0xdb/0x2d0'],
	[3, 6, 'memory: usage 131072kB, limit 131072kB, failcnt 135'],
	[3, 6, 'swap: usage 0kB, limit 9007199254740988kB, failcnt 0'],
	[3, 6, 'Memory cgroup stats for /docker/backend:'],
	[
		3,
		6,
		'anon 131104768\nfile 0\nkernel 413696\nkernel_stack 32768\npagetables 184320\nsec_pagetables 0\npercpu 0\nsock 0\ninactive_anon 131092480\nactive_anon 12288\ninactive_file 0\nactive_file 0\nslab 68680\npgfault 10365\npgmajfault 1',
	],
	[4, 6, 'Tasks state (memory values in pages):'],
	[4, 6, '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name'],
	[4, 6, '[   1661]     0  1661      646      229    40960        0             0 sh'],
	[4, 6, '[   1664]     0  1664   241766    32012   126976        0             0 node'],
	[
		5,
		6,
		'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=backend,mems_allowed=0,oom_memcg=/docker/backend,task_memcg=/docker/backend,task=node,pid=1664,uid=0',
	],
	[
		6,
		3,
		'Memory cgroup out of memory: Killed process 1664 (node) total-vm:967064kB, anon-rss:128048kB, file-rss:1540kB, shmem-rss:0kB, UID:0 pgtables:124kB oom_score_adj:0',
	],
];

export const USB: readonly KernelLine[] = [
	[0, 6, 'usb 1-1.2: USB disconnect, device number 3'],
	[4, 6, 'cp210x ttyUSB0: cp210x converter now disconnected from ttyUSB0'],
	[620, 6, 'usb 1-1.2: new full-speed USB device number 4 using xhci_hcd'],
	[760, 3, 'usb 1-1.2: device descriptor read/64, error -71'],
	[1080, 3, 'usb 1-1.2: device descriptor read/64, error -71'],
	[1900, 3, 'usb 1-1.2: device not accepting address 4, error -71'],
	[2600, 3, 'usb 1-1-port2: unable to enumerate USB device'],
	[4200, 6, 'usb 1-1.2: new full-speed USB device number 5 using xhci_hcd'],
	[4330, 6, 'usb 1-1.2: New USB device found, idVendor=10c4, idProduct=ea60, bcdDevice= 1.00'],
	[4410, 6, 'usb 1-1.2: cp210x converter now attached to ttyUSB0'],
];
