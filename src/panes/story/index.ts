/** Story: what happened on this device, in order of time, the newest first. */
import {leftOf, type Stand} from '../../domain/left.ts';
import {noLook, type PaneSpec, type Row, type ViewContext} from '../../domain/pane.ts';
import {count} from '../../domain/text.ts';
import {clockOf, dayOf, utc} from '../../domain/time.ts';
import {column, frozen, listItems, plain, spaced} from '../items.ts';
import type {Event} from './events.ts';
import {initial, reduce, type State} from './reduce.ts';
import {type Earlier, type Since, sinceOf, sinceTitle} from './since.ts';
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

/** Rows of the block have keys of their own, by place: `since`, `since 0`. */
const SINCE = 'since';
let block: {earlier: Earlier; stand: Stand; rows: readonly Since[]} | null = null;

function sinceRows({earlier, stand}: State): readonly Since[] {
	if (earlier === null) return [];
	if (block === null || block.earlier !== earlier || block.stand !== stand)
		block = {earlier, stand, rows: sinceOf(earlier, stand, stand.units.clock?.at ?? earlier.left.at)};
	return block.rows;
}

const sinceKeys = (state: State): readonly string[] =>
	state.earlier === null ? [] : [SINCE, ...sinceRows(state).map((_, place) => `${SINCE} ${place}`)];

function sinceRow(state: State, key: string, {columns, now, stale}: ViewContext): Row | null {
	const {earlier} = state;
	if (earlier === null || !key.startsWith(SINCE)) return null;
	if (key === SINCE)
		return spaced([
			{text: sinceTitle(earlier, now), tone: 'strong'},
			{text: '', grow: true},
		]);
	const row = sinceRows(state)[Number(key.slice(SINCE.length))];
	if (row === undefined) return [];
	const tone = stale ? 'muted' : row.tone;
	return spaced([
		// Under the clocks, signs and names of the events.
		column('', 14),
		{text: row.sign, tone},
		...(row.who === '' ? [] : [column(row.who, columns >= 100 ? 30 : 22, tone)]),
		{text: row.text, tone: 'plain', grow: true},
	]);
}

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

const plainContext: ViewContext = {now: 0, columns: 100, zone: utc, look: noLook, stale: false};

export const story: PaneSpec<State> = {
	id: 'story',
	key: 'o',
	title: 'Story',
	initial,
	log: false,
	reduce,
	items: (state, {order}) => listItems(frozen([...sinceKeys(state), ...indexOf(state).keys], order)),
	row: (state, key, context) => {
		const since = sinceRow(state, String(key), context);
		if (since !== null) return since;
		const event = find(state, key);
		return event === undefined ? [] : toRow(event, context, state.offsetMs);
	},
	text: (state, key) => {
		const since = sinceRow(state, String(key), plainContext);
		if (since !== null) return plain(since);
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
	left: ({stand}, at) => leftOf(stand, at),
};
