/** The link over time: when it was lost and came back, what came afterwards of the time between, and what can be proven. */
import type {Frame} from '../domain/frame.ts';
import {isEverything} from '../domain/source.ts';
import type {Fold} from '../session/fold.ts';
import type {Loss} from './note.ts';

type Open = {-readonly [Key in keyof Loss]: Loss[Key]} & {
	readonly boot: string;
};

const NARROW = 'only a part of the journal was fetched, so gaps in its numbering prove nothing';

/** Grows with the frames; each is given after the fold has taken it. */
export class Losses {
	readonly #all: Open[] = [];
	readonly #roundTrips: number[] = [];
	#heardAt: number | null = null;
	#lives = 0;

	take(frame: Frame, fold: Fold): void {
		switch (frame.t) {
			case 'link':
				this.#link(frame, fold);
				break;
			case 'tick':
				if (frame.roundTripMs !== null && fold.link.kind === 'live') this.#roundTrips.push(frame.roundTripMs);
				break;
			case 'out':
				this.#heardAt = frame.at;
				break;
		}
		this.#sewn(fold);
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
				});
				break;
		}
	}

	/** What the fold says of the newest seam, where it is this gap's. */
	#sewn({seam}: Fold): void {
		const gap = this.#all.at(-1);
		if (seam === null || gap === undefined || gap.backAt !== seam.backAt) return;
		const {recovered, lost, doubt} = seam;
		Object.assign(gap, {recovered, lost, doubt});
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
		return fold.renumbered ? 'the journal went on in another file with another numbering' : '';
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
