/** A short uuid's full one: from the configuration, from one's own recordings, from the network, from the cloud. */
import {lookup} from 'node:dns/promises';
import {type Failure, failure} from '../../domain/channel.ts';
import {clean, count} from '../../domain/text.ts';
import {isFullUuid, shortUuid} from '../../domain/uuid.ts';
import {within} from '../../transport/within.ts';
import type {Config} from '../config/shape.ts';
import {kept, stateFolder} from '../place.ts';
import {LOG_IN} from './credentials.ts';

/** A device that was found: by its full uuid, or only by a name in its network. */
export type Found =
	| {readonly kind: 'uuid'; readonly uuid: string}
	/** Its uuid begins with what was given; the whole of it is known when it answers. */
	| {readonly kind: 'local'; readonly host: string};

/** So long may a name in the local network take: mDNS answers at once, or never. */
const LOCAL_MS = 1500;
const API_MS = 10_000;
/** More devices than anybody compares by eye. */
const MOST = 5;

const ambiguous = (word: string, uuids: readonly string[], where: string): Failure =>
	failure(
		'usage',
		`${word} begins the uuid of ${count(uuids.length, 'device')} ${where} (${uuids.slice(0, MOST).join(', ')}): give more of it.`,
	);

/** The name that balenaOS gives itself in the network, `<short>.local`; null where nobody has it. */
export async function localName(uuid: string): Promise<string | null> {
	const name = `${shortUuid(uuid)}.local`;
	const found = await within(
		LOCAL_MS,
		lookup(name).catch(() => null),
	);
	return found === null ? null : name;
}

/** A few uuids are a few hundred bytes. */
const LARGEST = 1_000_000;

/** The body as text; of one without an end a SyntaxError is all that comes. */
async function bounded({body}: Response): Promise<string> {
	const parts: Uint8Array[] = [];
	let size = 0;
	for await (const part of body ?? []) {
		size += part.length;
		if (size > LARGEST) throw new SyntaxError('too long');
		parts.push(part);
	}
	return Buffer.concat(parts).toString('utf8');
}

function uuidsIn(text: string): readonly string[] {
	const {d} = JSON.parse(text) as {d?: unknown};
	if (!Array.isArray(d)) throw new SyntaxError('no list');
	return d.flatMap((device: {uuid?: unknown} | null) =>
		typeof device?.uuid === 'string' && isFullUuid(device.uuid) ? [device.uuid] : [],
	);
}

/** Asks the cloud which devices begin so. */
export async function askApi(word: string, apiUrl: string, token: string): Promise<readonly string[] | Failure> {
	if (!URL.canParse(apiUrl))
		return failure(
			'usage',
			`apiUrl is no address (${clean(apiUrl)}): mend it where it stands, in cloud.apiUrl or ~/.balenarc.yml.`,
		);
	const {protocol, hostname} = new URL(apiUrl);
	if (protocol !== 'https:' && !['localhost', '127.0.0.1'].includes(hostname))
		return failure('usage', `${apiUrl} is not encrypted, so no token is sent there: give apiUrl with https.`);
	const query = `$filter=${encodeURIComponent(`startswith(uuid,'${word}')`)}&$select=uuid&$top=${MOST + 1}`;
	try {
		const answer = await fetch(`${apiUrl}/v6/device?${query}`, {
			headers: {Authorization: `Bearer ${token}`},
			redirect: 'error',
			signal: AbortSignal.timeout(API_MS),
		});
		if (answer.status === 401 || answer.status === 403)
			return failure('auth', `${hostname} did not take the token (${answer.status}): it has expired; ${LOG_IN}.`);
		if (!answer.ok)
			return failure(
				'unreachable',
				`${hostname} could not say which device ${word} is (${answer.status}): give its full uuid.`,
			);
		return uuidsIn(await bounded(answer)).filter(uuid => uuid.startsWith(word));
	} catch (error) {
		// fetch puts what happened into the cause of "fetch failed". Its own words may quote what was answered, and that our token.
		const {name, cause} = error as Error & {cause?: {code?: unknown}};
		const why =
			name === 'TimeoutError'
				? `no answer within ${API_MS / 1000} s`
				: name === 'SyntaxError'
					? 'its answer is none of the API’s'
					: typeof cause?.code === 'string'
						? clean(cause.code)
						: 'it could not be reached';
		return failure(
			'unreachable',
			`${hostname} could not be asked which device ${word} is (${why}): give its full uuid.`,
		);
	}
}

/**
 * The device that a short uuid means.
 *
 * @param token null where there is none: then the cloud can't be asked.
 */
export async function findShort(
	word: string,
	{devices}: Pick<Config, 'devices'>,
	apiUrl: string,
	token: string | null,
	root: string = stateFolder(),
): Promise<Found | Failure> {
	const known = [
		[Object.values(devices).flatMap(({uuid}) => uuid ?? []), 'in your configuration'],
		[kept(root).map(({folder}) => folder), 'that you have recordings of'],
	] as const;
	for (const [all, where] of known) {
		const matching = [...new Set(all.filter(uuid => isFullUuid(uuid) && uuid.startsWith(word)))];
		const [uuid] = matching;
		if (matching.length > 1) return ambiguous(word, matching, where);
		if (uuid !== undefined) return {kind: 'uuid', uuid};
	}
	const host = await localName(word);
	if (host !== null) return {kind: 'local', host};
	if (token === null)
		return failure(
			'usage',
			`${word} is a short uuid that neither your configuration, nor your recordings, nor ${shortUuid(word)}.local knows: give all 32 (or 62) digits of it, or ${LOG_IN}, so that the cloud can be asked.`,
		);
	const found = await askApi(word, apiUrl, token);
	if (!Array.isArray(found)) return found as Failure;
	const [uuid] = found as readonly string[];
	if (found.length > 1) return ambiguous(word, found, 'of your account');
	return uuid === undefined
		? failure(
				'usage',
				`No device that your account may reach begins with ${word}: compare it, or ask for access to its fleet.`,
			)
		: {kind: 'uuid', uuid};
}
