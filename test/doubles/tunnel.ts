/** A double of the cloud's tunnel server: TLS, CONNECT, then the device's own sshd. */
import type {Socket} from 'node:net';
import {createServer, type TLSSocket} from 'node:tls';
import {CERTIFICATE, CERTIFICATE_KEY} from './certificate.ts';
import type {Target} from './target.ts';

export type TunnelOptions = {
	/** What it takes; changed, it has expired. */
	readonly token?: string;
	/** Full uuids; null: not connected to the VPN. */
	readonly devices: Readonly<Record<string, Target | null>>;
	/** Answers this to everybody: `500 Internal Server Error`. */
	readonly status?: string | null;
};

export interface TunnelDouble {
	readonly port: number;
	/** First lines of what came. */
	readonly lines: readonly string[];
	set(options: Partial<TunnelOptions>): void;
	drop(): void;
	/** Takes no connections, or takes them again. */
	down(is: boolean): void;
	close(): Promise<void>;
}

export function startTunnelDouble(given: TunnelOptions): Promise<TunnelDouble> {
	let options: Required<TunnelOptions> = {token: 'a-token', status: null, ...given};
	const lines: string[] = [];
	const sockets = new Set<Socket>();

	const statusOf = (head: string): readonly [status: string, device: Target | null] => {
		const [first = '', ...headers] = head.split('\r\n');
		lines.push(first);
		const asked = /^CONNECT (\S+) HTTP\/1\.[01]$/.exec(first)?.[1];
		if (asked === undefined) return ['400 Bad Request', null];
		const uuid = /^([0-9a-f]+)\.(?:balena|resin|vpn):22222$/.exec(asked)?.[1];
		if (uuid === undefined) return ['403 Forbidden', null];
		if (options.status !== null) return [options.status, null];
		const basic = headers.map(line => /^Proxy-Authorization: Basic (\S+)$/i.exec(line)?.[1]).find(Boolean) ?? '';
		const password = Buffer.from(basic, 'base64')
			.toString('utf8')
			.replace(/^[^:]*:/, '');
		const device = options.devices[uuid];
		if (password !== options.token || device === undefined) return ['407 Proxy Authorization Required', null];
		return device === null ? ['503 Service Unavailable', null] : ['200 OK', device];
	};

	const serve = (client: TLSSocket): void => {
		let head = '';
		const read = (bytes: Buffer): void => {
			head += bytes.toString('latin1');
			if (!head.includes('\r\n\r\n')) return;
			client.off('data', read);
			const [status, device] = statusOf(head.slice(0, head.indexOf('\r\n\r\n')));
			client.write(`HTTP/1.0 ${status}\r\n\r\n`);
			if (device === null) return void client.end();
			const socket = device.socket();
			sockets.add(socket);
			socket.on('error', () => {});
			socket.on('close', () => {
				sockets.delete(socket);
				client.destroy();
			});
			client.on('close', () => socket.destroy());
			client.pipe(socket);
			socket.pipe(client);
		};
		client.on('error', () => {});
		client.on('data', read);
	};

	let isDown = false;
	const listener = createServer({cert: CERTIFICATE, key: CERTIFICATE_KEY}, serve);
	listener.on('tlsClientError', () => {});
	listener.on('connection', (socket: Socket) => {
		if (isDown) return void socket.destroy();
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('close', () => sockets.delete(socket));
	});
	const drop = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	return new Promise(resolve => {
		listener.listen(0, '127.0.0.1', () => {
			const address = listener.address();
			resolve({
				port: typeof address === 'object' && address !== null ? address.port : 0,
				lines,
				set: changed => {
					options = {...options, ...changed};
				},
				drop,
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
