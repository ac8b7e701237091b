import {execFile} from 'node:child_process';
import {afterAll, afterEach, describe, expect, test} from 'vitest';
import {isFailure, type Transport} from '../../src/domain/channel.ts';
import {progressOf} from '../../src/ui/header.ts';
import {headless, roadTo, until} from '../support/headless.ts';
import {Terminal} from '../support/terminal.ts';
import {labDevice, labSshConfig} from './device.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

const once = (...args: readonly string[]): Promise<{code: number; stdout: string; stderr: string}> =>
	new Promise(resolve => {
		const child = execFile(
			process.execPath,
			[program, '-F', labSshConfig, 'dev1', '--once', ...args],
			{maxBuffer: 64e6},
			(error, stdout, stderr) => resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
		);
		child.stdin?.end();
	});

describe.skipIf(labSshConfig === '')('what happened before one came', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	afterEach(() => Terminal.killAll());
	afterAll(() => dev1.close());

	/** A new boot, with everything up: what went wrong before is gone with the volatile journal. */
	const healthy = async (): Promise<void> => {
		const boot = async (): Promise<string> =>
			(await dev1.run('cat /proc/sys/kernel/random/boot_id').catch(() => '')).trim();
		const old = await boot();
		await dev1.fault('reboot');
		await until(async () => {
			const now = await boot();
			return now !== '' && now !== old;
		}, 90_000);
		await until(
			async () =>
				(await dev1.run('systemctl is-active balena.service balena-supervisor.service').catch(() => '')).startsWith(
					'active\nactive',
				),
			90_000,
		);
	};

	test('a healthy device has no finding of a unit, and every unit of --once is as systemctl says', async () => {
		await healthy();
		const {code, stdout} = await once('--json');
		const reading = JSON.parse(stdout);
		// The kernel log is this machine's own: what it says is not the device's doing.
		const own = reading.findings.filter(({evidence}: {evidence: {stream: string}[]}) =>
			evidence.every(({stream}) => stream !== 'kernel'),
		);
		console.log(`healthy device: ${own.length} findings that are not the host's kernel`);
		expect(own).toEqual([]);
		expect(reading.complete).toBe(true);
		expect([0, 3]).toContain(code);
		for (const unit of reading.units.filter(({loadState}: {loadState: string}) => loadState === 'loaded')) {
			const said = (await dev1.run(`systemctl show --value -p ActiveState ${unit.unit}`)).trim();
			expect(unit.activeState, unit.unit).toBe(said);
		}
	}, 180_000);

	test('an engine killed twice, then minutes of noise: verdict, strip and story name both kills', async () => {
		await healthy();
		await dev1.fault('kill2');
		const kills = (
			await dev1.run(
				"journalctl -q -u balena.service -o short-unix --no-hostname | sed -n 's/^\\([0-9]*\\)\\..*status=9.KILL.*/\\1/p' | tail -2",
			)
		)
			.trim()
			.split('\n')
			.map(seconds => new Date(Number(seconds) * 1000).toISOString().slice(11, 19));
		expect(kills).toHaveLength(2);
		// Ten minutes of a hundred lines a second, in a tenth of the time.
		await dev1.run('systemctl start --wait lab-flood@60000-4000.service');
		const terminal = Terminal.start({
			file: process.execPath,
			args: [program, '-F', labSshConfig, 'dev1'],
			columns: 120,
			rows: 40,
		});
		await terminal.until(/balena: killed ×2: 9\/KILL at/, 20_000);
		expect(terminal.text()[1]).toContain(kills[1]);
		await terminal.until(screen => /✗ balena\b.*\d\d:\d\d/.test(screen.text()[2] ?? ''), 20_000);
		terminal.press('o');
		for (const time of kills) await terminal.until(new RegExp(`${time} ✗ balena +main process ended: 9/KILL`), 20_000);
		// From the finding to the line that proves it, which is far behind the newest lines.
		terminal.press('\x7f6');
		terminal.press('j\r');
		await terminal.until(/Main process exited, code=killed, status=9\/KILL/, 20_000);
		terminal.press('\x7f');
		await terminal.until(/6 Findings/, 5000);
		const {code, stdout} = await once();
		expect(code).toBe(3);
		expect(stdout).toMatch(/✗ balena\.service: killed: 9\/KILL ×2/);
	}, 240_000);

	test('Enter on a unit shows what made it so', async () => {
		const terminal = Terminal.start({
			file: process.execPath,
			args: [program, '-F', labSshConfig, 'dev1'],
			columns: 160,
			rows: 50,
		});
		await terminal.until(/\d+ of \d+ ok/, 20_000);
		terminal.press('1/^.*openvpn\r');
		terminal.press('\x1b');
		terminal.press('1/openvpn\r');
		await new Promise(resolve => setTimeout(resolve, 300));
		terminal.press('\r');
		await terminal.until(/Detail/, 5000);
		await terminal.until(/FragmentPath +\/etc\/systemd\/system\/openvpn\.service/, 10_000);
		await terminal.until(/its newest \d+ lines/, 10_000);
	}, 60_000);

	test('on a link of 50 kbit/s and 800 ms the verdict is there within 20 kB', async () => {
		await dev1.fault('line', '400', '6250');
		let wire: Transport | null = null;
		const road = await roadTo('dev1', labSshConfig);
		const began = Date.now();
		const session = await headless({
			...road,
			connect: async signal => {
				const transport = await road.connect(signal);
				if (!isFailure(transport)) wire = transport;
				return transport;
			},
		});
		try {
			const read = (): boolean => {
				const {read, of} = progressOf(session.store.getState());
				return read === of;
			};
			await until(read, 60_000, () => progressOf(session.store.getState()));
			const {received} = (wire as unknown as Transport).traffic();
			console.log(`verdict after ${received} bytes and ${((Date.now() - began) / 1000).toFixed(1)} s`);
			expect(received).toBeLessThan(20_000);
		} finally {
			await session.stop();
			await dev1.fault('clear');
		}
	}, 120_000);
});
