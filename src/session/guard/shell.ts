/** A shell that somebody types into: the screen lends its terminal for it, and has it back whatever happens. */
import {type Exit, type Failure, failure, isFailure, type RemoteTerminal, type Size} from '../../domain/channel.ts';
import {clean, count} from '../../domain/text.ts';
import type {Actuator} from './actuator.ts';
import {Escape} from './escape.ts';
import type {Permit} from './permit.ts';

/** What the shell is told of the operator's terminal. */
export type Typing = {
	typed(text: string): void;
	resized(size: Size): void;
	/** It has taken all that it was given. */
	drained(): void;
};

/** The operator's terminal, as long as it is lent. */
export interface Lent {
	readonly size: Size;
	/** Shows bytes as they are. False where it is behind: more had better wait. */
	show(bytes: Uint8Array): boolean;
	/** Gives it back: as it was, whatever was shown. Safe to call twice. */
	back(): void;
}

/** Takes the terminal from the screen. */
export type Lend = (to: Typing) => Lent;

export type ShellParts = {
	readonly actuator: Pick<Actuator, 'openTerminal'>;
	readonly permit: Permit;
	readonly lend: Lend;
	/** Monotonic milliseconds of the session. */
	readonly elapsed: () => number;
	/** Until when it may be open, or why it may not any more. */
	readonly allowed: () => number | string;
	/** By whose leave, on what. */
	readonly by: string;
	readonly device: string;
};

const LOOK_MS = 1000;
const LAST_MINUTE_MS = 60_000;

const minutes = (ms: number): string => count(Math.max(1, Math.round(ms / 60_000)), 'minute');

const endWord = (exit: Exit, why: string): string =>
	why !== ''
		? `was closed: ${why}`
		: exit.kind === 'exited'
			? `has ended with exit code ${exit.code}`
			: exit.kind === 'lost'
				? `is lost with the link: ${clean(exit.why)}`
				: 'was closed by the device';

export class Shell {
	readonly #parts: ShellParts;
	#terminal: RemoteTerminal | null = null;
	#why = '';
	/** Ends the waiting for one that is not open yet. */
	#leave: () => void = () => {};

	constructor(parts: ShellParts) {
		this.#parts = parts;
	}

	/** Closes it at once; what it ran sees that its terminal is gone. */
	end(why: string): void {
		if (this.#why === '') this.#why = why;
		if (this.#terminal === null) this.#leave();
		else this.#terminal.close();
	}

	/** Opens it and waits for its end. */
	async run(): Promise<Exit | Failure> {
		const {actuator, permit, lend, elapsed, allowed, by, device} = this.#parts;
		const leaving = new Escape();
		const lent = lend({
			typed: text => {
				const taken = leaving.take(text);
				if (taken.text !== '') this.#terminal?.write(taken.text);
				if (taken.leave) this.end('you left it (~.)');
			},
			resized: size => this.#terminal?.resize(size),
			drained: () => this.#terminal?.resume(),
		});
		const tell = (text: string): void => void lent.show(Buffer.from(`\r\n\x1b[0;7m devtop \x1b[0m ${text}\r\n`));
		let looking: ReturnType<typeof setInterval> | undefined;
		try {
			const until = allowed();
			if (typeof until === 'string') return failure('refused', until);
			tell(
				[
					`Opening a shell on ${clean(device)}, allowed by ${by}, for ${minutes(until - elapsed())} at most.`,
					'What it shows is recorded, with secrets cut; keys that it does not show are not.',
					'It is left with exit, Ctrl-D, or ~. at the beginning of a line.',
				].join('\r\n'),
			);
			return await new Promise<Exit | Failure>(resolve => {
				// On a link that hangs it may take long to open: whoever leaves does not wait.
				this.#leave = () => {
					tell(`The shell ${endWord({kind: 'truncated'}, this.#why)}.`);
					resolve({kind: 'truncated'});
				};
				const opening = actuator.openTerminal(permit, lent.size, {
					out: bytes => {
						if (!lent.show(bytes)) this.#terminal?.pause();
					},
					end: (exit, lines) => {
						tell(`The shell ${endWord(exit, this.#why)}. ${count(lines, 'line')} of it recorded.`);
						resolve(exit);
					},
				});
				void opening.then(terminal => {
					if (isFailure(terminal)) {
						tell(`No shell was opened. ${terminal.message}`);
						resolve(terminal);
						return;
					}
					this.#terminal = terminal;
					if (this.#why !== '') terminal.close();
				});
				let warned = until - elapsed() <= LAST_MINUTE_MS;
				looking = setInterval(() => {
					const now = allowed();
					if (typeof now === 'string') this.end(now);
					else if (now - elapsed() > LAST_MINUTE_MS) warned = false;
					else if (!warned) {
						warned = true;
						tell('The permission ends in a minute, and the shell with it.');
					}
				}, LOOK_MS);
			});
		} finally {
			clearInterval(looking);
			this.#terminal = null;
			lent.back();
		}
	}
}
