/** Journal: entries in a ring. Nothing is dropped here but by its bounds; what is shown is the view's choice. */
import type {TimedFact} from '../../domain/fact.ts';
import {type JournalRecord, ownLine, SUPPRESSED} from '../../domain/journal.ts';
import {Ring} from '../../domain/ring.ts';
import {seamTone, seamWords} from '../../domain/seam.ts';
import type {Names} from './speaker.ts';

export type State = {
	readonly ring: Ring<JournalRecord>;
	readonly names: Names;
	/** Older pages no longer fit. */
	readonly olderFull: boolean;
	/** Messages that journald itself dropped, as it says in "Suppressed N messages". */
	readonly suppressed: number;
	/** Why the journal can't be read. */
	readonly sentence: string;
	/** True once a source of entries answered or ended: an empty list is then really empty. */
	readonly asked: boolean;
	/** Is the link lost? Device clock minus ours, ms. */
	readonly away: boolean;
	readonly offsetMs: number;
};

export const ITEMS = 50_000;
export const WEIGHT = 32_000_000;

/** An entry's share of memory is its text; the rest is about the same for all, and the number of items bounds it. */
const weigh = ({message}: JournalRecord): number => message.length;

export const initial: State = {
	ring: Ring.empty<JournalRecord>({items: ITEMS, weight: WEIGHT, weigh}),
	names: {},
	olderFull: false,
	suppressed: 0,
	sentence: '',
	asked: false,
	away: false,
	offsetMs: 0,
};

/** A line between the device's, so that it is seen where the journal was not followed. */
const withOwn = (state: State, atMs: number, tone: 'good' | 'warning', text: string): State => ({
	...state,
	ring: state.ring.push(ownLine(atMs + state.offsetMs, tone, text)),
});

const SOURCES = new Set(['journal', 'journal-history']);

export function reduce(state: State, {at, fact}: TimedFact): State {
	switch (fact.kind) {
		case 'link': {
			const {link} = fact;
			if (link.kind === 'live') return state.away ? {...state, away: false} : state;
			// Before the first line there is nothing that it could stand behind.
			if ((link.kind !== 'waiting' && link.kind !== 'refused') || state.away || state.ring.size === 0) return state;
			return {...withOwn(state, at, 'warning', `link lost: ${link.why}`), away: true};
		}
		case 'seam':
			return withOwn(state, at, seamTone(fact.seam), seamWords(fact.seam));
		case 'vitals': {
			const {clockMs} = fact.vitals;
			if (clockMs === null || Math.abs(clockMs - at - state.offsetMs) < 1000) return state;
			return {...state, offsetMs: clockMs - at};
		}
		case 'journal': {
			const {record, place} = fact;
			const suppressed = state.suppressed + (record.messageId === SUPPRESSED ? (record.dropped ?? 0) : 0);
			if (place !== 'older') return {...state, ring: state.ring.push(record), suppressed, asked: true};
			const ring = state.ring.unshift(record);
			return ring === null ? {...state, olderFull: true} : {...state, ring, suppressed};
		}
		case 'engine': {
			if (fact.answer.kind !== 'answered') return state;
			const names = Object.fromEntries(
				fact.answer.containers.map(({id, name, service}) => [id.slice(0, 12), service ?? name]),
			);
			const same =
				Object.keys(names).length === Object.keys(state.names).length &&
				Object.entries(names).every(([id, name]) => state.names[id] === name);
			return same ? state : {...state, names};
		}
		case 'source': {
			if (!SOURCES.has(fact.source)) return state;
			if (fact.state === 'failed') return {...state, sentence: fact.sentence, asked: true};
			return {
				...state,
				sentence: fact.state === 'answering' ? '' : state.sentence,
				asked: state.asked || fact.state !== 'asked',
			};
		}
		default:
			return state;
	}
}
