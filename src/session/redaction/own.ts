/**
 * The operator's own patterns. Nobody has bounded their repetitions as those of devtop's rules are, and a regular expression
 * can't be stopped: so each is asked in pieces of a line, which overlap. Even one that goes over every piece anew from each
 * of its characters needs a few milliseconds for a piece. One that is slow all the same gets smaller pieces.
 */
import type {SecretRule} from '../../domain/secret.ts';

/** UTF-16 units of a piece, and of what the next one sees again. */
const PIECE = 2048;
const OVERLAP = 512;
/** The smallest piece. */
const LEAST = 128;
/** A secret may be so long; of one that is longer all that follows in its line is cut. */
const LONGEST = 64 << 10;
/** Milliseconds for a piece from which on pieces become smaller. */
const SLOW_MS = 20;

export type OwnSpan = {readonly from: number; readonly to: number; readonly lead: number};

export class OwnPattern {
	readonly id: string;
	readonly #find: RegExp;
	#most = PIECE;

	constructor({id, find}: SecretRule) {
		this.id = id;
		this.#find = find;
	}

	/** Is there anything of it in a text? */
	isIn(text: string): boolean {
		for (const _ of this.in(text)) return true;
		return false;
	}

	/** All that it finds; what is found in two pieces comes twice. */
	*in(text: string): Generator<OwnSpan> {
		let size = this.#most;
		for (let at = 0; ; ) {
			const end = Math.min(text.length, at + size);
			const {spans, slow} = this.#inPiece(text, at, end);
			yield* spans;
			if (end === text.length) return;
			const touching = spans.find(({to}) => to === end);
			if (touching === undefined || touching.lead > at) {
				size = this.#most;
				at = touching?.lead ?? end - Math.floor(size * (OVERLAP / PIECE));
			} else if (slow || size >= LONGEST) {
				yield {...touching, to: text.length};
				return;
			} else size *= 4;
		}
	}

	#inPiece(text: string, at: number, end: number): {readonly spans: readonly OwnSpan[]; readonly slow: boolean} {
		const spans: OwnSpan[] = [];
		const began = performance.now();
		for (const found of text.slice(at, end).matchAll(this.#find)) {
			const [from, to] = found.indices?.groups?.secret ?? [found.index, found.index + found[0].length];
			if (to > from) spans.push({from: at + from, to: at + to, lead: at + found.index});
		}
		const slow = performance.now() - began > SLOW_MS;
		if (slow) this.#most = Math.max(LEAST, this.#most >> 1);
		return {spans, slow};
	}
}
