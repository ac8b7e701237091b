/** The journal record: what panes read of an entry. Names follow the export format. */
import {type Entry, lenient, textOf} from './entry.ts';
import {clean, shorten} from './text.ts';

/** 0 emerg … 7 debug, as syslog(3). */
export type Priority = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

export type JournalRecord = {
	/** Private to journald; compared for equality only. */
	readonly cursor: string;
	readonly boot: string;
	readonly realtimeUs: number;
	readonly monotonicUs: number;
	/** As the sender said. Container lines have only 6 (stdout) and 3 (stderr). */
	readonly priority: Priority | null;
	/** What it amounts to: from the supervisor's `[level]` or the engine's `level=` where the text has one, else the priority. */
	readonly severity: Priority;
	readonly identifier: string;
	/** Every unit that `journalctl -u` would take it for: the sender's, and the one it is about. */
	readonly units: readonly string[];
	/** The unit that PID 1 speaks about (UNIT=), if it does. */
	readonly about: string | null;
	readonly pid: number | null;
	readonly transport: string;
	readonly messageId: string | null;
	readonly containerId: string | null;
	readonly containerName: string | null;
	/** Safe for the screen; at most LONGEST units long. */
	readonly message: string;
	/** How many bytes the message had. */
	readonly messageBytes: number;
	/** Seconds since boot for kernel lines (_SOURCE_MONOTONIC_TIMESTAMP), in µs. */
	readonly kernelUs: number | null;
	/** PID 1's job, where it speaks of one. */
	readonly jobId: number | null;
	readonly jobType: string | null;
	readonly jobResult: string | null;
	/** N_DROPPED of journald's "Suppressed" line. */
	readonly dropped: number | null;
	/** Ids of the rules that matched. */
	readonly tags: readonly string[];
	/** A line of our own between the device's: where the journal was not followed, and from where it is again. */
	readonly own?: 'good' | 'warning';
};

/** Longer messages are cut on the screen; the recording has them whole. */
export const LONGEST = 4096;

/** The fields that followers ask for; `__CURSOR`, the timestamps and `_BOOT_ID` come anyway. */
export const FIELDS = [
	'MESSAGE',
	'MESSAGE_ID',
	'PRIORITY',
	'SYSLOG_IDENTIFIER',
	'_SYSTEMD_UNIT',
	'UNIT',
	'OBJECT_SYSTEMD_UNIT',
	'COREDUMP_UNIT',
	'_PID',
	'_COMM',
	'_TRANSPORT',
	'_SYSTEMD_INVOCATION_ID',
	'INVOCATION_ID',
	'JOB_ID',
	'JOB_TYPE',
	'JOB_RESULT',
	'EXIT_CODE',
	'EXIT_STATUS',
	'N_DROPPED',
	'_SOURCE_MONOTONIC_TIMESTAMP',
	'CONTAINER_NAME',
	'CONTAINER_ID',
	'CONTAINER_PARTIAL_ID',
	'CONTAINER_PARTIAL_ORDINAL',
	'CONTAINER_PARTIAL_LAST',
] as const;

/** journald's catalogue id of "Suppressed N messages". */
export const SUPPRESSED = 'a596d6fe7bfa4994828e72309e95d61e';

/**
 * Does a field name a unit as `journalctl -u` takes it? Anyone may write fields without an underscore: only PID 1 is
 * believed about UNIT, only root about the others (logs-show.c, add_matches_for_unit).
 */
function saysUnit(entry: Entry, name: string): boolean {
	switch (name) {
		case '_SYSTEMD_UNIT':
			return true;
		case 'UNIT':
			return textOf(entry, '_PID') === '1';
		case 'OBJECT_SYSTEMD_UNIT':
		case 'COREDUMP_UNIT':
			return (textOf(entry, '_UID') ?? '0') === '0';
		default:
			return false;
	}
}

function number(text: string | undefined): number | null {
	if (text === undefined || !/^\d+$/.test(text)) return null;
	const value = Number(text);
	return Number.isSafeInteger(value) ? value : null;
}

const isPriority = (value: number | null): value is Priority => value !== null && value <= 7;

/** The supervisor's words (winston levels, padded, coloured before cleaning). */
const SUPERVISOR_LEVELS: ReadonlyMap<string, Priority> = new Map([
	['error', 3],
	['warn', 4],
	['success', 6],
	['event', 6],
	['api', 7],
	['info', 6],
	['debug', 7],
]);
const ENGINE_LEVELS: ReadonlyMap<string, Priority> = new Map([
	['panic', 2],
	['fatal', 2],
	['error', 3],
	['warning', 4],
	['info', 6],
	['debug', 7],
	['trace', 7],
]);

/** What a line amounts to, from its text before its priority. */
export function severityOf(message: string, priority: Priority | null): Priority {
	const supervisor = /^\[(error|warn|success|event|api|info|debug)\s*\]/.exec(message);
	if (supervisor?.[1] !== undefined) return SUPERVISOR_LEVELS.get(supervisor[1]) ?? 6;
	const engine = /^time="[^"]*" level=([a-z]+)/.exec(message);
	if (engine?.[1] !== undefined) return ENGINE_LEVELS.get(engine[1]) ?? priority ?? 6;
	return priority ?? 6;
}

/**
 * Reads an export entry. Fields may be missing, binary or repeated (journalctl(1), JOURNAL_EXPORT_FORMATS): the first
 * MESSAGE is shown, further ones behind it.
 *
 * @throws {Error} where there is no cursor or no timestamp: then it is no journal entry, and the caller counts it.
 */
export function toRecord(entry: Entry): JournalRecord {
	const cursor = textOf(entry, '__CURSOR')?.slice(0, 1000);
	const realtimeUs = number(textOf(entry, '__REALTIME_TIMESTAMP'));
	const monotonicUs = number(textOf(entry, '__MONOTONIC_TIMESTAMP'));
	if (cursor === undefined || realtimeUs === null || monotonicUs === null) throw new Error('an entry without a cursor');
	const given = number(textOf(entry, 'PRIORITY'));
	const priority = isPriority(given) ? given : null;
	let messageBytes = 0;
	const messages: string[] = [];
	const units: string[] = [];
	for (const [name, value] of entry) {
		if (name === 'MESSAGE') {
			messageBytes += value.length;
			messages.push(typeof value === 'string' ? value : lenient(value));
		} else if (typeof value === 'string' && !units.includes(value) && saysUnit(entry, name)) units.push(clean(value));
	}
	const message = shorten(clean(shorten(messages.join('\n'), 4 * LONGEST)), LONGEST);
	const short = (name: string): string | null => {
		const text = textOf(entry, name);
		return text === undefined ? null : shorten(clean(text), 256);
	};
	return {
		cursor,
		boot: (textOf(entry, '_BOOT_ID') ?? '').slice(0, 64),
		realtimeUs,
		monotonicUs,
		priority,
		severity: severityOf(message, priority),
		identifier: short('SYSLOG_IDENTIFIER') ?? short('_COMM') ?? '',
		units,
		about: saysUnit(entry, 'UNIT') ? short('UNIT') : null,
		pid: number(textOf(entry, '_PID')),
		transport: short('_TRANSPORT') ?? '',
		messageId: short('MESSAGE_ID'),
		containerId: short('CONTAINER_ID'),
		containerName: short('CONTAINER_NAME'),
		message: messages.length === 0 ? '(an entry without a message)' : message,
		messageBytes,
		kernelUs: number(textOf(entry, '_SOURCE_MONOTONIC_TIMESTAMP')),
		jobId: number(short('JOB_ID') ?? undefined),
		jobType: short('JOB_TYPE'),
		jobResult: short('JOB_RESULT'),
		// Only journald's own lines come by this transport; fields without an underscore are anyone's.
		dropped: textOf(entry, '_TRANSPORT') === 'driver' ? number(textOf(entry, 'N_DROPPED')) : null,
		tags: [],
	};
}

/**
 * When it was, device clock, epoch ms. The journal's time of a kernel line of the boot is when journald came up, seconds
 * later; the kernel's own clock says when it was, so the wall clock is moved back by the difference.
 */
export function wallMs({
	realtimeUs,
	monotonicUs,
	kernelUs,
}: Pick<JournalRecord, 'realtimeUs' | 'monotonicUs' | 'kernelUs'>): number {
	return Math.floor((kernelUs === null ? realtimeUs : realtimeUs - (monotonicUs - kernelUs)) / 1000);
}

/** The same entry in another file: a flush to disk renumbers cursors (facts: journal-follow 3.8, 5). */
export const sameEntry = (
	a: Pick<JournalRecord, 'cursor' | 'boot' | 'monotonicUs' | 'realtimeUs' | 'message'>,
	b: Pick<JournalRecord, 'cursor' | 'boot' | 'monotonicUs' | 'realtimeUs' | 'message'>,
): boolean =>
	a.cursor === b.cursor ||
	(a.boot === b.boot && a.monotonicUs === b.monotonicUs && a.realtimeUs === b.realtimeUs && a.message === b.message);

/** The sequence number in a cursor (`i=`, hexadecimal), for counting only. */
export function sequenceOf(cursor: string): number | null {
	const found = /(?:^|;)i=([0-9a-f]+)(?:;|$)/.exec(cursor)?.[1];
	return found === undefined ? null : Number.parseInt(found, 16);
}

/** The id of the numbering that it belongs to (`s=`): another file may have another. */
export const sequenceIdOf = (cursor: string): string => /(?:^|;)s=([0-9a-f]+)/.exec(cursor)?.[1] ?? '';

/** A line of our own between the device's. It has no cursor: nothing can be asked of it, nothing goes on from it. */
export const ownLine = (atMs: number, tone: 'good' | 'warning', message: string): JournalRecord => ({
	cursor: '',
	boot: '',
	realtimeUs: atMs * 1000,
	monotonicUs: 0,
	priority: null,
	severity: tone === 'good' ? 6 : 4,
	identifier: '',
	units: [],
	about: null,
	pid: null,
	transport: '',
	messageId: null,
	containerId: null,
	containerName: null,
	message,
	messageBytes: 0,
	kernelUs: null,
	jobId: null,
	jobType: null,
	jobResult: null,
	dropped: null,
	tags: [],
	own: tone,
});
