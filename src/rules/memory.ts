/** Memory. Strings as in mm/oom_kill.c and mm/page_alloc.c. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

export const memory: readonly Rule[] = [
	{
		id: 'oom',
		title: 'out of memory',
		weight: 'error',
		from: 'kernel',
		// The line that names the victim. "X invoked oom-killer" names who asked, not who died, nor whose limit it was.
		match:
			/\bOut of memory(?: \([^)]{1,40}\))?: Kill(?:ed)? process \d+ \((?<subject>.{1,16}?)\)(?:,? .{0,40}?anon-rss:(?<detail>\d+kB)|[ ,]|$)/,
		lasts: TEN_MINUTES,
		means: 'The whole device ran out of memory and the kernel killed a process. The engine is the last it takes.',
		look: 'free, and which container grows (the task list in the same report); whether the victim is the one that leaks.',
		samples: {
			hits: [
				'Out of memory: Killed process 1664 (node) total-vm:43064kB, anon-rss:40108kB',
				'Out of memory: Kill process 812 (node) score 912 or sacrifice child',
				'Out of memory (oom_kill_allocating_task): Killed process 77 (python3) total-vm:1kB, anon-rss:2kB',
			],
			misses: [
				'Memory cgroup out of memory: Killed process 1664 (tail) total-vm:43064kB, anon-rss:40108kB',
				'tail invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
				'Memory: 961804K/1048044K available (14336K kernel code, 2314K rwdata)',
				'Freeing unused kernel image (initmem) memory: 2696K',
				'systemd: Listening on systemd-oomd.socket - Userspace Out-Of-Memory (OOM) Killer Socket.',
				'oom_reaper: reaped process 1664 (node), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
			],
		},
	},
	{
		id: 'oom-container',
		title: 'out of memory, its own limit',
		weight: 'error',
		from: 'kernel',
		match:
			/\bMemory cgroup out of memory: Kill(?:ed)? process \d+ \((?<subject>.{1,16}?)\)(?:,? .{0,40}?anon-rss:(?<detail>\d+kB)|[ ,]|$)/,
		lasts: TEN_MINUTES,
		means: 'A container or unit reached its own memory limit; the rest of the device is well.',
		look: 'oom_memcg= in the same report tells whose limit; mem_limit in the compose file against what it needs.',
		samples: {
			hits: [
				'Memory cgroup out of memory: Killed process 1664 (tail) total-vm:43064kB, anon-rss:40108kB, file-rss:1540kB',
				'Memory cgroup out of memory: Kill process 1664 (node) score 1000 or sacrifice child',
			],
			misses: [
				'Out of memory: Killed process 1664 (node) total-vm:43064kB, anon-rss:40108kB',
				'cgroup: Enabling memory control group subsystem',
				'Memory cgroup stats for /docker/backend:',
			],
		},
	},
	{
		id: 'page-allocation',
		title: 'memory in pieces',
		weight: 'warning',
		from: 'kernel',
		match: /(?:^|\s)(?<subject>[^\s:]{1,16}(?::\S{1,8})?): page allocation failure: order:(?<detail>\d+)/,
		lasts: TEN_MINUTES,
		means: 'The kernel found no contiguous memory for a driver, often network or wifi; packets were lost.',
		look: 'free and /proc/buddyinfo: memory is nearly full, or cut into small pieces.',
		samples: {
			hits: [
				'kworker/0:1H: page allocation failure: order:4, mode:0x14020c0',
				'swapper/0: page allocation failure: order:0, mode:0x480020(GFP_ATOMIC), nodemask=(null)',
			],
			misses: ['Fallback order for Node 0: 0 ', 'DMA: preallocated 128 KiB GFP_KERNEL pool for atomic allocations'],
		},
	},
];
