/** An open connection to one device, through any number of hops. */
import type {Socket} from 'node:net';
import type {ClientChannel} from 'ssh2';
import {
	type Channel,
	type Failure,
	failure,
	type RemoteTerminal,
	type Size,
	type Transport,
	type Way,
} from '../../domain/channel.ts';
import {within} from '../within.ts';
import {SshChannel} from './channel.ts';
import {type Link, plainReason} from './link.ts';

/** How long a graceful end may take. */
const END_MS = 2000;

export type TransportOptions = {
	readonly target: string;
	/** How often the round trip is measured. */
	readonly probeMs: number;
	readonly onBug: (error: unknown) => void;
	/** Where it is not the road that everything is carried on as it is. */
	readonly way?: Way;
};

/** @param why the server's own words, in brackets; empty where there are none. */
export const tooManyChannels = (target: string, why: string): string =>
	`${target} refused one more channel${why}: its sshd allows ten by default (MaxSessions), so close other sessions over this connection.`;

/** ssh2's words for a terminal that was refused are "Unable to request a pseudo-terminal". */
const refusal = (target: string, error: Error): string =>
	/pseudo-terminal/.test(error.message)
		? `${target} gives no terminal (PermitTTY in its sshd's configuration): run a command instead (devtop run).`
		: tooManyChannels(target, ` (${plainReason(error).replace(/^\(SSH\) Channel open failure: /, '')})`);

export class SshTransport implements Transport {
	readonly way?: Way;
	readonly #socket: Socket;
	/** In the order in which they were connected: the device is the last. */
	readonly #links: readonly Link[];
	readonly #device: Link;
	readonly #options: TransportOptions;
	readonly #channels = new Set<SshChannel>();
	readonly #waiting = new Set<(why: string) => void>();
	readonly #listeners: ((why: string) => void)[] = [];
	readonly #probing: ReturnType<typeof setInterval>;
	#probedAt: number | null = null;
	#roundTripMs: number | null = null;
	#lost: string | null = null;
	#closing: Promise<void> | null = null;

	constructor(socket: Socket, links: readonly Link[], device: Link, options: TransportOptions) {
		this.#socket = socket;
		this.#links = links;
		this.#device = device;
		this.#options = options;
		if (options.way !== undefined) this.way = options.way;
		this.#probing = setInterval(() => this.#probe(), options.probeMs);
		this.#probing.unref();
		for (const link of links) link.onLost(why => this.#lose(why));
		this.#probe();
	}

	async open(command: string): Promise<Channel | Failure> {
		return await this.#open(command, null);
	}

	/** The other side's terminal has the size of ours, and no modes of ours: sshd's own are those of a new one. */
	async openTerminal(command: string, size: Size): Promise<RemoteTerminal | Failure> {
		return await this.#open(command, size);
	}

	#open(command: string, size: Size | null): Promise<SshChannel | Failure> {
		const {target, onBug} = this.#options;
		const gone = (why: string): Failure => failure('lost', `The connection to ${target} was lost: ${why}.`);
		return new Promise(resolve => {
			if (this.#lost !== null) {
				resolve(gone(this.#lost));
				return;
			}
			const lost = (why: string): void => resolve(gone(why));
			this.#waiting.add(lost);
			const answer = (error: Error | undefined, stream: ClientChannel): void => {
				this.#waiting.delete(lost);
				if (this.#lost !== null) resolve(gone(this.#lost));
				else if (error) resolve(failure('channel', refusal(target, error)));
				else {
					const channel = new SshChannel(stream, onBug, () => this.#channels.delete(channel));
					this.#channels.add(channel);
					resolve(channel);
				}
			};
			try {
				if (size === null) this.#device.client.exec(command, answer);
				else
					this.#device.client.exec(
						command,
						{pty: {cols: size.columns, rows: size.rows, width: 0, height: 0, term: 'xterm-256color'}},
						answer,
					);
			} catch (error) {
				this.#waiting.delete(lost);
				resolve(gone(error instanceof Error ? plainReason(error) : String(error)));
			}
		});
	}

	onLost(listener: (why: string) => void): void {
		if (this.#lost === null) this.#listeners.push(listener);
		else if (this.#closing === null) this.#tell(listener, this.#lost);
	}

	/** Of the socket to the first hop, SSH's own packets included. */
	traffic(): {readonly received: number; readonly sent: number} {
		return {received: this.#socket.bytesRead, sent: this.#socket.bytesWritten};
	}

	/**
	 * From a global request to the device's answer, through all hops, asked for every ten seconds. It stands behind
	 * whatever else is on its way, so it grows while much is fetched.
	 */
	roundTripMs(): number | null {
		return this.#roundTripMs;
	}

	close(): Promise<void> {
		this.#closing ??= this.#end();
		return this.#closing;
	}

	/** Not a loss: nobody is told, but channels that are still open end. */
	async #end(): Promise<void> {
		if (this.#lost !== null) return;
		const closed = new Promise<void>(resolve => {
			if (this.#socket.destroyed) resolve();
			else this.#socket.once('close', () => resolve());
		});
		for (const link of [...this.#links].reverse())
			try {
				link.client.end();
			} catch {
				// Gone in this moment.
			}
		await within(END_MS, closed);
		this.#lose('closed here');
	}

	/**
	 * ssh2's own keepalive keeps its times to itself. This asks to cancel a forwarding that was never made: every sshd
	 * answers with a failure and does nothing, and unforwardIn is public.
	 */
	#probe(): void {
		if (this.#probedAt !== null || this.#lost !== null || this.#closing !== null) return;
		const at = performance.now();
		this.#probedAt = at;
		try {
			this.#device.client.unforwardIn('localhost', 1, () => {
				this.#probedAt = null;
				if (this.#lost === null) this.#roundTripMs = performance.now() - at;
			});
		} catch {
			this.#probedAt = null;
		}
	}

	#lose(why: string): void {
		if (this.#lost !== null) return;
		this.#lost = why;
		clearInterval(this.#probing);
		for (const channel of [...this.#channels]) channel.lose(why);
		for (const waiting of this.#waiting) waiting(why);
		this.#waiting.clear();
		for (const link of this.#links) link.lose(why, null);
		this.#socket.destroy();
		if (this.#closing === null) for (const listener of this.#listeners) this.#tell(listener, why);
		this.#listeners.length = 0;
	}

	#tell(listener: (why: string) => void, why: string): void {
		try {
			listener(why);
		} catch (bug) {
			this.#options.onBug(bug);
		}
	}
}
