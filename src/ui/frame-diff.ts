/**
 * A terminal for Ink that writes only the rows that changed. Ink hands over whole frames; on a busy screen of 200x50 that
 * is 13 kB a frame, of which 10 kB changed, and on a quiet one nothing did. Each frame is one synchronized update.
 *
 * It knows how Ink 8 begins a frame (erase the lines before, or home and erase), so Ink's version is pinned and the
 * built program is tested in a terminal.
 */
import type {Writable} from 'node:stream';

const ERASED_BEFORE = /^(?:\x1b\[2K\x1b\[1A)*(?:\x1b\[2K\x1b\[G)?/;
const HOME_ERASE = '\x1b[1;1H\x1b[J';
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/** What Ink needs of a terminal. */
export type Tty = Writable & {
	readonly columns: number;
	readonly rows: number;
	readonly isTTY: boolean;
};

/**
 * What turns the rows that are shown into the next ones; empty where they are the same. A row is erased before it is written:
 * behind a full one the cursor still stands on the last cell (xterm, VT100), and erasing to the end would take that.
 */
export function changedRows(shown: readonly string[], next: readonly string[]): string {
	let text = '';
	for (let row = 0; row < Math.max(next.length, shown.length); row++)
		if (next[row] !== shown[row]) text += `\x1b[${row + 1};1H\x1b[K${next[row] ?? ''}`;
	return text;
}

const ALTERNATE = '\x1b[?1049h';

/**
 * Wraps a terminal; everything but `write` goes to it as it is.
 *
 * @param mute while it is somebody else's, nothing is written: Ink clears rows on a resize even then.
 */
export function frameDiff(out: Tty, mute: () => boolean = () => false): Tty {
	let shown: readonly string[] = [];
	let wipe = false;
	out.on('resize', () => {
		shown = [];
		wipe = true;
	});

	function paint(next: readonly string[], done: () => void): boolean {
		const text = (wipe ? '\x1b[2J' : '') + changedRows(shown, next);
		wipe = false;
		shown = next;
		if (text !== '') return out.write(BEGIN + text + END, done);
		queueMicrotask(done);
		return true;
	}

	function write(chunk: string | Uint8Array, encoding?: BufferEncoding | (() => void), callback?: () => void): boolean {
		const done = (typeof encoding === 'function' ? encoding : callback) ?? (() => {});
		if (mute()) {
			queueMicrotask(done);
			return true;
		}
		if (typeof chunk !== 'string') return out.write(chunk, done);
		// An empty screen, whatever was shown before.
		if (chunk.includes(ALTERNATE)) shown = [];
		if (chunk === BEGIN || chunk === END) {
			queueMicrotask(done);
			return true;
		}
		let frame = chunk;
		if (chunk.startsWith(HOME_ERASE)) {
			frame = chunk.slice(HOME_ERASE.length);
			shown = [];
			wipe = true;
		} else frame = chunk.slice(ERASED_BEFORE.exec(chunk)?.[0].length ?? 0);
		// Cursor, alternate screen, paste mode: what is no frame goes through.
		if (!frame.includes('\n')) return out.write(chunk, done);
		return paint(frame.split('\n').slice(0, out.rows), done);
	}

	return new Proxy(out, {
		get(target, name) {
			if (name === 'write') return write;
			const value: unknown = Reflect.get(target, name, target);
			return typeof value === 'function' ? value.bind(target) : value;
		},
	});
}
