/** Journal: entries in a ring. Nothing is dropped here but by its bounds; what is shown is the view's choice. */
import type {TimedFact} from '../../domain/fact.ts';
import {type JournalRecord, SUPPRESSED} from '../../domain/journal.ts';
import {Ring} from '../../domain/ring.ts';
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
};

const SOURCES = new Set(['journal', 'journal-history']);

export function reduce(state: State, {fact}: TimedFact): State {
	switch (fact.kind) {
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
