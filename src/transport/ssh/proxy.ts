/**
 * The road through the cloud's proxy, which logs in to the device by itself for every command. What it does to a command
 * was measured on a rebuilt one: exit status 0 always, ends that may be cut, no end of stdin, and what is closed goes on
 * until the connection ends. So nothing of that is relied on: codes come in the stream, what follows ends by a word, and
 * one command that echoes tells whether the device is still there.
 */
import {randomBytes} from 'node:crypto';
import {type Cancel, type Failure, failure, isFailure, type Road, type Way} from '../../domain/channel.ts';
import type {OnStep} from '../../domain/step.ts';
import {clean, shorten} from '../../domain/text.ts';
import {shortUuid} from '../../domain/uuid.ts';
import {Steps} from '../steps.ts';
import {connectAll, KEEPALIVE_MS} from './connect.ts';
import type {DialContext, Pinned} from './dial.ts';
import {echoCommand, hostLine, type Learnt, learntOf, passingProbe} from './passing.ts';
import {ProxyTransport} from './proxy-transport.ts';
import {eachOnce, Memory, type Questions} from './questions.ts';
import type {Route} from './resolve.ts';
import {targetOf} from './ssh-config.ts';
import {SshTransport} from './transport.ts';

export type ProxyRoadOptions = {
	/** The full one; whether the proxy takes a short one is not known. */
	readonly uuid: string;
	/** To the proxy, as ssh would go there: its key, our keys, the known_hosts. */
	readonly route: Route;
	readonly ask?: Questions | undefined;
	readonly note?: (text: string) => void;
	readonly onBug?: (error: unknown) => void;
	readonly pinned?: Pinned;
	/** For tests. */
	readonly keepaliveMs?: number;
	readonly answerMs?: number;
	readonly stdinMs?: number;
};

const PROXY: Way = {
	name: 'proxy',
	caution:
		'By the cloud’s proxy: its exit codes and ends are not believed, they come within the stream; it may throttle what lasts.',
	cutsEnds: true,
};

/** The proxy logs in to the device, which may have to ask the cloud for a key. */
const ANSWER_MS = 30_000;
/** What was written comes back, or it is not forwarded. */
const STDIN_MS = 10_000;
/** So often is the probe sent. */
const TRIES = 4;
/** An answer that will not be another the next time. */
const COMPLAINT = /error|denied|wrong|not found|disconnected|not connected|\b50\d\b/i;

/** What the proxy says in place of the device's answer. */
function proxyFailure(said: string, uuid: string): Failure {
	const words = shorten(clean(said.replaceAll(/\s+/g, ' ')).trim(), 200);
	const quoted = words === '' ? '' : ` (it says “${words}”)`;
	if (/wrong balena device/i.test(said))
		return failure(
			'not-a-device',
			`Another device than ${shortUuid(uuid)} answers the proxy${quoted}: its address was given to another one; nothing of it is shown.`,
		);
	if (/\b503\b|not connected|disconnected|is offline/i.test(said))
		return failure(
			'unreachable',
			`${shortUuid(uuid)} is not connected to the VPN${quoted}: it is off or without a network; wait for it, or reach it in its own network (--road direct).`,
		);
	if (/permission denied|authenticat/i.test(said))
		return failure(
			'unreachable',
			`The proxy could not log in to ${shortUuid(uuid)}${quoted}: a fault of the cloud; take the tunnel (--road tunnel), or try again.`,
		);
	if (/not found|no such device|unknown device|unauthori[sz]ed|forbidden|no access/i.test(said))
		return failure(
			'unreachable',
			`The proxy knows no device ${uuid} that your account may reach${quoted}: compare the uuid, and ask for access to its fleet.`,
		);
	if (/host error/i.test(said))
		return failure(
			'unreachable',
			`The proxy could not reach ${shortUuid(uuid)}${quoted}: its sshd does not answer, or the proxy has a fault; take the tunnel (--road tunnel), or try again.`,
		);
	return failure(
		'unreachable',
		`The proxy gave no answer of ${shortUuid(uuid)}${quoted}: try again, or take the tunnel (--road tunnel).`,
	);
}

/** Runs a line on the proxy to its end. Resolves to all that it said, with what was said of the end. */
async function answerOf(inner: SshTransport, line: string, limitMs: number): Promise<string | Failure> {
	const channel = await inner.open(line);
	if (isFailure(channel)) return channel;
	return new Promise(resolve => {
		let text = '';
		const take = (bytes: Uint8Array): void => {
			if (text.length < 10_000) text += Buffer.from(bytes).toString('utf8');
		};
		const timer = setTimeout(() => {
			resolve(failure('timeout', `No answer came within ${limitMs / 1000} s.`));
			channel.close();
		}, limitMs);
		channel.read({
			out: take,
			err: take,
			end: end => {
				clearTimeout(timer);
				// It may say why and hang up.
				const mute = end.kind === 'lost' && text.trim() === '';
				resolve(mute ? failure('lost', `The connection to the proxy was lost: ${end.why}.`) : text);
			},
		});
	});
}

/** A device by its uuid through the proxy. */
export function proxyRoad(options: ProxyRoadOptions): Road {
	const {uuid, route, ask} = options;
	const {answerMs = ANSWER_MS, stdinMs = STDIN_MS, keepaliveMs = KEEPALIVE_MS} = options;
	const onBug = options.onBug ?? (() => {});
	const server = route.hosts.at(-1) ?? route.hosts[0];
	const memory = new Memory();
	const note = eachOnce(options.note);
	let known: Learnt | null = null;

	/** How commands come through; asked until an answer is whole, since it may be cut. */
	async function learn(inner: SshTransport): Promise<Learnt | Failure> {
		let said = '';
		for (let tries = 0; tries < TRIES; tries++) {
			const mark = `devtop${randomBytes(4).toString('hex')}`;
			const answer = await answerOf(inner, passingProbe(uuid, mark), answerMs);
			if (isFailure(answer)) return answer.code === 'timeout' ? silent() : answer;
			const found = learntOf(answer, mark);
			if (found !== null) return found;
			// The device's word is cut, or a greeting stands where it should: asked again. A complaint is an answer.
			said = answer.includes('devtop') ? '' : answer;
			if (COMPLAINT.test(said)) break;
		}
		return proxyFailure(said, uuid);
	}
	const silent = (): Failure =>
		failure(
			'timeout',
			`${shortUuid(uuid)} did not answer through the proxy within ${answerMs / 1000} s: it is hardly connected, or too busy; try again.`,
		);

	async function over(inner: SshTransport): Promise<ProxyTransport | Failure> {
		const learnt = known ?? (await learn(inner));
		if (isFailure(learnt)) return learnt;
		known = learnt;
		const {passing, greeted} = learnt;
		const through = (command: string): string => hostLine(passing, uuid, command);
		const mark = `devtop${randomBytes(4).toString('hex')}`;
		const echo = await inner.open(through(echoCommand(mark)));
		if (isFailure(echo)) return echo;
		const transport = new ProxyTransport({inner, echo, mark, through, greeted, way: PROXY, beatMs: keepaliveMs, onBug});
		const said = await transport.ready(answerMs);
		if (said === null) return silent();
		if (said !== '') return proxyFailure(said === 'closed' ? '' : said, uuid);
		if (await transport.echoes(stdinMs)) return transport;
		return failure(
			'unreachable',
			`The proxy does not forward what is written to ${shortUuid(uuid)}, so its journal and its units could not be followed, nor anything ended there: take the tunnel (--road tunnel), for which a token is needed.`,
		);
	}

	return {
		name: PROXY.name,
		target: uuid,
		connect: async (cancel: Cancel, onStep?: OnStep) => {
			for (const text of route.notes) note(text);
			const advice = `is your public key in your balenaCloud account, and is ${server.user} its user name (not an e-mail address)? ssh -v ${server.user}@${server.host} lists the keys that it has`;
			const context: DialContext = {ask, memory, note, cancel, onBug, keepaliveMs, advice, ...(onStep && {onStep})};
			const connected = await connectAll(route.hosts, options.pinned ?? null, context);
			if (isFailure(connected))
				// What the direct road says of it is a word about a device.
				return connected.cause === 'closed-early'
					? failure(
							connected.code,
							`${targetOf(server)} closed the connection before the login was done: the cloud’s proxy has a fault, or begins anew; try again, or take the tunnel (--road tunnel).`,
						)
					: connected;
			const {socket, links, device} = connected;
			const target = targetOf(server);
			const inner = new SshTransport(socket, links, device, {target, probeMs: keepaliveMs, onBug});
			const abort = (): void => void inner.close();
			cancel.addEventListener('abort', abort);
			const steps = new Steps(onStep, server);
			steps.begin('proxy', 'through proxy');
			const transport = steps.checked(
				await over(inner),
				() => `${shortUuid(uuid)} answers, and echoes what is written`,
			);
			cancel.removeEventListener('abort', abort);
			if (!isFailure(transport)) return transport;
			await inner.close();
			return cancel.aborted ? failure('lost', `Connecting to ${shortUuid(uuid)} was cancelled.`) : transport;
		},
	};
}
