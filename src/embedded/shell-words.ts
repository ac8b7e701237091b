/** The remote command line, taken apart again as sh would: only what `quote` in transport/command.ts makes. */
import {remoteCommand, UNFOLD, unfold} from '../transport/command.ts';

/** Splits a line into words: blanks part them, single quotes and a backslash outside them protect. Null where a quote is open. */
export function splitWords(line: string): readonly string[] | null {
	const words: string[] = [];
	let word: string | null = null;
	for (let at = 0; at < line.length; at++) {
		const char = line.charAt(at);
		if (char === "'") {
			const end = line.indexOf("'", at + 1);
			if (end < 0) return null;
			word = (word ?? '') + line.slice(at + 1, end);
			at = end;
		} else if (char === '\\') {
			at++;
			word = (word ?? '') + line.charAt(at);
		} else if (char === ' ' || char === '\t' || char === '\n') {
			if (word !== null) words.push(word);
			word = null;
		} else word = (word ?? '') + char;
	}
	if (word !== null) words.push(word);
	return words;
}

/** What the device was asked to run, and how it is driven. */
export type Call =
	| {
			readonly kind: 'once' | 'follow';
			readonly token: string;
			readonly argv: readonly string[];
			/** It stays for a moment after its trailer. */
			readonly lingers: boolean;
	  }
	/** `sh -c SCRIPT devtop TOKEN argv…`: the script reads its ticks from stdin and prints its own trailer. */
	| {readonly kind: 'poll'; readonly token: string; readonly script: string; readonly argv: readonly string[]}
	/** Words without a wrapper of ours: no trailer, an exit status only. */
	| {readonly kind: 'plain'; readonly argv: readonly string[]};

const WRAPPERS = (['once', 'follow'] as const).flatMap(kind =>
	[false, true].map(lingers => ({kind, lingers, script: splitWords(remoteCommand(kind, [], 'T', lingers))?.[3]})),
);

/** Recognises our wrappers. A script that is none of them is a sampler: only those are sent otherwise. */
export function readCommand(command: string): Call | null {
	const words = splitWords(command);
	if (words === null) return null;
	const [exec, sh, flag, script, name, token, ...argv] = words;
	if (
		exec !== 'exec' ||
		sh !== 'sh' ||
		flag !== '-c' ||
		name !== 'devtop' ||
		script === undefined ||
		token === undefined
	)
		return {kind: 'plain', argv: words};
	if (script === UNFOLD) return readCommand(unfold(token));
	const wrapper = WRAPPERS.find(known => known.script === script);
	if (wrapper !== undefined) return {kind: wrapper.kind, token, argv, lingers: wrapper.lingers};
	return {kind: 'poll', token, script, argv};
}
