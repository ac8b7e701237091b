/** The link over time: when it was lost and came back, what came afterwards of the time between, and what can be proven. */
import type {Frame} from '../domain/frame.ts';
import {isEverything} from '../domain/source.ts';
import type {Fold} from '../session/fold.ts';
import type {Loss} from './note.ts';

type Open = {-readonly [Key in keyof Loss]: Loss[Key]} & {
	readonly boot: string;
	/** Sequence id of the last line before. */
	readonly file: string;
	/** What the fold had counted as lost before. */
	readonly lostBefore: number;
	oldBootAsked: boolean;
	oldBootKept: boolean;
	/** A line from after the return came: what follows is not of this gap. */
	closed: boolean;
};

const NARROW = 'only a part of the journal was fetched, so gaps in its numbering prove nothing';

/** The id of the numbering that a cursor's number belongs to: another file may have another. */
const fileOf = (cursor: string | undefined): string => /(?:^|;)s=([0-9a-f]+)/.exec(cursor ?? '')?.[1] ?? '';

/** The sum of lines that the numbering proves lost; 0 where nothing is proven. */
const lostIn = (fold: Fold): number => fold.receipt(0, 0).lost ?? 0;

/** Grows with the frames; each is given after the fold has taken it. */
export class Losses {
	readonly #all: Open[] = [];
	readonly #roundTrips: number[] = [];
	/** Channels of pages that go before what is held: they prove nothing about a gap. */
	readonly #older = new Set<number>();
	#oldBootChannel: number | null = null;
	#counted = {received: 0, repeated: 0};
	#heardAt: number | null = null;
	#lives = 0;
	/** Another numbering began while the link was up. */
	#renumbered = false;
	#file = {id: '', boot: ''};

	take(frame: Frame, fold: Fold): void {
		const gap = this.#all.at(-1);
		switch (frame.t) {
			case 'link':
				this.#link(frame, fold);
				break;
			case 'tick':
				if (frame.roundTripMs !== null && fold.link.kind === 'live') this.#roundTrips.push(frame.roundTripMs);
				break;
			case 'open':
				if (frame.place === 'older') this.#older.add(frame.ch);
				if (frame.source !== 'journal-old-boot' || gap === undefined) break;
				this.#oldBootChannel = frame.ch;
				gap.oldBootAsked = true;
				break;
			case 'out':
				this.#heardAt = frame.at;
				if (frame.ch === this.#oldBootChannel && gap !== undefined) gap.oldBootKept = true;
				this.#line(frame, fold);
				break;
		}
	}

	#link({link, at}: Extract<Frame, {t: 'link'}>, fold: Fold): void {
		const gap = this.#all.at(-1);
		switch (link.kind) {
			case 'live':
				this.#lives++;
				if (gap === undefined || gap.backAt !== null) break;
				gap.backAt = at;
				gap.rebooted = gap.boot !== (fold.identity?.bootId ?? gap.boot);
				break;
			case 'waiting':
			case 'refused':
				if (gap !== undefined && gap.backAt === null) {
					gap.why = link.why;
					gap.attempts = Math.max(gap.attempts, link.kind === 'waiting' ? link.attempt : 0);
					break;
				}
				this.#all.push({
					lostAt: at,
					heardAt: this.#heardAt,
					backAt: null,
					why: link.why,
					attempts: link.kind === 'waiting' ? link.attempt : 0,
					rebooted: false,
					recovered: 0,
					lost: null,
					doubt: '',
					boot: fold.identity?.bootId ?? '',
					file: fileOf(fold.last?.cursor),
					lostBefore: lostIn(fold),
					oldBootAsked: false,
					oldBootKept: false,
					closed: false,
				});
				break;
		}
	}

	/** Counts a new journal line for the gap that it comes from, by the device's clock. */
	#line(frame: Extract<Frame, {t: 'out'}>, fold: Fold): void {
		const {received, repeated} = fold.receipt(0, 0);
		const isNew = received > this.#counted.received;
		const came = isNew || repeated > this.#counted.repeated;
		this.#counted = {received, repeated};
		const {last} = fold;
		if (!came || last === null || this.#older.has(frame.ch)) return;
		const id = fileOf(last.cursor);
		if (this.#file.id !== '' && id !== '' && this.#file.boot === last.boot && this.#file.id !== id)
			this.#renumbered = true;
		this.#file = {id, boot: last.boot};
		const gap = this.#all.at(-1);
		if (gap === undefined || gap.backAt === null || gap.closed) return;
		gap.lost = lostIn(fold) - gap.lostBefore;
		gap.doubt = this.#doubt(gap, last);
		// Where to go on from is asked for inclusively: the last line of before comes again.
		if (!isNew) return;
		if (last.realtimeUs / 1000 > gap.backAt + (fold.clockOffsetMs ?? 0)) gap.closed = true;
		else gap.recovered++;
	}

	#doubt(gap: Open, last: {readonly cursor: string; readonly boot: string}): string {
		if (gap.rebooted)
			return gap.oldBootAsked && !gap.oldBootKept
				? 'the device was restarted meanwhile and its journal was deleted with it: what it said between the loss and the restart is gone'
				: 'the device was restarted meanwhile, and what it said last may never have been stored';
		const id = fileOf(last.cursor);
		if (gap.file === '' || id === '') return 'no line before the loss to count from';
		return gap.file === id ? '' : 'the journal went on in another file with another numbering';
	}

	/** All of them, at the end. */
	result(fold: Fold): readonly Loss[] {
		const narrow = !isEverything(fold.scope);
		return this.#all.map(({lostAt, heardAt, backAt, why, attempts, rebooted, recovered, lost, doubt}) => {
			const reason = doubtAtEnd(backAt, lost, doubt, narrow);
			return {
				lostAt,
				heardAt,
				backAt,
				why,
				attempts,
				rebooted,
				recovered,
				lost: reason === '' ? lost : null,
				doubt: reason,
			};
		});
	}

	/** Why completeness cannot be proven for the session as a whole; empty where it can. */
	doubt(fold: Fold): string {
		if (!isEverything(fold.scope)) return NARROW;
		if (fold.last === null) return 'no journal line came';
		const [first] = this.result(fold).flatMap(({doubt}) => (doubt === '' ? [] : [doubt]));
		if (first !== undefined) return first;
		return this.#renumbered ? 'the journal went on in another file with another numbering' : '';
	}

	get reconnects(): number {
		return Math.max(0, this.#lives - 1);
	}

	/** The loss that was not mended before the end. */
	get open(): {readonly lostAt: number} | null {
		const last = this.#all.at(-1);
		return last !== undefined && last.backAt === null ? last : null;
	}

	/** Over all seconds with a link. */
	get roundTrip(): {readonly medianMs: number | null; readonly worstMs: number | null} {
		const sorted = this.#roundTrips.toSorted((a, b) => a - b);
		const middle = sorted[Math.floor(sorted.length / 2)] ?? null;
		return {medianMs: middle, worstMs: sorted.at(-1) ?? null};
	}
}

function doubtAtEnd(backAt: number | null, lost: number | null, doubt: string, narrow: boolean): string {
	if (backAt === null) return 'the link did not come back: what the device said since then is not in this recording';
	if (narrow) return NARROW;
	if (doubt !== '') return doubt;
	return lost === null ? 'no journal line came after the link was back' : '';
}
