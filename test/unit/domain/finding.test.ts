import {expect, test} from 'vitest';
import {byUrgency, type Finding, type Standing, standingOf} from '../../../src/domain/finding.ts';

const BOOT = 'fe75a393ffa14e8496bbe440c96b4fad';
const MINUTE = 60_000;
/** The device's clock. */
const NOW = 1_000 * MINUTE;

const finding = (change: Partial<Finding> = {}): Finding => ({
	key: 'x',
	rule: 'x',
	title: 'x',
	subject: '',
	weight: 'warning',
	detail: '',
	count: 1,
	firstMs: NOW - 9 * MINUTE,
	lastMs: NOW - 5 * MINUTE,
	endedMs: null,
	measured: false,
	lasts: 10 * MINUTE,
	boot: BOOT,
	evidence: [],
	means: '',
	look: '',
	...change,
});

test.each<[string, Partial<Finding>, Standing]>([
	['a line within its time', {}, 'now'],
	['to the millisecond', {lastMs: NOW - 10 * MINUTE}, 'now'],
	['a line whose time is over', {lastMs: NOW - 10 * MINUTE - 1}, 'past'],
	['a line that the device dates after now', {lastMs: NOW + MINUTE}, 'now'],
	['what lasts until the next boot', {lasts: 'boot', lastMs: 0}, 'now'],
	['of another boot', {boot: 'other'}, 'past'],
	['of another boot, and it would last', {boot: 'other', lasts: 'boot'}, 'past'],
	['of a boot that nobody named', {boot: ''}, 'now'],
	['measured, however long ago', {measured: true, lastMs: 0}, 'now'],
	['ended', {endedMs: NOW - MINUTE}, 'ended'],
	['ended in the same millisecond', {endedMs: NOW - 5 * MINUTE}, 'ended'],
	['ended, then begun again', {endedMs: NOW - 6 * MINUTE}, 'now'],
	['ended long ago', {lasts: 'boot', lastMs: 0, endedMs: 1}, 'ended'],
	['measured and ended', {measured: true, boot: '', endedMs: NOW}, 'ended'],
	['ended in another boot', {boot: 'other', endedMs: NOW}, 'ended'],
])('%s', (_name, change, standing) => {
	expect(standingOf(finding(change), NOW, BOOT)).toBe(standing);
});

test('before the boot is known nothing is of another one', () => {
	expect(standingOf(finding({boot: 'any'}), NOW, null)).toBe('now');
});

test.each<[string, readonly Partial<Finding>[]]>([
	[
		'now before over, errors before warnings, the newest first, then by name',
		[
			{key: 'error now, newest', weight: 'error', lastMs: NOW - 1},
			{key: 'error now, a', weight: 'error', lastMs: NOW - 2},
			{key: 'error now, b', weight: 'error', lastMs: NOW - 2},
			{key: 'warning now', lastMs: NOW},
			{key: 'error past', weight: 'error', boot: 'other', lastMs: NOW - 1},
			{key: 'error ended, but longer ago', weight: 'error', lastMs: NOW - 2, endedMs: NOW},
			{key: 'warning ended', lastMs: NOW, endedMs: NOW},
		],
	],
])('%s', (_name, list) => {
	const wanted = list.map(change => finding(change));
	for (const order of [wanted.toReversed(), [...wanted.slice(3), ...wanted.slice(0, 3)]])
		expect(order.toSorted(byUrgency(NOW, BOOT)).map(({key}) => key)).toEqual(wanted.map(({key}) => key));
});
