/** One exec channel: bytes to one reader, lossless under pause, one end. */
import type {ClientChannel} from 'ssh2';
import type {ChannelReader, RemoteTerminal, Size, StreamEnd} from '../../domain/channel.ts';

/**
 * Until `read` is called the bytes wait in ssh2's streams, and the window (2 MiB) holds the device back; the same
 * while paused. From then on both streams are always read: unread stderr would block the command.
 */
export class SshChannel implements RemoteTerminal {
	readonly #stream: ClientChannel;
	readonly #onBug: (error: unknown) => void;
	readonly #gone: () => void;
	#reader: ChannelReader | null = null;
	#paused = false;
	/** The other side closed it. */
	#closed = false;
	#errEnded = false;
	#lost: string | null = null;
	#ended = false;
	#sending: ((well: boolean) => void) | null = null;
	#status: number | null = null;

	/** @param gone called once when the channel needs no more telling of a loss. */
	constructor(stream: ClientChannel, onBug: (error: unknown) => void, gone: () => void) {
		this.#stream = stream;
		this.#onBug = onBug;
		this.#gone = gone;
		stream.on('error', () => {});
		stream.stderr.on('error', () => {});
		stream.on('exit', (code: number | null) => {
			this.#status = code;
		});
		// Both come only when everything before them was read.
		stream.on('close', () => {
			this.#closed = true;
			this.#sent(false);
			this.#endIfDone();
		});
		stream.stderr.on('end', () => {
			this.#errEnded = true;
			this.#endIfDone();
		});
	}

	read(reader: ChannelReader): void {
		if (this.#reader !== null) return;
		this.#reader = reader;
		if (this.#ended) {
			// It was closed from our side before anyone read.
			queueMicrotask(() => this.#tell(() => reader.end({kind: 'closed'})));
			return;
		}
		this.#stream.on('data', (bytes: Buffer) => this.#tell(() => reader.out(bytes)));
		this.#stream.stderr.on('data', (bytes: Buffer) => this.#tell(() => reader.err(bytes)));
		this.#flow();
	}

	write(text: string): void {
		if (this.#ended || this.#lost !== null || !this.#stream.writable) return;
		try {
			this.#stream.write(text);
		} catch {
			// Closed in this moment; the end is told by the stream.
		}
	}

	/** Of one that was opened with a terminal. */
	resize({columns, rows}: Size): void {
		if (this.#ended || this.#lost !== null || this.#closed) return;
		try {
			this.#stream.setWindow(rows, columns, 0, 0);
		} catch {
			// Closed in this moment.
		}
	}

	/** Its stream takes no more than the device's window (2 MiB) before the answer comes. A stream that ends answers never. */
	send(bytes: Uint8Array): Promise<boolean> {
		if (this.#ended || this.#lost !== null || this.#closed || !this.#stream.writable) return Promise.resolve(false);
		return new Promise(resolve => {
			this.#sending = resolve;
			try {
				this.#stream.write(bytes, error => this.#sent(!error));
			} catch {
				this.#sent(false);
			}
		});
	}

	/** Answers the `send` that waits. */
	#sent(well: boolean): void {
		this.#sending?.(well);
		this.#sending = null;
	}

	status(): number | null {
		return this.#status;
	}

	pause(): void {
		this.#paused = true;
		this.#stream.pause();
		this.#stream.stderr.pause();
	}

	resume(): void {
		this.#paused = false;
		this.#flow();
	}

	close(): void {
		if (this.#ended) return;
		try {
			this.#stream.end();
			this.#stream.close();
		} catch {
			// The connection is gone already.
		}
		// sshd answers only when the command has ended, which may be never.
		this.#end({kind: 'closed'});
	}

	/** The connection is gone: what has come is still delivered, then the end. */
	lose(why: string): void {
		if (this.#ended || this.#lost !== null) return;
		this.#lost = why;
		this.#sent(false);
		this.#flow();
	}

	#flow(): void {
		if (this.#paused || this.#reader === null || this.#ended) return;
		if (this.#lost === null) {
			this.#stream.resume();
			this.#stream.stderr.resume();
			return;
		}
		// With a "data" listener, read() emits it too.
		while (!this.#paused && this.#stream.read() !== null);
		while (!this.#paused && this.#stream.stderr.read() !== null);
		if (!this.#paused && !this.#ended) this.#end({kind: 'lost', why: this.#lost});
	}

	#endIfDone(): void {
		if (this.#closed && this.#errEnded && this.#lost === null) this.#end({kind: 'closed'});
	}

	#end(end: StreamEnd): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#sent(false);
		this.#stream.removeAllListeners('data');
		this.#stream.stderr.removeAllListeners('data');
		this.#stream.resume();
		this.#stream.stderr.resume();
		this.#gone();
		const reader = this.#reader;
		if (reader !== null) this.#tell(() => reader.end(end));
	}

	/** A throw would reach ssh2's parser, which loses its place in the stream and ends the connection. */
	#tell(action: () => void): void {
		try {
			action();
		} catch (bug) {
			this.#onBug(bug);
		}
	}
}
