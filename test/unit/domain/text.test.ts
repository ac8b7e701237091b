import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {bytes, clean, shorten} from '../../../src/domain/text.ts';

const ESC = '\u001b';

test.each([
	['plain', 'plain'],
	[`${ESC}[31mred${ESC}[0m`, 'red'],
	[`${ESC}]0;title\u0007text`, 'text'],
	[`${ESC}]52;c;cm0gLXJmIC8=${ESC}\\text`, 'text'],
	[`${ESC}]52;c;never ended`, ''],
	[`${ESC}P1$q${ESC}\\text`, 'text'],
	['\u009b31mred', 'red'],
	['\u009d0;title\u009ctext', 'text'],
	[`${ESC}(Btext${ESC}7${ESC}c`, 'text'],
	['over\rwritten', 'overwritten'],
	['a\b\b\bb', 'a···b'],
	['nul\0here', 'nul·here'],
	['two\nlines', 'two⏎lines'],
	['ended\n', 'ended'],
	['tab\there', 'tab here'],
	['bidi \u202egnp.exe', 'bidi ·gnp.exe'],
	['zero\u200bwidth', 'zero·width'],
	['日本 ✓ é 😀', '日本 ✓ é 😀'],
	[ESC, '·'],
])('%j becomes %j', (dirty, safe) => {
	expect(clean(dirty)).toBe(safe);
});

test("nothing of a device's odd messages is left that a terminal would obey", () => {
	for (const line of readFileSync(new URL('../../samples/journal-odd-all.ndjson', import.meta.url), 'utf8')
		.trim()
		.split('\n')) {
		const {MESSAGE: message} = JSON.parse(line) as {MESSAGE: string | number[] | null};
		const text = Array.isArray(message) ? Buffer.from(message as number[]).toString('utf8') : (message ?? '');
		expect(clean(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/);
	}
});

test('every character alone is safe', () => {
	for (let code = 0; code < 0x3000; code++)
		expect(clean(`a${String.fromCharCode(code)}b`)).not.toMatch(
			/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
		);
});

test('cutting says what is missing and keeps pairs whole', () => {
	expect(shorten('abcdef', 3)).toBe('abc… (3 more)');
	expect(shorten('ab😀cd', 3)).toBe('ab… (4 more)');
	expect(shorten('abc', 3)).toBe('abc');
});

test.each([
	[0, '0 B'],
	[999, '999 B'],
	[1000, '1.0 kB'],
	[9960, '10 kB'],
	[999_600, '1.0 MB'],
	[12_345_678, '12 MB'],
	[1.5e12, '1.5 TB'],
])('%d bytes are %s', (amount, shown) => {
	expect(bytes(amount)).toBe(shown);
});
