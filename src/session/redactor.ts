/** Secrets are cut on the way in: before anything is recorded, folded or shown. Text around them stays as it is. */
import {type Entry, type Field, textOf} from '../domain/entry.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {SecretRule} from '../domain/secret.ts';
import type {Unit} from '../domain/source.ts';
import {Blocks} from './redaction/blocks.ts';
import {Bounded} from './redaction/bounded.ts';
import {lineOf, messageOf, ordinalOf, stampOf} from './redaction/entry.ts';
import {Finder, PIECE, type Span} from './redaction/find.ts';
import {asText, asValue, type Cut, cutOut} from './redaction/mark.ts';
import {type PieceCuts, Pieces} from './redaction/pieces.ts';
import {type Place, Waiting} from './redaction/waiting.ts';
import {within} from './redaction/within.ts';

/** How many secrets a rule cut since the last such frame. */
export type RedactedFrame = Extract<FrameBody, {t: 'redacted'}>;

/** So many entries that lost something are known again when they come by another way, where what was before them is missing. */
const REMEMBERED = 4096;
const A_DAY = 86_400;

/** Of an entry's text: what is cut, what of it is a secret not seen before, and where its last span is. */
type Found = {readonly cuts: readonly Cut[]; readonly fresh: readonly Cut[]; readonly spans: readonly Span[]};
type OutFrame = Extract<FrameBody, {t: 'out'}>;
type Channel = {readonly group: string; readonly backwards: boolean};

export class Redactor {
	readonly #finder: Finder;
	readonly #blocks = new Blocks();
	readonly #pieces: Pieces;
	/** Stderr comes in pieces, too. */
	readonly #errors: Pieces;
	readonly #channels = new Map<number, Channel>();
	readonly #entries = new Bounded<readonly Cut[]>(REMEMBERED, A_DAY);
	/** Pieces that had nothing to cut, apart: many long lines must not drive out what had. */
	readonly #harmless = new Bounded<readonly Cut[]>(REMEMBERED, A_DAY);
	/** Pages that come newest first. */
	readonly #waiting = new Waiting<OutFrame>();
	/** What was found in pieces of such a page, in their own order. */
	readonly #foreseen = new Map<Entry, PieceCuts>();
	readonly #counts = new Map<string, number>();
	readonly #untold = new Map<string, number>();

	constructor(rules: readonly SecretRule[]) {
		this.#finder = new Finder(rules);
		this.#pieces = new Pieces(this.#finder);
		this.#errors = new Pieces(this.#finder);
	}

	/** Where secrets are in a line that is still being written. */
	secretsIn(text: string): readonly {readonly from: number; readonly to: number}[] {
		return this.#finder.suspects(text) ? this.#finder.find(text) : [];
	}

	/** How many secrets each rule cut so far. */
	counts(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.#counts);
	}

	/** How much is kept between frames: senders in the midst of a key, lines in pieces, entries that lost something. */
	held(): {
		readonly blocks: number;
		readonly pieces: number;
		readonly entries: number;
		readonly channels: number;
		readonly waiting: number;
	} {
		return {
			blocks: this.#blocks.size,
			pieces: this.#pieces.size + this.#errors.size,
			entries: this.#entries.size,
			channels: this.#channels.size,
			waiting: this.#waiting.size,
		};
	}

	/**
	 * The frame without its secrets, the very same where it has none; with each tick what was cut since the one before. None
	 * where a piece of a long line waits for the line's beginning, which then comes with it.
	 */
	frame(frame: FrameBody): readonly FrameBody[] {
		switch (frame.t) {
			case 'out': {
				if (this.#channels.get(frame.ch)?.backwards !== true) return [this.#out(frame)];
				const {unit} = frame;
				const place = unit.kind === 'entry' ? this.#placeOf(frame.ch, unit.entry) : null;
				return this.#page(this.#waiting.take(frame.ch, frame, sizeOf(frame), place));
			}
			case 'tick':
				this.#blocks.tick();
				this.#pieces.tick();
				this.#errors.tick();
				this.#entries.tick();
				this.#harmless.tick();
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
				return [...this.#page(this.#waiting.release(frame.ch)), this.#exit(frame)];
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

	#out(frame: OutFrame): OutFrame {
		const unit = this.#unit(frame.ch, frame.unit);
		return unit === frame.unit ? frame : {...frame, unit};
	}

	/** Frames of a page that comes newest first: pieces of long lines are looked at in their own order, all else as it came. */
	#page(frames: readonly OutFrame[]): readonly OutFrame[] {
		for (const {ch, unit} of frames.toReversed()) {
			if (unit.kind !== 'entry' || this.#placeOf(ch, unit.entry) === null) continue;
			const text = messageOf(unit.entry);
			this.#foreseen.set(unit.entry, this.#next(this.#senderOf(ch, unit.entry), text, unit.entry));
		}
		const clean = frames.map(frame => this.#out(frame));
		this.#foreseen.clear();
		return clean;
	}

	/** Null for an entry that is no piece. */
	#placeOf(ch: number, entry: Entry): Place | null {
		const id = textOf(entry, 'CONTAINER_PARTIAL_ID');
		if (id === undefined) return null;
		return {line: lineOf(this.#senderOf(ch, entry), entry), first: (ordinalOf(entry) ?? 1) <= 1};
	}

	#senderOf(ch: number, entry: Entry): string {
		const {group} = this.#channels.get(ch) ?? {group: `ch${ch}`};
		const who = ['SYSLOG_IDENTIFIER', '_PID', 'CONTAINER_ID'].map(name => textOf(entry, name)?.slice(0, 200) ?? '');
		return [group, ...who].join('\0');
	}

	#next(sender: string, text: string, entry: Entry): PieceCuts {
		const last = textOf(entry, 'CONTAINER_PARTIAL_LAST') === 'true';
		return this.#pieces.next(lineOf(sender, entry), {text, last, unfinished: !last, ordinal: ordinalOf(entry)});
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
		const known = this.#entries.size > 0 ? this.#entries.get(stampOf(entry, messageOf(entry))) : undefined;
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
		const {backwards} = this.#channels.get(ch) ?? {backwards: false};
		const stamp = stampOf(entry, text);
		const known = this.#entries.get(stamp) ?? (partial ? this.#harmless.get(stamp) : undefined);
		const found = this.#find(
			this.#senderOf(ch, entry),
			text,
			backwards,
			partial ? {entry, known: known !== undefined} : null,
		);
		if (known !== undefined) return this.#cut(text, union([...known, ...found.cuts]), []);
		if (found.cuts.length + found.fresh.length > 0) this.#entries.set(stamp, found.cuts);
		else if (partial) this.#harmless.set(stamp, []);
		return this.#cut(text, found.cuts, found.fresh);
	}

	/** A line of a sender that may be in the midst of a key. */
	#said(sender: string, text: string, backwards: boolean): string {
		if (this.#blocks.size === 0 && !this.#finder.suspects(text)) return text;
		const {cuts, fresh} = this.#find(sender, text, backwards, null);
		return this.#cut(text, cuts, fresh);
	}

	#find(
		sender: string,
		text: string,
		backwards: boolean,
		piece: {readonly entry: Entry; readonly known: boolean} | null,
	): Found {
		const {cuts, fresh, spans, last} = piece === null ? this.#whole(text) : this.#piece(sender, text, piece);
		const end = spans.at(-1);
		const begun = end?.block === true && end.open && last;
		// What an END in a piece ends is known from the piece before.
		const alone = piece === null || begun || !this.#foreseen.has(piece.entry);
		const more = !backwards
			? this.#blocks.next(sender, text)
			: alone
				? this.#blocks.nextBackwards(sender, text, spans, begun)
				: null;
		if (begun && !backwards) this.#blocks.begin(sender);
		// A key that is said in many lines is one secret: it is counted with its first line.
		return more === null ? {cuts, fresh, spans} : {cuts: union([more, ...cuts]), fresh, spans};
	}

	#whole(text: string): Found & {readonly last: boolean} {
		const spans = this.#finder.suspects(text) ? this.#finder.find(text) : [];
		const cuts = spans.filter(({from, to}) => to > from);
		return {cuts, fresh: spans, spans, last: true};
	}

	/** All of a piece goes whose line began where nobody looked: any of it may belong to a secret. */
	#piece(
		sender: string,
		text: string,
		{entry, known}: {readonly entry: Entry; readonly known: boolean},
	): Found & {readonly last: boolean} {
		const last = textOf(entry, 'CONTAINER_PARTIAL_LAST') === 'true';
		const found = this.#foreseen.get(entry) ?? this.#next(sender, text, entry);
		if (!found.orphan || known || text === '') return {...found, last};
		const all = [{from: 0, to: text.length, rule: PIECE}];
		return {cuts: all, fresh: all, spans: found.spans, last};
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

const sizeOf = ({unit}: OutFrame): number =>
	unit.kind === 'entry' ? unit.entry.reduce((sum, [, value]) => sum + value.length, 0) : unit.text.length;

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
