/** What tells a program to end: Ctrl-C, a supervisor, a terminal that is closed. */

import type {Session} from '../session/session.ts';
import type {Said} from './said.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** As shells say it of a program that a signal ended: 128 and the signal's number. */
const CODES: Readonly<Record<Signal, number>> = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129};

/** How a command was broken off. */
export type Broken = {readonly by: Signal; readonly code: number};

/**
 * Listens from before a command connects to the end of the program, and is handed on: from what ends the beginning to what
 * ends the rest. Taking one listener off and putting another on loses what came between them, and what was to be stopped
 * goes on.
 */
export class Interruption {
	#broken: Broken | null = null;
	#each: () => void = () => {};
	#come: (broken: Broken) => void = () => {};
	/** Resolves with the first. */
	readonly came: Promise<Broken> = new Promise(resolve => {
		this.#come = resolve;
	});

	constructor() {
		for (const signal of SIGNALS)
			process.on(signal, () => {
				this.#broken ??= {by: signal, code: CODES[signal]};
				this.#come(this.#broken);
				this.#each();
			});
	}

	/** Each of them does this from now on, and at once where one has come. */
	each(what: () => void): void {
		this.#each = what;
		if (this.#broken !== null) what();
	}
}

/** The end of a command that was broken off before it had begun. */
export async function brokenOff(
	{by, code}: Broken,
	session: Pick<Session, 'stop'>,
	note: (sentence: string) => void,
): Promise<Said> {
	await session.stop();
	note(`It was broken off (${by}) before it began: nothing was done.`);
	return {text: '', code};
}
