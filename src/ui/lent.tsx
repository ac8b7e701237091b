/** The terminal while it is a shell's: Ink lets go of it, bytes go through as they are, and Ink paints anew afterwards. */
import {useApp} from 'ink';
import {type ReactNode, useEffect} from 'react';
import type {Lend} from '../session/guard/shell.ts';

type Suspension = {resume(): Promise<void>};
/** Ink's own way to let go (`useApp`): it has done so when the call returns. */
type Suspend = () => Promise<Suspension>;

/** Gets at it: only what is drawn can. */
export function Suspending({onReady}: {readonly onReady: (suspend: Suspend) => void}): ReactNode {
	const {suspendTerminal} = useApp();
	useEffect(() => onReady(() => suspendTerminal()), [suspendTerminal, onReady]);
	return null;
}

/**
 * A string or sequence without its end would take in what follows (ST ends any, ECMA-48). Keys in kitty's forms are kept for
 * each of the two screens apart (its keyboard protocol).
 */
const BROKEN_OFF = '\x1b\\\x1b[<9u';
/**
 * What a program may have left on that we have not on: a frozen screen, mouse, paste, focus and colour reports, keys in other
 * forms, reversed colours, margins and a scrolling region kept by its cursor, insertion, another character set, a hidden or
 * other cursor, colours, a locked keyboard, another encoding, another palette (xterm, ctlseqs).
 */
const AS_IT_WAS =
	'\x1b[?2026l\x1b[?9;1000;1002;1003;1004;1005;1006;1015;1016;2004;2031l\x1b[?1l\x1b>\x1b[<9u\x1b[>4m\x1b[?5l' +
	'\x1b7\x1b[?69l\x1b[r\x1b8\x1b[2l\x1b[4l\x1b[20l\x1b%G\x1b(B\x0f\x1b[?7h\x1b[?25h\x1b[0 q\x1b[0m' +
	'\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\';
/** The title is the shell's meanwhile (xterm, window operations 22 and 23). */
const PUSH_TITLE = '\x1b[22;0t';
const POP_TITLE = '\x1b[23;0t';
const LEAVE_WHOLE = '\x1b[?1049l';
const WHOLE = /\x1b\[\?(?:1049|1047|47)([hl])/g;
/** Long enough for the longest of these. */
const KEPT = 8;

export type LentParts = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly suspend: Suspend;
	/** Nothing else may write from here on, or may again. */
	readonly lent: (on: boolean) => void;
};

export function createLend({stdin, stdout, suspend, lent}: LentParts): Lend {
	return ({typed, resized, drained}) => {
		let suspension: Suspension | null = null;
		const suspending = suspend().then(one => {
			suspension = one;
			return one;
		});
		lent(true);
		let given = false;
		let whole = false;
		let tail = '';
		const take = (text: string | Uint8Array): void =>
			typed(typeof text === 'string' ? text : Buffer.from(text).toString());
		const size = () => ({columns: stdout.columns, rows: stdout.rows});
		const resize = (): void => resized(size());
		stdout.write(PUSH_TITLE);
		stdin.setRawMode(true);
		stdin.ref();
		stdin.on('data', take);
		stdin.resume();
		stdout.on('resize', resize);
		stdout.on('drain', drained);
		return {
			size: size(),
			show: bytes => {
				const text = tail + Buffer.from(bytes).toString('latin1');
				for (const [, on] of text.matchAll(WHOLE)) whole = on === 'h';
				tail = text.slice(-KEPT);
				return !stdout.writable || stdout.write(bytes);
			},
			back: () => {
				if (given) return;
				given = true;
				stdin.off('data', take);
				stdout.off('resize', resize);
				stdout.off('drain', drained);
				if (stdout.writable) stdout.write(`${BROKEN_OFF}${whole ? LEAVE_WHOLE : ''}${AS_IT_WAS}${POP_TITLE}`);
				lent(false);
				// At once where it can be: whoever ends the screen does not wait.
				if (suspension === null) void suspending.then(one => one.resume());
				else void suspension.resume();
			},
		};
	};
}
