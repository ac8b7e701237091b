/** Which items of a pane are on the screen, and how moving changes that. Pure. */
import type {Items, Key, Look} from '../domain/pane.ts';

export type Window = {
	/** Index of the first item shown. */
	readonly start: number;
	/** Index behind the last item shown. */
	readonly end: number;
	/** Index of the item under the cursor, or -1. */
	readonly cursor: number;
};

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The window of a list in so many rows. A key that is gone gives its place to the next one. */
export function windowOf(items: Items, look: Look, rows: number): Window {
	const most = Math.max(0, items.length - rows);
	const found = look.cursor === null ? -1 : items.indexOf(look.cursor);
	const cursor = look.cursor === null || items.length === 0 ? -1 : found < 0 ? items.length - 1 : found;
	if (look.follow) return {start: most, end: items.length, cursor: -1};
	const topIndex = look.top === null ? 0 : items.indexOf(look.top);
	let start = clamp(topIndex < 0 ? most : topIndex, 0, most);
	if (cursor >= 0) start = clamp(start, cursor - rows + 1, cursor);
	start = clamp(start, 0, most);
	return {start, end: Math.min(items.length, start + rows), cursor};
}

/** All keys, for a list whose order is to stay while the cursor is in it. */
const keysOf = (items: Items): Key[] =>
	Array.from({length: items.length}, (_, index) => items.at(index)).filter(key => key !== undefined);

/** What a pane tells of itself for moving in it. */
export type Place = {readonly items: Items; readonly rows: number; readonly log: boolean};

/** Puts the cursor on an item. `start` is the wanted first row; it is moved so that the cursor is seen. */
function at(look: Look, {items, rows, log}: Place, index: number, start: number): Look {
	const cursor = items.at(clamp(index, 0, items.length - 1)) ?? null;
	const first = clamp(clamp(start, index - rows + 1, index), 0, Math.max(0, items.length - rows));
	return {
		...look,
		follow: false,
		cursor,
		top: items.at(first) ?? null,
		order: log ? null : (look.order ?? keysOf(items)),
	};
}

/** Moves the cursor by rows; with `page` the window goes with it. Against the end of a log, following begins again. */
export function moved(look: Look, place: Place, by: number, page = false): Look {
	const {items, rows, log} = place;
	if (items.length === 0) return look;
	if (look.follow && by > 0) return look;
	const window = windowOf(items, look, rows);
	const from = window.cursor >= 0 ? window.cursor : log ? window.end - 1 : by > 0 ? window.start - 1 : window.start + 1;
	if (log && by > 0 && from >= items.length - 1) return last(look, place);
	const to = clamp(from + by, 0, items.length - 1);
	return at(look, place, to, page ? window.start + by : window.start);
}

/** The first item. */
export const first = (look: Look, place: Place): Look => (place.items.length === 0 ? look : at(look, place, 0, 0));

/** The last item; a log follows from there. */
export function last(look: Look, place: Place): Look {
	if (place.log) return {...look, follow: true, cursor: null, top: null};
	const index = place.items.length - 1;
	return index < 0 ? look : at(look, place, index, index);
}

/** Stops following with the window as it is, or follows again. */
export function paused(look: Look, place: Place): Look {
	if (!look.follow) return last(look, place);
	const {start, end} = windowOf(place.items, look, place.rows);
	if (place.items.length === 0) return {...look, follow: false};
	return at(look, place, end - 1, start);
}

/** Jumps to an item; where it was not on the screen it comes to stand in the upper third. */
export function jumped(look: Look, place: Place, index: number): Look {
	const {start, end} = windowOf(place.items, look, place.rows);
	const seen = index >= start && index < end;
	return at(look, place, index, seen ? start : index - Math.floor(place.rows / 3));
}

/**
 * Looks for an item from the cursor on, around the end.
 *
 * @returns its index and whether the end was passed, or null where none is.
 */
export function found(
	look: Look,
	{items, rows}: Place,
	step: 1 | -1,
	wanted: (key: Key) => boolean,
): {readonly index: number; readonly wrapped: boolean} | null {
	const {length} = items;
	if (length === 0) return null;
	const window = windowOf(items, look, rows);
	const from = window.cursor >= 0 ? window.cursor : step > 0 ? window.end - 1 : window.end;
	for (let distance = 1; distance <= length; distance++) {
		const place = from + step * distance;
		const index = ((place % length) + length) % length;
		const key = items.at(index);
		if (key !== undefined && wanted(key)) return {index, wrapped: place < 0 || place >= length};
	}
	return null;
}
