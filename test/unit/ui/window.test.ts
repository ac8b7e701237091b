import {expect, test} from 'vitest';
import {type Items, type Look, noLook} from '../../../src/domain/pane.ts';
import {first, found, jumped, last, moved, paused, windowOf} from '../../../src/ui/window.ts';

/** Items of a ring: numbers from..to, keys are the numbers. */
const numbers = (from: number, to: number): Items => ({
	length: to - from,
	at: index => (index >= 0 && index < to - from ? from + index : undefined),
	indexOf: key => (typeof key !== 'number' || key >= to ? -1 : Math.max(0, key - from)),
});
const look = (change: Partial<Look> = {}): Look => ({...noLook, ...change});
const log = (from: number, to: number, rows = 10) => ({items: numbers(from, to), rows, log: true});
const list = (to: number, rows = 10) => ({items: numbers(0, to), rows, log: false});

test('a log that follows shows its end, a paused one stays on its lines while others come and go', () => {
	expect(windowOf(numbers(0, 100), look({follow: true}), 10)).toEqual({start: 90, end: 100, cursor: -1});
	const stopped = paused(look({follow: true}), log(0, 100));
	expect(stopped).toMatchObject({follow: false, cursor: 99, top: 90});
	// Fifty more came, twenty old ones were let go.
	const later = numbers(20, 150);
	const {start, end} = windowOf(later, stopped, 10);
	expect([later.at(start), later.at(end - 1)]).toEqual([90, 99]);
	// What was on the screen is gone: the oldest held stand there.
	expect(windowOf(numbers(500, 600), stopped, 10)).toEqual({start: 0, end: 10, cursor: 0});
});

test('moving up leaves the end, moving down against it follows again', () => {
	const up = moved(look({follow: true}), log(0, 100), -1);
	expect(up).toMatchObject({follow: false, cursor: 98, top: 90});
	const down = moved(up, log(0, 100), 1);
	expect(down).toMatchObject({follow: false, cursor: 99});
	expect(moved(down, log(0, 100), 1)).toMatchObject({follow: true, cursor: null});
	expect(moved(look({follow: true}), log(0, 100), 1).follow).toBe(true);
});

test('pages move the window with the cursor, and stop at both ends', () => {
	const page = moved(look({follow: true}), log(0, 100), -9, true);
	expect(page).toMatchObject({cursor: 90, top: 81});
	expect(moved(look({cursor: 3, top: 0}), log(0, 100), -9, true)).toMatchObject({cursor: 0, top: 0});
	expect(moved(look({cursor: 95, top: 90}), log(0, 100), 9, true)).toMatchObject({cursor: 99, top: 90});
});

test('a list keeps its order while the cursor is in it', () => {
	const start = moved(look(), list(5), 1);
	expect(start).toMatchObject({cursor: 0, order: [0, 1, 2, 3, 4]});
	expect(moved(start, list(5), 1)).toMatchObject({cursor: 1, order: [0, 1, 2, 3, 4]});
	expect(last(start, list(5))).toMatchObject({cursor: 4, follow: false});
	expect(first(last(start, list(5)), list(5)).cursor).toBe(0);
	expect(moved(look(), list(0), 1)).toEqual(look());
});

test('the cursor is seen after the screen got smaller', () => {
	expect(windowOf(numbers(0, 100), look({cursor: 59, top: 50}), 4)).toEqual({start: 56, end: 60, cursor: 9 + 50});
});

test('a search goes on around the end, and says so', () => {
	const here = log(0, 100);
	const wanted = (key: unknown) => key === 7 || key === 70;
	expect(found(look({follow: true}), here, -1, wanted)).toEqual({index: 70, wrapped: false});
	expect(found(look({cursor: 70}), here, 1, wanted)).toEqual({index: 7, wrapped: true});
	expect(found(look({cursor: 7}), here, -1, wanted)).toEqual({index: 70, wrapped: true});
	expect(found(look({cursor: 7}), here, 1, () => false)).toBeNull();
	expect(found(look(), log(0, 0), 1, () => true)).toBeNull();
	expect(jumped(look({follow: true}), here, 70)).toMatchObject({cursor: 70, top: 67, follow: false});
});
