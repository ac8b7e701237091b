import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, renameSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, onTestFinished, test} from 'vitest';
import {startEmbedded} from '../../src/embedded/start.ts';
import {Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';

afterEach(() => Terminal.killAll());

/** A home with a configuration, and a device behind a Host of its ssh_config. */
async function house(config: Record<string, unknown>) {
	const embedded = await startEmbedded({scene: 'quiet'});
	onTestFinished(() => embedded.close());
	const home = mkdtempSync(join(tmpdir(), 'devtop-config-'));
	writeFileSync(join(home, 'key'), embedded.server.clientKey, {mode: 0o600});
	writeFileSync(
		join(home, 'ssh'),
		`Host device\n HostName 127.0.0.1\n Port ${embedded.server.port}\n User root\n IdentityFile ${home}/key\n UserKnownHostsFile ${home}/known_hosts\n StrictHostKeyChecking no\n`,
	);
	writeFileSync(join(home, 'config.json'), JSON.stringify(config));
	const env = {...process.env, HOME: home, XDG_STATE_HOME: home, DEVTOP_CONFIG: join(home, 'config.json')};
	const words = (args: readonly string[]): string[] => [program, ...args, '-F', join(home, 'ssh')];
	return {
		home,
		folder: join(home, 'devtop', UUID),
		run: (args: readonly string[], ssh = true) =>
			new Promise<{code: number; stdout: string; stderr: string}>(resolve => {
				execFile(process.execPath, ssh ? words(args) : [program, ...args], {env}, (error, stdout, stderr) =>
					resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
				);
			}),
		screen: (args: readonly string[]) =>
			Terminal.start({file: process.execPath, args: words(args), columns: 160, rows: 45, env}),
	};
}

test('a name is a target; old recordings go after they were told, at the end', async () => {
	const {run, screen, folder} = await house({
		devices: {box: {host: 'device', uuid: UUID}, wrong: {host: 'device', uuid: '0'.repeat(32)}},
		redact: [{name: 'lease', pattern: 'new lease, (?<secret>address=\\S+)'}],
		keep: {days: 30},
	});
	expect(await run(['record', 'box', '--for', '1s', '--ticket', 'T-1'])).toMatchObject({
		code: 0,
		stdout: expect.stringMatching(/^redacted +lease \d+$/m),
	});
	const [first = ''] = readdirSync(folder);
	utimesSync(join(folder, first), 0, 0);
	writeFileSync(join(folder, 'mine.txt'), 'mine');
	mkdirSync(join(folder, 'more'));
	const told = await run(['ls', '--keep'], false);
	// Its name says when it was made.
	expect(told.stdout).toBe('Nothing goes.\n');
	const old = first.replace(/^\d{4}/, '2020');
	renameSync(join(folder, first), join(folder, old));
	expect((await run(['ls', '--keep'], false)).stdout).toMatch(
		/^goes +older than 30 days +[\d.]+ kB +\S+\n1 recording older/,
	);

	const terminal = await screen(['box']).until(/1 recording older than 30 days \([\d.]+ kB\) goes at the end/, 20_000);
	expect(readdirSync(folder)).toContain(old);
	terminal.press('q');
	await terminal.exit;
	expect(terminal.rawOutput()).toMatch(/devtop: Removed 1 recording older than 30 days/);
	expect(readdirSync(folder)).toEqual([expect.stringMatching(/\.gz$/), 'mine.txt', 'more']);

	expect(await run(['record', 'wrong', '--for', '1s'])).toMatchObject({
		code: 1,
		stderr: expect.stringMatching(/Another device answers at .* \(8f2c91d\) than your configuration names \(0000000\)/),
	});
}, 90_000);

test('nothing connects with a fault in the configuration', async () => {
	const {run, home} = await house({keep: {dayz: 3}});
	for (const args of [
		['device', '--once'],
		['demo', '--once'],
		['record', 'device', '--for', '1s'],
	])
		expect(await run(args)).toMatchObject({
			code: 2,
			stdout: '',
			stderr: `devtop: ${home}/config.json:1: keep has no key "dayz": is "days" meant?\n`,
		});
	expect(await run(['config', '--check'], false)).toMatchObject({
		code: 2,
		stderr: expect.stringMatching(/"days" meant/),
	});
	expect(await run(['ls'], false)).toMatchObject({code: 0});
}, 60_000);
