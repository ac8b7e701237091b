import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {encodeEntry, type Kept} from '../../../src/embedded/export-entry.ts';
import {ExportFramer} from '../../../src/transport/framing/export.ts';

const kept = (message: string | Uint8Array): Kept => ({
	sequence: 1,
	realtimeUs: 2,
	monotonicUs: 3,
	boot: 'b'.repeat(32),
	cursor: 's=1;i=1',
	fields: [
		['PRIORITY', '6'],
		['MESSAGE', message],
		['_HOSTNAME', 'x'],
	],
});

/** The message as devtop reads it. */
function read(message: string | Uint8Array): string | Uint8Array | undefined {
	const [unit] = new ExportFramer('tok').push(encodeEntry(kept(message), null));
	return unit?.kind === 'entry' ? unit.entry.find(([name]) => name === 'MESSAGE')?.[1] : undefined;
}

test.each([
	['plain', false],
	['with a tab\there, and °C', false],
	['two\nlines', true],
	['\u001b[32mgreen\u001b[39m', true],
	['a\u0085b', true],
	['', false],
])('%j stands as bytes: %s', (message, binary) => {
	const text = new TextDecoder().decode(encodeEntry(kept(message), null));
	expect(text.includes('\nMESSAGE\n')).toBe(binary);
	expect(text.split('\n').slice(0, 4)).toEqual([
		'__CURSOR=s=1;i=1',
		'__REALTIME_TIMESTAMP=2',
		'__MONOTONIC_TIMESTAMP=3',
		`_BOOT_ID=${'b'.repeat(32)}`,
	]);
	expect(read(message)).toBe(message);
});

test('what is not UTF-8 crosses byte for byte', () => {
	expect(Buffer.from(read(Uint8Array.of(0xff, 0x41)) ?? '').toString('hex')).toBe('ff41');
});

test('--output-fields leaves the four that always come', () => {
	const text = new TextDecoder().decode(encodeEntry(kept('x'), new Set(['MESSAGE'])));
	const names = text.split('\n').map(line => line.split('=')[0]);
	expect(names).toEqual(['__CURSOR', '__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP', '_BOOT_ID', 'MESSAGE', '', '']);
});

test('every odd message of a real journal comes back as it was', () => {
	const file = new URL('../../samples/journal-odd-all.ndjson', import.meta.url);
	const hex = (one: string | Uint8Array | undefined): string => Buffer.from(one ?? '').toString('hex');
	let seen = 0;
	for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
		const {MESSAGE} = JSON.parse(line) as {MESSAGE?: string | readonly (number | string)[] | null};
		if (MESSAGE === null || MESSAGE === undefined) continue;
		if (typeof MESSAGE !== 'string' && MESSAGE.some(byte => typeof byte === 'string')) continue;
		const value = typeof MESSAGE === 'string' ? MESSAGE : Uint8Array.from(MESSAGE.map(Number));
		expect(hex(read(value))).toBe(hex(value));
		seen++;
	}
	expect(seen).toBeGreaterThan(5);
});
