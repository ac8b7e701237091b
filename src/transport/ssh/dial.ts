/** Reaches one host: the socket, the handshake, the login. What can go wrong becomes one sentence. */
import {connect, isIP, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import type {Algorithms} from 'ssh2';
import {type Cancel, type Failure, failure, isFailure} from '../../domain/channel.ts';
import type {OnStep} from '../../domain/step.ts';
import {clean, shorten} from '../../domain/text.ts';
import {Steps} from '../steps.ts';
import {type HostKeyContext, hostKeyNames, judgeHostKey, readKnownHosts} from './host-key.ts';
import {type Identity, parseKey} from './identities.ts';
import {KeyRing} from './key-ring.ts';
import {fingerprint, keyType, preferredAlgorithms} from './known-hosts.ts';
import {Link, plainReason} from './link.ts';
import {Login} from './login.ts';
import {Patience} from './questions.ts';
import {DEVICE_PORT, type HostConfig, targetOf} from './ssh-config.ts';

/** A host that is known by one key and takes one key, both at hand: no file and no agent is looked at. */
export type Pinned = {readonly hostKey: Uint8Array; readonly privateKey: string};

export type DialContext = HostKeyContext & {
	readonly cancel: Cancel;
	readonly onBug: (error: unknown) => void;
	readonly keepaliveMs: number;
	/** What to do where none of our keys is accepted; left out: what a device wants. */
	readonly advice?: string;
	/** Told what is done on the way. */
	readonly onStep?: OnStep;
	/** In place of `judgeHostKey`, where who a host is is learned otherwise. */
	readonly judge?: (host: HostConfig, key: Uint8Array) => Promise<Failure | null>;
};

/** What a socket needs to know of a host. */
export type Reachable = Pick<HostConfig, 'host' | 'port' | 'user' | 'connectTimeoutSeconds' | 'addressFamily'>;

/** Without ConnectTimeout. */
const LIMIT_MS = 20_000;

/** How long a host may take to answer, and to let us in. */
export const limitOf = (host: Reachable): number =>
	host.connectTimeoutSeconds === null ? LIMIT_MS : host.connectTimeoutSeconds * 1000;

const cancelled = (host: Reachable): Failure => failure('lost', `Connecting to ${targetOf(host)} was cancelled.`);

const late = (host: Reachable, doing: string): Failure =>
	failure(
		'timeout',
		`${targetOf(host)} did not ${doing} within ${limitOf(host) / 1000} s: is it switched on, and does no firewall stand between?`,
	);

const silent = (host: Reachable): Failure =>
	failure(
		'timeout',
		`${targetOf(host)} took the connection, but said nothing within ${limitOf(host) / 1000} s: its sshd may be overloaded, or something else listens there; try again later.`,
		'silent',
	);

/** A socket error as a sentence. */
export function socketFailure(error: Error & {code?: unknown}, host: Reachable): Failure {
	const place = `${host.host} port ${host.port}`;
	switch (error.code) {
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
		case 'EAI_NODATA':
			return failure(
				'unknown-host',
				`No address is known for ${host.host}: look for a typing error, or ask for the IP address of the device.`,
			);
		case 'ECONNREFUSED':
			return failure(
				'refused',
				host.port === DEVICE_PORT
					? `Nothing listens on ${place}: is it a balenaOS device, and is its sshd.socket running?`
					: `Nothing listens on ${place}: balenaOS devices listen on 22222 (-p 22222).`,
			);
		case 'ETIMEDOUT':
			return late(host, 'answer');
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
			return failure(
				'unreachable',
				`There is no way to ${place}: is the device on this network, or is a VPN or a jump host (-J) needed?`,
			);
		default:
			return failure(
				'unreachable',
				`${place} could not be reached (${plainReason(error)}): try again, or look at it with ssh -v.`,
			);
	}
}

/** Opens a TCP connection, without Nagle's algorithm: with it an exec takes 44 ms in place of 2.5. */
export function openSocket(
	host: Reachable,
	cancel: Cancel,
	steps: Steps = new Steps(undefined, host),
): Promise<Socket | Failure> {
	return new Promise(resolve => {
		if (cancel.aborted) {
			resolve(cancelled(host));
			return;
		}
		const addresses: string[] = [];
		steps.begin('resolve', 'name');
		const socket = connect({
			host: host.host,
			port: host.port,
			noDelay: true,
			...(host.addressFamily === 0 ? {} : {family: host.addressFamily}),
		});
		const settle = (result: Socket | Failure): void => {
			clearTimeout(timer);
			cancel.removeEventListener('abort', abort);
			socket.off('connect', connected);
			if (result !== socket) socket.destroy();
			steps.end(isFailure(result) ? result : `${socket.remoteAddress ?? host.host} port ${host.port}`);
			resolve(result);
		};
		const connected = (): void => settle(socket);
		const abort = (): void => settle(cancelled(host));
		const timer = setTimeout(() => settle(late(host, 'answer')), limitOf(host));
		// Stays for good: an error event that nobody hears would end the process.
		socket.on('error', error => settle(socketFailure(error, host)));
		socket.once('connect', connected);
		socket.on('lookup', (_error, address) => addresses.push(address));
		socket.once('connectionAttempt', () => {
			const found = [...new Set(addresses)].join(', ');
			steps.end(isIP(host.host) > 0 ? `${host.host} is an address` : `${host.host} is ${found}`);
			steps.begin('tcp', 'TCP');
		});
		cancel.addEventListener('abort', abort);
	});
}

/** It hung up on us before anybody was let in. */
export const closedEarly = (target: string): Failure =>
	failure(
		'unreachable',
		`${target} closed the connection before the login was done: look for too many connections there (sshd.socket, MaxStartups), and try again later.`,
		'closed-early',
	);

function sessionFailure(
	why: string,
	error: (Error & {level?: string; code?: unknown}) | null,
	host: HostConfig,
	login: Login,
	other: string | null,
): Failure {
	const target = targetOf(host);
	const text = error?.message ?? '';
	if (other !== null)
		return failure(
			'unreachable',
			`${host.host} port ${host.port} is no SSH server (it says “${shorten(clean(other), 60)}”): is the port right? balenaOS devices listen on 22222.`,
			'not-ssh',
		);
	if (/^All configured authentication methods failed/.test(text)) return login.failure();
	if (/too many authentication failures/i.test(text))
		return login.failure('it closed the connection after too many keys');
	if (/^Handshake failed/.test(text))
		return failure(
			'unreachable',
			`${target} and devtop share no way to encrypt (${text}): let ssh do it (--transport openssh); ssh -v shows what it offers.`,
			'no-common-way',
		);
	if (error === null || /^Connection lost before handshake/.test(text)) return closedEarly(target);
	return failure('unreachable', `The connection to ${target} failed (${why}): try again, or look at it with ssh -v.`);
}

/** How it is packed, and what could be done about it. */
function compressed(way: string, wanted: boolean): string {
	if (way !== 'none') return 'compressed';
	return wanted
		? 'not compressed: its sshd does not offer that (Compression no)'
		: 'not compressed (-o Compression=yes asks for it)';
}

const pinnedIdentity = (privateKey: string): Identity[] => {
	const key = parseKey(privateKey);
	if (key instanceof Error) return [];
	return [{file: 'the pinned key', kind: 'open', publicKey: key, privateKey: key, why: null, certificate: false}];
};

/**
 * The first line of the other side that tells what it is. An SSH server may send others before its own (RFC 4253, 4.2); what
 * is no SSH server has none of its own.
 *
 * @param heard called once, with the line that begins with `SSH-`.
 * @returns what else it said first; null where it said nothing else, or is an SSH server.
 */
function listenFor(stream: Duplex, heard: (line: string) => void): () => string | null {
	let text = '';
	let other: string | null = null;
	const listener = (bytes: Buffer): void => {
		text += bytes.toString('latin1');
		const own = /(?:^|\n)(SSH-[^\r\n]*)\r?\n/.exec(text)?.[1];
		if (own === undefined && text.length < 8192) {
			other = text.split(/\r?\n/)[0] ?? '';
			return;
		}
		stream.off('data', listener);
		if (own === undefined) return;
		other = null;
		heard(own);
	};
	stream.on('data', listener);
	return () => (other === '' ? null : other);
}

/**
 * Does SSH's handshake and the login over an open stream.
 *
 * The limit stands still while the operator is asked, which is why ssh2's own readyTimeout is off.
 *
 * @returns the link, ready for channels, or a Failure; the stream is destroyed then.
 */
export function logIn(
	host: HostConfig,
	stream: Duplex,
	pinned: Pinned | null,
	context: DialContext,
): Promise<Link | Failure> {
	return new Promise(resolve => {
		const {cancel, memory, note, onBug} = context;
		const link = new Link(stream, onBug);
		const steps = new Steps(context.onStep, host);
		let ident: string | null = null;
		const patience = new Patience(limitOf(host), () =>
			fail(ident === null ? silent(host) : late(host, 'finish the login')),
		);
		const ask = context.ask === undefined || host.batchMode ? undefined : patience.around(context.ask);
		const ring = new KeyRing(host, ask, memory, pinned === null ? [] : pinnedIdentity(pinned.privateKey));
		const login = new Login(host, ring, {ask, memory, onBug, advice: context.advice ?? null});
		let settled = false;
		let judged: string | null = null;

		const settle = (result: Link | Failure): void => {
			if (settled) return;
			settled = true;
			steps.end(isFailure(result) ? result : login.entered());
			patience.end();
			cancel.removeEventListener('abort', abort);
			forget();
			resolve(result);
		};
		const fail = (why: Failure): void => {
			settle(why);
			link.lose(why.message, null);
		};
		const abort = (): void => fail(cancelled(host));
		const forget = link.onLost((why, error) => settle(sessionFailure(why, error, host, login, other())));
		steps.begin('banner', 'SSH server');
		const other = listenFor(stream, line => {
			ident = line;
			steps.end(line);
			steps.begin('host-key', 'host key');
		});

		const judge = async (key: Buffer): Promise<Failure | null> => {
			if (pinned === null) return await (context.judge?.(host, key) ?? judgeHostKey(host, key, {ask, memory, note}));
			if (Buffer.from(pinned.hostKey).equals(key)) return null;
			return failure(
				'host-key-changed',
				`${targetOf(host)} shows the ${keyType(key)} key ${fingerprint(key)}, which is not the pinned one: something else answers there.`,
			);
		};

		if (cancel.aborted) {
			fail(cancelled(host));
			return;
		}
		cancel.addEventListener('abort', abort);
		link.client.once('handshake', ({kex, cs}) => {
			steps.begin('encryption', 'encryption');
			steps.end(`${kex}, ${cs.cipher}, ${compressed(cs.compress, host.compression)}`);
			steps.begin('login', 'login');
		});
		link.client.once('ready', () => {
			login.succeeded();
			settle(link);
		});
		try {
			const serverHostKey =
				pinned === null
					? preferredAlgorithms(
							readKnownHosts(host, () => {}),
							hostKeyNames(host)[0] ?? '',
							host.hostKeyAlgorithms,
						)
					: undefined;
			const algorithms: Algorithms = {
				...(serverHostKey === undefined ? {} : {serverHostKey}),
				...(host.compression ? {compress: ['zlib@openssh.com', 'none']} : {}),
			};
			link.client.connect({
				sock: stream,
				username: host.user,
				readyTimeout: 0,
				keepaliveInterval: context.keepaliveMs,
				keepaliveCountMax: 3,
				algorithms,
				hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
					const base64 = key.toString('base64');
					// A rekey asks again: the key must be the one that was judged.
					if (judged !== null) {
						verify(judged === base64);
						return;
					}
					judge(key)
						.then(refused => {
							if (settled) return;
							judged = base64;
							if (refused === null) {
								steps.end(`${keyType(key)} ${fingerprint(key)}`);
								verify(true);
							} else fail(refused);
						})
						.catch(error => {
							onBug(error);
							fail(
								failure('unreachable', `The host key of ${targetOf(host)} could not be checked (${String(error)}).`),
							);
						});
				},
				authHandler: login.handler,
			});
		} catch (error) {
			fail(
				failure(
					'unreachable',
					`${targetOf(host)} could not be connected (${error instanceof Error ? error.message : String(error)}): look at it with ssh -v.`,
				),
			);
		}
	});
}
