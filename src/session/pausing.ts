/** What of a session is written while its recording is paused, and behind that: nothing that the device said in between. */
import type {Exit} from '../domain/channel.ts';
import {type Entry, textOf} from '../domain/entry.ts';
import type {Frame, FrameBody} from '../domain/frame.ts';
import type {Source, SourceId, Unit} from '../domain/source.ts';

/** A place in a device's journal: its own clock since its boot, which nothing sets. */
export type Point = {readonly boot: string; readonly monotonicUs: number};

/** From behind one place up to another, that one included; a null `from` is before everything. */
type Span = {readonly from: Point | null; readonly to: Point};

function pointOf(entry: Entry): Point | null {
	const boot = textOf(entry, '_BOOT_ID');
	const monotonicUs = Number(textOf(entry, '__MONOTONIC_TIMESTAMP') ?? Number.NaN);
	return boot === undefined || !Number.isFinite(monotonicUs) ? null : {boot, monotonicUs};
}

function lies({boot, monotonicUs}: Point, {from, to}: Span): boolean {
	if (boot === to.boot && monotonicUs > to.monotonicUs) return false;
	if (from !== null && boot === from.boot) return monotonicUs > from.monotonicUs;
	return boot === to.boot;
}

/**
 * Chooses what is written. A channel that ran when the pause began, or was opened in it, has a hole: it says nothing to the
 * recording any more, whoever resumes opens it anew. What the journal held up to the resume is left out by whatever way it
 * comes afterwards: a follower begins where the screen's ended, a page or a story goes back over it.
 */
export class Pausing {
	readonly #sources: Readonly<Record<SourceId, Source>>;
	/** Channels that are written: of sources, and of what was done to the device. */
	readonly #whole = new Map<number, SourceId | 'action'>();
	/** Channels that were written until a pause: only their ends are told. */
	readonly #cut = new Set<number>();
	#ends: {readonly ch: number; readonly exit: Exit}[] = [];
	readonly #spans: Span[] = [];
	#from: Point | null = null;
	readonly #missed = new Set<SourceId>();
	paused = false;
	/** Was it ever? */
	happened = false;

	constructor(sources: Readonly<Record<SourceId, Source>>) {
		this.#sources = sources;
	}

	/** Whose answers a recording that goes on has not, or not whole. */
	get missed(): ReadonlySet<SourceId> {
		return this.#missed;
	}

	/** @param last the newest line that is written. */
	pause(last: Point | null): void {
		this.paused = true;
		this.happened = true;
		this.#from = last;
		this.#missed.clear();
		for (const [ch, source] of this.#whole) {
			this.#cut.add(ch);
			if (source !== 'action') this.#missed.add(source);
		}
		this.#whole.clear();
	}

	/**
	 * @param newest what is in the journal now is of the pause; null where nothing is.
	 * @returns the ends of channels that were written before and ended meanwhile.
	 */
	resume(newest: Point | null): readonly FrameBody[] {
		this.paused = false;
		if (newest !== null) this.#spans.push({from: this.#from, to: newest});
		const ends = this.#ends;
		this.#ends = [];
		return ends.map(({ch, exit}) => ({t: 'exit', ch, exit}));
	}

	/** The frame as it is written; null where it is not. */
	keep(frame: Frame): Frame | null {
		return this.paused ? this.#meanwhile(frame) : this.#after(frame);
	}

	/** Our own side is told: the link, what the operator writes. A mark and a snooze speak of the device. */
	#meanwhile(frame: Frame): Frame | null {
		switch (frame.t) {
			case 'open':
				this.#missed.add(frame.source);
				return null;
			case 'exit':
				if (this.#cut.delete(frame.ch)) this.#ends.push({ch: frame.ch, exit: frame.exit});
				return null;
			case 'in':
			case 'out':
			case 'err':
			case 'tick':
			case 'redacted':
			case 'mark':
			case 'snooze':
				return null;
			default:
				return frame;
		}
	}

	#after(frame: Frame): Frame | null {
		switch (frame.t) {
			case 'open':
				this.#whole.set(frame.ch, frame.source);
				return frame;
			case 'ran':
				this.#whole.set(frame.ch, 'action');
				return frame;
			case 'exit': {
				if (this.#whole.delete(frame.ch)) return frame;
				const {rest: _, ...end} = frame;
				return this.#cut.delete(frame.ch) ? end : null;
			}
			case 'in':
			case 'err':
				return this.#whole.has(frame.ch) ? frame : null;
			case 'out': {
				const source = this.#whole.get(frame.ch);
				return source === undefined || (this.#spans.length > 0 && this.#withheld(source, frame.unit)) ? null : frame;
			}
			default:
				return frame;
		}
	}

	#withheld(source: SourceId | 'action', unit: Unit): boolean {
		if (unit.kind === 'entry') {
			const point = pointOf(unit.entry);
			return point !== null && this.#spans.some(span => lies(point, span));
		}
		// The ring buffer is shown from its beginning whenever it is opened.
		return (
			source === 'kernel-ring' && this.#spans.some(span => this.#rings(unit).some(point => lies(point(span), span)))
		);
	}

	/** A line of the ring buffer is of the boot that runs. */
	#rings(unit: Unit): readonly ((span: Span) => Point)[] {
		try {
			return this.#sources['kernel-ring']
				.read(unit)
				.flatMap(fact =>
					fact.kind === 'kernel-line' ? [({to}: Span) => ({boot: to.boot, monotonicUs: fact.kernelUs})] : [],
				);
		} catch {
			// No line of it: whoever folds it counts it.
			return [];
		}
	}
}
