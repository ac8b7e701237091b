/**
 * Folds lines that say the same, so that what is new stands out. One rule, applied line by line, so that it comes to the
 * same for any batching and nothing that was folded is ever regrouped:
 *
 * - A line is *news* where it has weight (warning, error, a rule's tag), or is the first of its kind. News ends every
 *   fold: no fold reaches over it.
 * - Any other line joins those of its kind since the last news. From the third of a kind on, two or more of them are a
 *   fold, at the place of the first: so lines that alternate (A B A B …) become a fold of A and a fold of B.
 *
 * Why not runs of neighbours only: a device's lines alternate, and next to nothing folds. Why not the largest stretches
 * in which every line repeats: folds that were shown merge with later ones, and what is opened in them, or under the
 * cursor, goes with them.
 */
import type {JournalRecord} from '../../domain/journal.ts';
import type {Items, Key} from '../../domain/pane.ts';
import {kindOf, Seen} from './kind.ts';
import {FoldedItems, type Numbers, search} from './numbers.ts';

/** A fold spans no longer than that of the device's clock: or a quiet night would be one line. */
const SPAN_US = 30 * 60_000_000;
/** So many came before: the next one repeats. */
const REPEATS = 2;

export type Fold = {
	/** Half before its first line: a place of its own that no line has, and the same while it grows. */
	readonly key: number;
	/** The lines that are held of it. */
	readonly numbers: readonly number[];
};

/** Lines of one kind since the last news: a fold once it has a key. */
type Run = {key: number; numbers: number[]};

export class Calm {
	/** Lines and folds in order. */
	#rows: number[] = [];
	#given = false;
	#block = new Map<string, Run>();
	#blockUs = 0;
	readonly #folds = new Map<number, Run>();
	readonly #seen = new Seen();
	#version = 0;
	#merged: {readonly open: ReadonlySet<Key>; readonly version: number; readonly rows: readonly number[]} | null = null;

	/** Takes in the line behind all others. */
	add(number: number, record: JournalRecord): void {
		this.#version++;
		const kind = kindOf(record);
		if (kind === null) {
			this.#block = new Map();
			this.#rows.push(number);
			return;
		}
		const before = this.#seen.count(kind);
		this.#seen.set(kind, before + 1);
		if (this.#block.size === 0 || Math.abs(record.realtimeUs - this.#blockUs) > SPAN_US) {
			this.#block = new Map();
			this.#blockUs = record.realtimeUs;
		}
		const run = this.#block.get(kind);
		if (run === undefined) {
			if (before === 0) {
				this.#block = new Map();
				this.#blockUs = record.realtimeUs;
			}
			this.#block.set(kind, {key: Number.NaN, numbers: [number]});
			this.#rows.push(number);
			return;
		}
		run.numbers.push(number);
		if (this.#folds.has(run.key)) return;
		if (before < REPEATS) this.#rows.push(number);
		else this.#fold(run);
	}

	#fold(run: Run): void {
		const [first = 0, ...others] = run.numbers;
		run.key = first - 0.5;
		this.#folds.set(run.key, run);
		const rows = this.#own();
		rows[search(rows, first, 0, rows.length)] = run.key;
		for (const number of others) this.#drop(number);
	}

	/** The rows, to be changed other than at their end. */
	#own(): number[] {
		if (this.#given) this.#rows = this.#rows.slice();
		this.#given = false;
		return this.#rows;
	}

	#drop(key: number): void {
		const place = search(this.#rows, key, 0, this.#rows.length);
		if (this.#rows[place] === key) this.#own().splice(place, 1);
	}

	/** Takes out a line: its twin has come. */
	remove(number: number, record: JournalRecord | undefined): void {
		this.#version++;
		const kind = record === undefined ? null : kindOf(record);
		const recent = kind === null ? undefined : this.#block.get(kind);
		if (kind !== null) this.#seen.set(kind, Math.max(0, this.#seen.count(kind) - 1));
		const run = recent?.numbers.includes(number, -4) ? recent : this.#runOf(number);
		this.#drop(number);
		if (run === undefined) return;
		run.numbers.splice(run.numbers.lastIndexOf(number), 1);
		if (run.numbers.length > 0) return;
		if (this.#folds.delete(run.key)) this.#drop(run.key);
		if (kind !== null && run === recent) this.#block.delete(kind);
	}

	#runOf(number: number): Run | undefined {
		for (const run of [...this.#block.values(), ...this.#folds.values()]) {
			const {numbers} = run;
			if ((numbers[0] ?? number + 1) > number || (numbers.at(-1) ?? number - 1) < number) continue;
			if (numbers[search(numbers, number, 0, numbers.length)] === number) return run;
		}
		return undefined;
	}

	/** Puts older lines before all others. They are folded among themselves: what is shown already stays as it is. */
	prepend(numbers: readonly number[], recordOf: (number: number) => JournalRecord | undefined): void {
		this.#version++;
		const older = new Calm();
		for (const number of numbers) {
			const record = recordOf(number);
			if (record !== undefined) older.add(number, record);
		}
		this.#rows = [...older.#rows, ...this.#rows];
		this.#given = false;
		for (const [key, run] of older.#folds) this.#folds.set(key, run);
	}

	/** Lets go of the lines before this number. A fold stays while a line of it does. */
	forget(first: number): void {
		const cut = search(this.#rows, first, 0, this.#rows.length);
		if (cut === 0) return;
		this.#version++;
		const kept: number[] = [];
		for (const key of this.#rows.slice(0, cut)) {
			const run = this.#folds.get(key);
			if (run === undefined) continue;
			run.numbers = run.numbers.slice(search(run.numbers, first, 0, run.numbers.length));
			if (run.numbers.length > 0) kept.push(key);
			else this.#folds.delete(key);
		}
		if (kept.length < cut) {
			this.#rows = [...kept, ...this.#rows.slice(cut)];
			this.#given = false;
		}
		for (const [kind, run] of this.#block) {
			if ((run.numbers[0] ?? first) < first) run.numbers = run.numbers.filter(number => number >= first);
			if (run.numbers.length === 0) this.#block.delete(kind);
		}
	}

	/** How many folds there are. */
	get folds(): number {
		return this.#folds.size;
	}

	fold(key: Key): Fold | undefined {
		return typeof key === 'number' ? this.#folds.get(key) : undefined;
	}

	/** The fold that a line is in. */
	foldOf(number: number): Fold | undefined {
		const run = this.#runOf(number);
		return run === undefined || !this.#folds.has(run.key) ? undefined : run;
	}

	/** @param open folds whose lines are shown too, each in its place. */
	items(open: ReadonlySet<Key>, lines: Numbers): Items {
		if (this.#merged?.open !== open || this.#merged.version !== this.#version)
			this.#merged = {open, version: this.#version, rows: this.#opened(open)};
		return new FoldedItems(this.#merged.rows, lines);
	}

	#opened(open: ReadonlySet<Key>): readonly number[] {
		const shown = [...open].flatMap(key => this.fold(key)?.numbers ?? []).sort((a, b) => a - b);
		if (shown.length === 0) {
			this.#given = true;
			return this.#rows;
		}
		const merged: number[] = [];
		let place = 0;
		for (const row of this.#rows) {
			for (let number = shown[place]; number !== undefined && number < row; number = shown[++place])
				merged.push(number);
			merged.push(row);
		}
		return [...merged, ...shown.slice(place)];
	}
}
