/** What a replay reads: frames in blocks, of a recording that is closed, or that grows. */
import type {Frame} from '../domain/frame.ts';

/** What a replay reads from: blocks of frames, in order. One that is still written gets more of both at its end. */
export interface Tape {
	readonly blocks: number;
	/** Frames of one block; asked for again when it is jumped to. */
	block(index: number): Frames;
}

/** Frames by their number; null in the place of one that can't be read. An array is one, and so is what reads as it is asked. */
export interface Frames {
	readonly length: number;
	at(index: number): Frame | null | undefined;
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
	#frames: Frames | null = null;
	#next: Frame | null = null;
	#block: number;
	#index: number;

	constructor(tape: Tape, {block, index}: {readonly block: number; readonly index: number} = {block: 0, index: 0}) {
		this.#tape = tape;
		this.#block = block;
		this.#index = index;
	}

	/** Where it is, to begin another one there. */
	get place(): {readonly block: number; readonly index: number} {
		return {block: this.#block, index: this.#index};
	}

	/** The frame that comes next; undefined where there is none, or none yet. */
	get next(): Frame | undefined {
		while (this.#next === null) {
			this.#frames ??= this.#tape.block(this.#block);
			if (this.#index < this.#frames.length) {
				this.#next = this.#frames.at(this.#index) ?? null;
				if (this.#next === null) this.#index++;
				continue;
			}
			// It may have more the next time.
			this.#frames = null;
			if (this.#block + 1 >= this.#tape.blocks) return undefined;
			this.#block++;
			this.#index = 0;
		}
		return this.#next;
	}

	/** Goes on behind that frame. */
	pass(): void {
		this.#next = null;
		this.#index++;
	}
}

/** The last frame of a tape: in the last block, or where that is damaged in one before it. */
export function lastOf(tape: Tape): Frame | null {
	for (let block = tape.blocks - 1; block >= 0; block--) {
		const frames = tape.block(block);
		for (let index = frames.length - 1; index >= 0; index--) {
			const frame = frames.at(index) ?? null;
			if (frame !== null) return frame;
		}
	}
	return null;
}
