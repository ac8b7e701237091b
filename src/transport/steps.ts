/** Tells the steps of connecting, each with its time. */
import {type Failure, isFailure} from '../domain/channel.ts';
import type {OnStep, Place} from '../domain/step.ts';

/** One step after another. What ends while none has begun is not told. */
export class Steps {
	readonly #tell: OnStep;
	readonly #at: Place | null;
	#now: {readonly id: string; readonly title: string; readonly began: number} | null = null;

	/** @param tell left out where nobody looks. */
	constructor(tell: OnStep | undefined, at: Place | null) {
		this.#tell = tell ?? (() => {});
		this.#at = at === null ? null : {host: at.host, port: at.port, user: at.user};
	}

	begin(id: string, title: string): void {
		this.#now = {id, title, began: performance.now()};
		this.#tell({id, title, at: this.#at, end: null});
	}

	/** @param found in plain words what it is, or why it failed. */
	end(found: string | Failure): void {
		if (this.#now === null) return;
		const {id, title, began} = this.#now;
		this.#now = null;
		this.#tell({id, title, at: this.#at, end: {ms: performance.now() - began, found}});
	}

	/** Ends the step that goes on where something failed, and hands that on. */
	checked<Value>(value: Value | Failure, found: (value: Value) => string): Value | Failure {
		this.end(isFailure(value) ? value : found(value));
		return value;
	}
}
