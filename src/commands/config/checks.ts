/** Checks of values, which gather faults: each gives what is usable, or nothing with a fault. */
import {clean, shorten} from '../../domain/text.ts';
import type {Fault, Member, Node} from './json.ts';

/** What is done with the value of a key. */
export type Key = (value: Node) => void;

const KINDS = {
	object: 'an object in { }',
	array: 'a list in [ ]',
	string: 'a text',
	number: 'a number',
	boolean: 'true or false',
	null: 'null',
} as const;

/** How many letters have to change, go or come (Levenshtein). */
function distance(a: string, b: string): number {
	let row = Array.from({length: b.length + 1}, (_, index) => index);
	for (const [i, letter] of [...a].entries()) {
		const next = [i + 1];
		for (const [j, other] of [...b].entries())
			next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
		row = next;
	}
	return row.at(-1) ?? 0;
}

const nearest = (key: string, known: readonly string[]): string =>
	known.toSorted((a, b) => distance(key.toLowerCase(), a) - distance(key.toLowerCase(), b))[0] ?? '';

export class Checks {
	readonly #faults: Fault[] = [];

	/** By line. */
	get faults(): readonly Fault[] {
		return this.#faults.toSorted((a, b) => a.line - b.line);
	}

	/** The condition itself; a fault where it does not hold. */
	that(holds: boolean, line: number, sentence: string): boolean {
		if (!holds) this.#faults.push({line, sentence});
		return holds;
	}

	#is<K extends Node['kind']>(node: Node, kind: K, what: string): node is Extract<Node, {readonly kind: K}> {
		return this.that(node.kind === kind, node.line, `${what} is ${KINDS[kind]}, not ${KINDS[node.kind]}.`);
	}

	/** An object's members, each key once. */
	members(node: Node, what: string): readonly Member[] {
		if (!this.#is(node, 'object', what)) return [];
		const seen = new Set<string>();
		return node.entries.filter(({key, line}) => {
			const first = this.that(!seen.has(key), line, `"${shorten(clean(key), 60)}" stands in ${what} twice.`);
			seen.add(key);
			return first;
		});
	}

	/** An object with known keys. */
	object(node: Node, what: string, keys: Readonly<Record<string, Key>>): void {
		for (const {key, line, value} of this.members(node, what)) {
			const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
			if (known !== undefined) known(value);
			else
				this.that(
					false,
					line,
					`${what} has no key "${shorten(clean(key), 60)}": is "${nearest(key, Object.keys(keys))}" meant?`,
				);
		}
	}

	items(node: Node, what: string): readonly Node[] {
		return this.#is(node, 'array', what) ? node.items : [];
	}

	text(node: Node, what: string): string | null {
		return this.#is(node, 'string', what) ? node.value : null;
	}

	/** A list of texts. */
	texts(node: Node, what: string): readonly {readonly value: string; readonly line: number}[] {
		return this.items(node, what).flatMap(item => {
			const value = this.text(item, `Each of ${what}`);
			return value === null ? [] : [{value, line: item.line}];
		});
	}

	/** A text of a certain form. */
	matching(node: Node, what: string, form: RegExp, words: string): string | null {
		const value = this.text(node, what);
		return value !== null &&
			this.that(form.test(value), node.line, `${what} is ${words}, not "${shorten(clean(value), 60)}".`)
			? value
			: null;
	}

	/** A whole number from 1 on. */
	whole(node: Node, what: string, most: number): number | null {
		if (!this.#is(node, 'number', what)) return null;
		const {value, line} = node;
		const fits = Number.isInteger(value) && value >= 1 && value <= most;
		return this.that(fits, line, `${what} is a whole number from 1 to ${most}, not ${value}.`) ? value : null;
	}

	truth(node: Node, what: string): boolean {
		return this.#is(node, 'boolean', what) && node.value;
	}
}
