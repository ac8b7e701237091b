/** How fast lines and bytes come, over the last minute. */
const SECONDS = 60;

export class Rates {
	readonly #lines: {second: number; count: number}[] = [];
	readonly #wire: {ms: number; received: number}[] = [];

	/** Begins where another one stands. */
	copy(other: Rates): void {
		this.#lines.splice(0, this.#lines.length, ...other.#lines.map(line => ({...line})));
		this.#wire.splice(0, this.#wire.length, ...other.#wire);
	}

	/** One live journal line. @param at operator's clock, epoch ms. */
	line(at: number): void {
		const second = Math.floor(at / 1000);
		const last = this.#lines.at(-1);
		if (last?.second === second) last.count++;
		else this.#lines.push({second, count: 1});
		if (this.#lines.length > SECONDS) this.#lines.shift();
	}

	/** Bytes so far. @param ms of the session. */
	received(ms: number, received: number): void {
		this.#wire.push({ms, received});
		while ((this.#wire[0]?.ms ?? 0) < ms - SECONDS * 1000) this.#wire.shift();
	}

	/** Lines in each of the last sixty seconds, oldest first. */
	linesPerSecond(at: number): readonly number[] {
		const now = Math.floor(at / 1000);
		const counts = new Array<number>(SECONDS).fill(0);
		for (const {second, count} of this.#lines) {
			const index = SECONDS - 1 - (now - second);
			if (index >= 0 && index < SECONDS) counts[index] = count;
		}
		return counts;
	}

	/** Bytes a minute; null before five seconds have passed. */
	get bytesPerMinute(): number | null {
		const [first] = this.#wire;
		const last = this.#wire.at(-1);
		if (first === undefined || last === undefined || last.ms - first.ms < 5000) return null;
		return ((last.received - first.received) / (last.ms - first.ms)) * 60_000;
	}
}
