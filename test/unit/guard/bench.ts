/** A session over the embedded device without a network, with a recording in memory: what the guard's tests drive. */
import {closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, readSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {actions, findingsOf} from '../../../src/actions/index.ts';
import {wire} from '../../../src/commands/wire.ts';
import {type Channel, type ChannelReader, failure, type Road, type Transport} from '../../../src/domain/channel.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import type {Action} from '../../../src/domain/guard.ts';
import {everything} from '../../../src/domain/source.ts';
import {type EmbeddedDevice, startEmbeddedDevice} from '../../../src/embedded/device.ts';
import {journalHeld, panes} from '../../../src/panes/index.ts';
import {tag} from '../../../src/rules/index.ts';
import type {Condition} from '../../../src/session/guard/conditions.ts';
import {type Disk, Recorder, readFrames} from '../../../src/session/recorder.ts';
import type {Redactor} from '../../../src/session/redactor.ts';
import {Session} from '../../../src/session/session.ts';
import {sources} from '../../../src/sources/index.ts';

/** A transport into the device; `sent` sees each command line before it runs. */
function transportTo(
	device: EmbeddedDevice,
	sent: (command: string) => void,
	said: ((text: string) => string) | undefined,
	openTerminal: Transport['openTerminal'] | undefined,
): Transport & {lose(why: string): void} {
	let lost: (why: string) => void = () => {};
	let gone = '';
	const ends = new Set<(why: string) => void>();
	return {
		open: async command => {
			sent(command);
			if (gone !== '') return failure('lost', gone);
			let reader: ChannelReader | null = null;
			let listener: (text: string | null) => void = () => {};
			let closed = (): void => {};
			let done = false;
			const early: (() => void)[] = [];
			const give = (what: (to: ChannelReader) => void): void => {
				if (reader === null) early.push(() => reader && what(reader));
				else what(reader);
			};
			const bytes = (data: string | Uint8Array): Uint8Array =>
				typeof data === 'string' ? Buffer.from(said?.(data) ?? data) : data;
			const end = (why: string | null): void => {
				if (done) return;
				done = true;
				ends.delete(end);
				give(to => to.end(why === null ? {kind: 'closed'} : {kind: 'lost', why}));
				if (why !== null) closed();
			};
			ends.add(end);
			device.exec(command, {
				stdin: to => {
					listener = to;
				},
				out: data => done || give(to => to.out(bytes(data))),
				err: data => done || give(to => to.err(bytes(data))),
				exit: () => end(null),
				onClosed: to => {
					closed = to;
				},
			});
			const channel: Channel = {
				read: to => {
					reader = to;
					for (const one of early.splice(0)) one();
				},
				write: text => listener(text),
				send: async bytes => {
					listener(Buffer.from(bytes).toString());
					return !done;
				},
				pause: () => {},
				resume: () => {},
				close: () => end(null),
			};
			return channel;
		},
		openTerminal: async (command, size) => {
			sent(command);
			return (await openTerminal?.(command, size)) ?? failure('channel', 'The embedded device gives no terminal.');
		},
		onLost: to => {
			lost = to;
		},
		traffic: () => ({received: 0, sent: 0}),
		roundTripMs: () => 1,
		close: async () => {
			for (const end of [...ends]) end('closed');
		},
		lose: why => {
			gone = why;
			for (const end of [...ends]) end(why);
			lost(why);
		},
	};
}

export type BenchOptions = {
	readonly lookOnly?: string;
	readonly own?: readonly string[];
	/** The device is the operator's own machine. */
	readonly here?: boolean;
	readonly conditions?: readonly Condition[];
	/** Besides those of the table. */
	readonly more?: readonly Action[];
	/** False: nothing is recorded. */
	readonly recorded?: boolean;
	/** Added to the monotonic clock by the test. */
	readonly skew?: {ms: number};
	/** Takes nothing any more once it is full. */
	readonly disk?: {full: boolean};
	/** How much faster the device’s time goes than ours. */
	readonly speed?: number;
	/** Sees each command line before the device does. */
	readonly sent?: (command: string) => void;
	/** Rewrites what the device says. */
	readonly said?: (text: string) => string;
	readonly openTerminal?: Transport['openTerminal'];
	readonly redactor?: Redactor;
};

export type Bench = {
	readonly session: Session;
	readonly device: EmbeddedDevice;
	/** Frames in the file: what was flushed. */
	frames(): readonly Frame[];
	/** Frames that were synced to the disk, but for what the device said. */
	synced(): readonly Frame[];
	/** Cuts the link. */
	cut(): void;
	/** Waits for a question to be true. */
	until(question: () => boolean, ms?: number): Promise<void>;
	close(): Promise<void>;
};

export async function bench(options: BenchOptions = {}): Promise<Bench> {
	const device = startEmbeddedDevice({scene: 'quiet', speed: options.speed ?? 1});
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-guard-')), 'session.devtop.jsonl');
	let written = 0;
	let safe = 0;
	let read = 0;
	const synced: Frame[] = [];
	const disk: Disk = {
		open: name => openSync(name, 'wx', 0o600),
		write: (descriptor, bytes, offset) => {
			if (options.disk?.full === true)
				throw Object.assign(new Error('ENOSPC: no space left on device'), {code: 'ENOSPC'});
			const count = writeSync(descriptor, bytes, offset);
			written += count;
			return count;
		},
		// What it was asked for is what counts here; waiting for a disk thousands of times is not.
		sync: () => {
			safe = written;
		},
		cut: ftruncateSync,
		close: closeSync,
	};
	let transport: ReturnType<typeof transportTo> | null = null;
	const road: Road = {
		name: 'test',
		target: 'embedded',
		here: options.here ?? false,
		connect: async () => {
			transport = transportTo(device, options.sent ?? (() => {}), options.said, options.openTerminal);
			return transport;
		},
	};
	const session = new Session({
		road,
		scope: everything,
		sources,
		panes,
		tag,
		wire,
		recorder: options.recorded === false ? null : new Recorder(file, disk),
		actions: [...actions, ...(options.more ?? [])],
		findingsOf,
		lookOnly: options.lookOnly ?? '',
		own: options.own ?? [],
		...(options.redactor === undefined ? {} : {redactor: options.redactor}),
		...(options.conditions === undefined ? {} : {conditions: options.conditions}),
		program: 'test',
		random: () => 0.5,
		clock: {now: () => Date.now(), elapsed: () => performance.now() + (options.skew?.ms ?? 0)},
		held: journalHeld,
	});
	const refused = await session.begin();
	if (refused !== null) throw new Error(refused.message);
	return {
		session,
		device,
		frames: () => readFrames(readFileSync(file, 'utf8')).frames,
		synced: () => {
			const length = safe - read;
			if (length > 0) {
				const bytes = Buffer.alloc(length);
				const descriptor = openSync(file, 'r');
				readSync(descriptor, bytes, 0, length, read);
				closeSync(descriptor);
				read = safe;
				// A long run has hundreds of megabytes of evidence, which nobody asks for here.
				for (const line of bytes.toString('utf8').split('\n'))
					if (line !== '' && !/^\{"t":"(?:in|out|err|exit|open|tick)"/.test(line))
						synced.push(JSON.parse(line) as Frame);
			}
			return synced;
		},
		cut: () => transport?.lose('the cable was pulled'),
		until: async (question, ms = 10_000) => {
			const end = performance.now() + ms;
			while (!question()) {
				if (performance.now() > end) throw new Error(`not within ${ms} ms: ${question}`);
				await new Promise(resolve => setTimeout(resolve, 20));
			}
		},
		close: async () => {
			await session.stop();
			device.close();
		},
	};
}
