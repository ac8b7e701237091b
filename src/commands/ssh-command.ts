/** The words of an ssh that reaches the same device as devtop does: to be run in another terminal. */
import {isFailure} from '../domain/channel.ts';
import {type SshOptions, splitTarget, sshWords} from '../transport/ssh/ssh-config.ts';

/** @param target `[user@]host[:port]`, or an alias of the ssh_config. */
export function sshCommand(target: string, options: SshOptions): readonly string[] | null {
	const split = splitTarget(target);
	if (isFailure(split)) return null;
	return ['ssh', ...sshWords(split.port, options), '--', split.host];
}

/** Of a recording no more is known than who answered where; a jump host is not. Null for the demo's device. */
export const sshCommandOf = (target: string, road: string): readonly string[] | null =>
	road === 'demo'
		? null
		: sshCommand(target, {configFile: null, identityFiles: [], user: null, port: null, jump: null, options: []});
