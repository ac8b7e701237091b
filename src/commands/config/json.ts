/** JSON with comments and trailing commas, as values that know their line: a fault is told with it. */

export type Node = {readonly line: number} & (
	| {readonly kind: 'object'; readonly entries: readonly Member[]}
	| {readonly kind: 'array'; readonly items: readonly Node[]}
	| {readonly kind: 'string'; readonly value: string}
	| {readonly kind: 'number'; readonly value: number}
	| {readonly kind: 'boolean'; readonly value: boolean}
	| {readonly kind: 'null'}
);
export type Member = {readonly key: string; readonly line: number; readonly value: Node};

/** What is wrong, and where. */
export type Fault = {readonly line: number; readonly sentence: string};

const SPACE = /(?:[ \t\r\n\ufeff]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /[^\s,:{}[\]"]+/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Nobody nests a configuration so deep; a file of brackets must not end the program. */
const DEEPEST = 20;

class Reader {
	readonly #text: string;
	#at = 0;
	#line = 1;
	#depth = 0;

	constructor(text: string) {
		this.#text = text;
	}

	/** The one value of the text. Throws a Fault. */
	whole(): Node {
		const value = this.#value();
		this.#space();
		if (this.#at < this.#text.length) throw this.#fault('something stands behind the end');
		return value;
	}

	#fault(what: string): Fault {
		const [next = ''] = /^[^\n]{0,20}/.exec(this.#text.slice(this.#at)) ?? [];
		return {line: this.#line, sentence: `${what}${next.trim() === '' ? '' : `, at \`${next.trim()}\``}.`};
	}

	/** What the expression finds here, gone by. */
	#take(expression: RegExp): string {
		expression.lastIndex = this.#at;
		const [found = ''] = expression.exec(this.#text) ?? [];
		this.#at += found.length;
		this.#line += found.split('\n').length - 1;
		return found;
	}

	#space(): string {
		this.#take(SPACE);
		return this.#text[this.#at] ?? '';
	}

	#string(what: string): string {
		const found = this.#take(STRING);
		if (found === '') throw this.#fault(`${what} in "double quotes" is expected, with \\\\ for a backslash,`);
		return JSON.parse(found) as string;
	}

	#value(): Node {
		const next = this.#space();
		const line = this.#line;
		if (next === '{') return {kind: 'object', line, entries: this.#list('}', () => this.#member())};
		if (next === '[') return {kind: 'array', line, items: this.#list(']', () => this.#value())};
		if (next === '"') return {kind: 'string', line, value: this.#string('a text')};
		const before = this.#at;
		const word = this.#take(WORD);
		if (word === 'true' || word === 'false') return {kind: 'boolean', line, value: word === 'true'};
		if (word === 'null') return {kind: 'null', line};
		if (NUMBER.test(word)) return {kind: 'number', line, value: Number(word)};
		this.#at = before;
		throw this.#fault(word === '' ? 'a value is missing' : 'a text needs "double quotes"');
	}

	#member(): Member {
		const line = this.#line;
		const key = this.#string('a key');
		if (this.#space() !== ':') throw this.#fault(`a colon is missing behind "${key}"`);
		this.#at++;
		return {key, line, value: this.#value()};
	}

	#list<T>(end: string, one: () => T): readonly T[] {
		if (++this.#depth > DEEPEST) throw this.#fault('this is nested too deep');
		this.#at++;
		const found: T[] = [];
		for (;;) {
			if (this.#space() === end) break;
			found.push(one());
			const next = this.#space();
			if (next === end) break;
			if (next !== ',') throw this.#fault(`a comma or \`${end}\` is missing`);
			this.#at++;
		}
		this.#at++;
		this.#depth--;
		return found;
	}
}

const isFault = (error: unknown): error is Fault => typeof error === 'object' && error !== null && 'sentence' in error;

/** Reads a text. What is no JSON is one fault: what stands behind it is not understood. */
export function parseJson(text: string): {readonly value: Node} | {readonly fault: Fault} {
	try {
		return {value: new Reader(text).whole()};
	} catch (error) {
		if (isFault(error)) return {fault: error};
		throw error;
	}
}
