import {describe, expect, test} from 'vitest';
import {FOOTER_ROWS, HEADER_ROWS, layoutOf, ORDER, stack} from '../../../src/ui/layout.ts';

const sizes = [80, 99, 100, 120, 160, 200, 300].flatMap(columns =>
	[24, 25, 30, 40, 50, 60, 100].map(rows => [columns, rows] as const),
);

describe.each(sizes)('%ix%i', (columns, rows) => {
	test.each(ORDER)('every cell of the body belongs to one pane, whatever is focused: %s', focus => {
		const layout = layoutOf(columns, rows, focus, false);
		if (layout.kind === 'small') throw new Error('not small');
		const cells = new Set<string>();
		for (const {rect} of layout.panes) {
			expect(rect.height).toBeGreaterThanOrEqual(1);
			for (let y = rect.y; y < rect.y + rect.height; y++) {
				for (const x of [rect.x, rect.x + rect.width - 1]) {
					expect(cells.has(`${x},${y}`)).toBe(false);
					cells.add(`${x},${y}`);
				}
				expect(y).toBeGreaterThanOrEqual(HEADER_ROWS);
				expect(y).toBeLessThan(rows - FOOTER_ROWS);
			}
			expect(rect.x + rect.width).toBeLessThanOrEqual(columns);
		}
		const heights = layout.panes.filter(({rect}) => rect.x === 0).reduce((sum, {rect}) => sum + rect.height, 0);
		expect(heights).toBe(rows - HEADER_ROWS - FOOTER_ROWS);
		expect(layout.panes.map(({id}) => id).toSorted()).toEqual([...ORDER].toSorted());
		expect(layout.panes.find(({id}) => id === focus)?.rect.height).toBeGreaterThan(1);
	});
});

test('at 120x40 nothing moves when the focus does', () => {
	const places = ORDER.map(focus => JSON.stringify(layoutOf(120, 40, focus, false)));
	expect(new Set(places).size).toBe(1);
});

test('at 80x24 the focused pane is open and the others keep their title', () => {
	const single = ['findings', 'services', 'journal', 'kernel', 'pulls', 'device'] as const;
	expect(stack(single, 20, 'services', {findings: 2, services: 15})).toEqual([1, 15, 1, 1, 1, 1]);
	expect(stack(single, 20, 'journal', {findings: 2, services: 15})).toEqual([3, 4, 10, 1, 1, 1]);
	expect(stack(single, 20, 'kernel', {findings: 1})).toEqual([2, 4, 1, 11, 1, 1]);
	expect(stack(single, 20, 'device', {findings: 1, device: 13})).toEqual([2, 4, 1, 1, 1, 11]);
	expect(stack(single, 20, 'findings', {findings: 9})).toEqual([8, 4, 5, 1, 1, 1]);
});

test.each([
	[79, 24],
	[80, 23],
	[1, 1],
])('%ix%i is too small', (columns, rows) => {
	expect(layoutOf(columns, rows, 'journal', false)).toEqual({kind: 'small'});
});
