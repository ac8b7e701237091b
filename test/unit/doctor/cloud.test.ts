/** The roads by uuid, over doubles of the cloud with a real sh behind. */
import {expect, onTestFinished, test} from 'vitest';
import {failure, type Road} from '../../../src/domain/channel.ts';
import {eitherRoad} from '../../../src/transport/ssh/either.ts';
import {proxyRoad} from '../../../src/transport/ssh/proxy.ts';
import {loopbackHost} from '../../../src/transport/ssh/server.ts';
import {tunnelRoad} from '../../../src/transport/ssh/tunnel.ts';
import {CERTIFICATE} from '../../doubles/certificate.ts';
import {type ProxyOptions, startProxyDouble} from '../../doubles/proxy.ts';
import {startTunnelDouble, type TunnelOptions} from '../../doubles/tunnel.ts';
import {shellServer, walked} from './walked.ts';

const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';
/** How this machine's own journal and /proc are read is no matter here. */
const OWN = ['proc-io', 'no-journal-access'];
const found = (cases: readonly string[]): readonly string[] => cases.filter(name => !OWN.includes(name));

async function tunnelTo(options: Partial<TunnelOptions> = {}): Promise<Road> {
	const device = await shellServer();
	const tunnel = await startTunnelDouble({devices: {[UUID]: device.target}, ...options});
	onTestFinished(() => tunnel.close());
	return tunnelRoad({
		uuid: UUID,
		host: loopbackHost(1),
		users: ['root'],
		server: {host: 'localhost', port: tunnel.port},
		credentials: () => ({user: 'ann', token: 'a-token'}),
		ca: CERTIFICATE,
		pinned: {hostKey: device.hostKey, privateKey: device.clientKey},
	});
}

async function proxyTo({key, ...options}: Partial<ProxyOptions> & {readonly key?: string} = {}): Promise<Road> {
	const device = await shellServer();
	const proxy = await startProxyDouble({devices: {[UUID]: device.target}, cuts: () => false, ...options});
	onTestFinished(() => proxy.close());
	return proxyRoad({
		uuid: UUID,
		route: {hosts: [{...loopbackHost(proxy.port), user: 'ann'}], notes: []},
		pinned: {hostKey: proxy.hostKey, privateKey: key ?? proxy.clientKey},
		stdinMs: 500,
	});
}

test('the tunnel tells its own steps, and exit codes are true behind it', async () => {
	const {lines, cases} = await walked(await tunnelTo());
	expect(found(cases)).toEqual([]);
	expect(
		lines
			.map(({id}) => id)
			.slice(0, 9)
			.join(' '),
	).toBe('configuration road tls vpn banner host-key encryption login shell');
	expect(lines.find(({id}) => id === 'exit-codes')?.text).toBe('true');
});

test.each(['', 'Welcome to balenaOS\n'])(
	'the proxy, which says “%s” first, tells its own steps, and that its exit codes are not to be believed',
	async greeting => {
		let ends = 0;
		const {lines, cases} = await walked(await proxyTo({greeting, cuts: () => ends++ % 2 === 0}));
		expect(found(cases)).toEqual(['exit-codes-untrue']);
		expect(
			lines
				.map(({id}) => id)
				.slice(6, 9)
				.join(' '),
		).toBe('encryption login proxy');
	},
);

const troubles: readonly (readonly [title: string, road: () => Promise<Road>, step: string, cause: string])[] = [
	['a token that has expired', () => tunnelTo({token: 'another'}), 'vpn', 'token-expired'],
	['a uuid that the tunnel does not know', () => tunnelTo({devices: {}}), 'vpn', 'token-expired'],
	['a device off the VPN', () => tunnelTo({devices: {[UUID]: null}}), 'vpn', 'off-vpn'],
	['a fault of the cloud', () => tunnelTo({status: '500 Internal Server Error'}), 'vpn', 'cloud-fault'],
	['a device that does not listen', () => tunnelTo({status: '404 Not Found'}), 'vpn', 'refused'],
	['a uuid that the proxy does not know', () => proxyTo({devices: {}}), 'proxy', 'uuid-unknown'],
	[
		'no access, in the words of the CLI',
		() => proxyTo({devices: {[UUID]: 'Fleet or Device not found: x'}}),
		'proxy',
		'uuid-unknown',
	],
	[
		'a device off the VPN, by the proxy',
		() =>
			proxyTo({
				devices: {[UUID]: 'error: host error: Could not connect to device x: HTTP/1.0 503 Service Unavailable'},
			}),
		'proxy',
		'off-vpn',
	],
	['a bare host error', () => proxyTo({devices: {[UUID]: 'error: host error:'}}), 'proxy', 'host-error'],
	['the wrong device', () => proxyTo({devices: {[UUID]: 'This is the wrong balena device.'}}), 'proxy', 'wrong-device'],
	['stdin that the proxy does not forward', () => proxyTo({stdin: 'none'}), 'proxy', 'stdin-not-forwarded'],
	[
		'a key that is not in the account',
		async () => proxyTo({key: (await shellServer()).clientKey}),
		'login',
		'cloud-key-refused',
	],
];

test.each(troubles)('%s is named', async (_title, road, step, cause) => {
	const {lines, cases} = await walked(await road());
	expect(cases).toEqual([cause]);
	expect(lines.at(-1)).toMatchObject({id: step, grade: 'broken'});
});

test('where the one road is shut and the other leads there, the first is a limit', async () => {
	const road = eitherRoad([await tunnelTo({devices: {[UUID]: null}}), await proxyTo()]);
	const {lines, cases} = await walked(road);
	expect(found(cases)).toEqual(['off-vpn', 'exit-codes-untrue']);
	expect(lines.every(({grade}) => grade !== 'broken')).toBe(true);
});

test.each([
	['No device that your account may reach begins with fffffff', 'auth', 'uuid-unknown'],
	['The cloud does not take the token: it has expired', 'auth', 'token-expired'],
	['The proxy to 8f2c91d needs the user name of your account', 'usage', 'configuration'],
] as const)('no road at all: “%s”', async (message, code, cause) => {
	expect((await walked(failure(code, message))).cases).toEqual([cause]);
});
