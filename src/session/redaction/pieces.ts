/** A long line in pieces: what is cut at the border of two. Nothing is held back, so a piece is cut before the next is known. */
import {Bounded} from './bounded.ts';
import type {Finder, Span} from './find.ts';
import type {Cut} from './mark.ts';

/** So much of what came before is looked at again with the next piece. */
const CONTEXT = 2048;
/** A secret that is open for longer than this: all that follows is cut, until the line ends. */
const LONGEST = 64 << 10;
const LINES = 64;
const SECONDS = 120;

type Held = {
	readonly before: string;
	readonly ordinal: number | null;
	/** Where in it the matches began whose secrets were counted: a secret that goes on is not counted again. */
	readonly leads: readonly number[];
	/** The rule whose secret the piece ended in. */
	readonly inside: string | null;
	/** It has grown too long to be looked at again. */
	readonly endless: boolean;
};

export type Piece = {
	readonly text: string;
	/** No more is to come. */
	readonly last: boolean;
	/** The text may go on in the midst of a word. */
	readonly unfinished: boolean;
	readonly ordinal: number | null;
};

/** `fresh` are the cuts that do not go on with one of the piece before. */
export type PieceCuts = {
	readonly cuts: readonly Cut[];
	readonly fresh: readonly Cut[];
	readonly spans: readonly Span[];
	/** The piece before is not known, so it may begin in the midst of a secret. */
	readonly orphan: boolean;
};

export class Pieces {
	readonly #finder: Finder;
	readonly #held = new Bounded<Held>(LINES, SECONDS);

	constructor(finder: Finder) {
		this.#finder = finder;
	}

	get size(): number {
		return this.#held.size;
	}

	tick(): void {
		this.#held.tick();
	}

	forget(line: string): void {
		this.#held.delete(line);
	}

	/** The cuts of the next piece of a line. A piece that came before is only looked at, one that is missing ends the line. */
	next(line: string, piece: Piece): PieceCuts {
		const {text, last, unfinished, ordinal} = piece;
		const held = this.#held.get(line);
		const step = held === undefined || held.ordinal === null || ordinal === null ? 1 : ordinal - held.ordinal;
		const follows = held !== undefined && step === 1 ? held : null;
		const orphan = ordinal !== null && ordinal > 1 && (held === undefined || step > 1);
		if (follows?.endless) {
			if (last) this.#held.delete(line);
			else this.#held.set(line, {...follows, ordinal});
			return {cuts: [{from: 0, to: text.length, rule: follows.inside ?? ''}], fresh: [], spans: [], orphan};
		}
		const before = follows?.before ?? '';
		const spans = this.#finder.find(before + text, unfinished);
		const here = spans.filter(({from, to}) => to > before.length && to > from);
		const cut = ({from, to, rule}: Span): Cut => ({
			from: Math.max(0, from - before.length),
			to: to - before.length,
			rule,
		});
		if (last) this.#held.delete(line);
		else if (step > 0) this.#hold(line, before + text, spans, ordinal);
		const goesOn = (span: Span): boolean =>
			(span.from < before.length && follows?.inside != null) || follows?.leads.includes(span.lead) === true;
		return {cuts: here.map(cut), fresh: here.filter(span => !goesOn(span)).map(cut), spans, orphan};
	}

	#hold(line: string, text: string, spans: readonly Span[], ordinal: number | null): void {
		const end = spans.at(-1);
		const open = end?.open ? end : null;
		const from = Math.max(0, (open?.lead ?? text.length) - CONTEXT);
		const endless = text.length - from > LONGEST;
		this.#held.set(line, {
			before: endless ? '' : text.slice(from),
			leads: spans.filter(({lead, to, from: begin}) => lead >= from && to > begin).map(({lead}) => lead - from),
			ordinal,
			inside: open !== null && open.to > open.from ? open.rule : null,
			endless,
		});
	}
}
