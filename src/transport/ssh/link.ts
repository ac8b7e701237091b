/** One SSH connection and the one thing that can happen to it: that it is gone. */
import type {Duplex} from 'node:stream';
import ssh2, {type Client} from 'ssh2';

export type LossListener = (why: string, error: Error | null) => void;

/** What a level means for the connection: an agent's refusal and one bad signature end nothing, ssh2 tries the next key. */
const goesOn = (error: Error & {level?: string}): boolean =>
	error.level === 'agent' || (error.level === 'client-authentication' && error.message.startsWith('Error signing'));

/** ssh2's and Node's texts in plain words. */
export function plainReason(error: Error & {code?: unknown}): string {
	if (error.message === 'Keepalive timeout') return 'keepalive timed out';
	switch (error.code) {
		case 'ECONNRESET':
		case 'EPIPE':
			return 'the connection was reset';
		case 'ETIMEDOUT':
			return 'the network stopped answering';
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
		case 'ENETDOWN':
			return 'the network is unreachable';
		default:
			return error.message.replace(/[.\s]+$/, '') || 'an error without a text';
	}
}

/** Wraps a client from its first moment, so that no error event is ever unheard (that would end the process). */
export class Link {
	readonly client: Client = new ssh2.Client();
	readonly #stream: Duplex;
	readonly #listeners = new Set<LossListener>();
	readonly #onBug: (error: unknown) => void;
	#lost: {readonly why: string; readonly error: Error | null} | null = null;

	constructor(stream: Duplex, onBug: (error: unknown) => void) {
		this.#stream = stream;
		this.#onBug = onBug;
		this.client
			.on('error', error => {
				if (!goesOn(error)) this.lose(plainReason(error), error);
			})
			.on('end', () => this.lose('closed by the device', null))
			.on('close', () => this.lose('closed by the device', null));
	}

	get lost(): string | null {
		return this.#lost?.why ?? null;
	}

	/** Called once when the connection is gone, at once if it is already. Returns what takes the listener off again. */
	onLost(listener: LossListener): () => void {
		if (this.#lost === null) this.#listeners.add(listener);
		else this.#tell(listener, this.#lost.why, this.#lost.error);
		return () => this.#listeners.delete(listener);
	}

	/** Gives the connection up. What is still to come of ssh2's events is heard and thrown away. */
	lose(why: string, error: Error | null): void {
		if (this.#lost !== null) return;
		this.#lost = {why, error};
		for (const event of ['error', 'end', 'close', 'ready', 'banner', 'greeting'] as const)
			this.client.removeAllListeners(event);
		this.client.on('error', () => {});
		this.#stream.on('error', () => {});
		this.#stream.destroy();
		for (const listener of this.#listeners) this.#tell(listener, why, error);
		this.#listeners.clear();
	}

	#tell(listener: LossListener, why: string, error: Error | null): void {
		try {
			listener(why, error);
		} catch (bug) {
			this.#onBug(bug);
		}
	}
}
