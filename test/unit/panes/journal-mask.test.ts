import {expect, test} from 'vitest';
import {common, mask, templateOf, templateText} from '../../../src/panes/journal/mask.ts';

const ID = '4ce5bebc27c6a1f0';

test.each([
	['heartbeat 17', 'heartbeat 18'],
	['reading 48213 stored, 21.4 °C', 'reading 48214 stored, 22 °C'],
	['done in 1m12.5s', 'done in 45s'],
	['took 3.2 ms', 'took 1,024 ms'],
	['peer 10.0.0.1:22', 'peer 192.168.1.42:51544'],
	['peer fe80::1:2ff', 'peer 2001:db8::17'],
	['link aa:bb:cc:dd:ee:01', 'link aa:bb:cc:dd:ee:02'],
	[`container ${ID}`, 'container 9f2e4d1c0b3a'],
	['id 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d', 'id 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6e'],
	['2026-11-25T13:52:00.123Z up', '2026-11-26T01:02:03.9Z up'],
	['time="2026-11-25T13:52:00.123676379Z" level=info msg=x', 'time="2026-11-25T14:52:00.1Z" level=info msg=x'],
	['GET /v1/healthy 200 - 3.135 ms', 'GET /v1/healthy 200 - 12 ms'],
	['veth12ab34c: entered', 'veth99ab34d: entered'],
	[
		String.raw`run-docker-runtime\x2drunc-moby-${ID}-runc.Xy3FzA.mount: Deactivated successfully.`,
		String.raw`run-docker-runtime\x2drunc-moby-${ID}-runc.bQw12z.mount: Deactivated successfully.`,
	],
])('%j and %j are near-equal', (a, b) => {
	expect(mask(a)).toBe(mask(b));
});

test.each([
	['heartbeat 17', 'heartbeats 17'],
	['heartbeat', 'heartbeat 1'],
	['eth0 up', 'eth1 up'],
	['GET /api 200 3 ms', 'GET /api 500 3 ms'],
	['process exited, status=0', 'process exited, status=1'],
	['exit code: 0', 'exit code: 137'],
	['killed by signal 9', 'killed by signal 15'],
	['a decade ago', 'a facade ago'],
	['one 1 two', 'one two 1'],
])('%j and %j are not', (a, b) => {
	expect(mask(a)).not.toBe(mask(b));
});

test('what lines have in common keeps what is equal', () => {
	const first = templateOf('GET /v1/healthy 200 - 3.135 ms');
	expect(templateText(common(first, 'GET /v1/healthy 200 - 4 ms') ?? first)).toBe('GET /v1/healthy 200 - …');
	expect(common(first, 'GET /v1/state 200 - 4 ms')).toBeNull();
});
