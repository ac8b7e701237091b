/** The road to this machine: no SSH, the same command lines through a shell. */
import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {
	type Cancel,
	type Channel,
	type Failure,
	failure,
	isFailure,
	type Road,
	type Transport,
} from '../../domain/channel.ts';
import {ChildChannel, type Traffic} from '../child/channel.ts';
import {surroundings} from '../ssh/resolve.ts';
import {within} from '../within.ts';

export type LocalOptions = {
	/** For tests; `sh` if left out. */
	readonly shell?: string;
	/** Told what a listener threw: a bug of ours. */
	readonly onBug?: (error: unknown) => void;
};

/** So long is waited for what was told to end. */
const END_MS = 2000;

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** What sshd would give a command: COLUMNS or a pager of the operator's terminal would change what it says. */
function environment(): NodeJS.ProcessEnv {
	const {env} = process;
	const {home, user} = surroundings();
	const path = (env.PATH ?? '/usr/local/bin:/usr/bin:/bin').split(':');
	const kept = ['SHELL', 'TZ', 'SSH_CONNECTION'].flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]]));
	return {
		HOME: home,
		USER: user,
		LOGNAME: user,
		PATH: [...path, ...SYSTEM_FOLDERS.filter(folder => !path.includes(folder))].join(':'),
		...Object.fromEntries(kept),
	};
}

/**
 * Starts a shell in a session of its own: Ctrl-C in the terminal is none of its business, and it can ask nothing there.
 * It begins in the home, as a login does.
 */
function start(shell: string, command: string): Promise<ChildProcessWithoutNullStreams | Failure> {
	return new Promise(resolve => {
		const refused = (error: unknown): void =>
			resolve(
				failure(
					'unreachable',
					`No ${shell} could be started on this machine (${error instanceof Error ? error.message : String(error)}): devtop local needs one, as on any device.`,
				),
			);
		try {
			const child = spawn(shell, ['-c', command], {
				cwd: existsSync(homedir()) ? homedir() : '/',
				env: environment(),
				detached: true,
				stdio: 'pipe',
			});
			child.once('error', refused);
			child.once('spawn', () => resolve(child));
		} catch (error) {
			refused(error);
		}
	});
}

/** There is no link that could be lost: it ends when it is closed. What still runs then sees EOF, and so ends. */
class LocalTransport implements Transport {
	readonly #shell: string;
	readonly #onBug: (error: unknown) => void;
	readonly #traffic: Traffic = {received: 0, sent: 0};
	readonly #channels = new Set<ChildChannel>();
	#closed = false;

	constructor(shell: string, onBug: (error: unknown) => void) {
		this.#shell = shell;
		this.#onBug = onBug;
	}

	async open(command: string): Promise<Channel | Failure> {
		const gone = failure('lost', 'This machine is no longer watched: the connection was closed here.');
		if (this.#closed) return gone;
		const child = await start(this.#shell, command);
		if (isFailure(child)) return failure('channel', child.message);
		const channel: ChildChannel = new ChildChannel(child, {
			traffic: this.#traffic,
			onBug: this.#onBug,
			gone: () => this.#channels.delete(channel),
		});
		this.#traffic.sent += command.length;
		if (this.#closed) {
			channel.close();
			return gone;
		}
		this.#channels.add(channel);
		return channel;
	}

	/** It would stop with devtop, and devtop's terminal is one already. */
	async openTerminal(): Promise<Failure> {
		return failure(
			'usage',
			'This is the machine that you are on: open a shell in another terminal, there is no road to it.',
		);
	}

	onLost(): void {}

	/** Of the commands and their streams. */
	traffic(): {readonly received: number; readonly sent: number} {
		return {...this.#traffic};
	}

	roundTripMs(): null {
		return null;
	}

	async close(): Promise<void> {
		this.#closed = true;
		const open = [...this.#channels];
		for (const channel of open) channel.lose('closed here');
		await within(END_MS, Promise.all(open.map(({over}) => over)));
	}
}

/** The road to this machine. A machine without systemd, or one whose journal may not be read, is told as over SSH. */
export function localRoad({shell = 'sh', onBug = () => {}}: LocalOptions = {}): Road {
	return {
		name: 'local',
		target: 'this machine',
		here: true,
		connect: async (cancel: Cancel) => {
			const cancelled = failure('lost', 'Looking at this machine was cancelled.');
			if (cancel.aborted) return cancelled;
			const child = await start(shell, ':');
			if (isFailure(child)) return child;
			child.stdin.destroy();
			child.unref();
			return cancel.aborted ? cancelled : new LocalTransport(shell, onBug);
		},
	};
}
