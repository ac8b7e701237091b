/** `~.` at the beginning of a line leaves, as in ssh (ssh(1), ESCAPE CHARACTERS): the shell may not answer any more. */

export class Escape {
	#begins = true;
	#tilde = false;

	/** @returns what is sent on, and whether it was left behind that. */
	take(typed: string): {readonly text: string; readonly leave: boolean} {
		let text = '';
		for (const character of typed) {
			if (this.#tilde) {
				this.#tilde = false;
				if (character === '.') return {text, leave: true};
				// Two of them are one.
				text += character === '~' ? '~' : `~${character}`;
				this.#begins = character === '\r' || character === '\n';
			} else if (this.#begins && character === '~') this.#tilde = true;
			else {
				text += character;
				this.#begins = character === '\r' || character === '\n';
			}
		}
		return {text, leave: false};
	}
}
