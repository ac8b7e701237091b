/** Kernel: this boot's kernel log and live, trouble named by rules, dumps folded. */
import {type Filter, passes} from '../../domain/filter.ts';
import type {Items, Key, Look, PaneSpec} from '../../domain/pane.ts';
import {type Entry, itemsOf, shownOf, weightOf} from './items.ts';
import {initial, reduce, type State} from './reduce.ts';
import {summary, toRow, toText} from './rows.ts';

const entryOf = (state: State, key: Key): Entry | undefined =>
	typeof key === 'number' ? shownOf(state).byKey.get(key) : undefined;

/** A filter takes a dump as a whole: its lines mean nothing alone. */
const through = (filter: Filter) => (entry: Entry) =>
	entry.kind === 'boot' ||
	(entry.kind === 'event' &&
		passes(filter, {
			units: [],
			identifier: 'kernel',
			containerId: null,
			containerName: null,
			severity: Math.min(7, Math.max(0, entry.head.priority)) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7,
			message: toText(entry),
			...(entry.head.atMs === null ? {} : {atMs: entry.head.atMs}),
		}));

/** The same state and look are asked for many times. */
let last: {boots: State['boots']; look: Pick<Look, 'open' | 'filter'>; items: Items} | null = null;

export const kernel: PaneSpec<State> = {
	id: 'kernel',
	key: '3',
	title: 'Kernel',
	initial,
	log: true,
	reduce,
	items: (state, {open, filter}) => {
		if (last === null || last.boots !== state.boots || last.look.open !== open || last.look.filter !== filter)
			last = {
				boots: state.boots,
				look: {open, filter},
				items: itemsOf(state, open, filter.terms.length === 0 ? null : through(filter)),
			};
		return last.items;
	},
	row: (state, key, context) => {
		const entry = entryOf(state, key);
		return entry === undefined ? [] : toRow(entry, context);
	},
	text: (state, key) => {
		const entry = entryOf(state, key);
		return entry === undefined ? '' : toText(entry);
	},
	summary: (state, context) => summary(state, shownOf(state), context),
	empty: state => {
		if (shownOf(state).lines > 0) return [{text: 'no kernel line passes the filter: Esc takes it away', tone: 'muted'}];
		if (state.sentence !== '') return [{text: state.sentence, tone: 'error'}];
		if (!state.asked) return [{text: 'not known yet: the kernel log is being asked for', tone: 'muted'}];
		return [{text: 'no kernel line in this boot', tone: 'muted'}];
	},
	folds: (state, key) => {
		const entry = entryOf(state, key);
		return entry?.kind === 'event' && entry.body.length > 0;
	},
	inspects: (state, key) => {
		const entry = entryOf(state, key);
		const cursor = entry?.kind === 'event' ? entry.head.cursor : entry?.kind === 'line' ? entry.line.cursor : null;
		return cursor === null ? null : {cursor};
	},
	near: (state, atMs) => {
		let near: Key | null = null;
		for (const entry of shownOf(state).entries)
			if (entry.kind === 'event' && entry.head.atMs !== null && entry.head.atMs <= atMs) near = entry.key;
		return near;
	},
	find: (state, {atMs}) => {
		let near: Extract<Entry, {kind: 'event'}> | null = null;
		for (const entry of shownOf(state).entries) {
			if (entry.kind !== 'event' || entry.head.atMs === null) continue;
			// A line inside a dump belongs to the dump's first line.
			if (entry.head.atMs <= atMs + 1 && (near?.head.atMs ?? Number.NEGATIVE_INFINITY) <= entry.head.atMs) near = entry;
		}
		return near === null || atMs - (near.head.atMs ?? 0) > 60_000 ? null : near.key;
	},
	weight: (state, key) => {
		const entry = entryOf(state, key);
		if (entry === undefined || entry.kind === 'boot') return null;
		return entry.kind === 'event' ? entry.weight : weightOf(entry.line.tags, entry.line.priority);
	},
};
