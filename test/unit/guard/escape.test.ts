import {expect, test} from 'vitest';
import {Escape} from '../../../src/session/guard/escape.ts';

test.each([
	[['~.'], '', true],
	[['~', '.'], '', true],
	[['ls\r', '~', '.'], 'ls\r', true],
	[['ls ~', '.'], 'ls ~.', false],
	[['~~', '.'], '~.', false],
	[['~/x\r'], '~/x\r', false],
	[['~\r~.'], '~\r', true],
	[['a\n~.b'], 'a\n', true],
] as const)('%j', (typed, sent, left) => {
	const keys = new Escape();
	const taken = typed.map(text => keys.take(text));
	expect(taken.map(({text}) => text).join('')).toBe(sent);
	expect(taken.some(({leave}) => leave)).toBe(left);
});
