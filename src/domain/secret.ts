/** What is a secret in a text, as data. */

export type SecretRule = {
	/** Stands in the mark that is left: `‹redacted:id›`. */
	readonly id: string;
	/**
	 * Found in every text that the rule can cut, and rarely elsewhere: all hints are one expression, asked of every line.
	 * Left out of the operator's own patterns: each is asked by itself, in bounded pieces.
	 */
	readonly hint?: string;
	/**
	 * Flags `dg`. The secret is the group `secret`; without one it begins where the match ends, and `reach` tells its end;
	 * without both it is all that was found. After a `sep` of `:` a value without quotes must look like one: "apiKey:
	 * missing" is no secret. `key` is the quote that closes the key: JSON inside a JSON string has backslashes there.
	 * Where there is a hint, every repetition is bounded, or starts behind something that cannot be repeated: a line of a
	 * megabyte must not hold up the session.
	 */
	readonly find: RegExp;
	/**
	 * `value`: a quoted string, an object, or a word that punctuation ends; `word`: the same, but only white space and
	 * quotes end it; `object`: an object; `block`: up to an END line, over many entries if need be.
	 */
	readonly reach?: 'value' | 'word' | 'object' | 'block';
	/** What the rule is led to by is said of other things, too: only a value that can hardly be one of these is a secret. */
	readonly strict?: boolean;
	/** It is one only in a text where this is found, too. */
	readonly beside?: RegExp;
	/** The beginning of a secret at the end of a piece whose rest is still to come: everything from the group `secret` on. */
	readonly begun?: RegExp;
};

/** A rule of the operator's own: a pattern with a name. Its group `secret`, where it has one, is what is cut. */
export const ownRule = (id: string, pattern: string): SecretRule => ({id, find: new RegExp(pattern, 'dg')});
