/** Key files: what is in them, what can be done with them, and the key inside once it is unlocked. */
import {existsSync, readFileSync} from 'node:fs';
import ssh2, {type ParsedKey} from 'ssh2';
import type {Memory, Questions} from './questions.ts';

/** A key file that exists. */
export type Identity = {
	readonly file: string;
	/** `open`: usable as it is. `locked`: needs a passphrase. `public`: the agent may hold the rest. */
	readonly kind: 'open' | 'locked' | 'public' | 'unusable';
	/** What the server is shown; null where it can't be known before unlocking. */
	readonly publicKey: ParsedKey | null;
	readonly privateKey: ParsedKey | null;
	/** For `unusable`: why, to stand behind the file's name. */
	readonly why: string | null;
	/** A user certificate lies beside it. */
	readonly certificate: boolean;
};

const MAGIC = 'openssh-key-v1\0';

const first = (parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | Error =>
	Array.isArray(parsed) ? (parsed[0] ?? new Error('no key inside')) : parsed;

/** ssh2's parseKey, which may also throw, as a value. */
export function parseKey(data: string | Buffer, passphrase?: string): ParsedKey | Error {
	try {
		return first(ssh2.utils.parseKey(data, passphrase) as ParsedKey | ParsedKey[] | Error);
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

/**
 * The public key that OpenSSH's format keeps in the clear even where the private one is encrypted
 * (openssh/PROTOCOL.key): magic, cipher, kdf, kdf options, number of keys, public key.
 */
function publicPart(text: string): Buffer | null {
	const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
	const bytes = Buffer.from(body ?? '', 'base64');
	if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
	let at = MAGIC.length;
	const field = (): Buffer => {
		if (at + 4 > bytes.length) return Buffer.alloc(0);
		const start = at + 4;
		at = start + bytes.readUInt32BE(at);
		return bytes.subarray(start, at);
	};
	field();
	field();
	field();
	at += 4;
	const blob = field();
	return blob.length > 0 ? blob : null;
}

function text(file: string): string | null {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}

const usable = (key: ParsedKey | Error | null): ParsedKey | null => (key instanceof Error ? null : key);

/** Reads a key file and what lies beside it. Null where there is neither the file nor its `.pub`. */
export function readIdentity(file: string): Identity | null {
	const certificate = existsSync(`${file}-cert.pub`);
	const unusable = (why: string): Identity => ({
		file,
		kind: 'unusable',
		publicKey: null,
		privateKey: null,
		why,
		certificate,
	});
	try {
		const content = text(file);
		const beside = text(`${file}.pub`);
		if (content === null && beside === null) return null;
		const besideKey = beside === null ? null : usable(parseKey(beside));
		if (beside?.startsWith('sk-') || content?.startsWith('sk-'))
			return unusable('is a FIDO key (sk-), which needs --transport openssh');
		if (content === null) return {file, kind: 'public', publicKey: besideKey, privateKey: null, why: null, certificate};
		const key = parseKey(content);
		if (!(key instanceof Error))
			return {
				file,
				kind: key.isPrivateKey() ? 'open' : 'public',
				publicKey: key,
				privateKey: key.isPrivateKey() ? key : null,
				why: null,
				certificate,
			};
		const blob = publicPart(content);
		if (/sk-(ssh|ecdsa)/.test(key.message) || blob?.toString('latin1', 4, 7) === 'sk-')
			return unusable('is a FIDO key (sk-), which needs --transport openssh');
		if (!/no passphrase given/.test(key.message)) return unusable(`can't be used (${key.message})`);
		const shown = blob === null ? besideKey : usable(parseKey(blob));
		return {file, kind: 'locked', publicKey: shown, privateKey: null, why: null, certificate};
	} catch (error) {
		return unusable(`can't be read (${(error as Error).message})`);
	}
}

/** How often a passphrase is asked for, as OpenSSH's NumberOfPasswordPrompts. */
const TRIES = 3;

/**
 * The private key of an identity; asks for its passphrase if it is locked and was not unlocked before.
 * OpenSSH's key derivation runs in JavaScript and holds the process for half a second.
 *
 * @returns null where nobody can be asked, nobody answered, or three passphrases were wrong.
 */
export async function unlock(
	identity: Identity,
	ask: Questions | undefined,
	memory: Memory,
): Promise<ParsedKey | null> {
	if (identity.privateKey !== null) return identity.privateKey;
	const known = memory.keys.get(identity.file);
	if (known !== undefined || identity.kind !== 'locked' || ask === undefined) return known ?? null;
	for (let tries = 0; tries < TRIES; tries++) {
		const passphrase = await ask.passphrase({file: identity.file, again: tries > 0});
		if (passphrase === null) return null;
		if (passphrase === '') continue;
		const key = parseKey(readFileSync(identity.file), passphrase);
		if (key instanceof Error || !key.isPrivateKey()) {
			memory.wrong.add(identity.file);
			continue;
		}
		memory.wrong.delete(identity.file);
		memory.keys.set(identity.file, key);
		return key;
	}
	return null;
}
