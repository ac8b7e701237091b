/** Follows the journal over a time without a link, or without followers: from the last line before to where it is whole again. */
import {type JournalRecord, SUPPRESSED, sameEntry, sequenceIdOf, sequenceOf} from '../domain/journal.ts';
import type {LinkState} from '../domain/link.ts';
import type {Seam} from '../domain/seam.ts';
import type {Sequence} from './sequence.ts';

/** What is known around it. */
export type Now = {
	readonly at: number;
	/** When anything came of the device. */
	readonly newestAt: number | null;
	readonly last: JournalRecord | null;
	readonly boot: string;
	readonly sequence: Pick<Sequence, 'lost' | 'unproven'>;
	/** Is everything fetched? Then numbers prove. */
	readonly whole: boolean;
	/** Device clock minus ours, ms. */
	readonly offsetMs: number;
};

type Open = {
	readonly cause: Seam['cause'];
	readonly lostAt: number;
	readonly before: JournalRecord | null;
	readonly boot: string;
	readonly lostBefore: number;
	readonly unprovenBefore: number;
	backAt: number | null;
	reboot: Seam['reboot'];
	bootNow: string;
	/** The newest entry of all after the return: the lines up to it are of the time away. */
	until: JournalRecord | null;
	/** Was the first line that came the last one of before? Null: none came yet. */
	held: boolean | null;
	recovered: number;
	doubled: number;
	suppressed: number;
	/** When the newest line came, or the follower was opened. Null: it is not opened yet. */
	heardAt: number | null;
};

/** So long after the last line something else came, nothing more is waited for: the newest entry may be outside of what is fetched. */
const QUIET_MS = 10_000;

export class Seaming {
	#open: Open | null = null;

	/** Stands where another one stands. */
	copy(other: Seaming): void {
		this.#open = other.#open === null ? null : {...other.#open};
	}

	/** Nothing is followed from here on. A seam that comes out was interrupted: what came so far is known. */
	begin(cause: Seam['cause'], now: Now): Seam | null {
		const open = this.#open;
		// Where nothing came since the return, it is the same gap that goes on.
		if (open !== null && (open.backAt === null || open.held === null)) {
			open.backAt = null;
			open.heardAt = null;
			open.until = null;
			return null;
		}
		const closed = this.#close(now);
		this.#open = {
			cause,
			lostAt: now.at,
			before: now.last,
			boot: now.boot,
			lostBefore: now.sequence.lost,
			unprovenBefore: now.sequence.unproven,
			backAt: null,
			reboot: 'no',
			bootNow: now.boot,
			until: null,
			held: null,
			recovered: 0,
			doubled: 0,
			suppressed: 0,
			heardAt: null,
		};
		return closed;
	}

	link(link: LinkState, now: Now): Seam | null {
		if (link.kind === 'waiting' || link.kind === 'refused') return this.begin('link', now);
		if (link.kind === 'live') this.back(now);
		return null;
	}

	/** Following begins again. */
	back(now: Now): void {
		const open = this.#open;
		if (open === null || open.backAt !== null) return;
		open.backAt = now.at;
		open.bootNow = now.boot;
		if (open.boot !== '' && now.boot !== open.boot && open.reboot === 'no') open.reboot = 'gone';
	}

	/** The end of the boot before is still there. */
	kept(): void {
		if (this.#open !== null && this.#open.reboot !== 'no') this.#open.reboot = 'kept';
	}

	/** The newest entry of all, as it was asked for on the return. */
	anchor(record: JournalRecord): void {
		if (this.#open !== null && this.#open.backAt !== null) this.#open.until ??= record;
	}

	/** The follower is opened: silence counts from now on. */
	following(now: Now): void {
		if (this.#open !== null && this.#open.backAt !== null) this.#open.heardAt = now.at;
	}

	/** A line is about to be taken: is it behind the seam? */
	meet(record: JournalRecord, now: Now): Seam | null {
		const open = this.#open;
		if (open === null || !isBehind(open, record, now)) return null;
		// The first line tells whether the last one of before is there: it is looked at in any case.
		return open.held === null && open.before !== null ? null : this.#close(now);
	}

	/** A line was taken, in order. */
	line(record: JournalRecord, came: 'new' | 'again' | 'behind', now: Now): Seam | null {
		const open = this.#open;
		if (open === null || open.backAt === null) return null;
		open.held ??= open.before !== null && sameEntry(record, open.before);
		open.heardAt = now.at;
		if (isBehind(open, record, now)) return this.#close(now);
		if (came !== 'again') {
			open.recovered++;
			if (came === 'behind') open.doubled++;
			if (record.messageId === SUPPRESSED) open.suppressed += record.dropped ?? 0;
		}
		return record.cursor === open.until?.cursor ? this.#close(now) : null;
	}

	tick(now: Now): Seam | null {
		const {heardAt = null, until = null} = this.#open ?? {};
		// Of everything the newest entry does come, however long a link that stalls takes.
		if (heardAt === null || (now.whole && until !== null)) return null;
		return now.newestAt !== null && now.newestAt - heardAt >= QUIET_MS ? this.#close(now) : null;
	}

	/** How it stands with one whose lines are coming. */
	soFar(now: Now): Seam | null {
		const open = this.#open;
		if (open === null || open.backAt === null || open.held === null) return null;
		return seamOf(open, open.backAt, now);
	}

	#close(now: Now): Seam | null {
		const open = this.#open;
		this.#open = null;
		return open === null || open.backAt === null ? null : seamOf(open, open.backAt, now);
	}
}

/** Is a line of the time after the return? Told by the newest entry of then; where none was asked for, as in old recordings, by the device's clock. */
function isBehind({until, backAt}: Open, record: JournalRecord, {offsetMs}: Now): boolean {
	if (backAt === null) return false;
	if (until === null) return record.realtimeUs / 1000 > backAt + offsetMs;
	return record.boot === until.boot && record.monotonicUs > until.monotonicUs;
}

function seamOf(open: Open, backAt: number, now: Now): Seam {
	const {cause, lostAt, recovered, doubled, suppressed, reboot, bootNow, before} = open;
	const doubt = doubtOf(open, now);
	return {
		cause,
		lostAt,
		backAt,
		recovered,
		lost: doubt !== '' ? null : now.whole ? now.sequence.lost - open.lostBefore : 0,
		doubled,
		suppressed,
		doubt,
		reboot,
		boot: bootNow,
		lastMs: before === null ? null : before.realtimeUs / 1000,
	};
}

/** Why it can't be told whether something is missing; empty where it can. */
function doubtOf({cause, before, reboot, held, unprovenBefore}: Open, {whole, sequence}: Now): string {
	if (reboot === 'gone')
		return 'the device was restarted meanwhile and its journal was deleted with it: what it said between the loss and the restart is gone';
	const stepped = sequence.unproven === unprovenBefore;
	if (reboot === 'kept' && !(whole && stepped))
		return 'the device was restarted meanwhile, and what it said last may never have been stored';
	if (before === null) return 'no line before the loss to count from';
	if (held === null) return 'no line came after the link was back, not even the last one of before';
	if (!whole && !held && cause === 'scope') return 'the last line of before is outside of what is fetched now';
	if (!whole)
		return held ? '' : 'the last line before the loss is no longer in the journal, and only a part of it is fetched';
	if (sequenceOf(before.cursor) === null || sequenceIdOf(before.cursor) === '')
		return 'no line before the loss to count from';
	return stepped ? '' : 'the journal went on in another file with another numbering';
}
