/** What the road to this machine does besides the contract of all roads. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {homedir} from 'node:os';
import {expect, test} from 'vitest';
import {localRoad} from '../../../src/transport/local/road.ts';
import {got, never, run, until} from './support.ts';

test('a command has what sshd would give it, and a session of its own', async () => {
	const transport = got(await localRoad().connect(never()));
	expect(process.env.COLUMNS).toBeDefined();
	const {out} = await run(
		transport,
		'exec sh -c \'echo "$COLUMNS|$HOME|$USER|$(pwd)"; echo "$PATH"; ps -o sid= -p $$\'',
	);
	await transport.close();
	const [given = '', path = '', session = ''] = out.split('\n');
	const [columns, home, user, folder] = given.split('|');
	expect([columns, home, folder]).toEqual(['', homedir(), homedir()]);
	expect(user).not.toBe('');
	expect(path.split(':')).toEqual(expect.arrayContaining(['/usr/sbin', '/sbin']));
	const own = execFileSync('ps', ['-o', 'sid=', '-p', String(process.pid)], {encoding: 'utf8'});
	expect(session.trim()).toMatch(/^\d+$/);
	expect(session.trim()).not.toBe(own.trim());
});

const source = (file: string): string =>
	JSON.stringify(new URL(`../../../src/transport/${file}`, import.meta.url).pathname);

/** Follows and asks over the road in a process of its own, and waits to be killed. */
const HOLDER = `
import {localRoad} from ${source('local/road.ts')};
import {remoteCommand} from ${source('command.ts')};
const [word] = process.argv.slice(1);
const transport = await localRoad().connect(new AbortController().signal);
for (const command of [
	remoteCommand('follow', ['sleep', word], 'token'),
	remoteCommand('poll', ['while read -r line; do echo "$line"; done', word], 'token'),
]) (await transport.open(command)).read({out() {}, err() {}, end() {}});
console.log('following');
setInterval(() => {}, 1000);
`;

test.each(['SIGKILL', 'SIGTERM'] as const)('killed by %s it leaves no command behind', async signal => {
	const word = String(10_000_000 + Math.floor(Math.random() * 80_000_000));
	const holder: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, word], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let out = '';
	holder.stdout?.on('data', text => {
		out += text;
	});
	const left = (): number =>
		execFileSync('ps', ['-ww', '-eo', 'args'], {encoding: 'utf8', maxBuffer: 1 << 24})
			.split('\n')
			.filter(line => line.endsWith(word)).length;
	await until(() => out.includes('following'), 'the follower');
	// The follower, its shell and its watcher, the sampler, and the process that holds them.
	await until(() => left() >= 5, 'its commands');
	holder.kill(signal);
	await until(() => left() === 0, 'the end of its commands');
});
