/** The device's time. Everything that waits asks it, so that tests can move it by hand and `close` can stop it. */

export interface Clock {
	/** Epoch milliseconds of the device. */
	now(): number;
	/** Runs a function once, later. The result takes it back. */
	after(ms: number, run: () => void): () => void;
	/** Takes everything back. */
	stop(): void;
}

/** The real clock, `speed` times as fast. Its timers keep no process alive. */
export function systemClock(speed = 1): Clock {
	const start = Date.now();
	const timers = new Set<NodeJS.Timeout>();
	return {
		now: () => start + (Date.now() - start) * speed,
		after: (ms, run) => {
			const timer = setTimeout(() => {
				timers.delete(timer);
				run();
			}, Math.max(0, ms) / speed);
			timer.unref();
			timers.add(timer);
			return () => {
				clearTimeout(timer);
				timers.delete(timer);
			};
		},
		stop: () => {
			for (const timer of timers) clearTimeout(timer);
			timers.clear();
		},
	};
}

export type ManualClock = Clock & {
	/** Lets time pass; what is due runs in order, each at its own time. */
	advance(ms: number): void;
	/** How many are waiting. */
	waiting(): number;
};

/** A clock that stands still until it is moved. */
export function manualClock(startMs: number): ManualClock {
	let now = startMs;
	let order = 0;
	let waiting: {at: number; order: number; run: () => void}[] = [];
	return {
		now: () => now,
		after: (ms, run) => {
			const one = {at: now + Math.max(0, ms), order: order++, run};
			waiting.push(one);
			return () => {
				waiting = waiting.filter(other => other !== one);
			};
		},
		stop: () => {
			waiting = [];
		},
		advance: ms => {
			const end = now + ms;
			for (;;) {
				waiting.sort((a, b) => a.at - b.at || a.order - b.order);
				const [next] = waiting;
				if (next === undefined || next.at > end) break;
				waiting.shift();
				now = next.at;
				next.run();
			}
			now = end;
		},
		waiting: () => waiting.length,
	};
}
