/** Our own ControlMaster: one `ssh` that holds the connection, in a private folder, and goes when we go. */
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import type {Duplex, Readable} from 'node:stream';
import {type Failure, failure} from '../../domain/channel.ts';

/** ssh binds `PATH.` with sixteen letters first, and a socket's path has 104 bytes where it has the fewest (macOS). */
const LONGEST_PATH = 104 - 18;

/** A folder that only we may enter, where sockets belong. */
function privateFolder(): string {
	const {XDG_RUNTIME_DIR: runtime = ''} = process.env;
	for (const root of isAbsolute(runtime) ? [runtime, tmpdir()] : [tmpdir()]) {
		const start = join(root, 'devtop-');
		if (Buffer.byteLength(start) + 'XXXXXX/s'.length > LONGEST_PATH) continue;
		try {
			return mkdtempSync(start);
		} catch {
			// It may be another user's, as after su.
		}
	}
	return mkdtempSync('/tmp/devtop-');
}

/**
 * The shell becomes ssh, so that ssh has the child's number; beside it a watcher holds the other end of a pipe from us. A
 * line on it says that ssh is gone; its end, that we are: then the watcher ends ssh. Either way it takes the folder away.
 * Signals of the terminal are ours to answer: at a Ctrl-C what runs on the device is ended first.
 */
const WATCHED =
	'd=$1; shift; trap "" INT QUIT HUP; ' +
	'{ read -r _ <&3 || kill "$$"; rm -rf -- "$d"; } </dev/null >/dev/null 2>&1 & exec ssh "$@" 3<&-';

export type MasterOptions = {
	/** What the operator gave. */
	readonly words: readonly string[];
	readonly host: string;
	readonly aliveSeconds: number;
	/** Null: the operator's configuration has one. */
	readonly connectSeconds: number | null;
	/** Nobody can be asked: the screen is taken, or there is no terminal. */
	readonly quiet: boolean;
	/** Told each line that ssh says. */
	readonly told: (line: string) => void;
};

/** How often it is looked whether ssh listens: it does once it is logged in. */
const LOOK_MS = 20;
/** So long an end may take. */
const END_MS = 2000;
/** So long its last words may take, where a ProxyCommand that outlives it keeps stderr open. */
const WORDS_MS = 200;
/** What is kept of what ssh says. */
const SAID = 8000;

export class Master {
	/** Where channels are asked for. */
	readonly socket: string;
	/** Resolves to its exit code when it has ended, for whatever reason. */
	readonly ended: Promise<number | null>;
	/** What ssh said on stderr, the last of it. */
	said = '';
	readonly #child: ChildProcess;
	#over = false;

	private constructor(folder: string, child: ChildProcess, told: (line: string) => void) {
		this.#child = child;
		this.socket = join(folder, 's');
		const stderr = child.stderr as Readable;
		const lifeline = child.stdio[3] as Duplex;
		for (const stream of [stderr, lifeline]) stream.on('error', () => {});
		stderr.setEncoding('utf8').on('data', (text: string) => {
			this.said = (this.said + text).slice(-SAID);
			for (const line of text.split('\n')) if (line.trim() !== '') told(line.trim());
		});
		this.ended = new Promise(resolve => {
			const over = (code: number | null): void => {
				if (this.#over) return;
				this.#over = true;
				lifeline.end('gone\n');
				rmSync(folder, {recursive: true, force: true});
				resolve(code);
			};
			child.once('error', () => over(null));
			child.once('close', code => over(code));
			child.once('exit', code => setTimeout(() => over(code), WORDS_MS));
		});
	}

	/**
	 * What has to hold stands first, since ssh takes the first value of each option; the operator's configuration has the
	 * rest, but for what belongs to a login of its own: forwardings, commands, an agent there.
	 */
	static start({words, host, aliveSeconds, connectSeconds, quiet, told}: MasterOptions): Master | Failure {
		let folder: string;
		try {
			folder = privateFolder();
		} catch (error) {
			return failure(
				'usage',
				`There is no place for the socket of ssh (${(error as Error).message}): let TMPDIR be a folder that you may write to.`,
			);
		}
		const socket = join(folder, 's').replaceAll('%', '%%');
		const firm = [
			'ControlPersist=no',
			`ServerAliveInterval=${aliveSeconds}`,
			'ServerAliveCountMax=3',
			'ClearAllForwardings=yes',
			'PermitLocalCommand=no',
			'RemoteCommand=none',
			...(quiet ? ['BatchMode=yes'] : []),
		];
		const rest = [...(connectSeconds === null ? [] : [`ConnectTimeout=${connectSeconds}`]), 'LogLevel=INFO'];
		const options = (list: readonly string[]): string[] => list.flatMap(option => ['-o', option]);
		const ssh = ['-M', '-N', '-T', '-a', '-x', '-S', socket, ...options(firm), ...words, ...options(rest), '--', host];
		const child = spawn('sh', ['-c', WATCHED, 'devtop', folder, ...ssh], {
			stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
			// A jump host's ssh knows nothing of our BatchMode: without a terminal there is nothing that it could ask on.
			detached: quiet,
			env: quiet ? {...process.env, SSH_ASKPASS_REQUIRE: 'never'} : process.env,
		});
		return new Master(folder, child, told);
	}

	/** Resolves to true when it is logged in, to false when it has ended before. */
	async listening(): Promise<boolean> {
		while (!this.#over) {
			if (existsSync(this.socket)) return true;
			await Promise.race([this.ended, new Promise(resolve => setTimeout(resolve, LOOK_MS))]);
		}
		return false;
	}

	/** As `ssh -O exit`, but also where it does not listen yet. Resolves when it has ended. */
	async end(): Promise<void> {
		if (this.#over) return;
		this.#child.kill();
		const late = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
		await this.ended;
		clearTimeout(late);
	}
}
