import {expect, test} from 'vitest';
import {TerminalOutput} from '../../../src/transport/framing/terminal.ts';

const MARK = '__DEVTOP_0123456789abcdef=';
const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (shown: Uint8Array): string => Buffer.from(shown).toString();

test.each([1, 2, 7, 1000])(
	'the trailer is not shown but for its first letters, and its code is known, in pieces of %i',
	size => {
		const output = new TerminalOutput('0123456789abcdef');
		const all = bytes(`ä $ exit 3\r\n${MARK}3\r\n\r\n`);
		const shown: Uint8Array[] = [];
		for (let at = 0; at < all.length; at += size) shown.push(output.push(all.subarray(at, at + size)));
		expect(output.end()).toMatchObject({code: 3, shown: Buffer.alloc(0)});
		expect(text(Buffer.concat(shown))).toMatch(/^ä \$ exit 3\r\n_{0,2}D?E?V?T?O?P?$/);
	},
);

test('what only looks like it is shown: at once where more comes, else in the end', () => {
	const output = new TerminalOutput('0123456789abcdef');
	expect(text(output.push(bytes('a__DEVTOP_0')))).toBe('a');
	expect(text(output.push(bytes('b')))).toBe('__DEVTOP_0b');
	expect(text(output.push(bytes(`${MARK}0\r\n`)))).toBe('');
	expect(text(output.push(bytes('somebody printed it\r\n')))).toBe(`${MARK}0\r\nsomebody printed it\r\n`);
	expect(text(output.push(bytes('$ __DEVTOP_')))).toBe('$ ');
	expect(output.end()).toEqual({code: null, shown: Buffer.from('__DEVTOP_')});
});

test('who types an underscore sees it at once; with the rest of the trailer behind it, that is known all the same', () => {
	const output = new TerminalOutput('0123456789abcdef');
	expect(text(output.push(bytes('$ ls _')))).toBe('$ ls _');
	expect(text(output.push(bytes('_D')))).toBe('_D');
	expect(text(output.push(bytes('ATE__')))).toBe('ATE__');
	expect(text(output.push(bytes(`${MARK.slice(2)}7\r\n`)))).toBe('');
	expect(output.end()).toMatchObject({code: 7, shown: Buffer.alloc(0)});
});
