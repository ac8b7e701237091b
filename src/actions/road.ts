/** The road we came by: what carries our own connection, and is cut by us where we stop it. */
import type {Readings} from '../domain/guard.ts';

/** Carries every SSH connection, whatever its road. */
const SSHD = /^(?:sshd|ssh|dropbear)(?:@.*)?\.(?:service|socket)$/;
/** Names, addresses and links; stopping one cuts what came over it. */
const NETWORK: ReadonlySet<string> = new Set([
	'NetworkManager.service',
	'systemd-networkd.service',
	'dnsmasq.service',
	'wpa_supplicant.service',
	'network.target',
]);
const MODEM: ReadonlySet<string> = new Set(['ModemManager.service']);
const VPN = /^openvpn(?:-resin)?(?:@.*)?\.service$/;

const isTunnel = (name: string): boolean => /^(?:resin-vpn|tun|tap)/.test(name);
const isModem = (name: string): boolean => /^(?:ww|ppp|cdc|usb)/.test(name);

/** What a unit is weighed against. */
export type Weighed = Pick<Readings, 'cameBy' | 'ours' | 'byVpn'>;

/**
 * Is it a part of the road that we came by? Where the interface is not known, whatever may be a part of it counts as one.
 */
export function isOurRoad(unit: string, {cameBy, ours, byVpn}: Weighed): boolean {
	if (SSHD.test(unit) || ours.includes(unit)) return true;
	// The VPN goes over whatever leads out of the device.
	if (byVpn) return NETWORK.has(unit) || VPN.test(unit) || MODEM.has(unit);
	if (cameBy === 'lo') return false;
	if (NETWORK.has(unit)) return true;
	if (VPN.test(unit)) return cameBy === null || isTunnel(cameBy);
	if (MODEM.has(unit)) return cameBy === null || isModem(cameBy) || isTunnel(cameBy);
	return false;
}
