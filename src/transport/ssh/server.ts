/** The server's half of SSH, on loopback only: for the embedded device of the demo, and for tests. */
import {connect, createServer, type Socket} from 'node:net';
import ssh2, {type AuthContext, type Connection, type ServerChannel, type Session} from 'ssh2';
import type {Road, Size} from '../../domain/channel.ts';
import {directRoad} from './connect.ts';
import {parseKey} from './identities.ts';
import type {HostConfig} from './ssh-config.ts';

/** One running command, as the device sees it. */
export interface Execution {
	/** Sets who gets what is written to the command's stdin, as text; null is EOF. */
	stdin(listener: (text: string | null) => void): void;
	/** The same as bytes, in place of text. */
	bytes(listener: (bytes: Uint8Array | null) => void): void;
	/** Writes to stdout. False where the reader is behind: it is kept, but more had better wait for `onDrain`. */
	out(data: string | Uint8Array): boolean;
	err(data: string | Uint8Array): boolean;
	/** Called whenever the reader has caught up. */
	onDrain(listener: () => void): void;
	/** Ends the command; what was written before is sent first. */
	exit(code: number): void;
	/** Called once when the channel is closed or the connection is lost, at once if that is so already. */
	onClosed(listener: () => void): void;
}

/** A command on a terminal of its own. */
export interface TerminalExecution extends Execution {
	readonly size: Size;
	onResize(listener: (size: Size) => void): void;
}

export type ServerOptions = {
	/** Answers one exec request. A throw ends that command with code 255 and goes to `onBug`. */
	readonly onExec: (command: string, execution: Execution) => void;
	/** Answers one exec request that asked for a terminal first; left out, none is given. */
	readonly onTerminal?: (command: string, execution: TerminalExecution) => void;
	/** A private key in OpenSSH's format; made freshly if left out. */
	readonly hostKey?: string;
	/** Text that is sent before the login. */
	readonly banner?: string;
	/** sshd's MaxSessions; 10 if left out. */
	readonly maxSessions?: number;
	/** Accepts a login without any key, as balenaOS does in development mode. */
	readonly open?: boolean;
	/** Accepts this password, asked for by both ways. */
	readonly password?: string;
	/** A gateway: the port here that stands for a place behind it; null where nobody answers. Left out: it forwards nothing. */
	readonly onForward?: (host: string, port: number) => number | null;
	readonly onBug?: (error: unknown) => void;
};

export interface LoopbackServer {
	readonly port: number;
	/** The host's public key in SSH's wire format. */
	readonly hostKey: Uint8Array;
	/** The only key that is let in, private, in OpenSSH's format. */
	readonly clientKey: string;
	/** Destroys all connections, as a network that went away would. */
	drop(): void;
	/** Reads nothing more from the connections that are there, as a frozen device would. */
	freeze(): void;
	close(): Promise<void>;
}

/**
 * A new private key in OpenSSH's format. ssh2 1.17 writes one of two hundred in a form that it cannot read itself (14 of
 * 3 000 tried): those are thrown away.
 */
export function freshKey(): string {
	for (;;) {
		const {private: key} = ssh2.utils.generateKeyPairSync('ed25519');
		if (!(parseKey(key) instanceof Error)) return key;
	}
}

/** ssh2's server stream on `Execution`. Writing to a channel that is gone does nothing. */
function execution(channel: ServerChannel, guard: (action: () => void) => void): Execution {
	let open = true;
	let exited = false;
	const closed: (() => void)[] = [];
	const close = (): void => {
		if (!open) return;
		open = false;
		for (const listener of closed) guard(listener);
	};
	channel.on('close', close).on('error', () => {});
	channel.stderr.on('error', () => {});
	const write = (stream: {write(data: string | Uint8Array): boolean}, data: string | Uint8Array): boolean =>
		open && !exited && data.length > 0 ? stream.write(data) : true;
	return {
		stdin: listener => {
			channel.setEncoding('utf8');
			channel.on('data', (text: string) => guard(() => listener(text)));
			channel.on('end', () => guard(() => listener(null)));
		},
		bytes: listener => {
			channel.on('data', (bytes: Buffer) => guard(() => listener(bytes)));
			channel.on('end', () => guard(() => listener(null)));
		},
		out: data => write(channel, data),
		err: data => write(channel.stderr, data),
		onDrain: listener => {
			channel.on('drain', () => guard(listener));
		},
		exit: code => {
			if (!open || exited) return;
			exited = true;
			channel.exit(code);
			channel.end();
		},
		onClosed: listener => {
			if (open) closed.push(listener);
			else guard(listener);
		},
	};
}

function authenticate(context: AuthContext, clientKey: ssh2.ParsedKey, options: ServerOptions): void {
	const ways: ('publickey' | 'password' | 'keyboard-interactive')[] =
		options.password === undefined ? ['publickey'] : ['publickey', 'keyboard-interactive', 'password'];
	if (context.method === 'none' && options.open) context.accept();
	else if (context.method === 'password' && options.password !== undefined && context.password === options.password)
		context.accept();
	else if (context.method === 'keyboard-interactive' && options.password !== undefined)
		context.prompt([{prompt: 'Password: ', echo: false}], answers => {
			if (answers[0] === options.password) context.accept();
			else context.reject(ways);
		});
	else if (
		context.method === 'publickey' &&
		context.key.data.equals(clientKey.getPublicSSH()) &&
		(context.signature === undefined ||
			(context.blob !== undefined && clientKey.verify(context.blob, context.signature, context.hashAlgo) === true))
	)
		context.accept();
	else context.reject(ways);
}

/** Joins a channel to a port here, as sshd does for direct-tcpip. ssh2's reject() is its "administratively prohibited". */
function forward(connection: Connection, onForward: NonNullable<ServerOptions['onForward']>): void {
	connection.on('tcpip', (accept, reject, {destIP, destPort}) => {
		const port = onForward(destIP, destPort);
		if (port === null) {
			reject();
			return;
		}
		const socket = connect({host: '127.0.0.1', port, noDelay: true});
		socket
			.on('error', () => reject())
			.once('connect', () => {
				const channel = accept();
				channel.on('error', () => {}).on('close', () => socket.destroy());
				socket.on('error', () => channel.destroy());
				socket.pipe(channel).pipe(socket);
			});
	});
}

/** Starts a server on 127.0.0.1, on a port of the system's choice, with keys of its own. */
export function startServer(options: ServerOptions): Promise<LoopbackServer> {
	const hostPrivate = options.hostKey ?? freshKey();
	const clientPrivate = freshKey();
	const hostKey = parseKey(hostPrivate);
	const clientKey = parseKey(clientPrivate);
	if (hostKey instanceof Error) return Promise.reject(hostKey);
	if (clientKey instanceof Error) return Promise.reject(clientKey);
	const onBug = options.onBug ?? (() => {});
	const guard = (action: () => void): void => {
		try {
			action();
		} catch (error) {
			onBug(error);
		}
	};

	const serve = (session: Session): void => {
		let size: Size | null = null;
		let resized: (size: Size) => void = () => {};
		if (options.onTerminal !== undefined) {
			session.on('pty', (accept, _reject, {cols, rows}) => {
				size = {columns: cols, rows};
				accept?.();
			});
			session.on('window-change', (accept, _reject, {cols, rows}) => {
				accept?.();
				guard(() => resized({columns: cols, rows}));
			});
		}
		session.on('exec', (accept, _reject, {command}) => {
			const running = execution(accept(), guard);
			try {
				if (size === null || options.onTerminal === undefined) options.onExec(command, running);
				else
					options.onTerminal(command, {
						...running,
						size,
						onResize: listener => {
							resized = listener;
						},
					});
			} catch (error) {
				onBug(error);
				running.exit(255);
			}
		});
	};

	const welcome = (connection: Connection): void => {
		let sessions = 0;
		if (options.onForward !== undefined) forward(connection, options.onForward);
		connection
			.on('error', () => {})
			.on('authentication', context => guard(() => authenticate(context, clientKey, options)))
			.on('session', (accept, reject) => {
				if (sessions >= (options.maxSessions ?? 10)) {
					reject();
					return;
				}
				sessions++;
				const session = accept();
				session.once('close', () => sessions--);
				serve(session);
			});
	};

	const server = new ssh2.Server(
		{hostKeys: [hostPrivate], ident: 'devtop', ...(options.banner === undefined ? {} : {banner: options.banner})},
		welcome,
	);
	const sockets = new Set<Socket>();
	const listener = createServer({noDelay: true}, socket => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		socket.on('error', () => {});
		server.injectSocket(socket);
	});

	return new Promise((resolve, reject) => {
		listener.once('error', reject);
		listener.listen(0, '127.0.0.1', () => {
			const address = listener.address();
			const drop = (): void => {
				for (const socket of sockets) socket.destroy();
			};
			resolve({
				port: typeof address === 'object' && address !== null ? address.port : 0,
				hostKey: hostKey.getPublicSSH(),
				clientKey: clientPrivate,
				drop,
				freeze: () => {
					for (const socket of sockets) socket.pause();
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

/** How a loopback server is reached: no file, no agent, nothing asked. */
export const loopbackHost = (port: number): HostConfig => ({
	alias: 'localhost',
	host: '127.0.0.1',
	port,
	user: 'root',
	identityFiles: [],
	identitiesOnly: true,
	identityAgent: null,
	knownHostsFiles: [],
	globalKnownHostsFiles: [],
	strictHostKeyChecking: 'yes',
	hostKeyAlias: null,
	hostKeyAlgorithms: [],
	revokedHostKeys: null,
	hashKnownHosts: false,
	proxyJump: null,
	proxyCommand: null,
	knownHostsCommand: null,
	connectTimeoutSeconds: null,
	serverAliveIntervalSeconds: 0,
	serverAliveCountMax: 3,
	compression: false,
	batchMode: true,
	addressFamily: 4,
	publicKey: true,
	keyboardInteractive: false,
	password: false,
});

/** The road to a server of `startServer`, with its host key pinned and its client key in memory. */
export const loopbackRoad = (
	server: Pick<LoopbackServer, 'port' | 'hostKey' | 'clientKey'>,
	options: {readonly name?: string; readonly keepaliveMs?: number; readonly onBug?: (error: unknown) => void} = {},
): Road =>
	directRoad({
		...options,
		route: {hosts: [loopbackHost(server.port)], notes: []},
		pinned: {hostKey: server.hostKey, privateKey: server.clientKey},
	});
