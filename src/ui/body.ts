/** What stands in a pane's rectangle: head, items, chart. Used for drawing and for moving, so that both mean the same rows. */

import type {Chart, Items, PaneSpec, Row, ViewContext} from '../domain/pane.ts';
import {COMPACT_ROWS} from './layout.ts';

export type Body = {
	/** In place of everything else, where the pane is small and not focused. */
	readonly compact: readonly Row[] | null;
	readonly head: readonly Row[];
	readonly items: Items;
	/** Rows for items. */
	readonly rows: number;
	readonly chart: Chart | null;
	readonly chartRows: number;
};

/** A chart in fewer rows than this says nothing. */
const LEAST_CHART = 2;
const MOST_CHART = 12;

/** @param room rows below the pane's title. */
export function bodyOf(
	spec: PaneSpec<unknown>,
	state: unknown,
	context: ViewContext,
	room: number,
	focused = true,
): Body {
	const items = spec.items(state, context.look);
	const compact = !focused && room <= COMPACT_ROWS && items.length > room ? spec.compact?.(state, context, room) : null;
	const head = items.length === 0 ? [] : (spec.head?.(state, context, room) ?? []);
	const left = Math.max(0, room - head.length);
	const chart = spec.chart?.(state, context) ?? null;
	if (chart === null) return {compact: compact ?? null, head, items, rows: left, chart, chartRows: 0};
	// Items come first; the chart takes what they leave, and a third of a large pane in any case.
	const spare = left - Math.max(1, items.length);
	const wanted = Math.max(spare, left >= 12 ? Math.floor(left / 3) : 0);
	const chartRows = wanted >= LEAST_CHART ? Math.min(wanted, MOST_CHART) : 0;
	return {compact: compact ?? null, head, items, rows: left - chartRows, chart, chartRows};
}
