import {expect, test} from 'vitest';
import {clockOf} from '../../../src/commands/clock.ts';

test('what the machine slept counts, the grain of its uptime does not, and it never goes back', () => {
	let running = 1000;
	let up = 500_000;
	const {elapsed} = clockOf(
		() => running,
		() => up,
	);
	expect(elapsed()).toBe(1000);
	running += 2000;
	up += 3900;
	expect(elapsed()).toBe(3000);
	running += 2000;
	up += 3_600_000;
	expect(elapsed()).toBeGreaterThan(3_600_000);
	const before = elapsed();
	running += 1500;
	up -= 10_000_000;
	expect(elapsed()).toBe(before + 1500);
});
