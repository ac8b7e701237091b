/** `--wait`: a device that can't be reached yet is waited for, politely; what it says first is kept before anything is painted. */
import {type Cancel, type Failure, failure, isFailure, isFinal, type Road, type Transport} from '../domain/channel.ts';
import {count} from '../domain/text.ts';
import {duration} from '../domain/time.ts';
import {progressOf} from '../session/progress.ts';
import type {Session} from '../session/session.ts';

/** Seconds between two tries: a device that was just switched on is there soon, one that is off is not asked every second. */
const PAUSES = [5, 5, 10, 15, 30, 60] as const;
/** So often it is said that it is still waited. */
const TOLD_MS = 10 * 60_000;
/** So long the first contact may take before the screen comes all the same. */
const FIRST_MS = 20_000;

export type Patience = {
	readonly road: Road;
	/** Did it take more than one try? */
	readonly waited: () => boolean;
};

type Parts = {
	/** How long at most; Infinity: until it is told to stop. */
	readonly ms: number;
	readonly note: (sentence: string) => void;
	/** Rings, where somebody may hear it. */
	readonly ring: () => void;
	readonly random: () => number;
	readonly now: () => number;
	/** Seconds between the tries; the last one holds for all that come after. */
	readonly pauses?: readonly number[];
};

/** Resolves after a while, or as soon as it is told to stop. */
function sleep(ms: number, signal: Cancel): Promise<void> {
	return new Promise(resolve => {
		const done = (): void => {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener('abort', done);
		if (signal.aborted) done();
	});
}

/**
 * The same road, but its first connection is tried until it stands. Later ones are the session's to try again. What trying
 * again can't help (a refused login, a changed host key) is a failure at once: a burst of logins can shut a device's sshd for
 * good (balenaOS before 6.11.0).
 */
export function patient(road: Road, {ms, note, ring, random, now, pauses = PAUSES}: Parts): Patience {
	let tries = 0;
	let there = false;

	async function first(signal: Cancel): Promise<Transport | Failure> {
		const began = now();
		let told = {why: '', at: began};
		for (;;) {
			const transport = await road.connect(signal);
			tries++;
			if (!isFailure(transport)) {
				there = true;
				if (tries > 1) {
					note(`${road.target} answers, after ${duration(now() - began)}: what it says now is recorded first.`);
					ring();
				}
				return transport;
			}
			if (isFinal(transport) || signal.aborted) return transport;
			const left = began + ms - now();
			if (left <= 0)
				return failure(
					transport.code,
					`${transport.message} It was tried for ${duration(now() - began)} (${count(tries, 'time')}).`,
				);
			if (told.why !== transport.message || now() - told.at > TOLD_MS) {
				note(
					tries === 1
						? `${transport.message} It is waited for, and tried again; Ctrl-C leaves.`
						: `Still waiting, for ${duration(now() - began)} so far: ${transport.message}`,
				);
				told = {why: transport.message, at: now()};
			}
			const pause = (pauses[tries - 1] ?? pauses.at(-1) ?? 60) * 1000;
			await sleep(Math.min(left, pause * (0.8 + 0.4 * random())), signal);
		}
	}

	return {
		// While it is waited for there is no screen that would show a step, and a record of each try's would grow for days.
		road: {...road, connect: (signal, onStep) => (there ? road.connect(signal, onStep) : first(signal))},
		waited: () => tries > 1,
	};
}

/**
 * Resolves when the device's first answers are on record: boot id, units, containers, what went wrong, the newest lines. One
 * that comes back for a moment only is gone again before anybody has read a screen.
 */
export async function firstContact({fold}: Pick<Session, 'fold'>, limitMs = FIRST_MS): Promise<void> {
	for (const until = performance.now() + limitMs; performance.now() < until; ) {
		const {read, of} = progressOf(fold);
		if (read === of && fold.last !== null) return;
		if (fold.link.kind !== 'live') return;
		await new Promise(resolve => setTimeout(resolve, 100));
	}
}
