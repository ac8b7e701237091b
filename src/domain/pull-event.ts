/** What the supervisor and the engine say about pulls. Wording differs between versions: read what can be read. */
import type {JournalRecord} from './journal.ts';
import {clean, shorten} from './text.ts';

export type PullEvent = {
	readonly kind: 'begun' | 'done' | 'failed' | 'reset';
	readonly image: string | null;
	readonly service: string | null;
	/** Why it failed. */
	readonly why: string | null;
	/** Device clock, epoch ms. */
	readonly atMs: number;
	/** Since boot. */
	readonly monoUs: number;
	readonly boot: string;
	/** Each line comes twice: from the supervisor's container, and from the unit that is attached to it. */
	readonly by: 'container' | 'unit';
};

/** `[event]   Event: Docker image download {"image":{…}}` (supervisor event-tracker.ts; names in log-types.ts). */
const EVENT = /^\[event\]\s*Event: ([^{]+?)\s*(\{.*)?$/s;

type Loose = {readonly [key: string]: unknown};
const loose = (value: unknown): Loose => (typeof value === 'object' && value !== null ? (value as Loose) : {});

/** JSON can bring back the control characters that the line itself was cleaned of. */
const text = (value: unknown): string | null =>
	typeof value === 'string' && value !== '' ? shorten(clean(value), 300) : null;

/** The JSON behind an event; a cut one still gives what stands in its beginning. */
function details(json: string): {image: string | null; service: string | null; why: string | null} {
	try {
		const value = loose(JSON.parse(json));
		const image = loose(value.image);
		const service = loose(value.service);
		return {
			image: text(image.name) ?? text(value.image) ?? text(value.imageName) ?? text(service.imageName),
			service: text(image.serviceName) ?? text(service.serviceName) ?? text(value.serviceName),
			why: text(loose(value.error).message) ?? text(value.error),
		};
	} catch {
		const first = (name: string): string | null =>
			text(new RegExp(`"${name}":"((?:[^"\\\\]|\\\\.)*)"`).exec(json)?.[1]);
		return {image: first('name'), service: first('serviceName'), why: first('message')};
	}
}

function kindOf(name: string): PullEvent['kind'] | null {
	if (/^supervisor start$/i.test(name)) return 'reset';
	if (!/\b(?:image|delta)\b.*\bdownload/i.test(name) && !/\bdownload(?:ed|ing)?\b.*\b(?:image|delta)\b/i.test(name))
		return null;
	if (/error|fail|abort|cancel/i.test(name)) return 'failed';
	if (/downloaded|success|complete|finished/i.test(name)) return 'done';
	return 'begun';
}

/** Reads an entry of the supervisor, or null. */
export function toPullEvent(record: JournalRecord): PullEvent | null {
	if (!record.message.startsWith('[')) return null;
	const found = EVENT.exec(record.message);
	const name = found?.[1];
	if (name === undefined) return null;
	// Only the supervisor is believed: its container, or the unit attached to it.
	const supervisor =
		/^(?:balena|resin)_supervisor\b/.test(record.containerName ?? '') ||
		(record.containerName === null && record.units.some(unit => /^(?:balena|resin)-supervisor\.service$/.test(unit)));
	if (!supervisor) return null;
	const kind = kindOf(name);
	if (kind === null) return null;
	const {boot, monotonicUs, realtimeUs} = record;
	return {
		kind,
		...details(found?.[2] ?? '{}'),
		...(kind === 'reset' ? {image: null, service: null, why: 'the supervisor was started anew'} : {}),
		atMs: Math.floor(realtimeUs / 1000),
		monoUs: monotonicUs,
		boot,
		by: record.containerName === null ? 'unit' : 'container',
	};
}

/** balena-engine distribution/xfer: retries, resets, broken layers (facts in its source, 17.x to 20.10). */
const TROUBLE =
	/failed to download layer|before retrying layer download|failed to reset layer download|download resumed after|interrupting layer download|layer verification failed|Download failed|failed to register layer|rootFS mismatch/;

/** A line of the engine about trouble with a pull, as its bare message; null for all others. */
export function toTrouble(record: JournalRecord): {readonly text: string; readonly atMs: number} | null {
	if (record.containerName !== null || !TROUBLE.test(record.message)) return null;
	if (!record.units.some(unit => /^(?:balena|balena-engine|balena-host|docker)\.service$/.test(unit))) return null;
	const message = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(record.message)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? record.message;
	return {text: message.slice(0, 200), atMs: Math.floor(record.realtimeUs / 1000)};
}

/** True where the engine says that trouble is over. */
export const isResumed = ({text}: {readonly text: string}): boolean => text.startsWith('download resumed');
