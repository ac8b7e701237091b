/** The same numbers for the same seed, and orders made of them. */
import {chance} from '../../src/embedded/chance.ts';

/** Numbers in [0, 1). */
export const randomOf = (seed: number): (() => number) => chance(seed).next;

/** The same items in another order. */
export function shuffled<T>(list: readonly T[], next: () => number): T[] {
	const all = [...list];
	for (let index = all.length - 1; index > 0; index--) {
		const other = Math.floor(next() * (index + 1));
		const [a, b] = [all[index], all[other]];
		if (a !== undefined && b !== undefined) [all[index], all[other]] = [b, a];
	}
	return all;
}
