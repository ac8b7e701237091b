/** `--via`: the road through a gateway. What is known of the device's address comes from the configuration and own recordings. */
import {type Failure, failure, isFailure, type Road} from '../domain/channel.ts';
import {isFullUuid, isUuid} from '../domain/uuid.ts';
import {endsOf} from '../session/recording/ends.ts';
import {uuidArgv, uuidIn} from '../sources/identity.ts';
import {connectAll, directRoad, keepaliveOf} from '../transport/ssh/connect.ts';
import {type GatewayOptions, gatewayRoad, type Place} from '../transport/ssh/gateway.ts';
import type {Questions} from '../transport/ssh/questions.ts';
import {type Route, resolveRoute, surroundings} from '../transport/ssh/resolve.ts';
import {
	DEVICE_PORT,
	type HostConfig,
	hostOf,
	type SshOptions,
	splitTarget,
	targetOf,
} from '../transport/ssh/ssh-config.ts';
import type {Via} from './options.ts';
import {kept, stateFolder} from './place.ts';

/** Recordings that are looked at for a last address, the newest first. */
const MOST = 20;

/** The full uuids that begin like this, of devices that were recorded. */
const recorded = (short: string, root: string): string[] => [
	...new Set(kept(root).flatMap(({folder}) => (isFullUuid(folder) && folder.startsWith(short) ? [folder] : []))),
];

/** Where a device was, by its own recordings: addresses only, and none of this machine's own. */
function lastPlaces(uuid: string, root: string = stateFolder()): Place[] {
	const places = new Map<string, Place>();
	for (const {file} of kept(root)
		.filter(({folder}) => folder === uuid)
		.slice(0, MOST)) {
		const ends = endsOf(file);
		const target = isFailure(ends) ? '' : (ends.header?.target ?? '');
		const [, host = '', port] = /^[^@]*@(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(target) ?? [];
		if (host !== '' && !host.startsWith('127.') && !places.has(host))
			places.set(host, {host, port: Number(port), what: 'its last address'});
	}
	return [...places.values()];
}

/** The whole uuid where it is known, by the configuration or by own recordings. */
function wholeOf(uuid: string, known: string | null, root: string): {uuid: string; whole: boolean} | Failure {
	const all =
		known !== null && isFullUuid(known) && known.startsWith(uuid)
			? [known]
			: isFullUuid(uuid)
				? [uuid]
				: recorded(uuid, root);
	const [one, ...more] = all;
	if (more.length > 0)
		return failure('usage', `${uuid} begins the uuid of ${all.length} devices that you recorded: give all of it.`);
	return one === undefined ? {uuid, whole: false} : {uuid: one, whole: true};
}

/** A device behind a gateway is balenaOS's: `root` and its port, where nobody says otherwise. */
function asDevice(host: HostConfig, named: {readonly user: boolean; readonly port: boolean}): HostConfig {
	return {
		...host,
		user: named.user || host.user !== surroundings().user ? host.user : 'root',
		port: named.port || host.port !== 22 ? host.port : DEVICE_PORT,
	};
}

/** What ssh makes of a uuid of digits only: an address, as inet_aton(3) reads a number. */
function asAddress(name: string): string {
	const value = /^\d+$/.test(name) ? Number.parseInt(name, name.startsWith('0') ? 8 : 10) : 0;
	return [24, 16, 8, 0].map(shift => (value >>> shift) & 255).join('.');
}

/** A gateway, and how it is approached. */
export type Gateway = Pick<GatewayOptions, 'approach'> & {
	readonly host: HostConfig;
	/** All hosts on the way to it, itself the last; left out where the way is another. */
	readonly hosts?: Route['hosts'];
};

/** By an address or a Host of ssh_config. */
async function gatewayOf(
	{target, user, port}: Via,
	{configFile, identityFiles, jump}: SshOptions,
	note: (text: string) => void,
): Promise<Gateway | Failure> {
	// The key may be the same for both; the rest of ssh's options is the device's. What leads to the gateway is -J's.
	const route = await resolveRoute(target, {configFile, identityFiles, user, port, jump, options: []});
	if (isFailure(route)) return route;
	for (const text of route.notes) note(text);
	const {hosts} = route;
	return {host: hosts.at(-1) ?? hosts[0], hosts, approach: context => connectAll(hosts, null, context)};
}

export type ViaAim = {
	readonly target: string;
	/** Who has to answer there. */
	readonly uuid: string | null;
	readonly ssh: SshOptions;
	readonly via: Via;
};

/**
 * Makes the road; a device that is given by its uuid is looked for at once, and its host key kept under its uuid.
 *
 * @param options `atOnce: false` where connecting is to be watched, or waited for; `gateway` where it is not reached by `via` itself.
 */
export async function viaRoad(
	{target, uuid, ssh, via}: ViaAim,
	ask: Questions | undefined,
	note: (text: string) => void,
	{atOnce = true, gateway: by = null}: {readonly atOnce?: boolean; readonly gateway?: Gateway | null} = {},
	root: string = stateFolder(),
): Promise<Road | Failure> {
	const split = splitTarget(target);
	if (isFailure(split)) return split;
	const name = hostOf(split.host);
	const byUuid = isUuid(name);
	const wanted = byUuid || uuid !== null ? wholeOf(byUuid ? name : (uuid ?? ''), uuid, root) : null;
	if (isFailure(wanted)) return wanted;
	// Whatever ssh_config says of a way there, this time it is the gateway.
	const resolved = await resolveRoute(target, {...ssh, jump: 'none'});
	if (isFailure(resolved)) return resolved;
	const device = asDevice(resolved.hosts.at(-1) ?? resolved.hosts[0], {
		user: split.host.includes('@') || ssh.user !== null,
		port: split.port !== null || ssh.port !== null,
	});
	// HostName, in ssh_config or by -o.
	const given = !byUuid || (device.host !== name && device.host !== asAddress(name));
	for (const text of resolved.notes) note(text);
	const gateway = by ?? (await gatewayOf(via, ssh, note));
	if (isFailure(gateway)) return gateway;
	if (wanted === null) {
		if (gateway.hosts === undefined)
			return failure(
				'usage',
				`Behind a gateway that is given by its uuid the device is given by its own, too: devtop UUID --via ${via.target} -o HostName=${device.host}`,
			);
		const route: Route = {hosts: [...gateway.hosts, device], notes: []};
		return directRoad({route, ask, note, name: `via ${targetOf(gateway.host)}`});
	}
	const places = given
		? [{host: device.host, port: null, what: 'the address that was given'}]
		: lastPlaces(wanted.uuid, root);
	return await gatewayRoad(
		{
			approach: gateway.approach,
			gateway: gateway.host,
			device,
			wanted,
			who: {argv: uuidArgv, uuidIn},
			places,
			given,
			sweep: via.sweep,
			keepaliveMs: keepaliveOf([...(gateway.hosts ?? [gateway.host]), device]),
			ask,
			note,
		},
		atOnce ? new AbortController().signal : null,
	);
}
