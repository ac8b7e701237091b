/** The story: events in order of time, and how many lines came in each minute. */
import type {TimedFact} from '../../domain/fact.ts';
import {ENDED, type Event, eventsOf} from './events.ts';

export type State = {
	/** In order of the device's clock; at most MOST, the newest. */
	readonly events: readonly Event[];
	/** Journal lines by minute of the device's clock, ascending; at most MINUTES. */
	readonly lines: readonly {readonly minute: number; readonly count: number}[];
	readonly boot: string | null;
	/** Device clock minus ours, ms. */
	readonly offsetMs: number;
	/** When the link was lost, operator's clock. */
	readonly lostAt: number | null;
	/** Was the story asked for and read? */
	readonly read: boolean;
};

export const initial: State = {events: [], lines: [], boot: null, offsetMs: 0, lostAt: null, read: false};

const MOST = 2000;
const MINUTES = 1440;
/** The same trouble again within this time is the same event once more. */
const SAME_MS = 60_000;
/** How far back a repeat is looked for: the same line by another way stands near its place. */
const NEAR_MS = 2000;

/** Is it the end of a trouble? */
export const isEnd = ({kind, sign}: Event): boolean => kind === 'trouble' && sign === ENDED;

/**
 * An end is worth keeping behind its trouble only, and the first one. It may come before its trouble (pages come newest
 * first), so one without a trouble is kept too, the earliest; it is not shown before there is one.
 *
 * @returns the events without what this end makes needless, or null where it is needless itself.
 */
function besideEnd(events: readonly Event[], end: Event): readonly Event[] | null {
	const same = events.filter(({kind, who}) => kind === 'trouble' && who === end.who);
	const before = same.findLast(({atMs}) => atMs <= end.atMs);
	if (before !== undefined && isEnd(before)) return null;
	const next = same.find(({atMs}) => atMs > end.atMs);
	return next !== undefined && isEnd(next) ? events.filter(event => event !== next) : events;
}

/** What is shown: every event but ends of what has no beginning on record. */
export function told(events: readonly Event[]): readonly Event[] {
	const open = new Set<string>();
	return events.filter(event => {
		if (event.kind !== 'trouble') return true;
		if (isEnd(event)) return open.delete(event.who);
		open.add(event.who);
		return true;
	});
}

/** Puts an event in its place of time. */
export function withEvent(before: readonly Event[], event: Event): readonly Event[] {
	const events = isEnd(event) ? besideEnd(before, event) : before;
	if (events === null) return before;
	let place = events.length;
	while (place > 0 && (events[place - 1]?.atMs ?? 0) > event.atMs) place--;
	for (let near = place - 1; near >= 0; near--) {
		const other = events[near];
		if (other === undefined || event.atMs - other.atMs > SAME_MS) break;
		if (other.key === event.key) return events;
		if (event.kind === 'trouble' && other.kind === 'trouble' && other.who === event.who && other.sign === event.sign) {
			// Counted once a line: the same line by another way has the time of one that was counted.
			if (other.atMs === event.atMs) return events;
			return events.with(near, {...other, count: other.count + 1, text: event.text});
		}
	}
	for (let near = place; near < events.length; near++) {
		const other = events[near];
		if (other === undefined || other.atMs - event.atMs > NEAR_MS) break;
		if (other.key === event.key) return events;
	}
	if (place === 0 && events.length >= MOST) return events;
	return [...events.slice(0, place), event, ...events.slice(place)].slice(-MOST);
}

function withLine(lines: State['lines'], minute: number): State['lines'] {
	const last = lines.at(-1);
	if (last?.minute === minute) return lines.with(-1, {minute, count: last.count + 1});
	if (last === undefined || last.minute < minute) return [...lines, {minute, count: 1}].slice(-MINUTES);
	let place = lines.length;
	while (place > 0 && (lines[place - 1]?.minute ?? 0) > minute) place--;
	const before = lines[place - 1];
	if (before?.minute === minute) return lines.with(place - 1, {minute, count: before.count + 1});
	return [...lines.slice(0, place), {minute, count: 1}, ...lines.slice(place)].slice(-MINUTES);
}

/** An event of our own side: it has no line on the device. */
const own = (
	kind: 'link' | 'boot',
	at: number,
	offsetMs: number,
	sign: string,
	tone: Event['tone'],
	text: string,
): Event => ({
	key: `${kind} ${at}`,
	kind,
	sign,
	tone,
	who: kind,
	text,
	atMs: at + offsetMs,
	count: 1,
	place: null,
});

export function reduce(state: State, {at, fact}: TimedFact): State {
	switch (fact.kind) {
		case 'journal':
		case 'story':
		case 'kernel-history': {
			const {record} = fact;
			let {events} = state;
			for (const event of eventsOf(record)) events = withEvent(events, event);
			const lines =
				fact.kind === 'journal' ? withLine(state.lines, Math.floor(record.realtimeUs / 60_000_000)) : state.lines;
			return events === state.events && lines === state.lines ? state : {...state, events, lines};
		}
		case 'vitals': {
			const {clockMs} = fact.vitals;
			return clockMs === null ? state : {...state, offsetMs: clockMs - at};
		}
		case 'identity': {
			const {bootId, clockMs} = fact.identity;
			const offsetMs = clockMs === null ? state.offsetMs : clockMs - at;
			const events =
				state.boot === null || state.boot === bootId
					? state.events
					: withEvent(
							state.events,
							own('boot', at, offsetMs, '▲', 'strong', `another boot of the device: ${bootId.slice(0, 8)}`),
						);
			return {...state, events, boot: bootId, offsetMs};
		}
		case 'link': {
			const {link} = fact;
			if (link.kind === 'waiting' && state.lostAt === null) {
				const lost = own('link', at, state.offsetMs, '⌁', 'warning', `link lost: ${link.why}`);
				return {...state, lostAt: at, events: withEvent(state.events, lost)};
			}
			if (link.kind === 'live' && state.lostAt !== null) {
				const seconds = Math.round((at - state.lostAt) / 1000);
				const back = own('link', at, state.offsetMs, '⌁', 'good', `link is back after ${seconds} s`);
				return {...state, lostAt: null, events: withEvent(state.events, back)};
			}
			return state;
		}
		case 'source':
			return fact.source === 'story' && (fact.state === 'ended' || fact.state === 'failed')
				? {...state, read: true}
				: state;
		default:
			return state;
	}
}
