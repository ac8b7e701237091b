/** `journalctl`, as far as it is asked: its options, what it selects, its errors word for word (systemd 252). */
import {fullUnitName} from '../domain/units/name.ts';
import type {JournalField, Kept} from './export-entry.ts';

export type Query = {
	readonly output: string;
	readonly quiet: boolean;
	readonly fields: ReadonlySet<string> | null;
	/** null is "all". */
	readonly lines: number | null;
	readonly cursor: string | null;
	readonly reverse: boolean;
	readonly follow: boolean;
	readonly sinceUs: number | null;
	readonly matches: (entry: Kept) => boolean;
};

export type Refused = {readonly refused: string};

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const VALUED = [
	['output', 'o'],
	['output-fields', ''],
	['lines', 'n'],
	['cursor', 'c'],
	['boot', 'b'],
	['since', 'S'],
	['unit', 'u'],
	['identifier', 't'],
	['priority', 'p'],
] as const;
const BARE: Record<string, string> = {
	all: 'all',
	a: 'all',
	'no-pager': 'no-pager',
	quiet: 'quiet',
	q: 'quiet',
	reverse: 'reverse',
	r: 'reverse',
	follow: 'follow',
	f: 'follow',
	dmesg: 'dmesg',
	k: 'dmesg',
};
/** Taken alone these have a value of their own; the next word is not theirs. */
const OPTIONAL: Record<string, string> = {boot: '', lines: '10'};

const textOf = (fields: readonly JournalField[], name: string): string | undefined => {
	for (const [key, value] of fields) if (key === name) return typeof value === 'string' ? value : undefined;
	return undefined;
};

/** The words as pairs: name without dashes, value. */
function options(argv: readonly string[]): [string, string][] | Refused {
	const found: [string, string][] = [];
	for (let at = 0; at < argv.length; at++) {
		const word = argv[at] ?? '';
		if (!word.startsWith('-')) {
			found.push(['match', word]);
			continue;
		}
		const [, name = '', value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
		const valued = VALUED.find(([long, short]) => name === long || (short !== '' && name === short))?.[0];
		const bare = BARE[name];
		if (valued !== undefined) {
			if (value !== undefined) found.push([valued, value]);
			else if (OPTIONAL[valued] !== undefined) {
				const next = argv[at + 1];
				const takes = valued === 'lines' && next !== undefined && /^(\d+|all)$/.test(next);
				found.push([valued, takes ? next : (OPTIONAL[valued] ?? '')]);
				if (takes) at++;
			} else {
				const next = argv[++at];
				if (next === undefined) return {refused: `journalctl: option '${word}' requires an argument\n`};
				found.push([valued, next]);
			}
		} else if (bare !== undefined) found.push([bare, '']);
		else
			return {
				refused: word.startsWith('--')
					? `journalctl: unrecognized option '${word}'\n`
					: `journalctl: invalid option -- '${name.charAt(0)}'\n`,
			};
	}
	return found;
}

/** `-15min`, `@SECONDS`, `2026-11-23 17:17:20`: what sources may send. Microseconds, or null. */
function timestamp(text: string, nowMs: number): number | null {
	const relative = /^-(\d+)\s*(s|sec|min|m|h|d)?$/.exec(text);
	if (relative !== null) {
		const unit = {s: 1, sec: 1, min: 60, m: 60, h: 3600, d: 86_400}[relative[2] ?? 's'] ?? 1;
		return (nowMs - Number(relative[1]) * unit * 1000) * 1000;
	}
	const epoch = /^@(\d+(?:\.\d+)?)$/.exec(text);
	if (epoch !== null) return Number(epoch[1]) * 1_000_000;
	const date = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?: UTC|Z)?$/.exec(text);
	return date === null ? null : Date.parse(`${date[1]}T${date[2]}Z`) * 1000;
}

/** As `journalctl -u`: the unit's own lines, PID 1's about it, core dumps of it, and what others say on its behalf. */
function isAbout(fields: readonly JournalField[], unit: string): boolean {
	if (textOf(fields, '_SYSTEMD_UNIT') === unit) return true;
	if (textOf(fields, '_PID') === '1' && textOf(fields, 'UNIT') === unit) return true;
	if (textOf(fields, '_UID') !== '0') return false;
	return textOf(fields, 'COREDUMP_UNIT') === unit || textOf(fields, 'OBJECT_SYSTEMD_UNIT') === unit;
}

function selection(found: readonly [string, string][]): ((entry: Kept) => boolean) | Refused {
	const all = (name: string): string[] => found.filter(([key]) => key === name).map(([, value]) => value);
	const units = all('unit').map(fullUnitName);
	const identifiers = all('identifier');
	// `+` joins selections: an entry is taken that any of them takes.
	const groups: Map<string, string[]>[] = [new Map()];
	for (const match of all('match')) {
		if (match === '+') {
			groups.push(new Map());
			continue;
		}
		const equals = match.indexOf('=');
		if (!/^[A-Z_][A-Z0-9_]*=/.test(match)) return {refused: `Failed to add match '${match}': Invalid argument\n`};
		const name = match.slice(0, equals);
		const group = groups.at(-1);
		group?.set(name, [...(group.get(name) ?? []), match.slice(equals + 1)]);
	}
	const level = all('priority').at(-1);
	let priorities: Set<string> | null = null;
	if (level !== undefined) {
		const [from, to] = level.includes('..') ? level.split('..', 2) : ['0', level];
		const [low, high] = [from, to].map(name =>
			/^[0-7]$/.test(name ?? '') ? Number(name) : LEVELS.indexOf(name ?? ''),
		);
		if (low === undefined || high === undefined || low < 0 || high < 0)
			return {refused: `Unknown log level ${level}\n`};
		priorities = new Set();
		for (let each = Math.min(low, high); each <= Math.max(low, high); each++) priorities.add(String(each));
	}
	const kernelOnly = all('dmesg').length > 0;
	return ({fields, boot}) => {
		if (kernelOnly && textOf(fields, '_TRANSPORT') !== 'kernel') return false;
		if (units.length > 0 && !units.some(unit => isAbout(fields, unit))) return false;
		if (identifiers.length > 0 && !identifiers.includes(textOf(fields, 'SYSLOG_IDENTIFIER') ?? '')) return false;
		if (priorities !== null && !priorities.has(textOf(fields, 'PRIORITY') ?? '')) return false;
		return groups.some(group =>
			[...group].every(([name, values]) => {
				const value = name === '_BOOT_ID' ? boot : textOf(fields, name);
				return value !== undefined && values.includes(value);
			}),
		);
	};
}

const isCursor = (text: string): boolean => /(^|;)[sbt]=[0-9a-f]+/.test(text) && /(^|;)i=[0-9a-f]+|(^|;)t=/.test(text);

export function readQuery(argv: readonly string[], nowMs: number): Query | Refused {
	const found = options(argv);
	if ('refused' in found) return found;
	const last = (name: string): string | undefined => found.findLast(([key]) => key === name)?.[1];
	const output = last('output') ?? 'short';
	if (!['export', 'cat', 'short', 'short-monotonic'].includes(output))
		return {refused: `Unknown output format '${output}'.\n`};
	const follow = last('follow') !== undefined;
	const linesText = last('lines') ?? (follow ? '10' : 'all');
	if (!/^(\d+|all)$/.test(linesText)) return {refused: `Failed to parse lines '${linesText}'\n`};
	const matches = selection(found);
	if ('refused' in matches) return matches;
	const sinceText = last('since');
	const sinceUs = sinceText === undefined ? null : timestamp(sinceText, nowMs);
	if (sinceText !== undefined && sinceUs === null) return {refused: `Failed to parse timestamp: ${sinceText}\n`};
	const cursor = last('cursor') ?? null;
	if (cursor !== null && !isCursor(cursor)) return {refused: 'Failed to seek to cursor: Invalid argument\n'};
	const names = found.filter(([key]) => key === 'output-fields').flatMap(([, value]) => value.split(','));
	return {
		output,
		quiet: last('quiet') !== undefined,
		fields: names.length === 0 ? null : new Set(names),
		lines: linesText === 'all' ? null : Number(linesText),
		cursor,
		reverse: last('reverse') !== undefined,
		follow,
		sinceUs,
		matches,
	};
}

/** Where a cursor stands; one of another file is found by its time, as journald does. */
function placeOf(entries: readonly Kept[], cursor: string): number {
	const exact = entries.findIndex(entry => entry.cursor === cursor);
	if (exact >= 0) return exact;
	const realtime = Number.parseInt(/(?:^|;)t=([0-9a-f]+)/.exec(cursor)?.[1] ?? '0', 16);
	const found = entries.findIndex(entry => entry.realtimeUs >= realtime);
	return found < 0 ? entries.length : found;
}

/**
 * The entries that the question selects, in the order they are printed. With `--cursor` or `--since`, `--lines` counts
 * from there on (tried on 252: `--since=-10min --lines=2` prints the first two since then); else from the end.
 */
export function select(entries: readonly Kept[], query: Query): readonly Kept[] {
	const {lines, cursor, reverse, sinceUs, matches} = query;
	let found = sinceUs === null ? entries : entries.filter(entry => entry.realtimeUs >= sinceUs);
	if (cursor !== null) {
		const place = placeOf(found, cursor);
		found = reverse ? found.slice(0, place + 1) : found.slice(place);
	}
	found = found.filter(matches);
	if (reverse) found = [...found].reverse();
	if (lines === null) return found;
	return reverse || cursor !== null || sinceUs !== null
		? found.slice(0, lines)
		: found.slice(Math.max(0, found.length - lines));
}
