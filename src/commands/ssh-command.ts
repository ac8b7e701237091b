/** The words of an ssh that reaches the same device as devtop does: to be run in another terminal. */
import {isFailure, type Road} from '../domain/channel.ts';
import {isFullUuid} from '../domain/uuid.ts';
import {type SshOptions, splitTarget, sshWords} from '../transport/ssh/ssh-config.ts';
import type {Aim} from './options.ts';

/** @param target `[user@]host[:port]`, or an alias of the ssh_config. */
function sshCommand(target: string, options: SshOptions): readonly string[] | null {
	const split = splitTarget(target);
	if (isFailure(split)) return null;
	return ['ssh', ...sshWords(split.port, options), '--', split.host];
}

/** Null where no ssh of the operator's leads there: through a gateway by devtop's own way, or through the cloud. */
export function sshCommandFor(aim: Aim, road: Pick<Road, 'name' | 'target'>): readonly string[] | null {
	if (aim.to !== 'host' || aim.via !== null) return null;
	// A word that only looks like a uuid is a Host of the ssh_config: nobody else has to answer there.
	const byUuid = aim.byUuid && aim.uuid !== null;
	return byUuid ? sshCommandOf(road.target, road.name) : sshCommand(aim.target, aim.ssh);
}

/** Of a recording no more is known than who answered where; a jump host is not. Null for the demo's device, and for one by its uuid. */
export const sshCommandOf = (target: string, road: string): readonly string[] | null =>
	road === 'demo' || isFullUuid(target)
		? null
		: sshCommand(target, {configFile: null, identityFiles: [], user: null, port: null, jump: null, options: []});
