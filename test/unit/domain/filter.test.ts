import {expect, test} from 'vitest';
import {parseFilter, passes} from '../../../src/domain/filter.ts';

const record = {
	units: ['balena.service'],
	identifier: 'balenad',
	containerId: '4ce5bebc27c6',
	containerName: 'backend_1_2_abc',
	service: 'backend',
	severity: 4 as const,
	message: 'Failed to load container: permission denied',
};

test.each([
	['', true],
	['unit:balena', true],
	['unit:openvpn', false],
	['unit:openvpn unit:balena', true],
	['unit:balena id:systemd', false],
	['unit:balena id:balenad', true],
	['container:backend', true],
	['container:4ce5', true],
	['container:frontend', false],
	['prio:warning', true],
	['prio:err', false],
	['prio:4', true],
	['failed', true],
	['failed permission', true],
	['failed nothing', false],
	['failed', true],
	['FAILED', false],
	['"load container"', true],
	['/load\\s+cont/', true],
	['/^load/', false],
	['-denied', false],
	['-nothing', true],
	['-unit:balena', false],
	['unit:/^bal.*service$/', true],
	['balenad', true],
])('%j lets it through: %s', (source, passed) => {
	const filter = parseFilter(source);
	expect('wrong' in filter ? filter.wrong : passes(filter, record)).toBe(passed);
});

test.each([
	['/(/', '/(/ is not a regular expression'],
	['prio:loud', 'prio:loud is none of emerg alert crit err warning notice info debug'],
])('%s: %s', (source, wrong) => {
	expect(parseFilter(source)).toEqual({wrong});
});

/** 2026-11-25T14:00:00Z. */
const NEWEST = 1_795_615_200_000;
const MINUTE = 60_000;

test.each([
	['since:10m', -10 * MINUTE],
	['since:1h30m', -90 * MINUTE],
	['since:2d', -2 * 1440 * MINUTE],
	['since:45s', -0.75 * MINUTE],
	['since:13:40', -20 * MINUTE],
	['since:14:00', 0],
	['since:9:05', -295 * MINUTE],
	// Not yet today: yesterday's.
	['since:14:01', -1439 * MINUTE],
	['since:13:40:30', -19.5 * MINUTE],
	['since:2026-11-25T13:40', -20 * MINUTE],
	['since:2026-11-25T13:40:30Z', -19.5 * MINUTE],
	['since:2026-11-25', -840 * MINUTE],
	['since:2024-02-29', -1_440_840 * MINUTE],
])('%s begins there, counted from the newest line', (source, from) => {
	const filter = parseFilter(source, NEWEST);
	const at = (ms: number) => ('wrong' in filter ? filter.wrong : passes(filter, {...record, atMs: NEWEST + ms}));
	expect([at(from - 1), at(from)]).toEqual([false, true]);
});

test('since goes with other fields; what has no time, or nothing to count from, passes', () => {
	const through = (source: string, atMs: number | null, newest: number | null = NEWEST) => {
		const filter = parseFilter(source, newest);
		return 'wrong' in filter ? filter.wrong : passes(filter, {...record, atMs});
	};
	expect(through('since:10m unit:balena', NEWEST)).toBe(true);
	expect(through('since:10m unit:openvpn', NEWEST)).toBe(false);
	expect(through('-since:10m', NEWEST)).toBe(false);
	expect(through('-since:10m', NEWEST - 11 * MINUTE)).toBe(true);
	expect([through('since:10m', null), through('-since:10m', null)]).toEqual([true, true]);
	expect([through('since:10m', 0, null), through('-since:10m', 0, null)]).toEqual([true, true]);
});

test.each([
	'since:soon',
	'since:10',
	'since:25:00',
	'since:13:60',
	'since:2026-02-31',
	'since:2026-13-01T10:00',
	'since:"1 h"',
])('%s is no time', source => {
	expect(parseFilter(source)).toEqual({
		wrong: `since:${source.slice(6).replaceAll('"', '')} is no span (10m, 1h30m) and no time in UTC (13:40, 2026-11-25T13:40)`,
	});
});

test('a unit is told from one whose name goes on otherwise', () => {
	const filter = parseFilter('unit:"balena.service"');
	expect('wrong' in filter || passes(filter, {...record, units: ['balena-supervisor.service']})).toBe(false);
});
