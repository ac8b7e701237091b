/** From a uuid to the roads that lead there: the VPN's tunnel where a token is, the proxy where a user name is. */
import {type Failure, failure, isFailure, type Road} from '../../domain/channel.ts';
import type {SecretRule} from '../../domain/secret.ts';
import {isFullUuid, shortUuid} from '../../domain/uuid.ts';
import {directRoad} from '../../transport/ssh/connect.ts';
import {eitherRoad} from '../../transport/ssh/either.ts';
import {proxyRoad} from '../../transport/ssh/proxy.ts';
import type {Questions} from '../../transport/ssh/questions.ts';
import {resolveRoute} from '../../transport/ssh/resolve.ts';
import {DEVICE_PORT, type HostConfig, type SshOptions} from '../../transport/ssh/ssh-config.ts';
import {type TunnelRoadOptions, tunnelRoad} from '../../transport/ssh/tunnel.ts';
import type {Config} from '../config/shape.ts';
import type {Aim} from '../options.ts';
import {LOG_IN, tokenOf, tokenRules, userOf} from './credentials.ts';
import {type CloudSettings, cloudSettings} from './settings.ts';
import {findShort, localName} from './short.ts';

export type CloudRoad = {
	readonly road: Road;
	/** Who has to answer: the full uuid, or the beginning of it. Null where the word was a Host of the ssh_config. */
	readonly uuid: string | null;
	/** What is cut out of everything that is shown or recorded. */
	readonly secrets: readonly SecretRule[];
};

export type Asking = {readonly ask: Questions | undefined; readonly note: (text: string) => void};

/** Without the hops and commands of the ssh_config: the way is another one. */
export const straight = (ssh: SshOptions, more: readonly string[] = []): SshOptions => ({
	...ssh,
	jump: null,
	options: [...more, 'ProxyJump=none', 'ProxyCommand=none', ...ssh.options],
});

/** In its own network, by an address. */
async function direct(host: string, uuid: string, ssh: SshOptions, {ask, note}: Asking): Promise<Road | Failure> {
	const alias = isFullUuid(uuid) ? [`HostKeyAlias=${uuid}`] : [];
	const user = ssh.user ?? 'root';
	const port = ssh.port ?? DEVICE_PORT;
	const route = await resolveRoute(host, {...ssh, user, port, options: [...alias, ...ssh.options]});
	return isFailure(route) ? route : directRoad({route, ask, note});
}

/** The way through the VPN, as the configuration and the balena CLI have it. */
export const tunnelOptions = (
	{
		uuid,
		host,
		user,
		account,
	}: {
		readonly uuid: string;
		readonly host: HostConfig;
		/** Who was asked for. */
		readonly user: string | null;
		readonly account: string | null;
	},
	config: Config,
	settings: CloudSettings,
	{ask, note}: Asking,
): TunnelRoadOptions => ({
	uuid,
	host,
	// The device has root's keys or asks the cloud for those of its users, which takes seconds and its own network.
	users: user !== null ? [user] : account === null ? ['root'] : ['root', account],
	server: settings.tunnel,
	credentials: () => {
		const now = tokenOf(config.cloud, settings);
		if (isFailure(now)) return now;
		return now === null
			? failure('auth', `The token for ${shortUuid(uuid)} is gone: ${LOG_IN}.`)
			: {user: account ?? 'root', token: now};
	},
	ask,
	note,
});

/** The roads to the device of a uuid, as one. */
export async function cloudRoad(
	{target, road: wish, ssh}: Pick<Extract<Aim, {to: 'host'}>, 'target' | 'road' | 'ssh'>,
	config: Config,
	asking: Asking,
): Promise<CloudRoad | Failure> {
	const {ask, note} = asking;
	const settings = cloudSettings(config.cloud);
	const token = tokenOf(config.cloud, settings);
	if (isFailure(token)) return token;
	const account = userOf(config.cloud, settings);
	const secrets = tokenRules(token, account);
	const by = (road: Road, uuid: string): CloudRoad => ({road, uuid, secrets});
	const near = async (host: string, uuid: string): Promise<CloudRoad | Failure> => {
		const road = await direct(host, uuid, ssh, asking);
		return isFailure(road) ? road : by(road, uuid);
	};

	let uuid = target;
	if (!isFullUuid(target)) {
		// A name may look like a uuid; the ssh_config knows. Digits alone ssh takes for an address (inet_aton), so they tell nothing.
		const route = await resolveRoute(target, ssh);
		if (wish === null && /[a-f]/.test(target) && !isFailure(route) && route.hosts.at(-1)?.host !== target)
			return {road: directRoad({route, ask, note}), uuid: null, secrets};
		const found = await findShort(target, config, settings.apiUrl, token);
		if (isFailure(found)) return found;
		if (found.kind === 'local') {
			if (wish === null || wish === 'direct') return await near(found.host, target);
			return failure('usage', `--road ${wish} needs the full uuid: of ${target} only ${found.host} is known.`);
		}
		uuid = found.uuid;
	}
	const short = shortUuid(uuid);
	const address = Object.values(config.devices).find(device => device.uuid === uuid && device.host !== null);
	const nearby = async (): Promise<CloudRoad | Failure | null> => {
		if (address?.host != null) return await near(address.host, uuid);
		const host = await localName(uuid);
		return host === null ? null : await near(host, uuid);
	};
	if (wish === 'direct')
		return (
			(await nearby()) ??
			failure(
				'unknown-host',
				`No address of ${short} is known: ${short}.local is not in this network; give it as root@address:${DEVICE_PORT}, or as "host" of a device in your configuration.`,
			)
		);
	if (wish === null && address !== undefined) {
		const found = await nearby();
		if (found !== null) return found;
	}

	const roads: Road[] = [];
	const user = ssh.user ?? account;
	if (token !== null && wish !== 'proxy') {
		const route = await resolveRoute(uuid, straight({...ssh, port: null}));
		if (isFailure(route)) return route;
		const host = route.hosts.at(-1) ?? route.hosts[0];
		roads.push(tunnelRoad(tunnelOptions({uuid, host, user: ssh.user, account}, config, settings, asking)));
	}
	if (user !== null && wish !== 'tunnel') {
		const route = await resolveRoute(`ssh.${settings.proxyUrl}`, {...ssh, user});
		if (isFailure(route)) return route;
		roads.push(proxyRoad({uuid, route, ask, note}));
	}
	const [first, ...others] = roads;
	if (first !== undefined) return by(others.length === 0 ? first : eitherRoad([first, ...others]), uuid);
	if (wish === 'tunnel') return failure('usage', `The tunnel to ${short} needs a token: ${LOG_IN}.`);
	if (wish === 'proxy')
		return failure(
			'usage',
			`The proxy to ${short} needs the user name of your account: give it with -l, as "cloud": {"user": …} in your configuration, or log in with the balena CLI (balena login, balena whoami).`,
		);
	return (
		(await nearby()) ??
		failure(
			'usage',
			`${short} is reached through the cloud, which knows nobody here: ${LOG_IN}, or give the user name of your account with -l; in its own network give its address (root@address:${DEVICE_PORT}).`,
		)
	);
}
