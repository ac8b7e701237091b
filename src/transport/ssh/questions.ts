/** What the operator may be asked or told while connecting, and what is remembered so that a reconnect asks and tells nothing twice. */
import type {ParsedKey} from 'ssh2';

/** The caller's way to ask; absent where nobody can answer. `null` and `false` mean no. None of these need to hurry. */
export interface Questions {
	/** Whether a host that is not known yet may be trusted, and remembered. */
	hostKey(asked: {target: string; type: string; fingerprint: string}): Promise<boolean>;
	/** The passphrase of a key file; `again` after a wrong one. */
	passphrase(asked: {file: string; again: boolean}): Promise<string | null>;
	/** An answer to the device's own prompt; the prompt may be empty. */
	password(asked: {target: string; prompt: string}): Promise<string | null>;
}

/** Lives as long as a road, in memory only. */
export class Memory {
	/** Name in known_hosts to the key that was accepted for it (base64), should it not have been written. */
	readonly hostKeys = new Map<string, string>();
	/** Key file to the key inside, unlocked. */
	readonly keys = new Map<string, ParsedKey>();
	/** Key files for which no given passphrase was the right one. */
	readonly wrong = new Set<string>();
	/** Target and prompt to the answer that let us in. */
	readonly answers = new Map<string, string>();
}

/** Tells each sentence once, however often a road connects. */
export function eachOnce(tell: ((text: string) => void) | undefined): (text: string) => void {
	const told = new Set<string>();
	return text => {
		if (!told.has(text)) tell?.(text);
		told.add(text);
	};
}

/** A time limit that stands still while the operator is asked. */
export class Patience {
	#left: number;
	#since = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#asking = 0;
	readonly #late: () => void;

	constructor(limitMs: number, late: () => void) {
		this.#left = limitMs;
		this.#late = late;
		this.#start();
	}

	#start(): void {
		this.#since = performance.now();
		this.#timer = setTimeout(this.#late, Math.max(1, this.#left));
	}

	/** Runs a question outside the limit. */
	async ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
		if (this.#asking++ === 0 && this.#timer !== undefined) {
			clearTimeout(this.#timer);
			this.#left -= performance.now() - this.#since;
		}
		try {
			return await question();
		} finally {
			if (--this.#asking === 0 && this.#timer !== undefined) this.#start();
		}
	}

	end(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	/** The same questions, each outside the limit. */
	around(questions: Questions): Questions {
		return {
			hostKey: asked => this.ask(() => questions.hostKey(asked)),
			passphrase: asked => this.ask(() => questions.passphrase(asked)),
			password: asked => this.ask(() => questions.password(asked)),
		};
	}
}
