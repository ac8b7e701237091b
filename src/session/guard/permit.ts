/** A permit: for these words, once, within ten seconds. Only the gate makes one; a test holds the imports against that. */

/** So long after the grant a command may be sent. */
export const PERMIT_MS = 10_000;

export type PermitParts = {
	/** The asking that it belongs to. */
	readonly id: number;
	readonly step: number;
	readonly argv: readonly string[];
	/** Monotonic milliseconds of the session. */
	readonly grantedMs: number;
};

const key = Symbol('only grant makes permits');

export class Permit {
	readonly id: number;
	readonly step: number;
	readonly #argv: readonly string[];
	readonly #grantedMs: number;
	#spent = false;

	constructor(made: symbol, {id, step, argv, grantedMs}: PermitParts) {
		if (made !== key) throw new Error('a permit can only be granted');
		this.id = id;
		this.step = step;
		this.#argv = [...argv];
		this.#grantedMs = grantedMs;
	}

	/** Gives the words, once. A sentence where it does not hold any more. */
	spend(nowMs: number): readonly string[] | string {
		if (this.#spent) return 'The permit was used already.';
		this.#spent = true;
		if (nowMs - this.#grantedMs > PERMIT_MS || nowMs < this.#grantedMs)
			return 'The permit is more than ten seconds old: ask again.';
		return this.#argv;
	}
}

/** For the gate alone. */
export const grant = (parts: PermitParts): Permit => new Permit(key, parts);
