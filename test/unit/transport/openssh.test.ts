import {spawnSync} from 'node:child_process';
import {appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {type Failure, isFailure, type Road, type Transport} from '../../../src/domain/channel.ts';
import {remoteCommand, STOP} from '../../../src/transport/command.ts';
import {directRoad} from '../../../src/transport/ssh/connect.ts';
import type {Questions} from '../../../src/transport/ssh/questions.ts';
import {resolveRoute} from '../../../src/transport/ssh/resolve.ts';
import type {SshOptions} from '../../../src/transport/ssh/ssh-config.ts';
import {Sshd, sshdMissing} from './sshd.ts';
import {answers, drain, got, never, run, until} from './support.ts';

const missing = sshdMissing();
const real = test.skipIf(missing !== null);
const title = (text: string): string => (missing === null ? text : `${text} (skipped: ${missing})`);

const sshd = new Sshd();
beforeAll(async () => {
	if (missing === null) await sshd.start();
});
afterAll(() => sshd.stop());

const open: Transport[] = [];
afterEach(async () => {
	for (const transport of open.splice(0)) await transport.close();
});

type Given = {
	readonly options?: readonly string[];
	readonly keys?: readonly string[];
	readonly known?: string;
	readonly agent?: string;
	readonly ask?: Questions;
	readonly jump?: string;
	readonly config?: string;
	readonly target?: string;
};

/** A road as a user would get it: through `ssh -G`, with nothing of this machine's own configuration. */
async function roadTo(given: Given): Promise<Road> {
	const options: SshOptions = {
		configFile: given.config ?? '/dev/null',
		identityFiles: (given.keys ?? []).map(key => sshd.file(key)),
		user: null,
		port: null,
		jump: given.jump ?? null,
		options: [
			`UserKnownHostsFile=${sshd.file(given.known ?? 'known_hosts')}`,
			'GlobalKnownHostsFile=/dev/null',
			`IdentityAgent=${given.agent ?? 'none'}`,
			...(given.options ?? []),
		],
	};
	const route = got(await resolveRoute(given.target ?? `${sshd.user}@127.0.0.1:${sshd.port}`, options));
	return directRoad({
		route,
		ask: given.ask,
		onBug: error => {
			throw error;
		},
	});
}

async function reach(given: Given): Promise<Transport | Failure> {
	const transport = await (await roadTo(given)).connect(never());
	if (!isFailure(transport)) open.push(transport);
	return transport;
}

const command = (mode: 'once' | 'follow', ...argv: string[]): string => remoteCommand(mode, argv, 'token');

real(title('a key file lets in, and a command ends with its trailer'), async () => {
	const transport = got(await reach({keys: ['plain']}));
	const result = await run(transport, command('once', 'sh', '-c', "echo 'it''s here'; echo oops >&2; exit 3"));
	expect(result).toEqual({out: 'its here\n__DEVTOP_token=3\n\n', err: 'oops\n', end: {kind: 'closed'}});
	await until(() => transport.roundTripMs() !== null, 'a round trip');
});

real(title('much on both streams arrives whole'), async () => {
	const transport = got(await reach({keys: ['plain'], options: ['Compression=yes']}));
	const script = 'head -c 6000000 /dev/zero >&2; head -c 9000000 /dev/zero; echo end';
	const {out, err} = await run(transport, command('once', 'sh', '-c', script));
	expect(err.length).toBe(6_000_000);
	expect(out.endsWith('\0end\n__DEVTOP_token=0\n\n')).toBe(true);
	expect(out.length).toBe(9_000_000 + 'end\n__DEVTOP_token=0\n\n'.length);
});

/** Whether a process with this number in its words is alive. */
const alive = (marker: string): boolean =>
	spawnSync('sh', ['-c', `ps -eo args | grep -q '^sleep ${marker}$'`]).status === 0;

real.each([
	['STOP', async (channel: {write(text: string): void}) => channel.write(STOP), 'closed'],
	['close()', async (channel: {close(): void}) => channel.close(), 'closed'],
	['the loss of the connection', async (_channel: unknown, transport: Transport) => transport.close(), 'lost'],
] as const)(title('a follower ends on %s, and leaves nothing behind'), async (_title, act, expected) => {
	const transport = got(await reach({keys: ['plain']}));
	const marker = String(100_000 + Math.floor(Math.random() * 800_000));
	const channel = got(await transport.open(command('follow', 'sleep', marker)));
	const result = drain(channel);
	await until(() => alive(marker), 'the remote command');
	await act(channel, transport);
	const {out, end} = await result;
	expect(end.kind).toBe(expected);
	if (_title === 'STOP') expect(out).toBe('__DEVTOP_token=143\n\n');
	await until(() => !alive(marker), 'its end');
});

real(title('an encrypted key is asked for, again when it was wrong, and not for a reconnect'), async () => {
	const {ask, asked} = answers({passphrases: ['wrong', 'secret']});
	const road = await roadTo({keys: ['locked'], ask});
	for (let count = 0; count < 2; count++) {
		const transport = got(await road.connect(never()));
		open.push(transport);
		expect((await run(transport, 'echo in')).out).toBe('in\n');
	}
	expect(asked).toEqual(['passphrase locked', 'passphrase locked again']);
});

real(title('a passphrase is not asked for where another key fits, or the server would refuse the key'), async () => {
	const {ask, asked} = answers({passphrases: []});
	spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'x', '-f', sshd.file('locked-stranger')]);
	got(await reach({keys: ['locked-stranger', 'plain'], ask}));
	got(await reach({keys: ['plain', 'locked'], ask}));
	expect(asked).toEqual([]);
});

real(title('a passphrase that nobody gives is named in the failure'), async () => {
	for (const ask of [undefined, answers({}).ask])
		expect(await reach({keys: ['locked'], ...(ask === undefined ? {} : {ask})})).toMatchObject({
			code: 'auth',
			message: expect.stringContaining(`${sshd.file('locked')} stayed locked, since its passphrase was not given`),
		});
});

real(title('an old encrypted PEM key without its public half is unlocked before it is offered'), async () => {
	spawnSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'secret', '-f', sshd.file('pem')]);
	appendFileSync(sshd.file('authorized_keys'), readFileSync(sshd.file('pem.pub')));
	sshd.alone('pem', 'pem-alone');
	const {ask, asked} = answers({passphrases: ['secret']});
	got(await reach({keys: ['pem-alone'], ask}));
	expect(asked).toEqual(['passphrase pem-alone']);
});

real(title('the agent lets in'), async () => {
	got(await reach({agent: await sshd.agent('stranger', 'plain')}));
});

real(title('IdentitiesOnly offers of the agent only what is configured'), async () => {
	const agent = await sshd.agent('stranger', 'plain');
	got(await reach({agent, keys: ['plain.pub'], options: ['IdentitiesOnly=yes']}));
	expect(await reach({agent, keys: ['stranger'], options: ['IdentitiesOnly=yes']})).toMatchObject({
		code: 'auth',
		message: expect.stringContaining('1 key of the agent'),
	});
});

real(title('an agent that is not there is named, and files still work'), async () => {
	got(await reach({agent: sshd.file('no-agent'), keys: ['plain']}));
	expect(await reach({agent: sshd.file('no-agent'), keys: ['stranger']})).toMatchObject({
		code: 'auth',
		message: expect.stringMatching(/the agent could not be asked \(Failed to connect to agent\)/),
	});
});

real(title('an agent without a key that can be used names the road that can use more'), async () => {
	expect(await reach({agent: await sshd.agent(), keys: ['stranger']})).toMatchObject({
		code: 'auth',
		message: expect.stringMatching(/the agent holds no key that devtop can use \(.*--transport openssh\)/),
	});
});

real(title('what a refused login says about its keys'), async () => {
	const [stranger, sk] = [sshd.file('stranger'), sshd.file('sk')];
	writeFileSync(sk, 'no matter');
	writeFileSync(`${sk}.pub`, 'sk-ssh-ed25519@openssh.com AAAA\n');
	copyFileSync(`${stranger}.pub`, `${stranger}-cert.pub`);
	const result = await reach({keys: ['stranger', 'sk']});
	expect(result).toMatchObject({
		code: 'auth',
		message: expect.stringMatching(/^[^\n]+did not let us in: offered were [^\n]+stranger; [^\n]+os\.sshKeys[^\n]+\.$/),
	});
	expect(result).toMatchObject({message: expect.stringContaining(`${sk} is a FIDO key`)});
	expect(result).toMatchObject({message: expect.stringContaining(`${stranger}-cert.pub is a certificate`)});
});

real(title('a changed host key is refused, with the place and the remedy'), async () => {
	const file = sshd.trust('changed', 'stranger');
	const result = await reach({keys: ['plain'], known: 'changed', options: ['StrictHostKeyChecking=no']});
	expect(result).toMatchObject({
		code: 'host-key-changed',
		message: expect.stringContaining(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f '${file}'`),
	});
	expect(result).toMatchObject({message: expect.stringContaining(`${file}:2`)});
});

real(title('a revoked host key is refused'), async () => {
	const [type, blob] = readFileSync(sshd.file('host.pub'), 'utf8').split(' ');
	writeFileSync(sshd.file('revoked'), `@revoked * ${type} ${blob}\n`);
	expect(await reach({keys: ['plain'], known: 'revoked'})).toMatchObject({code: 'host-key-revoked'});
});

real.each([
	['an authority alone', '@cert-authority * KEY', [], /@cert-authority in .+:1\)[^\n]+\(--transport openssh\)/],
	[
		'a key revocation list',
		'other KEY',
		['RevokedHostKeys=FILE.krl'],
		/key revocation list: [^\n]+\(--transport openssh\)/,
	],
] as const)(
	title('what only ssh can judge is refused, with the way out: %s'),
	async (name, line, options, sentence) => {
		const file = sshd.file(name.replaceAll(' ', '-'));
		const [type, blob] = readFileSync(sshd.file('stranger.pub'), 'utf8').split(' ');
		writeFileSync(file, `${line.replace('KEY', `${type} ${blob}`)}\n`);
		spawnSync('ssh-keygen', ['-q', '-k', '-f', `${file}.krl`, sshd.file('stranger.pub')]);
		const known = name.replaceAll(' ', '-');
		expect(
			await reach({keys: ['plain'], known, options: options.map(option => option.replace('FILE', file))}),
		).toMatchObject({code: expect.stringMatching(/^host-key-/), message: expect.stringMatching(sentence)});
	},
);

/** What ssh itself thinks of a known_hosts file. */
const sshAgrees = (known: string): boolean =>
	spawnSync('ssh', [
		...['-F', '/dev/null', '-i', sshd.file('plain'), '-p', String(sshd.port), '-o', 'BatchMode=yes'],
		...['-o', 'IdentityAgent=none', '-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${sshd.file(known)}`],
		...['-o', 'GlobalKnownHostsFile=/dev/null', `${sshd.user}@127.0.0.1`, 'true'],
	]).status === 0;

real.each([
	['accepted when asked', 'new-1', [], true],
	['accepted when asked, and hashed', 'new-2', ['HashKnownHosts=yes'], true],
	['accept-new', 'new-3', ['StrictHostKeyChecking=accept-new'], null],
	['no', 'new-4', ['StrictHostKeyChecking=no'], null],
] as const)(
	title('an unknown host is remembered so that ssh knows it: %s'),
	async (_title, known, options, hostKey) => {
		const {ask, asked} = answers(hostKey === null ? {} : {hostKey});
		const road = await roadTo({keys: ['plain'], known, options, ask});
		for (let count = 0; count < 2; count++) open.push(got(await road.connect(never())));
		expect(asked).toEqual(hostKey === null ? [] : ['hostKey ssh-ed25519']);
		expect(readFileSync(sshd.file(known), 'utf8').trim().split('\n')).toHaveLength(1);
		expect(sshAgrees(known)).toBe(true);
	},
);

real.each([
	['refused when asked', [], answers({hostKey: false}).ask, /was not accepted/],
	['nobody to ask', [], undefined, /connect to it once with ssh, or use -o StrictHostKeyChecking=accept-new/],
	['BatchMode', ['BatchMode=yes'], answers({hostKey: true}).ask, /nobody can be asked/],
	['StrictHostKeyChecking=yes', ['StrictHostKeyChecking=yes'], answers({hostKey: true}).ask, /is yes/],
] as const)(title('an unknown host is refused and not written: %s'), async (_title, options, ask, sentence) => {
	const result = await reach({keys: ['plain'], known: 'not-there', options, ...(ask === undefined ? {} : {ask})});
	expect(result).toMatchObject({code: 'host-key-unknown', message: expect.stringMatching(sentence)});
	expect(existsSync(sshd.file('not-there'))).toBe(false);
});

real(title('HostKeyAlias is what is looked up'), async () => {
	const [type, blob] = readFileSync(sshd.file('host.pub'), 'utf8').split(' ');
	writeFileSync(sshd.file('aliased'), `my-device ${type} ${blob}\n`);
	got(await reach({keys: ['plain'], known: 'aliased', options: ['HostKeyAlias=my-device']}));
	expect(await reach({keys: ['plain'], known: 'aliased'})).toMatchObject({code: 'host-key-unknown'});
});

real(title('a jump through itself: every hop is verified and logged in to by its own configuration'), async () => {
	const host = (name: string, ...lines: string[]): string =>
		[
			`Host ${name}`,
			...['HostName 127.0.0.1', `Port ${sshd.port}`, `User ${sshd.user}`, 'IdentityAgent none', ...lines],
			`UserKnownHostsFile ${sshd.file('known_hosts')}`,
			'',
		].join('\n\t');
	writeFileSync(
		sshd.file('config'),
		host('gw', `IdentityFile ${sshd.file('plain')}`) +
			host('gw-unknown', `IdentityFile ${sshd.file('plain')}`, 'HostKeyAlias nobody') +
			host('gw-stranger', `IdentityFile ${sshd.file('stranger')}`) +
			host('dev', 'ProxyJump gw', `IdentityFile ${sshd.file('locked')}`),
	);
	const {ask, asked} = answers({passphrases: ['secret']});
	const given = {config: sshd.file('config'), target: 'dev', ask};
	const transport = got(await reach(given));
	expect((await run(transport, command('once', 'echo', 'far'))).out).toBe('far\n__DEVTOP_token=0\n\n');
	expect(asked).toEqual(['passphrase locked']);
	expect(await reach({...given, jump: 'gw-unknown'})).toMatchObject({code: 'host-key-unknown'});
	expect(await reach({...given, jump: 'gw-stranger'})).toMatchObject({code: 'auth'});
	expect(await reach({...given, target: '127.0.0.1:1', jump: 'gw'})).toMatchObject({
		code: 'unreachable',
		message: expect.stringMatching(/^The jump host .+ could not reach 127\.0\.0\.1 port 1 /),
	});
});

real(title('a killed sshd process of the connection is a loss, and channels end'), async () => {
	const transport = got(await reach({keys: ['plain']}));
	const lost = new Promise(resolve => transport.onLost(resolve));
	const running = run(transport, command('follow', 'sleep', '1000'));
	const parent = (await run(transport, 'ps -o ppid= -p $$')).out.trim();
	spawnSync('kill', ['-9', parent]);
	expect(await lost).toMatch(/closed by the device|reset/);
	expect((await running).end.kind).toBe('lost');
});
