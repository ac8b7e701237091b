/**
 * The road through the VPN: TLS to the cloud's tunnel server, CONNECT to the device, then ordinary SSH with its own sshd.
 * The handshake is that of balena-cli (src/utils/tunnel.ts) and the answers those of open-balena-vpn.
 */
import {connect, type TLSSocket} from 'node:tls';
import {type Cancel, type Failure, failure, isFailure, type Road, type Way} from '../../domain/channel.ts';
import type {OnStep} from '../../domain/step.ts';
import {shortUuid} from '../../domain/uuid.ts';
import {Steps} from '../steps.ts';
import {KEEPALIVE_MS, type Reached} from './connect.ts';
import {type DialContext, logIn, type Pinned} from './dial.ts';
import {plainReason} from './link.ts';
import {eachOnce, Memory, type Questions} from './questions.ts';
import {DEVICE_PORT, type HostConfig, targetOf} from './ssh-config.ts';
import {SshTransport} from './transport.ts';

/** Who we are to the cloud. */
export type Credentials = {readonly user: string; readonly token: string};

export type TunnelRoadOptions = {
	/** The full one: the tunnel takes no other. */
	readonly uuid: string;
	/** How the device is logged in to. Its key is kept under the uuid, whatever its address is. */
	readonly host: HostConfig;
	/** Users of the device, in the order in which they are tried. */
	readonly users: readonly [string, ...string[]];
	readonly server: {readonly host: string; readonly port: number};
	/** Asked anew for each connection: a token is exchanged while a session lasts. */
	readonly credentials: () => Credentials | Failure;
	readonly ask?: Questions | undefined;
	readonly note?: (text: string) => void;
	readonly onBug?: (error: unknown) => void;
	readonly pinned?: Pinned;
	/** For tests: whom to trust, and how patient to be. */
	readonly ca?: string;
	readonly keepaliveMs?: number;
	readonly answerMs?: number;
};

/** As balena-cli's: without an answer for so long the device does not listen. */
const ANSWER_MS = 10_000;
/** So long may the tunnel server itself take. */
const LIMIT_MS = 20_000;
/** More than any answer has before its empty line. */
const LARGEST = 16_384;

/** It is the device's own sshd that is talked to: exit codes, ends and closed channels are what they seem. */
const TUNNEL: Way = {name: 'tunnel', caution: '', cutsEnds: false};

/** What a tunnel server's answer means; null where the way is open. */
function answerFailure(answer: string, uuid: string, server: string): Failure | null {
	const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
	switch (status) {
		case '200':
			return null;
		case '407':
			return failure(
				'auth',
				`${server} did not take the token for ${shortUuid(uuid)} (407): it has expired, or its account may not reach this device, or there is none of this uuid; log in anew (balena login), and compare the uuid.`,
			);
		case '503':
			return failure(
				'unreachable',
				`${shortUuid(uuid)} is not connected to the VPN (503): it is off or without a network; wait for it, or reach it in its own network (--road direct).`,
			);
		case '500':
			return failure(
				'unreachable',
				`${server} found no route to ${shortUuid(uuid)} (500): a fault of the cloud, most times a short one; try again, or take the proxy (--road proxy).`,
			);
		case '403':
		case '400':
			return failure(
				'usage',
				`${server} takes ${uuid} for no name of a device (${status}): look for a typing error in the uuid, and at tunnelUrl.`,
			);
		case '404':
			return failure(
				'refused',
				`Nothing listens on port ${DEVICE_PORT} of ${shortUuid(uuid)} (404): its sshd.socket is stopped; from balenaOS 6.11 on it comes back within 15 minutes.`,
			);
		default:
			return failure(
				'unreachable',
				`${server} does not answer as a tunnel server does (${status === undefined ? 'no HTTP' : `status ${status}`}): is tunnelUrl right?`,
			);
	}
}

function tlsFailure(error: Error & {code?: unknown}, place: string): Failure {
	const {code} = error;
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
		return failure('unknown-host', `No address is known for ${place}: is this machine online, and is tunnelUrl right?`);
	if (code === 'ECONNREFUSED')
		return failure('refused', `Nothing listens at ${place}: is tunnelUrl right, and is port 443 let through?`);
	if (typeof code === 'string' && /CERT|SELF_SIGNED|ALTNAME|ISSUER/.test(code))
		return failure(
			'unreachable',
			`The certificate of ${place} is not trusted (${code}), so no token was sent: the authority of a server of your own goes into a file that NODE_EXTRA_CA_CERTS names.`,
		);
	return failure('unreachable', `${place} could not be reached (${plainReason(error)}): try again.`);
}

/** Opens the way to the device's sshd: a socket that its banner is read from next. */
function openTunnel(
	options: TunnelRoadOptions,
	{user, token}: Credentials,
	cancel: Cancel,
	onStep: OnStep | undefined,
) {
	const {uuid, server, ca, answerMs = ANSWER_MS} = options;
	const place = `${server.host}${server.port === 443 ? '' : `:${server.port}`}`;
	const steps = new Steps(onStep, {...server, user});
	return new Promise<TLSSocket | Failure>(resolve => {
		const stopped = failure('lost', `Connecting to ${shortUuid(uuid)} was cancelled.`);
		if (cancel.aborted) {
			resolve(stopped);
			return;
		}
		steps.begin('tls', 'tunnel server');
		const socket = connect({
			host: server.host,
			port: server.port,
			servername: server.host,
			...(ca === undefined ? {} : {ca}),
		});
		socket.setNoDelay(true);
		let timer: ReturnType<typeof setTimeout> | undefined;
		const settle = (result: TLSSocket | Failure): void => {
			clearTimeout(timer);
			cancel.removeEventListener('abort', abort);
			socket.off('data', read);
			socket.off('close', closed);
			if (result !== socket) socket.destroy();
			steps.end(isFailure(result) ? result : `connected to ${shortUuid(uuid)} port ${DEVICE_PORT}`);
			resolve(result);
		};
		const wait = (ms: number, late: Failure): void => {
			clearTimeout(timer);
			timer = setTimeout(() => settle(late), ms);
		};
		const abort = (): void => settle(stopped);
		const closed = (): void =>
			settle(failure('unreachable', `${place} closed the connection without an answer: try again.`));
		let head = Buffer.alloc(0);
		const read = (bytes: Buffer): void => {
			head = Buffer.concat([head, bytes]);
			const end = head.indexOf('\r\n\r\n');
			if (end < 0 && head.length < LARGEST) return;
			const refused = answerFailure(head.toString('latin1', 0, Math.max(end, 0)), uuid, place);
			if (refused !== null) {
				settle(refused);
				return;
			}
			// What is behind the answer is the device's already. It flows again when somebody reads it.
			socket.pause();
			if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
			settle(socket);
		};
		wait(
			LIMIT_MS,
			failure('timeout', `${place} did not answer within ${LIMIT_MS / 1000} s: does a firewall stand between?`),
		);
		// Stays for good: an error event that nobody hears would end the process.
		socket.on('error', error => settle(tlsFailure(error, place)));
		socket.on('close', closed);
		socket.on('data', read);
		cancel.addEventListener('abort', abort);
		socket.once('secureConnect', () => {
			steps.end(`${place}, ${socket.getProtocol() ?? 'TLS'}, its certificate is trusted`);
			steps.begin('vpn', 'through VPN');
			wait(
				answerMs,
				failure(
					'timeout',
					`${shortUuid(uuid)} did not answer through the tunnel within ${answerMs / 1000} s: its sshd.socket may be stopped, or the device is too busy.`,
				),
			);
			const secret = Buffer.from(`${user}:${token}`).toString('base64');
			socket.write(`CONNECT ${uuid}.balena:${DEVICE_PORT} HTTP/1.0\r\nProxy-Authorization: Basic ${secret}\r\n\r\n`);
		});
	});
}

type Tunnelled = Reached & {
	/** As it was logged in to. */
	readonly host: HostConfig;
};

/** How a device behind the tunnel is named, and known. */
export const tunnelHost = ({uuid, host}: Pick<TunnelRoadOptions, 'uuid' | 'host'>): HostConfig => ({
	...host,
	host: shortUuid(uuid),
	port: DEVICE_PORT,
	hostKeyAlias: uuid,
	proxyJump: null,
	proxyCommand: null,
});

/** What connects to a device's own sshd: a road is made of it, and a gateway is approached by it. */
export function throughTunnel(options: TunnelRoadOptions): (context: DialContext) => Promise<Tunnelled | Failure> {
	const {uuid, users, credentials} = options;
	const host = tunnelHost(options);
	let known: string | null = null;
	return async context => {
		let refused: Failure | null = null;
		for (const user of known === null ? users : [known]) {
			const ours = credentials();
			if (isFailure(ours)) return ours;
			const socket = await openTunnel(options, ours, context.cancel, context.onStep);
			if (isFailure(socket)) return socket;
			const logging = logIn({...host, user}, socket, options.pinned ?? null, context);
			socket.resume();
			const link = await logging;
			if (!isFailure(link)) {
				known = user;
				return {socket, links: [link], device: link, host: {...host, user}};
			}
			// A device has root's keys, or asks the cloud for its user's: no other failure gets better by another name.
			if (link.code !== 'auth') return link;
			refused ??= link;
		}
		return refused ?? failure('auth', `No user is known to log in to ${shortUuid(uuid)} with: name one with -l.`);
	};
}

/** A device by its uuid through the VPN. */
export function tunnelRoad(options: TunnelRoadOptions): Road {
	const {uuid, ask} = options;
	const onBug = options.onBug ?? (() => {});
	const keepaliveMs = options.keepaliveMs ?? KEEPALIVE_MS;
	const memory = new Memory();
	const note = eachOnce(options.note);
	const through = throughTunnel(options);
	return {
		name: TUNNEL.name,
		target: uuid,
		connect: async (cancel, onStep) => {
			const reached = await through({ask, memory, note, cancel, onBug, keepaliveMs, ...(onStep && {onStep})});
			if (isFailure(reached)) return reached;
			const {socket, links, device, host} = reached;
			return new SshTransport(socket, links, device, {
				target: targetOf(host),
				probeMs: keepaliveMs,
				onBug,
				way: TUNNEL,
			});
		},
	};
}
