/** A key in PEM form that is said line by line, each line an entry of its own. */
import {Bounded} from './bounded.ts';
import type {Cut} from './mark.ts';
import {BLOCK_END, type Reach} from './reach.ts';

/** The rule that is meant; `rules/secrets.ts` has it. */
const PEM = 'pem';

/** An RSA key of 16384 bits has 196 lines. */
const LONGEST = 300;
/** So many lines in a row that are no key's: then somebody else speaks, or it never was a key. They pass, the key does not. */
const STRANGERS = 3;
const SENDERS = 256;
const SECONDS = 120;

type Block = {readonly backwards: boolean; readonly lines: number; readonly strangers: number};

const KEY_TEXT = /[A-Za-z0-9+/]{16}|^\s*[A-Za-z0-9+/=]*\s*$|^\s*[A-Z][A-Za-z]{1,20}(?:-[A-Z][a-z]{1,20})?: /;
/** Read backwards, a line's beginning was not seen yet, so only what can be nothing else is cut. */
const KEY_LINE = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40,}={0,2}(?![A-Za-z0-9+/=])/;
const LAST_LINE = /^\s*[A-Za-z0-9+/]{1,80}={0,2}\s*$/;

export class Blocks {
	readonly #open = new Bounded<Block>(SENDERS, SECONDS);

	get size(): number {
		return this.#open.size;
	}

	tick(): void {
		this.#open.tick();
	}

	/** A text ended in the midst of a key: what this sender says next belongs to it. */
	begin(sender: string): void {
		this.#open.set(sender, {backwards: false, lines: 0, strangers: 0});
	}

	/** What of the sender's next text belongs to a key that began in an earlier one. */
	next(sender: string, text: string): Cut | null {
		const block = this.#open.get(sender);
		if (block === undefined || block.backwards) return null;
		const end = endIn(text);
		if (end !== null) {
			this.#open.delete(sender);
			return cutTo(text, end);
		}
		if (block.lines >= LONGEST) {
			this.#open.delete(sender);
			return null;
		}
		const strangers = KEY_TEXT.test(text) ? 0 : block.strangers + 1;
		this.#open.set(sender, {...block, lines: block.lines + 1, strangers});
		return strangers > STRANGERS ? null : cutTo(text, text.length);
	}

	/**
	 * The same where the newest comes first: from an END line on, until `begun` says that its BEGIN line is here. `found`
	 * are the secrets of the text itself: an END that belongs to one of them ends nothing else.
	 */
	nextBackwards(sender: string, text: string, found: readonly Reach[], begun: boolean): Cut | null {
		const end = endIn(text);
		if (end !== null && !found.some(({from, to}) => from <= end && text.slice(to, end).trim() === '')) {
			this.#open.set(sender, {backwards: true, lines: 0, strangers: 0});
			return cutTo(text, end);
		}
		const block = this.#open.get(sender);
		if (block === undefined) return null;
		if (begun || block.lines >= LONGEST) {
			this.#open.delete(sender);
			return null;
		}
		if (!KEY_LINE.test(text) && !(block.lines === 0 && LAST_LINE.test(text))) return null;
		this.#open.set(sender, {...block, lines: block.lines + 1});
		return cutTo(text, text.length);
	}
}

function endIn(text: string): number | null {
	BLOCK_END.lastIndex = 0;
	return BLOCK_END.exec(text)?.index ?? null;
}

const cutTo = (text: string, to: number): Cut | null =>
	text.slice(0, to).trim() === '' ? null : {from: 0, to, rule: PEM};
