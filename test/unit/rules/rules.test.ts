import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {JournalRecord} from '../../../src/domain/journal.ts';
import {ending, matching, rules, tag} from '../../../src/rules/index.ts';

const sample = (name: string): string[] =>
	readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8')
		.split('\n')
		.filter(Boolean);

test.each(rules.flatMap(rule => rule.samples.hits.map(line => [rule.id, line] as const)))('%s hits %s', (id, line) => {
	expect(matching(line)).toContain(id);
});

test.each(rules.flatMap(rule => rule.samples.misses.map(line => [rule.id, line] as const)))(
	'%s leaves %s alone',
	(id, line) => {
		expect(matching(line)).not.toContain(id);
	},
);

test('ids are unique', () => {
	expect(new Set(rules.map(({id}) => id)).size).toBe(rules.length);
});

test('a trouble that passes has its end', () => {
	expect(ending('hwmon hwmon1: Voltage normalised')).toEqual(['under-voltage']);
	expect(ending('Under-voltage detected! (0x00050005)')).toEqual([]);
});

const count = (lines: readonly (readonly string[])[]): Record<string, number> => {
	const counts: Record<string, number> = {};
	for (const id of lines.flat()) counts[id] = (counts[id] ?? 0) + 1;
	return counts;
};

/** A healthy boot, two OOM kills that were made (two lines each), and injected lines: nothing else may be named. */
test.each(['dmesg.txt', 'dmesg-x.txt', 'dev-kmsg.txt'])('%s: only what was put there', name => {
	const counts = count(sample(name).map(line => matching(line.replace(/^[^\]]*\] |^[^;]*;/, ''))));
	console.log(name, counts);
	expect(counts).toEqual({oom: 4, mmc: 2, 'under-voltage': 2});
});

test('journal-kernel.ndjson: only what was put there, also where the first word became the identifier', () => {
	const counts = count(
		sample('journal-kernel.ndjson').map(line => {
			const entry = JSON.parse(line) as Record<string, string>;
			return tag({
				transport: entry._TRANSPORT ?? '',
				identifier: entry.SYSLOG_IDENTIFIER ?? '',
				message: entry.MESSAGE ?? '',
			} as JournalRecord);
		}),
	);
	console.log('journal-kernel.ndjson', counts);
	expect(counts).toEqual({oom: 4, mmc: 2, 'under-voltage': 2});
});

test('only kernel lines are tagged: a container may say what it likes', () => {
	const line = {identifier: 'kernel', message: 'mmc0: error -110 whilst initialising SD card'};
	expect(tag({...line, transport: 'kernel'} as JournalRecord)).toEqual(['mmc']);
	expect(tag({...line, transport: 'journal'} as JournalRecord)).toEqual([]);
});
