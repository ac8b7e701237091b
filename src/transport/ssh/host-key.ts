/** Decides whether a host is the one it claims to be: known_hosts files, the policy, the operator. */
import {randomBytes} from 'node:crypto';
import {appendFileSync, mkdirSync, readFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {type Failure, failure} from '../../domain/channel.ts';
import {
	checkHostKey,
	fingerprint,
	type HostKeyVerdict,
	hostKeyName,
	type KnownHost,
	keyType,
	knownHostsLine,
	parseKnownHosts,
	revokedKeys,
} from './known-hosts.ts';
import type {Memory, Questions} from './questions.ts';
import {type HostConfig, targetOf} from './ssh-config.ts';

/** The names to look a host up by: its alias alone where there is one, else its own, then without the port. */
export const hostKeyNames = (host: HostConfig): readonly string[] =>
	host.hostKeyAlias !== null
		? [host.hostKeyAlias.toLowerCase()]
		: [...new Set([hostKeyName(host.host, host.port), host.host.toLowerCase()])];

/** Reads the user's files, then the system's. A file that is not there has no entries; one that can't be read is noted. */
export function readKnownHosts(host: HostConfig, note: (text: string) => void): KnownHost[] {
	const entries: KnownHost[] = [];
	for (const file of [...host.knownHostsFiles, ...host.globalKnownHostsFiles]) {
		try {
			entries.push(...parseKnownHosts(readFileSync(file, 'utf8'), file).entries);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
				note(`${file} can't be read: ${(error as Error).message}.`);
		}
	}
	return entries;
}

/** Appends a host to the first of the user's files, which is made if it is not there. Throws what the file system throws. */
function remember(host: HostConfig, name: string, key: Uint8Array): void {
	const [file] = host.knownHostsFiles;
	if (file === undefined || file === '/dev/null') return;
	mkdirSync(dirname(file), {recursive: true, mode: 0o700});
	let before = '';
	try {
		before = readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	}
	const line = knownHostsLine(name, key, host.hashKnownHosts ? randomBytes(20) : null);
	appendFileSync(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`, {mode: 0o600});
}

const shell = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

function changed(target: string, {name, type, fingerprint, where}: HostKeyVerdict): Failure {
	const file = (where ?? '').replace(/:\d+$/, '');
	return failure(
		'host-key-changed',
		`The host key of ${target} is not the one in ${where} (it is now ${type} ${fingerprint}), so nothing was sent: if the device was flashed anew, forget the old key with: ssh-keygen -R ${shell(name)} -f ${shell(file)}`,
	);
}

/** What RevokedHostKeys says. As ssh does, a file that can't be read or understood refuses every key. */
function revokedByFile(host: HostConfig, key: Uint8Array, target: string): Failure | null {
	const file = host.revokedHostKeys;
	if (file === null) return null;
	try {
		const keys = revokedKeys(readFileSync(file, 'utf8'));
		if (keys === null)
			return failure(
				'host-key-revoked',
				`The host key of ${target} can't be compared with ${file}, which is a key revocation list: let ssh do it (--transport openssh).`,
			);
		return keys.has(Buffer.from(key).toString('base64'))
			? failure(
					'host-key-revoked',
					`The host key of ${target} (${keyType(key)} ${fingerprint(key)}) stands in ${file} (RevokedHostKeys), so nothing was sent: ask who revoked it, and why.`,
				)
			: null;
	} catch (error) {
		return failure(
			'host-key-revoked',
			`The host key of ${target} can't be compared with ${file} (${(error as Error).message}), so nothing was sent: mend RevokedHostKeys in your ssh_config.`,
		);
	}
}

export type HostKeyContext = {
	readonly ask: Questions | undefined;
	readonly memory: Memory;
	readonly note: (text: string) => void;
};

/** Whether nothing is known of a host, so that judging its key would ask, write, or refuse as unknown. */
export const isNew = (host: HostConfig, key: Uint8Array, memory: Memory): boolean =>
	checkHostKey(
		readKnownHosts(host, () => {}),
		hostKeyNames(host),
		key,
	).kind === 'unknown' && memory.hostKeys.get(hostKeyNames(host)[0] ?? '') !== Buffer.from(key).toString('base64');

/**
 * Judges the key that a host showed. An unknown host that is accepted is written to known_hosts, as OpenSSH does.
 *
 * @param key the public key in SSH's wire format.
 * @returns null if the host may be talked to, else a Failure: `host-key-unknown`, `-changed` or `-revoked`.
 */
export async function judgeHostKey(
	host: HostConfig,
	key: Uint8Array,
	context: HostKeyContext,
): Promise<Failure | null> {
	const target = targetOf(host);
	const names = hostKeyNames(host);
	const listed = revokedByFile(host, key, target);
	if (listed !== null) return listed;
	const verdict = checkHostKey(readKnownHosts(host, context.note), names, key);
	const {name, type, fingerprint, where} = verdict;
	const base64 = Buffer.from(key).toString('base64');
	switch (verdict.kind) {
		case 'known':
			return null;
		case 'revoked':
			return failure(
				'host-key-revoked',
				`The host key of ${target} (${type} ${fingerprint}) is marked as revoked in ${where}, so nothing was sent: ask who revoked it, and why.`,
			);
		case 'changed':
			return changed(target, verdict);
		case 'authority':
			return failure(
				'host-key-unknown',
				`${target} is known by an authority alone (@cert-authority in ${where}), and devtop does not read certificates: let ssh do it (--transport openssh), or add its ${type} key ${fingerprint}, once you have compared it.`,
			);
	}
	if (context.memory.hostKeys.get(name) === base64) return null;
	// ssh takes no new host then, however strict it is.
	if (host.knownHostsFiles.length === 0)
		return failure(
			'host-key-unknown',
			`${target} is in no file of known hosts, and UserKnownHostsFile is none: add its ${type} key ${fingerprint} to one, once you have compared it.`,
		);
	if (host.strictHostKeyChecking === 'yes')
		return failure(
			'host-key-unknown',
			`${target} is not in known_hosts and StrictHostKeyChecking is yes: add its ${type} key ${fingerprint}, once you have compared it.`,
		);
	if (host.strictHostKeyChecking === 'ask') {
		if (context.ask === undefined)
			return failure(
				'host-key-unknown',
				`${target} is not in known_hosts (its ${type} key is ${fingerprint}) and nobody can be asked: connect to it once with ssh, or use -o StrictHostKeyChecking=accept-new.`,
			);
		if (!(await context.ask.hostKey({target, type, fingerprint})))
			return failure(
				'host-key-unknown',
				`The host key of ${target} (${type} ${fingerprint}) was not accepted, so nothing was sent: compare it on the device with ssh-keygen -l.`,
			);
	}
	context.memory.hostKeys.set(name, base64);
	try {
		remember(host, name, key);
	} catch (error) {
		context.note(`${target} could not be added to ${host.knownHostsFiles[0]}: ${(error as Error).message}.`);
	}
	return null;
}
