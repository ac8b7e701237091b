/** Sorted lists of ring numbers as the items of a log. */
import type {Items, Key} from '../../domain/pane.ts';

/** A sorted list of ring numbers. Given-out parts are never changed: additions stand behind them, removals copy. */
export class Numbers implements Items {
	readonly #list: readonly number[];
	readonly #from: number;
	readonly length: number;

	constructor(list: readonly number[], from: number, to: number) {
		this.#list = list;
		this.#from = from;
		this.length = to - from;
	}

	at(index: number): Key | undefined {
		return index < 0 || index >= this.length ? undefined : this.#list[this.#from + index];
	}

	indexOf(key: Key): number {
		if (typeof key !== 'number') return -1;
		const found = search(this.#list, key, this.#from, this.#from + this.length) - this.#from;
		return found < this.length ? found : -1;
	}
}

/** First place in [from, to) whose number is not below. */
export function search(list: readonly number[], number: number, from: number, to: number): number {
	let low = from;
	let high = to;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((list[middle] ?? 0) < number) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Rows of a log with folds: what stands for the lines, and the lines themselves for counting. */
export class FoldedItems implements Items {
	readonly #rows: readonly number[];
	readonly #lines: Numbers;
	readonly length: number;

	constructor(rows: readonly number[], lines: Numbers) {
		this.#rows = rows;
		this.#lines = lines;
		this.length = rows.length;
	}

	at(index: number): Key | undefined {
		return index < 0 || index >= this.length ? undefined : this.#rows[index];
	}

	indexOf(key: Key): number {
		if (typeof key !== 'number') return -1;
		const found = search(this.#rows, key, 0, this.length);
		// The line that a fold began with has become the fold, in the same row.
		if (found > 0 && this.#rows[found] !== key && this.#rows[found - 1] === key - 0.5) return found - 1;
		return found < this.length ? found : -1;
	}

	get newest(): Key | undefined {
		return this.#lines.at(this.#lines.length - 1);
	}

	behind(key: Key): number {
		const next = typeof key === 'number' ? this.#lines.indexOf(Math.floor(key) + 1) : -1;
		return next < 0 ? 0 : this.#lines.length - next;
	}
}
