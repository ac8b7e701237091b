/** Journal: entries of all units as they come. */
import type {Key, Look, PaneSpec} from '../../domain/pane.ts';
import type {Fold} from './calm.ts';
import {foldRow, foldText} from './fold-row.ts';
import {choicesOf, presetsOf} from './presets.ts';
import {initial, reduce, type State} from './reduce.ts';
import {summary, toRow, weightOf} from './rows.ts';
import {containerOf, messageOf, speakerOf} from './speaker.ts';
import {viewOf} from './view.ts';

const isFold = (key: Key): key is number => typeof key === 'number' && !Number.isInteger(key);

/** The entry; of a fold the one that it began with, as long as that is held. */
const record = ({ring}: State, key: Key) => (typeof key === 'number' ? ring.get(Math.ceil(key)) : undefined);

const view = ({ring, names}: State, look: Look) => viewOf(ring, look, names);

const fold = (state: State, key: Key, look: Look | undefined): Fold | undefined =>
	isFold(key) && look !== undefined ? view(state, look).calm?.fold(key) : undefined;

/** For the session's receipt. */
export const held = ({ring}: State): {readonly held: number; readonly evicted: number} => ({
	held: ring.size,
	evicted: ring.evicted,
});

export const journal: PaneSpec<State> = {
	id: 'journal',
	key: '2',
	title: 'Journal',
	initial,
	log: true,
	reduce,
	items: (state, look) => view(state, look).items(look.open),
	row: (state, key, context) => {
		const folded = fold(state, key, context.look);
		if (folded !== undefined) return foldRow(folded, state.ring, state.names, context);
		const found = record(state, key);
		return found === undefined ? [] : toRow(found, state.names, context);
	},
	text: (state, key, look) => {
		const folded = fold(state, key, look);
		if (folded !== undefined) return foldText(folded, state.ring, state.names);
		const found = record(state, key);
		if (found?.own !== undefined) return found.message;
		return found === undefined ? '' : `${speakerOf(found, state.names)} ${messageOf(found)}`;
	},
	summary: (state, context) => summary(state, view(state, context.look), context),
	empty: (state, {look}) => {
		if (state.ring.size > 0)
			return [{text: `none of ${state.ring.size} lines passes the filter: Esc takes it away`, tone: 'muted'}];
		if (state.sentence !== '') return [{text: state.sentence, tone: 'error'}];
		if (!state.asked) return [{text: 'not known yet: the journal is being asked for', tone: 'muted'}];
		return [{text: look.follow ? 'no journal line yet' : 'no journal line', tone: 'muted'}];
	},
	inspects: (state, key) => {
		const found = record(state, key);
		return found === undefined || found.cursor === '' ? null : {cursor: found.cursor};
	},
	folds: (_, key) => isFold(key),
	foldOf: (state, key, look) =>
		(typeof key === 'number' ? view(state, look).calm?.foldOf(key)?.key : undefined) ?? null,
	presets: presetsOf,
	choices: ({ring, names}, kind) => choicesOf(kind, ring, names),
	newestMs: ({ring}) => (ring.last === undefined ? null : ring.last.realtimeUs / 1000),
	near: ({ring}, atMs) => {
		// Entries stand in the order in which they came, which is nearly that of time.
		for (let number = ring.end - 1; number >= ring.first; number--)
			if ((ring.get(number)?.realtimeUs ?? Number.POSITIVE_INFINITY) <= atMs * 1000) return number;
		return null;
	},
	find: ({ring}, {cursor}) => {
		if (cursor === null) return null;
		for (let number = ring.end - 1; number >= ring.first; number--)
			if (ring.get(number)?.cursor === cursor) return number;
		return null;
	},
	logOf: (state, key) => {
		const found = record(state, key);
		if (found === undefined || found.own !== undefined) return null;
		const container = containerOf(found, state.names);
		return container === null ? (found.about ?? found.units[0] ?? null) : container;
	},
	weight: (state, key) => {
		const found = record(state, key);
		return found === undefined ? null : weightOf(found);
	},
};
