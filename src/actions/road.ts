/** The road we came by: what carries our own connection, and is cut by us where we stop it. */
import type {Readings} from '../domain/guard.ts';

/** Carries every SSH connection, whatever its road. */
const SSHD = /^(?:sshd|ssh|dropbear|tinysshd)(?:@.*)?\.(?:service|socket)$/;
/** Names, addresses, links and filters of packets; stopping one may cut what came over it. By what distributions call them. */
const NETWORK =
	/^(?:NetworkManager|systemd-networkd|systemd-resolved|networking|network|connman|iwd|dhcpcd(?:@.*)?|dhclient(?:@.*)?|dnsmasq|wpa_supplicant(?:[-@].*)?|netplan-.*|ifup@.*|wicked|hostapd|nftables|iptables|firewalld|ufw)\.(?:service|socket|target)$/;
const MODEM = /^(?:ModemManager|pppd?(?:@.*)?|wvdial)\.service$/;
const VPN =
	/^(?:openvpn(?:-resin|-client|-server)?(?:@.*)?|wg-quick@.*|tailscaled|zerotier-one|strongswan.*)\.service$/;

const isTunnel = (name: string): boolean => /^(?:resin-vpn|tun|tap|wg|tailscale|zt)/.test(name);
const isModem = (name: string): boolean => /^(?:ww|ppp|cdc|usb)/.test(name);

/** What a unit is weighed against. */
export type Weighed = Pick<Readings, 'cameBy' | 'ours' | 'byVpn'>;

/**
 * Is it a part of the road that we came by? Where the interface is not known, whatever may be a part of it counts as one.
 */
export function isOurRoad(unit: string, {cameBy, ours, byVpn}: Weighed): boolean {
	if (SSHD.test(unit) || ours.includes(unit)) return true;
	// The VPN goes over whatever leads out of the device.
	if (byVpn) return NETWORK.test(unit) || VPN.test(unit) || MODEM.test(unit);
	if (cameBy === 'lo') return false;
	if (NETWORK.test(unit)) return true;
	if (VPN.test(unit)) return cameBy === null || isTunnel(cameBy);
	if (MODEM.test(unit)) return cameBy === null || isModem(cameBy) || isTunnel(cameBy);
	return false;
}
