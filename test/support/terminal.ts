import {mkdtempSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {constants, tmpdir} from 'node:os';
import {join} from 'node:path';
import headless from '@xterm/headless';
import {type IPty, spawn} from 'node-pty';
import {toPng} from './png.ts';
import {toSvg} from './svg.ts';

/** What to start, and how large its screen is. */
export interface TerminalOptions {
	readonly file: string;
	readonly args?: readonly string[];
	readonly columns?: number;
	readonly rows?: number;
	/** Added to this process's environment; undefined takes a variable away. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly cwd?: string;
}

export interface TerminalExit {
	readonly code: number;
	readonly signal: NodeJS.Signals | undefined;
}

/** Text on the screen, a pattern over its rows joined by line ends, or any question. */
export type Expected = string | RegExp | ((terminal: Terminal) => boolean);

/** The sequences of keys that are no letters, for `press`. */
export const keys = {
	enter: '\r',
	escape: '\x1b',
	tab: '\t',
	shiftTab: '\x1b[Z',
	backspace: '\x7f',
	up: '\x1b[A',
	down: '\x1b[B',
	right: '\x1b[C',
	left: '\x1b[D',
	home: '\x1b[H',
	end: '\x1b[F',
	pageUp: '\x1b[5~',
	pageDown: '\x1b[6~',
	ctrlC: '\x03',
} as const;

/** Enough to hold how a program starts and ends; a long run keeps its end. */
const keptOutput = 8_000_000;

/** A program in a pty of its own, seen through a terminal without a window. */
export class Terminal {
	static readonly #started = new Set<Terminal>();

	readonly pid: number;
	/** Settles when the program has ended and its last output is on the screen. */
	readonly exit: Promise<TerminalExit>;

	readonly #pty: IPty;
	readonly #screen: headless.Terminal;
	readonly #waiting = new Set<() => void>();
	#output = '';
	#ended: TerminalExit | undefined;

	private constructor({file, args = [], columns = 120, rows = 40, env = {}, cwd}: TerminalOptions) {
		this.#screen = new headless.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
		this.#pty = spawn(file, [...args], {
			name: 'xterm-256color',
			cols: columns,
			rows,
			cwd: cwd ?? process.cwd(),
			env: childEnvironment(env),
		});
		this.pid = this.#pty.pid;
		this.#pty.onData(data => {
			this.#output = (this.#output + data).slice(-keptOutput);
			this.#screen.write(data, () => this.#wake());
		});
		// The terminal's answers to what a program asks it (cursor position, device attributes).
		this.#screen.onData(data => {
			if (!this.#ended) this.#pty.write(data);
		});
		this.exit = new Promise(resolve => {
			this.#pty.onExit(({exitCode, signal}) => {
				this.#screen.write('', () => {
					this.#ended = {code: exitCode, signal: signalName(signal)};
					Terminal.#started.delete(this);
					resolve(this.#ended);
					this.#wake();
				});
			});
		});
		Terminal.#started.add(this);
	}

	static start(options: TerminalOptions): Terminal {
		return new Terminal(options);
	}

	/** Ends every program started here that still runs, each by its own pid: for `afterEach`. */
	static async killAll(): Promise<void> {
		const left = [...Terminal.#started];
		for (const terminal of left) terminal.kill('SIGKILL');
		await Promise.all(left.map(terminal => terminal.exit));
	}

	get columns(): number {
		return this.#screen.cols;
	}

	get rows(): number {
		return this.#screen.rows;
	}

	/** The rows as seen, without trailing blanks. The end column is named: a narrower resize keeps old cells behind it. */
	text(): string[] {
		const buffer = this.#screen.buffer.active;
		return Array.from({length: this.rows}, (_, row) => {
			return buffer.getLine(buffer.viewportY + row)?.translateToString(true, 0, this.columns) ?? '';
		});
	}

	/** The rows as one text. */
	screen(): string {
		return this.text().join('\n');
	}

	/** Everything the program wrote, escape sequences included; of a long run the last eight million characters. */
	rawOutput(): string {
		return this.#output;
	}

	press(text: string): void {
		this.#pty.write(text);
	}

	resize(columns: number, rows: number): void {
		this.#screen.resize(columns, rows);
		this.#pty.resize(columns, rows);
	}

	kill(signal: NodeJS.Signals = 'SIGTERM'): void {
		if (this.#ended) return;
		try {
			process.kill(this.pid, signal);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}

	/** Closes the terminal's own side, as a window that is closed does: the program gets SIGHUP, and has no terminal any more. */
	hangUp(): void {
		(this.#pty as IPty & {destroy(): void}).destroy();
	}

	/** Waits for the screen to be as expected; the error of one that never is shows the screen. */
	async until(expected: Expected, ms = 10_000): Promise<this> {
		const deadline = performance.now() + ms;
		for (;;) {
			if (this.#shows(expected)) return this;
			const left = deadline - performance.now();
			if (left <= 0 || this.#ended)
				throw new Error(`${this.#why(ms)}, and its screen never matched ${expected}:\n${this.screen()}`);
			await this.#change(Math.min(left, 100));
		}
	}

	/** The screen as an SVG picture. */
	svg(): string {
		return toSvg(this.#screen);
	}

	/** Writes the screen as a PNG picture. */
	async png(file: string): Promise<void> {
		await writeFile(file, toPng(this.svg()));
	}

	/** Never of a frame that is half written: what reads the rows next would see the rest missing. */
	#shows(expected: Expected): boolean {
		if (this.#screen.modes.synchronizedOutputMode) return false;
		if (typeof expected === 'function') return expected(this);
		return typeof expected === 'string' ? this.screen().includes(expected) : expected.test(this.screen());
	}

	#why(ms: number): string {
		if (!this.#ended) return `${ms} ms passed`;
		return `the program ended (exit ${this.#ended.code}${this.#ended.signal ? `, ${this.#ended.signal}` : ''})`;
	}

	/** Also after a while without output: a question may be about something else than the screen. */
	#change(ms: number): Promise<void> {
		return new Promise(resolve => {
			const done = (): void => {
				clearTimeout(timer);
				this.#waiting.delete(done);
				resolve();
			};
			const timer = setTimeout(done, ms);
			this.#waiting.add(done);
		});
	}

	#wake(): void {
		for (const done of this.#waiting) done();
	}
}

/** Where sessions are recorded that no test names: never among the user's own. */
const stateHome = mkdtempSync(join(tmpdir(), 'devtop-state-'));

/** Ink takes even an empty CI for one and draws nothing; the test runner's own settings are none of the program's. */
function childEnvironment(env: TerminalOptions['env']): Record<string, string> {
	const dropped = {CI: undefined, COLUMNS: undefined, LINES: undefined, FORCE_COLOR: undefined, NODE_ENV: undefined};
	const all = {
		...process.env,
		...dropped,
		TERM: 'xterm-256color',
		COLORTERM: 'truecolor',
		XDG_STATE_HOME: stateHome,
		...env,
	};
	return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function signalName(number: number | undefined): NodeJS.Signals | undefined {
	const found = Object.entries(constants.signals).find(([, value]) => value === number);
	return found?.[0] as NodeJS.Signals | undefined;
}
