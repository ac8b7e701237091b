/** How far a copy is, on stderr: one row that changes on a terminal, else a row every ten seconds and one at the end. */
import {bytes} from '../domain/text.ts';

const EVERY_MS = {terminal: 500, file: 10_000} as const;

export class CopyProgress {
	readonly #total: number;
	readonly #began = performance.now();
	readonly #terminal = process.stderr.isTTY === true;
	#done = 0;
	#told = performance.now();

	constructor(total: number) {
		this.#total = total;
	}

	/** @param done bytes so far. */
	at(done: number): void {
		this.#done = done;
		const now = performance.now();
		if (now - this.#told < (this.#terminal ? EVERY_MS.terminal : EVERY_MS.file) && done < this.#total) return;
		this.#told = now;
		process.stderr.write(
			this.#terminal && done < this.#total ? `\u001b[K${this.#text}\r` : `${this.#clear}${this.#text}\n`,
		);
	}

	get #clear(): string {
		return this.#terminal ? '\u001b[K' : '';
	}

	get #text(): string {
		const share = this.#total === 0 ? 100 : Math.floor((this.#done / this.#total) * 100);
		const seconds = Math.max(0.001, (performance.now() - this.#began) / 1000);
		return `progress  ${bytes(this.#done)} of ${bytes(this.#total)} (${share} %), ${bytes(this.#done / seconds)}/s`;
	}
}
