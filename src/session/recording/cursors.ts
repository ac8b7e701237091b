/** Which journal entries were seen: eight bytes of a hash for each cursor, since 1 GB of recording holds millions of them. */
import {hash as digest} from 'node:crypto';

/** A set of cursors that only grows. */
export class Cursors {
	/** Pairs of words; a pair of zeros is free. */
	#table = new Uint32Array(2 << 10);
	size = 0;

	/** Remembers a cursor. False where it was there before. */
	add(cursor: string): boolean {
		if (this.size * 4 > this.#table.length) this.#grow();
		const bytes = digest('sha256', cursor, 'buffer');
		return this.#put(bytes.readUInt32LE(0), bytes.readUInt32LE(4) | 1);
	}

	/** Was it seen? */
	has(cursor: string): boolean {
		const bytes = digest('sha256', cursor, 'buffer');
		return this.#find(bytes.readUInt32LE(0), (bytes.readUInt32LE(4) | 1) >>> 0)[1];
	}

	/** Where a pair stands, or the free place for it. */
	#find(high: number, low: number): readonly [place: number, there: boolean] {
		const mask = this.#table.length / 2 - 1;
		for (let place = high & mask; ; place = (place + 1) & mask) {
			const at = 2 * place;
			if (this.#table[at + 1] === 0) return [at, false];
			if (this.#table[at] === high && this.#table[at + 1] === low) return [at, true];
		}
	}

	#put(high: number, low: number): boolean {
		const [at, there] = this.#find(high, low >>> 0);
		if (there) return false;
		this.#table[at] = high;
		this.#table[at + 1] = low;
		this.size++;
		return true;
	}

	#grow(): void {
		const before = this.#table;
		this.#table = new Uint32Array(2 * before.length);
		this.size = 0;
		for (let at = 0; at < before.length; at += 2) {
			const low = before[at + 1] ?? 0;
			if (low !== 0) this.#put(before[at] ?? 0, low);
		}
	}
}
