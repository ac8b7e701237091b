/** What the kernel and PID 1 said, as far as it was read, and the lines that stand before an end. */
import {type JournalRecord, wallMs} from '../domain/journal.ts';
import type {State as Journal} from '../panes/journal/reduce.ts';
import type {Looked, Prior, Seen} from './note.ts';
import {safe} from './words.ts';

/** Rules that name what kills a unit's process besides a person. */
const CAUSES: ReadonlySet<string> = new Set(['oom', 'oom-container', 'unit-oom', 'unit-watchdog']);
/** Findings that ask for such a cause, and those that are an end with a last word before it. */
const KILLS: ReadonlySet<string> = new Set(['unit-killed', 'unit-loop']);
const ENDS: ReadonlySet<string> = new Set(['unit-killed', 'unit-exit']);

/** Counts lines of the kernel and of PID 1, each once, however it came. */
export class Read {
	readonly #known = new Set<string>();
	#firstAt = Number.POSITIVE_INFINITY;
	#lastAt = Number.NEGATIVE_INFINITY;

	take(record: JournalRecord): void {
		if ((record.transport !== 'kernel' && record.pid !== 1) || record.cursor === '') return;
		this.#known.add(record.cursor);
		const at = wallMs(record);
		this.#firstAt = Math.min(this.#firstAt, at);
		this.#lastAt = Math.max(this.#lastAt, at);
	}

	/** What of `CAUSES` was found in them; null where nothing of that kind was read. */
	looked(seen: readonly Seen[]): Looked | null {
		if (this.#known.size === 0) return null;
		const found = seen.filter(({rule}) => CAUSES.has(rule)).map(({name}) => name);
		return {lines: this.#known.size, fromAt: this.#firstAt, toAt: this.#lastAt, found};
	}
}

export const asksForCause = ({rule}: Pick<Seen, 'rule'>): boolean => KILLS.has(rule);
export const isEnd = ({rule}: Pick<Seen, 'rule'>): boolean => ENDS.has(rule);

/** So far before an end its cause may stand. */
const BEFORE_MS = 600_000;
const MOST = 3;

/** The newest lines of a unit, and the kernel's warnings, before a moment of the device's clock; oldest first. */
export function priorOf({ring}: Journal, unit: string, cursor: string | null): readonly Prior[] {
	if (cursor === null) return [];
	const found: JournalRecord[] = [];
	for (const record of ring) {
		if (record.cursor === cursor) {
			const end = wallMs(record);
			return found
				.filter(one => end - wallMs(one) <= BEFORE_MS)
				.map(one => ({
					at: wallMs(one),
					who: safe(one.identifier, 60),
					text: safe(one.message),
				}));
		}
		// What a container says is no word of the engine's, though it stands in its unit.
		if (record.containerId !== null) continue;
		const kernel = record.transport === 'kernel' && record.severity <= 4;
		if (!kernel && !record.units.includes(unit)) continue;
		found.push(record);
		if (found.length > MOST) found.shift();
	}
	return [];
}
