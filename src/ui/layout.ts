/** Where each pane stands. Pure: a size and a focus give rectangles. The same size gives the same places whatever is focused, unless room is short. */
import type {PaneId} from '../domain/pane.ts';

export type Rect = {readonly x: number; readonly y: number; readonly width: number; readonly height: number};
/** A rectangle holds the pane's title in its first row; height 1 is the title alone. */
export type Placed = {readonly id: PaneId; readonly rect: Rect};

export type Layout =
	| {readonly kind: 'small'}
	| {
			readonly kind: 'panes';
			readonly panes: readonly Placed[];
			/** x of the line between two columns; null where there is one column. */
			readonly divider: number | null;
			/** First row of the panes, and how many rows they have. */
			readonly top: number;
			readonly height: number;
	  };

/** Below this nothing useful can be shown. */
export const SMALLEST = {columns: 80, rows: 24} as const;
/** The rows above the panes (device and link, then the status line) and below (keys). */
export const HEADER_ROWS = 2;
export const FOOTER_ROWS = 1;

type Need = {
	/** Rows below the title without which the pane is shut. */
	readonly least: number;
	/** Rows that show all of what it has as a rule. */
	readonly wanted: number;
	/** Share of what is left over. */
	readonly grow: number;
};

const NEEDS: Readonly<Record<PaneId, Need>> = {
	services: {least: 8, wanted: 15, grow: 0},
	journal: {least: 8, wanted: 16, grow: 3},
	kernel: {least: 4, wanted: 10, grow: 1},
	pulls: {least: 3, wanted: 7, grow: 1},
	device: {least: 5, wanted: 11, grow: 1},
};

/** There is always more to see of these. */
const LOGS: ReadonlySet<PaneId> = new Set(['journal', 'kernel']);

const LEFT: readonly PaneId[] = ['services', 'pulls', 'device'];
const RIGHT: readonly PaneId[] = ['journal', 'kernel'];
/** In the order of their digits. */
export const ORDER: readonly PaneId[] = ['services', 'journal', 'kernel', 'pulls', 'device'];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Heights of panes above each other, titles included. */
export function stack(ids: readonly PaneId[], height: number, focus: PaneId): readonly number[] {
	const rows = ids.map(() => 0);
	let left = height - ids.length;
	const give = (index: number, upTo: number): void => {
		const more = Math.max(0, Math.min(left, upTo - (rows[index] ?? 0)));
		rows[index] = (rows[index] ?? 0) + more;
		left -= more;
	};
	const need = (index: number): Need => NEEDS[ids[index] ?? 'journal'];
	const all = [...ids.keys()];
	const cramped = sum(all.map(index => need(index).least)) > left;
	// Where room is short the focused pane is open and the others give way; their titles still say the worst.
	const focused = ids.indexOf(focus);
	if (cramped && focused >= 0) give(focused, LOGS.has(focus) ? left : need(focused).wanted);
	for (const index of all) if (left >= need(index).least) give(index, need(index).least);
	for (const index of all) if ((rows[index] ?? 0) > 0) give(index, need(index).wanted);
	const open = all.filter(index => (rows[index] ?? 0) > 0);
	const shares = sum(open.map(index => need(index).grow)) || 1;
	const spare = left;
	for (const index of open) give(index, (rows[index] ?? 0) + Math.floor((spare * need(index).grow) / shares));
	// What division leaves over goes to the pane that grows most.
	const last = open.toSorted((a, b) => need(b).grow - need(a).grow)[0] ?? Math.max(0, focused);
	rows[last] = (rows[last] ?? 0) + left;
	return rows.map(value => value + 1);
}

function column(ids: readonly PaneId[], x: number, width: number, height: number, focus: PaneId): Placed[] {
	let y = HEADER_ROWS;
	return stack(ids, height, focus).map((rows, index) => {
		const rect = {x, y, width, height: rows};
		y += rows;
		return {id: ids[index] ?? 'journal', rect};
	});
}

/** Places the panes on a screen of that size. */
export function layoutOf(columns: number, rows: number, focus: PaneId, zoomed: boolean): Layout {
	if (columns < SMALLEST.columns || rows < SMALLEST.rows) return {kind: 'small'};
	const top = HEADER_ROWS;
	const height = rows - HEADER_ROWS - FOOTER_ROWS;
	if (zoomed)
		return {
			kind: 'panes',
			panes: [{id: focus, rect: {x: 0, y: top, width: columns, height}}],
			divider: null,
			top,
			height,
		};
	if (columns < 100)
		return {kind: 'panes', panes: column(ORDER, 0, columns, height, focus), divider: null, top, height};
	const left = Math.round(columns / 2);
	return {
		kind: 'panes',
		panes: [...column(LEFT, 0, left, height, focus), ...column(RIGHT, left + 1, columns - left - 1, height, focus)],
		divider: left,
		top,
		height,
	};
}
