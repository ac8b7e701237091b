import {expect, test} from 'vitest';
import {momentOf} from '../../../src/ui/moment.ts';

/** From 2022-08-18 12:30 UTC, three hours long; shown in UTC. */
const span = {beganAt: Date.UTC(2022, 7, 18, 12, 30), lengthMs: 3 * 3_600_000, minutes: 0};
const minutes = (count: number): number => count * 60_000;

test.each([
	['2022-08-18 15:00 Europe/Berlin', minutes(30)],
	['2022-08-18T13:00:07Z', minutes(30) + 7000],
	['13:00', minutes(30)],
	['13:00 UTC', minutes(30)],
	['15:00 +02:00', minutes(30)],
	['08:00 -0500', minutes(30)],
	['8:00 America/Chicago', minutes(30)],
	['0%', 0],
	['50 %', minutes(90)],
	['100%', minutes(180)],
])('%j is %i ms into it', (text, ms) => {
	expect(momentOf(text, span)).toBe(ms);
});

test('a time without a zone is in the zone that is shown', () => {
	expect(momentOf('15:00', {...span, minutes: 120})).toBe(minutes(30));
});

test.each([
	['yesterday', /a time such as/],
	['2022-08-18 15:00 Europe/Nowhere', /no zone Europe\/Nowhere/],
	['101%', /more than all/],
	['2022-08-19 15:00Z', /not in this recording/],
	['12:29Z', /not in this recording/],
])('%j is refused: %s', (text, wrong) => {
	expect(momentOf(text, span)).toMatchObject({wrong: expect.stringMatching(wrong)});
});
