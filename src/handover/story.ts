/** The events of a session and of the hour before it. */

import {shortUnit} from '../domain/text.ts';
import {ENDED, type Event} from '../panes/story/events.ts';
import type {State} from '../panes/story/reduce.ts';
import {told} from '../panes/story/told.ts';
import type {Told} from './note.ts';
import {safe} from './words.ts';

const HOUR_MS = 3_600_000;
const MOST = 40;

/** How much an event is missed where there are too many: trouble first, then ends, pulls, boots, logins. */
function rank({tone, kind, sign}: Event): number {
	if (tone === 'error' || tone === 'warning') return 0;
	return kind === 'unit' && sign !== ENDED ? 2 : 1;
}

/**
 * When a unit had started again by itself after its last end, before a moment; device clock. Null where it had not, or
 * did not run again by then.
 *
 * @param sentAt operator's clock; null: nothing was sent.
 */
export function backBefore({events, offsetMs}: State, unit: string, sentAt: number | null): number | null {
	if (sentAt === null || unit === '') return null;
	const own = events.filter(
		({kind, who, atMs}) => kind === 'unit' && who === shortUnit(unit) && atMs < sentAt + offsetMs,
	);
	const end = own.findLastIndex(({sign}) => sign === '✗');
	if (end < 0) return null;
	const after = own.slice(end + 1);
	const last = after.at(-1);
	// PID 1 says that it restarts it, then that it stopped, then that it started.
	return after.some(({sign}) => sign === '↻') && last?.sign === '+' ? last.atMs : null;
}

/**
 * At most 40 events, oldest first; where there are more, harmless ones go before others, and old ones before new ones.
 *
 * @param fromAt when the session began, operator's clock.
 * @param toAt when it ended.
 */
export function storyOf(
	state: State,
	fromAt: number,
	toAt: number,
): {readonly story: readonly Told[]; readonly left: number} {
	const from = fromAt + state.offsetMs - HOUR_MS;
	// What the device says last may come a little behind its clock as we know it.
	const to = toAt + state.offsetMs + 60_000;
	const events = told(state.events).filter(({atMs}) => atMs >= from && atMs <= to);
	const kept = new Set(
		events
			.map((event, place) => ({event, place}))
			.toSorted((a, b) => rank(a.event) - rank(b.event) || b.place - a.place)
			.slice(0, MOST)
			.map(({event}) => event),
	);
	const story = events
		.filter(event => kept.has(event))
		.map(({atMs, sign, tone, who, text, count}) => ({
			at: atMs,
			sign,
			tone: tone === 'error' || tone === 'warning' ? tone : ('other' as const),
			who: safe(who, 80),
			text: safe(text, 200),
			count,
		}));
	return {story, left: events.length - story.length};
}
