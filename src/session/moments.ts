/** A recording as the moments worth a picture: the same states as a replay's, in one pass, each asked for when it is wanted. */

import type {Chapter} from './chapters.ts';
import {Chapters} from './chapters.ts';
import {Fold} from './fold.ts';
import type {ReplayParts} from './replay.ts';
import {stateOf} from './state.ts';
import type {SessionState} from './store.ts';
import {lastOf, Reel} from './tape.ts';

export type Moment = {
	/** Since the recording's start; never less than the moment before. */
	readonly ms: number;
	readonly state: SessionState;
	/** What begins here. */
	readonly chapters: readonly Chapter[];
	/** Since the moment before only time has passed: nothing came from the device, and the link is as it was. */
	readonly idle: boolean;
};

/** The least time between two moments, but for those that are chapters; longer where there would be too many of them. */
const EVERY_MS = 1000;
/** Moments of an hour: each is painted, in about 15 ms. */
const MOST = 3600;

/** The moments of a recording: its beginning, each second of an hour in which a frame came, its chapters, its end. */
export function* moments({tape, held, ...parts}: Omit<ReplayParts, 'elapsed'>): Generator<Moment> {
	const lengthMs = lastOf(tape)?.ms ?? 0;
	const everyMs = EVERY_MS * Math.max(1, Math.ceil(lengthMs / EVERY_MS / MOST));
	const fold = new Fold(parts);
	const finder = new Chapters(parts.panes);
	const reel = new Reel(tape);
	const first = reel.next;
	const header = first?.t === 'header' ? first : null;
	const around = {
		target: header?.target ?? '',
		road: header?.road ?? '',
		older: 'none',
		recording: null,
		held,
	} as const;
	let chapters: Chapter[] = [];
	let idle = false;
	/** Where the recording stands; and the next second, the first of which is the beginning. */
	let ms = 0;
	let due = 0;
	let told = -1;

	/** A replay that has come to its end is paused. */
	function moment(at: number, playing: boolean): Moment {
		const replay = {playing, speed: 1, ms: at, lengthMs, reading: null, following: null};
		const found: Moment = {ms: at, state: {...stateOf(fold, around), replay}, chapters, idle};
		chapters = [];
		idle = true;
		told = at;
		return found;
	}

	for (let frame = reel.next; frame !== undefined; reel.pass(), frame = reel.next) {
		// What came in the same millisecond belongs together.
		if (frame.ms > ms) {
			if (chapters.length > 0) yield moment(ms, true);
			if (frame.ms > due) {
				if (told < due) yield moment(due, true);
				due = Math.ceil(frame.ms / everyMs) * everyMs;
			}
			ms = frame.ms;
		}
		fold.apply(frame);
		chapters.push(...finder.at(frame, fold));
		if (frame.t !== 'tick') idle = false;
	}
	yield moment(ms, false);
}
