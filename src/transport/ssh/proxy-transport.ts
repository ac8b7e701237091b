/** A connection to a device through the proxy: the proxy's own, and one command on the device that echoes. */
import {
	type Channel,
	type Failure,
	failure,
	isFailure,
	type RemoteTerminal,
	type Transport,
	type Way,
} from '../../domain/channel.ts';
import {behindMark, marked} from './behind-mark.ts';
import type {SshTransport} from './transport.ts';

export type ProxyTransportParts = {
	/** To the proxy. */
	readonly inner: SshTransport;
	/** The command that echoes. */
	readonly echo: Channel;
	/** What its lines begin with. */
	readonly mark: string;
	/** A device's command as the proxy takes it. */
	readonly through: (command: string) => string;
	/** Something speaks before the command does. */
	readonly greeted: boolean;
	readonly way: Way;
	readonly beatMs: number;
	readonly onBug: (error: unknown) => void;
};

/** So many beats without an echo are the end, as with SSH's own keepalive. */
const MOST_MISSED = 3;

/**
 * The proxy answers SSH's keepalives itself and keeps its connection when the device is gone: commands would end one by
 * one, and others be opened that reach nothing. The echo ends with the device, and its round trip is the device's.
 */
export class ProxyTransport implements Transport {
	readonly way: Way;
	readonly #parts: ProxyTransportParts;
	readonly #listeners: ((why: string) => void)[] = [];
	#text = '';
	#said = '';
	#ready = false;
	#lost: string | null = null;
	#closing = false;
	#beat = 0;
	#missed = 0;
	#sentAt = 0;
	#roundTripMs: number | null = null;
	#beating: ReturnType<typeof setInterval> | undefined;
	#changed: () => void = () => {};

	constructor(parts: ProxyTransportParts) {
		this.#parts = parts;
		this.way = parts.way;
		const {inner, echo} = parts;
		inner.onLost(why => this.#lose(why));
		echo.read({
			out: bytes => this.#take(Buffer.from(bytes).toString('utf8')),
			err: bytes => {
				this.#said = (this.#said + Buffer.from(bytes).toString('utf8')).slice(0, 2000);
			},
			end: end => this.#lose(end.kind === 'lost' ? end.why : 'the proxy lost the device'),
		});
	}

	/** Empty when the device has answered; else what was said in its place, `closed` for nothing. Null where nothing came in time. */
	async ready(limitMs: number): Promise<string | null> {
		await this.#until(() => this.#ready || this.#lost !== null, limitMs);
		if (this.#ready) return '';
		return this.#lost === null ? null : `${this.#said}${this.#text}`.trim() || 'closed';
	}

	/** Whether a line that is written comes back. From then on it is asked again and again. */
	async echoes(limitMs: number): Promise<boolean> {
		this.#ask();
		await this.#until(() => this.#roundTripMs !== null || this.#lost !== null, limitMs);
		if (this.#roundTripMs === null || this.#lost !== null) return false;
		this.#beating = setInterval(() => this.#tick(), this.#parts.beatMs);
		this.#beating.unref();
		return true;
	}

	async open(command: string): Promise<Channel | Failure> {
		if (this.#lost !== null) return failure('lost', `The connection through the proxy was lost: ${this.#lost}.`);
		const {inner, through, greeted, mark} = this.#parts;
		if (!greeted) return await inner.open(through(command));
		const channel = await inner.open(through(marked(mark, command)));
		return isFailure(channel) ? channel : behindMark(channel, mark);
	}

	/** The proxy carries one, but no word of how big it is, nor of how its command ended, and it outlives its channel. */
	async openTerminal(): Promise<RemoteTerminal | Failure> {
		return failure(
			'channel',
			'The cloud’s proxy gives no terminal that can be trusted: take the tunnel (--road tunnel), or run one command (devtop run).',
		);
	}

	onLost(listener: (why: string) => void): void {
		if (this.#lost === null) this.#listeners.push(listener);
		else if (!this.#closing) this.#tell(listener, this.#lost);
	}

	traffic(): {readonly received: number; readonly sent: number} {
		return this.#parts.inner.traffic();
	}

	/** Through the proxy to the device and back. */
	roundTripMs(): number | null {
		return this.#roundTripMs;
	}

	/** The proxy ends what still runs on the device when its connection ends. */
	async close(): Promise<void> {
		this.#closing = true;
		clearInterval(this.#beating);
		this.#parts.echo.write('stop\n');
		await this.#parts.inner.close();
	}

	#take(text: string): void {
		this.#text = (this.#text + text).slice(-2000);
		const {mark} = this.#parts;
		if (!this.#ready && this.#text.includes(`${mark} ready\n`)) this.#ready = true;
		if (this.#sentAt > 0 && this.#text.includes(`${mark} ${this.#beat}\n`)) {
			this.#roundTripMs = performance.now() - this.#sentAt;
			this.#sentAt = 0;
			this.#missed = 0;
			this.#text = '';
		}
		this.#changed();
	}

	#ask(): void {
		this.#sentAt = performance.now();
		this.#parts.echo.write(`${++this.#beat}\n`);
	}

	#tick(): void {
		if (this.#sentAt === 0) this.#ask();
		else if (++this.#missed >= MOST_MISSED) this.#lose('the device did not answer through the proxy');
	}

	#lose(why: string): void {
		if (this.#lost !== null) return;
		this.#lost = why;
		clearInterval(this.#beating);
		this.#changed();
		if (!this.#closing) for (const listener of this.#listeners) this.#tell(listener, why);
		this.#listeners.length = 0;
		if (!this.#closing) void this.#parts.inner.close();
	}

	#until(holds: () => boolean, limitMs: number): Promise<void> {
		return new Promise(resolve => {
			const done = (): void => {
				clearTimeout(timer);
				this.#changed = () => {};
				resolve();
			};
			const timer = setTimeout(done, limitMs);
			this.#changed = () => {
				if (holds()) done();
			};
			this.#changed();
		});
	}

	#tell(listener: (why: string) => void, why: string): void {
		try {
			listener(why);
		} catch (bug) {
			this.#parts.onBug(bug);
		}
	}
}
