/** The output of a command on a terminal, without the trailer that its wrapper prints behind it: a person reads it. */
import {trailerMark} from '../command.ts';

/** Behind its mark: a code, and two line breaks as a terminal has them. */
const BEHIND = 7;

/** So much of the mark is no accident. Less is shown at once: whoever types an underscore sees it. */
const HELD_FROM = '__DEVTOP_'.length;

/** Bytes as they came, but for those that may be the trailer: they are held back until that is known. */
export class TerminalOutput {
	readonly #mark: string;
	#held = '';
	/** So much of what is held was shown. */
	#shown = 0;

	constructor(token: string) {
		this.#mark = trailerMark(token);
	}

	/** @returns what can be shown. */
	push(bytes: Uint8Array): Uint8Array {
		const text = this.#held + Buffer.from(bytes).toString('latin1');
		const from = this.#begin(text);
		const to = text.length - from < HELD_FROM ? text.length : Math.max(from, this.#shown);
		const show = text.slice(this.#shown, to);
		this.#held = text.slice(from);
		this.#shown = to - from;
		return Buffer.from(show, 'latin1');
	}

	/** What was held and is none is shown in the end. */
	end(): {readonly shown: Uint8Array; readonly code: number | null} {
		const code = this.#held.startsWith(this.#mark)
			? /^(\d{1,3})(?:\r*\n)*$/.exec(this.#held.slice(this.#mark.length))?.[1]
			: undefined;
		const shown = code === undefined ? this.#held.slice(this.#shown) : '';
		this.#held = '';
		this.#shown = 0;
		return {shown: Buffer.from(shown, 'latin1'), code: code === undefined ? null : Number(code)};
	}

	/** Where the trailer may begin. It counts only where nothing follows it: with more behind it, it is somebody's text. */
	#begin(text: string): number {
		const whole = text.lastIndexOf(this.#mark);
		if (whole >= 0 && text.length - whole - this.#mark.length <= BEHIND) return whole;
		for (let length = Math.min(this.#mark.length - 1, text.length); length > 0; length--)
			if (this.#mark.startsWith(text.slice(-length))) return text.length - length;
		return text.length;
	}
}
