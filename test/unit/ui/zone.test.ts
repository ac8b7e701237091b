import {expect, test} from 'vitest';
import type {Identity} from '../../../src/domain/fact.ts';
import {clockOf, dayOf, type Zone} from '../../../src/domain/time.ts';
import {nameOf, offsetOf} from '../../../src/ui/zone.ts';

const now = Date.UTC(2026, 10, 25, 14, 3, 22);
const state = {now, clockOffsetMs: 2000, identity: {zoneMinutes: -330} as Identity};
const local = () => 60;

test.each([
	['utc', '14:01:07', 'Z'],
	['local', '15:01:07', '+01:00'],
	['device', '08:31:07', '-05:30 device'],
	['ago', '00:02:17', 'Z, times: ago'],
] as readonly (readonly [Zone, string, string])[])('%s shows %s and is called %s', (zone, clock, name) => {
	const offset = offsetOf(zone, state, local);
	expect(clockOf(Date.UTC(2026, 10, 25, 14, 1, 7), offset)).toBe(clock);
	expect(nameOf(zone, offset, now)).toBe(name);
});

test('the same zone is the same value, so that panes are not drawn for nothing', () => {
	for (const zone of ['utc', 'local', 'device', 'ago'] as const)
		expect(offsetOf(zone, state, local)).toBe(offsetOf(zone, {...state, now: now + 400}, local));
});

test('days ago', () => {
	const offset = offsetOf('ago', state, local);
	expect(clockOf(now - 5 * 86_400_000 - 3 * 3_600_000, offset)).toBe('  5d 03h');
	expect(dayOf(now - 5 * 86_400_000, offset)).toBe(dayOf(now, offset));
});
