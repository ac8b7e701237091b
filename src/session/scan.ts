/** Reads a recording ahead of what is shown of it: its length, its chapters, and places to come back to. */
import type {Frame} from '../domain/frame.ts';
import {type Chapter, Chapters} from './chapters.ts';
import {Fold, type FoldParts} from './fold.ts';
import {Reel, type Tape} from './tape.ts';

/** A place to come back to: the fold of everything before it. */
export type Checkpoint = {readonly ms: number; readonly place: Reel['place']; readonly fold: Fold};

/** Frames between two checkpoints, as long as there are few: a jump folds at most so many. */
const APART = 20_000;
/** Checkpoints at most: each holds the journal as it was. Where there are more, every second one goes. */
const MOST = 10;

export class Scan {
	readonly chapters: Chapter[] = [];
	target = '';
	road = '';
	/** Operator's clock of the first frame, epoch ms. */
	beganAt = 0;
	readonly #reel: Reel;
	readonly #fold: Fold;
	readonly #finder: Chapters;
	#checkpoints: Checkpoint[] = [];
	#frames = 0;
	#apart: number;

	constructor(parts: FoldParts, tape: Tape, apart = APART) {
		this.#apart = apart;
		this.#finder = new Chapters(parts.panes);
		this.#reel = new Reel(tape);
		this.#fold = new Fold(parts);
	}

	/** Of the last frame that was read. */
	get ms(): number {
		return this.#fold.ms;
	}

	/** The recording up to here: to be looked at, not to be changed. */
	get fold(): Fold {
		return this.#fold;
	}

	/** Is there nothing more to be read, or not yet? */
	get atEnd(): boolean {
		return this.#reel.next === undefined;
	}

	/** Reads on to a moment, or at most so many frames. False where there was nothing to read up to that moment. */
	read(most: number, toMs = Number.POSITIVE_INFINITY): boolean {
		for (let count = 0; count < most; count++) {
			const frame = this.#reel.next;
			if (frame === undefined || frame.ms > toMs) return count > 0;
			this.#take(frame);
		}
		return true;
	}

	/** The nearest place before a moment; null where that is the beginning. */
	nearest(ms: number): Checkpoint | null {
		if (this.#frames > 0 && this.ms <= ms) return this.#here();
		return this.#checkpoints.findLast(checkpoint => checkpoint.ms <= ms) ?? null;
	}

	#here(): Checkpoint {
		return {ms: this.ms, place: this.#reel.place, fold: this.#fold};
	}

	#take(frame: Frame): void {
		const fold = this.#fold;
		if (this.#frames > 0 && this.#frames % this.#apart === 0) this.#keep();
		if (this.#frames++ === 0) this.beganAt = frame.at;
		this.#reel.pass();
		if (frame.t === 'header') {
			this.target = frame.target;
			this.road = frame.road;
		}
		fold.apply(frame);
		this.chapters.push(...this.#finder.at(frame, fold));
	}

	#keep(): void {
		this.#checkpoints.push({...this.#here(), fold: this.#fold.clone()});
		if (this.#checkpoints.length <= MOST) return;
		this.#checkpoints = this.#checkpoints.filter((_, index) => index % 2 === 1);
		this.#apart *= 2;
	}
}
