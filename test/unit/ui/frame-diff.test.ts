import {Writable} from 'node:stream';
import headless from '@xterm/headless';
import {expect, test} from 'vitest';
import {changedRows, frameDiff, type Tty} from '../../../src/ui/frame-diff.ts';

function terminal(columns = 20, rows = 4) {
	const screen = new headless.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0, convertEol: false});
	let bytes = 0;
	const out = Object.assign(
		new Writable({
			write(chunk: Buffer, _encoding, done) {
				bytes += chunk.length;
				screen.write(chunk, () => done());
			},
		}),
		{columns, rows, isTTY: true},
	);
	const tty = frameDiff(out as unknown as Tty);
	const write = (text: string): Promise<void> => new Promise(resolve => void tty.write(text, () => resolve()));
	const text = (): string[] =>
		Array.from({length: rows}, (_, row) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '');
	return {write, text, out, bytes: () => bytes};
}

/** As Ink 8 begins a frame over one of that many rows. */
const over = (rows: number): string => `${'\x1b[2K\x1b[1A'.repeat(rows - 1)}\x1b[2K\x1b[G`;

test('only rows that changed are written', async () => {
	const {write, text, bytes} = terminal();
	await write('one\ntwo\nthree\nfour');
	const first = bytes();
	await write(`${over(4)}one\ntwo\nTHREE\nfour`);
	expect(text()).toEqual(['one', 'two', 'THREE', 'four']);
	expect(bytes() - first).toBeLessThan(first);
	const second = bytes();
	await write(`${over(4)}one\ntwo\nTHREE\nfour`);
	expect(bytes()).toBe(second);
});

test('nothing of the old size is left after a resize', async () => {
	const {write, text, out} = terminal();
	await write('a long first row\nsecond\nthird\nfourth');
	out.emit('resize');
	await write('\x1b[1;1H\x1b[Jx\ny');
	expect(text()).toEqual(['x', 'y', '', '']);
});

test('what is no frame goes through as it is', async () => {
	const {write, bytes} = terminal();
	await write('\x1b[?25l');
	expect(bytes()).toBe(6);
	await write('\x1b[?2026h');
	expect(bytes()).toBe(6);
});

test('nothing is erased behind a row: of a full one that would take the last cell, in xterm', () => {
	expect(changedRows(['a', 'b'], ['a', 'full'])).toBe('\x1b[2;1H\x1b[Kfull');
	expect(changedRows(['a', 'b'], ['a'])).toBe('\x1b[2;1H\x1b[K');
});
