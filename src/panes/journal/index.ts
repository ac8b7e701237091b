/** Journal: entries of all units as they come. */
import type {Filter} from '../../domain/filter.ts';
import type {Key, PaneSpec} from '../../domain/pane.ts';
import {initial, reduce, type State} from './reduce.ts';
import {summary, toRow, weightOf} from './rows.ts';
import {containerOf, messageOf, speakerOf} from './speaker.ts';
import {viewOf} from './view.ts';

const record = ({ring}: State, key: Key) => (typeof key === 'number' ? ring.get(key) : undefined);

const view = ({ring, names}: State, filter: Filter) => viewOf(ring, filter, names);

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
	items: (state, {filter}) => view(state, filter).items(),
	row: (state, key, context) => {
		const found = record(state, key);
		return found === undefined ? [] : toRow(found, state.names, context);
	},
	text: (state, key) => {
		const found = record(state, key);
		return found === undefined ? '' : `${speakerOf(found, state.names)} ${messageOf(found)}`;
	},
	summary: (state, context) => summary(state, view(state, context.look.filter), context),
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
	find: ({ring}, {cursor}) => {
		if (cursor === null) return null;
		for (let number = ring.end - 1; number >= ring.first; number--)
			if (ring.get(number)?.cursor === cursor) return number;
		return null;
	},
	logOf: (state, key) => {
		const found = record(state, key);
		if (found === undefined) return null;
		const container = containerOf(found, state.names);
		return container === null ? (found.about ?? found.units[0] ?? null) : container;
	},
	weight: (state, key) => {
		const found = record(state, key);
		return found === undefined ? null : weightOf(found);
	},
};
