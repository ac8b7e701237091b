/** The direct road: TCP to the first host, through jump hosts, to the device. */
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {type Cancel, type Failure, failure, isFailure, type Road} from '../../domain/channel.ts';
import type {OnStep} from '../../domain/step.ts';
import {Steps} from '../steps.ts';
import {type DialContext, logIn, openSocket, type Pinned} from './dial.ts';
import type {Link} from './link.ts';
import {Memory, type Questions} from './questions.ts';
import type {Route} from './resolve.ts';
import {type HostConfig, targetOf} from './ssh-config.ts';
import {SshTransport} from './transport.ts';

/** A keepalive every ten seconds; three unanswered ones are the end. */
export const KEEPALIVE_MS = 10_000;

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

/** A stream through a connected host to the next one. */
function tunnel(through: Link, via: HostConfig, to: HostConfig): Promise<Duplex | Failure> {
	return new Promise(resolve => {
		const refused = (why: string): void =>
			resolve(
				failure(
					'unreachable',
					`The jump host ${targetOf(via)} could not reach ${to.host} port ${to.port} (${why}): is the device up, and may that host forward?`,
				),
			);
		const forget = through.onLost(refused);
		try {
			through.client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, stream) => {
				forget();
				if (error) refused(error.message.replace(/^\(SSH\) Channel open failure: /, ''));
				else {
					stream.on('error', () => {});
					resolve(stream);
				}
			});
		} catch (error) {
			refused(error instanceof Error ? error.message : String(error));
		}
	});
}

/** Connects and logs in to every host of a route, one through the other. */
export async function connectAll(
	hosts: Route['hosts'],
	pinned: Pinned | null,
	context: DialContext,
): Promise<{readonly socket: Socket; readonly links: readonly Link[]; readonly device: Link} | Failure> {
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
			await tunnel(device, via, host),
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

/**
 * A road over SSH to the device at the end of a route. Every host on the way is verified and logged in to by its own
 * configuration. What was answered once is remembered by the road, so that connecting again asks nothing.
 */
export function directRoad(options: DirectRoadOptions): Road {
	const {hosts} = options.route;
	const target = targetOf(hosts.at(-1) ?? hosts[0]);
	const onBug = options.onBug ?? (() => {});
	const memory = new Memory();
	const noted = new Set<string>();
	const note = (text: string): void => {
		if (!noted.has(text)) options.note?.(text);
		noted.add(text);
	};
	const configured = hosts.map(host => host.serverAliveIntervalSeconds * 1000).filter(ms => ms > 0);
	const keepaliveMs = options.keepaliveMs ?? Math.min(KEEPALIVE_MS, ...configured);
	for (const text of options.route.notes) note(text);
	return {
		name: options.name ?? 'direct',
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
