/** Over captures and the demo's healthy lines: nothing may be named but what was put there, and all of that. */
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Entry, FieldValue} from '../../../src/domain/entry.ts';
import {toRecord} from '../../../src/domain/journal.ts';
import type {Spoken} from '../../../src/domain/rule.ts';
import {ENGINE_LISTENS, ENGINE_READY, ENGINE_START, SUPERVISOR_START} from '../../../src/embedded/balena-lines.ts';
import {BOOT_LOG} from '../../../src/embedded/kernel-data.ts';
import {CARD, type KernelLine, OUT_OF_MEMORY, UNDER_VOLTAGE, USB} from '../../../src/embedded/trouble-data.ts';
import {hits} from '../../../src/rules/index.ts';
import {says} from './says.ts';

const read = (name: string): string[] =>
	readFileSync(new URL(name, import.meta.url), 'utf8')
		.split('\n')
		.filter(Boolean);
const sample = (name: string): string[] => read(`../../samples/${name}`);
const kernel = (lines: readonly string[]): Spoken[] => lines.map(line => says('kernel', line));
const demo = (lines: readonly KernelLine[]): Spoken[] => kernel(lines.map(([, , text]) => text));

/** A journal line as JSON: text, numbers for bytes, lists of text for a field that occurs twice. */
function fromJson(line: string): Spoken {
	const entry: Entry = Object.entries(JSON.parse(line) as Record<string, string | number[] | string[] | null>).map(
		([name, value]): [string, FieldValue] => [
			name,
			Array.isArray(value) ? Uint8Array.from(value, Number) : (value ?? ''),
		],
	);
	return toRecord(entry);
}

const SHORT = /^\S+ \S+ ([^:[\s]+)(?:\[(\d+)\])?: (.*)$/;
const fromShort = (line: string): Spoken => {
	const [, identifier = '', , message = ''] = SHORT.exec(line) ?? [];
	return says('engine', message, {identifier});
};

/** Two containers over their limit, a card that does not answer, a supply that falls: each was made twice. */
const MADE = {'oom-container': 2, mmc: 2, 'under-voltage': 2};
const STAMP = /^(?:\w+ *:\w+ *: )?\[[ \d.]+\] |^[^;]*;/;

const CAPTURES: readonly (readonly [name: string, records: () => Spoken[], put: Readonly<Record<string, number>>])[] = [
	[
		'healthy-raspberrypi-boot.txt',
		() => kernel(read('healthy-raspberrypi-boot.txt').map(line => line.replace(STAMP, ''))),
		{},
	],
	['dmesg.txt', () => kernel(sample('dmesg.txt').map(line => line.replace(STAMP, ''))), MADE],
	['dmesg-x.txt', () => kernel(sample('dmesg-x.txt').map(line => line.replace(STAMP, ''))), MADE],
	['dev-kmsg.txt', () => kernel(sample('dev-kmsg.txt').map(line => line.replace(STAMP, ''))), MADE],
	['journal-kernel.ndjson', () => sample('journal-kernel.ndjson').map(fromJson), MADE],
	['journal-odd.ndjson', () => sample('journal-odd.ndjson').map(fromJson), {}],
	['journal-odd-all.ndjson', () => sample('journal-odd-all.ndjson').map(fromJson), {}],
	['journal-balena-short.txt', () => sample('journal-balena-short.txt').map(fromShort), {}],
	[
		// The engine killed twice by hand, a USB line, a pull of an image that is not there (the supervisor speaks twice).
		'journal-pull-and-engine-kill.ndjson',
		() => sample('journal-pull-and-engine-kill.ndjson').map(fromJson),
		{'unit-killed': 2, 'unit-exit': 1, usb: 1, 'pull-failed': 1, 'supervisor-download': 2, 'supervisor-apply': 2},
	],
	['demo: boot', () => demo(BOOT_LOG.map(([, us, text]) => [us, 6, text])), {'ext4-recorded': 1}],
	[
		'demo: engine and supervisor start',
		() => [
			...ENGINE_START.map(([, level, text]) => says('engine', `time="x" level=${level} ${text}`)),
			...[...ENGINE_READY, ...ENGINE_LISTENS].map(text => says('engine', `time="x" level=info ${text}`)),
			...SUPERVISOR_START.map(([level, text]) => says('supervisor', `[${level}] ${text}`)),
		],
		{},
	],
	['demo: under-voltage', () => demo(UNDER_VOLTAGE), {'under-voltage': 1}],
	['demo: card', () => demo(CARD), {mmc: 3, 'io-error': 3, ext4: 1}],
	['demo: out of memory', () => demo(OUT_OF_MEMORY), {'oom-container': 1}],
	['demo: USB', () => demo(USB), {usb: 4}],
];

function count(records: readonly Spoken[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const {rule, end} of records.flatMap(record => hits(record))) if (!end) counts[rule] = (counts[rule] ?? 0) + 1;
	return counts;
}

test.each(CAPTURES)('%s: what was put there, and nothing else', (_name, records, put) => {
	expect(count(records())).toEqual(put);
});

test('noise and misses over all captures', () => {
	let lines = 0;
	let noise = 0;
	let misses = 0;
	let named = 0;
	for (const [, records, put] of CAPTURES) {
		const all = records();
		const found = count(all);
		lines += all.length;
		for (const id of new Set([...Object.keys(found), ...Object.keys(put)])) {
			const [is, should] = [found[id] ?? 0, put[id] ?? 0];
			named += is;
			noise += Math.max(0, is - should);
			misses += Math.max(0, should - is);
		}
	}
	console.log(`${CAPTURES.length} captures, ${lines} lines, ${named} named; noise ${noise}, misses ${misses}`);
	expect({noise, misses}).toEqual({noise: 0, misses: 0});
	expect(lines).toBeGreaterThan(3000);
});
