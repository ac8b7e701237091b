/** What stands behind the cloud's doubles: a device whose shell runs commands, and whose sshd a socket leads to. */
import {type ChildProcess, spawn} from 'node:child_process';
import {connect, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import ssh2 from 'ssh2';
import {splitWords} from '../../src/embedded/shell-words.ts';
import type {Embedded} from '../../src/embedded/start.ts';

/** The streams of one command. There is no end of stdin: the proxy does not forward it. */
export type Streams = {
	readonly out: (bytes: Uint8Array) => void;
	readonly err: (bytes: Uint8Array) => void;
	readonly exit: () => void;
};

/** A command that runs on the device. */
export interface Process {
	write(bytes: Uint8Array): void;
	/** The proxy's connection to the device is gone: as where sshd ends, stdin ends, and nobody reads any more. */
	hangUp(): void;
	/** Reads no more of it, until it does again. */
	flow?(on: boolean): void;
}

export interface Target {
	exec(command: string, streams: Streams): Process;
	/** To the device's own sshd. */
	socket(): Socket;
}

/** What no words of devtop's are around is run by a real shell: the proxy's probes are. */
function shell(command: string, streams: Streams): Process {
	const child: ChildProcess = spawn('sh', ['-c', command], {stdio: ['pipe', 'pipe', 'pipe']});
	child.stdout?.on('data', streams.out);
	child.stderr?.on('data', streams.err);
	child.stdin?.on('error', () => {});
	child.on('close', streams.exit);
	return {
		write: bytes => void child.stdin?.write(bytes),
		hangUp: () => {
			child.stdin?.end();
			child.stdout?.destroy();
		},
		flow: on => void (on ? child.stdout?.resume() : child.stdout?.pause()),
	};
}

/** This machine, with an sshd at a port of it. */
export const shellTarget = (port: number): Target => ({
	socket: () => connect({host: '127.0.0.1', port, noDelay: true}),
	exec: shell,
});

/** The embedded device. Its own shell knows devtop's commands, and no others. */
export const embeddedTarget = ({device, server}: Pick<Embedded, 'device' | 'server'>): Target => ({
	socket: () => connect({host: '127.0.0.1', port: server.port, noDelay: true}),
	exec: (given, streams) => {
		const encoded = /^eval "\$\(echo (\S+) \| base64 -d\)"$/.exec(given)?.[1];
		const line = encoded === undefined ? given : Buffer.from(encoded, 'base64').toString('utf8');
		const [, mark = '', command = line] = /^echo (\w+); (exec [\s\S]+)$/.exec(line) ?? [];
		if (splitWords(command)?.[4] !== 'devtop') return shell(command, streams);
		if (mark !== '') streams.out(Buffer.from(`${mark}\n`));
		let typed: (text: string) => void = () => {};
		const closed: (() => void)[] = [];
		const bytes = (data: string | Uint8Array): Uint8Array => (typeof data === 'string' ? Buffer.from(data) : data);
		device.exec(command, {
			stdin: listener => {
				typed = listener;
			},
			out: data => streams.out(bytes(data)),
			err: data => streams.err(bytes(data)),
			exit: streams.exit,
			onClosed: listener => void closed.push(listener),
		});
		return {
			write: data => typed(Buffer.from(data).toString('utf8')),
			hangUp: () => {
				for (const listener of closed) listener();
			},
		};
	},
});

/** A device with a real sshd: each command has a connection of its own, as the proxy makes one. */
export const sshdTarget = (at: {
	readonly host: string;
	readonly port: number;
	readonly username: string;
	readonly privateKey: string;
}): Target => ({
	socket: () => connect({host: at.host, port: at.port, noDelay: true}),
	exec: (command, streams) => {
		const client = new ssh2.Client();
		const waiting: Uint8Array[] = [];
		let write = (bytes: Uint8Array): void => void waiting.push(bytes);
		client
			.on('error', error => {
				streams.err(Buffer.from(`error: host error: ${error.message}\n`));
				streams.exit();
			})
			.on('close', () => void sleep(0).then(streams.exit))
			.on('ready', () => {
				client.exec(command, (error, channel) => {
					if (error) return void client.end();
					channel.on('data', streams.out).on('close', () => client.end());
					channel.stderr.on('data', streams.err);
					write = bytes => void channel.write(bytes);
					for (const bytes of waiting) write(bytes);
				});
			})
			.connect(at);
		return {write: bytes => write(bytes), hangUp: () => void client.destroy()};
	},
});
