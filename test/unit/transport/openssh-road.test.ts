/** What the road of the operator's own ssh does besides the contract of all roads: its failures, and its own end. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {isFailure, type Road} from '../../../src/domain/channel.ts';
import {opensshRoad} from '../../../src/transport/openssh/road.ts';
import {connectFailure, lossOf} from '../../../src/transport/openssh/said.ts';
import {loopbackHost} from '../../../src/transport/ssh/server.ts';
import type {SshOptions} from '../../../src/transport/ssh/ssh-config.ts';
import {keygen, Sshd, sshdMissing} from './sshd.ts';
import {got, never, run, until} from './support.ts';

const missing = sshdMissing();
const real = test.skipIf(missing !== null);
const title = (text: string): string => (missing === null ? text : `${text} (skipped: ${missing})`);

const sshd = new Sshd();
beforeAll(async () => {
	if (missing === null) await sshd.start();
});
afterAll(() => sshd.stop());

/** What the OpenSSH client said in the lab, fault by fault. */
const said = new Map(
	readFileSync(new URL('../../samples/ssh-errors.txt', import.meta.url), 'utf8')
		.split(/^\$ /m)
		.flatMap(part => {
			const [fault = '', ...lines] = part.split('\n');
			return fault === '' ? [] : [[fault, lines.filter(line => !/^exit \d+$/.test(line)).join('\n')] as const];
		}),
);

test.each([
	['nothing listens', 'refused', /^Nothing listens on 127\.0\.0\.1 port 22222/],
	['key refused', 'auth', /Permission denied \(publickey\)\): name the right key with -i/],
	['host key not known', 'host-key-unknown', /connect to it once with ssh/],
	['connect while silent, ConnectTimeout=3', 'timeout', /did not answer within/],
	['connect while stopped', 'unreachable', /closed the connection before the login was done/],
] as const)('where ssh does not connect: %s', (fault, code, sentence) => {
	expect(connectFailure(said.get(fault) ?? '', loopbackHost(22222), false)).toMatchObject({
		code,
		message: expect.stringMatching(sentence),
	});
});

test('a connection that closed early has the cause that it has on other roads', () => {
	expect(connectFailure(said.get('connect while stopped') ?? '', loopbackHost(22222), false).cause).toBe(
		'closed-early',
	);
});

test.each([
	['connection reset', 'the connection was reset'],
	['silent, ServerAliveInterval=1 ServerAliveCountMax=3', 'keepalive timed out'],
	['sshd stopped', 'closed by the device'],
])('where ssh loses its connection: %s', (fault, why) => {
	expect(lossOf(`Warning: something before\n${said.get(fault)}`, 255)).toBe(why);
});

const optionsFor = (given: {key?: string; known?: string; more?: readonly string[]}): SshOptions => ({
	configFile: '/dev/null',
	identityFiles: [sshd.file(given.key ?? 'plain')],
	user: sshd.user,
	port: sshd.port,
	jump: null,
	options: [
		`UserKnownHostsFile=${sshd.file(given.known ?? 'known_hosts')}`,
		'GlobalKnownHostsFile=/dev/null',
		'IdentityAgent=none',
		...(given.more ?? []),
	],
});

const roadTo = async (given: Parameters<typeof optionsFor>[0]): Promise<Road> =>
	got(await opensshRoad({target: '127.0.0.1', options: optionsFor(given), mayAsk: () => false}));

real.each([
	['a key that is not let in', {key: 'stranger'}, 'auth', /Permission denied \(publickey\)/],
	['a key that is locked', {key: 'locked'}, 'auth', /keep the key in an agent/],
	['another host key', {known: 'changed'}, 'host-key-changed', /forget the old key with: ssh-keygen -f .* -R /],
	['a host that nobody knows', {known: 'none'}, 'host-key-unknown', /StrictHostKeyChecking=accept-new/],
] as const)(title('without anybody to ask: %s'), async (_what, given, code, sentence) => {
	sshd.trust('changed', 'stranger');
	const road = await roadTo(given);
	expect(await road.connect(never())).toMatchObject({code, message: expect.stringMatching(sentence)});
});

real(title('an option that ssh does not have is refused before anything is tried'), async () => {
	expect(
		await opensshRoad({target: '127.0.0.1', options: optionsFor({more: ['NoSuch=yes']}), mayAsk: () => false}),
	).toMatchObject({code: 'usage', message: expect.stringContaining('Bad configuration option')});
});

real(title('a certificate lets in, which the library can’t use'), async () => {
	const [ca, key] = [sshd.file('ca'), sshd.file('certified')];
	keygen(ca);
	keygen(key);
	execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'test', '-n', sshd.user, `${key}.pub`], {stdio: 'ignore'});
	const keys = sshd.file('authorized_keys');
	const before = readFileSync(keys, 'utf8');
	copyFileSync(keys, `${keys}.before`);
	execFileSync('sh', ['-c', 'printf "cert-authority %s" "$(cat "$1")" >"$2"', 'sh', `${ca}.pub`, keys]);
	try {
		const transport = got(await (await roadTo({key: 'certified'})).connect(never()));
		expect((await run(transport, 'echo in')).out).toBe('in\n');
		await transport.close();
	} finally {
		copyFileSync(`${keys}.before`, keys);
	}
	expect(readFileSync(keys, 'utf8')).toBe(before);
});

/** Connects over the road in a process of its own, follows, and waits to be killed. */
const HOLDER = `
import {opensshRoad} from ${JSON.stringify(new URL('../../../src/transport/openssh/road.ts', import.meta.url).pathname)};
import {remoteCommand} from ${JSON.stringify(new URL('../../../src/transport/command.ts', import.meta.url).pathname)};
const [options, word] = process.argv.slice(1);
const road = await opensshRoad({target: '127.0.0.1', options: JSON.parse(options), mayAsk: () => false});
const transport = await road.connect(new AbortController().signal);
const channel = await transport.open(remoteCommand('follow', ['sleep', word], 'token'));
channel.read({out() {}, err() {}, end() {}});
console.log('following');
setInterval(() => {}, 1000);
`;

real.each(['SIGKILL', 'SIGTERM'] as const)(
	title('killed by %s it leaves no ssh, no socket and no command'),
	async signal => {
		const word = String(10_000_000 + Math.floor(Math.random() * 80_000_000));
		const folder = mkdtempSync(join(tmpdir(), 'devtop-held-'));
		onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
		const holder: ChildProcess = spawn(
			process.execPath,
			['--input-type=module', '-e', HOLDER, JSON.stringify(optionsFor({})), word],
			{stdio: ['ignore', 'pipe', 'inherit'], env: {...process.env, XDG_RUNTIME_DIR: folder}},
		);
		let out = '';
		holder.stdout?.on('data', text => {
			out += text;
		});
		const ps = (): string => execFileSync('ps', ['-ww', '-eo', 'args'], {encoding: 'utf8', maxBuffer: 1 << 24});
		await until(() => out.includes('following'), 'the follower');
		await until(() => ps().includes(`sleep ${word}`), 'its command');
		const [own = ''] = readdirSync(folder);
		expect(existsSync(join(folder, own, 's'))).toBe(true);
		expect(statSync(join(folder, own)).mode & 0o777).toBe(0o700);
		holder.kill(signal);
		await until(() => !ps().includes(word), 'the end of its command');
		await until(() => !ps().includes(folder), 'the end of every ssh');
		await until(() => readdirSync(folder).length === 0, 'the end of its folder');
	},
);

real(title('a killed sshd process of the connection is a loss'), async () => {
	const transport = got(await (await roadTo({})).connect(never()));
	const lost = new Promise(resolve => transport.onLost(resolve));
	const pid = (await run(transport, 'ps -o ppid= -p $$')).out.trim();
	execFileSync('kill', ['-9', pid]);
	expect(await lost).toMatch(/closed by the device|reset/);
	const failed = await transport.open('echo x');
	expect(isFailure(failed) && failed.code).toBe('lost');
});
