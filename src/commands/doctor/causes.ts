/** Names the cause of a connection that failed: by the step that it failed at, its code, and what was looked at besides. */
import type {Failure, FailureCause} from '../../domain/channel.ts';
import type {Place} from '../../domain/step.ts';
import {DEVICE_PORT} from '../../transport/ssh/ssh-config.ts';
import type {Trouble} from './trouble.ts';

/** What else is known where a connection failed. */
export type Around = {
	/** The step that failed; null where none had begun. */
	readonly step: string | null;
	readonly place: Place | null;
	/** What the other of the two usual ports of the same host does; null where it was not asked. */
	readonly other: {readonly port: number; readonly does: 'ssh' | 'open' | 'refused' | 'silent'} | null;
	/** Private keys in ~/.ssh that the failure does not name. */
	readonly unoffered: readonly string[];
};

/**
 * What the cloud's roads say, in the words of their failures. The texts behind them are those of open-balena-vpn, of the
 * proxy, and of balena-cli's own reports (#1535, #1173).
 */
const CLOUD: readonly (readonly [pattern: RegExp, name: string, todo: string])[] = [
	[
		/wrong (?:balena )?device|another device|does not say which device/i,
		'wrong-device',
		'Nothing of it was shown. Look for where the device went (its address was given to another one, or its config.json is another’s), and correct the address, the gateway, or the entry under "devices".',
	],
	[
		/\(407\)|has expired|did not take the token/i,
		'token-expired',
		'Log in anew with balena login, then try again; and look whether your account may reach this device.',
	],
	[
		/not connected to the VPN|is disconnected|is offline/i,
		'off-vpn',
		'Look at its power and network. Reach it in its own network (root@ADDRESS:22222) or through a neighbour there, or try again when it is back.',
	],
	[
		/\(404\)/,
		'refused',
		'Its sshd.socket is stopped: from balenaOS 6.11.0 on it comes back within 15 minutes; before that somebody has to start it there (systemctl start sshd.socket).',
	],
	[
		/knows no device|no device that your account|give all 32|(?:fleet or )?device not found|no device .*uuid|for no name of a device|unknown uuid|uuid .*(?:unknown|not known)/i,
		'uuid-unknown',
		'Compare the uuid, letter by letter and at its full length, and ask for access to its fleet.',
	],
	[
		/does not forward what is written/i,
		'stdin-not-forwarded',
		'Take the tunnel, for which a token is needed, or the device’s own address.',
	],
	[
		/host error/i,
		'host-error',
		'Its sshd did not answer the cloud, or the cloud has a fault: take the other road to it, and look at status.balena.io.',
	],
	[
		/\(500\)|found no route/i,
		'cloud-fault',
		'Try again in a minute, take the other road to it, and look at status.balena.io. The uuid has to be the full one.',
	],
];

const placeText = (place: Place | null): string => (place === null ? 'the device' : `${place.host} port ${place.port}`);

function unreached({place, other}: Around, dropped: boolean): Trouble {
	const here = placeText(place);
	if (other?.does === 'ssh')
		return {
			case: dropped ? 'filtered' : 'wrong-port',
			wrong: dropped
				? `What is sent to ${here} is dropped, while an SSH server answers on port ${other.port}: a firewall stands before this port, or it is the wrong one.`
				: `${here} is the wrong port: an SSH server answers on port ${other.port} of the same host.`,
			todo: `Try -p ${other.port}.`,
		};
	if (dropped)
		return {
			case: 'filtered',
			wrong:
				other === null || other.does === 'silent'
					? `Nothing comes back from ${here}, nor from its other port: it is off, the address is wrong, or a firewall drops what is sent there.`
					: `${place?.host ?? 'The host'} is up (port ${other.port} answers), but what is sent to port ${place?.port} is dropped: a firewall stands between.`,
			todo: 'Have the port let through, look whether a VPN or a jump host (-J) is needed, and whether the address is still the device’s.',
		};
	return {
		case: 'refused',
		wrong: `${place?.host ?? 'The host'} is up, but nothing listens on port ${place?.port}.`,
		todo:
			place?.port === DEVICE_PORT
				? 'On a balenaOS device its sshd.socket is stopped: 200 connections within 2 s close it. From balenaOS 6.11.0 on it comes back within 15 minutes; before that somebody has to start it there (systemctl start sshd.socket). Another host has another port (-p).'
				: 'balenaOS devices listen on 22222 (-p 22222); on another host look for the Port of its sshd.',
	};
}

const notOffered = (files: readonly string[]): string =>
	files.length === 0 ? '' : ` Not offered were ${files.join(', ')}: name one with -i.`;

/** Why the login failed. */
function locked(cause: FailureCause | undefined, user: string, host: string, unoffered: readonly string[]): Trouble {
	const more = notOffered(unoffered);
	switch (cause) {
		case 'passphrase-wrong':
			return {
				case: cause,
				wrong: 'The key is one that the device takes, or may be, but none of the passphrases unlocked it.',
				todo: 'ssh-keygen -y -f FILE tells whether a passphrase is the right one; ssh-add unlocks the key once for all.',
			};
		case 'passphrase-missing':
			return {
				case: cause,
				wrong: 'The key is one that the device takes, or may be, but it stayed locked: nobody gave its passphrase.',
				todo: 'Unlock it with ssh-add, or start devtop on a terminal, where it asks.',
			};
		case 'agent-empty':
			return {
				case: 'agent-empty',
				wrong: 'The SSH agent holds no key, and no key file was there to offer.',
				todo: `Load the key (ssh-add FILE), or name its file with -i.${more}`,
			};
		case 'agent-gone':
			return {
				case: 'agent-gone',
				wrong: 'The SSH agent does not answer, and no key file was there to offer.',
				todo: `Start one (eval "$(ssh-agent)"; ssh-add FILE): SSH_AUTH_SOCK, or IdentityAgent in your ssh_config, names one that is gone; or name a key file with -i.${more}`,
			};
		case 'too-many-keys':
			return {
				case: 'too-many-keys',
				wrong: `${host} hung up after too many keys, before the right one was offered.`,
				todo: 'Name the right key with -i, and add -o IdentitiesOnly=yes.',
			};
		case 'key-unusable':
			return {
				case: 'key-unusable',
				wrong: 'The key is of a kind that devtop can’t use, or its file can’t be read (the line above says which).',
				todo: `Let your own ssh do it (--transport openssh), load it into the SSH agent where it can be used there, or name another key with -i.${more}`,
			};
		case 'no-key':
			return {
				case: 'key-not-offered',
				wrong: 'No key was offered: none is where ssh looks for one, and no agent holds any.',
				todo: `Name the key with -i, or as IdentityFile in your ssh_config.${more}`,
			};
		default:
			return user === 'root'
				? {
						case: 'key-refused',
						wrong: `${host} does not know any of the keys that were offered for root.`,
						todo: `Name the right key with -i, or add its public half to os.sshKeys in the config.json of the device.${more}`,
					}
				: {
						case: 'wrong-user',
						wrong: `${host} lets nobody in as "${user}" with these keys: the user is wrong, or the key is (sshd does not say which).`,
						todo: `On a balenaOS device log in as root (-l root), or with the user name of your balenaCloud account; else add the key for "${user}" there.${more}`,
					};
	}
}

const jumpRefused = (host: string): Trouble => ({
	case: 'jump-refused',
	wrong: `The host on the way, ${host}, lets us in, but does not reach the next one.`,
	todo: 'Look from there: is the next host up, is its address right as seen from there, and may this one forward (AllowTcpForwarding, PermitOpen)?',
});

/** The cause of a failed connection. */
export function causeOf(failed: Failure, around: Around): Trouble {
	const {code, cause, message} = failed;
	const {step, place} = around;
	// What is done behind a gateway is told with the gateway's place.
	const host = step === 'behind' ? 'The device' : (place?.host ?? 'The device');
	const cloud = CLOUD.find(([pattern]) => pattern.test(message));
	// A device's own sshd has no such words for us; what an unknown server says is quoted, and no cause.
	if (cloud !== undefined && cause === undefined) return {case: cloud[1], wrong: message, todo: cloud[2]};
	if (cause === 'key-refused' && /in your balenaCloud account/.test(message))
		return {
			case: 'cloud-key-refused',
			wrong: `The cloud’s proxy lets nobody in as "${place?.user ?? ''}" with these keys.`,
			todo: `Is your public key in your balenaCloud account, and is this its user name (not an e-mail address)? ssh -v ${place?.user}@${host} lists the keys that the account has.${notOffered(around.unoffered)}`,
		};
	switch (cause) {
		case 'not-ssh': {
			const {other} = around;
			return other?.does === 'ssh'
				? unreached(around, false)
				: {
						case: 'not-ssh',
						wrong: `Something else than an SSH server listens on ${placeText(place)}.`,
						todo: 'balenaOS devices listen on 22222 (-p 22222); on another host look for the Port of its sshd.',
					};
		}
		case 'silent':
			return {
				case: 'silent',
				wrong: `${placeText(place)} takes connections, but says nothing: the device hangs or is overloaded, something else listens there, or a forwarding on the way leads nowhere.`,
				todo: 'Try again later, and look whether others reach it. Its serial console or a power cycle is what is left then.',
			};
		case 'closed-early':
			return {
				case: 'closed-early',
				wrong: `${host} hung up before the login: it has too many connections, its sshd can’t start, or its host keys are damaged.`,
				todo: 'Wait a minute before the next try: a burst of them closes a balenaOS device’s sshd.socket. Close other sessions with it.',
			};
		case 'no-common-way':
			return {
				case: 'no-common-way',
				wrong: `${host} and devtop have no encryption in common: its SSH server is very old, or takes only what is very new.`,
				todo: 'Let your own ssh do it, which manages more of both (--transport openssh); ssh -v shows what is offered.',
			};
	}
	switch (code) {
		case 'unknown-host':
			return {
				case: 'no-dns',
				wrong: `The name ${host} has no address, or nobody could be asked for it.`,
				todo: 'Look for a typing error, and whether this machine is online. A name in .local is known in the device’s own network only: use its IP address.',
			};
		case 'refused':
			return step === 'forward' || step === 'behind'
				? jumpRefused(place?.host ?? 'a gateway')
				: unreached(around, false);
		case 'timeout':
			return step === 'tcp' || step === 'resolve' || (step === 'openssh' && !/finish the login/.test(message))
				? unreached(around, true)
				: {
						case: 'slow-login',
						wrong: `${host} speaks SSH, but the login did not end in time.`,
						todo: 'A balenaOS device looks a cloud user’s key up on the Internet, which can take long: log in as root (-l root), or give it time (-o ConnectTimeout=60).',
					};
		case 'auth':
			return locked(cause, place?.user ?? '', host, around.unoffered);
		case 'host-key-changed':
			return {
				case: 'host-key-changed',
				wrong: `The host key of ${host} is another than the one that is known: the device was flashed anew, another one has its address, or somebody listens in.`,
				todo: /forget the old key with: /.test(message)
					? `Where it was flashed anew, forget the old key: ${message.slice(message.lastIndexOf('ssh-keygen'))}`
					: 'Find out which, before anything is sent there.',
			};
		case 'host-key-revoked':
			return {
				case: 'host-key-revoked',
				wrong: `The host key of ${host} is revoked, or it can’t be told whether it is (the line above says which), so nothing was sent.`,
				todo: 'Ask who revoked it, and why: a device whose key is revoked needs a new one.',
			};
		case 'host-key-unknown':
			return {
				case: 'host-key-unknown',
				wrong: `No file of known hosts has the host key of ${host}, and nobody accepted it.`,
				todo: 'Compare the fingerprint, then say yes on a terminal, or use -o StrictHostKeyChecking=accept-new. Where only a certificate is known, let ssh do it (--transport openssh).',
			};
		case 'unreachable':
			if (step === 'tcp' || step === 'resolve' || /^There is no way to/.test(message))
				return {
					case: 'no-way',
					wrong: `There is no way from here to ${placeText(place)}: no route, nobody of this address in its network, or a firewall that refuses.`,
					todo: 'Is the device on this network? Look whether a VPN or a jump host (-J) is needed, and at the routes (ip route get ADDRESS).',
				};
			if (step === 'forward') return jumpRefused(host);
			return {case: step === 'behind' ? 'not-found-behind' : 'unreachable', wrong: message, todo: ''};
		case 'not-a-device':
			return {
				case: 'no-systemd',
				wrong: message,
				todo: 'devtop watches balenaOS and other hosts where systemd is PID 1; in a container, watch its host.',
			};
		case 'usage':
			return {case: 'configuration', wrong: message, todo: ''};
		default:
			return {case: code, wrong: message, todo: ''};
	}
}
