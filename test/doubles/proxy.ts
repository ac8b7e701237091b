/** A double of the cloud's SSH proxy. It behaves as a rebuilt one was measured to, faults included. */
import {execFileSync} from 'node:child_process';
import {createServer, type Socket} from 'node:net';
import ssh2, {type AuthContext, type Connection, type ServerChannel} from 'ssh2';
import {parseKey} from '../../src/transport/ssh/identities.ts';
import {freshKey} from '../../src/transport/ssh/server.ts';
import type {Process, Target} from './target.ts';

/** What its shell does with a command: nothing, takes a level of quotes away, or parts it at blanks. */
export type ProxyShell = 'whole' | 'parsed' | 'split';

export type ProxyOptions = {
	/** The account's user name. */
	readonly user?: string;
	/** Full uuids; a text is what is said in place of a device. */
	readonly devices: Readonly<Record<string, Target | string>>;
	readonly shell?: ProxyShell;
	/** `none`: what is typed goes nowhere. */
	readonly stdin?: 'forwarded' | 'none';
	/** Asked where a command ends within milliseconds of its last words: true loses them. */
	readonly cuts?: () => boolean;
	/** Said on stdout before each command. */
	readonly greeting?: string;
	/** How long words are under way, and can be lost. */
	readonly copyMs?: number;
};

export interface ProxyDouble {
	readonly port: number;
	readonly hostKey: Uint8Array;
	/** The key that stands in the account. */
	readonly clientKey: string;
	/** Command lines as they came. */
	readonly lines: readonly string[];
	/** What runs on devices; a closed channel ends nothing. */
	processes(): number;
	/** Changes how it behaves for what is opened from now on. */
	set(options: Partial<ProxyOptions>): void;
	/** Destroys all connections. */
	drop(): void;
	/** The device is gone, the proxy is not: all its commands end. */
	loseDevice(): void;
	/** Takes no connections, or takes them again. */
	down(is: boolean): void;
	close(): Promise<void>;
}

const PARSERS: Readonly<Record<Exclude<ProxyShell, 'whole'>, string>> = {
	parsed: 'eval "set -- $1"; shift; [ "$1" = -s ] && shift; printf "%s\\n%s" "$1" "$(shift; printf "%s." "$*")"',
	split: 'set -f; set -- $1; shift; [ "$1" = -s ] && shift; printf "%s\\n%s" "$1" "$(shift; printf "%s." "$*")"',
};

/** A host's uuid and the command for it, as the proxy's shell makes them of a line. A real shell does it. */
function parse(line: string, shell: ProxyShell): readonly [uuid: string, command: string] | null {
	const found = /^host (?:-s )?([0-9a-f]+) ([\s\S]+)$/.exec(line);
	if (found === null) return null;
	const [, uuid = '', rest = ''] = found;
	if (shell === 'whole') return [uuid, rest];
	const told = execFileSync('sh', ['-c', PARSERS[shell], 'sh', line], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const at = told.indexOf('\n');
	return [told.slice(0, at), told.slice(at + 1).replace(/\.$/, '')];
}

/** One `host` command: what it writes is under way for a moment, and is lost where the command ends before it is through. */
function serve(channel: ServerChannel, line: string, options: Required<ProxyOptions>, running: Set<Process>): void {
	const {devices, shell, stdin, cuts, copyMs, greeting} = options;
	const end = (said: string): void => {
		channel.stderr.write(said);
		channel.exit(0);
		channel.end();
	};
	const parsed = parse(line, shell);
	const [uuid, command] = parsed ?? ['', ''];
	const device = devices[uuid];
	if (device === undefined || typeof device === 'string') {
		end(`${parsed === null ? 'error: unknown command' : (device ?? `error: device not found: ${uuid}`)}\n`);
		return;
	}
	let open = true;
	let over = false;
	let full = false;
	const waiting: {readonly to: {write(bytes: Uint8Array): boolean}; readonly bytes: Uint8Array}[] = [];
	const pass = (): void => {
		const piece = waiting.shift();
		if (piece === undefined || !open) return;
		if (!piece.to.write(piece.bytes)) full = true;
		if (full || waiting.length > 100) process.flow?.(false);
	};
	const hold = (to: {write(bytes: Uint8Array): boolean}, bytes: Uint8Array): void => {
		waiting.push({to, bytes});
		setTimeout(pass, copyMs);
	};
	if (greeting !== '') hold(channel, Buffer.from(greeting));
	const process: Process = device.exec(command, {
		out: bytes => hold(channel, bytes),
		err: bytes => hold(channel.stderr, bytes),
		exit: () => {
			if (over) return;
			over = true;
			running.delete(process);
			if (waiting.length > 0 && cuts()) waiting.pop();
			while (waiting.length > 0) pass();
			if (!open) return;
			channel.exit(0);
			channel.end();
		},
	});
	if (!over) running.add(process);
	channel.on('data', (bytes: Buffer) => {
		if (stdin === 'forwarded') process.write(bytes);
	});
	channel.on('drain', () => {
		full = false;
		process.flow?.(true);
	});
	channel.on('close', () => {
		open = false;
		process.flow?.(true);
	});
}

export function startProxyDouble(given: ProxyOptions): Promise<ProxyDouble> {
	let options: Required<ProxyOptions> = {
		user: 'ann',
		shell: 'parsed',
		stdin: 'forwarded',
		cuts: () => false,
		copyMs: 5,
		greeting: '',
		...given,
	};
	const hostPrivate = freshKey();
	const clientKey = freshKey();
	const hostKey = parseKey(hostPrivate);
	const ours = parseKey(clientKey);
	if (hostKey instanceof Error || ours instanceof Error) throw new Error('a fresh key can not be read');
	const lines: string[] = [];
	const running = new Set<Process>();

	const authenticate = (context: AuthContext): void => {
		const ways: ('publickey' | 'keyboard-interactive')[] = ['publickey', 'keyboard-interactive'];
		if (context.method === 'keyboard-interactive')
			context.prompt([], 'Permission denied', 'Keys of this account: MD5:aa:bb:cc', () => context.reject(ways));
		else if (
			context.method === 'publickey' &&
			context.username.toLowerCase() === options.user.toLowerCase() &&
			context.key.data.equals(ours.getPublicSSH()) &&
			(context.signature === undefined ||
				(context.blob !== undefined && ours.verify(context.blob, context.signature, context.hashAlgo) === true))
		)
			context.accept();
		else context.reject(ways);
	};

	const welcome = (connection: Connection): void => {
		const mine = new Set<Process>();
		connection
			.on('error', () => {})
			.on('authentication', authenticate)
			.on('session', accept => {
				const session = accept();
				session.on('signal', accepted => accepted?.());
				session.on('exec', (accepted, _rejected, {command}) => {
					lines.push(command);
					const channel = accepted();
					channel.on('error', () => {});
					const before = new Set(running);
					serve(channel, command, options, running);
					for (const process of running) if (!before.has(process)) mine.add(process);
				});
			})
			.on('close', () => {
				// Only now, with the whole connection, do its processes end.
				for (const process of mine) process.hangUp();
				for (const process of mine) running.delete(process);
			});
	};

	const server = new ssh2.Server({hostKeys: [hostPrivate], ident: 'Go'}, welcome);
	const sockets = new Set<Socket>();
	let isDown = false;
	const listener = createServer({noDelay: true}, socket => {
		if (isDown) return void socket.destroy();
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		socket.on('error', () => {});
		server.injectSocket(socket);
	});
	const drop = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	return new Promise(resolve => {
		listener.listen(0, '127.0.0.1', () => {
			const address = listener.address();
			resolve({
				port: typeof address === 'object' && address !== null ? address.port : 0,
				hostKey: hostKey.getPublicSSH(),
				clientKey,
				lines,
				processes: () => running.size,
				set: changed => {
					options = {...options, ...changed};
				},
				drop,
				loseDevice: () => {
					for (const process of [...running]) process.hangUp();
				},
				down: is => {
					isDown = is;
					if (is) drop();
				},
				close: () =>
					new Promise(done => {
						listener.close(() => done());
						drop();
					}),
			});
		});
	});
}
