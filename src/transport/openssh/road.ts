/** The road of the operator's own `ssh`: its whole configuration, certificates, hardware keys and ways to ask are kept. */
import {type Cancel, type Failure, failure, isFailure, type Road} from '../../domain/channel.ts';
import {askSsh, surroundings} from '../ssh/resolve.ts';
import {hostOf, parseSshG, type SshOptions, splitTarget, sshGWords, sshWords, targetOf} from '../ssh/ssh-config.ts';
import {Steps} from '../steps.ts';
import {Master} from './master.ts';
import {connectFailure, isUrgent, notesOf} from './said.ts';
import {OpensshTransport} from './transport.ts';

export type OpensshOptions = {
	readonly target: string;
	readonly options: SshOptions;
	/** Whether ssh may ask on the terminal now: there is one, and the screen is not taken. */
	readonly mayAsk: () => boolean;
	readonly note?: (text: string) => void;
	readonly onBug?: (error: unknown) => void;
};

/** As on the direct road: a keepalive every ten seconds, three unanswered ones are the end. The operator may have less. */
const ALIVE_SECONDS = 10;
/** Without ConnectTimeout. */
const CONNECT_SECONDS = 20;
/** The whole of it, where nobody is asked: a login may hang as well as a connection. */
const LOGIN_SECONDS = 40;

/** Resolves when it is cancelled, or its time is over. */
function broken(cancel: Cancel, limitSeconds: number | null): {why: Promise<'cancelled' | 'late'>; forget: () => void} {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let abort: () => void = () => {};
	const why = new Promise<'cancelled' | 'late'>(resolve => {
		abort = () => resolve('cancelled');
		if (limitSeconds !== null) timer = setTimeout(() => resolve('late'), limitSeconds * 1000);
	});
	cancel.addEventListener('abort', abort);
	const forget = (): void => {
		clearTimeout(timer);
		cancel.removeEventListener('abort', abort);
	};
	return {why, forget};
}

/** @returns the road, or why ssh can't be used so. */
export async function opensshRoad(given: OpensshOptions): Promise<Road | Failure> {
	const {options, mayAsk, note = () => {}, onBug = () => {}} = given;
	const split = splitTarget(given.target);
	if (isFailure(split)) return split;
	const answer = await askSsh(sshGWords(split.host, split.port, options));
	if (isFailure(answer)) return answer;
	if (answer === null)
		return failure(
			'usage',
			"--transport openssh needs OpenSSH's ssh, and none was found in PATH: install it, or leave the option out.",
		);
	const host = parseSshG(answer, hostOf(split.host), surroundings());
	const target = targetOf(host);
	const alive = host.serverAliveIntervalSeconds;

	const reach = async (cancel: Cancel): Promise<OpensshTransport | Failure> => {
		const cancelled = failure('lost', `Connecting to ${target} was cancelled.`);
		if (cancel.aborted) return cancelled;
		const quiet = !mayAsk();
		const master = Master.start({
			words: sshWords(split.port, options),
			host: split.host,
			aliveSeconds: alive > 0 ? Math.min(alive, ALIVE_SECONDS) : ALIVE_SECONDS,
			connectSeconds: host.connectTimeoutSeconds === null ? CONNECT_SECONDS : null,
			quiet,
			told: line => {
				if (mayAsk() && isUrgent(line)) note(line);
			},
		});
		if (isFailure(master)) return master;
		const {why, forget} = broken(cancel, quiet ? LOGIN_SECONDS : null);
		const outcome = await Promise.race([master.listening(), why]);
		forget();
		if (outcome === true && !cancel.aborted) {
			for (const line of notesOf(master.said)) note(line);
			return new OpensshTransport(master, target, onBug);
		}
		await master.end();
		if (cancel.aborted) return cancelled;
		return outcome === 'late'
			? failure('timeout', `${target} did not finish the login within ${LOGIN_SECONDS} s: try it with ssh -v.`)
			: connectFailure(master.said, host, quiet);
	};
	/** What ssh does in between it keeps to itself. */
	const connect: Road['connect'] = async (cancel, onStep) => {
		const steps = new Steps(onStep, host);
		steps.begin('openssh', 'ssh');
		return steps.checked(await reach(cancel), () => `your own ssh is let in as ${host.user}`);
	};
	return {name: 'openssh', target, connect};
}
