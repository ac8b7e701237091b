/** A recording in place of a driver: the same fold, the same store, a clock that can pause, jump and hurry. Opens nothing. */
import type {Frame} from '../domain/frame.ts';
import {type Chapter, Chapters} from './chapters.ts';
import {Fold, type FoldParts} from './fold.ts';
import {toldOf} from './guard/state.ts';
import {type Around, stateOf} from './state.ts';
import {type Controls, createSessionStore, type SessionState, type SessionStore} from './store.ts';

/** What a replay reads from: blocks of frames, in order. */
export interface Tape {
	readonly blocks: number;
	/** Frames of one block; asked for again when it is jumped to. */
	block(index: number): readonly Frame[];
}

export type ReplayParts = FoldParts & {
	readonly tape: Tape;
	readonly held: Around['held'];
	/** Monotonic ms of the operator's clock. */
	readonly elapsed: () => number;
};

/** How a replay is driven; nothing of it reaches a device. */
export interface ReplayControls {
	/** Plays or pauses. */
	toggle(): void;
	/** Jumps by so many milliseconds of the recording. */
	skip(ms: number): void;
	chapter(step: 1 | -1): void;
	/** Twice as fast, or half. */
	hurry(step: 1 | -1): void;
	/** Plays so many times as fast as it was. */
	hurryTo(speed: number): void;
	/** Jumps to a place: milliseconds since the recording's start. */
	seek(ms: number): void;
}

const SPEEDS: readonly number[] = [0.5, 1, 2, 5, 10, 30, 60, 300];
/** How often the screen may change. */
const BATCH_MS = 100;
/** A place to come back to, every so many frames: a jump folds at most so many. */
const CHECKPOINT_FRAMES = 20_000;

type Checkpoint = {readonly ms: number; readonly block: number; readonly index: number; readonly fold: Fold};

export class Replay {
	readonly store: SessionStore;
	readonly controls: Controls;
	readonly replay: ReplayControls;
	readonly chapters: readonly Chapter[];
	/** Length of the recording, ms. */
	readonly lengthMs: number;
	/** Operator's clock of its first frame, epoch ms. */
	readonly beganAt: number;
	readonly #parts: ReplayParts;
	readonly #checkpoints: readonly Checkpoint[];
	readonly #target: string;
	readonly #road: string;
	#fold: Fold;
	#block = 0;
	#index = 0;
	/** Where the replay stands, ms of the recording. */
	#ms = 0;
	#playing = true;
	#speed = 1;
	#lastElapsed: number;
	#timer: ReturnType<typeof setInterval> | null = null;

	/** Reads the whole recording once, for its length, its chapters and places to jump to. */
	constructor(parts: ReplayParts) {
		this.#parts = parts;
		const {tape} = parts;
		const fold = new Fold(parts);
		const checkpoints: Checkpoint[] = [];
		const chapters: Chapter[] = [];
		const finder = new Chapters(parts.panes);
		let frames = 0;
		let target = '';
		let road = '';
		let beganAt = 0;
		for (let block = 0; block < tape.blocks; block++) {
			for (const [index, frame] of tape.block(block).entries()) {
				if (frames % CHECKPOINT_FRAMES === 0) checkpoints.push({ms: frame.ms, block, index, fold: fold.clone()});
				if (frames++ === 0) beganAt = frame.at;
				if (frame.t === 'header') {
					target = frame.target;
					road = frame.road;
				}
				// What was asked, allowed and done.
				const action = toldOf(frame, fold.guard);
				if (action !== null) chapters.push({ms: frame.ms, what: action.text});
				fold.apply(frame);
				chapters.push(...finder.at(frame, fold));
			}
		}
		this.chapters = chapters;
		this.#checkpoints = checkpoints;
		this.lengthMs = fold.ms;
		this.beganAt = beganAt;
		this.#target = target;
		this.#road = road;
		this.#fold = new Fold(parts);
		this.#lastElapsed = parts.elapsed();
		this.store = createSessionStore(this.#state());
		this.controls = {
			older: () => {},
			inspect: () =>
				this.#fold.notice('A recording holds what was asked then: the device cannot be asked about this any more.'),
			remark: () => this.#fold.notice('A recording is evidence: nothing is written into it afterwards.'),
			reconnect: () => {},
			guard: null,
			quit: async () => this.stop(),
		};
		this.replay = {
			toggle: () => {
				this.#playing = !this.#playing;
				if (this.#ms >= this.lengthMs) this.#seek(0);
				this.#publish();
			},
			skip: ms => this.#seek(this.#ms + ms),
			chapter: step => this.#chapter(step),
			hurry: step => {
				const next =
					step > 0 ? SPEEDS.find(speed => speed > this.#speed) : SPEEDS.findLast(speed => speed < this.#speed);
				this.#speed = next ?? this.#speed;
				this.#publish();
			},
			hurryTo: speed => {
				this.#speed = Math.max(0.1, Math.min(1000, speed));
				this.#publish();
			},
			seek: ms => this.#seek(ms),
		};
	}

	/** Plays from a place on. */
	start(fromMs = 0): void {
		this.#seek(fromMs);
		this.#lastElapsed = this.#parts.elapsed();
		this.#timer = setInterval(() => this.#beat(), BATCH_MS);
	}

	stop(): void {
		if (this.#timer !== null) clearInterval(this.#timer);
		this.#timer = null;
	}

	#beat(): void {
		const elapsed = this.#parts.elapsed();
		const passed = elapsed - this.#lastElapsed;
		this.#lastElapsed = elapsed;
		if (!this.#playing) return;
		this.#play(Math.min(this.lengthMs, this.#ms + passed * this.#speed));
		if (this.#ms >= this.lengthMs) this.#playing = false;
		this.#publish();
	}

	/** Folds on to a place ahead. */
	#play(toMs: number): void {
		const {tape} = this.#parts;
		while (this.#block < tape.blocks) {
			const frames = tape.block(this.#block);
			while (this.#index < frames.length) {
				const frame = frames[this.#index];
				if (frame === undefined || frame.ms > toMs) {
					this.#ms = toMs;
					return;
				}
				this.#fold.apply(frame);
				this.#index++;
			}
			this.#block++;
			this.#index = 0;
		}
		this.#ms = toMs;
	}

	#seek(ms: number): void {
		const to = Math.max(0, Math.min(this.lengthMs, ms));
		const from = this.#checkpoints.findLast(checkpoint => checkpoint.ms <= to);
		// Ahead of where it stands, and nearer than the checkpoint: it just goes on.
		if (to < this.#ms || (from !== undefined && from.ms > this.#ms)) {
			this.#fold = from?.fold.clone() ?? new Fold(this.#parts);
			this.#block = from?.block ?? 0;
			this.#index = from?.index ?? 0;
		}
		this.#play(to);
		this.#publish();
	}

	#chapter(step: 1 | -1): void {
		// A second of grace: going back twice must not stay at the same place.
		const next =
			step > 0
				? this.chapters.find(({ms}) => ms > this.#ms + 1)
				: this.chapters.findLast(({ms}) => ms < this.#ms - 1000);
		this.#seek(next?.ms ?? (step > 0 ? this.lengthMs : 0));
		if (next !== undefined) {
			this.#fold.notice(`Chapter: ${next.what}`);
			this.#publish();
		}
	}

	#publish(): void {
		this.store.setState(this.#state());
	}

	#state(): SessionState {
		return {
			...stateOf(this.#fold, {
				target: this.#target,
				road: this.#road,
				older: 'none',
				recording: null,
				held: this.#parts.held,
			}),
			replay: {playing: this.#playing, speed: this.#speed, ms: this.#ms, lengthMs: this.lengthMs},
		};
	}
}
