/** What OpenSSH's `ssh` says on stderr, as values. Its texts are not translated. */
import {type Failure, failure} from '../../domain/channel.ts';
import {closedEarly, socketFailure} from '../ssh/dial.ts';
import {NAME_A_KEY} from '../ssh/login.ts';
import {type HostConfig, targetOf} from '../ssh/ssh-config.ts';

const linesOf = (said: string): string[] =>
	said
		.split(/\r?\n/)
		.map(line => line.trim())
		.filter(line => line !== '' && !/^@+$/.test(line));

const bare = (line: string): string => line.replace(/[.\s]+$/, '');

/** ssh's errors of a socket, by the codes that Node gives the same. */
const SOCKET: readonly (readonly [RegExp, string])[] = [
	[/^ssh: Could not resolve hostname/, 'ENOTFOUND'],
	[/^ssh: connect to host .+: Connection refused/, 'ECONNREFUSED'],
	[/^ssh: connect to host .+: (?:Connection|Operation) timed out|^Connection timed out during/, 'ETIMEDOUT'],
	[/^ssh: connect to host .+: (?:No route to host|Network is unreachable)/, 'EHOSTUNREACH'],
];

/**
 * Why it did not connect.
 *
 * @param quiet nobody could be asked, so a question was a refusal.
 */
export function connectFailure(said: string, host: HostConfig, quiet: boolean): Failure {
	const target = targetOf(host);
	const lines = linesOf(said);
	const find = (pattern: RegExp): string | undefined => lines.find(line => pattern.test(line));
	const socket = host.proxyJump === null ? SOCKET.find(([pattern]) => find(pattern) !== undefined) : undefined;
	if (socket !== undefined) return socketFailure(Object.assign(new Error(socket[1]), {code: socket[1]}), host);
	const denied = find(/Permission denied|Too many authentication failures/);
	if (denied !== undefined)
		return failure(
			'auth',
			`ssh was not let in by ${target} (${bare(denied)}): ${
				quiet
					? 'it could not ask for a password or a passphrase here, so keep the key in an agent, or begin on a terminal'
					: NAME_A_KEY
			}.`,
		);
	const remove = find(/^ssh-keygen .*-R /);
	if (find(/REMOTE HOST IDENTIFICATION HAS CHANGED/) !== undefined)
		return failure(
			'host-key-changed',
			`The host key of ${target} is not the one that ssh knows, so nothing was sent: if the device was flashed anew, forget the old key with: ${remove ?? 'ssh-keygen -R'}`,
		);
	if (find(/REVOKED HOST KEY|marked as revoked/) !== undefined)
		return failure(
			'host-key-revoked',
			`The host key of ${target} is marked as revoked, so nothing was sent: ask who revoked it, and why.`,
		);
	if (find(/Host key verification failed/) !== undefined)
		return failure(
			'host-key-unknown',
			`The host key of ${target} was not accepted, so nothing was sent: connect to it once with ssh, or use -o StrictHostKeyChecking=accept-new.`,
		);
	const option = find(/Bad configuration option|^command-line|unknown option|missing argument|Can't open user config/i);
	if (option !== undefined) return failure('usage', `ssh can't use these options: ${bare(option)}.`);
	if (find(/^kex_exchange_identification: /) !== undefined) return closedEarly(target);
	const told = lines.find(line => !/^(?:Warning: |\*\* )/.test(line));
	return failure(
		'unreachable',
		`ssh could not reach ${target} (${told === undefined ? 'it did not say why' : bare(told)}): try it with ssh -v.`,
	);
}

/** Why a connection that was there is gone, in the words of the other roads. */
export function lossOf(said: string, code: number | null): string {
	const text = linesOf(said).slice(-5).join('\n');
	if (/Timeout, server .+ not responding/.test(text)) return 'keepalive timed out';
	if (/reset by peer|Broken pipe/i.test(text)) return 'the connection was reset';
	if (/closed by remote host|Connection closed|disconnect from/i.test(text)) return 'closed by the device';
	if (/timed out/i.test(text)) return 'the network stopped answering';
	if (/No route to host|Network is unreachable/i.test(text)) return 'the network is unreachable';
	return code === null ? 'ssh was ended' : `ssh ended with code ${code}`;
}

/** What is worth telling of a connection that came about. */
export const notesOf = (said: string): string[] => linesOf(said).filter(line => /^Warning: /.test(line));

/** What has to be known at the terminal at once: ssh asks there, but what it says goes to us. */
export const isUrgent = (line: string): boolean => /^Confirm user presence|please try again\.?$/.test(line);
