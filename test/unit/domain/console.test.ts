import {expect, test} from 'vitest';
import {ConsoleLines} from '../../../src/domain/console.ts';
import {secrets} from '../../../src/rules/secrets.ts';
import {Redactor} from '../../../src/session/redactor.ts';

const said = (text: string, columns = 80): readonly string[] => {
	const lines = new ConsoleLines(columns);
	return [...lines.push(text), `…${lines.end()}`];
};

test.each([
	['lines', 'a\r\nb\r\n', ['a', 'b', '…']],
	['the end without a line break', 'a\r\n# ', ['a', '…#']],
	['colours and a title are left out', '\x1b]0;root@dev\x07\x1b[01;32mok\x1b[0m\r\n', ['ok', '…']],
	['a string that ends with ST', '\x1bP1$r0m\x1b\\x\r\n', ['x', '…']],
	['what was deleted is gone', 'lss\b\x1b[K -l\r\n', ['ls -l', '…']],
	['a shell that writes blanks over it', 'lsx\b \b\r\n', ['ls', '…']],
	['a letter is put into the middle', 'ac\b\x1b[1@b\r\n', ['abc', '…']],
	['a letter is taken out', 'axbc\b\b\b\x1b[1P\r\n', ['abc', '…']],
	['a progress is its last state', '10 %\r50 %\r100 %\r\n', ['100 %', '…']],
	['a tab', 'a\tb\r\n', ['a       b', '…']],
	['the cursor elsewhere ends a line', 'here\x1b[5;1Hthere\r\n', ['here', 'there', '…']],
	['clear', 'old\x1b[H\x1b[2Jnew\r\n', ['old', 'new', '…']],
	['characters beyond the BMP', 'ä😀\r\n', ['ä😀', '…']],
	['an escape that is no sequence', 'a\x1b(Bb\x1b=c\r\n', ['abc', '…']],
])('%s', (_, text, expected) => {
	expect(said(text)).toEqual(expected);
});

test('the same, whatever the pieces are', () => {
	const text = '\x1b]0;t\x07\x1b[1mbold\x1b[0m ls\b\bpwd\x1b[K\r\n\x1b[?1049hvi\x1b[?1049lbehind\r\n$ ';
	const whole = said(text);
	const lines = new ConsoleLines(80);
	const parts = [...text].flatMap(character => lines.push(character));
	expect([...parts, `…${lines.end()}`]).toEqual(whole);
	expect(whole).toEqual(['bold pwd', expect.stringContaining('took the whole screen'), 'behind', '…$']);
});

test('a line of several rows is one: the shell goes back to its first row and down again', () => {
	// Ten columns; the last cell, then a blank and CR, as readline wraps.
	expect(said('$ 34567890 \rabc\r\n', 10)).toEqual(['$ 34567890abc', '…']);
	expect(said('$ 34567890 \rabc\x1b[A\x1b[B\r\n', 10)).toEqual(['$ 34567890abc', '…']);
	expect(said('$ 34567890 \rabc\x1b[A\rX\n\r\n', 10)).toEqual(['X 34567890abc', '…']);
});

test('a program with the whole screen is told of once, and nothing of it is kept', () => {
	const lines = new ConsoleLines(80);
	expect(lines.push('\x1b[?1049h\x1b[1;1Hsecret\r\nmore\r\n')).toEqual([expect.stringContaining('not recorded')]);
	expect(lines.whole).toBe(true);
	expect(lines.push('\x1b[?1049l$ ls\r\n')).toEqual(['$ ls']);
});

test('a row that is full goes on in the next: a pager cuts a long line so, and a secret in it', () => {
	expect(said('token=1234\r\n56\r\nnext\r\n', 10)).toEqual(['token=123456', 'next', '…']);
	expect(said('0123456789\r\n\r\nnext\r\n', 10)).toEqual(['0123456789', 'next', '…']);
});

test('of a line that is too long no part is kept: its cut could go through a secret', () => {
	const lines = new ConsoleLines(80);
	expect(lines.push(`${'x'.repeat(250_001)}\r\nnext\r\n`)).toEqual([expect.stringContaining('not recorded'), 'next']);
	expect(lines.push('\x1b[9999999999999C')).toEqual([]);
});

test.each([
	['another escape', '\x1bPq12\x1b[1mseen\r\n'],
	['CAN', '\x1b]0;title\x18seen\r\n'],
])('a string that %s breaks off does not hide what follows', (_, text) => {
	expect(said(text)).toEqual(['seen', '…']);
});

/** The rule that everybody knows. */
const redactor = new Redactor(secrets);
const cut = (text: string, columns = 80): string => {
	const lines = new ConsoleLines(columns, line => redactor.secretsIn(line));
	return [...lines.push(text), lines.end()].map(line => redactor.text(line)).join('\n');
};
const SECRET = 'Zq7sw0rdfishLEAK9';

test.each([
	['a carriage return and another word', `password=${SECRET}\rdone    \r\n`],
	['the name taken out letter by letter', `password=${SECRET}\r\x1b[8P\r\n`],
	['the name blanked', `password=${SECRET}\r\x1b[1K${'\x1b[C'.repeat(3)}ok\r\n`],
	['something put into the name', `password=${SECRET}\r\x1b[C\x1b[4@abcd\r\n`],
	['a correction at its end', `export API_TOKEN=${SECRET}\b \b\b \bXYZ7xyz\r\n`],
])('of a secret whose line is written over nothing stays in clear: %s', (_, text) => {
	const said = cut(text);
	for (let at = 0; at + 4 <= SECRET.length; at++) expect(said).not.toContain(SECRET.slice(at, at + 4));
	expect(said).not.toContain('XYZ7');
});

test('a line without a secret is as it was', () => {
	const text = '10 %\r50 %\rab\x1b[1P\b\x1b[2@cd\x1b[K\r\nlsx\b \b\r\n';
	expect(cut(text)).toBe(said(text).join('\n').replace('…', ''));
});
