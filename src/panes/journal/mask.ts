/** When two lines say the same: their text is equal once what varies from line to line is masked. */

/**
 * Ids, times, addresses, durations, numbers. A digit inside a name (eth0, v1, sda2) is part of the name. Nothing in it
 * captures: the text is split by it too.
 */
const VARIES = new RegExp(
	[
		// uuid
		String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`,
		// date, date with time
		String.raw`\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z\b|[+-]\d\d:?\d\d)?)?`,
		// time of day, MAC, IPv6
		String.raw`\b(?:[0-9a-f]{1,4}::?){2,}[0-9a-f]{0,4}`,
		// ids in hexadecimal: at least one digit, or words would be taken for ids
		String.raw`\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{7,}\b`,
		// names that the kernel and the engine make up
		String.raw`\bveth[0-9a-f]{7}\b|\brunc\.\w{6}\b`,
		// durations, and numbers of any form: 1m12.5s, 3.2 ms, 10.0.0.1:22, 1,024
		String.raw`\b\d+(?:[.,:]\d+)*(?:(?: ?(?:ns|[µμu]s|ms|s|sec|seconds|min|m|h)\b)|(?:[hm]\d+(?:\.\d+)?m?s?\b))?`,
	].join('|'),
	'gi',
);

/** `clean` leaves no such character in a message, so two masked texts are equal only where everything else is. */
const MASK = '\u0001';

/** Numbers that are no mere measure: the answer to a request, what a process ended with. */
const REQUEST = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+(?: HTTP\/[\d.]+"?)? ([1-5]\d\d)\b/;
const OUTCOME = /\b(?:status(?:_?code)?|code|exit\w*|errno|signal|rc)\b\D{0,12}?(-?\d+)/gi;

/** The text with what varies masked; what a request or a process ended with stays, behind it. */
export function mask(message: string): string {
	let masked = message.replace(VARIES, MASK);
	// Most lines have neither.
	const answer = REQUEST.exec(message)?.[1];
	if (answer !== undefined) masked += `${MASK}${answer}`;
	for (const [, ended] of message.matchAll(OUTCOME)) masked += `${MASK}${ended}`;
	return masked;
}

/** A text in parts that stay and parts that vary. */
export type Template = {readonly stays: readonly string[]; readonly varies: readonly (string | null)[]};

export const templateOf = (text: string): Template => ({
	stays: text.split(VARIES),
	varies: text.match(VARIES) ?? [],
});

/** What two texts have in common: a part that differs is null. Null where they are not of one form. */
export function common(before: Template, text: string): Template | null {
	const {stays, varies} = templateOf(text);
	if (stays.length !== before.stays.length || stays.some((part, index) => part !== before.stays[index])) return null;
	return {stays, varies: before.varies.map((part, index) => (part === varies[index] ? part : null))};
}

/** `heartbeat …`: an ellipsis stands where the lines differ. */
export const templateText = ({stays, varies}: Template): string =>
	stays.map((part, index) => part + (index < varies.length ? (varies[index] ?? '…') : '')).join('');
