/**
 * Which recordings are older or larger than the configuration keeps. They go at the end of a session, and only those that
 * were told at its start. What may be evidence of something unfinished stays: a file that a living process has open or
 * that was written to in the last days, whether it has an end or not; a file that its owner made read-only (`chmod a-w`,
 * the mark of what is to be kept); anything that is no recording, no plain file, or not in the folder of recordings.
 */
import {lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, unlinkSync} from 'node:fs';
import {sep} from 'node:path';
import {isFailure} from '../domain/channel.ts';
import {clean, count, bytes as sized} from '../domain/text.ts';
import {span} from '../domain/time.ts';
import {endsOf} from '../session/recording/ends.ts';
import type {Keeping} from './config/shape.ts';
import {beganAt, type Kept, kept, stateFolder} from './place.ts';
import type {Said} from './said.ts';

/** A recording that is overdue. `why` says what for, `stays` why it does not go all the same. */
export type Overdue = Kept & {
	readonly why: 'old' | 'large';
	readonly stays: string | null;
	/** When it was written to last, epoch ms. */
	readonly writtenAt: number;
};

const DAY_MS = 86_400_000;
/** A live file is written to every second; one that was not for so long belongs to nobody, or to a machine that sleeps. */
const QUIET_MS = 7 * DAY_MS;

/** Files that processes have open, as far as this user may know; null where the system does not say. */
function openFiles(): ReadonlySet<string> | null {
	const found = new Set<string>();
	try {
		for (const pid of readdirSync('/proc')) {
			if (!/^\d+$/.test(pid)) continue;
			try {
				for (const descriptor of readdirSync(`/proc/${pid}/fd`))
					try {
						found.add(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
					} catch {
						// Closed in between.
					}
			} catch {
				// Somebody else's process, or one that has just ended.
			}
		}
		return found;
	} catch {
		return null;
	}
}

/** Why a file stays whatever its age is; null where it may go. */
function staysFor(
	file: string,
	root: string,
	stat: Stats,
	now: number,
	open: () => ReadonlySet<string> | null,
): string | null {
	if (!stat.isFile()) return 'it is no plain file';
	if ((stat.mode & 0o222) === 0) return 'kept: it is read-only';
	const real = realpathSync(file);
	if (!real.startsWith(realpathSync(root) + sep)) return 'it is somewhere else';
	const ends = endsOf(file);
	if (isFailure(ends) || ends.header === null) return 'it is no recording that can be read';
	if (ends.closed) return null;
	if (now - stat.mtimeMs < QUIET_MS) return `it is not closed, and was written to ${span(now - stat.mtimeMs)} ago`;
	const files = open();
	if (files === null) return 'it is not closed, and this system does not say who has it open';
	return files.has(real) ? 'a process has it open' : null;
}

const statOf = (file: string): Stats | undefined => lstatSync(file, {throwIfNoEntry: false});

/** The recordings that are overdue, the oldest first. */
export function overdue({days, megabytes}: Keeping, now: number, root: string = stateFolder()): readonly Overdue[] {
	if (days === null && megabytes === null) return [];
	let processes: ReadonlySet<string> | null | undefined;
	const open = (): ReadonlySet<string> | null => {
		processes ??= openFiles();
		return processes;
	};
	const all = kept(root)
		.flatMap(one => {
			const stat = statOf(one.file);
			// A copy is younger than its name says, a file with a wrong clock older: the later one counts.
			return stat === undefined ? [] : [{one, stat, writtenAt: Math.max(stat.mtimeMs, beganAt(one.name) ?? 0)}];
		})
		.toSorted((a, b) => a.writtenAt - b.writtenAt);
	const staying = new Map<string, string | null>();
	const stays = ({one, stat}: (typeof all)[number]): string | null => {
		const known = staying.get(one.file);
		const why = known === undefined ? staysFor(one.file, root, stat, now, open) : known;
		staying.set(one.file, why);
		return why;
	};
	let left = all.reduce((sum, {one}) => sum + one.bytes, 0);
	const most = (megabytes ?? Number.POSITIVE_INFINITY) * 1e6;
	// What stays whatever happens takes no room from the others: they would all go for it.
	if (left > most) left -= all.reduce((sum, it) => sum + (stays(it) === null ? 0 : it.one.bytes), 0);
	const found: Overdue[] = [];
	for (const it of all) {
		const {one, writtenAt} = it;
		const old = days !== null && now - writtenAt > days * DAY_MS;
		if (!old && (left <= most || stays(it) !== null)) continue;
		if (stays(it) === null) left -= one.bytes;
		found.push({...one, why: old ? 'old' : 'large', stays: stays(it), writtenAt});
	}
	return found;
}

/** "3 recordings older than 90 days and 1 beyond 2000 MB (41 MB)"; null for none. */
function wordsOf(list: readonly Pick<Overdue, 'why' | 'bytes'>[], {days, megabytes}: Keeping): string | null {
	const old = list.filter(({why}) => why === 'old').length;
	const large = list.length - old;
	const size = sized(list.reduce((sum, {bytes}) => sum + bytes, 0));
	const limits = [`older than ${count(days ?? 0, 'day')}`, `beyond ${megabytes} MB in all`];
	if (list.length === 0) return null;
	if (large === 0 || old === 0) return `${count(list.length, 'recording')} ${limits[old === 0 ? 1 : 0]} (${size})`;
	return `${count(old, 'recording')} ${limits[0]} and ${large} ${limits[1]} (${size})`;
}

/** What goes when a session ends. */
export type Farewell = {
	/** One line for its start; null where nothing goes. */
	readonly sentence: string | null;
	/** Removes what was told, and says so; null where nothing went. */
	readonly carryOut: () => string | null;
};

/** Looks what is to go; nothing is removed before it is carried out. */
export function farewell(keep: Keeping, now: number, root: string = stateFolder()): Farewell {
	const told = overdue(keep, now, root).filter(({stays}) => stays === null);
	const words = wordsOf(told, keep);
	return {
		sentence:
			words === null
				? null
				: `${words} ${told.length === 1 ? 'goes' : 'go'} at the end of this session; devtop ls --keep lists ${told.length === 1 ? 'it' : 'them'}.`,
		carryOut: () => {
			const gone = told.filter(one => remove(one, root));
			const removed = wordsOf(gone, keep);
			return removed === null ? null : `Removed ${removed}.`;
		},
	};
}

/** Removes one that was told, if it is still what it was. */
function remove({file, bytes, writtenAt}: Overdue, root: string): boolean {
	try {
		const stat = statOf(file);
		if (stat === undefined || stat.size !== bytes || stat.mtimeMs > writtenAt) return false;
		if (staysFor(file, root, stat, Date.now(), openFiles) !== null) return false;
		unlinkSync(file);
		return true;
	} catch {
		// It went by another session's hand, or may not be removed: it is told again next time.
		return false;
	}
}

/** `devtop ls --keep`: what would go, and what stays though it is overdue. */
export function listOverdue(keep: Keeping, json: boolean, now: number, root: string = stateFolder()): Said {
	const list = overdue(keep, now, root);
	if (json) {
		const all = list.map(({file, bytes, why, stays}) => ({file, bytes, why, goes: stays === null, stays}));
		return {text: `${JSON.stringify(all)}\n`, code: 0};
	}
	if (keep.days === null && keep.megabytes === null)
		return {text: 'All recordings are kept: "keep" in the configuration says for how long (devtop config).\n', code: 0};
	const goes = list.filter(({stays}) => stays === null);
	const rows = list.map(({file, bytes, why, stays}) =>
		[
			stays === null ? 'goes ' : 'stays',
			(why === 'old' ? `older than ${count(keep.days ?? 0, 'day')}` : `beyond ${keep.megabytes} MB`).padEnd(20),
			sized(bytes).padStart(7),
			`${clean(file)}${stays === null ? '' : ` (${stays})`}`,
		].join('  '),
	);
	const words = wordsOf(goes, keep);
	const end =
		words === null
			? 'Nothing goes.'
			: `${words} ${goes.length === 1 ? 'goes' : 'go'} at the end of the next session with a device. chmod a-w keeps a file.`;
	return {text: `${[...rows, end].join('\n')}\n`, code: 0};
}
