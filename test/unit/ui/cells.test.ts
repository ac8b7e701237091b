import {expect, test} from 'vitest';
import type {Row} from '../../../src/domain/pane.ts';
import {cut, fitted, marked, padded, plainOf, widthOf} from '../../../src/ui/cells.ts';

test.each([
	['plain', 5, 'plain'],
	['too long', 5, 'too …'],
	['日本語', 6, '日本語'],
	['日本語', 5, '日本…'],
	['日本語', 4, '日…'],
	['e\u0301a\u0301i', 3, 'e\u0301a\u0301i'],
	['👩‍👩‍👧 family', 4, '👩‍👩‍👧 …'],
	['x', 0, ''],
])('%j in %i cells is %j', (text, cells, expected) => {
	expect(cut(text, cells)).toBe(expected);
	expect(widthOf(cut(text, cells))).toBeLessThanOrEqual(cells);
});

test('a column is padded on the side that it leans away from', () => {
	expect(padded('12', 5, 'right')).toBe('   12');
	expect(padded('日', 4)).toBe('日  ');
});

const rows: readonly (readonly [string, Row])[] = [
	['columns and one that grows', [{text: 'a', width: 3}, {text: 'the message', grow: true}, {text: 'end'}]],
	['nothing', []],
	[
		'wide characters',
		[
			{text: '日本語テキスト', width: 7},
			{text: '한국어', grow: true},
		],
	],
	['more than fits', [{text: 'x'.repeat(300)}, {text: 'lost'}]],
	[
		'two that do not fit',
		[
			{text: 'abc', width: 60},
			{text: 'def', width: 60},
		],
	],
	['escapes', [{text: '\u001b]52;c;aGk=\u0007\u001b[2J\u009b1mtext\r\n\u202e', grow: true}]],
];

test.each(rows)('a row of %s takes exactly its cells', (_name, row) => {
	for (const cells of [1, 2, 7, 40, 80, 119]) {
		const pieces = fitted(row, cells);
		expect(pieces.reduce((sum, {text}) => sum + widthOf(text), 0)).toBe(cells);
		expect(plainOf(pieces)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
	}
});

test('the one that grows gives way, what stands behind it stays', () => {
	const row: Row = [
		{text: 'a', width: 2},
		{text: 'a long message', grow: true},
		{text: ' +12 lines', tone: 'accent'},
	];
	expect(plainOf(fitted(row, 20))).toBe('a a long … +12 lines');
});

test('hits of a search are marked where they stand', () => {
	const pieces = marked([{text: 'the engine and the engine', tone: 'plain'}], /engine/g);
	expect(pieces.map(({text, found}) => (found ? `[${text}]` : text)).join('')).toBe('the [engine] and the [engine]');
	expect(marked([{text: 'abc', tone: 'plain'}], /x*/g)).toHaveLength(1);
});
