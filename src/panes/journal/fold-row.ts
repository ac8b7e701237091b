/** A fold as one row: how many, who, what, from when to when. */
import type {JournalRecord} from '../../domain/journal.ts';
import type {Row, ViewContext} from '../../domain/pane.ts';
import type {Ring} from '../../domain/ring.ts';
import {clockOf, dayOf} from '../../domain/time.ts';
import {grouped} from '../items.ts';
import type {Fold} from './calm.ts';
import {common, type Template, templateOf, templateText} from './mask.ts';
import {messageOf, type Names, speakerOf} from './speaker.ts';

/** What the lines of a fold have in common, as far as they were looked at: each line is, once. */
type Known = {readonly upTo: number; readonly template: Template};
const known = new WeakMap<Fold, Known>();

function said(fold: Fold, ring: Ring<JournalRecord>): string {
	const before = known.get(fold);
	let template = before?.template ?? null;
	let upTo = before?.upTo ?? Number.NEGATIVE_INFINITY;
	let from = fold.numbers.length;
	while (from > 0 && (fold.numbers[from - 1] ?? upTo) > upTo) from--;
	for (const number of fold.numbers.slice(from)) {
		const record = ring.get(number);
		if (record === undefined) continue;
		const text = messageOf(record);
		template = template === null ? templateOf(text) : (common(template, text) ?? template);
		upTo = number;
	}
	if (template === null) return '';
	known.set(fold, {upTo, template});
	return templateText(template);
}

/** `13:52–13:57`; with seconds inside a minute, with the day where it is not today. */
function spanOf(fromMs: number, toMs: number, {zone, now}: Pick<ViewContext, 'zone' | 'now'>): string {
	const day = dayOf(fromMs, zone);
	const from = clockOf(fromMs, zone);
	const to = clockOf(toMs, zone);
	if (zone.before !== undefined) return `${from.trim()}–${to.trim()} ago`;
	const today = day === dayOf(now, zone) ? '' : `${day.slice(5)} `;
	if (day !== dayOf(toMs, zone))
		return `${day.slice(5)} ${from.slice(0, 5)}–${dayOf(toMs, zone).slice(5)} ${to.slice(0, 5)}`;
	return from.slice(0, 5) === to.slice(0, 5)
		? `${today}${from}–${to}`
		: `${today}${from.slice(0, 5)}–${to.slice(0, 5)}`;
}

/** `┈ 31 × supervisor "Reported current state to the cloud" 13:52–13:57 ┈`. */
export function foldRow(fold: Fold, ring: Ring<JournalRecord>, names: Names, context: ViewContext): Row {
	const first = ring.get(fold.numbers[0] ?? Number.NaN);
	const last = ring.get(fold.numbers.at(-1) ?? Number.NaN);
	if (first === undefined || last === undefined) return [];
	const count = `┈ ${grouped(fold.numbers.length)} × `;
	const speaker = speakerOf(first, names);
	const opened = context.look.open.has(fold.key) ? ', opened' : '';
	const end = ` ${spanOf(first.realtimeUs / 1000, last.realtimeUs / 1000, context)}${opened} ┈`;
	const text = said(fold, ring);
	const room = Math.max(8, context.columns - count.length - speaker.length - end.length - 3);
	return [
		{text: count, tone: 'muted'},
		{text: speaker, tone: 'accent'},
		{text: ` "${text.length > room ? `${text.slice(0, room - 1)}…` : text}"`, tone: 'plain'},
		{text: end, tone: 'muted'},
	];
}

/** Each text in it once, for search. */
export const foldText = (fold: Fold, ring: Ring<JournalRecord>, names: Names): string =>
	[
		...new Set(
			fold.numbers.flatMap(number => {
				const record = ring.get(number);
				return record === undefined ? [] : [`${speakerOf(record, names)} ${messageOf(record)}`];
			}),
		),
	].join('\n');
