import {createServer, type Socket} from 'node:net';
import {afterEach, expect, test} from 'vitest';
import {isFailure, type Road} from '../../../src/domain/channel.ts';
import {directRoad} from '../../../src/transport/ssh/connect.ts';
import {parseKey} from '../../../src/transport/ssh/identities.ts';
import type {Questions} from '../../../src/transport/ssh/questions.ts';
import {
	type Execution,
	freshKey,
	type LoopbackServer,
	loopbackHost,
	loopbackRoad,
	type ServerOptions,
	startServer,
} from '../../../src/transport/ssh/server.ts';
import {answers, connected, drain, got, never, run, until} from './support.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

const bugs: unknown[] = [];
const onBug = (error: unknown): void => {
	bugs.push(error);
};

/** `echo WORDS`, `cat`, `throw`; anything else hangs. */
function answer(command: string, running: Execution): void {
	const [name, ...words] = command.split(' ');
	if (name === 'echo') {
		running.out(words.join(' '));
		running.err('warning');
		running.exit(0);
	} else if (name === 'cat')
		running.stdin(text => {
			if (text === null) running.exit(0);
			else running.out(text);
		});
	else if (name === 'throw') throw new Error('on purpose');
}

async function serve(options: Partial<ServerOptions> = {}): Promise<LoopbackServer> {
	const server = await startServer({onExec: answer, onBug, ...options});
	open.push(() => server.close());
	return server;
}

async function transportTo(road: Road) {
	const transport = await connected(road);
	open.push(() => transport.close());
	return transport;
}

const withQuestions = (server: LoopbackServer, ask: Questions | undefined, user = 'root'): Road =>
	directRoad({
		route: {
			hosts: [{...loopbackHost(server.port), user, batchMode: false, keyboardInteractive: true, password: true}],
			notes: [],
		},
		ask,
		onBug,
		pinned: {hostKey: server.hostKey, privateKey: ''},
	});

test('a command gives stdout, stderr and one end', async () => {
	const transport = await transportTo(loopbackRoad(await serve()));
	expect(await run(transport, 'echo hello')).toEqual({out: 'hello', err: 'warning', end: {kind: 'closed'}});
	expect(transport.traffic().received).toBeGreaterThan(500);
	expect(transport.traffic().sent).toBeGreaterThan(500);
	await until(() => transport.roundTripMs() !== null, 'a round trip');
	expect(transport.roundTripMs()).toBeLessThan(5000);
});

test('bytes wait until somebody reads', async () => {
	const transport = await transportTo(loopbackRoad(await serve()));
	const channel = got(await transport.open('echo early'));
	await run(transport, 'echo later');
	expect((await drain(channel)).out).toBe('early');
});

test('stdin goes both ways, and a closed channel takes more', async () => {
	const closed: string[] = [];
	const transport = await transportTo(
		loopbackRoad(
			await serve({
				onExec: (command, running) => {
					running.onClosed(() => closed.push(command));
					answer(command, running);
				},
			}),
		),
	);
	const channel = got(await transport.open('cat'));
	let out = '';
	const ends: unknown[] = [];
	channel.read({
		out: bytes => {
			out += Buffer.from(bytes).toString();
		},
		err: () => {},
		end: end => ends.push(end),
	});
	channel.write('tick 1\n');
	await until(() => out === 'tick 1\n', 'the echo');
	channel.close();
	channel.close();
	channel.write('tick 2\n');
	expect(ends).toEqual([{kind: 'closed'}]);
	await until(() => closed.length === 1, 'the close at the other end');
	expect((await run(transport, 'echo still')).out).toBe('still');
});

test('a reader that throws is reported and ends nothing', async () => {
	bugs.length = 0;
	const transport = await transportTo(loopbackRoad(await serve(), {onBug}));
	const channel = got(await transport.open('echo boom'));
	await new Promise<void>(resolve =>
		channel.read({
			out: () => {
				throw new Error('bug in out');
			},
			err: () => {
				throw new Error('bug in err');
			},
			end: () => {
				resolve();
				throw new Error('bug in end');
			},
		}),
	);
	expect(bugs.map(String)).toEqual(
		expect.arrayContaining(['Error: bug in out', 'Error: bug in err', 'Error: bug in end']),
	);
	expect((await run(transport, 'echo alive')).out).toBe('alive');
	expect((await run(transport, 'throw')).end).toEqual({kind: 'closed'});
	expect(String(bugs.at(-1))).toBe('Error: on purpose');
});

test('a pause holds the device back, leaves other channels alone, and loses nothing', async () => {
	const total = 12_000_000;
	let written = 0;
	const server = await serve({
		onExec: (command, running) => {
			if (command !== 'flood') {
				answer(command, running);
				return;
			}
			const more = (): void => {
				while (written < total) {
					const bytes = Buffer.alloc(10_000);
					bytes.writeUInt32BE(written);
					written += bytes.length;
					if (!running.out(bytes)) return;
				}
				running.exit(0);
			};
			running.onDrain(more);
			more();
		},
	});
	const transport = await transportTo(loopbackRoad(server));
	const channel = got(await transport.open('flood'));
	const parts: Uint8Array[] = [];
	let ended = false;
	channel.read({
		out: bytes => {
			parts.push(bytes);
			if (parts.length === 3) channel.pause();
		},
		err: () => {},
		end: () => {
			ended = true;
		},
	});
	await until(() => parts.length === 3, 'the first bytes');
	for (let count = 0; count < 20; count++) expect((await run(transport, 'echo other')).out).toBe('other');
	expect(parts).toHaveLength(3);
	expect(written).toBeLessThan(total);
	expect(ended).toBe(false);
	channel.resume();
	await until(() => ended, 'the end');
	const all = Buffer.concat(parts);
	expect(all.length).toBe(total);
	for (let at = 0; at < total; at += 10_000) if (all.readUInt32BE(at) !== at) throw new Error(`lost before ${at}`);
});

test('the eleventh channel is refused, and one that ends makes room', async () => {
	const transport = await transportTo(loopbackRoad(await serve()));
	const channels = [];
	for (let count = 0; count < 10; count++) channels.push(got(await transport.open('hang')));
	expect(await transport.open('hang')).toMatchObject({
		code: 'channel',
		message: expect.stringContaining('MaxSessions'),
	});
	channels[0]?.close();
	let opened = await transport.open('echo room');
	for (let tries = 0; isFailure(opened) && tries < 50; tries++) opened = await transport.open('echo room');
	expect((await drain(got(opened))).out).toBe('room');
});

test('bytes go to stdin as fast as they are taken, and are all of them', async () => {
	let take: () => void = () => {};
	const taken: Uint8Array[] = [];
	const server = await serve({
		onExec: (command, running) => {
			if (command === 'sink')
				take = () => {
					running.bytes(bytes => {
						if (bytes !== null) taken.push(bytes);
						if (taken.reduce((sum, {length}) => sum + length, 0) === 6_000_000) running.exit(0);
					});
				};
			else answer(command, running);
		},
	});
	const transport = await transportTo(loopbackRoad(server));
	const channel = got(await transport.open('sink'));
	const ended = drain(channel);
	const pieces = Array.from({length: 60}, (_, index) => new Uint8Array(100_000).fill(index + 200));
	let sent = 0;
	const sending = (async () => {
		for (const piece of pieces) if (await channel.send(piece)) sent++;
	})();
	for (let count = 0; count < 20; count++) expect((await run(transport, 'echo other')).out).toBe('other');
	// The window is 2 MiB, and nobody reads.
	expect(sent).toBeGreaterThan(0);
	expect(sent).toBeLessThan(40);
	take();
	await sending;
	expect((await ended).end).toEqual({kind: 'closed'});
	expect(Buffer.concat(taken).equals(Buffer.concat(pieces))).toBe(true);
	expect(sent).toBe(60);
	expect(await channel.send(new Uint8Array(1))).toBe(false);
});

test('a send that waits when the link is lost takes no more', async () => {
	const server = await serve();
	const transport = await transportTo(loopbackRoad(server));
	const channel = got(await transport.open('hang'));
	const sending = channel.send(new Uint8Array(5_000_000));
	await run(transport, 'echo x');
	server.drop();
	expect(await sending).toBe(false);
	expect(await channel.send(new Uint8Array(1))).toBe(false);
});

test('a lost connection ends channels and tells once', async () => {
	const server = await serve();
	const transport = await transportTo(loopbackRoad(server));
	const losses: string[] = [];
	transport.onLost(why => losses.push(why));
	const running = run(transport, 'hang');
	await run(transport, 'echo x');
	server.drop();
	expect((await running).end.kind).toBe('lost');
	expect(losses).toHaveLength(1);
	expect(losses[0]).toMatch(/closed by the device|reset/);
	expect(await transport.open('echo x')).toMatchObject({code: 'lost'});
	transport.onLost(why => losses.push(why));
	expect(losses).toHaveLength(2);
	await transport.close();
});

test('what came before a loss is delivered after a pause', async () => {
	const server = await serve({onExec: (_command, running) => running.out('last words')});
	const transport = await transportTo(loopbackRoad(server));
	const channel = got(await transport.open('x'));
	await until(() => transport.roundTripMs() !== null, 'a round trip');
	const events: string[] = [];
	channel.pause();
	channel.read({
		out: bytes => events.push(Buffer.from(bytes).toString()),
		err: () => {},
		end: ({kind}) => events.push(kind),
	});
	const lost = new Promise(resolve => transport.onLost(resolve));
	await new Promise(resolve => setTimeout(resolve, 50));
	server.drop();
	await lost;
	expect(events).toEqual([]);
	channel.resume();
	expect(events).toEqual(['last words', 'lost']);
});

test('a frozen device is noticed by the keepalive', async () => {
	const server = await serve();
	const transport = await transportTo(loopbackRoad(server, {keepaliveMs: 50}));
	const lost = new Promise(resolve => transport.onLost(resolve));
	const channel = drain(got(await transport.open('hang')));
	server.freeze();
	expect(await lost).toBe('keepalive timed out');
	expect((await channel).end).toEqual({kind: 'lost', why: 'keepalive timed out'});
});

test('closing is no loss, and a frozen device does not delay it for long', async () => {
	const server = await serve();
	const transport = await connected(loopbackRoad(server));
	const losses: string[] = [];
	transport.onLost(why => losses.push(why));
	server.freeze();
	const since = performance.now();
	await transport.close();
	await transport.close();
	expect(performance.now() - since).toBeLessThan(4000);
	expect(losses).toEqual([]);
});

test('another host key than the pinned one is refused', async () => {
	const [one, other] = [await serve(), await serve()];
	const result = await loopbackRoad({...one, hostKey: other.hostKey}).connect(never());
	expect(result).toMatchObject({code: 'host-key-changed', message: expect.stringContaining('not the pinned one')});
});

test('another key than the right one is refused', async () => {
	const [one, other] = [await serve(), await serve()];
	const result = await loopbackRoad({...one, clientKey: other.clientKey}).connect(never());
	expect(result).toMatchObject({code: 'auth', message: expect.stringContaining('offered were the pinned key')});
});

test('development mode lets in without a key', async () => {
	const server = await serve({open: true});
	const {ask, asked} = answers({});
	const transport = await transportTo(withQuestions(server, ask));
	expect((await run(transport, 'echo in')).out).toBe('in');
	expect(asked).toEqual([]);
});

test('a password is asked for again when it was wrong, and remembered when it was right', async () => {
	const server = await serve({password: 'right'});
	const {ask, asked} = answers({passwords: ['wrong', 'right']});
	const road = withQuestions(server, ask);
	expect((await run(await transportTo(road), 'echo in')).out).toBe('in');
	expect((await run(await transportTo(road), 'echo again')).out).toBe('again');
	expect(asked).toEqual(['password "Password: "', 'password "Password: "']);
});

test.each([
	['nobody can be asked', undefined, 'it would take a password, but nobody can be asked'],
	['nobody answers', answers({}).ask, 'there was no key to offer'],
])('a password is missing: %s', async (_title, ask, sentence) => {
	const server = await serve({password: 'right'});
	expect(await withQuestions(server, ask).connect(never())).toMatchObject({
		code: 'auth',
		message: expect.stringContaining(sentence),
	});
});

test('a question does not count towards the limit', async () => {
	const server = await serve({password: 'right'});
	const slow: Questions = {
		...answers({}).ask,
		password: () => new Promise(resolve => setTimeout(() => resolve('right'), 600)),
	};
	const road = directRoad({
		route: {
			hosts: [{...loopbackHost(server.port), batchMode: false, password: true, connectTimeoutSeconds: 0.4}],
			notes: [],
		},
		ask: slow,
		pinned: {hostKey: server.hostKey, privateKey: ''},
	});
	expect((await run(await transportTo(road), 'echo in')).out).toBe('in');
});

test.each([
	['before', 0],
	['while', 20],
])('cancelled %s connecting', async (_when, afterMs) => {
	const silent = createServer(() => {});
	await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
	open.push(async () => silent.close());
	const address = silent.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const cancel = new AbortController();
	if (afterMs === 0) cancel.abort();
	else setTimeout(() => cancel.abort(), afterMs);
	const road = directRoad({route: {hosts: [loopbackHost(port)], notes: []}});
	expect(await road.connect(cancel.signal)).toMatchObject({
		code: 'lost',
		message: expect.stringContaining('cancelled'),
	});
});

test.each([
	['says nothing', 'timeout', (socket: Socket) => void socket.on('error', () => {})],
	['closes at once', 'unreachable', (socket: Socket) => void socket.end()],
	['is no sshd', 'unreachable', (socket: Socket) => void socket.end('SSH-1.0-old\r\n')],
])('a port that %s', async (_title, code, serveIt) => {
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		serveIt(socket);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	open.push(async () => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const road = directRoad({
		route: {hosts: [{...loopbackHost(port), connectTimeoutSeconds: 0.3}], notes: []},
	});
	expect(await road.connect(never())).toMatchObject({code, message: expect.stringMatching(/^[^\n]+[.?]$/)});
});

test('a road is called by what stands between', () => {
	const host = loopbackHost(1);
	const roadBy = (...aliases: readonly string[]): string =>
		directRoad({
			route: {
				hosts: [{...host, alias: aliases[0] ?? ''}, ...aliases.slice(1).map(alias => ({...host, alias}))],
				notes: [],
			},
		}).name;
	expect(roadBy('dev')).toBe('direct');
	expect(roadBy('gw', 'dev')).toBe('via gw');
	expect(roadBy('gw', 'inner', 'dev')).toBe('via gw, inner');
});

test('nothing listens', async () => {
	const server = await startServer({onExec: answer});
	await server.close();
	expect(await loopbackRoad(server).connect(never())).toMatchObject({
		code: 'refused',
		message: `Nothing listens on 127.0.0.1 port ${server.port}: balenaOS devices listen on 22222 (-p 22222).`,
	});
});

test('every key that is made can be read', () => {
	for (let number = 0; number < 1500; number++) expect(parseKey(freshKey())).not.toBeInstanceOf(Error);
});
