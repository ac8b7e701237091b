/** From what the operator typed to a road over SSH. */
import {type Failure, isFailure, type Road} from '../domain/channel.ts';
import {opensshRoad} from '../transport/openssh/road.ts';
import {directRoad} from '../transport/ssh/connect.ts';
import type {Questions} from '../transport/ssh/questions.ts';
import {resolveRoute} from '../transport/ssh/resolve.ts';
import type {SshOptions} from '../transport/ssh/ssh-config.ts';
import type {Aim} from './options.ts';
import {viaRoad} from './via.ts';

/**
 * The road to what was aimed at: through the gateway where there is one, or by the operator's own `ssh`.
 *
 * @param options `atOnce: false`: a device whose address is not known is looked for when the road is connected, not now;
 *   `mayAsk`: whether the operator's `ssh` may ask on the terminal by itself now.
 */
export const roadOf = async (
	{target, uuid, ssh, via, transport}: Extract<Aim, {to: 'host'}>,
	ask: Questions | undefined,
	note: (text: string) => void,
	{atOnce = true, mayAsk = () => false}: {readonly atOnce?: boolean; readonly mayAsk?: () => boolean} = {},
): Promise<Road | Failure> => {
	if (transport === 'openssh') return await opensshRoad({target, options: ssh, mayAsk, note});
	return via === null
		? await sshRoad(target, ssh, ask, note)
		: await viaRoad({target, uuid, ssh, via}, ask, note, {atOnce});
};

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
