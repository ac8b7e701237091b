/** Counts what the device lost, by the sequence numbers in cursors. */
import {type JournalRecord, sameEntry, sequenceIdOf, sequenceOf} from '../domain/journal.ts';

type Place = Pick<JournalRecord, 'boot' | 'cursor' | 'monotonicUs' | 'realtimeUs' | 'message'>;

type Last = {readonly place: Place; readonly id: string; readonly number: number};

/**
 * Every step of +1 proves that nothing is missing between two entries, in whatever file they are: a user's file has an id
 * of its own and shares the numbers. A jump is loss. Where the id changes with it, another numbering began and nothing can
 * be said; but for a flush to disk, which shows itself by the same entry under another number (see `#moved`).
 */
export class Sequence {
	#last: Last | null = null;
	/**
	 * A flush copies entries with the file's numbers, and journald goes on behind them with its own: a jump that is none.
	 * The number that it goes on with follows from how far the copies are behind; 0 where there was no flush.
	 */
	#moved = 0;
	lost = 0;
	/** Steps that prove nothing. */
	unproven = 0;

	/** Takes the next entry in order of arrival, repeats included. False where it has its place behind what came before. */
	take(place: Place): boolean {
		const number = sequenceOf(place.cursor);
		if (number === null) return true;
		const next: Last = {place, id: sequenceIdOf(place.cursor), number};
		const last = this.#last;
		if (last === null) {
			this.#last = next;
			return true;
		}
		const sameBoot = last.place.boot === place.boot;
		if (last.id !== next.id && sameEntry(last.place, place)) {
			this.#moved = Math.max(0, last.number - number);
			this.#last = next;
			return true;
		}
		if (last.id === next.id && sameBoot && number <= last.number) return false;
		if (number === last.number + 1 && (sameBoot || last.id === next.id)) {
			// The usual case.
		} else if (this.#moved > 0 && sameBoot && number === last.number + 1 + this.#moved) this.#moved = 0;
		else if (sameBoot && last.id === next.id && this.#moved === 0) this.lost += number - last.number - 1;
		else {
			this.unproven++;
			this.#moved = 0;
		}
		this.#last = next;
		return true;
	}

	/** Stands where another one stands. */
	copy(other: Sequence): void {
		this.#last = other.#last;
		this.#moved = other.#moved;
		this.lost = other.lost;
		this.unproven = other.unproven;
	}

	/** What comes next does not follow what came before: a page from elsewhere, a gap that was said. */
	restart(): void {
		this.#last = null;
		this.#moved = 0;
	}
}
