/** One connection's channels: opens sources, and turns what comes back into frames. */
import {type Exit, type Failure, isFailure, type Transport} from '../domain/channel.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {Ask, Source, Unit} from '../domain/source.ts';

/** What the connection needs of transport/, handed in by main: the session imports interfaces only. */
export type Wire = {
	/** Makes the command line of a source's argv. */
	readonly command: (
		mode: Source['mode'] | 'feed' | 'terminal',
		argv: readonly string[],
		token: string,
		lingers?: boolean,
	) => string;
	readonly framer: (source: Pick<Source, 'mode' | 'framing'>, token: string) => WireFramer;
	/** The output of a command on a terminal. */
	readonly terminal: (token: string) => {
		/** What of it is to be shown. */
		push(bytes: Uint8Array): Uint8Array;
		end(): {readonly shown: Uint8Array; readonly code: number | null};
	};
	/** The line that ends a follower or a sampler. */
	readonly stop: string;
	/** A random word for marking our lines in a stream. */
	readonly token: () => string;
};

export interface WireFramer {
	push(bytes: Uint8Array): readonly Unit[];
	end(): {
		readonly units: readonly Unit[];
		readonly code: number | null;
		readonly rest: string;
	};
}

/** A running remote command. */
export type Running = {
	readonly ch: number;
	/** Goes on until it is told to end, and is asked nothing. */
	readonly follows: boolean;
	/** Units that came so far. */
	units(): number;
	/** Number of the last tick that was answered. */
	answered(): number;
	write(text: string): void;
	/** Tells a follower or sampler to end. */
	stop(): void;
	/** Closes its channel at once, for what does not end when told: a channel that is left open is one of sshd's ten. */
	close(): void;
	readonly exit: Promise<Exit>;
};

/** What belongs to one opening of a source. */
export type Opening = {
	/** Where its journal entries belong. */
	readonly place?: 'history' | 'live' | 'older';
	/** The action that it is read for: its `ask`. */
	readonly purpose?: number;
	/** Sees each unit when it was emitted. */
	readonly tap?: (unit: Unit) => void;
};
/** So often is a reading tried whose end was cut by the road. What it gives twice is counted once, by the fold. */
const TRIES = 3;
/** So long is what was told to end waited for. */
const END_MS = 2000;

/** Resolves when what was told to end has ended, or is closed. */
export async function ended(running: Pick<Running, 'exit' | 'close'>): Promise<void> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<void>(resolve => {
		timer = setTimeout(() => {
			running.close();
			resolve();
		}, END_MS);
	});
	await Promise.race([running.exit, late]);
	clearTimeout(timer);
}

export class Connection {
	readonly #transport: Transport;
	readonly #wire: Wire;
	readonly #emit: (frame: FrameBody) => void;
	readonly #nextChannel: () => number;
	readonly #running = new Set<Running>();
	#once: Promise<unknown> = Promise.resolve();
	#lost: string | null = null;
	#full = false;

	constructor(transport: Transport, wire: Wire, emit: (frame: FrameBody) => void, nextChannel: () => number) {
		this.#transport = transport;
		this.#wire = wire;
		this.#emit = emit;
		this.#nextChannel = nextChannel;
		transport.onLost(why => {
			this.#lost = why;
		});
	}

	get lost(): string | null {
		return this.#lost;
	}

	get #cutsEnds(): boolean {
		return this.#transport.way?.cutsEnds ?? false;
	}

	/** Did it refuse a channel? Then it has fewer than are wanted, for as long as it lives. */
	get full(): boolean {
		return this.#full;
	}

	/** Opens a source. */
	async open(source: Source, ask: Ask, {place, purpose, tap}: Opening = {}): Promise<Running | Failure> {
		const argv = source.argv(ask);
		const token = this.#wire.token();
		const channel = await this.#transport.open(this.#wire.command(source.mode, argv, token, this.#cutsEnds));
		if (isFailure(channel)) {
			this.#full ||= channel.code === 'channel';
			return channel;
		}
		const ch = this.#nextChannel();
		this.#emit({
			t: 'open',
			ch,
			source: source.id,
			argv,
			token,
			...(place === undefined ? {} : {place}),
			...(purpose === undefined ? {} : {for: purpose}),
		});
		const framer = this.#wire.framer(source, token);
		let units = 0;
		let answered = 0;
		const take = (found: ReturnType<WireFramer['push']>): void => {
			for (const unit of found) {
				units++;
				if (unit.kind === 'block') answered = unit.tick;
				this.#emit({t: 'out', ch, unit});
				tap?.(unit);
			}
		};
		let done: (exit: Exit) => void = () => {};
		const running: Running = {
			ch,
			follows: source.mode === 'follow',
			units: () => units,
			answered: () => answered,
			write: text => {
				this.#emit({t: 'in', ch, text});
				channel.write(text);
			},
			stop: () => channel.write(this.#wire.stop),
			close: () => channel.close(),
			exit: new Promise(resolve => {
				done = resolve;
			}),
		};
		this.#running.add(running);
		channel.read({
			out: bytes => take(framer.push(bytes)),
			err: bytes => this.#emit({t: 'err', ch, text: Buffer.from(bytes).toString('utf8').slice(0, 8000)}),
			end: end => {
				const {units: last, code, rest} = framer.end();
				take(last);
				const exit: Exit = code !== null ? {kind: 'exited', code} : end.kind === 'lost' ? end : {kind: 'truncated'};
				this.#emit({t: 'exit', ch, exit, ...(rest === '' ? {} : {rest: rest.slice(0, 2000)})});
				this.#running.delete(running);
				done(exit);
			},
		});
		return running;
	}

	/**
	 * Reads bytes of the device: they are in no frame, so that the recording has no contents of files. Their number is known
	 * beforehand; what stands behind them is the trailer. A road may cut the last bytes: whoever asks compares a sum.
	 *
	 * @param take false: no more is wanted.
	 */
	async bytes(source: Source, ask: Ask, length: number, take: (bytes: Uint8Array) => boolean): Promise<Exit | Failure> {
		const argv = source.argv(ask);
		const token = this.#wire.token();
		const channel = await this.#transport.open(this.#wire.command(source.mode, argv, token, this.#cutsEnds));
		if (isFailure(channel)) return channel;
		const ch = this.#nextChannel();
		this.#emit({t: 'open', ch, source: source.id, argv, token});
		const framer = this.#wire.framer(source, token);
		let missing = length;
		return new Promise(resolve => {
			channel.read({
				out: bytes => {
					const ours = bytes.subarray(0, missing);
					missing -= ours.length;
					if (ours.length > 0 && !take(ours)) channel.close();
					framer.push(bytes.subarray(ours.length));
				},
				err: bytes => this.#emit({t: 'err', ch, text: Buffer.from(bytes).toString('utf8').slice(0, 8000)}),
				end: end => {
					const {code} = framer.end();
					const exit: Exit = code !== null ? {kind: 'exited', code} : end.kind === 'lost' ? end : {kind: 'truncated'};
					this.#emit({t: 'exit', ch, exit});
					resolve(exit);
				},
			});
		});
	}

	/**
	 * Runs a one-shot to its end, one at a time, within its limit. Resolves to its exit and how many units came. Without its
	 * trailer it is asked again, where the road is one that cuts: it only reads.
	 */
	once(
		source: Source,
		ask: Ask,
		opening: Opening = {},
	): Promise<{readonly exit: Exit; readonly units: number} | Failure> {
		const attempt = async () => {
			const running = await this.open(source, ask, opening);
			if (isFailure(running)) return running;
			let timer: ReturnType<typeof setTimeout> | undefined;
			const late = new Promise<Exit>(resolve => {
				timer = setTimeout(
					() => resolve({kind: 'lost', why: `${source.title} did not come within ${source.limitSeconds ?? 60} s`}),
					(source.limitSeconds ?? 60) * 1000,
				);
			});
			const exit = await Promise.race([running.exit, late]);
			clearTimeout(timer);
			if (exit.kind === 'lost' && this.#lost === null) running.close();
			return {exit, units: running.units()};
		};
		const run = async () => {
			for (let tries = 1; ; tries++) {
				const result = await attempt();
				const cut = !isFailure(result) && result.exit.kind === 'truncated';
				if (!cut || !this.#cutsEnds || this.#lost !== null || tries >= TRIES) return result;
			}
		};
		const result = this.#once.then(run, run);
		this.#once = result;
		return result;
	}

	/** Ends what follows; what does not end when told is closed. */
	async rest(): Promise<void> {
		const following = [...this.#running].filter(({follows}) => follows);
		for (const running of following) running.stop();
		await Promise.all(following.map(ended));
	}

	/** Ends everything of ours on the device in-band, then the connection. */
	async close(): Promise<void> {
		const ends = [...this.#running].map(running => {
			running.stop();
			return running.exit;
		});
		if (this.#lost === null) await Promise.race([Promise.all(ends), new Promise(resolve => setTimeout(resolve, 1000))]);
		await this.#transport.close();
	}
}
