/** Detail: one entry with all its fields and the lines around it, or one unit with what made it so. Filled when asked for. */
import type {TimedFact} from '../../domain/fact.ts';
import type {JournalRecord} from '../../domain/journal.ts';
import type {Key, PaneSpec, Row, Tone, ViewContext} from '../../domain/pane.ts';
import {count} from '../../domain/text.ts';
import {clockOf} from '../../domain/time.ts';
import {column, frozen, listItems, spaced} from '../items.ts';

export type State = {
	readonly of: 'nothing' | 'entry' | 'unit';
	readonly fields: readonly (readonly [name: string, value: string])[];
	readonly before: readonly JournalRecord[];
	readonly after: readonly JournalRecord[];
	readonly reading: boolean;
	/** Why something could not be read. */
	readonly sentence: string;
};

export const initial: State = {of: 'nothing', fields: [], before: [], after: [], reading: false, sentence: ''};

const BEGINS: Readonly<Record<string, State['of']>> = {entry: 'entry', 'unit-properties': 'unit'};
const ENDS = new Set(['entry-after', 'unit-lines']);
/** In plain words, for what the device gave no reason for. */
const OURS: Readonly<Record<string, string>> = {
	entry: 'the entry',
	'entry-before': 'the lines before it',
	'entry-after': 'the lines after it',
	'unit-properties': "the unit's properties",
	'unit-lines': "the unit's lines",
};

export function reduce(state: State, {fact}: TimedFact): State {
	switch (fact.kind) {
		case 'entry-fields':
			return {...state, fields: fact.fields};
		case 'unit-property':
			return {...state, fields: [...state.fields, [fact.name, fact.value]]};
		case 'around':
			return fact.place === 'before'
				? {...state, before: [...state.before, fact.record]}
				: {...state, after: [...state.after, fact.record]};
		case 'source': {
			const what = OURS[fact.source];
			if (what === undefined) return state;
			const begins = BEGINS[fact.source];
			if (fact.state === 'asked' && begins !== undefined) return {...initial, of: begins, reading: true};
			const reading = state.reading && !(ENDS.has(fact.source) && (fact.state === 'ended' || fact.state === 'failed'));
			if (fact.state !== 'failed') return {...state, reading};
			// The first reason is the one that matters: what fails after it fails for the same.
			const sentence = state.sentence || fact.sentence || `The device could not give ${what}.`;
			return {...state, reading, sentence};
		}
		case 'link':
			// What was not asked yet is not asked any more.
			return state.reading && fact.link.kind !== 'live' ? {...state, reading: false} : state;
		default:
			return state;
	}
}

/** In the order of time, the entry itself once. */
function linesOf({before, after}: State): readonly JournalRecord[] {
	const [first] = before;
	const later = first === undefined ? after : after.filter(({cursor}) => cursor !== first.cursor);
	return [...before.toReversed(), ...later];
}

/** The entry that is looked at: it comes first both ways. */
const entryOf = ({of, before, after}: State): JournalRecord | undefined =>
	of === 'entry' ? (before[0] ?? after[0]) : undefined;

/** Fields that say nothing to a person, last; those that say most, first. */
const FIRST = [
	'MESSAGE',
	'PRIORITY',
	'SYSLOG_IDENTIFIER',
	'_SYSTEMD_UNIT',
	'UNIT',
	'CONTAINER_NAME',
	'IMAGE_NAME',
	'_PID',
	'_COMM',
	'_CMDLINE',
	'EXIT_CODE',
	'EXIT_STATUS',
	'JOB_RESULT',
	'MESSAGE_ID',
];

function fieldsOf({fields, of}: State): State['fields'] {
	if (of === 'unit')
		return fields.filter(([, value]) => value !== '' && value !== '[not set]' && value !== '18446744073709551615');
	const rank = ([name]: readonly [string, string]): number => {
		const place = FIRST.indexOf(name);
		return place >= 0 ? place : name.startsWith('__') ? 200 : 100;
	};
	return fields.toSorted((a, b) => rank(a) - rank(b));
}

/** Values that a person looks for. */
function toneOf(name: string, value: string): Tone {
	if (name === 'NeedDaemonReload' && value === 'yes') return 'warning';
	if (name === 'Result' && value !== 'success') return 'error';
	if (name === 'ActiveState') return value === 'active' ? 'good' : value === 'failed' ? 'error' : 'warning';
	return 'plain';
}

const LETTERS = ['E', 'E', 'E', 'E', 'W', 'n', 'i', 'd'] as const;

function lineRow(record: JournalRecord, {zone, columns}: ViewContext, marked: boolean): Row {
	const tone: Tone =
		record.severity <= 3 ? 'error' : record.severity === 4 ? 'warning' : record.severity === 7 ? 'muted' : 'plain';
	return spaced([
		{text: marked ? '▶' : ' ', tone: 'accent'},
		{text: clockOf(record.realtimeUs / 1000, zone), tone: 'muted'},
		{text: LETTERS[record.severity], tone},
		column(record.transport === 'kernel' ? 'kernel' : record.identifier || (record.units[0] ?? '?'), 16, 'accent'),
		{text: record.message.slice(0, columns * 2), tone, grow: true},
	]);
}

export const detail: PaneSpec<State> = {
	id: 'detail',
	key: '↵',
	title: 'Detail',
	initial,
	log: false,
	reduce,
	items: (state, {order}) =>
		listItems(
			frozen(
				[
					...fieldsOf(state).map((_, index): Key => `f ${index}`),
					...(linesOf(state).length > 0 ? ['head'] : []),
					...linesOf(state).map((_, index): Key => `l ${index}`),
				],
				order,
			),
		),
	row: (state, key, context) => {
		const [kind, place] = String(key).split(' ');
		if (kind === 'head')
			return [
				{
					text:
						state.of === 'unit'
							? `── its newest ${count(linesOf(state).length, 'line')} ──`
							: '── all lines around it, of every unit ──',
					tone: 'accent',
				},
			];
		if (kind === 'f') {
			const [name, value] = fieldsOf(state)[Number(place)] ?? ['', ''];
			return spaced([column(name, 26, 'muted'), {text: value, tone: toneOf(name, value), grow: true}]);
		}
		const record = linesOf(state)[Number(place)];
		return record === undefined ? [] : lineRow(record, context, record === entryOf(state));
	},
	text: (state, key) => {
		const [kind, place] = String(key).split(' ');
		if (kind === 'f') return fieldsOf(state)[Number(place)]?.join(' ') ?? '';
		const record = linesOf(state)[Number(place)];
		return record === undefined ? '' : `${record.identifier} ${record.message}`;
	},
	summary: ({of, reading, sentence}, {stale}) => [
		{
			text: `${of === 'unit' ? 'one unit' : of === 'entry' ? 'one entry' : 'nothing was looked at yet'}${reading ? ', being read' : ''}${stale ? ' · stale' : ''}`,
			tone: 'muted',
		},
		...(sentence === '' ? [] : [{text: ` ${sentence}`, tone: 'error' as const}]),
	],
	empty: ({reading}) => [
		{text: reading ? 'being read' : 'Enter on a line or a unit shows all of it here', tone: 'muted'},
	],
	weight: (state, key) => {
		const [kind, place] = String(key).split(' ');
		const record = kind === 'l' ? linesOf(state)[Number(place)] : undefined;
		return record === undefined ? null : record.severity <= 3 ? 'error' : record.severity === 4 ? 'warning' : null;
	},
};
