/** Device text is hostile until it has passed here: nothing that is returned can move a cursor, set a title or write a clipboard. */

/** CSI, OSC/DCS/APC/PM/SOS strings up to their end (or the end of the text), and two-byte escapes. */
const ESCAPES =
	/\u001b\[[0-?]*[ -/]*[@-~]|[\u001b][\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u009b[0-?]*[ -/]*[@-~]|[\u0090\u0098\u009d-\u009f][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]/g;

/** Everything that may still be a control or change the direction of text: C0, DEL, C1, bidi, zero width, BOM, tags. */
const CONTROLS =
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const PLAIN = /^[ -~]*$/;

/**
 * Makes text safe for one row of cells. Escape sequences go, a line break becomes `⏎`, a tab a space, any other control
 * character or invisible one a `·`, so that its place is seen.
 */
export function clean(text: string): string {
	if (PLAIN.test(text)) return text;
	return text
		.replace(ESCAPES, '')
		.replace(/(?:\r?\n)+$/, '')
		.replace(CONTROLS, control => (control === '\n' ? '⏎' : control === '\t' ? ' ' : control === '\r' ? '' : '·'));
}

/** Cuts text to at most `limit` UTF-16 units, with a mark that says how much is missing. Never cuts a pair of surrogates apart. */
export function shorten(text: string, limit: number): string {
	if (text.length <= limit) return text;
	const end = isHighSurrogate(text.charCodeAt(limit - 1)) ? limit - 1 : limit;
	return `${text.slice(0, end)}… (${text.length - end} more)`;
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

/** "1 unit", "2 units". */
export const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

/** 14628 → "14 628"; with an ordinary space, as it may be copied through anything. */
export const grouped = (amount: number): string => String(Math.round(amount)).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ');

const MOST_NAMES = 12;

/** Names in a row; of many, how many more there are: a target may pull down a hundred units. */
export const listed = (names: readonly string[]): string =>
	names.length <= MOST_NAMES
		? names.join(', ')
		: `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

/** Bytes in at most five cells: 950 B, 12 kB, 1.2 MB. Decimal, as the link is measured. */
export function bytes(amount: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let value = amount;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** the name without `.service`, as engineers say it. */
export const shortUnit = (unit: string): string => unit.replace(/\.service$/, '');
