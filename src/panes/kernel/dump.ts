/** Which lines belong together: a stack, a register dump, an OOM report is one event and not fifty. */
import type {Line} from './line.ts';

type Until = {readonly opens: RegExp; readonly until: RegExp};

/** Reports with an end of their own. */
const BRACKETS: readonly Until[] = [
	{opens: /-+\[ cut here \]-+/, until: /---\[ end (?:trace|Kernel panic)/},
	{opens: /\binvoked oom-killer:/, until: /[Oo]ut of memory: Kill(?:ed)? process \d+/},
	{opens: /sdhci: =+ SDHCI REGISTER DUMP/, until: /sdhci: =+\s*$/},
];

/** First lines of reports without an end: they go on as long as lines look like one. */
const HEADS =
	/\bINFO: task .+ blocked (?:in I\/O wait )?for more than|\bBUG: |\bkernel BUG at |\bInternal error: |\bOops: |\bUnable to handle kernel|\bgeneral protection fault|detected (?:expedited )?stalls|self-detected stall|\bKernel panic - not syncing|\bWARNING: CPU: |^\s*Call [Tt]race:|^task:\S+\s+state:/;

/** Stacks, registers, and what stands between them, of x86 and arm (show_regs, dump_stack, sched_show_task). */
const GOES_ON =
	/^\s|^(?:CPU: \d+|Hardware name:|Modules linked in:|Workqueue:|Call [Tt]race:|Backtrace:|Code:|Stack:|Tainted:|RIP:|[RE]?(?:SP|BP|AX|BX|CX|DX|SI|DI|R\d\d?)\b|R\d\d?:|CR\d:|DR\d:|FS:|GS:|CS:|EFLAGS:|PGD |PKRU:|pc :|lr :|sp :|x\d+ ?:|pstate:|[pP][cC] is at|LR is at|psr:|r\d+ ?:|Flags:|Control:|Register |Process |Exception stack|Mem abort info|Data abort info|user pgtable|swapper pgtable|note: |task:|"echo 0 > |\(|NMI backtrace|rcu: |Sending NMI|Kernel Offset|---\[ end|\[<[0-9a-f]{8,16}>\]|\S+\+0x[0-9a-f]+\/0x[0-9a-f]+|#PF: |Oops: |Internal error: |kernel BUG at |CFI failure|invalid opcode|Fixing recursive|ESR = |ISV = |CM = |FSC = |EC = |SET = |EA = |[0-9a-f]{4}: |<\/?(?:TASK|IRQ|NMI)>)/;

/** A report is written in one go: a longer silence ends it whatever it lacks. */
const SILENCE_US = 2_000_000;
const LONGEST = 600;

export type Item = {
	readonly head: Line;
	/** Lines behind the head; empty for a plain line. */
	readonly body: readonly Line[];
};

const silent = (before: Line, line: Line): boolean =>
	before.boot !== line.boot ||
	(before.kernelUs !== null && line.kernelUs !== null && line.kernelUs - before.kernelUs > SILENCE_US);

/** What came just before a register dump is why it was made: `mmc0: Timeout waiting for hardware interrupt.` */
const explains = (before: Item | undefined, line: Line): boolean =>
	before !== undefined &&
	before.body.length === 0 &&
	!silent(before.head, line) &&
	/SDHCI REGISTER DUMP/.test(line.text) &&
	/^mmc\d+: /.test(before.head.text);

type Open = {readonly head: Line; readonly body: Line[]; readonly until: RegExp | null};

/** Folds lines of one log, in order, into items. */
export function fold(lines: Iterable<Line>): readonly Item[] {
	const items: Item[] = [];
	const begin = (line: Line): Open | null => {
		const until = BRACKETS.find(({opens}) => opens.test(line.text))?.until ?? null;
		if (until === null && !HEADS.test(line.text)) {
			items.push({head: line, body: []});
			return null;
		}
		const before = items.at(-1);
		if (before === undefined || !explains(before, line)) return {head: line, body: [], until};
		items.pop();
		return {head: before.head, body: [line], until};
	};
	let open: Open | null = null;
	let previous: Line | null = null;
	for (const line of lines) {
		const goesOn =
			open !== null &&
			previous !== null &&
			!silent(previous, line) &&
			open.body.length < LONGEST &&
			(open.until !== null || GOES_ON.test(line.text));
		previous = line;
		if (open === null || !goesOn) {
			if (open !== null) items.push(open);
			open = begin(line);
			continue;
		}
		open.body.push(line);
		if (open.until?.test(line.text) === true) {
			items.push(open);
			open = null;
		}
	}
	if (open !== null) items.push(open);
	return items;
}
