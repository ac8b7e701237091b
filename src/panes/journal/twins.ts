/** The supervisor's lines come twice: from its container, and from the unit that is attached to it. One of them is hidden. */
import type {JournalRecord} from '../../domain/journal.ts';
import {isAttached, isSupervisor} from './speaker.ts';

/** The twin comes within this time, before or after. */
const TWIN_US = 5_000_000;

type Waiting = {readonly number: number; readonly supervisor: boolean; readonly realtimeUs: number};

/** Entries that may still meet their twin, by text. */
export class Twins {
	readonly #waiting = new Map<string, Waiting[]>();
	#size = 0;

	/** Number of the entry to hide now that this one is there, or null. */
	meet(number: number, record: JournalRecord): number | null {
		const supervisor = isSupervisor(record);
		if (!supervisor && !isAttached(record)) return null;
		const {realtimeUs, message} = record;
		const same = this.#waiting.get(message) ?? [];
		const index = same.findIndex(
			other => other.supervisor !== supervisor && Math.abs(other.realtimeUs - realtimeUs) <= TWIN_US,
		);
		const twin = same[index];
		if (twin !== undefined) {
			same.splice(index, 1);
			return supervisor ? twin.number : number;
		}
		this.#waiting.set(message, [...same, {number, supervisor, realtimeUs}]);
		if (++this.#size > 2000) this.#forget(realtimeUs);
		return null;
	}

	#forget(nowUs: number): void {
		this.#size = 0;
		for (const [text, list] of this.#waiting) {
			const fresh = list.filter(({realtimeUs}) => Math.abs(nowUs - realtimeUs) <= TWIN_US);
			if (fresh.length === 0) this.#waiting.delete(text);
			else this.#waiting.set(text, fresh);
			this.#size += fresh.length;
		}
	}
}
