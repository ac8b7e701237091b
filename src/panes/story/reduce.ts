/** The story: events in order of time, and how many lines came in each minute. */

import type {Fact, TimedFact} from '../../domain/fact.ts';
import {noStand, reduceStand, type Stand} from '../../domain/left.ts';
import {seamProof, seamTone, seamWords} from '../../domain/seam.ts';
import {type Event, eventsOf} from './events.ts';
import type {Earlier} from './since.ts';
import {told, toldOf} from './told.ts';

export type State = {
	/** Line by line, in order of the device's clock; the newest MOST, and a few. `told` is what they amount to. */
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
	/** How the operator's last session with this device ended; null where there was none, or nobody told. */
	readonly earlier: Earlier | null;
	readonly stand: Stand;
};

export const initial: State = {
	events: [],
	lines: [],
	boot: null,
	offsetMs: 0,
	lostAt: null,
	read: false,
	earlier: null,
	stand: noStand,
};

const MOST = 2000;
/** So many more may come before they are looked through. */
const SPARE = 250;
const MINUTES = 1440;

const before = (a: Event, b: Event): boolean =>
	a.atMs !== b.atMs ? a.atMs < b.atMs : a.monoUs !== b.monoUs ? a.monoUs < b.monoUs : a.key < b.key;

/**
 * Puts an event in its place of time; the same one by another way is dropped. Each line is kept for itself, so that the
 * order in which lines come makes no difference; where there are too many, they are kept as they are told.
 */
export function withEvent(events: readonly Event[], event: Event): readonly Event[] {
	let place = events.length;
	for (; place > 0; place--) {
		const other = events[place - 1];
		if (other === undefined || before(other, event)) break;
		if (other.key === event.key) return events;
	}
	// What is older than all that is kept would leave a hole behind it.
	if (place === 0 && events.length >= MOST && toldOf(events).length >= MOST) return events;
	const all = events.toSpliced(place, 0, event);
	return all.length < MOST + SPARE ? all : told(all).slice(-MOST);
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
	kind: 'link' | 'boot' | 'remark' | 'action' | 'recording',
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
	monoUs: 0,
	count: 1,
	way: null,
	place: null,
});

/** What was asked and allowed is quiet; what was done to the device is not. */
const ACTION_SIGNS: Readonly<
	Record<Extract<Fact, {kind: 'action'}>['of'], {readonly sign: string; readonly tone: Event['tone']}>
> = {
	ask: {sign: '◇', tone: 'accent'},
	consent: {sign: '◇', tone: 'accent'},
	disarm: {sign: '◇', tone: 'plain'},
	refused: {sign: '⊘', tone: 'plain'},
	granted: {sign: '◆', tone: 'warning'},
	verdict: {sign: '◆', tone: 'good'},
};
const VERDICT_TONES = {note: 'good', warning: 'warning', error: 'error'} as const;

export function reduce(was: State, timed: TimedFact): State {
	const {at, fact} = timed;
	const stand = reduceStand(was.stand, timed);
	const state = stand === was.stand ? was : {...was, stand};
	switch (fact.kind) {
		case 'earlier':
			return {...state, earlier: {left: fact.left, ticket: fact.ticket}};
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
		case 'seam': {
			const {seam} = fact;
			const text = seam.reboot === 'no' ? seamProof(seam) : seamWords(seam);
			const event = own('link', at, state.offsetMs, '⌁', seamTone(seam), text);
			return {...state, events: withEvent(state.events, {...event, key: `seam ${at} ${seam.lostAt}`})};
		}
		case 'recording': {
			const text = fact.paused === null ? 'the recording goes on' : `the recording is paused: ${fact.paused}`;
			const event = own('recording', at, state.offsetMs, '‖', 'warning', text);
			return {...state, events: withEvent(state.events, event)};
		}
		case 'remark': {
			const words = {mark: '⚑', note: '✎', todo: '☐'};
			const remark = own('remark', at, state.offsetMs, words[fact.of], 'accent', fact.text);
			const place = fact.cursor === null ? null : {stream: 'journal' as const, cursor: fact.cursor, atMs: remark.atMs};
			return {
				...state,
				events: withEvent(state.events, {
					...remark,
					key: `${fact.of} ${at} ${fact.text.slice(0, 40)}`,
					who: fact.of,
					place,
				}),
			};
		}
		case 'action': {
			const {sign, tone} = ACTION_SIGNS[fact.of];
			const shown = fact.of === 'verdict' ? VERDICT_TONES[fact.weight] : tone;
			// "proven: Restart the unit: …": what it is stands where others have their name.
			const [who = '', ...rest] = fact.text.split(': ');
			const action = own('action', at, state.offsetMs, sign, shown, rest.join(': '));
			return {
				...state,
				events: withEvent(state.events, {
					...action,
					key: `action ${fact.of} ${at} ${fact.text.slice(0, 60)}`,
					who,
				}),
			};
		}
		case 'source':
			return fact.source === 'story' && (fact.state === 'ended' || fact.state === 'failed')
				? {...state, read: true}
				: state;
		default:
			return state;
	}
}
