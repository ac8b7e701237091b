/** What a replay reads: frames in blocks, of a recording that is closed, or that grows. */
import type {Frame} from '../domain/frame.ts';

/** What a replay reads from: blocks of frames, in order. One that is still written gets more of both at its end. */
export interface Tape {
	readonly blocks: number;
	/** Frames of one block; asked for again when it is jumped to. */
	block(index: number): readonly Frame[];
}

/** A tape that may still be written. */
export interface Growth {
	/** Takes in what was written since, a bounded part at a time. False where there is nothing new. */
	grow(): boolean;
	readonly standing: Standing;
	/** The newest sentence on what is wrong with it; empty where nothing is. */
	readonly trouble: string;
}

/** Is more to come? Where it was `stopped`, more may be written, but not behind what was read. */
export type Standing = 'growing' | 'ended' | 'stopped';

/** A tape with a place on it. */
export class Reel {
	readonly #tape: Tape;
	#frames: readonly Frame[] | null = null;
	block: number;
	index: number;

	constructor(tape: Tape, block = 0, index = 0) {
		this.#tape = tape;
		this.block = block;
		this.index = index;
	}

	/** The frame that comes next; undefined where there is none, or none yet. */
	get next(): Frame | undefined {
		for (;;) {
			this.#frames ??= this.#tape.block(this.block);
			const frame = this.#frames[this.index];
			if (frame !== undefined) return frame;
			if (this.block + 1 >= this.#tape.blocks) {
				// It may have more the next time.
				this.#frames = null;
				return undefined;
			}
			this.#frames = null;
			this.block++;
			this.index = 0;
		}
	}
}
