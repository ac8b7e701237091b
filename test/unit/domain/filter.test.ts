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
