/** Secrets are cut on the way in: before anything is recorded, folded or shown. Text around them stays as it is. */
import {type Entry, type Field, textOf} from '../domain/entry.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {SecretRule} from '../domain/secret.ts';
import type {Unit} from '../domain/source.ts';
import {Blocks} from './redaction/blocks.ts';
import {Bounded} from './redaction/bounded.ts';
import {Finder, type Span} from './redaction/find.ts';
import {asText, asValue, type Cut, cutOut} from './redaction/mark.ts';
import {Pieces} from './redaction/pieces.ts';
import {within} from './redaction/within.ts';

/** How many secrets a rule cut since the last such frame. */
export type RedactedFrame = Extract<FrameBody, {t: 'redacted'}>;

/** So many entries that lost something are known again when they come by another way, where what was before them is missing. */
const REMEMBERED = 4096;
const A_DAY = 86_400;

/** Of an entry's text: what is cut, what of it is a secret not seen before, and where its last span is. */
type Found = {readonly cuts: readonly Cut[]; readonly fresh: readonly Cut[]; readonly spans: readonly Span[]};
type Channel = {readonly group: string; readonly backwards: boolean};

export class Redactor {
	readonly #finder: Finder;
	readonly #blocks = new Blocks();
	readonly #pieces: Pieces;
	/** Stderr comes in pieces, too. */
	readonly #errors: Pieces;
	readonly #channels = new Map<number, Channel>();
	readonly #entries = new Bounded<{readonly length: number; readonly cuts: readonly Cut[]}>(REMEMBERED, A_DAY);
	readonly #counts = new Map<string, number>();
	readonly #untold = new Map<string, number>();

	constructor(rules: readonly SecretRule[]) {
		this.#finder = new Finder(rules);
		this.#pieces = new Pieces(this.#finder);
		this.#errors = new Pieces(this.#finder);
	}

	/** How many secrets each rule cut so far. */
	counts(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.#counts);
	}

	/** How much is kept between frames: senders in the midst of a key, lines in pieces, entries that lost something. */
	held(): {readonly blocks: number; readonly pieces: number; readonly entries: number; readonly channels: number} {
		return {
			blocks: this.#blocks.size,
			pieces: this.#pieces.size + this.#errors.size,
			entries: this.#entries.size,
			channels: this.#channels.size,
		};
	}

	/** The frame without its secrets, the very same where it has none; with each tick what was cut since the one before. */
	frame(frame: FrameBody): readonly FrameBody[] {
		switch (frame.t) {
			case 'out': {
				const unit = this.#unit(frame.ch, frame.unit);
				return [unit === frame.unit ? frame : {...frame, unit}];
			}
			case 'tick':
				this.#blocks.tick();
				this.#pieces.tick();
				this.#errors.tick();
				this.#entries.tick();
				return [frame, ...this.rest()];
			case 'bye': {
				const bye = this.#within(frame);
				return [...this.rest(), bye];
			}
			case 'open':
				this.#channels.set(frame.ch, {
					group: frame.place === undefined || frame.place === 'older' ? (frame.place ?? `ch${frame.ch}`) : 'journal',
					backwards: frame.argv.includes('--reverse'),
				});
				return [this.#within(frame)];
			case 'err': {
				const unfinished = !frame.text.endsWith('\n');
				const found = this.#errors.next(`${frame.ch}`, {text: frame.text, last: false, unfinished, ordinal: null});
				const text = this.#cut(frame.text, found.cuts, found.fresh);
				return [text === frame.text ? frame : {...frame, text}];
			}
			case 'exit':
				return [this.#exit(frame)];
			default:
				return [this.#within(frame)];
		}
	}

	/** What was cut since it was told last: with a tick, or for the end of a session that has no more of them. */
	rest(): readonly RedactedFrame[] {
		if (this.#untold.size === 0) return [];
		const told = Array.from(this.#untold, ([rule, count]): RedactedFrame => ({t: 'redacted', rule, count}));
		this.#untold.clear();
		return told;
	}

	/** Any sentence without its secrets. */
	text(text: string): string {
		if (!this.#finder.suspects(text)) return text;
		const cuts = this.#finder.find(text).filter(({from, to}) => to > from);
		return this.#cut(text, cuts, cuts);
	}

	/** Any value without the secrets in its texts. */
	value<T>(value: T): T {
		return this.#within(value);
	}

	#cut(text: string, cuts: readonly Cut[], fresh: readonly Cut[]): string {
		for (const {rule} of fresh) {
			this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
			this.#untold.set(rule, (this.#untold.get(rule) ?? 0) + 1);
		}
		return cutOut(text, cuts);
	}

	#unit(ch: number, unit: Unit): Unit {
		if (unit.kind === 'entry') {
			const entry = this.#entry(ch, unit.entry);
			return entry === unit.entry ? unit : {...unit, entry};
		}
		const text = unit.kind === 'line' ? this.#said(`line${ch}`, unit.text, false) : this.text(unit.text);
		return text === unit.text ? unit : {...unit, text};
	}

	/** The end of a channel. Half an entry may go on with a secret that another began, and has no sender yet: then all of it goes. */
	#exit(frame: Extract<FrameBody, {t: 'exit'}>): FrameBody {
		this.#errors.forget(`${frame.ch}`);
		this.#channels.delete(frame.ch);
		if (frame.rest !== undefined && frame.rest !== '' && this.#blocks.size + this.#pieces.size > 0) {
			const cut = {from: 0, to: frame.rest.length, rule: 'pem'};
			return {...this.#within({...frame, rest: ''}), rest: this.#cut(frame.rest, [cut], [])};
		}
		return this.#within(frame);
	}

	#entry(ch: number, entry: Entry): Entry {
		let partial = false;
		let suspect = this.#blocks.size > 0;
		for (const [name, value] of entry) {
			if (name.startsWith('__')) continue;
			if (name === 'CONTAINER_PARTIAL_ID') partial = true;
			else suspect ||= this.#finder.suspects(asText(value));
		}
		const known = this.#entries.size > 0 ? this.#entries.get(stampOf(entry)) : undefined;
		if (!partial && !suspect && known === undefined) return entry;
		let first = true;
		let changed = false;
		const fields = entry.map((field): Field => {
			const [name, value] = field;
			if (name.startsWith('__')) return field;
			const was = asText(value);
			const text = name === 'MESSAGE' && first ? this.#message(ch, entry, was, partial) : this.text(was);
			if (name === 'MESSAGE') first = false;
			if (text === was) return field;
			changed = true;
			return [name, asValue(text, value)];
		});
		return changed ? fields : entry;
	}

	#message(ch: number, entry: Entry, text: string, partial: boolean): string {
		const {group, backwards} = this.#channels.get(ch) ?? {group: `ch${ch}`, backwards: false};
		const who = ['SYSLOG_IDENTIFIER', '_PID', 'CONTAINER_ID'].map(name => textOf(entry, name)?.slice(0, 200) ?? '');
		const sender = [group, ...who].join('\0');
		const found = this.#find(sender, text, backwards, partial ? entry : null);
		const stamp = stampOf(entry);
		const known = this.#entries.get(stamp);
		if (known?.length === text.length) return this.#cut(text, union([...known.cuts, ...found.cuts]), []);
		if (found.cuts.length + found.fresh.length > 0) this.#entries.set(stamp, {length: text.length, cuts: found.cuts});
		return this.#cut(text, found.cuts, found.fresh);
	}

	/** A line of a sender that may be in the midst of a key. */
	#said(sender: string, text: string, backwards: boolean): string {
		if (this.#blocks.size === 0 && !this.#finder.suspects(text)) return text;
		const {cuts, fresh} = this.#find(sender, text, backwards, null);
		return this.#cut(text, cuts, fresh);
	}

	#find(sender: string, text: string, backwards: boolean, piece: Entry | null): Found {
		const {cuts, fresh, spans, last} = piece === null ? this.#whole(text) : this.#piece(sender, text, backwards, piece);
		const end = spans.at(-1);
		const begun = end?.block === true && end.open && last;
		const more = backwards ? this.#blocks.nextBackwards(sender, text, spans, begun) : this.#blocks.next(sender, text);
		if (begun && !backwards) this.#blocks.begin(sender);
		// A key that is said in many lines is one secret: it is counted with its first line.
		return more === null ? {cuts, fresh, spans} : {cuts: union([more, ...cuts]), fresh, spans};
	}

	#whole(text: string): Found & {readonly last: boolean} {
		const spans = this.#finder.suspects(text) ? this.#finder.find(text) : [];
		const cuts = spans.filter(({from, to}) => to > from);
		return {cuts, fresh: spans, spans, last: true};
	}

	#piece(sender: string, text: string, backwards: boolean, entry: Entry): Found & {readonly last: boolean} {
		const last = textOf(entry, 'CONTAINER_PARTIAL_LAST') === 'true';
		const line = `${sender}\0${textOf(entry, 'CONTAINER_PARTIAL_ID')?.slice(0, 200)}`;
		const ordinal = Number(textOf(entry, 'CONTAINER_PARTIAL_ORDINAL') ?? Number.NaN);
		// Backwards the piece before is still to come; each is looked at alone, and its end cut where it looks like a beginning.
		const found = backwards
			? {spans: this.#finder.find(text, !last), cuts: null}
			: this.#pieces.next(line, {text, last, unfinished: !last, ordinal: Number.isInteger(ordinal) ? ordinal : null});
		if (found.cuts !== null) return {...found, last};
		const cuts = found.spans.filter(({from, to}) => to > from);
		return {cuts, fresh: cuts, spans: found.spans, last};
	}

	#within<T>(value: T): T {
		return within(
			value,
			text => this.text(text),
			(word, before) => this.#word(word, before),
		);
	}

	/** In argv a secret can be a word of its own, named by the one before: `--password`, `sw0rdfish`. */
	#word(word: string, before: string): string {
		if (!before.startsWith('-')) return word;
		const at = before.length + 1;
		const named = this.#finder.find(`${before} ${word}`).find(({lead, from}) => lead < at && from >= at);
		if (named === undefined) return word;
		const cut = {from: 0, to: word.length, rule: named.rule};
		return this.#cut(word, [cut], [cut]);
	}
}

/** The same entry by any way: cursors are numbered anew when the journal moves to disk. */
const stampOf = (entry: Entry): string =>
	`${textOf(entry, '__REALTIME_TIMESTAMP')}:${textOf(entry, '__MONOTONIC_TIMESTAMP')}`;

/** Cuts in order and apart. */
function union(cuts: readonly Cut[]): readonly Cut[] {
	const joined: Cut[] = [];
	for (const cut of cuts.toSorted((a, b) => a.from - b.from)) {
		const last = joined.at(-1);
		if (last === undefined || cut.from >= last.to) joined.push(cut);
		else if (cut.to > last.to) joined[joined.length - 1] = {...last, to: cut.to};
	}
	return joined;
}
