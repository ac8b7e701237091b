/** Where a target is and how to log in there: the answer of `ssh -G` as a value, or plain defaults. Pure. */
import {type Failure, failure} from '../../domain/channel.ts';

/** ssh's own options, as given to devtop. */
export type SshOptions = {
	/** -F */
	readonly configFile: string | null;
	/** -i */
	readonly identityFiles: readonly string[];
	/** -l */
	readonly user: string | null;
	/** -p */
	readonly port: number | null;
	/** -J */
	readonly jump: string | null;
	/** -o, each "Key=value" */
	readonly options: readonly string[];
};

/** What is known of one host before anything is sent to it. */
export type HostConfig = {
	/** As the operator named it: an alias, a name, an address. */
	readonly alias: string;
	readonly host: string;
	readonly port: number;
	readonly user: string;
	/** Absolute paths, in order; most of the defaults do not exist. */
	readonly identityFiles: readonly string[];
	readonly identitiesOnly: boolean;
	/** A socket; null if no agent is to be asked. */
	readonly identityAgent: string | null;
	/** In order; the first is the one that is written to. */
	readonly knownHostsFiles: readonly string[];
	/** Read only. */
	readonly globalKnownHostsFiles: readonly string[];
	readonly strictHostKeyChecking: 'yes' | 'accept-new' | 'no' | 'ask';
	readonly hostKeyAlias: string | null;
	/** As `ssh -G` lists them; empty where it was not asked. */
	readonly hostKeyAlgorithms: readonly string[];
	/** A file of keys that nobody may have, or null. */
	readonly revokedHostKeys: string | null;
	readonly hashKnownHosts: boolean;
	/** `user@host:port`, with commas between hops; null for none. */
	readonly proxyJump: string | null;
	readonly proxyCommand: string | null;
	/** A program that says what else is known; not run. */
	readonly knownHostsCommand: string | null;
	readonly connectTimeoutSeconds: number | null;
	readonly serverAliveIntervalSeconds: number;
	readonly serverAliveCountMax: number;
	readonly compression: boolean;
	/** BatchMode: nothing may be asked. */
	readonly batchMode: boolean;
	/** 4 or 6 where AddressFamily says so, else 0. */
	readonly addressFamily: 0 | 4 | 6;
	readonly publicKey: boolean;
	readonly keyboardInteractive: boolean;
	readonly password: boolean;
};

/** What the machine says about the operator; handed in, so that this stays a function. */
export type Surroundings = {
	readonly home: string;
	readonly user: string;
	/** SSH_AUTH_SOCK, or null. */
	readonly agent: string | null;
	/** Names in the environment, for `IdentityAgent $NAME`. */
	readonly variable: (name: string) => string | undefined;
};

/**
 * Splits `[user@]host[:port]` (with `[::1]:22222` for IPv6); an address with more than one colon has no port.
 * An `ssh://` before it is taken off.
 *
 * @returns the host with its user, and the port or null; a Failure for what ssh would take for an option.
 */
export function splitTarget(target: string): {readonly host: string; readonly port: number | null} | Failure {
	const words = target.replace(/^ssh:\/\//, '');
	const place = hostOf(words);
	const user = words.slice(0, words.length - place.length);
	const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(place) ?? /^([^:]+):(\d+)$/.exec(place);
	const host = match?.[1] ?? place;
	const port = match?.[2] === undefined ? null : Number(match[2]);
	if (host === '' || user === '@' || words.startsWith('-') || host.startsWith('-') || /[\s[\]]/.test(host))
		return failure('usage', `"${target}" is no target: give [user@]host[:port] or a Host of your ssh_config.`);
	if (port !== null && (port < 1 || port > 65_535))
		return failure('usage', `"${target}" has no possible port: ports go from 1 to 65535.`);
	return {host: user + host, port};
}

/** Without the user before it. */
export const hostOf = (host: string): string => host.slice(host.lastIndexOf('@') + 1);

const paths = (value: string | undefined): string[] =>
	(value ?? '').split(/\s+/).filter(path => path !== '' && path !== 'none');

/** Expands what `ssh -G` prints as written: `~` and the percent tokens of ssh_config(5) that a path may hold. */
function expand(path: string, at: {host: string; port: number; user: string; alias: string}, around: Surroundings) {
	const tokens: Record<string, string> = {
		d: around.home,
		h: at.host,
		n: at.alias,
		p: String(at.port),
		r: at.user,
		u: around.user,
		'%': '%',
	};
	return path
		.replace(/^~(?=\/|$)/, around.home)
		.replace(/\$\{(\w+)\}/g, (whole, name: string) => around.variable(name) ?? whole)
		.replace(/%(.)/g, (whole, letter: string) => tokens[letter] ?? whole);
}

function agentOf(value: string | undefined, around: Surroundings): string | null {
	if (value === undefined || value === 'SSH_AUTH_SOCK') return around.agent;
	if (value === 'none') return null;
	if (value.startsWith('$') && !value.startsWith('${')) return around.variable(value.slice(1)) ?? null;
	return value;
}

/** Fills what `fields` leave out with OpenSSH's defaults. */
function configFrom(alias: string, fields: ReadonlyMap<string, readonly string[]>, around: Surroundings): HostConfig {
	const one = (key: string): string | undefined => fields.get(key)?.at(-1);
	const some = (key: string): string | null => {
		const value = one(key);
		return value === undefined || value === '' || value === 'none' ? null : value;
	};
	const yes = (key: string, otherwise: boolean): boolean => {
		const value = one(key);
		return value === undefined ? otherwise : value === 'yes' || value === 'true';
	};
	const number = (key: string): number | null => {
		const value = Number(one(key) ?? Number.NaN);
		return Number.isFinite(value) && value >= 0 ? value : null;
	};
	const at = {
		alias,
		host: one('hostname') ?? alias,
		port: number('port') ?? 22,
		user: one('user') ?? around.user,
	};
	const full = (path: string): string => expand(path, at, around);
	const agent = agentOf(one('identityagent'), around);
	const strict = one('stricthostkeychecking') ?? 'ask';
	const family = one('addressfamily');
	const revoked = some('revokedhostkeys');
	return {
		...at,
		identityFiles: (fields.get('identityfile') ?? []).filter(path => path !== 'none').map(full),
		identitiesOnly: yes('identitiesonly', false),
		identityAgent: agent === null ? null : full(agent),
		knownHostsFiles: paths(one('userknownhostsfile')).map(full),
		globalKnownHostsFiles: paths(one('globalknownhostsfile')).map(full),
		// ssh -G prints "true" for yes and "false" for no.
		strictHostKeyChecking:
			strict === 'yes' || strict === 'true'
				? 'yes'
				: strict === 'no' || strict === 'off' || strict === 'false'
					? 'no'
					: strict === 'accept-new'
						? 'accept-new'
						: 'ask',
		hostKeyAlias: some('hostkeyalias'),
		hostKeyAlgorithms: (some('hostkeyalgorithms') ?? '').split(',').filter(name => name !== ''),
		revokedHostKeys: revoked === null ? null : full(revoked),
		hashKnownHosts: yes('hashknownhosts', false),
		proxyJump: some('proxyjump'),
		proxyCommand: some('proxycommand'),
		knownHostsCommand: some('knownhostscommand'),
		connectTimeoutSeconds: number('connecttimeout') || null,
		serverAliveIntervalSeconds: number('serveraliveinterval') ?? 0,
		serverAliveCountMax: number('serveralivecountmax') ?? 3,
		compression: yes('compression', false),
		batchMode: yes('batchmode', false),
		addressFamily: family === 'inet' ? 4 : family === 'inet6' ? 6 : 0,
		publicKey: one('pubkeyauthentication') !== 'no' && one('pubkeyauthentication') !== 'false',
		keyboardInteractive: yes('kbdinteractiveauthentication', true),
		password: yes('passwordauthentication', true),
	};
}

/**
 * Reads what `ssh -G` printed: one `key value` per line, keys in lower case, later lines of a list behind earlier ones.
 * A known_hosts path with a blank in it can't be told from two paths there.
 */
export function parseSshG(text: string, alias: string, around: Surroundings): HostConfig {
	const fields = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const match = /^(\S+) (.*)$/.exec(line.trim());
		if (match === null) continue;
		const [, key = '', value = ''] = match;
		fields.set(key.toLowerCase(), [...(fields.get(key.toLowerCase()) ?? []), value]);
	}
	return configFrom(alias, fields, around);
}

/**
 * The configuration of a host where no `ssh` is there to ask: defaults, the options given, no file.
 *
 * @returns a Failure for a `-o` that is not "Key=value" and for -F, which can't be read then.
 */
export function plainConfig(
	host: string,
	port: number | null,
	options: SshOptions,
	around: Surroundings,
): HostConfig | Failure {
	if (options.configFile !== null)
		return failure('usage', `${options.configFile} can't be read without OpenSSH's ssh, and none was found in PATH.`);
	const at = host.lastIndexOf('@');
	const user = at < 0 ? options.user : host.slice(0, at);
	const name = hostOf(host);
	const fields = new Map<string, string[]>([
		['userknownhostsfile', ['~/.ssh/known_hosts']],
		['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts']],
	]);
	for (const option of options.options) {
		const match = /^\s*(\w+)\s*[=\s]\s*(.+?)\s*$/.exec(option);
		if (match === null) return failure('usage', `-o takes Key=value, not "${option}".`);
		const [, key = '', value = ''] = match;
		fields.set(key.toLowerCase(), [
			...(key.toLowerCase() === 'identityfile' ? (fields.get('identityfile') ?? []) : []),
			value,
		]);
	}
	const files = [...options.identityFiles, ...(fields.get('identityfile') ?? [])];
	fields.set('identityfile', files.length > 0 ? files : ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519']);
	if (user !== null) fields.set('user', [user]);
	const wanted = port ?? options.port;
	if (wanted !== null) fields.set('port', [String(wanted)]);
	if (options.jump !== null) fields.set('proxyjump', [options.jump]);
	return configFrom(name, fields, around);
}

/** What the operator gave, as words for `ssh` itself; the target, which was split, stands behind them. */
export function sshWords(port: number | null, options: SshOptions): string[] {
	const wanted = port ?? options.port;
	return [
		...(options.configFile === null ? [] : ['-F', options.configFile]),
		...options.identityFiles.flatMap(file => ['-i', file]),
		...(options.user === null ? [] : ['-l', options.user]),
		...(wanted === null ? [] : ['-p', String(wanted)]),
		...(options.jump === null ? [] : ['-J', options.jump]),
		...options.options.flatMap(option => ['-o', option]),
	];
}

/** The words of `ssh -G` for a target that was split. `ControlPath` and the like do no harm: nothing is connected. */
export const sshGWords = (host: string, port: number | null, options: SshOptions): string[] => [
	'-G',
	...sshWords(port, options),
	'--',
	host,
];

/** sshd's port on every balenaOS device. */
export const DEVICE_PORT = 22_222;

/** `root@10.0.0.7:22222`, for the header and for messages. */
export const targetOf = ({user, host, port}: Pick<HostConfig, 'user' | 'host' | 'port'>): string =>
	`${user}@${host.includes(':') ? `[${host}]` : host}:${port}`;
