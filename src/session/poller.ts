/** One sampler of a connection: asked one question at a time, opened anew when it has died or does not answer. */
import type {Section} from '../domain/tick.ts';
import {tickLine} from '../domain/tick.ts';
import {ended, type Running} from './connection.ts';

export type PollerParts = {
	readonly id: 'sampler' | 'engine';
	/** After this long an answer does not come any more. */
	readonly limitMs: number;
	readonly open: () => Promise<Running | null>;
	/** Epoch ms. */
	readonly now: () => number;
	readonly notice: (sentence: string) => void;
};

const TITLES = {sampler: 'unit states and vitals', engine: 'containers and disk'} as const;
/** Between two openings: a shell that dies at once is not started every second. */
const LEAST_MS = 5000;

export class Poller {
	readonly #parts: PollerParts;
	#running: Running | null = null;
	#openedAt = Number.NEGATIVE_INFINITY;
	/** The tick that was asked for last, and when. */
	#asked = {tick: 0, at: 0};
	#ticks = 0;

	constructor(parts: PollerParts) {
		this.#parts = parts;
	}

	/** Asks for sections. False where the last question is not answered yet: a slow device or link is not asked faster. */
	async ask(sections: readonly Section[]): Promise<boolean> {
		if (sections.length === 0) return true;
		const {now, limitMs, notice, id} = this.#parts;
		const running = this.#running;
		if (running === null) return this.#begin(sections);
		if (running.answered() < this.#asked.tick) {
			if (now() - this.#asked.at < limitMs) return false;
			notice(
				`The device gave no answer about ${TITLES[id]} for ${Math.round(limitMs / 1000)} s: it is asked anew, by another shell.`,
			);
			this.#running = null;
			running.stop();
			running.close();
			return false;
		}
		this.#write(running, sections);
		return true;
	}

	/** Ends its shell; resolves when that has ended, or is closed. */
	async end(): Promise<void> {
		const running = this.#running;
		this.#running = null;
		if (running === null) return;
		running.stop();
		await ended(running);
	}

	async #begin(sections: readonly Section[]): Promise<boolean> {
		const {now, open} = this.#parts;
		if (now() - this.#openedAt < LEAST_MS) return false;
		const again = this.#openedAt > 0;
		this.#openedAt = now();
		const running = await open();
		if (running === null) return false;
		this.#running = running;
		void running.exit.then(() => {
			if (this.#running === running) this.#running = null;
		});
		// A new shell knows nothing of what the old one sent.
		this.#asked = {tick: 0, at: now()};
		this.#write(running, again && sections.includes('units') ? [...new Set<Section>([...sections, 'full'])] : sections);
		return true;
	}

	#write(running: Running, sections: readonly Section[]): void {
		const tick = ++this.#ticks;
		running.write(tickLine(tick, sections));
		this.#asked = {tick, at: this.#parts.now()};
	}
}
