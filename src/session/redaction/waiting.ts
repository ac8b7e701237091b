/**
 * A page that comes newest first has the pieces of a long line in the wrong order: only the first piece tells what the others
 * go on with. So they wait for it, and what came behind them waits, too, as the order of a page means something.
 */

/** A piece of a long line: whose, and is it the line's first? */
export type Place = {readonly line: string; readonly first: boolean};

/** Of one channel. A line that is longer than this, or begins on another page, is looked at without its beginning. */
const ITEMS = 512;
const BYTES = 8 << 20;

type Page<T> = {readonly items: T[]; readonly begun: Set<string>; bytes: number};

export class Waiting<T> {
	readonly #pages = new Map<number, Page<T>>();

	/** How many wait. */
	get size(): number {
		let size = 0;
		for (const {items} of this.#pages.values()) size += items.length;
		return size;
	}

	/** What of the channel can be looked at now, in the order in which it came. */
	take(ch: number, item: T, bytes: number, place: Place | null): readonly T[] {
		const page = this.#pages.get(ch) ?? {items: [], begun: new Set(), bytes: 0};
		page.items.push(item);
		page.bytes += bytes;
		if (place?.first) page.begun.delete(place.line);
		else if (place !== null) page.begun.add(place.line);
		if (page.begun.size > 0 && page.items.length < ITEMS && page.bytes < BYTES) {
			this.#pages.set(ch, page);
			return [];
		}
		this.#pages.delete(ch);
		return page.items;
	}

	/** All that waits: no more comes on this channel. */
	release(ch: number): readonly T[] {
		const items = this.#pages.get(ch)?.items ?? [];
		this.#pages.delete(ch);
		return items;
	}
}
