/** Every road that goes to this machine, held to the one contract. */
import {spawn} from 'node:child_process';
import type {Road} from '../../../src/domain/channel.ts';
import {localRoad} from '../../../src/transport/local/road.ts';
import {opensshRoad} from '../../../src/transport/openssh/road.ts';
import {connectAll, directRoad} from '../../../src/transport/ssh/connect.ts';
import {gatewayRoad} from '../../../src/transport/ssh/gateway.ts';
import {proxyRoad} from '../../../src/transport/ssh/proxy.ts';
import {resolveRoute} from '../../../src/transport/ssh/resolve.ts';
import {type Execution, loopbackHost, loopbackRoad, startServer} from '../../../src/transport/ssh/server.ts';
import type {SshOptions} from '../../../src/transport/ssh/ssh-config.ts';
import {tunnelRoad} from '../../../src/transport/ssh/tunnel.ts';
import {CERTIFICATE} from '../../doubles/certificate.ts';
import {startProxyDouble} from '../../doubles/proxy.ts';
import {shellTarget} from '../../doubles/target.ts';
import {startTunnelDouble} from '../../doubles/tunnel.ts';
import {deadPort, relay, roadContract} from '../../support/road-contract.ts';
import {Sshd, sshdMissing} from './sshd.ts';
import {got} from './support.ts';

const missing = sshdMissing();

const onBug = (error: unknown): never => {
	throw error;
};

/** What an operator would give to reach the test's sshd, with nothing of this machine's own configuration. */
const optionsFor = (sshd: Sshd, port: number): SshOptions => ({
	configFile: '/dev/null',
	identityFiles: [sshd.file('plain')],
	user: sshd.user,
	port,
	jump: null,
	options: [
		`UserKnownHostsFile=${sshd.trust(`known-${port}`, 'host', `[127.0.0.1]:${port}`)}`,
		'GlobalKnownHostsFile=/dev/null',
		'IdentityAgent=none',
	],
});

const accepting = (sshd: Sshd, known: string): string[] => [
	`UserKnownHostsFile=${sshd.file(known)}`,
	'GlobalKnownHostsFile=/dev/null',
	'StrictHostKeyChecking=accept-new',
	'IdentityAgent=none',
];

/** Lays a road to an sshd behind a link that can be cut. */
async function overSshd(road: (options: SshOptions) => Promise<Road>) {
	const sshd = new Sshd();
	await sshd.start();
	const link = await relay(sshd.port);
	return {
		road: await road(optionsFor(sshd, link.port)),
		nowhere: await road(optionsFor(sshd, await deadPort())),
		cut: link.cut,
		cleanup: async () => {
			await link.close();
			sshd.stop();
		},
	};
}

roadContract(
	'direct, to sshd',
	() =>
		overSshd(async options =>
			directRoad({
				route: got(await resolveRoute('127.0.0.1', options)),
				onBug,
			}),
		),
	{missing},
);

const UUID = '5021224926bb6f632b0bdb42346f3375';

/** An sshd that is its own neighbour, found by its uuid: all of it goes through two handshakes and one direct-tcpip. */
roadContract(
	'through a gateway, to sshd',
	async () => {
		const sshd = new Sshd();
		await sshd.start();
		const through = async (port: number): Promise<Road> => {
			const {hosts} = got(await resolveRoute('127.0.0.1', optionsFor(sshd, port)));
			const device = got(
				await resolveRoute('127.0.0.1', {...optionsFor(sshd, sshd.port), options: accepting(sshd, 'known-behind')}),
			);
			return got(
				await gatewayRoad(
					{
						approach: context => connectAll(hosts, null, context),
						gateway: hosts[0],
						device: device.hosts[0],
						wanted: {uuid: UUID, whole: true},
						who: {argv: ['echo', `uuid ${UUID}`], uuidIn: text => /uuid (\S+)/.exec(text)?.[1] ?? null},
						places: [{host: '127.0.0.1', port: null, what: 'given'}],
						given: true,
						sweep: false,
						keepaliveMs: 10_000,
						onBug: error => {
							throw error;
						},
					},
					new AbortController().signal,
				),
			);
		};
		const link = await relay(sshd.port);
		const gone = await relay(sshd.port);
		const nowhere = await through(gone.port);
		await got(await nowhere.connect(new AbortController().signal)).close();
		await gone.close();
		return {
			road: await through(link.port),
			nowhere,
			cut: link.cut,
			cleanup: async () => {
				await link.close();
				sshd.stop();
			},
		};
	},
	{missing},
);

/** A real shell behind the server's half of SSH in this program. */
function shell(command: string, running: Execution): void {
	const child = spawn('sh', ['-c', command]);
	child.stdin.on('error', () => {});
	running.bytes(bytes => void (bytes === null ? child.stdin.end() : child.stdin.write(bytes)));
	child.stdout.on('data', bytes => void (running.out(bytes) || child.stdout.pause()));
	child.stderr.on('data', bytes => void running.err(bytes));
	running.onDrain(() => void child.stdout.resume());
	running.onClosed(() => {
		child.stdin.end();
		child.stdout.destroy();
	});
	child.on('close', code => running.exit(code ?? 255));
}

roadContract('direct, to the server in the program', async () => {
	const server = await startServer({onExec: shell});
	const away = await startServer({onExec: shell});
	await away.close();
	return {
		road: loopbackRoad(server),
		nowhere: loopbackRoad(away),
		cut: server.drop,
		cleanup: () => server.close(),
	};
});

roadContract(
	'proxy',
	async () => {
		const proxy = await startProxyDouble({devices: {[UUID]: shellTarget(0)}});
		const dead = await deadPort();
		const road = (port: number): Road =>
			proxyRoad({
				uuid: UUID,
				route: {hosts: [{...loopbackHost(port), user: 'ann'}], notes: []},
				pinned: {hostKey: proxy.hostKey, privateKey: proxy.clientKey},
			});
		return {road: road(proxy.port), nowhere: road(dead), cut: proxy.drop, cleanup: () => proxy.close()};
	},
	{goesOn: true},
);

roadContract('tunnel', async () => {
	const server = await startServer({onExec: shell});
	const tunnel = await startTunnelDouble({devices: {[UUID]: shellTarget(server.port)}});
	const dead = await deadPort();
	const road = (port: number): Road =>
		tunnelRoad({
			uuid: UUID,
			host: loopbackHost(1),
			users: ['root'],
			server: {host: 'localhost', port},
			credentials: () => ({user: 'ann', token: 'a-token'}),
			ca: CERTIFICATE,
			pinned: {hostKey: server.hostKey, privateKey: server.clientKey},
		});
	return {
		road: road(tunnel.port),
		nowhere: road(dead),
		cut: tunnel.drop,
		cleanup: async () => {
			await tunnel.close();
			await server.close();
		},
	};
});

roadContract(
	'local',
	async () => ({road: localRoad({onBug}), nowhere: localRoad({shell: 'no-such-shell'}), cleanup: async () => {}}),
	{linkless: true},
);

roadContract(
	'openssh, to sshd',
	() => overSshd(async options => got(await opensshRoad({target: '127.0.0.1', options, mayAsk: () => false, onBug}))),
	{missing},
);
