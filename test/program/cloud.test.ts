/** The built program with a device by its uuid, over doubles of the cloud. */
import {execFile} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterEach, expect, onTestFinished, test} from 'vitest';
import {cloudHome, TOKEN, UUID} from '../support/cloud.ts';
import {until} from '../support/headless.ts';
import {Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

afterEach(() => Terminal.killAll());

async function cloud() {
	const made = await cloudHome();
	onTestFinished(made.close);
	const {env, over, home} = made;
	return {
		...made,
		screen: (...words: string[]): Terminal =>
			Terminal.start({file: process.execPath, args: [program, ...over(...words)], columns: 160, rows: 45, env}),
		run: (...words: string[]): Promise<{code: number; stderr: string}> =>
			new Promise(resolve => {
				execFile(process.execPath, [program, ...over(...words)], {env: {...process.env, ...env}}, (error, _, stderr) =>
					resolve({code: error === null ? 0 : Number(error.code), stderr}),
				);
			}),
		/** All that was written in the home, but for the token's own file. */
		written: (): string => {
			const folder = join(home, 'devtop', UUID);
			return readdirSync(folder)
				.map(name => gunzipSync(readFileSync(join(folder, name))).toString('utf8'))
				.join('');
		},
	};
}

test('a uuid: by the tunnel, by the proxy when that is gone; then a short one; no token stands anywhere', async () => {
	const {screen, tunnel, proxy, embedded, home, written} = await cloud();
	const terminal = await screen(UUID).until(/tunnel ● live/, 20_000);
	expect(readFileSync(join(home, 'known_hosts'), 'utf8')).toMatch(new RegExp(`^${UUID} ssh-ed25519 `, 'm'));
	await terminal.until(/13 of 13 ok/);
	tunnel.down(true);
	await terminal.until(/link lost|connecting/);
	terminal.press('r');
	await terminal.until(/proxy ● live/, 20_000);
	await terminal.until(/Not by the tunnel: /);
	terminal.press('q');
	expect(await terminal.exit).toEqual({code: 0, signal: undefined});
	await until(() => proxy.processes() === 0 && embedded.device.processes().length === 0, 5000);
	const all = written();
	expect(all).toContain('"road":"tunnel"');
	expect(all).toContain('"road":"proxy"');
	expect(all + terminal.rawOutput()).not.toContain(TOKEN);
	tunnel.down(false);
	// The recording knows which device is meant.
	const short = await screen('8f2c91d', '--road', 'proxy').until(/proxy ● live/, 20_000);
	expect(short.rawOutput()).not.toContain('Not by the');
	// Killed, it leaves nothing either.
	await until(() => proxy.processes() > 2, 10_000);
	short.kill('SIGKILL');
	await until(() => proxy.processes() === 0 && embedded.device.processes().length === 0, 5000);
}, 90_000);

test('a device that was flashed anew, a token that has expired, nobody known to the cloud', async () => {
	const {run, tunnel, home} = await cloud();
	const other = 'AAAAC3NzaC1lZDI1NTE5AAAAIICmE1Sd0rDUkGtoOyM6nJEcpnYpiiF8bnjVeGzKuTSs';
	writeFileSync(join(home, 'known_hosts'), `${UUID} ssh-ed25519 ${other}\n`);
	const flashed = await run(UUID, '--once');
	expect(flashed).toMatchObject({code: 1, stderr: expect.stringContaining(`ssh-keygen -R '${UUID}' -f `)});
	expect(flashed.stderr).not.toContain('By the');
	writeFileSync(join(home, 'known_hosts'), '');
	tunnel.set({token: 'another'});
	expect(await run(UUID, '--road', 'tunnel', '--once')).toMatchObject({
		code: 1,
		stderr: expect.stringMatching(/\(407\).*balena login/),
	});
	writeFileSync(join(home, 'config.json'), '{}');
	expect(await run(UUID, '--once')).toMatchObject({
		code: 2,
		stderr: expect.stringMatching(/knows nobody here.*DEVTOP_TOKEN/),
	});
}, 60_000);
