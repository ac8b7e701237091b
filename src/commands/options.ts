/** Options of the command line as values: what is connected to, and what is fetched of it. */
import {parseArgs} from 'node:util';
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {priorityOf} from '../domain/filter.ts';
import {everything, type Scope} from '../domain/source.ts';
import {fullUnitName, mayNameUnit, noUnitName} from '../domain/units/name.ts';
import {isUuid, shortUuid} from '../domain/uuid.ts';
import type {SceneId} from '../embedded/scenes.ts';
import type {SshOptions} from '../transport/ssh/ssh-config.ts';
import type {Config} from './config/shape.ts';

/** What is connected to. */
export type Aim =
	| {readonly to: 'demo'; readonly scene: SceneId | 'all'}
	/** This machine. */
	| {readonly to: 'local'}
	| {
			readonly to: 'host';
			readonly target: string;
			/** Who has to answer there, where that is known: a uuid, or its beginning. */
			readonly uuid: string | null;
			readonly ssh: SshOptions;
			/** The target is a uuid, or the beginning of one: the way is to be found. */
			readonly byUuid: boolean;
			/** The road that is asked for; null: what leads there. */
			readonly road: RoadWish | null;
			/** The gateway that stands before it. */
			readonly via: Via | null;
			/** Whose SSH: the library's in this program, or the operator's own `ssh`. */
			readonly transport: Carrier;
	  };

/** Roads that can be asked for. */
export const ROADS = ['direct', 'proxy', 'tunnel'] as const;
type RoadWish = (typeof ROADS)[number];

/** The gateway in front of a device, as it was given. */
export type Via = {
	readonly target: string;
	readonly user: string | null;
	readonly port: number | null;
	/** Its own networks may be swept for the device. */
	readonly sweep: boolean;
};

/** What can carry SSH. */
export const CARRIERS = ['ssh2', 'openssh'] as const;
export type Carrier = (typeof CARRIERS)[number];

/** Scenes of the demo. */
export const SCENES: readonly (SceneId | 'all')[] = ['all', 'quiet', 'engine', 'pull', 'kernel'];

const OPTIONS = {
	help: {type: 'boolean', short: 'h'},
	version: {type: 'boolean', short: 'V'},
	F: {type: 'string', short: 'F'},
	i: {type: 'string', short: 'i', multiple: true},
	l: {type: 'string', short: 'l'},
	p: {type: 'string', short: 'p'},
	J: {type: 'string', short: 'J'},
	o: {type: 'string', short: 'o', multiple: true},
	via: {type: 'string'},
	sweep: {type: 'boolean'},
	transport: {type: 'string'},
	unit: {type: 'string', short: 'u', multiple: true},
	identifier: {type: 'string', short: 't', multiple: true},
	since: {type: 'string', short: 'S'},
	lines: {type: 'string', short: 'n'},
	priority: {type: 'string'},
	watch: {type: 'string', multiple: true},
	metered: {type: 'boolean'},
	record: {type: 'string'},
	'no-record': {type: 'boolean'},
	'look-only': {type: 'boolean'},
	ticket: {type: 'string'},
	scene: {type: 'string'},
	for: {type: 'string'},
	output: {type: 'string'},
	as: {type: 'string'},
	columns: {type: 'string'},
	rows: {type: 'string'},
	brief: {type: 'boolean'},
	at: {type: 'string'},
	speed: {type: 'string'},
	follow: {type: 'boolean'},
	once: {type: 'boolean'},
	list: {type: 'boolean'},
	'consent-by': {type: 'string'},
	'consent-via': {type: 'string'},
	'consent-words': {type: 'string'},
	'consent-until': {type: 'string'},
	confirm: {type: 'string'},
	'dry-run': {type: 'boolean'},
	force: {type: 'boolean'},
	yes: {type: 'boolean'},
	json: {type: 'boolean'},
	config: {type: 'string'},
	check: {type: 'boolean'},
	keep: {type: 'boolean'},
	wait: {type: 'string'},
	road: {type: 'string'},
} as const;

/** Stands in a file's name. */
export const TICKET = /^[A-Za-z0-9._-]{1,64}$/;

/** A fault of the command line, with where to look. */
export const usage = (message: string): Failure => failure('usage', `${message} Try: devtop --help`);

/** journalctl takes `-S -1h`; parseArgs would take the `-1h` for an option. What stands behind `--` is somebody else's. */
function joined(args: readonly string[]): string[] {
	const found: string[] = [];
	for (const [index, arg] of args.entries()) {
		if (arg === '--') return [...found, ...args.slice(index)];
		const before = found.at(-1);
		// parseArgs knows no option whose value may be left out.
		if (arg === '--wait') found.push('--wait=');
		else if ((before === '-S' || before === '--since') && arg.startsWith('-'))
			found[found.length - 1] = `--since=${arg}`;
		else found.push(arg);
	}
	return found;
}

/** Words and options as they were given; `behind` are the words after `--`, null where there is none. */
export function values(args: readonly string[]) {
	try {
		const given = parseArgs({args: joined(args), options: OPTIONS, allowPositionals: true, strict: true, tokens: true});
		const end = given.tokens.find(({kind}) => kind === 'option-terminator')?.index ?? null;
		const words = given.tokens.flatMap(token => (token.kind === 'positional' ? [token] : []));
		return {
			values: given.values,
			positionals: words.filter(({index}) => end === null || index < end).map(({value}) => value),
			behind: end === null ? null : words.filter(({index}) => index > end).map(({value}) => value),
		};
	} catch (error) {
		const text = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
		return usage(`${text.replace(/\.$/, '')}.`);
	}
}

/** A whole number; null where it was not given. */
export function number(text: string | undefined, name: string, most: number, least = 1): number | null | Failure {
	if (text === undefined) return null;
	const value = Number(text);
	return Number.isInteger(value) && value >= least && value <= most
		? value
		: usage(`${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

/** The least that a time has (systemd.time(7)); the rest is journalctl's to judge, by the device's version. */
const SINCE = /\d|^(?:now|today|yesterday|tomorrow)\b/;

/** Lines of history on a link that is paid by the byte: PgUp fetches more. */
const METERED_LINES = 100;

/** What is fetched of the journal. */
export function scopeOf(options: {
	unit?: string[];
	identifier?: string[];
	since?: string;
	lines?: string;
	priority?: string;
	watch?: string[];
	metered?: boolean;
	/** Units that the configuration adds. */
	always?: readonly string[];
}): Scope | Failure {
	const lines = number(options.lines, '--lines', 10_000);
	if (isFailure(lines)) return lines;
	for (const name of [...(options.unit ?? []), ...(options.watch ?? [])])
		if (!mayNameUnit(name)) return usage(noUnitName(name));
	if (options.priority !== undefined && priorityOf(options.priority) === null)
		return usage(`--priority takes 0 to 7 or a name such as err, not "${options.priority}".`);
	if (options.since !== undefined && !SINCE.test(options.since))
		return usage(
			`--since takes a time of journalctl's, such as -1h, today or "2026-11-25 10:00", not "${options.since}".`,
		);
	return {
		...everything,
		units: (options.unit ?? []).map(fullUnitName),
		identifiers: options.identifier ?? [],
		priority: options.priority ?? null,
		since: options.since ?? null,
		lines: lines ?? (options.metered ? METERED_LINES : everything.lines),
		...(options.metered ? {metered: true} : {}),
		watch: [...new Set([...(options.always ?? []), ...(options.watch ?? []).map(fullUnitName)])],
	};
}

/** The options that were given. */
export type Given = Exclude<ReturnType<typeof values>, Failure>['values'];

/** `10m`, `1h30m`, `90s` as milliseconds. */
export function spanOf(text: string, option = '--for'): number | Failure {
	const parts = /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/.exec(text);
	const [, hours = '0', minutes = '0', seconds = '0'] = parts ?? [];
	const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
	return ms > 0 && ms < 2 ** 31
		? ms
		: usage(`${option} takes a time such as 90s, 10m or 1h30m (24 days at most), not "${text}".`);
}

/** The gateway; null where none was given. */
function viaOf(given: Given, devices: Config['devices']): Via | null | Failure {
	if (given.via === undefined)
		return given.sweep ? usage('--sweep looks for a device behind a gateway: it goes with --via.') : null;
	const device = Object.hasOwn(devices, given.via) ? devices[given.via] : undefined;
	return {
		target: device?.host ?? device?.uuid ?? given.via,
		user: device?.user ?? null,
		port: device?.port ?? null,
		sweep: given.sweep ?? false,
	};
}

/** Options that say how to get to a host. */
const WAY = ['F', 'i', 'l', 'p', 'J', 'o', 'via', 'sweep', 'road', 'wait', 'transport'] as const;

/** What a target's word and ssh's letters mean; a name in the configuration goes before anything else. */
export function aimOf(given: Given, word: string, devices: Config['devices'] = {}): Aim | Failure {
	const device = Object.hasOwn(devices, word) ? devices[word] : undefined;
	const wish = ROADS.find(known => known === given.road) ?? null;
	if (given.road !== undefined && wish === null)
		return usage(`--road is one of ${ROADS.join(', ')}, not "${given.road}".`);
	const via = viaOf(given, devices);
	if (isFailure(via)) return via;
	// A device with an address and a uuid goes by its address, unless the cloud is asked for.
	const cloud = wish === 'proxy' || wish === 'tunnel';
	const target = (cloud ? device?.uuid : null) ?? device?.host ?? device?.uuid ?? word;
	const way = WAY.find(name => given[name] !== undefined);
	if (device === undefined && target === 'demo') {
		if (way !== undefined)
			return usage(`The demo goes over no network: leave out ${way.length === 1 ? '-' : '--'}${way}.`);
		const wanted = given.scene ?? 'all';
		const scene = SCENES.find(known => known === wanted);
		return scene === undefined
			? usage(`--scene is one of ${SCENES.join(', ')}, not "${wanted}".`)
			: {to: 'demo', scene};
	}
	if (device === undefined && target === 'local')
		return way === undefined
			? {to: 'local'}
			: usage(`devtop local goes over no network: leave out ${way.length === 1 ? '-' : '--'}${way}.`);
	const transport = CARRIERS.find(known => known === (given.transport ?? 'ssh2'));
	if (transport === undefined) return usage(`--transport is one of ${CARRIERS.join(', ')}, not "${given.transport}".`);
	const named = target !== device?.host && isUuid(target);
	if (cloud && !named)
		return usage(`--road ${wish} goes to a device by its uuid, and ${target} is none: give the uuid in its place.`);
	const byUuid = named && via === null;
	if (transport === 'openssh' && (byUuid || via !== null))
		return usage(
			byUuid
				? `--transport openssh goes to an address or a Host of your ssh_config, and ${shortUuid(target)} is a uuid: leave it out.`
				: '--transport openssh goes through what your ssh_config says, or -J: leave out --via.',
		);
	if (given.p !== undefined && !/^\d+$/.test(given.p) && priorityOf(given.p) !== null)
		return usage(`-p is the port; for a priority say --priority=${given.p}.`);
	const port = number(given.p, '-p', 65_535);
	if (isFailure(port)) return port;
	const [, written] = /^[^:]*:(\d+)$/.exec(target) ?? /\]:(\d+)$/.exec(target) ?? [];
	if (port !== null && written !== undefined && Number(written) !== port)
		return usage(`The port stands twice: ${written} in ${target}, and -p ${port}.`);
	return {
		to: 'host',
		target,
		uuid: device?.uuid ?? (named ? target : null),
		byUuid,
		road: wish,
		via,
		ssh: {
			configFile: given.F ?? null,
			identityFiles: given.i ?? [],
			// What it has of an address is no word about the cloud; root is tried first without one.
			user: given.l ?? (byUuid && device?.user === 'root' ? null : (device?.user ?? null)),
			port: port ?? (byUuid ? null : (device?.port ?? null)),
			jump: given.J ?? null,
			// The first that is given counts.
			options: [...(given.o ?? []), ...(given.metered ? ['Compression=yes'] : [])],
		},
		transport,
	};
}
