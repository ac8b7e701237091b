/** Words of a note: moments in UTC, and device text that can be no markup. */
import {clean, grouped, shorten} from '../domain/text.ts';
import {clockOf, dayOf} from '../domain/time.ts';

/** A date beyond year 9999 is no date: a device may say anything of its clock. */
const LATEST_MS = 253_402_300_799_999;

const isMoment = (ms: number): boolean => Number.isFinite(ms) && Math.abs(ms) <= LATEST_MS;

/** `2026-11-25 10:04:02`. */
export const stamp = (ms: number): string => (isMoment(ms) ? `${dayOf(ms)} ${clockOf(ms)}` : 'at no date');

/** `2026-11-25 10:04:02 UTC`. */
export const utcOf = (ms: number): string => `${stamp(ms)} UTC`;

/** `2026-11-25T10:04:02.003Z`; null where it is no date. */
export function isoOf(ms: number): string | null {
	if (!isMoment(ms)) return null;
	const rest = ((Math.floor(ms) % 1000) + 1000) % 1000;
	return `${dayOf(ms)}T${clockOf(ms)}.${String(rest).padStart(3, '0')}Z`;
}

/** The second moment without what it has in common with the first: "10:03:56 to 10:04:02". */
export function range(from: number, to: number): string {
	if (Math.floor(from / 1000) === Math.floor(to / 1000)) return stamp(from);
	return dayOf(from) === dayOf(to) ? `${stamp(from)} to ${clockOf(to)}` : `${stamp(from)} to ${stamp(to)}`;
}

/** A length in words: "22 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
export function lasting(ms: number): string {
	const seconds = Math.max(0, Math.round(ms / 1000));
	const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
	const two = (more: number, unit: string, less: number, small: string): string =>
		less === 0 ? `${more} ${unit}` : `${more} ${unit} ${less} ${small}`;
	if (minutes < 1) return `${seconds} s`;
	if (hours < 1) return two(minutes, 'min', seconds % 60, 's');
	if (days < 1) return two(hours, 'h', minutes % 60, 'min');
	return two(days, 'd', hours % 24, 'h');
}

/** "once", "2 times". */
export const times = (count: number): string => (count === 1 ? 'once' : `${grouped(count)} times`);

export const lines = (count: number): string => `${grouped(count)} line${count === 1 ? '' : 's'}`;

/** Text of the device or of a file, safe to print, in one line, of bounded length. */
export const safe = (text: string, limit = 300): string => shorten(clean(text.toWellFormed()), limit);

/**
 * As Markdown that shows just this text. It never stands at the start of a line. A name behind
 * `@` becomes code: no escape keeps some systems from calling that person.
 */
export const escaped = (text: string): string =>
	text
		.replaceAll(/[\\`*[\]<>|~#&$]/g, '\\$&')
		.replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
		.replaceAll('://', '\\://')
		.replaceAll(/\b(www)\./gi, '$1\\.')
		.replaceAll(/(?<![A-Za-z0-9_])@[A-Za-z0-9_-]*/g, '`$&`');

/** For plain text that some program may take for Markdown or HTML: what could be markup is replaced by what looks like it. */
export const plain = (text: string): string =>
	text
		.replaceAll('`', "'")
		.replaceAll('<', '‹')
		.replaceAll('>', '›')
		.replaceAll('|', '¦')
		.replaceAll('[', '(')
		.replaceAll(']', ')')
		.replaceAll(/[*\\~]/g, '·')
		.replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '·')
		.replaceAll(/(?<![A-Za-z0-9_])@/g, '@ ');

/** Lines as they are, in a block where nothing is markup; its fence is longer than anything that could end it. */
export function block(rows: readonly string[]): string {
	const longest = Math.max(2, ...rows.flatMap(row => [...row.matchAll(/`+/g)].map(([run]) => run.length)));
	const fence = '`'.repeat(longest + 1);
	return [`${fence}text`, ...rows, fence].join('\n');
}
