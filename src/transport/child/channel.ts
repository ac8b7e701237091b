/** A channel over a process that was started here: a shell of this machine, or an `ssh` that carries one command. */
import type {ChildProcessWithoutNullStreams} from 'node:child_process';
import type {Channel, ChannelReader, StreamEnd} from '../../domain/channel.ts';

/** Bytes so far, both directions, over all channels of a connection. */
export type Traffic = {received: number; sent: number};

export type ChildParts = {
	readonly traffic: Traffic;
	readonly onBug: (error: unknown) => void;
	/** A line that the other side prints before anything of the command: what stood before it is passed on, itself not. */
	readonly mark?: string;
	/** The process is of no use without the channel. Left out: it runs on, and sees EOF, as over SSH. */
	readonly kill?: boolean;
	/** Waited for when the process has ended, to learn whether that was a loss. */
	readonly judge?: (code: number | null) => Promise<unknown>;
	/** Called once when the channel needs no more telling of a loss. */
	readonly gone: () => void;
};

/** So long is waited for the last bytes, where the connection is gone. */
const LAST_MS = 500;

/**
 * Node lets the streams of a process that has exited flow, whoever paused them (`flushStdio`). So what comes while nobody
 * reads is kept here; before the exit that is one piece, after it no more than the system held.
 */
export class ChildChannel implements Channel {
	/** Resolves to true when the mark came, to false where the process ended before. */
	readonly ready: Promise<boolean>;
	/** Resolves when the process has ended, or nothing more is expected of it. */
	readonly over: Promise<void>;
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #parts: ChildParts;
	readonly #held: {readonly to: 'out' | 'err'; readonly bytes: Uint8Array}[] = [];
	#before: Buffer | null;
	#isReady: (so: boolean) => void = () => {};
	#isOver: () => void = () => {};
	#reader: ChannelReader | null = null;
	#paused = false;
	#closed = false;
	#lost: string | null = null;
	#ended = false;

	constructor(child: ChildProcessWithoutNullStreams, parts: ChildParts) {
		this.#child = child;
		this.#parts = parts;
		this.#before = parts.mark === undefined ? null : Buffer.alloc(0);
		this.ready = new Promise(resolve => {
			this.#isReady = resolve;
		});
		this.over = new Promise(resolve => {
			this.#isOver = resolve;
		});
		for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
		child.on('error', () => {});
		child.stdout.on('data', (bytes: Buffer) => this.#out(bytes));
		child.stderr.on('data', (bytes: Buffer) => this.#take('err', bytes));
		child.on('close', code => {
			void Promise.resolve(parts.judge?.(code)).then(() => this.#over());
		});
		if (parts.mark === undefined) this.#isReady(true);
	}

	/** What was said on stderr and not read yet. */
	get said(): string {
		return this.#held.map(({to, bytes}) => (to === 'err' ? Buffer.from(bytes).toString('utf8') : '')).join('');
	}

	read(reader: ChannelReader): void {
		if (this.#reader !== null) return;
		this.#reader = reader;
		if (this.#ended) queueMicrotask(() => this.#tell(() => reader.end({kind: 'closed'})));
		else this.#flow();
	}

	write(text: string): void {
		void this.send(Buffer.from(text));
	}

	send(bytes: Uint8Array): Promise<boolean> {
		const {stdin} = this.#child;
		if (this.#ended || this.#closed || this.#lost !== null || !stdin.writable) return Promise.resolve(false);
		this.#parts.traffic.sent += bytes.length;
		return new Promise(resolve => {
			const failed = (): void => resolve(false);
			// A stream that is destroyed may answer never.
			stdin.once('close', failed);
			stdin.write(bytes, error => {
				stdin.off('close', failed);
				resolve(!error);
			});
		});
	}

	/** Of ssh it is the command's own, or 255. */
	status(): number | null {
		return this.#child.exitCode;
	}

	pause(): void {
		this.#paused = true;
		this.#stop();
	}

	resume(): void {
		this.#paused = false;
		this.#flow();
	}

	close(): void {
		if (this.#ended) return;
		this.#end({kind: 'closed'});
		this.#leave();
	}

	/** The connection is gone: what has come is still delivered, then the end. */
	lose(why: string): void {
		if (this.#ended || this.#closed || this.#lost !== null) return;
		this.#lost = why;
		this.#child.stdin.destroy();
		if (this.#parts.kill) this.#child.kill();
		this.#flow();
		setTimeout(() => {
			this.#leave();
			this.#over();
		}, LAST_MS).unref();
	}

	/** Lets go of the process: it sees EOF, and nobody who reads. */
	#leave(): void {
		for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
		if (this.#parts.kill) this.#child.kill();
		this.#child.unref();
		this.#isOver();
	}

	#out(bytes: Buffer): void {
		const {mark} = this.#parts;
		if (this.#before === null || mark === undefined) {
			this.#take('out', bytes);
			return;
		}
		this.#before = Buffer.concat([this.#before, bytes]);
		const at = this.#before.indexOf(`${mark}\n`);
		if (at < 0) return;
		const [banner, first] = [this.#before.subarray(0, at), this.#before.subarray(at + mark.length + 1)];
		this.#before = null;
		for (const piece of [banner, first]) if (piece.length > 0) this.#take('out', piece);
		this.#isReady(true);
	}

	#take(to: 'out' | 'err', bytes: Uint8Array): void {
		if (this.#ended) return;
		this.#parts.traffic.received += bytes.length;
		const reader = this.#reader;
		if (reader !== null && !this.#paused && this.#held.length === 0) this.#tell(() => reader[to](bytes));
		else {
			this.#held.push({to, bytes});
			if (this.#before === null) this.#stop();
		}
	}

	#stop(): void {
		this.#child.stdout.pause();
		this.#child.stderr.pause();
	}

	#flow(): void {
		const reader = this.#reader;
		if (reader === null || this.#ended) return;
		while (!this.#paused) {
			const next = this.#held.shift();
			if (next === undefined) break;
			this.#tell(() => reader[next.to](next.bytes));
		}
		if (this.#paused || this.#ended) return;
		this.#child.stdout.resume();
		this.#child.stderr.resume();
		this.#endIfDone();
	}

	#over(): void {
		this.#closed = true;
		this.#isReady(false);
		this.#isOver();
		this.#endIfDone();
	}

	#endIfDone(): void {
		if (!this.#closed || this.#paused || this.#reader === null || this.#held.length > 0) return;
		this.#end(this.#lost === null ? {kind: 'closed'} : {kind: 'lost', why: this.#lost});
	}

	#end(end: StreamEnd): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#held.length = 0;
		this.#parts.gone();
		const reader = this.#reader;
		if (reader !== null) this.#tell(() => reader.end(end));
	}

	/** What a reader throws is a bug of ours, and ends nothing. */
	#tell(action: () => void): void {
		try {
			action();
		} catch (bug) {
			this.#parts.onBug(bug);
		}
	}
}
