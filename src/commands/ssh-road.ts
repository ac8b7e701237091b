/** From what the operator typed to a road over SSH. */
import {type Failure, isFailure, type Road} from '../domain/channel.ts';
import {directRoad} from '../transport/ssh/connect.ts';
import type {Questions} from '../transport/ssh/questions.ts';
import {resolveRoute} from '../transport/ssh/resolve.ts';
import type {SshOptions} from '../transport/ssh/ssh-config.ts';
import type {Aim} from './options.ts';
import {viaRoad} from './via.ts';

/**
 * The road to what was aimed at: through the gateway where there is one.
 *
 * @param atOnce a device whose address is not known is looked for now; else when the road is connected.
 */
export const roadOf = async (
	{target, uuid, ssh, via}: Extract<Aim, {to: 'host'}>,
	ask: Questions | undefined,
	note: (text: string) => void,
	atOnce = true,
): Promise<Road | Failure> =>
	via === null ? await sshRoad(target, ssh, ask, note) : await viaRoad({target, uuid, ssh, via}, ask, note, {atOnce});

/** Resolves the target as ssh would. Notes stop nothing and are shown before the screen is taken. */
export async function sshRoad(
	target: string,
	options: SshOptions,
	ask: Questions | undefined,
	note: (text: string) => void = () => {},
): Promise<Road | Failure> {
	const route = await resolveRoute(target, options);
	return isFailure(route) ? route : directRoad({route, ask, note});
}
