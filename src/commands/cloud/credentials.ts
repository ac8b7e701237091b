/**
 * Who the operator is to the cloud. A token is read where it is kept, at each connection anew, and goes nowhere but into the
 * request that needs it: never onto a command line, which every user of this machine can read, nor into a recording.
 */
import {readFileSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {type Failure, failure, isFailure} from '../../domain/channel.ts';
import {ownRule, type SecretRule} from '../../domain/secret.ts';
import type {Cloud} from '../config/shape.ts';
import type {CloudSettings} from './settings.ts';

/** Names the token in the environment. */
const TOKEN_VARIABLE = 'DEVTOP_TOKEN';

/** How to come to a token, for the end of a sentence. */
export const LOG_IN = `log in with the balena CLI (balena login), or set ${TOKEN_VARIABLE}`;

/** A session token or an API key: one word. */
const TOKEN = /^[\x21-\x7e]{8,10000}$/;

const asToken = (text: string, where: string): string | Failure =>
	TOKEN.test(text.trim())
		? text.trim()
		: failure('usage', `What stands in ${where} is no token: one word without blanks is; ${LOG_IN}.`);

/** The file that the configuration names: nobody else may read it. */
function tokenOfFile(named: string, home: string): string | Failure {
	const file = named.replace(/^~(?=\/)/, home);
	try {
		if ((statSync(file).mode & 0o077) !== 0)
			return failure('usage', `${file} can be read by others, and a token stands in it: chmod 600 ${file}`);
		return asToken(readFileSync(file, 'utf8'), file);
	} catch (error) {
		return failure(
			'usage',
			`The token's file ${file} can't be read (${(error as Error).message}): mend cloud.tokenFile.`,
		);
	}
}

/** A value of the CLI's store: a file each (balena-settings-storage); null where it is not there. */
function stored(store: string, name: string): string | null {
	try {
		return readFileSync(join(store, name), 'utf8').trim() || null;
	} catch {
		return null;
	}
}

/** The token: the environment's, the configuration's, the CLI's. Null where there is none. */
export function tokenOf(
	cloud: Cloud,
	{store}: Pick<CloudSettings, 'store'>,
	env: NodeJS.ProcessEnv = process.env,
	home: string = homedir(),
): string | null | Failure {
	const given = env[TOKEN_VARIABLE] ?? '';
	if (given !== '') return asToken(given, TOKEN_VARIABLE);
	if (cloud.tokenFile !== null) return tokenOfFile(cloud.tokenFile, home);
	const kept = stored(store, 'token');
	return kept === null ? null : asToken(kept, join(store, 'token'));
}

/** The account's user name: the configuration's, or the one that the CLI has kept. */
export function userOf({user}: Cloud, {store}: Pick<CloudSettings, 'store'>): string | null {
	if (user !== null) return user;
	try {
		const {username} = JSON.parse(stored(store, 'cachedUsername') ?? '{}') as {username?: unknown};
		return typeof username === 'string' && /^[\w.@+-]{1,100}$/.test(username) ? username : null;
	} catch {
		return null;
	}
}

/** Long lines are asked in pieces that overlap by 512 characters: what is longer is looked for in parts. */
const PART = 300;
/** A part that is too short stands in words, too. */
const LEAST = 8;

function partsOf(secret: string): readonly string[] {
	const parts = secret.match(new RegExp(`.{1,${PART}}`, 'g')) ?? [];
	const last = parts.at(-1) ?? '';
	return parts.length > 1 && last.length < LEAST ? [...parts.slice(0, -2), `${parts.at(-2)}${last}`] : parts;
}

/** Cuts the token out of whatever is shown or recorded, should it ever stand there: as it is, or as the tunnel is given it. */
export function tokenRules(token: string | null | Failure, user: string | null = null): readonly SecretRule[] {
	if (token === null || isFailure(token)) return [];
	const basic = ['root', ...(user === null ? [] : [user])].map(name =>
		Buffer.from(`${name}:${token}`).toString('base64').replace(/=+$/, ''),
	);
	return [token, ...basic]
		.flatMap(partsOf)
		.map(part => ownRule('token', part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')));
}
