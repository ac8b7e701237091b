/**
 * Where each pane stands. Pure: a size, a focus and what the panes have to show give rectangles. The focus moves nothing
 * unless room is short.
 */
import type {PaneId} from '../domain/pane.ts';

export type Size = {readonly columns: number; readonly rows: number};

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

/** Rows below the title that a pane has to show; what is left out has as many as are usual. */
export type Needs = Readonly<Partial<Record<PaneId, number>>>;

/** Below this nothing useful can be shown. */
export const SMALLEST = {columns: 80, rows: 24} as const;
/** The rows above the panes (device and link, verdict, the last hour) and below (keys). */
export const HEADER_ROWS = 3;
export const FOOTER_ROWS = 1;
/** From here on there are two columns. */
const TWO_COLUMNS = 100;

type Need = {
	/** Rows below the title without which the pane is shut. */
	readonly least: number;
	/** Rows that show all of what it has as a rule, where it does not say itself. */
	readonly wanted: number;
	/** More it does not get before the others have theirs. */
	readonly most: number;
	/** Share of what is left over. */
	readonly grow: number;
};

const NEEDS: Readonly<Record<PaneId, Need>> = {
	findings: {least: 1, wanted: 1, most: 7, grow: 0},
	services: {least: 8, wanted: 15, most: 19, grow: 0},
	pulls: {least: 1, wanted: 1, most: 9, grow: 1},
	device: {least: 5, wanted: 11, most: 16, grow: 1},
	journal: {least: 8, wanted: 16, most: 16, grow: 3},
	kernel: {least: 4, wanted: 10, most: 10, grow: 1},
	story: {least: 8, wanted: 16, most: 16, grow: 3},
	detail: {least: 8, wanted: 16, most: 16, grow: 3},
};

/** There is always more to see of these. */
const LOGS: ReadonlySet<PaneId> = new Set(['journal', 'kernel']);
const LEFT: readonly PaneId[] = ['findings', 'services', 'pulls', 'device'];
const RIGHT: readonly PaneId[] = ['journal', 'kernel'];
/** In the order of their digits. */
export const ORDER: readonly PaneId[] = ['services', 'journal', 'kernel', 'pulls', 'device', 'findings'];
/** One above the other, what tells the worst first. */
const SINGLE: readonly PaneId[] = ['findings', 'services', 'journal', 'kernel', 'pulls', 'device'];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rows of the services where they stand as words, not as a table. */
export const COMPACT_ROWS = 3;

/** Heights of panes above each other, titles included. */
export function stack(ids: readonly PaneId[], height: number, focus: PaneId, needs: Needs = {}): readonly number[] {
	const rows = ids.map(() => 0);
	let left = height - ids.length;
	const give = (index: number, upTo: number): void => {
		const more = Math.max(0, Math.min(left, upTo - (rows[index] ?? 0)));
		rows[index] = (rows[index] ?? 0) + more;
		left -= more;
	};
	const need = (index: number): Need => NEEDS[ids[index] ?? 'journal'];
	const wanted = (index: number): number =>
		Math.min(need(index).most, needs[ids[index] ?? 'journal'] ?? need(index).wanted);
	const all = [...ids.keys()];
	const cramped = sum(all.map(index => need(index).least)) > left;
	if (cramped) return crampedStack(ids, height, focus, needs);
	for (const index of all) give(index, need(index).least);
	for (const index of all) give(index, wanted(index));
	const shares = sum(all.map(index => need(index).grow)) || 1;
	const spare = left;
	for (const index of all) give(index, (rows[index] ?? 0) + Math.floor((spare * need(index).grow) / shares));
	// What division leaves over goes to the pane that grows most.
	const last = all.toSorted((a, b) => need(b).grow - need(a).grow)[0] ?? 0;
	rows[last] = (rows[last] ?? 0) + left;
	return rows.map(value => value + 1);
}

/**
 * Where not all can be open: findings and services stay in a few rows, one pane has the rest, the others are their
 * titles, which say the worst of them.
 */
function crampedStack(ids: readonly PaneId[], height: number, focus: PaneId, needs: Needs): readonly number[] {
	const rows = new Map<PaneId, number>(ids.map(id => [id, 0]));
	let left = height - ids.length;
	const give = (id: PaneId, upTo: number): void => {
		if (!rows.has(id)) return;
		const more = Math.max(0, Math.min(left, upTo - (rows.get(id) ?? 0)));
		rows.set(id, (rows.get(id) ?? 0) + more);
		left -= more;
	};
	const wanted = (id: PaneId): number => Math.min(NEEDS[id].most, needs[id] ?? NEEDS[id].wanted);
	if (focus === 'services') give('services', wanted('services'));
	else {
		give(
			'findings',
			focus === 'findings' ? Math.min(wanted('findings'), left - COMPACT_ROWS - 4) : Math.min(2, wanted('findings')),
		);
		give('services', COMPACT_ROWS);
		if (ids.includes(focus)) give(focus, LOGS.has(focus) ? left : wanted(focus));
	}
	// The rest: to a log that has a few rows of use, else to the focused one.
	const rest =
		ids.includes('journal') && left >= 2 ? 'journal' : ids.includes(focus) ? focus : (ids.at(-1) ?? 'journal');
	give(rest, Number.POSITIVE_INFINITY);
	return ids.map(id => (rows.get(id) ?? 0) + 1);
}

function column(
	ids: readonly PaneId[],
	x: number,
	width: number,
	height: number,
	focus: PaneId,
	needs: Needs,
): Placed[] {
	let y = HEADER_ROWS;
	return stack(ids, height, focus, needs).map((rows, index) => {
		const rect = {x, y, width, height: rows};
		y += rows;
		return {id: ids[index] ?? 'journal', rect};
	});
}

/** Places the panes on a screen of that size. The story has the screen to itself. */
export function layoutOf(columns: number, rows: number, focus: PaneId, zoomed: boolean, needs: Needs = {}): Layout {
	if (columns < SMALLEST.columns || rows < SMALLEST.rows) return {kind: 'small'};
	const top = HEADER_ROWS;
	const height = rows - HEADER_ROWS - FOOTER_ROWS;
	const base = {kind: 'panes', top, height} as const;
	if (zoomed || !ORDER.includes(focus))
		return {...base, panes: [{id: focus, rect: {x: 0, y: top, width: columns, height}}], divider: null};
	if (columns < TWO_COLUMNS) return {...base, panes: column(SINGLE, 0, columns, height, focus, needs), divider: null};
	const left = Math.round(columns / 2);
	return {
		...base,
		panes: [
			...column(LEFT, 0, left, height, focus, needs),
			...column(RIGHT, left + 1, columns - left - 1, height, focus, needs),
		],
		divider: left,
	};
}
