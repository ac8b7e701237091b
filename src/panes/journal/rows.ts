/** One entry as a row: clock, severity, who, what. */
import {type JournalRecord, SUPPRESSED} from '../../domain/journal.ts';
import type {Row, Tone, ViewContext} from '../../domain/pane.ts';
import {count} from '../../domain/text.ts';
import {ruleOf} from '../../rules/index.ts';
import {column, grouped, spaced, whenOf} from '../items.ts';
import type {State} from './reduce.ts';
import {isMereStderr, messageOf, type Names, speakerOf} from './speaker.ts';
import type {View} from './view.ts';

const LETTERS = ['E', 'E', 'E', 'E', 'W', 'n', 'i', 'd'] as const;

/** How bad an entry is. A container's stderr is no error by itself. */
export function weightOf(record: JournalRecord): 'error' | 'warning' | null {
	if (record.messageId === SUPPRESSED || record.own === 'warning') return 'warning';
	// A rule knows better than the priority; the kernel pane says the same.
	const weights = record.tags.map(id => ruleOf(id)?.weight);
	if (weights.length > 0) return weights.includes('error') ? 'error' : 'warning';
	if (isMereStderr(record)) return 'warning';
	return record.severity <= 3 ? 'error' : record.severity === 4 ? 'warning' : null;
}

const letterOf = (record: JournalRecord): string =>
	record.messageId === SUPPRESSED
		? 'W'
		: record.tags.length > 0
			? weightOf(record) === 'error'
				? 'E'
				: 'W'
			: isMereStderr(record)
				? 'e'
				: LETTERS[record.severity];

const toneOf = (record: JournalRecord): Tone =>
	weightOf(record) ?? (record.severity === 5 ? 'strong' : record.severity === 7 ? 'muted' : 'plain');

export function toRow(record: JournalRecord, names: Names, {columns, zone, now}: ViewContext): Row {
	const when = {text: whenOf(record.realtimeUs / 1000, now, zone), tone: 'muted'} as const;
	if (record.own !== undefined) return spaced([when, {text: `── ${record.message} ──`, tone: record.own, grow: true}]);
	const tone = toneOf(record);
	const width = columns >= 100 ? 16 : columns >= 70 ? 12 : columns >= 50 ? 10 : 8;
	return spaced([
		when,
		{text: letterOf(record), tone},
		column(speakerOf(record, names), width, 'accent'),
		// A row has no more cells than that; the rest would only be measured.
		{text: messageOf(record).slice(0, columns * 2), tone, grow: true},
	]);
}

/** A filter's words in a title: the counts behind them are to be seen too. */
const shown = (filter: string, columns: number): string => {
	const most = Math.max(24, columns - 36);
	return filter.length > most ? `${filter.slice(0, most - 1)}…` : filter;
};

export function summary(state: State, view: View, {look, stale, columns}: ViewContext): Row {
	const {ring, suppressed} = state;
	const folds = view.calm?.folds ?? 0;
	const passed = view.length === ring.size ? grouped(ring.size) : `${grouped(view.length)} of ${grouped(ring.size)}`;
	return spaced([
		{
			text: look.filter.source === '' ? 'all' : shown(look.filter.source, columns),
			tone: look.filter.source === '' ? 'plain' : 'accent',
		},
		{text: '·', tone: 'muted'},
		look.follow
			? {text: stale ? 'stale' : 'follow', tone: stale ? 'muted' : 'good'}
			: {text: 'paused', tone: 'warning'},
		{text: '·', tone: 'muted'},
		...(look.calm
			? ([
					{text: 'folds on', tone: 'accent'},
					{text: '·', tone: 'muted'},
				] as const)
			: []),
		{text: folds === 0 ? passed : `${passed}, ${count(folds, 'fold')}`, tone: 'muted'},
		...(view.hidden > 0 && columns >= 90
			? [{text: `(${grouped(view.hidden)} repeats of the supervisor hidden)`, tone: 'muted' as const}]
			: []),
		...(ring.evicted > 0 ? [{text: `· ${grouped(ring.evicted)} older ones let go`, tone: 'muted' as const}] : []),
		...(state.olderFull ? [{text: '· no room for older ones', tone: 'muted' as const}] : []),
		...(suppressed > 0 ? [{text: `· ${grouped(suppressed)} suppressed by journald`, tone: 'warning' as const}] : []),
		...(state.sentence !== '' && ring.size > 0 ? [{text: `· ${state.sentence}`, tone: 'error' as const}] : []),
	]);
}
