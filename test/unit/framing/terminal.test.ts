import {expect, test} from 'vitest';
import {TerminalOutput} from '../../../src/transport/framing/terminal.ts';

const MARK = '__DEVTOP_0123456789abcdef=';
const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (shown: Uint8Array): string => Buffer.from(shown).toString();

test.each([1, 2, 7, 1000])('the trailer is not shown, and its code is known, in pieces of %i', size => {
	const output = new TerminalOutput('0123456789abcdef');
	const all = bytes(`ä $ exit 3\r\n${MARK}3\r\n\r\n`);
	const shown: Uint8Array[] = [];
	for (let at = 0; at < all.length; at += size) shown.push(output.push(all.subarray(at, at + size)));
	expect(output.end()).toMatchObject({code: 3, shown: Buffer.alloc(0)});
	expect(text(Buffer.concat(shown))).toBe('ä $ exit 3\r\n');
});

test('what only looks like it is shown: at once where more comes, else in the end', () => {
	const output = new TerminalOutput('0123456789abcdef');
	expect(text(output.push(bytes('a__DEV')))).toBe('a');
	expect(text(output.push(bytes('b')))).toBe('__DEVb');
	expect(text(output.push(bytes(`${MARK}0\r\n`)))).toBe('');
	expect(text(output.push(bytes('somebody printed it\r\n')))).toBe(`${MARK}0\r\nsomebody printed it\r\n`);
	expect(text(output.push(bytes('$ _')))).toBe('$ ');
	expect(output.end()).toEqual({code: null, shown: Buffer.from('_')});
});
