/** A kernel line as it is kept, whichever way it came. */
import type {Fact} from '../../domain/fact.ts';
import {type JournalRecord, wallMs} from '../../domain/journal.ts';
import {clean, shorten} from '../../domain/text.ts';
import {ending, kernelText, matching} from '../../rules/index.ts';

export type Line = {
	/** Stays with the line: boot, then time in it. Numbers grow in the order of the log. */
	readonly key: number;
	readonly boot: string;
	/** The kernel's own clock; null where it prints none. */
	readonly kernelUs: number | null;
	/** Wall clock, epoch ms; null where it cannot be told. */
	readonly atMs: number | null;
	readonly priority: number;
	/** The journal entry's; null for lines of the ring buffer. */
	readonly cursor: string | null;
	readonly text: string;
	/** Rules that match, and rules whose trouble ends here. */
	readonly tags: readonly string[];
	readonly ends: readonly string[];
};

/** Order of a line inside its boot, in µs. */
export const placeOf = (record: JournalRecord): number => record.monotonicUs;

/** Boots are this far apart: three years of µs. Forty of them fit below 2^52, where halves still count. */
const BOOT = 1e14;

export const keyOf = (serial: number, place: number): number => (serial % 40) * BOOT + (place % BOOT);

export function fromRecord(record: JournalRecord, key: number): Line {
	const text = kernelText(record);
	return {
		key,
		boot: record.boot,
		kernelUs: record.kernelUs,
		atMs: wallMs(record),
		priority: record.priority ?? 6,
		cursor: record.cursor,
		text,
		tags: record.tags.length > 0 ? record.tags : matching(text),
		ends: ending(text),
	};
}

/** A line of the ring buffer, which has no wall clock: uptime and the device's clock tell it. */
export function fromRing(
	{kernelUs, priority, message}: Extract<Fact, {kind: 'kernel-line'}>,
	key: number,
	boot: string,
	bootMs: number | null,
): Line {
	const text = shorten(clean(message), 4096);
	return {
		key,
		boot,
		kernelUs: kernelUs === 0 ? null : kernelUs,
		atMs: bootMs === null ? null : bootMs + Math.floor(kernelUs / 1000),
		priority,
		cursor: null,
		text,
		tags: matching(text),
		ends: ending(text),
	};
}
