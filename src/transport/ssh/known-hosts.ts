/** OpenSSH's known_hosts as values: what a file says, and whether a host's key fits it. Nothing here touches a file. */
import {createHash, createHmac, timingSafeEqual} from 'node:crypto';

/** One line that names a key. */
export type KnownHost = {
	readonly marker: 'none' | 'revoked' | 'authority';
	/** The first field as written: names with commas, or `|1|salt|hash`. */
	readonly hosts: string;
	readonly type: string;
	/** The key as base64. */
	readonly key: string;
	/** `file:line`, for messages. */
	readonly where: string;
};

/** A line that is not used, and why. */
export type IgnoredLine = {readonly where: string; readonly why: string};

export type KnownHosts = {readonly entries: readonly KnownHost[]; readonly ignored: readonly IgnoredLine[]};

/**
 * Reads the text of one known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
 *
 * @param file its name, for `where`.
 * @returns its entries; lines that ssh skips, too, stand under `ignored`.
 */
export function parseKnownHosts(text: string, file: string): KnownHosts {
	const entries: KnownHost[] = [];
	const ignored: IgnoredLine[] = [];
	text.split(/\r?\n/).forEach((raw, index) => {
		const line = raw.trim();
		if (line === '' || line.startsWith('#')) return;
		const where = `${file}:${index + 1}`;
		const fields = line.split(/\s+/);
		const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
		const [hosts, type, key] = fields;
		const kind = MARKERS.get(marker ?? '');
		if (kind === undefined) ignored.push({where, why: `unknown marker ${marker}`});
		else if (hosts === undefined || type === undefined || key === undefined)
			ignored.push({where, why: 'not "names type key"'});
		else {
			const blob = Buffer.from(key, 'base64');
			if (isKey(blob, type)) entries.push({marker: kind, hosts, type, key: blob.toString('base64'), where});
			else ignored.push({where, why: `its key is no ${type} key`});
		}
	});
	return {entries, ignored};
}

const MARKERS: ReadonlyMap<string, KnownHost['marker']> = new Map([
	['', 'none'],
	['@revoked', 'revoked'],
	['@cert-authority', 'authority'],
]);

/** How many fields a key of each type has; ssh skips a line whose key is of no type that it knows, or is cut. */
const FIELDS: ReadonlyMap<string, number> = new Map([
	['ssh-ed25519', 2],
	['ssh-rsa', 3],
	['ecdsa-sha2-nistp256', 3],
	['ecdsa-sha2-nistp384', 3],
	['ecdsa-sha2-nistp521', 3],
	['ssh-dss', 5],
	['sk-ssh-ed25519@openssh.com', 3],
	['sk-ecdsa-sha2-nistp256@openssh.com', 4],
]);

/** Whether these bytes are a whole public key of a type (RFC 4253, 6.6: a row of fields, the type first). */
function isKey(blob: Buffer, type: string): boolean {
	let fields = 0;
	let at = 0;
	while (at + 4 <= blob.length) {
		at += 4 + blob.readUInt32BE(at);
		fields++;
	}
	return at === blob.length && fields === FIELDS.get(type) && keyType(blob) === type;
}

/**
 * The keys of a RevokedHostKeys file that is text: one public key a line, as ssh-keygen(1) has it.
 *
 * @returns null for a key revocation list (binary), which only OpenSSH reads.
 */
export function revokedKeys(text: string): ReadonlySet<string> | null {
	if (text.startsWith('SSHKRL')) return null;
	return new Set(
		text.split(/\r?\n/).flatMap(line => {
			const [type = '', key = ''] = line.trim().split(/\s+/);
			const blob = Buffer.from(key, 'base64');
			return isKey(blob, type) ? [blob.toString('base64')] : [];
		}),
	);
}

/** The name under which OpenSSH keeps a host: lower case, and `[host]:port` unless the port is 22. */
export const hostKeyName = (host: string, port: number): string =>
	port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** The type inside a public key in SSH's wire format, or '' if it is none. */
export function keyType(blob: Uint8Array): string {
	const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
	if (bytes.length < 4) return '';
	const length = bytes.readUInt32BE(0);
	return length <= 64 && 4 + length <= bytes.length ? bytes.toString('latin1', 4, 4 + length) : '';
}

/** A key's fingerprint as `ssh-keygen -l` prints it: "SHA256:" and unpadded base64. */
export const fingerprint = (blob: Uint8Array): string =>
	`SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

const hashedName = (name: string, salt: Uint8Array): Buffer => createHmac('sha1', salt).update(name).digest();

/** OpenSSH's match_pattern: `*` and `?` only, without case. */
const globs = (pattern: string, name: string): boolean =>
	new RegExp(
		`^${pattern
			.replace(/[.+^${}()|\\[\]]/g, '\\$&')
			.replace(/\*+/g, '.*')
			.replaceAll('?', '.')}$`,
		'i',
	).test(name);

/** Whether the first field of an entry names this host (a name from `hostKeyName`, or a HostKeyAlias). */
export function namesHost(hosts: string, name: string): boolean {
	if (hosts.startsWith('|')) {
		const [, version, salt = '', hash = ''] = hosts.split('|');
		const want = Buffer.from(hash, 'base64');
		const got = hashedName(name, Buffer.from(salt, 'base64'));
		return version === '1' && want.length === got.length && timingSafeEqual(want, got);
	}
	const patterns = hosts.split(',');
	if (patterns.some(pattern => pattern.startsWith('!') && globs(pattern.slice(1), name))) return false;
	return patterns.some(pattern => !pattern.startsWith('!') && globs(pattern, name));
}

export type HostKeyVerdict = {
	/** `authority`: only a certificate could vouch for it. */
	readonly kind: 'known' | 'unknown' | 'changed' | 'revoked' | 'authority';
	/** The name that was looked up; for `changed` the one to hand to `ssh-keygen -R`. */
	readonly name: string;
	readonly type: string;
	readonly fingerprint: string;
	/** `file:line` of the entry that decided; null for `unknown`. */
	readonly where: string | null;
};

/**
 * Holds a host's key against what is known, as OpenSSH's hostfile.c does: any key of that host that is not this one
 * makes it `changed`, whatever its type. A key that is revoked for the host without its port is refused, too, where
 * OpenSSH would ask as for a new one.
 *
 * @param names the first is the host's own; the others can only confirm (OpenSSH also looks for `host` without the
 *   port where `[host]:port` is not known).
 * @param key the public key in SSH's wire format.
 */
export function checkHostKey(entries: readonly KnownHost[], names: readonly string[], key: Uint8Array): HostKeyVerdict {
	const base64 = Buffer.from(key).toString('base64');
	const type = keyType(key);
	const verdict = (kind: HostKeyVerdict['kind'], name: string, entry?: KnownHost): HostKeyVerdict => ({
		kind,
		name,
		type,
		fingerprint: fingerprint(key),
		where: entry?.where ?? null,
	});
	const [first = '', ...others] = names;
	const any = entries.filter(entry => names.some(name => namesHost(entry.hosts, name)));
	const revoked = any.find(entry => entry.marker === 'revoked' && entry.key === base64);
	if (revoked !== undefined) return verdict('revoked', first, revoked);
	const trusted = any.filter(entry => entry.marker === 'none');
	const own = trusted.filter(entry => namesHost(entry.hosts, first));
	const same = own.find(entry => entry.key === base64);
	if (same !== undefined) return verdict('known', first, same);
	const offending = own.find(entry => entry.type === type) ?? own[0];
	if (offending !== undefined) return verdict('changed', first, offending);
	for (const name of others) {
		const confirmed = trusted.find(entry => entry.key === base64 && namesHost(entry.hosts, name));
		if (confirmed !== undefined) return verdict('known', name, confirmed);
	}
	const authority = any.find(entry => entry.marker === 'authority' && namesHost(entry.hosts, first));
	return authority === undefined ? verdict('unknown', first) : verdict('authority', first, authority);
}

/** What both ssh2 and balenaOS can do, in ssh2's order of preference; ssh-rsa is for old Dropbears. */
const HOST_KEY_ALGORITHMS = [
	'ssh-ed25519',
	'ecdsa-sha2-nistp256',
	'ecdsa-sha2-nistp384',
	'ecdsa-sha2-nistp521',
	'rsa-sha2-512',
	'rsa-sha2-256',
	'ssh-rsa',
] as const;

export type HostKeyAlgorithm = (typeof HOST_KEY_ALGORITHMS)[number];

/**
 * Which host key to ask the server for first: types that are known for it under its own name. Else a host that is known by
 * its RSA key only would answer with ed25519, and look changed. OpenSSH does the same (sshconnect2.c, order_hostkeyalgs).
 *
 * @param name from `hostKeyName`, or the HostKeyAlias.
 * @param allowed HostKeyAlgorithms as `ssh -G` says it; empty: anything. One without certificates was written by the operator
 *   and is kept as it is; the default has them all, and leaves out ssh-rsa, which devices before balenaOS 2.38 need.
 */
export function preferredAlgorithms(
	entries: readonly KnownHost[],
	name: string,
	allowed: readonly string[] = [],
): HostKeyAlgorithm[] {
	const written = allowed.length > 0 && !allowed.some(algorithm => algorithm.includes('-cert-'));
	if (written) return allowed.flatMap(wanted => HOST_KEY_ALGORITHMS.filter(algorithm => algorithm === wanted));
	const possible = HOST_KEY_ALGORITHMS.filter(
		algorithm => allowed.length === 0 || allowed.includes(algorithm) || algorithm === 'ssh-rsa',
	);
	const known = new Set(
		entries.filter(entry => entry.marker === 'none' && namesHost(entry.hosts, name)).map(entry => entry.type),
	);
	const isKnown = (algorithm: string): boolean => known.has(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
	return [...possible.filter(isKnown), ...possible.filter(algorithm => !isKnown(algorithm))];
}

/**
 * The line for a host that is trusted from now on, without its line break.
 *
 * @param name from `hostKeyName`, or the HostKeyAlias.
 * @param salt twenty random bytes if the name is to be hashed (HashKnownHosts), else null.
 */
export function knownHostsLine(name: string, key: Uint8Array, salt: Uint8Array | null): string {
	const hosts =
		salt === null ? name : `|1|${Buffer.from(salt).toString('base64')}|${hashedName(name, salt).toString('base64')}`;
	return `${hosts} ${keyType(key)} ${Buffer.from(key).toString('base64')}`;
}
