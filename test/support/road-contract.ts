/** What every road has to do, whatever it goes over: real commands, as the session sends them. */
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {connect, createServer, type Socket} from 'node:net';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {type Channel, type Failure, isFailure, type Road, type Transport} from '../../src/domain/channel.ts';
import {remoteCommand, STOP} from '../../src/transport/command.ts';

/** A road to try, with what only its own test can do. */
export type Laid = {
	readonly road: Road;
	/** A road of the same kind to where nobody answers. */
	readonly nowhere: Road;
	/** Takes the link away from what is connected, as a network would; connecting again works. Not for a road without a link. */
	readonly cut?: () => void | Promise<void>;
	/** Whether a process on the device has this word in its command line. Left out: the device's processes are to be seen here. */
	readonly alive?: (word: string) => boolean | Promise<boolean>;
	readonly cleanup: () => Promise<void>;
};

export type Traits = {
	/** Why it can't be tried here: its tests are skipped, and say so. */
	readonly missing?: string | null;
	/** There is nothing between here and the device that could be lost. */
	readonly linkless?: boolean;
	/** Its stderr comes apart from its stdout. Left out: it does. */
	readonly apart?: boolean;
	/** What is closed here goes on there, until the whole connection ends. Left out: it ends. */
	readonly goesOn?: boolean;
	/** So many channels it has for sure; of ten, the rest may be refused. Left out: ten. */
	readonly channels?: number;
};

const TOKEN = 'c0ffee11';
const trailer = (code: number): string => `__DEVTOP_${TOKEN}=${code}\n\n`;
const ONE_SENTENCE = /^[^\n]+[.?]$/;

/** A follower; `once` and `feed` take a script for `sh`. */
const follow = (...argv: string[]): string => remoteCommand('follow', argv, TOKEN);
const once = (script: string, ...words: string[]): string =>
	remoteCommand('once', ['sh', '-c', script, ...words], TOKEN);
const feed = (script: string): string => remoteCommand('feed', ['sh', '-c', script], TOKEN);
/** As a sampler: answers each line, ends with EOF, or with the line that stops it. */
const sampler = (word: string): string =>
	remoteCommand('poll', ['while read -r line; do [ "$line" = stop ] && break; echo "$line!"; done', word], TOKEN);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A word that no other process has; `sleep` takes it for its seconds. */
const word = (): string => String(10_000_000 + Math.floor(Math.random() * 80_000_000));

function got<Value>(value: Value | Failure): Value {
	if (isFailure(value)) throw new Error(`${value.code}: ${value.message}`);
	return value;
}

/** Waits until it is so: five seconds at most, and more where that is no promise but a busy machine's pace. */
async function until(so: () => boolean | Promise<boolean>, what: string, ms = 5000): Promise<void> {
	for (const end = Date.now() + ms; Date.now() < end; ) {
		if (await so()) return;
		await new Promise(resolve => setTimeout(resolve, 20));
	}
	throw new Error(`never came: ${what}`);
}

/** Everything that a channel gave so far. */
class Heard {
	readonly parts: Uint8Array[] = [];
	readonly errors: Uint8Array[] = [];
	readonly ends: {readonly kind: string; readonly why?: string}[] = [];
	readonly ended: Promise<void>;
	readonly channel: Channel;
	constructor(channel: Channel) {
		this.channel = channel;
		this.ended = new Promise(resolve =>
			channel.read({
				out: bytes => this.parts.push(bytes),
				err: bytes => this.errors.push(bytes),
				end: end => {
					this.ends.push(end);
					resolve();
				},
			}),
		);
	}
	get bytes(): Buffer {
		return Buffer.concat(this.parts);
	}
	get out(): string {
		return this.bytes.toString('utf8');
	}
	get err(): string {
		return Buffer.concat(this.errors).toString('utf8');
	}
}

const start = async (transport: Transport, command: string): Promise<Heard> =>
	new Heard(got(await transport.open(command)));

async function run(transport: Transport, command: string): Promise<Heard> {
	const heard = await start(transport, command);
	await heard.ended;
	return heard;
}

const aliveHere = (text: string): boolean =>
	execFileSync('ps', ['-ww', '-eo', 'args'], {encoding: 'utf8', maxBuffer: 1 << 24}).includes(text);

/** A TCP relay to a port here, whose connections can be cut: as a network that goes away. */
export async function relay(port: number): Promise<{port: number; cut: () => void; close: () => Promise<void>}> {
	const sockets = new Set<Socket>();
	const server = createServer(near => {
		const far = connect(port, '127.0.0.1');
		for (const [socket, other] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(socket);
			socket.on('error', () => {}).on('close', () => other.destroy());
			socket.pipe(other);
		}
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const cut = (): void => {
		for (const socket of sockets) socket.destroy();
		sockets.clear();
	};
	return {
		port: typeof address === 'object' && address !== null ? address.port : 0,
		cut,
		close: () =>
			new Promise(resolve => {
				server.close(() => resolve());
				cut();
			}),
	};
}

/** A port here on which nothing listens. */
export async function deadPort(): Promise<number> {
	const {port, close} = await relay(1);
	await close();
	return port;
}

/**
 * Registers the tests that a road has to pass.
 *
 * @param lay lays the road, once for all of them.
 */
export function roadContract(name: string, lay: () => Promise<Laid>, traits: Traits = {}): void {
	const {missing = null, linkless = false, apart = true, channels = 10, goesOn = false} = traits;
	describe.skipIf(missing !== null)(`road: ${name}${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
		let laid: Laid;
		const open: Transport[] = [];
		const connected = async (): Promise<Transport> => {
			const transport = got(await laid.road.connect(new AbortController().signal));
			open.push(transport);
			return transport;
		};
		const alive = async (text: string): Promise<boolean> => await (laid.alive ?? aliveHere)(text);
		const gone = (text: string): Promise<void> => until(async () => !(await alive(text)), `the end of ${text}`);

		beforeAll(async () => {
			laid = await lay();
		});
		afterEach(async () => {
			for (const transport of open.splice(0)) await transport.close();
		});
		afterAll(async () => await laid?.cleanup());

		test.each([
			['well', 'echo here', 'here\n', 0],
			['with a code', 'echo "it\'s here"; exit 7', "it's here\n", 7],
			['killed by a signal', 'printf half; kill -9 $$', 'half', 137],
			['with nothing said', ':', '', 0],
		] as const)('a command that ends %s', async (_how, script, out, code) => {
			const heard = await run(await connected(), once(script));
			expect(heard.out).toBe(out + trailer(code));
			expect(heard.ends).toEqual([{kind: 'closed'}]);
		});

		test('words arrive as they are', async () => {
			const words = ['', '-x', 'a b', '$HOME `id` "q" \\', "it's; rm", 'ü\n\ttwo', '*?[a]{b,c}~!#%'];
			const heard = await run(await connected(), once('for w; do printf "<%s>" "$w"; done', 'sh', ...words));
			expect(heard.out).toBe(words.map(text => `<${text}>`).join('') + trailer(0));
		});

		test('what is said on stderr', async () => {
			const heard = await run(await connected(), once('echo out; echo wrong >&2'));
			if (apart) expect([heard.out, heard.err]).toEqual([`out\n${trailer(0)}`, 'wrong\n']);
			else expect(heard.out.split('\n').toSorted()).toEqual(`out\nwrong\n${trailer(0)}`.split('\n').toSorted());
		});

		test('a megabyte of any bytes arrives whole, and is counted', async () => {
			const transport = await connected();
			const before = transport.traffic();
			const script = 'f=$(mktemp); head -c 1000000 /dev/urandom >"$f"; cat "$f"; sha256sum <"$f"; rm "$f"';
			const {bytes} = await run(transport, once(script));
			const after = transport.traffic();
			expect(bytes.subarray(1_000_000).toString()).toBe(`${sha256(bytes.subarray(0, 1_000_000))}  -\n${trailer(0)}`);
			expect(after.received - before.received).toBeGreaterThan(1_000_000);
			expect(after.sent - before.sent).toBeGreaterThan(50);
			expect(after.sent - before.sent).toBeLessThan(1_000_000);
			const roundTrip = transport.roundTripMs();
			if (roundTrip !== null) expect(roundTrip).toBeGreaterThanOrEqual(0);
		});

		test('a line on its stdin ends a follower, and a sampler answers each line until then', async () => {
			const transport = await connected();
			const [asleep, asked] = [word(), word()];
			const follower = await start(transport, follow('sleep', asleep));
			const poll = await start(transport, sampler(asked));
			for (const line of ['one', 'two']) {
				poll.channel.write(`${line}\n`);
				await until(() => poll.out.endsWith(`${line}!\n`), `the answer to ${line}`);
			}
			for (const text of [`sleep ${asleep}`, asked]) await until(() => alive(text), text, 15_000);
			for (const {channel} of [follower, poll]) channel.write(STOP);
			await Promise.all([follower.ended, poll.ended]);
			expect(follower.out).toBe(trailer(143));
			expect(poll.out).toBe('one!\ntwo!\n');
			await gone(asleep);
			await gone(asked);
		});

		test('bytes of a known number arrive at a command whole', async () => {
			const pieces = Array.from({length: 30}, (_, at) => new Uint8Array(100_000).map((_byte, index) => at * 7 + index));
			const transport = await connected();
			const heard = await start(transport, feed('head -c 3000000 | sha256sum'));
			for (const piece of pieces) expect(await heard.channel.send(piece)).toBe(true);
			await heard.ended;
			expect(heard.out).toBe(`${sha256(Buffer.concat(pieces))}  -\n${trailer(0)}`);
			expect(await heard.channel.send(new Uint8Array(1))).toBe(false);
			expect(transport.traffic().sent).toBeGreaterThan(3_000_000);
		});

		test('ten channels at once, or a clear refusal', async () => {
			const transport = await connected();
			const asleep = word();
			const opened = await Promise.all(
				Array.from({length: 10}, (_, at) => transport.open(follow('sh', '-c', `echo ${at}; exec sleep ${asleep}`))),
			);
			const running = new Map<number, Heard>();
			for (const [at, channel] of opened.entries())
				if (isFailure(channel))
					expect(channel).toMatchObject({code: 'channel', message: expect.stringMatching(ONE_SENTENCE)});
				else running.set(at, new Heard(channel));
			expect(running.size).toBeGreaterThanOrEqual(channels);
			for (const [at, heard] of running)
				await until(() => heard.out === `${at}\n`, `the word of channel ${at}`, 15_000);
			for (const {channel} of running.values()) channel.write(STOP);
			for (const [at, heard] of running) {
				await heard.ended;
				expect(heard.out).toBe(`${at}\n${trailer(143)}`);
			}
			// Those that ended make room; sshd may take its time to say so.
			let last = await transport.open(once('echo room'));
			for (let tries = 0; isFailure(last) && tries < 100; tries++) {
				await new Promise(resolve => setTimeout(resolve, 50));
				last = await transport.open(once('echo room'));
			}
			const room = new Heard(got(last));
			await room.ended;
			expect(room.out).toBe(`room\n${trailer(0)}`);
		});

		test('a channel that is closed here ends at once, there too, and leaves the others alone', async () => {
			const transport = await connected();
			const asleep = word();
			const heard = await start(transport, follow('sh', '-c', `echo up; exec sleep ${asleep}`));
			await until(() => heard.out === 'up\n', 'the follower', 15_000);
			heard.channel.close();
			heard.channel.close();
			heard.channel.write('more\n');
			expect(heard.ends).toEqual([{kind: 'closed'}]);
			expect(await heard.channel.send(new Uint8Array(1))).toBe(false);
			if (!goesOn) await gone(asleep);
			expect((await run(transport, once('echo still'))).out).toBe(`still\n${trailer(0)}`);
			expect(heard.ends).toHaveLength(1);
			expect(await alive(asleep)).toBe(goesOn);
			await transport.close();
			await gone(asleep);
		});

		test('a slow reader holds the device back, leaves the others alone, and loses nothing', async () => {
			const transport = await connected();
			const flood = word();
			const script = 'i=0; while [ $i -lt 20 ]; do printf "%01000000d" $i; i=$((i + 1)); done';
			const channel = got(await transport.open(once(script, flood)));
			const parts: Uint8Array[] = [];
			let ended = false;
			channel.read({
				out: bytes => {
					parts.push(bytes);
					if (parts.length % 50 === 3) channel.pause();
				},
				err: () => {},
				end: () => {
					ended = true;
				},
			});
			await until(() => parts.length === 3, 'the first bytes', 15_000);
			for (let count = 0; count < 5; count++)
				expect((await run(transport, once('echo other'))).out).toBe(`other\n${trailer(0)}`);
			expect(parts).toHaveLength(3);
			expect(ended).toBe(false);
			expect(await alive(flood)).toBe(true);
			while (!ended) {
				channel.resume();
				await new Promise(resolve => setTimeout(resolve, 1));
			}
			const all = Buffer.concat(parts);
			expect(all.length).toBe(20_000_000 + trailer(0).length);
			for (let at = 0; at < 20; at++)
				expect(all.subarray(at * 1_000_000, (at + 1) * 1_000_000).toString()).toBe(String(at).padStart(1_000_000, '0'));
		});

		test('bytes and the end wait until somebody reads', async () => {
			const transport = await connected();
			const channel = got(await transport.open(once('echo early')));
			await run(transport, once('echo later'));
			const heard = new Heard(channel);
			await heard.ended;
			expect(heard.out).toBe(`early\n${trailer(0)}`);
		});

		test('the connection closed here is no loss, and leaves no process of ours on the device', async () => {
			const transport = await connected();
			const losses: string[] = [];
			transport.onLost(why => losses.push(why));
			const [asleep, asked] = [word(), word()];
			const running = [await start(transport, follow('sleep', asleep)), await start(transport, sampler(asked))];
			for (const text of [`sleep ${asleep}`, asked]) await until(() => alive(text), text, 15_000);
			await transport.close();
			await transport.close();
			for (const heard of running) await heard.ended;
			await gone(asleep);
			await gone(asked);
			expect(losses).toEqual([]);
			expect(await transport.open(once('echo late'))).toMatchObject({
				code: 'lost',
				message: expect.stringMatching(ONE_SENTENCE),
			});
		});

		test.skipIf(linkless)('a loss is told once, ends channels, and can be connected after', async () => {
			const transport = await connected();
			const losses: string[] = [];
			transport.onLost(why => losses.push(why));
			const asleep = word();
			const heard = await start(transport, follow('sh', '-c', `echo last words; exec sleep ${asleep}`));
			const sending = await start(transport, follow('sleep', asleep));
			await until(() => heard.out === 'last words\n', 'the follower', 15_000);
			await laid.cut?.();
			await Promise.all([heard.ended, sending.ended]);
			expect(heard.out).toBe('last words\n');
			expect(heard.ends).toEqual([{kind: 'lost', why: losses[0]}]);
			expect(losses).toEqual([expect.stringMatching(/^[^\n.]+$/)]);
			expect(await sending.channel.send(new Uint8Array(1))).toBe(false);
			expect(await transport.open(once('echo x'))).toMatchObject({
				code: 'lost',
				message: expect.stringMatching(ONE_SENTENCE),
			});
			await gone(asleep);
			transport.onLost(why => losses.push(why));
			expect(losses).toHaveLength(2);
			expect((await run(await connected(), once('echo back'))).out).toBe(`back\n${trailer(0)}`);
		});

		test.each(['before', 'while'])('connecting that is cancelled %s it', async when => {
			const cancel = new AbortController();
			if (when === 'before') cancel.abort();
			const connecting = laid.road.connect(cancel.signal);
			cancel.abort();
			expect(await connecting).toMatchObject({code: 'lost', message: expect.stringMatching(/cancelled.*\.$/)});
		});

		test('where nobody answers, that is one sentence', async () => {
			const refused = await laid.nowhere.connect(new AbortController().signal);
			expect(refused).toMatchObject({kind: 'failure', message: expect.stringMatching(ONE_SENTENCE)});
			if (!isFailure(refused)) await refused.close();
		});
	});
}
