/** Enters one device behind a gateway: who it is is learned from the device, and its host key is kept under its uuid. */
import {type Failure, failure, isFailure} from '../../domain/channel.ts';
import {shortUuid} from '../../domain/uuid.ts';
import {answerOf} from './answer.ts';
import {forward, type Reached} from './connect.ts';
import {type DialContext, logIn} from './dial.ts';
import {isNew, judgeHostKey} from './host-key.ts';
import type {Link} from './link.ts';
import type {Questions} from './questions.ts';
import {type HostConfig, targetOf} from './ssh-config.ts';

/** How a device says which one it is. */
export type Who = {readonly argv: readonly string[]; readonly uuidIn: (text: string) => string | null};

/** Whom to look for: the uuid, or how it begins. */
export type Wanted = {
	readonly uuid: string;
	/** All of it, so that a host key is known by it. */
	readonly whole: boolean;
};

export type Entered = {readonly link: Link; readonly host: HostConfig; readonly uuid: string};

export type NotEntered = {
	readonly failure: Failure;
	/** Who answers there: the wanted device itself, so that nobody else needs to be tried; another one; or it is not known. */
	readonly who: 'itself' | {readonly uuid: string} | null;
};

export const isNotEntered = (value: Entered | NotEntered): value is NotEntered => 'failure' in value;

/** No password goes to a host that may be another: keys tell it nothing. */
const withoutPasswords = (ask: Questions, deferred: () => boolean): Questions => ({
	...ask,
	password: async asked => (deferred() ? null : await ask.password(asked)),
});

/**
 * Logs in to a place behind the gateway and asks who answers. A host key that is new is judged only once the device has
 * proven to be the wanted one: else the operator would be asked about every device of a sweep, and a stranger's key would be
 * written under this uuid. Until then the login is by keys alone, and nothing is asked but the uuid.
 */
export async function enter(
	gateway: Reached,
	via: HostConfig,
	device: HostConfig,
	wanted: Wanted,
	who: Who,
	context: DialContext,
): Promise<Entered | NotEntered> {
	const host = {...device, hostKeyAlias: device.hostKeyAlias ?? wanted.uuid};
	const stream = await forward(gateway.device, via, host, context.cancel);
	if (isFailure(stream)) return {failure: stream, who: null};
	let shown: Uint8Array | null = null;
	const named = wanted.whole || device.hostKeyAlias !== null;
	const judge: DialContext['judge'] = async (judged, key) => {
		if (isNew(judged, key, context.memory) && !(named && judged.strictHostKeyChecking === 'yes')) {
			shown = key;
			return null;
		}
		return await judgeHostKey(judged, key, context);
	};
	const ask = context.ask === undefined ? undefined : withoutPasswords(context.ask, () => shown !== null);
	const link = await logIn(host, stream, null, {...context, ask, judge});
	if (isFailure(link)) return {failure: link, who: null};
	const checked = await check(link, host, shown, wanted, who, context);
	if (isNotEntered(checked)) link.lose(checked.failure.message, null);
	return checked;
}

async function check(
	link: Link,
	host: HostConfig,
	shown: Uint8Array | null,
	wanted: Wanted,
	who: Who,
	context: DialContext,
): Promise<Entered | NotEntered> {
	const short = shortUuid(wanted.uuid);
	const answer = await answerOf(link, who.argv);
	if (answer === null)
		return {
			failure: failure(
				'channel',
				`${targetOf(host)} lets us in, but does not answer when it is asked which device it is: is its login shell in order?`,
			),
			who: null,
		};
	const uuid = who.uuidIn(answer);
	if (uuid === null)
		return {
			failure: failure(
				'not-a-device',
				`${targetOf(host)} does not say which device it is (no uuid in its config.json), where ${short} was asked for: nothing of it is shown.`,
			),
			who: null,
		};
	if (!uuid.startsWith(wanted.uuid))
		return {
			failure: failure(
				'not-a-device',
				`This is the wrong device: ${shortUuid(uuid)} answers at ${targetOf(host)}, not ${short}; nothing of it is shown.`,
			),
			who: {uuid},
		};
	// A name that the operator's ssh_config gave it stays.
	const own = host.hostKeyAlias === wanted.uuid ? {...host, hostKeyAlias: uuid} : host;
	if (shown !== null) {
		const refused = await judgeHostKey(own, shown, context);
		if (refused !== null) return {failure: refused, who: 'itself'};
	}
	return {link, host: own, uuid};
}
