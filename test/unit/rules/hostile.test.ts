/** Text of any kind must be read in time that grows with its length. What is quadratic does not end within the time limit. */
import {expect, test} from 'vitest';
import type {Speaker} from '../../../src/domain/rule.ts';
import {hits, rules, tag} from '../../../src/rules/index.ts';
import {randomOf} from '../../support/chance.ts';
import {says} from './says.ts';

const MEGABYTE = 1_000_000;
const SPEAKERS: readonly Speaker[] = [...new Set(rules.map(({from}) => from))];

/** Words of the rules' own samples and what stands between them, shuffled: close to a match, everywhere. */
function* shuffled(amount: number): Generator<string> {
	const next = randomOf(1);
	const words = rules
		.flatMap(({samples}) => [...samples.hits, ...samples.misses])
		.flatMap(line => line.split(/(?<=[ :=(])/));
	for (let index = 0; index < amount; index++) {
		let line = '';
		for (let length = next() * 40; length > 0; length--)
			line +=
				next() < 0.1 ? String.fromCodePoint(Math.floor(next() * 0xd7ff)) : words[Math.floor(next() * words.length)];
		yield line;
	}
}

test('shuffled text never throws, and is hardly ever trouble', () => {
	let read = 0;
	let named = 0;
	for (const line of shuffled(20_000)) {
		for (const from of SPEAKERS) {
			const record = says(from, line);
			read++;
			if (tag(record).length > 0) named++;
			for (const {rule, subject, detail} of hits(record)) {
				expect(rules.some(({id}) => id === rule)).toBe(true);
				expect(subject.length + detail.length).toBeLessThan(700);
			}
		}
	}
	expect(read).toBe(20_000 * SPEAKERS.length);
	expect(named / read).toBeLessThan(0.2);
});

const repeated = (piece: string): string => piece.repeat(Math.ceil(MEGABYTE / piece.length));

test.each([
	...'a 0 . - _ ( [ " \\ \' : = / ü'.split(' '),
	' ',
	'\t',
	'\n',
	'a.',
	'a-',
	'a:b ',
	'mmc0',
	'mmcblk0',
	'ata1',
	'nvme nvme0: I/O ',
	'usb 1-1',
	'usb ',
	'EXT4-fs (',
	'EXT4-fs error (device ',
	'JBD2: Error -1',
	'(device a',
	' on for ',
	' error, dev ',
	'I/O error on ',
	'Out of memory: Killed process 1 (',
	'INFO: task ',
	'brcmf_',
	'brcmf_a: ',
	'WARNING: ',
	'BTRFS error (device a): ',
	'Started ',
	'Started - ',
	'[a',
	'msg="',
	String.raw`msg="failed to download layer: \"`,
	'msg="Container failed to exit within 1s"',
	'"serviceName":"',
	'Event: Image download error ',
	'Suppressed 1 messages from ',
])('a megabyte of %j is read in time', piece => {
	const text = repeated(piece);
	for (const from of SPEAKERS) hits(says(from, text));
	expect(text.length).toBeGreaterThanOrEqual(MEGABYTE);
});

/** The beginning of each sample, again and again, and once more before an endless rest. */
test.each(rules.map(rule => [rule.id, rule] as const))(
	'%s: its own beginning, endlessly',
	(_id, {from, match, ends, samples}) => {
		for (const line of samples.hits) {
			for (const part of [0.3, 0.6, 0.9]) {
				const head = line.slice(0, Math.ceil(line.length * part));
				for (const text of [repeated(head), `${head}${repeated('x ')}`]) {
					match.test(text);
					ends?.test(text);
					hits(says(from, text.slice(0, 65_536)));
				}
			}
		}
		expect(match.test('')).toBe(false);
	},
);
