/** The menu of what can be done to the focused item: letters act only in here. Keys as pure steps, and its rows. */
import {risks, type Subject, subjectName} from '../../domain/guard.ts';
import type {Row} from '../../domain/pane.ts';
import {cut} from '../cells.ts';
import {titleRow} from '../title.ts';
import {wrapped} from '../wrapped.ts';
import {type GuardTable, type Offered, RISK_TONES} from './table.ts';

export type Menu = {
	readonly subject: Subject;
	/** The unit that was under the cursor; null where there was none. */
	readonly unit: string | null;
	/** Place of the cursor among the entries. */
	readonly cursor: number;
};

const DEVICE: Subject = {kind: 'device'};

/** @param unit what is under the cursor; null: the device. */
export const menuOf = (unit: string | null): Menu => ({
	subject: unit === null ? DEVICE : {kind: 'unit', unit},
	unit,
	cursor: 0,
});

export const entriesOf = ({actions}: Pick<GuardTable, 'actions'>, {kind}: Subject): readonly Offered[] =>
	actions.filter(({of}) => of === kind);

/** What a key makes of it: the menu as it is then, an action, or null where it is left. */
export function menued(
	menu: Menu,
	table: Pick<GuardTable, 'actions'>,
	name: string,
): Menu | {readonly chosen: Offered} | null {
	const entries = entriesOf(table, menu.subject);
	const move = (to: number): Menu => ({...menu, cursor: Math.max(0, Math.min(entries.length - 1, to))});
	switch (name) {
		case 'escape':
		case 'ctrl-c':
		case 'x':
			return null;
		case 'up':
			return move(menu.cursor - 1);
		case 'down':
			return move(menu.cursor + 1);
		case 'tab':
		case 'shift-tab':
			return menu.unit === null
				? menu
				: {...menu, subject: menu.subject.kind === 'unit' ? DEVICE : {kind: 'unit', unit: menu.unit}, cursor: 0};
	}
	const chosen = name === 'enter' ? entries[menu.cursor] : entries.find(({key}) => key === name);
	return chosen === undefined ? menu : {chosen};
}

const TITLE = 51;

/** @param device name and uuid of the device. */
export function menuRows(menu: Menu, table: GuardTable, device: string, columns: number, rows: number): readonly Row[] {
	const {subject, unit} = menu;
	const other =
		unit === null
			? 'a unit: put the cursor on it, then x'
			: subject.kind === 'unit'
				? 'Tab: the device'
				: `Tab: ${cut(unit, 30)}`;
	const title = titleRow(
		[
			{text: ` Act on ${subject.kind === 'unit' ? cut(subjectName(subject), 30) : 'the device'} `, tone: 'strong'},
			{text: subject.kind === 'unit' ? `on ${device} ` : `${device} `, tone: 'muted'},
		],
		columns,
		` ${other} `,
	);
	const entries = entriesOf(table, subject).map(({key, title: name, risk}, index): Row => {
		const weighs = risk(subject);
		const {text} = risks[weighs];
		const tone = RISK_TONES[weighs];
		const here = index === menu.cursor;
		return [
			{text: here ? ' › ' : '   ', tone: 'accent'},
			{text: key, tone: 'accent', width: 3},
			{text: name, tone: here ? 'strong' : 'plain', width: TITLE},
			{text: ` ${text}`, tone, grow: true},
		];
	});
	const never = table.neverOffered.map(({title: name, why}): readonly Row[] =>
		wrapped(`${name}, because ${why}`, columns - 7).map(
			(text, index): Row => [{text: index === 0 ? '   – ' : '     '}, {text, tone: 'muted'}],
		),
	);
	const gap: Row = [{text: ' '}];
	const head = [title, gap, ...entries];
	const room = rows - head.length - 2;
	// One that is cut off would say something else.
	const shown = never.filter((_, index) => never.slice(0, index + 1).flat().length <= room);
	return shown.length === 0 ? head : [...head, gap, [{text: '   never offered:', tone: 'muted'}], ...shown.flat()];
}
