/** Counts what the device lost, by the sequence numbers in cursors. */
import {type JournalRecord, sequenceOf} from '../domain/journal.ts';

const idOf = (cursor: string): string => /(?:^|;)s=([0-9a-f]+)/.exec(cursor)?.[1] ?? '';

/**
 * Every step of +1 proves that nothing is missing between two entries of one boot. A jump is loss, unless the sequence's
 * id changed with it: then the journal was flushed to disk, or another file begins, and nothing can be said.
 */
export class Sequence {
	#last: {boot: string; id: string; number: number} | null = null;
	lost = 0;

	/** Takes the next entry in order of arrival, repeats included. */
	take({boot, cursor}: Pick<JournalRecord, 'boot' | 'cursor'>): void {
		const number = sequenceOf(cursor);
		if (number === null) return;
		const id = idOf(cursor);
		const last = this.#last;
		if (last !== null && last.boot === boot && last.id === id && number > last.number + 1)
			this.lost += number - last.number - 1;
		if (last === null || last.boot !== boot || last.id !== id || number > last.number) this.#last = {boot, id, number};
	}

	/** Stands where another one stands. */
	copy(other: Sequence): void {
		this.#last = other.#last;
		this.lost = other.lost;
	}

	/** What comes next does not follow what came before: a page from elsewhere, a gap that was said. */
	restart(): void {
		this.#last = null;
	}
}
