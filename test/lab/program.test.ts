import {afterAll, afterEach, describe, expect, test} from 'vitest';
import {until} from '../support/headless.ts';
import {keys, Terminal} from '../support/terminal.ts';
import {labDevice, labSshConfig} from './device.ts';

/** What of ours runs on the device: our wrappers carry the word, followers and samplers are below them. */
const OURS =
	"ps -ww -eo pid,args | grep -E '^ *[0-9]+ sh -c .*__DEVTOP_|journalctl --quiet --no-pager|dmesg --raw' | grep -v grep || true";

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

describe.skipIf(labSshConfig === '')('the built program and a real device', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	afterEach(() => Terminal.killAll());
	afterAll(() => dev1.close());

	async function start(columns = 200, rows = 60, ...more: string[]): Promise<Terminal> {
		const terminal = Terminal.start({
			file: process.execPath,
			args: [program, '-F', labSshConfig, 'dev1', ...more],
			columns,
			rows,
		});
		await terminal.until(/\d+ of \d+ ok/, 20_000);
		return terminal;
	}

	/** The row of a zoomed pane that begins with this name. */
	const rowOf = (terminal: Terminal, name: string): string =>
		terminal.text().find(row => new RegExp(`^.{0,4}${name}\\b`).test(row)) ?? '';

	test('services agree with systemctl', async () => {
		const terminal = await start();
		terminal.press('1z');
		for (const unit of [
			'chronyd',
			'dnsmasq',
			'NetworkManager',
			'openvpn',
			'balena',
			'balena-supervisor',
			'dbus',
			'avahi-daemon',
		]) {
			const [state = '', sub = '', pid = '', restarts = '', memory = ''] = (
				await dev1.run(
					`systemctl show --value -p ActiveState -p SubState -p MainPID ${unit}.service; systemctl show -p NRestarts -p MemoryCurrent --value ${unit}.service`,
				)
			)
				.trim()
				.split('\n');
			const values = [state, sub, pid, restarts, memory];
			const row = rowOf(terminal, unit);
			expect(row, `${unit}: ${values}`).toContain(
				values.find(value => /^(active|inactive|failed|activating)$/.test(value)) ?? 'nothing',
			);
			const main = (await dev1.run(`systemctl show --value -p MainPID ${unit}.service`)).trim();
			if (main !== '0') expect(row).toContain(` ${main}`);
		}
		expect(rowOf(terminal, 'os-config')).toMatch(/idle/);
	});

	test("a unit's change of state is seen", async () => {
		const terminal = await start();
		terminal.press('1z');
		await dev1.run('systemctl stop chronyd');
		await terminal.until(screen => /chronyd.*inactive/.test(rowOf(screen, 'chronyd')), 10_000);
		await dev1.run('systemctl start chronyd');
		await terminal.until(screen => /chronyd.*active/.test(rowOf(screen, 'chronyd')), 10_000);
	});

	test('a journal line and a kernel line are seen', async () => {
		const terminal = await start();
		const word = `seen-${Date.now()}`;
		await dev1.run(
			`logger -t devtop-test ${word}-a; echo '<3>mmc0: error -110 whilst initialising SD card ${word}-b' > /dev/kmsg`,
		);
		await terminal.until(`${word}-a`, 10_000);
		terminal.press('3z');
		await terminal.until(`${word}-b`, 10_000);
	});

	test('the journal agrees with journalctl', async () => {
		const terminal = await start();
		terminal.press('2z');
		await dev1.run('for i in 1 2 3 4 5; do logger -t agree "agreed line $i of five"; done');
		await terminal.until('agreed line 5 of five', 10_000);
		const lines = (await dev1.run('journalctl -q -t agree -n 5 -o short-iso-precise --no-hostname')).trim().split('\n');
		for (const line of lines) {
			const [, time = '', message = ''] = /T(\d\d:\d\d:\d\d)\S* agree(?:\[\d+\])?: (.*)$/.exec(line) ?? [];
			expect(
				terminal.text().some(row => row.includes(time) && row.includes('agree') && row.includes(message)),
				line,
			).toBe(true);
		}
	});

	test("the kernel pane agrees with dmesg's end", async () => {
		const terminal = await start();
		terminal.press('3z');
		const word = `kmsg-${Date.now()}`;
		await dev1.run(`for i in 1 2 3; do echo "<4>usb 1-1: over-current condition ${word} $i" > /dev/kmsg; done`);
		await terminal.until(`${word} 3`, 10_000);
		for (const line of (await dev1.run(`dmesg | grep ${word}`)).trim().split('\n')) {
			const [, seconds = '', message = ''] = /^\[\s*(\d+\.\d{3})\d*\] (.*)$/.exec(line) ?? [];
			expect(
				terminal.text().some(row => row.includes(message) && row.includes(seconds)),
				line,
			).toBe(true);
		}
	});

	test('an engine killed twice is told as such', async () => {
		const terminal = await start(120, 40);
		await dev1.fault('kill2');
		await terminal.until(/balena\b.*[2-9] in 10 min, last 9\/KILL/, 30_000);
		await terminal.until(/balena: killed ×\d+: 9\/KILL at \d\d:\d\d:\d\d/);
		await until(
			async () => (await dev1.run('systemctl is-active balena-supervisor.service || true')).trim() === 'active',
			60_000,
		);
	}, 120_000);

	test('a pull is seen with its layer, its rate and its end', async () => {
		await dev1.run('balena rmi registry.lab.invalid:5000/v2/app:r1 >/dev/null 2>&1 || true');
		await dev1.fault('slow', '30%');
		try {
			const terminal = await start();
			terminal.press('4z');
			const pulled = dev1.run('lab-pull registry.lab.invalid:5000/v2/app:r1');
			await terminal.until(/docker-untar/, 30_000);
			await terminal.until(/[\d.]+ [kM]?B\/s/, 20_000);
			const path = (
				await dev1.in(
					'sh',
					'-c',
					"for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null; echo; done | grep '^docker-untar' || true",
				)
			).trim();
			const layer = /overlay2\/([0-9a-f]{12})/.exec(path)?.[1];
			if (layer !== undefined) await terminal.until(layer, 5000);
			await pulled;
			await terminal.until(/done .* in /, 20_000);
		} finally {
			await dev1.fault('slow', '');
		}
	}, 180_000);

	test('the device pane agrees with /proc and the engine', async () => {
		const terminal = await start();
		terminal.press('5z');
		const uuid = (await dev1.run('sed -n \'s/.*"uuid" *: *"\\([0-9a-f]*\\)".*/\\1/p\' /mnt/boot/config.json')).trim();
		await terminal.until(uuid.slice(0, 7), 10_000);
		await terminal.until((await dev1.run('uname -r')).trim(), 5000);
		await terminal.until(
			(await dev1.run('cat /proc/sys/kernel/random/boot_id')).trim().replaceAll('-', '').slice(0, 8),
			5000,
		);
		for (const service of ['frontend', 'backend']) await terminal.until(new RegExp(`${service}.*running`), 15_000);
	});

	test('keys are answered while 5 000 lines a second come in', async () => {
		const terminal = await start(120, 40);
		await dev1.run('systemctl start lab-flood@40000-5000.service');
		await terminal.until('flood', 10_000);
		for (let round = 0; round < 3; round++) {
			terminal.press('?');
			await terminal.until(/quit/i, 3000);
			terminal.press(keys.escape);
			await terminal.until(screen => /Services/.test(screen.screen()), 3000);
		}
		await terminal.until('flood 40000', 60_000);
	}, 120_000);

	test.each([
		['q', (terminal: Terminal) => terminal.press('q')],
		['SIGTERM', (terminal: Terminal) => terminal.kill('SIGTERM')],
		['SIGKILL', (terminal: Terminal) => terminal.kill('SIGKILL')],
	] as const)('five seconds after %s nothing of ours runs on the device', async (how, end) => {
		const terminal = await start(120, 40);
		await until(async () => (await dev1.in('sh', '-c', OURS)).trim().split('\n').length >= 3, 10_000);
		end(terminal);
		await terminal.exit;
		if (how !== 'SIGKILL') expect(terminal.rawOutput()).toMatch(/\x1b\[\?1049l/);
		await until(async () => (await dev1.in('sh', '-c', OURS)) === '', 5000);
	});

	test('after a half-open link nothing of ours runs on the device once its sshd has given up', async () => {
		// As on a device, but for the minute: 15 s and four times there.
		const config = '/etc/ssh/sshd_config';
		await dev1.in(
			'sh',
			'-c',
			`cp ${config} ${config}.kept; sed -i '/^ClientAlive/d' ${config}; printf 'ClientAliveInterval 2\\nClientAliveCountMax 2\\n' >> ${config}`,
		);
		try {
			const terminal = await start(120, 40);
			await until(async () => (await dev1.in('sh', '-c', OURS)).trim().split('\n').length >= 3, 10_000);
			await dev1.fault('drop', 'on');
			terminal.kill('SIGKILL');
			await terminal.exit;
			// Nobody told the device: they are there still.
			expect(await dev1.in('sh', '-c', OURS)).not.toBe('');
			await until(async () => (await dev1.in('sh', '-c', OURS)) === '', 30_000);
		} finally {
			await dev1.fault('drop', 'off');
			await dev1.in('mv', `${config}.kept`, config);
		}
	}, 90_000);

	test('a changed host key is refused in one sentence', async () => {
		const terminal = Terminal.start({
			file: process.execPath,
			args: [
				program,
				'-F',
				labSshConfig,
				'-o',
				'UserKnownHostsFile=/dev/null',
				'-o',
				'StrictHostKeyChecking=yes',
				'dev1',
			],
			columns: 120,
			rows: 20,
		});
		const {code} = await terminal.exit;
		expect(code).toBe(1);
		expect(terminal.rawOutput()).not.toContain('\x1b[?1049h');
		expect(terminal.screen()).toMatch(/devtop: .*key/);
	});
});
