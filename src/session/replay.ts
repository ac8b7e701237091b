/** A recording in place of a driver: the same fold, the same store, a clock that can pause, jump and hurry. Opens nothing. */
import type {Chapter} from './chapters.ts';
import {Fold, type FoldParts} from './fold.ts';
import {Scan} from './scan.ts';
import {type Around, stateOf} from './state.ts';
import {type Controls, createSessionStore, type SessionState, type SessionStore} from './store.ts';
import {type Growth, lastOf, Reel, type Standing, type Tape} from './tape.ts';

export type ReplayParts = FoldParts & {
	readonly tape: Tape & {
		/** Of its last frame, where that is known without reading all of it. */ readonly endMs?: number;
	};
	/** Where the recording is followed while it is written. */
	readonly growth?: Growth;
	/** Operator's clock, epoch ms: how old is a last frame that was there before we came? */
	readonly now?: () => number;
	/** Frames between two places to jump to, at first. */
	readonly apart?: number;
	/** A sentence to begin with. */
	readonly word?: string;
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
/** How often it is looked whether more was written: on a shared folder nothing else tells. */
const LOOK_MS = 500;
/** Frames that are read ahead between two looks at the keyboard. */
const SLICE = 1000;

export class Replay {
	readonly store: SessionStore;
	readonly controls: Controls;
	readonly replay: ReplayControls;
	/** Operator's clock of its first frame, epoch ms. */
	readonly beganAt: number;
	readonly #parts: ReplayParts;
	readonly #scan: Scan;
	readonly #endMs: number;
	#fold: Fold;
	#reel: Reel;
	/** Where the replay stands, ms of the recording. */
	#ms = 0;
	#playing = true;
	#speed = 1;
	/** Where it shall stand once it was read so far; null where it stands. */
	#wanted: number | null = null;
	/** Does it stand where the recording grows, or was it paused there? */
	#live = false;
	/** When something new came, by our own clock; null where nothing has since we came. */
	#newAt: number | null = null;
	/** Was everything read that was there when we came? */
	#caughtUp = false;
	#lookedAt = 0;
	#word: string;
	#shownAge = -1;
	#publishedAt = 0;
	#lastElapsed: number;
	#timer: ReturnType<typeof setInterval> | null = null;
	#work: ReturnType<typeof setImmediate> | null = null;

	/** Shows the beginning; the rest is read once it plays, or is asked for. */
	constructor(parts: ReplayParts) {
		this.#parts = parts;
		const {tape, growth} = parts;
		growth?.grow();
		this.#scan = new Scan(parts, tape, parts.apart);
		this.#endMs = tape.endMs ?? lastOf(tape)?.ms ?? 0;
		this.#scan.read(1);
		this.beganAt = this.#scan.beganAt;
		this.#word = parts.word ?? '';
		this.#fold = new Fold(parts);
		this.#reel = new Reel(tape);
		this.#lastElapsed = parts.elapsed();
		this.store = createSessionStore(this.#state());
		this.controls = {
			older: () => {},
			inspect: () =>
				this.#fold.notice('A recording holds what was asked then: the device cannot be asked about this any more.'),
			remark: () => this.#fold.notice('A recording is evidence: nothing is written into it afterwards.'),
			pause: () => {},
			resume: () => {},
			fetch: () => {},
			reconnect: () => {},
			guard: null,
			quit: async () => this.stop(),
		};
		this.replay = {
			toggle: () => {
				this.#playing = !this.#playing;
				if (this.#live && this.#playing) this.#seek(this.lengthMs);
				else if (!this.#live && this.#wanted === null && this.#ms >= this.lengthMs) this.#seek(0);
				this.#publish();
			},
			skip: ms => this.#seek((this.#wanted ?? this.#ms) + ms),
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

	/** Length of the recording, ms; of one that is still written: so far. */
	get lengthMs(): number {
		return Math.max(this.#endMs, this.#scan.ms);
	}

	/** Of what was read so far. */
	get chapters(): readonly Chapter[] {
		return this.#scan.chapters;
	}

	/** Plays from a place on, and reads the rest ahead beside it. */
	start(fromMs = 0): void {
		this.#timer = setInterval(() => this.#beat(), BATCH_MS);
		this.#seek(fromMs);
		this.#lastElapsed = this.#parts.elapsed();
		this.#readOn();
	}

	stop(): void {
		if (this.#timer !== null) clearInterval(this.#timer);
		if (this.#work !== null) clearImmediate(this.#work);
		this.#timer = null;
		this.#work = null;
	}

	/** Reads all that there is, before anything else happens. */
	readAll(): void {
		while (this.#step());
	}

	get #growing(): boolean {
		return this.#parts.growth?.standing === 'growing';
	}

	#beat(): void {
		const elapsed = this.#parts.elapsed();
		const passed = elapsed - this.#lastElapsed;
		this.#lastElapsed = elapsed;
		if (this.#parts.growth !== undefined && elapsed - this.#lookedAt >= LOOK_MS) {
			this.#lookedAt = elapsed;
			this.#readOn();
		}
		if (this.#wanted === null && !this.#live && this.#playing) {
			this.#play(Math.min(this.lengthMs, this.#ms + passed * this.#speed));
			if (this.#ms >= this.lengthMs) {
				this.#live = this.#growing;
				this.#playing = this.#live;
			}
			this.#publish();
		} else if (
			(!this.#caughtUp && elapsed - this.#publishedAt >= LOOK_MS) ||
			(this.#live && Math.floor(this.#ageMs / 1000) !== this.#shownAge)
		)
			this.#publish();
	}

	/** Reads ahead, a bit at a time: keys and the screen go before it. */
	#readOn(): void {
		if (this.#work !== null || this.#timer === null) return;
		this.#work = setImmediate(() => {
			this.#work = null;
			if (this.#step()) this.#readOn();
		});
	}

	/** One bit of what there is to read. False where there is no more, or not yet. */
	#step(): boolean {
		const scan = this.#scan;
		if (scan.read(SLICE, this.#wanted ?? Number.POSITIVE_INFINITY)) {
			if (this.#caughtUp) this.#grown();
			return true;
		}
		if (!scan.atEnd) {
			this.#arrive();
			return true;
		}
		const before = this.#parts.growth?.standing;
		if (this.#parts.growth?.grow()) return true;
		const first = !this.#caughtUp;
		this.#caughtUp = true;
		if (this.#wanted !== null) this.#arrive();
		else if (first) this.#publish();
		if (before !== undefined) this.#told(before);
		return false;
	}

	/** Something new was written. */
	#grown(): void {
		this.#newAt = this.#parts.elapsed();
		if (this.#live && this.#playing && this.#wanted === null) this.#play(this.lengthMs);
		this.#publish();
	}

	/** It ended, it can't be followed any more, or something is wrong with it. */
	#told(before: Standing): void {
		const {standing = before, trouble = ''} = this.#parts.growth ?? {};
		if (standing === before && (trouble === '' || trouble === this.#word)) return;
		if (trouble !== '') this.#word = trouble;
		if (!this.#growing && this.#live) {
			if (this.#playing) this.#play(this.lengthMs);
			this.#live = false;
			this.#playing = false;
		}
		this.#publish();
	}

	/** It was read as far as it was asked for. */
	#arrive(): void {
		const to = this.#wanted;
		this.#wanted = null;
		if (to !== null) this.#goTo(this.#live ? this.lengthMs : Math.min(to, this.lengthMs));
	}

	/** Folds on to a place ahead. */
	#play(toMs: number): void {
		for (let frame = this.#reel.next; frame !== undefined && frame.ms <= toMs; frame = this.#reel.next) {
			this.#fold.apply(frame);
			this.#reel.pass();
		}
		this.#ms = toMs;
	}

	#seek(ms: number): void {
		const to = Math.max(0, Math.min(this.lengthMs, ms));
		this.#live = this.#growing && to >= this.lengthMs;
		if (this.#live) this.#playing = true;
		this.#wanted = to;
		if (to <= this.#scan.ms) this.#arrive();
		else if (this.#timer === null) while (this.#wanted !== null && this.#step());
		else {
			this.#readOn();
			this.#publish();
		}
	}

	#goTo(to: number): void {
		const from = this.#scan.nearest(to);
		// Ahead of where it stands, and nearer than the checkpoint: it just goes on.
		if (to < this.#ms || (from !== null && from.ms > this.#ms)) {
			this.#fold = from?.fold.clone() ?? new Fold(this.#parts);
			this.#reel = new Reel(this.#parts.tape, from?.place);
		}
		this.#play(to);
		this.#publish();
	}

	#chapter(step: 1 | -1): void {
		if (this.#timer === null) this.readAll();
		// A second of grace: going back twice must not stay at the same place.
		const next =
			step > 0
				? this.chapters.find(({ms}) => ms > this.#ms + 1)
				: this.chapters.findLast(({ms}) => ms < this.#ms - 1000);
		if (next === undefined && step > 0 && !this.#caughtUp) {
			this.#fold.notice('No chapter behind this yet: the rest is still being read.');
			this.#publish();
			return;
		}
		this.#seek(next?.ms ?? (step > 0 ? this.lengthMs : 0));
		if (next !== undefined) {
			this.#fold.notice(`Chapter: ${next.what}`);
			this.#publish();
		}
	}

	/** How long ago the last frame came: by our own clock, or, of one that was there before, by its stamp. */
	get #ageMs(): number {
		const {elapsed, now} = this.#parts;
		return this.#newAt === null ? Math.max(0, (now?.() ?? 0) - this.#scan.fold.at) : elapsed() - this.#newAt;
	}

	get #following(): NonNullable<SessionState['replay']>['following'] {
		const standing = this.#parts.growth?.standing ?? null;
		if (standing !== 'growing') return standing;
		return this.#live && this.#playing ? {ageMs: this.#ageMs} : null;
	}

	#publish(): void {
		this.#publishedAt = this.#lastElapsed;
		this.store.setState(this.#state());
	}

	#state(): SessionState {
		const scan = this.#scan;
		// Until it stands where it shall, one sees it being read.
		const [fold, ms] = this.#wanted === null ? [this.#fold, this.#ms] : [scan.fold, scan.ms];
		const state = stateOf(fold, {
			target: scan.target,
			road: scan.road,
			older: 'none',
			recording: null,
			held: this.#parts.held,
		});
		const {lengthMs} = this;
		const following = this.#following;
		this.#shownAge = Math.floor(this.#ageMs / 1000);
		return {
			...state,
			...(this.#word === '' ? {} : {notices: [...state.notices, this.#word].slice(-5), noticedAt: state.now}),
			replay: {
				playing: this.#playing,
				speed: this.#speed,
				ms,
				lengthMs,
				reading: this.#caughtUp || lengthMs === 0 ? null : Math.min(1, scan.ms / lengthMs),
				following,
			},
		};
	}
}
