import {expect, test} from 'vitest';
import {failure, isFailure} from '../../../src/domain/channel.ts';
import {type AskSsh, resolveRoute} from '../../../src/transport/ssh/resolve.ts';
import {
	type HostConfig,
	parseSshG,
	type SshOptions,
	type Surroundings,
	splitTarget,
	sshGWords,
	targetOf,
} from '../../../src/transport/ssh/ssh-config.ts';

const around: Surroundings = {
	home: '/home/u',
	user: 'u',
	agent: '/run/agent',
	variable: name => (name === 'OTHER' ? '/run/other' : undefined),
};
const none: SshOptions = {configFile: null, identityFiles: [], user: null, port: null, jump: null, options: []};

test.each([
	['10.0.0.7', '10.0.0.7', null],
	['root@10.0.0.7:22222', 'root@10.0.0.7', 22222],
	['device.local:22', 'device.local', 22],
	['root@[::1]:22222', 'root@::1', 22222],
	['[fe80::1]', 'fe80::1', null],
	['fe80::1', 'fe80::1', null],
	['a@b@host', 'a@b@host', null],
	['ssh://root@10.0.0.7:22222', 'root@10.0.0.7', 22222],
])('%s is %s, port %s', (target, host, port) => expect(splitTarget(target)).toEqual({host, port}));

test.each(['', '-oProxyCommand=x', 'root@-x', '@host', 'a b', 'host:0', 'host:65536', '[x', 'ssh://-x'])(
	'"%s" is no target',
	target => expect(splitTarget(target)).toMatchObject({kind: 'failure', code: 'usage'}),
);

test('all options reach ssh -G, and the target stands behind --', () => {
	const options: SshOptions = {
		configFile: 'c',
		identityFiles: ['a', 'b'],
		user: 'root',
		port: 1,
		jump: 'gw',
		options: ['X=y'],
	};
	expect(sshGWords('h', 22222, options).join(' ')).toBe('-G -F c -i a -i b -l root -p 22222 -J gw -o X=y -- h');
});

const fields: [string, Partial<HostConfig>][] = [
	['', {host: 'dev', port: 22, user: 'u', identityAgent: '/run/agent', strictHostKeyChecking: 'ask', proxyJump: null}],
	['hostname 10.0.0.7\nport 22222\nuser root', {host: '10.0.0.7', port: 22222, user: 'root', alias: 'dev'}],
	['identityfile ~/.ssh/a b\nidentityfile %d/%h-%r-%p', {identityFiles: ['/home/u/.ssh/a b', '/home/u/dev-u-22']}],
	['identityfile none', {identityFiles: []}],
	['identitiesonly yes', {identitiesOnly: true}],
	['identityagent none', {identityAgent: null}],
	['identityagent $OTHER', {identityAgent: '/run/other'}],
	['identityagent SSH_AUTH_SOCK', {identityAgent: '/run/agent'}],
	['identityagent ~/agent', {identityAgent: '/home/u/agent'}],
	['userknownhostsfile ~/.ssh/known_hosts /k', {knownHostsFiles: ['/home/u/.ssh/known_hosts', '/k']}],
	['userknownhostsfile none', {knownHostsFiles: []}],
	['globalknownhostsfile /g', {globalKnownHostsFiles: ['/g']}],
	['stricthostkeychecking true', {strictHostKeyChecking: 'yes'}],
	['stricthostkeychecking false', {strictHostKeyChecking: 'no'}],
	['stricthostkeychecking off', {strictHostKeyChecking: 'no'}],
	['stricthostkeychecking accept-new', {strictHostKeyChecking: 'accept-new'}],
	['hostkeyalias other', {hostKeyAlias: 'other'}],
	['hashknownhosts yes', {hashKnownHosts: true}],
	['proxyjump a,b:22222', {proxyJump: 'a,b:22222'}],
	['proxyjump none', {proxyJump: null}],
	['proxycommand nc %h %p', {proxyCommand: 'nc %h %p'}],
	['connecttimeout none', {connectTimeoutSeconds: null}],
	['connecttimeout 5', {connectTimeoutSeconds: 5}],
	['serveraliveinterval 7\nserveralivecountmax 2', {serverAliveIntervalSeconds: 7, serverAliveCountMax: 2}],
	['compression yes', {compression: true}],
	['addressfamily inet6', {addressFamily: 6}],
	['batchmode yes', {batchMode: true}],
	['passwordauthentication no\npubkeyauthentication false', {password: false, publicKey: false}],
];
test.each(fields)('ssh -G says "%s"', (text, expected) => {
	expect(parseSshG(text, 'dev', around)).toMatchObject(expected);
});

test.each([
	[{user: 'root', host: '10.0.0.7', port: 22222}, 'root@10.0.0.7:22222'],
	[{user: 'root', host: '::1', port: 22}, 'root@[::1]:22'],
])('%o is shown as %s', (host, text) => expect(targetOf(host)).toBe(text));

/** An ssh whose configuration is a table of hosts. */
const sshWith =
	(hosts: Record<string, string>): AskSsh =>
	async words =>
		`${hosts[words.at(-1) ?? ''] ?? ''}${words.includes('-J') ? `\nproxyjump ${words[words.indexOf('-J') + 1]}` : ''}`;

test.each([
	['dev', {}, none, ['dev']],
	['dev', {dev: 'proxyjump gw'}, none, ['gw', 'dev']],
	['dev', {dev: 'proxyjump a,b'}, none, ['a', 'b', 'dev']],
	['dev', {dev: 'proxyjump a', a: 'proxyjump b'}, none, ['b', 'a', 'dev']],
	['dev', {dev: 'proxyjump a'}, {...none, jump: 'x'}, ['x', 'dev']],
])('the way to %s with %o', async (target, hosts, options, expected) => {
	const route = await resolveRoute(target, options, sshWith(hosts), around);
	expect(isFailure(route) ? route : route.hosts.map(({alias}) => alias)).toEqual(expected);
});

test.each([
	['a loop of jumps', sshWith({dev: 'proxyjump dev'}), /more than 8 jumps/],
	['a ProxyCommand', sshWith({dev: 'proxycommand nc %h %p'}), /"ProxyCommand nc %h %p", which devtop does not run/],
	['a refusal of ssh', (async () => failure('usage', 'ssh says no.')) as AskSsh, /^ssh says no\.$/],
] as const)('%s is one sentence', async (_title, ask, expected) => {
	expect(await resolveRoute('dev', none, ask, around)).toMatchObject({
		code: 'usage',
		message: expect.stringMatching(expected),
	});
});

const noSsh: AskSsh = async () => null;
test('without ssh there are defaults, and a note', async () => {
	const route = await resolveRoute(
		'root@10.0.0.7:22222',
		{...none, options: ['StrictHostKeyChecking=accept-new']},
		noSsh,
		around,
	);
	if (isFailure(route)) throw new Error(route.message);
	expect(route.notes).toEqual(['Your ssh_config was not read: no ssh was found in PATH.']);
	expect(route.hosts[0]).toMatchObject({
		host: '10.0.0.7',
		port: 22222,
		user: 'root',
		identityFiles: ['/home/u/.ssh/id_rsa', '/home/u/.ssh/id_ecdsa', '/home/u/.ssh/id_ed25519'],
		knownHostsFiles: ['/home/u/.ssh/known_hosts'],
		strictHostKeyChecking: 'accept-new',
		identityAgent: '/run/agent',
	});
});

test.each([
	[{...none, configFile: '/c'}, /\/c can't be read without OpenSSH's ssh/],
	[{...none, options: ['nonsense']}, /-o takes Key=value/],
])('without ssh, %o is refused', async (options, expected) => {
	expect(await resolveRoute('dev', options, noSsh, around)).toMatchObject({message: expect.stringMatching(expected)});
});
