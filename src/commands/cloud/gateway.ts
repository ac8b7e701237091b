/** A gateway by its uuid: through the VPN's tunnel, since the cloud's proxy forwards nothing. */
import {type Failure, failure, isFailure} from '../../domain/channel.ts';
import {isFullUuid, shortUuid} from '../../domain/uuid.ts';
import {resolveRoute} from '../../transport/ssh/resolve.ts';
import {DEVICE_PORT} from '../../transport/ssh/ssh-config.ts';
import {throughTunnel, tunnelHost} from '../../transport/ssh/tunnel.ts';
import type {Config} from '../config/shape.ts';
import {type Gateway, type ViaAim, viaRoad} from '../via.ts';
import {LOG_IN, tokenOf, tokenRules, userOf} from './credentials.ts';
import {type Asking, type CloudRoad, straight, tunnelOptions} from './road.ts';
import {cloudSettings} from './settings.ts';
import {findShort} from './short.ts';

/** The road to a device behind a gateway that is given by its uuid; `atOnce` as in `viaRoad`. */
export async function cloudViaRoad(
	aim: ViaAim,
	config: Config,
	asking: Asking,
	atOnce = true,
): Promise<CloudRoad | Failure> {
	const {ask, note} = asking;
	const {ssh, via} = aim;
	const settings = cloudSettings(config.cloud);
	const token = tokenOf(config.cloud, settings);
	if (isFailure(token)) return token;
	const account = userOf(config.cloud, settings);
	const found = isFullUuid(via.target)
		? {kind: 'uuid' as const, uuid: via.target}
		: await findShort(via.target, config, settings.apiUrl, token);
	if (isFailure(found)) return found;
	let gateway: Gateway | null = null;
	let near = via;
	if (found.kind === 'local')
		near = {...via, target: found.host, user: via.user ?? 'root', port: via.port ?? DEVICE_PORT};
	else {
		const {uuid} = found;
		if (token === null)
			return failure(
				'usage',
				`The gateway ${shortUuid(uuid)} is reached through the tunnel alone, for which a token is needed: ${LOG_IN}; in its own network give its address (--via root@address:${DEVICE_PORT}).`,
			);
		const {configFile, identityFiles} = ssh;
		const only = {configFile, identityFiles, user: via.user, port: null, jump: null, options: []};
		const route = await resolveRoute(uuid, straight(only));
		if (isFailure(route)) return route;
		const host = route.hosts.at(-1) ?? route.hosts[0];
		const options = tunnelOptions({uuid, host, user: via.user, account}, config, settings, asking);
		gateway = {host: {...tunnelHost(options), user: options.users[0]}, approach: throughTunnel(options)};
	}
	const road = await viaRoad({...aim, via: near}, ask, note, {atOnce, gateway});
	return isFailure(road) ? road : {road, uuid: aim.uuid, secrets: tokenRules(token, account)};
}
