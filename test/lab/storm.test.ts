import {describe, expect, test} from 'vitest';
import {labSshConfig} from './device.ts';
import {storm} from './storm.ts';

describe.skipIf(labSshConfig === '')('a storm', () => {
	test('ten random faults at 500 lines a second: every number is there once, every seam counts right', async () => {
		const {missing, doubled, seams, summary, faults} = await storm({
			sshConfig: labSshConfig,
			faults: 10,
			seconds: 40,
			rate: 500,
			longest: 4000,
			seed: 20,
		});
		expect(Object.values(faults).reduce((sum, times) => sum + times, 0)).toBe(10);
		expect(missing).toEqual([]);
		expect(doubled).toEqual([]);
		if (summary === null) throw new Error('no summary');
		expect(summary.reconnects).toBeGreaterThan(0);
		expect(seams.length).toBeGreaterThan(0);
		// A link that is lost again before a line comes makes none of its own.
		expect(seams.length).toBeLessThanOrEqual(summary.reconnects);
		for (const {recovered, counted, lost, doubled: twice, doubt} of seams)
			expect({recovered, lost, twice, doubt}).toEqual({recovered: counted, lost: 0, twice: 0, doubt: ''});
	}, 240_000);
});
