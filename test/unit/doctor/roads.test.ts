import {spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {sshRoad} from '../../../src/commands/ssh-road.ts';
import type {Failure, Road} from '../../../src/domain/channel.ts';
import {opensshRoad} from '../../../src/transport/openssh/road.ts';
import type {Questions} from '../../../src/transport/ssh/questions.ts';
import {Sshd, sshdMissing} from '../transport/sshd.ts';
import {answers, got} from '../transport/support.ts';
import {walked} from './walked.ts';

const missing = sshdMissing();
const real = test.skipIf(missing !== null);
const sshd = new Sshd();
beforeAll(async () => {
	if (missing === null) await sshd.start();
});
afterAll(() => sshd.stop());

type Given = {
	readonly target?: string;
	readonly keys?: readonly string[];
	readonly agent?: string;
	readonly known?: string;
	readonly ask?: Questions;
	readonly options?: readonly string[];
	readonly jump?: string;
	/** The text of an ssh_config. */
	readonly config?: string;
};

/** As the command line would make it, with nothing of this machine's own configuration. */
const roadTo = ({
	config,
	target,
	keys = [],
	agent = 'none',
	known,
	ask,
	options = [],
	jump,
}: Given): Promise<Road | Failure> => {
	if (config !== undefined) writeFileSync(sshd.file('ssh_config'), config);
	return sshRoad(
		target ?? `${sshd.user}@127.0.0.1:${sshd.port}`,
		{
			configFile: config === undefined ? '/dev/null' : sshd.file('ssh_config'),
			identityFiles: keys.map(key => sshd.file(key)),
			user: null,
			port: null,
			jump: jump ?? null,
			options: [
				`UserKnownHostsFile=${sshd.file(known ?? 'known_hosts')}`,
				'GlobalKnownHostsFile=/dev/null',
				`IdentityAgent=${agent}`,
				...(keys.length === 0 ? ['IdentityFile=none'] : []),
				'ConnectTimeout=2',
				...options,
			],
		},
		ask,
	);
};

/** A port that does what it is told with each connection. */
async function listener(host: string, port: number, serve: (socket: Socket) => void): Promise<number> {
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => {});
		serve(socket);
	});
	await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
	onTestFinished(async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise(done => server.close(done));
	});
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Where a walk ends: the step that failed, and the cause. */
async function end(given: Given) {
	const {lines, cases} = await walked(await roadTo(given));
	const last = lines.at(-1);
	expect(cases).toEqual([last?.trouble?.case]);
	expect(last?.grade).toBe('broken');
	return {
		step: last?.id,
		cause: last?.trouble?.case,
		wrong: last?.trouble?.wrong ?? '',
		todo: last?.trouble?.todo ?? '',
	};
}

real('a wrong port: an SSH server answers on the other of the two usual ones', async () => {
	await listener('127.0.0.3', 22_222, socket => {
		const through = connect(sshd.port, '127.0.0.1');
		through.on('error', () => {});
		socket.pipe(through).pipe(socket);
	});
	const ended = await end({target: 'root@127.0.0.3:4022', keys: ['plain']});
	expect(ended).toMatchObject({step: 'tcp', cause: 'wrong-port', todo: 'Try -p 22222.'});
});

test('a port where nothing listens', async () => {
	expect(await end({target: 'root@127.0.0.4:1'})).toMatchObject({
		step: 'tcp',
		cause: 'refused',
		wrong: expect.stringMatching(/is up, but nothing listens on port 1\.$/),
	});
});

test('packets that are dropped: a listener whose backlog is full drops them as a firewall does', async () => {
	const child = spawn(process.execPath, [
		'-e',
		`const s = require('node:net').createServer(); s.listen({host: '127.0.0.5', port: 0, backlog: 1}, () => process.stdout.write(String(s.address().port)))`,
	]);
	onTestFinished(() => void child.kill('SIGKILL'));
	const port = await new Promise<number>(resolve => child.stdout.once('data', data => resolve(Number(data))));
	child.kill('SIGSTOP');
	const held: Socket[] = [];
	onTestFinished(() => {
		for (const socket of held) socket.destroy();
	});
	const taken = (): Promise<boolean> =>
		new Promise(resolve => {
			const socket = connect(port, '127.0.0.5', () => resolve(true)).on('error', () => {});
			held.push(socket);
			setTimeout(() => resolve(false), 400);
		});
	for (let tries = 0; tries < 10 && (await taken()); tries++);
	const ended = await end({target: `root@127.0.0.5:${port}`});
	expect(ended).toMatchObject({step: 'tcp', cause: 'filtered', wrong: expect.stringContaining('firewall')});
});

test('a name that has no address', async () => {
	expect(await end({target: 'root@device.invalid'})).toMatchObject({step: 'resolve', cause: 'no-dns'});
});

test('a port that is not an SSH server’s, and one that says nothing', async () => {
	const web = await listener('127.0.0.6', 0, socket =>
		socket.end('HTTP/1.1 400 Bad \u001b]0;owned\u0007Request\r\n\r\n'),
	);
	expect(await end({target: `root@127.0.0.6:${web}`})).toMatchObject({step: 'banner', cause: 'not-ssh'});
	const mute = await listener('127.0.0.6', 0, () => {});
	expect(await end({target: `root@127.0.0.6:${mute}`})).toMatchObject({step: 'banner', cause: 'silent'});
	const busy = await listener('127.0.0.6', 0, socket => socket.end());
	expect(await end({target: `root@127.0.0.6:${busy}`})).toMatchObject({step: 'banner', cause: 'closed-early'});
});

const revoked = (): string => {
	const [type, blob] = readFileSync(sshd.file('host.pub'), 'utf8').split(' ');
	writeFileSync(sshd.file('revoked'), `@revoked * ${type} ${blob}\n`);
	return 'revoked';
};

const logins: readonly (readonly [
	title: string,
	given: () => Promise<Given> | Given,
	step: string,
	cause: string,
	todo: RegExp,
])[] = [
	[
		'a user that is not there',
		() => ({target: `ghost@127.0.0.1:${sshd.port}`, keys: ['plain']}),
		'login',
		'wrong-user',
		/-l root/,
	],
	[
		'a key that is not known there',
		() => ({target: `root@127.0.0.1:${sshd.port}`, keys: ['stranger']}),
		'login',
		'key-refused',
		/os\.sshKeys/,
	],
	['no key at all', () => ({}), 'login', 'key-not-offered', /-i/],
	['an agent that holds nothing', async () => ({agent: await sshd.agent()}), 'login', 'agent-empty', /ssh-add/],
	['an agent that is gone', () => ({agent: sshd.file('nowhere')}), 'login', 'agent-gone', /SSH_AUTH_SOCK/],
	[
		'a passphrase that is wrong',
		() => ({keys: ['locked'], ask: answers({passphrases: ['a', 'b', 'c']}).ask}),
		'login',
		'passphrase-wrong',
		/ssh-keygen -y/,
	],
	['a passphrase that nobody gives', () => ({keys: ['locked']}), 'login', 'passphrase-missing', /ssh-add/],
	[
		'a host key that is another',
		() => ({keys: ['plain'], known: sshd.trust('changed', 'stranger').split('/').at(-1) ?? ''}),
		'host-key',
		'host-key-changed',
		/^Where it was flashed anew, forget the old key: ssh-keygen -R '\[127/,
	],
	[
		'a host key that is revoked',
		() => ({keys: ['plain'], known: revoked()}),
		'host-key',
		'host-key-revoked',
		/who revoked it/,
	],
	[
		'a host that nobody accepted',
		() => ({keys: ['plain'], known: 'none', options: ['StrictHostKeyChecking=yes']}),
		'host-key',
		'host-key-unknown',
		/accept-new/,
	],
	[
		'a jump host that reaches nothing',
		() => ({
			target: 'root@127.0.0.4:1',
			jump: 'hop',
			config: `Host hop\nHostName 127.0.0.1\nPort ${sshd.port}\nUser ${sshd.user}\nIdentityFile ${sshd.file('plain')}\nUserKnownHostsFile ${sshd.file('known_hosts')}\nIdentityAgent none\n`,
		}),
		'forward',
		'jump-refused',
		/AllowTcpForwarding/,
	],
];

real.each(logins)('%s is named', async (_title, given, step, cause, todo) => {
	const ended = await end(await given());
	expect(ended).toMatchObject({step, cause, todo: expect.stringMatching(todo)});
});

real('a road that leads there tells how the login went, and whether it is compressed', async () => {
	const {lines} = await walked(got(await roadTo({keys: ['plain'], options: ['Compression=yes']})));
	expect(lines.find(({id}) => id === 'login')?.text).toBe(`${sshd.user} is let in by ${sshd.file('plain')}`);
	expect(lines.find(({id}) => id === 'encryption')?.text).toMatch(/, compressed$/);
	expect(lines.find(({id}) => id === 'exit-codes')?.text).toBe('true');
});

real.each([
	['nothing listens', '1', 'refused'],
	['a user that is not there', null, 'wrong-user'],
] as const)('by the operator’s own ssh: %s', async (_title, port, cause) => {
	const road = await opensshRoad({
		target: `ghost@127.0.0.4:${port ?? sshd.port}`,
		options: {
			configFile: '/dev/null',
			identityFiles: [sshd.file('plain')],
			user: null,
			port: null,
			jump: null,
			options: [
				`UserKnownHostsFile=${sshd.file('known_hosts')}`,
				...(port === null ? [`HostKeyAlias=[127.0.0.1]:${sshd.port}`, 'HostName=127.0.0.1'] : []),
			],
		},
		mayAsk: () => false,
	});
	const {lines, cases} = await walked(road);
	expect(cases).toEqual([cause]);
	expect(lines.at(-1)).toMatchObject({id: 'openssh', grade: 'broken'});
});
