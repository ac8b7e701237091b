/** Findings: what is wrong now, what was, and where the proof stands. */
import type {Finding} from '../../domain/finding.ts';
import type {PaneSpec} from '../../domain/pane.ts';
import {count} from '../../domain/text.ts';
import {servicesOf} from '../../domain/units/status.ts';
import {rules} from '../../rules/index.ts';
import {frozen, listItems} from '../items.ts';
import {CONDITIONS} from './conditions.ts';
import {initial, reduce, type State} from './reduce.ts';
import {deviceNow, hintOf, isOn, nameOf, shown, summary, toRow, verdict, worst} from './rows.ts';

/** The newest look of the device: the order of rows has no clock of its own. */
const newest = ({units, offsetMs}: State): number => units.clock?.at ?? -offsetMs;

/** A row is asked for by key, many times for one state. */
let last: {state: State; list: readonly Finding[]} | null = null;

function listOf(state: State): readonly Finding[] {
	if (last === null || last.state !== state) last = {state, list: shown(state, newest(state))};
	return last.list;
}

const find = (state: State, key: string | number): Finding | undefined => state.all[String(key)];

/** "13 units, 61 rules". */
function checkedOf(state: State, now: number): string {
	const units = servicesOf(state.units, now).filter(({grade}) => grade !== 'absent' && grade !== 'unknown').length;
	return `${count(units, 'unit')}, ${rules.length + CONDITIONS} rules`;
}

export const findings: PaneSpec<State> = {
	id: 'findings',
	key: '6',
	title: 'Findings',
	initial,
	log: false,
	reduce,
	items: (state, look) =>
		listItems(
			frozen(
				listOf(state).map(({key}) => key),
				look.order,
			),
		),
	row: (state, key, context) => {
		const finding = find(state, key);
		return finding === undefined ? [] : toRow(state, finding, context);
	},
	text: (state, key) => {
		const finding = find(state, key);
		return finding === undefined ? '' : `${nameOf(finding)} ${finding.detail} ${finding.rule}`;
	},
	summary,
	empty: state =>
		state.boot === null
			? [{text: 'not known yet', tone: 'muted'}]
			: [{text: 'nothing found by the rules for lines, nor by what is measured', tone: 'muted'}],
	weight: (state, key) => find(state, key)?.weight ?? null,
	hint: (state, key) => {
		const finding = find(state, key);
		return finding === undefined ? '' : hintOf(finding);
	},
	logOf: (state, key) => find(state, key)?.evidence.at(-1)?.unit || null,
	evidence: (state, key) => find(state, key)?.evidence.at(-1) ?? null,
	worst,
	alarms: (state, now) =>
		shown(state, now)
			.filter(finding => isOn(state, finding, deviceNow(state, now)))
			.map(finding => ({
				// The same trouble again is news: a unit that was killed once more.
				key: `${finding.key} ${finding.count}`,
				weight: finding.weight,
				text: `${nameOf(finding)} ${finding.detail}`.trim(),
			})),
	verdict: (state, context, progress) => verdict(state, context, progress, checkedOf(state, context.now)),
};
