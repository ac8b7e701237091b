import {expect, test} from 'vitest';
import {minutesUntil} from '../../../src/commands/consent-until.ts';

const NOW = Date.UTC(2026, 10, 25, 22, 30);

test.each([
	[null, 30],
	['1', 1],
	['90', 90],
	['1440', 1440],
	['2h', 120],
	['1h30m', 90],
	['23:00', 30],
	// Berlin is an hour ahead in November.
	['23:45 Europe/Berlin', 15],
	['23:00Z', 30],
	['2026-11-26 00:30Z', 120],
	// Over today: tomorrow's.
	['08:00', 570],
])('%j is %d minutes from 22:30 UTC on', (text, minutes) => {
	expect(minutesUntil(text, NOW, 0)).toBe(minutes);
});

test('a time that is over today is not silently tomorrow’s', () => {
	expect(minutesUntil('22:00', NOW, 0)).toMatchObject({message: expect.stringMatching(/over today/)});
	expect(minutesUntil('2026-11-26 22:00', NOW, 0)).toBe(1410);
});

test('a time without a zone is the operator’s', () => {
	expect(minutesUntil('23:45', NOW, 60)).toBe(15);
	expect(minutesUntil('00:15', NOW, 60)).toBe(45);
});

test.each([
	'0',
	'1441',
	'25h',
	'-5',
	'soon',
	'',
	'50%',
	'2026-11-25 10:00Z',
	'2026-11-27 10:00Z',
	'23:00 Nowhere/Land',
])('%j is refused in one sentence', text => {
	expect(minutesUntil(text, NOW, 0)).toMatchObject({
		kind: 'failure',
		message: expect.stringMatching(/^--consent-until takes/),
	});
});
