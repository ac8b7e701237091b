/** Services: is each unit as it should be, since when, and does one restart again and again? */
import type {PaneSpec} from '../../domain/pane.ts';
import {initial, reduce, type State} from '../../domain/units/state.ts';
import {byTrouble, type Service, servicesOf} from '../../domain/units/status.ts';
import {frozen, listItems, plain} from '../items.ts';
import {compact, head, note, summary, toRow} from './rows.ts';

/** Rows of the last state: a row is asked for by key, many times for one state. */
let last: {state: State; now: number; services: readonly Service[]} | null = null;

function servicesAt(state: State, now: number): readonly Service[] {
	if (last === null || last.state !== state || last.now !== now) last = {state, now, services: servicesOf(state, now)};
	return last.services;
}

const find = (state: State, key: string | number, now: number): Service | undefined =>
	servicesAt(state, now).find(service => service.key === key);

/** The moment of the newest look, for the order of rows: it has no clock of its own. */
const newest = (state: State): number => state.clock?.at ?? 0;

export const services: PaneSpec<State> = {
	id: 'services',
	key: '1',
	title: 'Services',
	initial,
	log: false,
	reduce,
	items: (state, look) => {
		if (Object.keys(state.samples).length === 0 && state.failed.length === 0) return listItems([]);
		return listItems(
			frozen(
				byTrouble(servicesAt(state, newest(state))).map(({key}) => key),
				look.order,
			),
		);
	},
	row: (state, key, context) => {
		const service = find(state, key, context.now);
		return service === undefined ? [] : toRow(state, service, context);
	},
	text: (state, key) => {
		const now = newest(state);
		const service = find(state, key, now);
		if (service === undefined) return String(key);
		return plain([
			{text: service.key},
			{text: service.sample?.unit.names.join(' ') ?? ''},
			{text: service.text},
			note(state, service, now),
			{text: service.entry?.role ?? ''},
		]);
	},
	summary: (state, context) => summary(state, servicesAt(state, context.now), context),
	head: (_state, context, room) => (room >= 8 ? [head(context)] : []),
	empty: state => {
		if (state.sentence !== '') return [{text: state.sentence, tone: 'error'}];
		if (state.code === 124) return [{text: 'systemctl did not answer in 5 s', tone: 'error'}];
		if (state.code !== null && state.code !== 0)
			return [{text: `systemctl ended with code ${state.code}: is this a systemd host?`, tone: 'error'}];
		return [{text: 'not known yet: the units are being asked for', tone: 'muted'}];
	},
	inspects: (state, key) => ({unit: find(state, key, newest(state))?.sample?.unit.unit || String(key)}),
	logOf: (state, key) => find(state, key, newest(state))?.sample?.unit.unit || String(key),
	compact: (state, context, rows) => compact(servicesAt(state, context.now), context, rows),
	weight: (state, key) => {
		const grade = find(state, key, newest(state))?.grade;
		return grade === 'error' || grade === 'warning' ? grade : null;
	},
};
