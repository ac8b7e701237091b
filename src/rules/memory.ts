/** Memory, tasks that hang, crashes. Strings as in mm/oom_kill.c, hung_task.c, watchdog.c, panic.c. */
import type {Rule} from '../domain/rule.ts';

export const memory: readonly Rule[] = [
	{
		id: 'oom',
		title: 'out of memory',
		weight: 'error',
		match: /\binvoked oom-killer:|[Oo]ut of memory: Kill(?:ed)? process \d+|\boom_reaper: reaped process/,
		means:
			'A process was killed for want of memory. With "Memory cgroup" it is the limit of a container or unit, else of the whole device.',
		samples: {
			hits: [
				'tail invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
				'Out of memory: Killed process 1664 (node) total-vm:43064kB, anon-rss:40108kB',
				'Memory cgroup out of memory: Killed process 1664 (tail) total-vm:43064kB, anon-rss:40108kB',
				'Out of memory: Kill process 812 (node) score 912 or sacrifice child',
			],
			misses: [
				'Memory: 961804K/1048044K available (14336K kernel code, 2314K rwdata)',
				'Freeing unused kernel image (initmem) memory: 2696K',
				'systemd[1]: Listening on systemd-oomd.socket - Userspace Out-Of-Memory (OOM) Killer Socket.',
			],
		},
	},
	{
		id: 'hung-task',
		title: 'hung task',
		weight: 'error',
		match: /\bINFO: task .+ blocked (?:in I\/O wait )?for more than \d+ seconds/,
		means: 'A task waits without end, as a rule for dead storage. The kernel says so only a few times per boot.',
		samples: {
			hits: [
				'INFO: task balenad:1675 blocked for more than 120 seconds.',
				'INFO: task jbd2/mmcblk0p6-:312 blocked for more than 241 seconds.',
			],
			misses: ['"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.', 'task:tail state:D'],
		},
	},
	{
		id: 'panic',
		title: 'kernel crash',
		weight: 'error',
		match:
			/\bKernel panic - not syncing|\bInternal error: |\bOops: |\bUnable to handle kernel|\bBUG: |\bkernel BUG at |\bgeneral protection fault|\bsoft lockup - CPU|\bhard LOCKUP\b|\brcu:? .*(?:detected (?:expedited )?stalls|self-detected stall)|\bWARNING: CPU: \d+ PID:/,
		means: 'The kernel itself failed: a driver, the memory, or the board. Keep these lines; a reboot may follow.',
		samples: {
			hits: [
				'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
				'Internal error: Oops: 96000004 [#1] SMP',
				'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010',
				'BUG: kernel NULL pointer dereference, address: 0000000000000008',
				'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:812]',
				'BUG: soft lockup - CPU#0 stuck for 23s! [node:1234]',
				'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:',
				'rcu: INFO: rcu_preempt self-detected stall on CPU',
				'WARNING: CPU: 1 PID: 812 at net/sched/sch_generic.c:467 dev_watchdog+0x2f0/0x2f8',
			],
			misses: [
				'Kernel command line: panic=5 console=ttyS0 root=/dev/vda',
				'Run /init as init process',
				'rcu: Hierarchical RCU implementation.',
				'DEBUG: nothing here',
				'sysrq: Show Blocked State',
			],
		},
	},
];
