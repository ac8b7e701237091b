/** The roads by uuid, over doubles of the cloud with the embedded device behind. */
import {expect, onTestFinished, test} from 'vitest';
import {isFailure, type Road} from '../../../src/domain/channel.ts';
import {startEmbedded} from '../../../src/embedded/start.ts';
import {remoteCommand, STOP} from '../../../src/transport/command.ts';
import {eitherRoad} from '../../../src/transport/ssh/either.ts';
import {type ProxyRoadOptions, proxyRoad} from '../../../src/transport/ssh/proxy.ts';
import {loopbackHost} from '../../../src/transport/ssh/server.ts';
import {type TunnelRoadOptions, tunnelRoad} from '../../../src/transport/ssh/tunnel.ts';
import {CERTIFICATE} from '../../doubles/certificate.ts';
import {type ProxyDouble, type ProxyOptions, startProxyDouble} from '../../doubles/proxy.ts';
import {embeddedTarget, shellTarget} from '../../doubles/target.ts';
import {startTunnelDouble, type TunnelDouble} from '../../doubles/tunnel.ts';
import {connected, drain, got, never, run, until} from './support.ts';

const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';

async function device() {
	const embedded = await startEmbedded({scene: 'quiet'});
	onTestFinished(() => embedded.close());
	return {embedded, target: embeddedTarget(embedded)};
}

async function cloud(options: Partial<ProxyOptions> = {}) {
	const {embedded, target} = await device();
	const proxy = await startProxyDouble({devices: {[UUID]: target}, ...options});
	const tunnel = await startTunnelDouble({devices: {[UUID]: target}});
	onTestFinished(() => Promise.all([proxy.close(), tunnel.close()]).then(() => {}));
	return {embedded, target, proxy, tunnel};
}

const byProxy = (proxy: ProxyDouble, more: Partial<ProxyRoadOptions> & {user?: string} = {}): Road =>
	proxyRoad({
		uuid: UUID,
		route: {hosts: [{...loopbackHost(proxy.port), user: more.user ?? 'ann'}], notes: []},
		pinned: {hostKey: proxy.hostKey, privateKey: proxy.clientKey},
		...more,
	});

const byTunnel = (
	tunnel: TunnelDouble,
	{server}: {readonly server: {readonly hostKey: Uint8Array; readonly clientKey: string}},
	more: Partial<TunnelRoadOptions> = {},
): Road =>
	tunnelRoad({
		uuid: UUID,
		host: loopbackHost(1),
		users: ['root'],
		server: {host: 'localhost', port: tunnel.port},
		credentials: () => ({user: 'ann', token: 'a-token'}),
		ca: CERTIFICATE,
		pinned: {hostKey: server.hostKey, privateKey: server.clientKey},
		...more,
	});

test.each([
	['whole', ''],
	['parsed', ''],
	['split', ''],
	['parsed', 'Welcome to balenaOS\n\n'],
] as const)(
	'a proxy whose shell leaves commands %s, and says “%s” first: words, ends and stops come through',
	async (shell, greeting) => {
		let ends = 0;
		const {embedded, proxy} = await cloud({shell, greeting, cuts: () => ends++ % 2 === 0});
		const transport = await connected(byProxy(proxy));
		expect(transport.way?.name).toBe('proxy');
		expect(transport.roundTripMs()).toBeGreaterThan(0);
		const told = await Promise.all(
			Array.from({length: 6}, () => run(transport, remoteCommand('once', ['uname', '-r'], 'tok', true))),
		);
		for (const {out} of told) expect(out).toMatch(/^__DEVTOP_tok=\d+\n\n$/);
		const follower = got(
			await transport.open(
				remoteCommand('follow', ['journalctl', '--follow', '--lines=all', '--output=export'], 'tok', true),
			),
		);
		const followed = drain(follower);
		await until(() => embedded.device.processes().length === 1, 'the follower');
		follower.write(STOP);
		expect((await followed).out).toMatch(/__DEVTOP_tok=143\n\n$/);
		expect(embedded.device.processes()).toEqual([]);
		await transport.close();
		await until(() => proxy.processes() === 0, 'the end of all on the device');
	},
);

test('what lingers keeps its last words by a real shell, and what does not loses them', async () => {
	const proxy = await startProxyDouble({devices: {[UUID]: shellTarget(0)}, copyMs: 50});
	onTestFinished(() => proxy.close());
	const transport = await connected(byProxy(proxy));
	proxy.set({cuts: () => true});
	const told = (lingers: boolean) => run(transport, remoteCommand('once', ['echo', 'here'], 'tok', lingers));
	expect((await told(true)).out).toBe('here\n__DEVTOP_tok=0\n\n');
	expect((await told(false)).out).not.toContain('__DEVTOP_tok');
	await transport.close();
});

test('a proxy that forwards no stdin is said to be one: nothing could be followed or ended', async () => {
	const {proxy} = await cloud({stdin: 'none'});
	const refused = await byProxy(proxy, {stdinMs: 300}).connect(never());
	if (!isFailure(refused)) throw new Error('it was let in');
	expect(refused.message).toMatch(/does not forward what is written to 8f2c91d.*take the tunnel/);
	await until(() => proxy.processes() === 0, 'the end of the probes');
});

test.each([
	[
		'error: host error: Could not connect to device x: HTTP/1.0 503 Service Unavailable',
		'unreachable',
		/not connected to the VPN.*--road direct/,
	],
	['error: host error:', 'unreachable', /could not reach 8f2c91d \(it says “error: host error:”\).*--road tunnel/],
	['This is the wrong balena device.', 'not-a-device', /Another device than 8f2c91d/],
	['Permission denied (publickey).', 'unreachable', /The proxy could not log in to 8f2c91d/],
	[
		'Fleet or Device not found: x',
		'unreachable',
		/knows no device 8f2c91d4b0a74c1f9e5d3a6b7c8091ea that your account may reach/,
	],
	['', 'unreachable', /The proxy gave no answer of 8f2c91d: try again/],
] as const)('the proxy says “%s”', async (said, code, sentence) => {
	const proxy = await startProxyDouble({devices: {[UUID]: said}});
	onTestFinished(() => proxy.close());
	const refused = await byProxy(proxy).connect(never());
	expect(refused).toMatchObject({kind: 'failure', code, message: expect.stringMatching(sentence)});
});

test('a key or a user that is not in the account is a case of its own; another case of the name is the same user', async () => {
	const {proxy} = await cloud();
	const refused = await byProxy(proxy, {user: 'ann@example.org'}).connect(never());
	expect(refused).toMatchObject({
		code: 'auth',
		message: expect.stringMatching(
			/public key in your balenaCloud account, and is ann@example.org its user name \(not an e-mail address\)/,
		),
	});
	await (await connected(byProxy(proxy, {user: 'Ann'}))).close();
});

test('the proxy lives and the device is gone: that is a lost link', async () => {
	const {proxy} = await cloud();
	const transport = await connected(byProxy(proxy));
	const lost: string[] = [];
	transport.onLost(why => lost.push(why));
	proxy.loseDevice();
	await until(() => lost.length === 1, 'the loss');
	expect(lost).toEqual(['the proxy lost the device']);
	expect(await transport.open('true')).toMatchObject({code: 'lost'});
});

test('the tunnel is ordinary SSH: exit codes by the trailer, a close that ends what runs, another user after root', async () => {
	const {embedded, tunnel} = await cloud();
	const transport = await connected(byTunnel(tunnel, embedded));
	expect(transport.way).toEqual({name: 'tunnel', caution: '', cutsEnds: false});
	expect((await run(transport, remoteCommand('once', ['uname', '-r'], 'tok'))).out).toMatch(/__DEVTOP_tok=\d+\n\n$/);
	expect(tunnel.lines).toEqual([`CONNECT ${UUID}.balena:22222 HTTP/1.0`]);
	got(
		await transport.open(remoteCommand('follow', ['journalctl', '--follow', '--lines=all', '--output=export'], 'tok')),
	);
	await until(() => embedded.device.processes().length === 1, 'the follower');
	await transport.close();
	await until(() => embedded.device.processes().length === 0, 'its end');
	const other = await byTunnel(tunnel, embedded, {
		users: ['root', 'ann'],
		pinned: {hostKey: embedded.server.hostKey, privateKey: ''},
	}).connect(never());
	expect(other).toMatchObject({code: 'auth'});
	expect(tunnel.lines).toHaveLength(3);
});

test.each([
	['407 Proxy Authorization Required', 'auth', /did not take the token for 8f2c91d \(407\).*balena login/],
	['503 Service Unavailable', 'unreachable', /8f2c91d is not connected to the VPN \(503\).*--road direct/],
	['500 Internal Server Error', 'unreachable', /no route to 8f2c91d \(500\).*--road proxy/],
	['403 Forbidden', 'usage', /no name of a device \(403\)/],
	['404 Not Found', 'refused', /port 22222 of 8f2c91d \(404\)/],
	['302 Found', 'unreachable', /status 302.*is tunnelUrl right/],
] as const)('the tunnel answers %s', async (status, code, sentence) => {
	const {embedded, tunnel} = await cloud();
	tunnel.set({status});
	const refused = await byTunnel(tunnel, embedded).connect(never());
	expect(refused).toMatchObject({code, message: expect.stringMatching(sentence)});
	expect(JSON.stringify(refused)).not.toContain('a-token');
});

test('no token is sent to a server whose certificate is not trusted', async () => {
	const {embedded, tunnel} = await cloud();
	const {ca: _, ...untrusting} = {ca: ''};
	const road = tunnelRoad({
		uuid: UUID,
		host: loopbackHost(1),
		users: ['root'],
		server: {host: 'localhost', port: tunnel.port},
		credentials: () => ({user: 'ann', token: 'a-token'}),
		pinned: {hostKey: embedded.server.hostKey, privateKey: embedded.server.clientKey},
		...untrusting,
	});
	expect(await road.connect(never())).toMatchObject({
		message: expect.stringMatching(/is not trusted.*no token was sent.*NODE_EXTRA_CA_CERTS/),
	});
	expect(tunnel.lines).toEqual([]);
});

test('either road: the other one where the first is shut, back when that one is, and the token’s end is no end', async () => {
	const {embedded, proxy, tunnel} = await cloud();
	const road = eitherRoad([byTunnel(tunnel, embedded), byProxy(proxy)]);
	const taken = async (): Promise<readonly [string, string]> => {
		const transport = await connected(road);
		await transport.close();
		return [transport.way?.name ?? '', transport.way?.caution ?? ''];
	};
	expect(await taken()).toEqual(['tunnel', '']);
	tunnel.set({status: '500 Internal Server Error'});
	expect(await taken()).toEqual([
		'proxy',
		expect.stringMatching(/^Not by the tunnel: .*\(500\).* By the cloud’s proxy: its exit codes/),
	]);
	tunnel.set({status: null});
	proxy.down(true);
	expect(await byProxy(proxy).connect(never())).toMatchObject({
		message: expect.stringMatching(/closed the connection before the login was done: the cloud’s proxy has a fault/),
	});
	expect(await taken()).toEqual(['tunnel', expect.stringMatching(/^Not by the proxy: /)]);
	tunnel.set({token: 'another'});
	const both = await road.connect(never());
	expect(both).toMatchObject({
		code: 'unreachable',
		message: expect.stringMatching(/By the tunnel: .*\(407\).* By the proxy: /),
	});
	proxy.down(false);
	const asked = tunnel.lines.length;
	expect((await taken())[0]).toBe('proxy');
	expect(tunnel.lines).toHaveLength(asked);
	proxy.set({user: 'bea'});
	expect(await road.connect(never())).toMatchObject({
		code: 'auth',
		message: expect.stringMatching(/By the proxy: .*By the tunnel: /),
	});
	proxy.set({user: 'ann'});
	tunnel.set({token: 'a-token'});
	expect((await taken())[0]).toBe('proxy');
});

test('a device that shows another key is refused, and the proxy is not asked in its place', async () => {
	const {embedded, proxy, tunnel} = await cloud();
	const forged = byTunnel(tunnel, embedded, {pinned: {hostKey: proxy.hostKey, privateKey: embedded.server.clientKey}});
	expect(await eitherRoad([forged, byProxy(proxy)]).connect(never())).toMatchObject({code: 'host-key-changed'});
	expect(proxy.lines).toEqual([]);
});
