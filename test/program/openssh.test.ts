/** The operator's own ssh under the built program: it asks on the terminal by itself, and goes when it is told to. */
import {execFileSync} from 'node:child_process';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {Terminal} from '../support/terminal.ts';
import {Sshd, sshdMissing} from '../unit/transport/sshd.ts';

const missing = sshdMissing();
const real = test.skipIf(missing !== null);
const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

const sshd = new Sshd();
beforeAll(async () => {
	if (missing === null) await sshd.start();
});
afterEach(() => Terminal.killAll());
afterAll(() => sshd.stop());

/** This machine by ssh, with a key that is locked, from a terminal. */
const begin = (): Terminal =>
	Terminal.start({
		file: 'sh',
		args: [
			...[
				'-c',
				'trap : INT; "$@"; echo "ended with $?"; case $(stty -a) in *" -echo "*) echo mute;; *) echo loud;; esac',
				'sh',
				process.execPath,
				program,
			],
			...['127.0.0.1', '--transport', 'openssh', '--no-record', '-F', '/dev/null', '-i', sshd.file('locked')],
			...['-l', sshd.user, '-p', String(sshd.port), '-o', `UserKnownHostsFile=${sshd.file('new')}`],
			...['-o', 'GlobalKnownHostsFile=/dev/null', '-o', 'IdentityAgent=none'],
		],
		columns: 120,
		rows: 30,
		env: {HOME: sshd.dir, XDG_RUNTIME_DIR: sshd.dir},
	});

const left = (): string[] =>
	execFileSync('ps', ['-ww', '-eo', 'args'], {encoding: 'utf8', maxBuffer: 1 << 24})
		.split('\n')
		.filter(line => line.includes(`${sshd.dir}/devtop-`));

real('it asks for what it needs, and the session goes on', async () => {
	const terminal = begin();
	await terminal.until(/authenticity of host[\s\S]+Are you sure/);
	terminal.press('yes\r');
	await terminal.until(/Enter passphrase for key/);
	terminal.press('wrong\r');
	await terminal.until(/Enter passphrase for key[\s\S]+Enter passphrase for key/);
	terminal.press('secret\r');
	// A machine without systemd, as a container, says so, which it can only once it was asked.
	await terminal.until(/does not run systemd|Services/, 20_000);
	if (terminal.screen().includes('Services')) terminal.press('q');
	await terminal.until(/ended with \d/);
	expect(left()).toEqual([]);
});

real('Ctrl-C at its question ends everything, and the terminal is as it was', async () => {
	const terminal = begin();
	await terminal.until(/Are you sure|Enter passphrase/);
	terminal.press('\x03');
	await terminal.until(/ended with 130\s+loud/);
	expect(left()).toEqual([]);
});
