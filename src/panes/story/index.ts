/** Story: what happened on this device, in order of time, the newest first. */
import type {PaneSpec, Row, ViewContext} from '../../domain/pane.ts';
import {count} from '../../domain/text.ts';
import {clockOf, dayOf} from '../../domain/time.ts';
import {column, frozen, listItems, spaced} from '../items.ts';
import type {Event} from './events.ts';
import {initial, reduce, type State} from './reduce.ts';
import {strip} from './strip.ts';
import {toldOf} from './told.ts';

let last: {events: State['events']; byKey: ReadonlyMap<string, Event>; keys: readonly string[]} | null = null;

function indexOf({events}: State) {
	if (last === null || last.events !== events) {
		const told = toldOf(events);
		last = {
			events,
			byKey: new Map(told.map(event => [event.key, event])),
			keys: told.map(({key}) => key).toReversed(),
		};
	}
	return last;
}

const find = (state: State, key: string | number): Event | undefined => indexOf(state).byKey.get(String(key));

function toRow(event: Event, {columns, zone, now, stale}: ViewContext, offsetMs: number): Row {
	const day = dayOf(event.atMs, zone);
	const today = dayOf(now + offsetMs, zone);
	const tone = stale ? 'muted' : event.tone;
	return spaced([
		column(day === today ? '' : day.slice(5), 5, 'muted'),
		{text: clockOf(event.atMs, zone), tone: 'muted'},
		{text: event.sign, tone},
		column(event.who, columns >= 100 ? 30 : 22, tone),
		{text: `${event.text}${event.count > 1 ? ` ×${event.count}` : ''}`.trim(), tone: 'plain', grow: true},
	]);
}

export const story: PaneSpec<State> = {
	id: 'story',
	key: 'o',
	title: 'Story',
	initial,
	log: false,
	reduce,
	items: (state, {order}) => listItems(frozen(indexOf(state).keys, order)),
	row: (state, key, context) => {
		const event = find(state, key);
		return event === undefined ? [] : toRow(event, context, state.offsetMs);
	},
	text: (state, key) => {
		const event = find(state, key);
		return event === undefined ? '' : `${event.who} ${event.text} ${event.kind}`;
	},
	summary: (state, {stale}) => [
		{
			text: `${count(indexOf(state).keys.length, 'event')}, the newest first${state.read ? '' : ', this boot is still being read'}${stale ? ' · stale' : ''}`,
			tone: 'muted',
		},
	],
	empty: state => [
		{text: state.read ? 'nothing happened in this boot that is on record' : 'being read', tone: 'muted'},
	],
	weight: (state, key) => {
		const tone = find(state, key)?.tone;
		return tone === 'error' || tone === 'warning' ? tone : null;
	},
	evidence: (state, key) => find(state, key)?.place ?? null,
	strip,
};
