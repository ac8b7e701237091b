/** Is a pattern of the operator's own fit to be asked of every line? */
import {createContext, Script} from 'node:vm';
import {clean} from '../../domain/text.ts';

/** A repetition of more than so many is as good as one without end. */
const MANY = 16;
/** What a line of 2000 characters may take: one that goes over it once from each character takes 5. */
const LIMIT_MS = 150;
const LENGTH = 2000;

/** `*`, `+`, `{3,}`, `{1,40}` at a place of a pattern. */
const QUANTIFIER = /[*+]|\{(\d*)(,?)(\d*)\}/y;

/** Does a repetition stand in another, as in `(a+)+`? Then a line that almost matches takes for ever. */
export function isNested(pattern: string): boolean {
	/** For each open group: does something in it repeat? */
	const groups: boolean[] = [false];
	let inClass = false;
	/** Does what a quantifier here would repeat hold a repetition? */
	let held = false;
	for (let at = 0; at < pattern.length; at++) {
		const char = pattern[at];
		if (inClass) {
			if (char === '\\') at++;
			else if (char === ']') inClass = false;
			continue;
		}
		QUANTIFIER.lastIndex = at;
		const found = QUANTIFIER.exec(pattern);
		if (found !== null) {
			const [text, least = '', comma = '', most = ''] = found;
			const bound = text === '*' || text === '+' || (comma === ',' && most === '') ? Infinity : Number(most || least);
			if (bound > MANY) {
				if (held) return true;
				groups[groups.length - 1] = true;
			}
			held = false;
			at += text.length - 1;
			continue;
		}
		held = false;
		if (char === '\\') at++;
		else if (char === '[') inClass = true;
		else if (char === '(') groups.push(false);
		else if (char === ')' && groups.length > 1) {
			held = groups.pop() ?? false;
			groups[groups.length - 1] ||= held;
		}
	}
	return false;
}

/** Lines that are hard on patterns: what the pattern is made of, over and over, and no end that fits. */
function hardLines(pattern: string): readonly string[] {
	const literals = pattern.match(/[A-Za-z0-9_ =:"'/,;-]+/g) ?? [];
	const [first = ''] = literals;
	const joined = [literals.join(''), literals.slice(0, -1).join('')];
	const seeds = ['a', '0', ' ', 'aA0_-', 'a.', ...joined, ...literals].filter(seed => seed !== '');
	return [...new Set(seeds)]
		.slice(0, 24)
		.flatMap(seed => ['', first].map(head => [(head + seed.repeat(LENGTH)).slice(0, LENGTH), '\u0001'].join('')));
}

/** Does it end in time on all of these? A regular expression can be stopped in a context of its own only. */
function isSlow(find: RegExp, lines: readonly string[]): boolean {
	const context = createContext({find, line: '', seen: 0});
	const script = new Script('for (const found of line.matchAll(find)) seen = found.index;');
	try {
		for (const line of lines) {
			context.line = line;
			script.runInContext(context, {timeout: LIMIT_MS});
		}
		return false;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return true;
		throw error;
	}
}

/** What is wrong with a pattern, as the end of a sentence that begins with it; null where nothing is. */
export function faultOf(pattern: string): string | null {
	let find: RegExp;
	try {
		find = new RegExp(pattern, 'dg');
	} catch (error) {
		const why =
			error instanceof Error ? error.message.replace(/^Invalid regular expression: \/[\s\S]*\/\w*: /, '') : '';
		return `is no regular expression (${clean(why)}).`;
	}
	if (new RegExp(`^(?:${pattern})$`).test(''))
		return 'matches the empty text, so it would cut nothing everywhere: use + in place of *, or name more of the secret.';
	if (isNested(pattern))
		return 'repeats something that is itself repeated, which can take for ever on a line that almost fits: give one of the two a bound such as {1,16}.';
	if (isSlow(find, hardLines(pattern)))
		return 'takes too long on some lines: begin it with something that is rare, and leave out .* where you can.';
	return null;
}
