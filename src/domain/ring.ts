/**
 * A bounded list that keeps the newest, as a value: pushing gives a new ring and leaves the old one as it was.
 * Every item keeps its number for life, so a cursor on the screen stays on its line while others come and go.
 *
 * Chunks are shared between rings. A push writes behind the end of the last chunk, where no older ring looks; only a
 * second push onto the same old ring has to copy that chunk. Older items (pages fetched afterwards) grow to the left,
 * with negative numbers, in the same way.
 */

const CHUNK = 512;

/** One growing side of a ring. */
type Side<T> = {readonly chunks: readonly T[][]; readonly from: number; readonly to: number};

const emptySide = <T>(): Side<T> => ({chunks: [], from: 0, to: 0});

function append<T>(side: Side<T>, item: T): Side<T> {
	const dropped = Math.floor(side.from / CHUNK);
	const index = Math.floor(side.to / CHUNK) - dropped;
	const inChunk = side.to % CHUNK;
	const chunk = side.chunks[index];
	if (chunk === undefined) return {chunks: [...side.chunks, [item]], from: side.from, to: side.to + 1};
	if (chunk.length === inChunk) {
		chunk.push(item);
		return {chunks: side.chunks, from: side.from, to: side.to + 1};
	}
	return {chunks: side.chunks.with(index, [...chunk.slice(0, inChunk), item]), from: side.from, to: side.to + 1};
}

function at<T>(side: Side<T>, number: number): T | undefined {
	if (number < side.from || number >= side.to) return undefined;
	return side.chunks[Math.floor(number / CHUNK) - Math.floor(side.from / CHUNK)]?.[number % CHUNK];
}

/** Drops the first item of the side. */
function shift<T>(side: Side<T>): Side<T> {
	const from = side.from + 1;
	return {chunks: from % CHUNK === 0 ? side.chunks.slice(1) : side.chunks, from, to: side.to};
}

export type RingLimits<T> = {
	/** Items kept on the live side, and as many again of older ones that were asked for. */
	readonly items: number;
	/** Kept weight in all, for items that can be large. */
	readonly weight?: number;
	readonly weigh?: (item: T) => number;
};

export class Ring<T> {
	readonly #limits: RingLimits<T>;
	readonly #live: Side<T>;
	/** Reversed: item 0 is the one just before live number 0. It has number -1. */
	readonly #older: Side<T>;
	readonly weight: number;
	/** Items that were pushed out by newer ones. */
	readonly evicted: number;

	private constructor(limits: RingLimits<T>, live: Side<T>, older: Side<T>, weight: number, evicted: number) {
		this.#limits = limits;
		this.#live = live;
		this.#older = older;
		this.weight = weight;
		this.evicted = evicted;
	}

	static empty<T>(limits: RingLimits<T>): Ring<T> {
		return new Ring(limits, emptySide(), emptySide(), 0, 0);
	}

	/** Number of the first item held. */
	get first(): number {
		return this.#older.to > this.#older.from ? -this.#older.to : this.#live.from;
	}

	/** Number behind the last item: the number that the next one will have. */
	get end(): number {
		return this.#live.to;
	}

	get size(): number {
		return this.#live.to - this.#live.from + (this.#older.to - this.#older.from);
	}

	get(number: number): T | undefined {
		return number >= 0 ? at(this.#live, number) : at(this.#older, -number - 1);
	}

	get last(): T | undefined {
		return this.get(this.end - 1);
	}

	#weigh(item: T | undefined): number {
		return item === undefined || this.#limits.weigh === undefined ? 0 : this.#limits.weigh(item);
	}

	push(item: T): Ring<T> {
		let live = append(this.#live, item);
		let older = this.#older;
		let weight = this.weight + this.#weigh(item);
		let {evicted} = this;
		const {items, weight: most = Number.POSITIVE_INFINITY} = this.#limits;
		while (live.to - live.from > 1 && (live.to - live.from > items || weight > most)) {
			// Older pages go first, or the list would have a hole.
			for (let number = older.from; number < older.to; number++) {
				weight -= this.#weigh(at(older, number));
				evicted++;
			}
			older = emptySide();
			if (live.to - live.from <= items && weight <= most) break;
			weight -= this.#weigh(at(live, live.from));
			live = shift(live);
			evicted++;
		}
		return new Ring(this.#limits, live, older, weight, evicted);
	}

	/** Puts an older item before the first. Null where it would not fit: then older ones can't be held. */
	unshift(item: T): Ring<T> | null {
		const {items, weight: most = Number.POSITIVE_INFINITY} = this.#limits;
		const weight = this.weight + this.#weigh(item);
		if (this.#live.from > 0 || this.#older.to >= items || weight > most) return null;
		return new Ring(this.#limits, this.#live, append(this.#older, item), weight, this.evicted);
	}

	/** Puts another item in the place of the last one. */
	replaceLast(item: T): Ring<T> {
		const {chunks, from, to} = this.#live;
		if (to === from) return this.push(item);
		const weight = this.weight - this.#weigh(this.last);
		return new Ring(this.#limits, {chunks, from, to: to - 1}, this.#older, weight, this.evicted).push(item);
	}

	*[Symbol.iterator](): Generator<T> {
		for (let number = this.first; number < this.end; number++) {
			const item = this.get(number);
			if (item !== undefined) yield item;
		}
	}
}
