/** Devices behind a gateway, all of them servers in this process; the gateway's networks are a table. */
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {type Failure, isFailure, type Road} from '../../../src/domain/channel.ts';
import {uuidArgv, uuidIn} from '../../../src/sources/identity.ts';
import {connectAll} from '../../../src/transport/ssh/connect.ts';
import {type GatewayOptions, gatewayRoad, type Place} from '../../../src/transport/ssh/gateway.ts';
import {knownHostsLine} from '../../../src/transport/ssh/known-hosts.ts';
import type {Questions} from '../../../src/transport/ssh/questions.ts';
import {type LoopbackServer, loopbackHost, type ServerOptions, startServer} from '../../../src/transport/ssh/server.ts';
import type {HostConfig} from '../../../src/transport/ssh/ssh-config.ts';
import {networksIn} from '../../../src/transport/ssh/sweep.ts';
import {answers, got, never, run} from './support.ts';

const PUMP = '5021224926bb6f632b0bdb42346f3375';
const OTHER = '6610c4a0000000000000000000000000';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

async function serve(options: ServerOptions): Promise<LoopbackServer> {
	const server = await startServer(options);
	closing.push(() => server.close());
	return server;
}

/** A device that knows who it is, and `echo`. */
const device = (uuid: string, options: Partial<ServerOptions> = {}): Promise<LoopbackServer> =>
	serve({
		open: true,
		onExec: (command, running) => {
			running.out(command.includes('config.json') ? `uuid ${uuid}\n` : command.replace(/^echo /, ''));
			running.exit(0);
		},
		...options,
	});

/** What /proc says on a gateway with a field network of fourteen addresses, a container's network and a large one. */
const PROC = [
	'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
	'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
	'eth1\t0000000A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
	'docker0\t0065720A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
	'resin-vpn\t0100F00A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
	'lan0\t006433C6\t00000000\t0001\t0\t0\t0\tF0FFFFFF\t0\t0\t0',
	'IP address       HW type     Flags       HW address            Mask     Device',
	'198.51.100.9     0x1         0x2         02:1a:b0:12:01:0c     *        lan0',
	'198.51.100.3     0x1         0x0         00:00:00:00:00:00     *        lan0',
	'Main:',
	'        |-- 198.51.100.1',
	'           /32 host LOCAL',
	'        |-- 198.51.100.15',
	'           /32 link BROADCAST',
	'',
].join('\n');

type Behind = {
	/** Addresses behind the gateway. */
	readonly net: Record<string, LoopbackServer>;
	/** What its resolver knows of `5021224.local`. */
	readonly named?: string;
	readonly places?: readonly string[];
	readonly given?: boolean;
	readonly sweep?: boolean;
	readonly ask?: Questions;
	readonly host?: Partial<HostConfig>;
	readonly uuid?: string;
	readonly known?: string;
	/** It forwards nothing. */
	readonly closed?: boolean;
};

/** The road, or why there is none; and what is in known_hosts then. */
async function lay(behind: Behind) {
	const dir = mkdtempSync(join(tmpdir(), 'devtop-gateway-'));
	closing.push(async () => rmSync(dir, {recursive: true}));
	const known = join(dir, 'known_hosts');
	if (behind.known !== undefined) writeFileSync(known, behind.known);
	const asked: string[] = [];
	const server = await serve({
		...(behind.closed ? {} : {onForward: host => behind.net[host]?.port ?? null}),
		onExec: (command, running) => {
			asked.push(command);
			if (command.includes('5021224.local') && behind.named !== undefined) running.out(`${behind.named} STREAM x\n`);
			if (command.includes('/proc/net/route')) running.out(PROC);
			running.exit(0);
		},
	});
	const gateway = loopbackHost(server.port);
	const uuid = behind.uuid ?? PUMP;
	const notes: string[] = [];
	const options: GatewayOptions = {
		approach: context => connectAll([gateway], {hostKey: server.hostKey, privateKey: server.clientKey}, context),
		gateway,
		device: {
			...loopbackHost(22222),
			knownHostsFiles: [known],
			strictHostKeyChecking: 'accept-new',
			password: true,
			batchMode: false,
			...behind.host,
		},
		wanted: {uuid, whole: uuid.length > 7},
		who: {argv: uuidArgv, uuidIn},
		places: (behind.places ?? []).map((host): Place => ({host, port: null, what: 'its last address'})),
		given: behind.given ?? false,
		sweep: behind.sweep ?? false,
		keepaliveMs: 10_000,
		ask: behind.ask,
		note: text => notes.push(text),
		onBug: error => {
			throw error;
		},
	};
	const road = await gatewayRoad(options, never());
	const written = (): string => (existsSync(known) ? readFileSync(known, 'utf8') : '');
	return {road, written, known, notes, asked, server};
}

/** Why it leads nowhere, told at once or by its first connecting. */
const refusal = async (road: Road | Failure): Promise<unknown> =>
	isFailure(road) ? road : await road.connect(never());

async function echo(road: Road): Promise<string> {
	const transport = got(await road.connect(never()));
	closing.push(() => transport.close());
	return (await run(transport, 'echo far')).out;
}

test.each([PUMP, PUMP.slice(0, 7)])(
	'%s is found by its name, and its host key kept under the whole uuid',
	async uuid => {
		const pump = await device(PUMP);
		const {road, written} = await lay({net: {'198.51.100.7': pump}, named: '198.51.100.7', uuid});
		expect(got(road)).toMatchObject({target: 'root@198.51.100.7:22222', name: expect.stringMatching(/^via root@127/)});
		expect(await echo(got(road))).toBe('far');
		expect(written()).toBe(`${knownHostsLine(PUMP, pump.hostKey, null)}\n`);
	},
);

test('another device at the last address is passed by, nothing of it is kept, and nobody is asked about it', async () => {
	const [pump, other] = [await device(PUMP), await device(OTHER)];
	const {ask, asked} = answers({hostKey: true});
	const {road, written} = await lay({
		net: {'198.51.100.6': other, '198.51.100.7': pump},
		places: ['198.51.100.5', '198.51.100.6'],
		named: '198.51.100.7',
		host: {strictHostKeyChecking: 'ask'},
		ask,
	});
	expect(await echo(got(road))).toBe('far');
	expect(asked).toEqual(['hostKey ssh-ed25519']);
	expect(written()).toBe(`${knownHostsLine(PUMP, pump.hostKey, null)}\n`);
});

test('a wrong device at the address that was given is refused in one sentence', async () => {
	const {road, written, asked} = await lay({
		net: {'198.51.100.6': await device(OTHER)},
		places: ['198.51.100.6'],
		given: true,
		named: '198.51.100.7',
	});
	expect(await refusal(road)).toMatchObject({
		code: 'not-a-device',
		message:
			'This is the wrong device: 6610c4a answers at root@198.51.100.6:22222, not 5021224; nothing of it is shown.',
	});
	expect(written()).toBe('');
	expect(asked).toEqual([]);
});

test('a changed host key is refused, with the line that forgets it', async () => {
	const [pump, before] = [await device(PUMP), await device(PUMP)];
	const {road, known} = await lay({
		net: {'198.51.100.6': pump},
		places: ['198.51.100.6'],
		given: true,
		known: `${knownHostsLine(PUMP, before.hostKey, null)}\n`,
	});
	expect(await refusal(road)).toMatchObject({
		code: 'host-key-changed',
		message: expect.stringContaining(`ssh-keygen -R '${PUMP}' -f '${known}'`),
	});
});

test('whom the operator does not accept is not asked for again elsewhere, and not written', async () => {
	const pump = await device(PUMP);
	const {ask, asked} = answers({hostKey: false});
	const {road, written} = await lay({
		net: {'198.51.100.6': pump, '198.51.100.7': pump},
		places: ['198.51.100.6', '198.51.100.7'],
		host: {strictHostKeyChecking: 'ask'},
		ask,
	});
	expect(await refusal(road)).toMatchObject({code: 'host-key-unknown'});
	expect(asked).toEqual(['hostKey ssh-ed25519']);
	expect(written()).toBe('');
});

test('no password goes to a host whose key is not known yet', async () => {
	const {ask, asked} = answers({passwords: ['secret', 'secret', 'secret']});
	const {road} = await lay({
		net: {'198.51.100.6': await device(PUMP, {open: false, password: 'secret'})},
		places: ['198.51.100.6'],
		given: true,
		host: {keyboardInteractive: true},
		ask,
	});
	expect(await refusal(road)).toMatchObject({code: 'auth'});
	expect(asked).toEqual([]);
});

test('a sweep that is asked for finds it among others, and says where it looks', async () => {
	const [pump, other] = [await device(PUMP), await device(OTHER)];
	const {road, notes, asked} = await lay({net: {'198.51.100.9': other, '198.51.100.12': pump}, sweep: true});
	expect(await echo(got(road))).toBe('far');
	expect(notes).toEqual([
		'10.0.0.0/16 is too large to be swept.',
		expect.stringMatching(/^Sweeping 198\.51\.100\.0\/28 behind root@127\.0\.0\.1:\d+ for port 22222/),
	]);
	expect(asked).toHaveLength(2);
});

test.each([
	[
		false,
		/^5021224 was not found behind [^\n]+: 198\.51\.100\.9 \(its last address\) is 6610c4a, 5021224\.local has no address there; --sweep [^\n]+\.$/,
	],
	[
		true,
		/^5021224 was not found [^\n]+ is 6610c4a, 5021224\.local has no address there, swept were 198\.51\.100\.0\/28; is it [^\n]+\.$/,
	],
])('where it is nowhere, that is one sentence (sweep: %s)', async (sweep, sentence) => {
	const {road} = await lay({net: {'198.51.100.9': await device(OTHER)}, places: ['198.51.100.9'], sweep});
	expect(await refusal(road)).toMatchObject({code: 'unreachable', message: expect.stringMatching(sentence)});
});

test.each([[['198.51.100.7']], [[]]])('a gateway that forwards nothing is named (places: %j)', async places => {
	const {road} = await lay({net: {}, places, sweep: true, closed: true});
	expect(await refusal(road)).toMatchObject({code: 'refused', message: expect.stringContaining('AllowTcpForwarding')});
});

test('a device that got another address is found again when the link is back', async () => {
	const pump = await device(PUMP);
	const net: Record<string, LoopbackServer> = {'198.51.100.7': pump};
	const behind = {net, named: '198.51.100.7'};
	const {road, server} = await lay(behind);
	expect(await echo(got(road))).toBe('far');
	server.drop();
	delete net['198.51.100.7'];
	net['198.51.100.8'] = pump;
	behind.named = '198.51.100.8';
	expect(await echo(got(road))).toBe('far');
	net['198.51.100.8'] = await device(OTHER);
	server.drop();
	expect(await got(road).connect(never())).toMatchObject({kind: 'failure', code: 'unreachable'});
});

test('a device that is not there yet is found later, and each step is told', async () => {
	const net: Record<string, LoopbackServer> = {};
	const {road} = await lay({net, named: '198.51.100.7'});
	expect(got(road).target).toBe('root@5021224');
	expect(await got(road).connect(never())).toMatchObject({code: 'unreachable'});
	net['198.51.100.7'] = await device(PUMP);
	const steps: string[] = [];
	const transport = got(await got(road).connect(never(), ({id, end}) => void (end !== null && steps.push(id))));
	closing.push(() => transport.close());
	expect(steps).toEqual(expect.arrayContaining(['tcp', 'behind']));
	expect((await run(transport, 'echo far')).out).toBe('far');
});

test('what /proc says of networks', () => {
	const {swept, left, addresses} = networksIn(PROC);
	expect([swept, left]).toEqual([['198.51.100.0/28'], ['10.0.0.0/16']]);
	expect(addresses.slice(0, 3)).toEqual(['198.51.100.9', '198.51.100.2', '198.51.100.3']);
	expect(addresses).toHaveLength(13);
	expect(networksIn('nothing')).toEqual({swept: [], left: [], addresses: []});
});
