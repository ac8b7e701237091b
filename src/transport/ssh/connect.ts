/** The direct road: TCP to the first host, through jump hosts, to the device. */
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {type Cancel, type Failure, failure, isFailure, type Road} from '../../domain/channel.ts';
import type {OnStep} from '../../domain/step.ts';
import {Steps} from '../steps.ts';
import {type DialContext, limitOf, logIn, openSocket, type Pinned} from './dial.ts';
import type {Link} from './link.ts';
import {eachOnce, Memory, type Questions} from './questions.ts';
import type {Route} from './resolve.ts';
import {type HostConfig, targetOf} from './ssh-config.ts';
import {SshTransport} from './transport.ts';

/** A keepalive every ten seconds; three unanswered ones are the end. */
export const KEEPALIVE_MS = 10_000;

/** The shortest that a host on the way wants, ten seconds at most. */
export const keepaliveOf = (hosts: readonly HostConfig[]): number =>
	Math.min(KEEPALIVE_MS, ...hosts.map(host => host.serverAliveIntervalSeconds * 1000).filter(ms => ms > 0));

export type DirectRoadOptions = {
	readonly route: Route;
	/** For the header; "direct" if left out. */
	readonly name?: string;
	/** Left out where nobody can answer. */
	readonly ask?: Questions | undefined;
	/** Told what the operator might want to know and what stops nothing, one sentence each. */
	readonly note?: (text: string) => void;
	/** Told what a listener threw: a bug of ours, never the device's doing. */
	readonly onBug?: (error: unknown) => void;
	/** The device's host key and our key, where files and agents are not to be looked at. */
	readonly pinned?: Pinned;
	/** For tests. */
	readonly keepaliveMs?: number;
};

/** RFC 4254, 5.1: 1 is SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
export const isForbidden = (error: (Error & {reason?: unknown}) | undefined): boolean => error?.reason === 1;

export const forwardsNothing = (via: HostConfig): Failure =>
	failure(
		'refused',
		`${targetOf(via)} does not forward, so nothing behind it can be reached: look at AllowTcpForwarding and PermitOpen in its sshd_config.`,
	);

/** A stream through a connected host to the next one. */
export function forward(through: Link, via: HostConfig, to: HostConfig, cancel: Cancel): Promise<Duplex | Failure> {
	const place = `${to.host} port ${to.port}`;
	return new Promise(resolve => {
		let settled = false;
		const settle = (result: Duplex | Failure): void => {
			clearTimeout(timer);
			forget();
			cancel.removeEventListener('abort', abort);
			settled = true;
			resolve(result);
		};
		const refused = (why: string): void =>
			settle(
				failure(
					'unreachable',
					`The jump host ${targetOf(via)} could not reach ${place} (${why}): is the device up, and may that host forward?`,
				),
			);
		const abort = (): void => settle(failure('lost', `Connecting to ${targetOf(to)} was cancelled.`));
		// Where packets vanish the jump host's own patience is two minutes, and the request can't be taken back.
		const timer = setTimeout(
			() =>
				settle(
					failure(
						'timeout',
						`${place} did not answer ${targetOf(via)} within ${limitOf(to) / 1000} s: is the device switched on, and in its network?`,
					),
				),
			limitOf(to),
		);
		const forget = through.onLost(refused);
		cancel.addEventListener('abort', abort);
		try {
			through.client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, stream) => {
				stream?.on('error', () => {});
				if (settled) stream?.destroy();
				else if (isForbidden(error)) settle(forwardsNothing(via));
				else if (error) refused(error.message.replace(/^\(SSH\) Channel open failure: /, ''));
				else settle(stream);
			});
		} catch (error) {
			refused(error instanceof Error ? error.message : String(error));
		}
	});
}

/** The connections to all hosts of a route, in order; `device` is the last of `links`. */
export type Reached = {readonly socket: Socket; readonly links: readonly Link[]; readonly device: Link};

/** Connects all hosts of a route, or gives up with none connected. */
export async function connectAll(
	hosts: Route['hosts'],
	pinned: Pinned | null,
	context: DialContext,
): Promise<Reached | Failure> {
	const [first, ...rest] = hosts;
	const socket = await openSocket(first, context.cancel, new Steps(context.onStep, first));
	if (isFailure(socket)) return socket;
	const links: Link[] = [];
	const giveUp = (why: Failure): Failure => {
		for (const link of links.toReversed()) link.lose(why.message, null);
		socket.destroy();
		return why;
	};
	let via = first;
	let device = await logIn(first, socket, rest.length === 0 ? pinned : null, context);
	if (isFailure(device)) return giveUp(device);
	links.push(device);
	for (const [index, host] of rest.entries()) {
		const steps = new Steps(context.onStep, via);
		steps.begin('forward', 'jump');
		const stream = steps.checked(
			await forward(device, via, host, context.cancel),
			() => `${via.host} forwards to ${host.host} port ${host.port}`,
		);
		if (isFailure(stream)) return giveUp(stream);
		const next: Link | Failure = await logIn(host, stream, index === rest.length - 1 ? pinned : null, context);
		if (isFailure(next)) return giveUp(next);
		links.push(next);
		device = next;
		via = host;
	}
	return {socket, links, device};
}

/** For the header: what stands between, where something does. */
const nameOf = ([first, ...rest]: DirectRoadOptions['route']['hosts']): string =>
	rest.length === 0
		? 'direct'
		: `via ${[first, ...rest]
				.slice(0, -1)
				.map(({alias}) => alias)
				.join(', ')}`;

/**
 * A road over SSH to the device at the end of a route. Every host on the way is verified and logged in to by its own
 * configuration. What was answered once is remembered by the road, so that connecting again asks nothing.
 */
export function directRoad(options: DirectRoadOptions): Road {
	const {hosts} = options.route;
	const target = targetOf(hosts.at(-1) ?? hosts[0]);
	const onBug = options.onBug ?? (() => {});
	const memory = new Memory();
	const note = eachOnce(options.note);
	const keepaliveMs = options.keepaliveMs ?? keepaliveOf(hosts);
	for (const text of options.route.notes) note(text);
	return {
		name: options.name ?? nameOf(hosts),
		target,
		connect: async (cancel: Cancel, onStep?: OnStep) => {
			const context: DialContext = {
				ask: options.ask,
				memory,
				note,
				cancel,
				onBug,
				keepaliveMs,
				...(onStep && {onStep}),
			};
			const connected = await connectAll(hosts, options.pinned ?? null, context);
			if (isFailure(connected)) return connected;
			const {socket, links, device} = connected;
			return new SshTransport(socket, links, device, {target, probeMs: keepaliveMs, onBug});
		},
	};
}
