/**
 * How a source's argv becomes the one string that SSH carries. Quoting happens here and nowhere else.
 *
 * The outermost form is `exec sh -c '…'`, since the login shell may be anything. The argv stand behind the
 * script as words of their own ("$@"), so that they are quoted once, and `ps` on the device shows them readably.
 */

/** Quotes one word for POSIX sh, fish and csh alike: inside single quotes a backslash is special in fish, `!` in csh. */
export const quote = (word: string): string =>
	/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll(/['\\!]/g, "'\\$&'")}'`;

/**
 * What a trailer starts with. No line break before it: an entry that was cut just after a field would then look whole.
 */
export const trailerMark = (token: string): string => `__DEVTOP_${token}=`;

/**
 * A one-shot: the argv, then the trailer. `exec` in a shell of its own runs programs only: as plain "$@" a first word such
 * as `eval` would be the shell's, and `exit` would end the wrapper before its trailer.
 */
const ONCE = 't=$1; shift; (exec "$@") </dev/null; c=$?; printf "__DEVTOP_%s=%s\\n\\n" "$t" "$c"';

/** A one-shot that is given its stdin: bytes of a length that it knows, since not every road forwards their end. */
const FEED = 't=$1; shift; (exec "$@"); c=$?; printf "__DEVTOP_%s=%s\\n\\n" "$t" "$c"';

/**
 * On a terminal, with a person at it. What is typed to interrupt is meant for the shell inside: the wrapper lives on to say
 * how it ended. A trap is reset in what it starts (sh(1)), an ignored signal would not be.
 */
const TERMINAL = 't=$1; shift; trap : INT QUIT; (exec "$@"); c=$?; printf "__DEVTOP_%s=%s\\n\\n" "$t" "$c"';

/**
 * A follower: a line or EOF on stdin ends it. Background commands get /dev/null as stdin, hence descriptor 3;
 * the watcher writes nowhere, so that it never keeps the channel open.
 */
const FOLLOW =
	't=$1; shift; exec 3<&0; "$@" </dev/null 3<&- & p=$!; { read -r _ <&3; kill "$p"; } >/dev/null 2>&1 & w=$!; ' +
	'wait "$p"; c=$?; kill "$w" 2>/dev/null; printf "__DEVTOP_%s=%s\\n\\n" "$t" "$c"';

/**
 * Stands behind a wrapper where a road cuts the last bytes of what ends: of 60 commands that slept 0.3 s after their last
 * word none lost one, of 60 others eleven. Not every busybox has sleep with fractions.
 */
const LINGER = '; sleep 0.3 2>/dev/null || sleep 1';

const WRAPPERS = {once: ONCE, feed: FEED, terminal: TERMINAL, follow: FOLLOW} as const;

/** Stands for a line break where a login shell may read it. */
const FOLD = '\u0001';

/** csh takes no line break, not even in quotes: this sh puts them back, and becomes the one that was meant. */
export const UNFOLD = 'eval "$(printf %s "$1" | tr "\\001" "\\n")"';

const folded = (command: string): string =>
	command.includes('\n') && !command.includes(FOLD)
		? ['exec', 'sh', '-c', UNFOLD, 'devtop', command.replaceAll('\n', FOLD)].map(quote).join(' ')
		: command;

/** The command behind `UNFOLD`, as it was before. */
export const unfold = (word: string): string => word.replaceAll(FOLD, '\n');

/**
 * @param mode how the command is driven: `once` runs to its end, `feed` too, with bytes on its stdin, `terminal` on a terminal of its own,
 *   `follow` until a line
 *   on stdin, `poll` is a script that reads its own ticks from stdin and prints its own trailer.
 * @param argv the words of the command; for `poll` the first is the script, the rest its arguments after the token.
 * @param token random, new for every channel: what marks our lines in the stream.
 * @param lingers whether it stays for a moment after its trailer. A `poll` ends by a word of ours, and needs not.
 */
export function remoteCommand(
	mode: keyof typeof WRAPPERS | 'poll',
	argv: readonly string[],
	token: string,
	lingers = false,
): string {
	const [script, ...rest] = mode === 'poll' ? argv : [`${WRAPPERS[mode]}${lingers ? LINGER : ''}`, ...argv];
	return folded(['exec', 'sh', '-c', script ?? '', 'devtop', token, ...rest].map(quote).join(' '));
}

/** The stop line for a follower or a sampler. */
export const STOP = 'stop\n';
