import {afterAll, describe, expect, test} from 'vitest';
import {labDevice, labSshConfig} from './device.ts';

describe.skipIf(labSshConfig === '')('the lab', () => {
	const device = labSshConfig === '' ? undefined : labDevice('dev1');
	afterAll(() => device?.close());

	test('answers over ssh and beside it', async () => {
		const host = await device?.run('hostname');
		expect(host).toMatch(/^[0-9a-f]{7}\n$/);
		expect(await device?.in('hostname')).toBe(host);
	});

	test('tells how a command failed', async () => {
		await expect(device?.run('echo no >&2; exit 3')).rejects.toThrow(/exit 3\nno/);
	});

	test('connects again after a reset', async () => {
		await device?.fault('cut');
		expect(await device?.run('echo here')).toBe('here\n');
	});

	test('floods numbered lines', async () => {
		await device?.run(
			'systemctl start lab-flood@500-2000; until ! systemctl is-active -q lab-flood@500-2000; do sleep 0.1; done',
		);
		const lines = await device?.run(
			'journalctl --sync; journalctl -u lab-flood@500-2000 -o cat -n 600 | grep -c "^flood [0-9]*$"',
		);
		expect(Number(lines)).toBeGreaterThanOrEqual(500);
	});
});
