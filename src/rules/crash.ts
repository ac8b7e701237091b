/** The kernel itself. Strings as in panic.c, traps.c, watchdog.c, rcu/tree_stall.h, hung_task.c, workqueue.c. */
import type {Rule} from '../domain/rule.ts';
import {AN_HOUR, TEN_MINUTES} from './lasts.ts';

export const crash: readonly Rule[] = [
	{
		id: 'panic',
		title: 'kernel panic',
		weight: 'error',
		from: 'kernel',
		match: /\bKernel panic - not syncing: (?<detail>.{1,120})/,
		lasts: 'boot',
		means: 'The kernel gave up; the board restarts by itself after a few seconds, if it can.',
		look: 'The lines before it, and whether the same comes back after the restart; keep them, a volatile journal does not.',
		samples: {
			hits: [
				'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
				'---[ end Kernel panic - not syncing: Fatal exception in interrupt ]---',
			],
			misses: ['Kernel command line: panic=5 console=ttyS0 root=/dev/vda', 'Run /init as init process'],
		},
	},
	{
		id: 'oops',
		title: 'kernel crash',
		weight: 'error',
		from: 'kernel',
		match:
			/\b(?<detail>Internal error: [^[]{1,80}|Unable to handle kernel [^[]{1,80}|Oops: [0-9a-f]{4,8}|BUG: (?!soft lockup|workqueue lockup).{1,80}|kernel BUG at .{1,80}|general protection fault(?:: [0-9a-f]{4}|, probably for [^:]{1,60}))/,
		lasts: 'boot',
		means: 'A driver or the memory failed inside the kernel. What it hit is gone or hangs until the next start.',
		look: 'The first such report of the boot (later ones follow from it): its "Modules linked in" and top of the call trace.',
		samples: {
			hits: [
				'Internal error: Oops: 96000004 [#1] SMP',
				'Internal error: Oops - undefined instruction: 0 [#1] ARM',
				'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010',
				'BUG: kernel NULL pointer dereference, address: 0000000000000008',
				'BUG: Bad page state in process kworker/u8:2  pfn:2a0c1',
				'kernel BUG at fs/ext4/inode.c:2701!',
				'general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1] SMP PTI',
				'Oops: 0002 [#1] PREEMPT SMP NOPTI',
			],
			misses: [
				'DEBUG: nothing here',
				'traps: node[1234] general protection fault ip:7f00 sp:7ffd error:0 in libc.so[7f00+1000]',
				'node[1234]: segfault at 0 ip 00007f sp 00007f error 4 in node[400000+1000]',
				'XFS (sda1): Internal error xfs_trans_cancel at line 1008',
				'sysrq: Show Blocked State',
			],
		},
	},
	{
		id: 'lockup',
		title: 'processor stuck',
		weight: 'error',
		from: 'kernel',
		match:
			/\bsoft lockup - (?<detail>CPU#\d+ stuck for \d+s!.{0,60})|\bhard LOCKUP on cpu \d|\bBUG: workqueue lockup - pool/i,
		lasts: TEN_MINUTES,
		means: 'A processor did nothing else for many seconds: a driver that spins, storage that hangs, or overload.',
		look: 'The process in brackets and the top of its call trace; load, and mmc or I/O errors near it.',
		samples: {
			hits: [
				'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:812]',
				'BUG: soft lockup - CPU#0 stuck for 23s! [node:1234]',
				'Watchdog detected hard LOCKUP on cpu 3',
				'BUG: workqueue lockup - pool cpus=0-1 flags=0x4 nice=0 stuck for 2530s!',
			],
			misses: [
				'watchdog: Delayed init of the lockup detector failed: -19',
				'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.',
			],
		},
	},
	{
		id: 'rcu-stall',
		title: 'RCU stall',
		weight: 'warning',
		from: 'kernel',
		match:
			/\brcu_\w{1,24} (?<detail>self-detected stall on CPU|detected (?:expedited )?stalls|kthread starved for \d+)/,
		lasts: TEN_MINUTES,
		means: 'A processor was not let go for 21 s: overload, a spinning driver, or a paused virtual machine.',
		look: 'Load and temperature at that time, and the task dump that follows.',
		samples: {
			hits: [
				'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:',
				'rcu: INFO: rcu_preempt self-detected stall on CPU',
				'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 2-... }',
				'INFO: rcu_preempt detected stalls on CPUs/tasks: { 0} (detected by 1, t=2102 jiffies, g=50012, c=50011, q=6543)',
				'rcu: rcu_sched kthread starved for 254300 jiffies! g8370033 f0x2 RCU_GP_WAIT_FQS(5) ->state=0x0',
			],
			misses: [
				'rcu: Hierarchical RCU implementation.',
				'rcu: srcu_init: Setting srcu_struct sizes based on contention.',
			],
		},
	},
	{
		id: 'hung-task',
		title: 'hung task',
		weight: 'error',
		from: 'kernel',
		match: /\bINFO: task (?<subject>.{1,40}?):\d+ blocked (?:in I\/O wait )?for more than (?<detail>\d+ seconds)/,
		// The kernel says so ten times a boot at most.
		lasts: AN_HOUR,
		means: 'A task waits without end, as a rule for dead or very slow storage. Silence afterwards is no recovery.',
		look: 'mmc and I/O errors near it; processes in state D in the process list, and what they wait for in the call trace.',
		samples: {
			hits: [
				'INFO: task balenad:1675 blocked for more than 120 seconds.',
				'INFO: task jbd2/mmcblk0p6-:312 blocked for more than 241 seconds.',
				'INFO: task kworker/0:0:9 blocked for more than 120 seconds.',
			],
			misses: [
				'"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
				'task:tail state:D',
				'Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings',
			],
		},
	},
	{
		id: 'irq-off',
		title: 'interrupt switched off',
		weight: 'error',
		from: 'kernel',
		match: /\birq (?<subject>\d+): nobody cared/,
		lasts: 'boot',
		means:
			'An interrupt that no driver answered came so often that the kernel switched it off: what hangs on it stands still.',
		look: 'The handlers named below it (mmc, USB, network), and their errors that follow; cat /proc/interrupts.',
		samples: {
			hits: ['irq 35: nobody cared (try booting with the "irqpoll" option)', 'irq 16: nobody cared'],
			misses: ['Disabling IRQ #35', 'genirq: Flags mismatch irq 35. 00000080 (mmc0) vs. 00000000 (mmc1)'],
		},
	},
	{
		id: 'kernel-warning',
		title: 'kernel warning',
		weight: 'warning',
		from: 'kernel',
		match: /\bWARNING: (?:CPU: \d+ PID: \d+ at )?(?<detail>[\w./-]{1,120}\.[chS]:\d+)/,
		lasts: TEN_MINUTES,
		means: 'The kernel met what its authors thought impossible and went on; often a driver, often harmless.',
		look: 'The file it names (the driver) and the line just before; whether the device behind it still works.',
		samples: {
			hits: [
				'WARNING: CPU: 1 PID: 812 at net/sched/sch_generic.c:467 dev_watchdog+0x2f0/0x2f8',
				'WARNING: CPU: 0 PID: 7 at /kernel-source//net/sched/sch_generic.c:316 dev_watchdog+0x22c/0x244',
				'WARNING: net/sched/sch_generic.c:525 at dev_watchdog+0x244/0x24c, CPU#2: swapper/2/0',
			],
			misses: ['------------[ cut here ]------------', 'WARNING! power/level is deprecated; use power/control instead'],
		},
	},
];
