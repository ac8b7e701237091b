/** Device: which one is it, how is it, and what runs on it? */
import type {Container} from '../../domain/fact.ts';
import type {Key, PaneSpec} from '../../domain/pane.ts';
import {utc} from '../../domain/time.ts';
import {frozen, listItems} from '../items.ts';
import {byTrouble, containerRow, gradeOf, nameOf, standOf} from './containers.ts';
import {type Line, linesOf} from './facts.ts';
import {initial, reduce, type State} from './reduce.ts';
import {lineRow, momentOf, overviewLine, summary} from './rows.ts';

const containerKey = ({id}: Container): Key => `c ${id}`;
const LINES: readonly Key[] = linesOf(initial, 0, utc).map(({key}) => key);
const isKnown = (state: State): boolean =>
	state.identity !== null || state.vitals !== null || state.answer !== null || state.disk !== null;

function find(state: State, key: Key, now: number, zone = utc): Line | Container | undefined {
	if (key === 'containers') return overviewLine(state);
	return (
		linesOf(state, now, zone).find(line => line.key === key) ??
		state.containers.find(container => containerKey(container) === key)
	);
}

/** The newest look, for what has no clock of its own. */
const newest = ({vitals}: State): number => vitals?.at ?? 0;

export const device: PaneSpec<State> = {
	id: 'device',
	key: '5',
	title: 'Device',
	initial,
	log: false,
	reduce,
	items: (state, look) =>
		listItems(
			isKnown(state)
				? frozen([...LINES, 'containers', ...byTrouble(state.containers).map(containerKey)], look.order)
				: [],
		),
	row: (state, key, context) => {
		const item = find(state, key, momentOf(state, context), context.zone);
		if (item === undefined) return [];
		return 'parts' in item ? lineRow(item, context) : containerRow(state, item, context);
	},
	text: (state, key) => {
		const item = find(state, key, newest(state));
		if (item === undefined) return String(key);
		if ('parts' in item) return [item.label, ...item.parts.map(({text}) => text)].join(' ');
		return [nameOf(item), item.name, standOf(item), item.image, item.id].join(' ');
	},
	logOf: (state, key) => {
		const item = state.containers.find(container => containerKey(container) === key);
		return item === undefined ? null : nameOf(item);
	},
	summary,
	empty: ({sentences}, {stale}) => {
		const sentence = sentences.identity ?? sentences.sampler ?? sentences.engine;
		if (sentence !== undefined) return [{text: sentence, tone: stale ? 'muted' : 'error'}];
		return [{text: 'not known yet: the device is being asked who it is and how it is', tone: 'muted'}];
	},
	weight: (state, key) => {
		const item = find(state, key, newest(state));
		if (item === undefined) return null;
		if (!('parts' in item)) return gradeOf(item);
		if (item.parts.some(({tone}) => tone === 'error')) return 'error';
		return item.parts.some(({tone}) => tone === 'warning') ? 'warning' : null;
	},
};
