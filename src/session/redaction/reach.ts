/** How far a secret reaches whose beginning is known. All are one pass over the text: hostile lines can be a megabyte. */

/** Half open; `to` is the text's end where the end is still to come, and then `open`. */
export type Reach = {readonly from: number; readonly to: number; readonly open: boolean};

const BACKSLASH = 92;
const QUOTE = /(\\*)(["'`])/y;

const backslashesBefore = (text: string, at: number, from: number): number => {
	let index = at;
	while (index > from && text.charCodeAt(index - 1) === BACKSLASH) index--;
	return at - index;
};

const lineEnd = (text: string, from: number): number => {
	const at = text.indexOf('\n', from);
	return at < 0 ? text.length : at;
};

/**
 * The end of a quoted string, without its quote. `depth` backslashes stand before its opening quote: 0 in JSON, 1 in JSON
 * inside a JSON string, then 3, 7 …. A quote inside the value has one more level of them, whence the remainder.
 */
function quotedEnd(text: string, from: number, quote: string, depth: number): {to: number; open: boolean} {
	let limit = -1;
	let seen = from;
	for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
		// No string goes on in the next line. Looked for only up to the quote: each opening one would search the whole text.
		limit = text.slice(seen, at).indexOf('\n');
		if (limit >= 0) {
			limit += seen;
			break;
		}
		seen = at;
		const count = backslashesBefore(text, at, from);
		if (count < depth) return {to: at - count, open: false};
		if (count % (2 * (depth + 1)) === depth) return {to: at - depth, open: false};
	}
	if (limit < 0) limit = lineEnd(text, seen);
	// Of backslashes at the very end, some belong to the quote that is still to come.
	return {to: limit - Math.min(depth, backslashesBefore(text, limit, from)), open: limit === text.length};
}

/** The inside of an object or array; braces in its strings do not count. */
function insideOf(text: string, from: number, depth: number): Reach {
	let nested = 0;
	for (let at = from; at < text.length; at++) {
		const char = text[at];
		if (char === '{' || char === '[') nested++;
		else if (char === '}' || char === ']') {
			nested--;
			if (nested === 0) return {from: from + 1, to: at, open: false};
		} else if (char === '"' && backslashesBefore(text, at, from) === depth) {
			const {to} = quotedEnd(text, at + 1, '"', depth);
			if (to + depth < text.length) at = to + depth;
		}
	}
	return {from: from + 1, to: text.length, open: true};
}

/** White space, quotes and controls; a backslash where it escapes a quote or a line break. */
function endsWord(text: string, at: number, code: number): boolean {
	if (code <= 32 || code === 34 || code === 39 || code === 96 || code === 127) return true;
	if (code !== BACKSLASH) return false;
	let next = at + 1;
	while (next < at + 16 && text.charCodeAt(next) === BACKSLASH) next++;
	return '"\'nrt'.includes(text.charAt(next));
}

const PUNCTUATION = '&,;<>(){}[]|';

function wordOf(text: string, from: number, wide: boolean): Reach {
	let to = from;
	for (; to < text.length; to++) {
		if (endsWord(text, to, text.charCodeAt(to))) break;
		if (!wide && PUNCTUATION.includes(text.charAt(to))) break;
	}
	// Backslashes at the very end may belong to a quote that is still to come.
	return {from, to, open: /^\\{0,16}$/.test(text.slice(to, to + 17))};
}

/** What stands for "no value" or "not shown". */
const NOTHING =
	/^(?:null|nil|none|undefined|true|false|\*+|x{3,}|\.{3}|…|[[<(]?(?:redacted|hidden|removed|masked|object|array|circular|not set|unset)[\])>]?)$/i;

/** "apiKey: missing" is a sentence; "apiKey: 0a1b2c3d" is not. */
const looksLikeOne = (value: string): boolean => value.length >= 16 || (value.length >= 8 && /\d/.test(value));

/**
 * Of what is named by a word that programs use for other things, too: "token: primary-background-color-dark" is none, nor
 * is "token=/run/secrets/token1", where only its place is said, or "token: A_NAME=…", which is looked at by itself.
 */
const surelyOne = (value: string): boolean =>
	!/^[/<$%@.#]|^[A-Za-z_]\w*=[^=]|:\/\//.test(value) &&
	((value.length >= 8 && /\d/.test(value)) || /^[A-Za-z]{16}/.test(value));

/**
 * Does one begin at `at`? Asked of the first characters only: what is refused is not skipped, and may be followed by the
 * same again and again.
 */
function surelyAt(text: string, at: number, unfinished: boolean): boolean {
	const [value = ''] = /^[^\s"'`\\&,;<>(){}[\]|]*/.exec(text.slice(at, at + 64)) ?? [];
	return (unfinished && at + value.length === text.length) || surelyOne(value);
}

/** What a rule's match says about the value that follows it. */
export type Lead = {
	/** Backslashes before the quote that closed the key. */
	readonly depth: number;
	/** Only what looks like a secret is one. */
	readonly wary: boolean;
	/** Only what can hardly be anything else, in quotes as well. */
	readonly strict: boolean;
	readonly wide: boolean;
	/** The text goes on elsewhere. */
	readonly unfinished: boolean;
};

/** The value that begins at `at`, or null where there is none. */
export function valueAt(text: string, at: number, {depth, wary, strict, wide, unfinished}: Lead): Reach | null {
	const char = text[at];
	if (char === '{' || char === '[') {
		if (strict) return null;
		const inside = insideOf(text, at, depth);
		return /^[\s\w]*$/.test(text.slice(inside.from, inside.to)) ? null : inside;
	}
	QUOTE.lastIndex = at;
	const [, backslashes, quote] = QUOTE.exec(text) ?? [];
	if (backslashes !== undefined && quote !== undefined) {
		const from = at + backslashes.length + 1;
		if (strict && !surelyAt(text, from, unfinished)) return null;
		const {to, open} = quotedEnd(text, from, quote, backslashes.length);
		return to <= from || NOTHING.test(text.slice(from, Math.min(to, from + 64))) ? null : {from, to, open};
	}
	if (strict && !surelyAt(text, at, unfinished)) return null;
	const word = wordOf(text, at, wide);
	if (word.to === at) return null;
	if (unfinished && word.open) return word;
	const value = text.slice(at, Math.min(word.to, at + 64));
	return NOTHING.test(value) || (wary && !looksLikeOne(value)) ? null : word;
}

/** The object that begins at `at`. */
export function objectAt(text: string, at: number, depth: number): Reach | null {
	const inside = insideOf(text, at, depth);
	return text.slice(inside.from, inside.to).trim() === '' ? null : inside;
}

/** What ends a key in PEM form. */
export const BLOCK_END = /-{4,5} ?END (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1) ?-{4,5}/g;

/** The text of a key, up to its END line; line breaks around it stay, escaped ones too. */
export function blockAt(text: string, at: number): Reach {
	BLOCK_END.lastIndex = at;
	const found = BLOCK_END.exec(text);
	let from = at;
	let to = found === null ? text.length : found.index;
	while (from < to && text.charCodeAt(from) <= 32) from++;
	while (to > from && text.charCodeAt(to - 1) <= 32) to--;
	return {from, to, open: found === null};
}
