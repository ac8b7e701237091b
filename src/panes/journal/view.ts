/**
 * Which entries of a ring are shown: those that pass the filter, without the supervisor's twins. Kept between calls and
 * carried on, so that a push costs only the new entries. A cache, nothing more: it proves by the entries themselves that
 * it belongs to the ring, and begins anew where it does not.
 */
import {type Filter, passes} from '../../domain/filter.ts';
import type {JournalRecord} from '../../domain/journal.ts';
import type {Items, Key} from '../../domain/pane.ts';
import type {Ring} from '../../domain/ring.ts';
import {containerOf, isAttached, isMereStderr, isSupervisor, type Names} from './speaker.ts';

/** The twin comes within this time, before or after. */
const TWIN_US = 5_000_000;

type Waiting = {readonly number: number; readonly supervisor: boolean; readonly realtimeUs: number};

/** Entries that may still meet their twin, by text. */
class Twins {
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

/** A sorted list of ring numbers. Given-out parts are never changed: additions stand behind them, removals copy. */
class Numbers implements Items {
	readonly #list: readonly number[];
	readonly #from: number;
	readonly length: number;

	constructor(list: readonly number[], from: number, to: number) {
		this.#list = list;
		this.#from = from;
		this.length = to - from;
	}

	at(index: number): Key | undefined {
		return index < 0 || index >= this.length ? undefined : this.#list[this.#from + index];
	}

	indexOf(key: Key): number {
		if (typeof key !== 'number') return -1;
		const found = search(this.#list, key, this.#from, this.#from + this.length) - this.#from;
		return found < this.length ? found : -1;
	}
}

/** First place in [from, to) whose number is not below. */
function search(list: readonly number[], number: number, from: number, to: number): number {
	let low = from;
	let high = to;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((list[middle] ?? 0) < number) low = middle + 1;
		else high = middle;
	}
	return low;
}

export class View {
	readonly #filter: Filter;
	readonly #names: Names;
	#list: number[] = [];
	#given = false;
	/** First place in the list that is still held by the ring. */
	#start = 0;
	#first: number;
	#end: number;
	#firstRecord: JournalRecord | undefined;
	#lastRecord: JournalRecord | undefined;
	readonly #twins = new Twins();
	readonly #olderTwins = new Twins();
	hidden = 0;

	constructor(filter: Filter, names: Names, ring: Ring<JournalRecord>) {
		this.#filter = filter;
		this.#names = names;
		const from = Math.max(ring.first, 0);
		this.#first = from;
		this.#end = from;
	}

	/** Can it be carried on to this ring? */
	fits(filter: Filter, names: Names, ring: Ring<JournalRecord>): boolean {
		if (filter.source !== this.#filter.source) return false;
		if (names !== this.#names && filter.terms.some(({field}) => field === 'container')) return false;
		if (ring.end < this.#end || ring.first > this.#end) return false;
		if (this.#end > this.#first && this.#end > ring.first && ring.get(this.#end - 1) !== this.#lastRecord) return false;
		// The first is gone by eviction, or must be the same; a ring that has fewer older ones is another.
		return this.#first < ring.first
			? ring.first >= 0
			: this.#end === this.#first || ring.get(this.#first) === this.#firstRecord;
	}

	#passes(record: JournalRecord): boolean {
		if (this.#filter.terms.length === 0) return true;
		const {units, identifier, containerId, containerName, message} = record;
		// What a container writes to stderr is no error by itself.
		const severity = isMereStderr(record) ? 4 : record.severity;
		const service = containerOf(record, this.#names);
		return passes(this.#filter, {units, identifier, containerId, containerName, severity, message, service});
	}

	#remove(number: number): void {
		const place = search(this.#list, number, this.#start, this.#list.length);
		if (this.#list[place] !== number) return;
		if (this.#given) this.#list = this.#list.slice();
		this.#given = false;
		this.#list.splice(place, 1);
		this.hidden++;
	}

	/** Takes in what the ring has more than before. */
	advance(ring: Ring<JournalRecord>): void {
		for (let number = Math.max(this.#end, ring.first); number < ring.end; number++) {
			const record = ring.get(number);
			if (record === undefined || !this.#passes(record)) continue;
			this.#list.push(number);
			const twin = this.#twins.meet(number, record);
			if (twin !== null) this.#remove(twin);
		}
		if (ring.first < this.#first) this.#prepend(ring);
		this.#end = ring.end;
		this.#first = ring.first;
		this.#firstRecord = ring.get(ring.first);
		this.#lastRecord = ring.last;
		this.#start = search(this.#list, ring.first, this.#start, this.#list.length);
		// What was let go is cut off now and then, not at every push.
		if (this.#start > 4096) {
			this.#list = this.#list.slice(this.#start);
			this.#given = false;
			this.#start = 0;
		}
	}

	#prepend(ring: Ring<JournalRecord>): void {
		const older: number[] = [];
		for (let number = this.#first - 1; number >= ring.first; number--) {
			const record = ring.get(number);
			if (record === undefined || !this.#passes(record)) continue;
			older.push(number);
			const twin = this.#olderTwins.meet(number, record);
			if (twin === null) continue;
			this.hidden++;
			const place = older.lastIndexOf(twin);
			if (place >= 0) older.splice(place, 1);
			else {
				this.hidden--;
				this.#remove(twin);
			}
		}
		this.#list = [...older.reverse(), ...this.#list.slice(this.#start)];
		this.#given = false;
		this.#start = 0;
	}

	/** How many are shown. */
	get length(): number {
		return this.#list.length - this.#start;
	}

	items(): Items {
		this.#given = true;
		return new Numbers(this.#list, this.#start, this.#list.length);
	}
}

/** The newest few views: one on the screen, one or two that the operator comes back to. */
let views: readonly View[] = [];

/** The view of a ring through a filter. */
export function viewOf(ring: Ring<JournalRecord>, filter: Filter, names: Names): View {
	const known = views.find(view => view.fits(filter, names, ring));
	const view = known ?? new View(filter, names, ring);
	view.advance(ring);
	if (views[0] !== view) views = [view, ...views.filter(other => other !== view)].slice(0, 4);
	return view;
}
