/** The last hour in one row: how much was said, and where something happened. */
import type {Row, Span, ViewContext} from '../../domain/pane.ts';
import {clockOf} from '../../domain/time.ts';
import type {Event} from './events.ts';
import type {State} from './reduce.ts';
import {toldOf} from './told.ts';

const LEVELS = '▁▂▃▄▅▆▇';
const RANK: Readonly<Record<string, number>> = {error: 4, warning: 3, accent: 2, strong: 2, good: 1, plain: 0};

/** The event that a cell shows: the worst in it. */
const worstOf = (events: readonly Event[]): Event | undefined =>
	events.toSorted((a, b) => (RANK[b.tone] ?? 0) - (RANK[a.tone] ?? 0) || b.atMs - a.atMs)[0];

/** What is worth a sign between two moments: starts and stops are not, unless something failed. */
const loud = ({tone, kind}: Event): boolean =>
	tone === 'error' ||
	tone === 'warning' ||
	kind === 'pull' ||
	kind === 'boot' ||
	(kind === 'action' && tone === 'good');

/** `✗ balena 13:52 13:57 14:01`: names with their newest times. */
function legend(events: readonly Event[], room: number, zone: ViewContext['zone']): readonly Span[] {
	const groups = new Map<string, Event[]>();
	for (const event of events.toReversed()) {
		const name = `${event.sign} ${event.who}`;
		groups.set(name, [...(groups.get(name) ?? []), event]);
	}
	const spans: Span[] = [];
	let left = room;
	const sorted = [...groups].toSorted(([, a], [, b]) => (RANK[b[0]?.tone ?? ''] ?? 0) - (RANK[a[0]?.tone ?? ''] ?? 0));
	for (const [name, list] of sorted) {
		const shown = list.slice(0, 3).map(({atMs}) => clockOf(atMs, zone).slice(0, 5));
		const times = [...new Set(shown.toReversed())].join(' ');
		const text = `${name} ${times}${list.length > 3 ? ` (${list.length})` : ''}`;
		if (text.length + 2 > left) continue;
		spans.push({text: `  ${name}`, tone: list[0]?.tone ?? 'plain'}, {text: text.slice(name.length), tone: 'muted'});
		left -= text.length + 2;
	}
	return spans;
}

/** @param minutes how much of the past the strip shows. */
export function strip(state: State, {now, columns, zone, stale}: ViewContext, minutes: number): Row {
	const device = now + state.offsetMs;
	const cells = Math.max(20, Math.min(60, Math.floor(columns / 2) - 12));
	const cellMs = (minutes * 60_000) / cells;
	const from = device - minutes * 60_000;
	const recent = toldOf(state.events).filter(({atMs}) => atMs >= from && atMs <= device + 60_000);
	const said = state.lines.filter(({minute}) => minute * 60_000 >= from - 60_000);
	const label = minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
	const heights = Array.from({length: cells}, (_, cell) => {
		const start = from + cell * cellMs;
		const end = start + Math.max(cellMs, 60_000);
		return said
			.filter(({minute}) => minute * 60_000 > start - 60_000 && minute * 60_000 < end)
			.reduce((sum, {count}) => sum + count, 0);
	});
	const most = Math.max(1, ...heights);
	const spans: Span[] = [{text: ` ${label.padEnd(3)} `, tone: 'muted'}];
	for (let cell = 0; cell < cells; cell++) {
		const start = from + cell * cellMs;
		// What came since the device's clock was read is of now.
		const end = cell === cells - 1 ? Number.POSITIVE_INFINITY : start + cellMs;
		const worst = worstOf(recent.filter(event => loud(event) && event.atMs >= start && event.atMs < end));
		const height = heights[cell] ?? 0;
		const level = LEVELS[Math.min(6, Math.floor((Math.log1p(height) / Math.log1p(most)) * 6))] ?? '▁';
		spans.push(
			worst === undefined
				? {text: height === 0 ? '·' : level, tone: 'muted'}
				: {text: worst.sign, tone: stale ? 'muted' : worst.tone},
		);
	}
	const used = spans.reduce((sum, {text}) => sum + text.length, 0) + 5;
	const tail = 'o: story ';
	return [
		...spans,
		{text: '┃now', tone: 'muted'},
		...legend(recent.filter(loud), columns - used - tail.length - 3, zone),
		{text: '', grow: true},
		{text: tail, tone: 'muted'},
	];
}
