/** Numbers that look random and are the same in every run: a test and a picture can rely on them. */

export interface Chance {
	/** 0 … 1, without 1. */
	next(): number;
	/** A whole number from `low` to `high`, both included. */
	between(low: number, high: number): number;
	/** Lower-case hexadecimal digits. */
	hex(digits: number): string;
	pick<T>(items: readonly [T, ...T[]]): T;
}

/** mulberry32: thirty-two bits of state, enough for a demonstration. */
export function chance(seed: number): Chance {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
	return {
		next,
		between,
		hex: digits => Array.from({length: digits}, () => between(0, 15).toString(16)).join(''),
		pick: items => items[between(0, items.length - 1)] ?? items[0],
	};
}
