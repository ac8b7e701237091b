/**
 * Which entries of a ring are shown: those that pass the filter, without the supervisor's twins. Kept between calls and
 * carried on, so that a push costs only the new entries. A cache, nothing more: it proves by the entries themselves that
 * it belongs to the ring, and begins anew where it does not.
 */
import {type Filter, passes} from '../../domain/filter.ts';
import type {JournalRecord} from '../../domain/journal.ts';
import type {Items, Look} from '../../domain/pane.ts';
import type {Ring} from '../../domain/ring.ts';
import {Calm} from './calm.ts';
import {Numbers, search} from './numbers.ts';
import {containerOf, isMereStderr, type Names} from './speaker.ts';
import {Twins} from './twins.ts';

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
	/** Lines that say the same, folded; null while folding is off. */
	#calm: Calm | null = null;
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
		// Of two filters of the same words one may count its `since:` from a later line.
		const {terms} = this.#filter;
		if (filter.source !== this.#filter.source || filter.terms.length !== terms.length) return false;
		if (filter.terms.some(({fromMs}, index) => fromMs !== terms[index]?.fromMs)) return false;
		if (names !== this.#names && filter.terms.some(({field}) => field === 'container')) return false;
		if (ring.end < this.#end || ring.first > this.#end) return false;
		if (this.#end > this.#first && this.#end > ring.first && ring.get(this.#end - 1) !== this.#lastRecord) return false;
		// The first is gone by eviction, or must be the same; a ring that has fewer older ones is another.
		return this.#first < ring.first
			? ring.first >= 0
			: this.#end === this.#first || ring.get(this.#first) === this.#firstRecord;
	}

	#passes(record: JournalRecord): boolean {
		// That the journal was not followed is to be seen through any filter.
		if (this.#filter.terms.length === 0 || record.own !== undefined) return true;
		const {units, identifier, containerId, containerName, message} = record;
		// What a container writes to stderr is no error by itself.
		const severity = isMereStderr(record) ? 4 : record.severity;
		const service = containerOf(record, this.#names);
		return passes(this.#filter, {
			units,
			identifier,
			containerId,
			containerName,
			severity,
			message,
			service,
			atMs: record.realtimeUs / 1000,
		});
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
	advance(ring: Ring<JournalRecord>, calm: boolean): void {
		if (!calm) this.#calm = null;
		for (let number = Math.max(this.#end, ring.first); number < ring.end; number++) {
			const record = ring.get(number);
			if (record === undefined || !this.#passes(record)) continue;
			this.#list.push(number);
			const twin = this.#twins.meet(number, record);
			if (twin !== null) this.#remove(twin);
			if (twin === number) continue;
			if (twin !== null) this.#calm?.remove(twin, ring.get(twin));
			this.#calm?.add(number, record);
		}
		if (ring.first < this.#first) this.#prepend(ring);
		this.#end = ring.end;
		this.#first = ring.first;
		this.#firstRecord = ring.get(ring.first);
		this.#lastRecord = ring.last;
		this.#start = search(this.#list, ring.first, this.#start, this.#list.length);
		if (calm && this.#calm === null) this.#fold(ring);
		this.#calm?.forget(ring.first);
		// What was let go is cut off now and then, not at every push.
		if (this.#start > 4096) {
			this.#list = this.#list.slice(this.#start);
			this.#given = false;
			this.#start = 0;
		}
	}

	#fold(ring: Ring<JournalRecord>): void {
		this.#calm = new Calm();
		for (const number of this.#list.slice(this.#start)) {
			const record = ring.get(number);
			if (record !== undefined) this.#calm.add(number, record);
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
				this.#calm?.remove(twin, ring.get(twin));
			}
		}
		this.#calm?.prepend(older.toReversed(), number => ring.get(number));
		this.#list = [...older.reverse(), ...this.#list.slice(this.#start)];
		this.#given = false;
		this.#start = 0;
	}

	/** How many are shown. */
	get length(): number {
		return this.#list.length - this.#start;
	}

	/** The folds, where folding is on. */
	get calm(): Calm | null {
		return this.#calm;
	}

	items(open: Look['open']): Items {
		this.#given = true;
		const lines = new Numbers(this.#list, this.#start, this.#list.length);
		return this.#calm === null ? lines : this.#calm.items(open, lines);
	}
}

/** The newest few views: one on the screen, one or two that the operator comes back to. */
let views: readonly View[] = [];

/** The view of a ring through a filter, with folds where it is to be calm. */
export function viewOf(ring: Ring<JournalRecord>, {filter, calm}: Pick<Look, 'filter' | 'calm'>, names: Names): View {
	const known = views.find(view => view.fits(filter, names, ring));
	const view = known ?? new View(filter, names, ring);
	view.advance(ring, calm);
	if (views[0] !== view) views = [view, ...views.filter(other => other !== view)].slice(0, 4);
	return view;
}
