/** Which journal entries were seen, as far back as a repeat can come from. Copies share what is long past. */

/** Entries of a generation; copies share whole ones, so a copy costs at most one. */
const GENERATION = 50_000;
/** Whole generations that are remembered: with the one that grows, more entries than any pane holds. */
const GENERATIONS = 3;

/** Cursors, the oldest forgotten. What is remembered depends on what was added only, not on when it was copied. */
export class Seen {
	#whole: readonly ReadonlySet<string>[] = [];
	#growing = new Set<string>();

	/** Remembers a cursor. False where it was there before. */
	add(cursor: string): boolean {
		if (this.#growing.has(cursor)) return false;
		for (const generation of this.#whole) if (generation.has(cursor)) return false;
		this.#growing.add(cursor);
		if (this.#growing.size >= GENERATION) {
			this.#whole = [...this.#whole, this.#growing].slice(-GENERATIONS);
			this.#growing = new Set();
		}
		return true;
	}

	/** One that goes on by itself. */
	clone(): Seen {
		const copy = new Seen();
		copy.#whole = this.#whole;
		copy.#growing = new Set(this.#growing);
		return copy;
	}
}
