/** The device's journal: what journald would hold, in memory. */
import type {Chance} from './chance.ts';
import type {Clock} from './clock.ts';
import type {JournalField, Kept} from './export-entry.ts';

/** More than a newcomer ever scrolls; journald forgets its oldest lines as well. */
const KEEP = 20_000;

export interface Journal {
	/** Adds an entry now, or at a time in the past that is not before the newest one. */
	append(fields: readonly JournalField[], atMs?: number): Kept;
	/** Oldest first. */
	entries(): readonly Kept[];
	/** Told of every new entry until the result is called. */
	follow(listener: (entry: Kept) => void): () => void;
}

export type JournalOptions = {
	readonly clock: Clock;
	readonly chance: Chance;
	readonly bootId: string;
	readonly bootMs: number;
	readonly hostname: string;
	readonly machineId: string;
};

export function createJournal({clock, chance, bootId, bootMs, hostname, machineId}: JournalOptions): Journal {
	const file = chance.hex(32);
	let kept: Kept[] = [];
	let sequence = 0;
	let lastUs = 0;
	const listeners = new Set<(entry: Kept) => void>();
	return {
		append: (fields, atMs = clock.now()) => {
			// journald stamps each entry later than the one before; within a millisecond we count on in microseconds.
			const realtimeUs = Math.max(Math.floor(atMs * 1000), lastUs + chance.between(11, 60));
			lastUs = realtimeUs;
			sequence++;
			const monotonicUs = Math.max(0, realtimeUs - Math.floor(bootMs * 1000));
			const hex = (value: number): string => value.toString(16);
			const entry: Kept = {
				sequence,
				realtimeUs,
				monotonicUs,
				boot: bootId,
				cursor: `s=${file};i=${hex(sequence)};b=${bootId};m=${hex(monotonicUs)};t=${hex(realtimeUs)};x=${chance.hex(16)}`,
				fields: [['_MACHINE_ID', machineId], ['_HOSTNAME', hostname], ['_RUNTIME_SCOPE', 'system'], ...fields],
			};
			kept.push(entry);
			if (kept.length > KEEP + 1000) kept = kept.slice(-KEEP);
			for (const listener of listeners) listener(entry);
			return entry;
		},
		entries: () => kept,
		follow: listener => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
