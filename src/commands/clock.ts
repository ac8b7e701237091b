/** The session's clocks: the wall's, and one that only goes forward. */
import {uptime} from 'node:os';

/** So much may the two differ by their grain alone. */
const GRAIN_MS = 2000;
/** How often the machine is asked how long it is up: it is a file that is read. */
const ASKED_MS = 1000;

export type Clock = {
	/** Epoch milliseconds. */
	now(): number;
	/** Milliseconds since some moment; never goes back. */
	elapsed(): number;
};

/**
 * While a laptop sleeps, performance.now() stands still (CLOCK_MONOTONIC, clock_gettime(2)) and how long the machine is up goes
 * on (CLOCK_BOOTTIME). A permission of half an hour has ended after a night in a bag: what was slept is added.
 */
export function clockOf(
	running: () => number = () => performance.now(),
	upMs: () => number = () => uptime() * 1000,
): Clock {
	const began = upMs() - running();
	let slept = 0;
	let asked = Number.NEGATIVE_INFINITY;
	return {
		now: () => Date.now(),
		elapsed: () => {
			const at = running();
			if (at - asked >= ASKED_MS) {
				asked = at;
				const ahead = upMs() - at - began;
				if (ahead > slept + GRAIN_MS) slept = ahead;
			}
			return at + slept;
		},
	};
}
