import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {Terminal} from '../support/terminal.ts';
import {labDevice, labSshConfig} from './device.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

/** dev2 has no way to here: only dev1, beside it in the field, reaches it. */
describe.skipIf(labSshConfig === '')('a device behind its neighbour', () => {
	const [dev1, dev2] = labSshConfig === '' ? ([] as never) : [labDevice('dev1'), labDevice('dev2')];
	const home = mkdtempSync(join(tmpdir(), 'devtop-via-'));
	const config = join(home, 'config');
	let uuid = '';
	beforeAll(async () => {
		uuid = (await dev2.in('jq', '-r', '.uuid', '/mnt/boot/config.json')).trim();
		const key = join(dirname(labSshConfig), '..', 'keys', 'id_ed25519');
		writeFileSync(
			config,
			`Include ${labSshConfig}\nHost *\n IdentityFile ${key}\n IdentitiesOnly yes\n UserKnownHostsFile ${home}/known_hosts\n StrictHostKeyChecking accept-new\n`,
		);
	});
	afterEach(() => Terminal.killAll());
	afterAll(async () => {
		await dev1.close();
		rmSync(home, {recursive: true});
	});

	/** Without a terminal. */
	const devtop = (...args: string[]) =>
		promisify(execFile)(process.execPath, [program, ...args], {
			env: {...process.env, HOME: home, XDG_STATE_HOME: home},
			maxBuffer: 1 << 28,
		});

	test('is found by its uuid, and no line of it is lost or doubled over two cuts', async () => {
		const file = join(home, 'cut.devtop.jsonl');
		const terminal = Terminal.start({
			file: process.execPath,
			args: [program, uuid.slice(0, 7), '--via', 'dev1', '-F', config, '--record', file],
			columns: 160,
			rows: 45,
			env: {HOME: home, XDG_STATE_HOME: home},
		});
		await terminal.until(/\d+ of \d+ ok/, 30_000);
		expect(terminal.text().join('\n')).toContain(uuid.slice(0, 7));
		terminal.press('2');
		// A word of its own: the journal may hold another run's lines.
		const word = `far${Date.now()}`;
		const lines = `i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "${word} $i"; [ $((i % 30)) != 0 ] || sleep 0.1; done`;
		await dev2.in('systemd-run', '--quiet', '--property=LogRateLimitIntervalSec=0', 'sh', '-c', lines);
		const shows = (number: number): Promise<Terminal> =>
			terminal.until(
				screen =>
					[
						...screen
							.text()
							.join('\n')
							.matchAll(new RegExp(`${word} (\\d+)`, 'g')),
					].some(([, seen]) => Number(seen) >= number),
				60_000,
			);
		for (const number of [300, 1500]) {
			await shows(number);
			await dev1.fault('cut');
		}
		await shows(3000);
		terminal.press('q');
		expect((await terminal.exit).code).toBe(0);
		const {stdout} = await devtop('export', file, '--as', 'json');
		const numbers = [...stdout.matchAll(new RegExp(`"message":"${word} (\\d+)"`, 'g'))]
			.map(([, number]) => Number(number))
			.toSorted((a, b) => a - b);
		expect(numbers).toEqual(Array.from({length: 3000}, (_, at) => at + 1));
		const links = stdout.split('\n').filter(line => line.includes('"stream":"link"') && line.includes('"live"'));
		expect(links.length).toBeGreaterThanOrEqual(3);
	}, 120_000);

	test('another uuid is not shown the device that answers', async () => {
		const other = `${uuid.startsWith('0') ? '1' : '0'}${uuid.slice(1)}`;
		await expect(
			devtop(other, '--via', 'dev1', '-F', config, '-o', 'HostName=198.18.1.12', '--once'),
		).rejects.toMatchObject({
			code: 1,
			stdout: '',
			stderr: `devtop: This is the wrong device: ${uuid.slice(0, 7)} answers at root@198.18.1.12:22222, not ${other.slice(0, 7)}; nothing of it is shown.\n`,
		});
	});
});
