/** A map that forgets: the oldest where it is full, and what was not touched for a while. Devices must not fill our memory. */
export class Bounded<T> {
	readonly #limit: number;
	readonly #seconds: number;
	readonly #held = new Map<string, {value: T; touched: number}>();
	#now = 0;

	constructor(limit: number, seconds: number) {
		this.#limit = limit;
		this.#seconds = seconds;
	}

	get size(): number {
		return this.#held.size;
	}

	get(key: string): T | undefined {
		return this.#held.get(key)?.value;
	}

	set(key: string, value: T): void {
		this.#held.delete(key);
		this.#held.set(key, {value, touched: this.#now});
		if (this.#held.size <= this.#limit) return;
		const [oldest] = this.#held.keys();
		if (oldest !== undefined) this.#held.delete(oldest);
	}

	delete(key: string): void {
		this.#held.delete(key);
	}

	/** A second passed. They stand in the order in which they were touched. */
	tick(): void {
		this.#now++;
		for (const [key, {touched}] of this.#held) {
			if (this.#now - touched <= this.#seconds) return;
			this.#held.delete(key);
		}
	}
}
