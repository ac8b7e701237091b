import {expect, test} from 'vitest';
import {clockOf, dayOf, duration, span} from '../../../src/domain/time.ts';

test('days and clocks agree with the platform over eighty years', () => {
	for (let at = Date.UTC(1968, 0, 1); at < Date.UTC(2049, 0, 1); at += 86_400_000 * 13 + 3_723_000) {
		expect(`${dayOf(at)}T${clockOf(at)}`).toBe(new Date(at).toISOString().slice(0, 19));
	}
});

test('an offset moves the clock and the day', () => {
	const at = Date.UTC(2026, 10, 23, 23, 30);
	expect([clockOf(at, () => 60), dayOf(at, () => 60), clockOf(at, () => -330)]).toEqual([
		'00:30:00',
		'2026-11-24',
		'18:00:00',
	]);
});

test.each([
	[0, '0 s'],
	[89_999, '89 s'],
	[90_000, '1 min'],
	[5_400_000, '1 h'],
	[47 * 3_600_000, '47 h'],
	[49 * 3_600_000, '2 d'],
	[-5, '0 s'],
])('%d ms ago is %s', (ms, shown) => {
	expect(span(ms)).toBe(shown);
});

test.each([
	[42_400, '42s'],
	[72_000, '1m12s'],
	[7_500_000, '2h05m'],
])('%d ms last %s', (ms, shown) => {
	expect(duration(ms)).toBe(shown);
});
