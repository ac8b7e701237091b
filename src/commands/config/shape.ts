/** A configuration file's text as a Config, or its faults, each with its line. Pure. */
import {type ConsentProfile, WAYS} from '../../domain/profile.ts';
import {ownRule, type SecretRule} from '../../domain/secret.ts';
import {clean, shorten} from '../../domain/text.ts';
import {fullUnitName, mayNameUnit} from '../../domain/units/name.ts';
import {isFullUuid} from '../../domain/uuid.ts';
import {secrets} from '../../rules/secrets.ts';
import {TICKET} from '../options.ts';
import {Checks, type Key} from './checks.ts';
import {type Fault, type Node, parseJson} from './json.ts';
import {faultOf} from './pattern.ts';

/** What a name stands for, in place of a target. */
export type Device = {
	readonly uuid: string | null;
	/** Null: its uuid, or the name itself as a Host of ssh_config. */
	readonly host: string | null;
	readonly user: string | null;
	readonly port: number | null;
	readonly watch: readonly string[];
};

export type Keeping = {readonly days: number | null; readonly megabytes: number | null};

/** The cloud that devices are reached through by their uuid. Null: as the balena CLI has it, or balenaCloud. */
export type Cloud = {
	readonly url: string | null;
	readonly proxyUrl: string | null;
	readonly tunnelUrl: string | null;
	readonly apiUrl: string | null;
	/** The account's user name. */
	readonly user: string | null;
	/** A file of mode 0600 with a token. */
	readonly tokenFile: string | null;
};

export type Config = {
	readonly cloud: Cloud;
	readonly devices: Readonly<Record<string, Device>>;
	/** Units that are watched on every device. */
	readonly watch: readonly string[];
	/** The operator's own patterns of secrets. */
	readonly redact: readonly SecretRule[];
	/** How long recordings are kept; null: for ever. */
	readonly keep: Keeping;
	readonly profiles: Readonly<Record<string, ConsentProfile>>;
	/** Full uuids of the operator's own devices. */
	readonly own: readonly string[];
};

export const defaults: Config = {
	cloud: {url: null, proxyUrl: null, tunnelUrl: null, apiUrl: null, user: null, tokenFile: null},
	devices: {},
	watch: [],
	redact: [],
	keep: {days: null, megabytes: null},
	profiles: {},
	own: [],
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const RULE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;
const HOST = /^[^\s@/[\]-][^\s@/[\]]{0,252}$/;
const USER = /^[A-Za-z0-9_.][A-Za-z0-9_.$@-]{0,63}$/;

const said = (text: string): string => `"${shorten(clean(text), 60)}"`;

const unitsOf = (checks: Checks, node: Node, what: string): readonly string[] =>
	checks
		.texts(node, what)
		.filter(({value, line}) => checks.that(mayNameUnit(value), line, `${said(value)} in ${what} is no name of a unit.`))
		.map(({value}) => fullUnitName(value));

const uuidsOf = (checks: Checks, node: Node, what: string): readonly string[] =>
	checks
		.texts(node, what)
		.filter(({value, line}) =>
			checks.that(
				isFullUuid(value),
				line,
				`${said(value)} in ${what} is no full uuid: all 32 (or 62) digits, no pattern; devtop shows it under Device.`,
			),
		)
		.map(({value}) => value);

function deviceOf(checks: Checks, node: Node, what: string): Device {
	let device: Device = {uuid: null, host: null, user: null, port: null, watch: []};
	checks.object(node, what, {
		uuid: value => {
			const [uuid = null] = uuidsOf(checks, {kind: 'array', line: value.line, items: [value]}, `${what}.uuid`);
			device = {...device, uuid};
		},
		host: value => {
			device = {
				...device,
				host: checks.matching(value, `${what}.host`, HOST, 'a host name or an address, without user and port'),
			};
		},
		user: value => {
			device = {...device, user: checks.matching(value, `${what}.user`, USER, 'the name of a user')};
		},
		port: value => {
			device = {...device, port: checks.whole(value, `${what}.port`, 65_535)};
		},
		watch: value => {
			device = {...device, watch: unitsOf(checks, value, `${what}.watch`)};
		},
	});
	return device;
}

const SERVER = /^(?:https:\/\/)?[A-Za-z0-9][A-Za-z0-9.-]{0,252}(?::\d{1,5})?\/?$/;
const API = /^https?:\/\/[A-Za-z0-9[][^\s@]{0,252}$/;
const FILE = /^(?:\/|~\/).{1,1000}$/;

function cloudOf(checks: Checks, node: Node): Cloud {
	let cloud = defaults.cloud;
	const text =
		(key: keyof Cloud, form: RegExp, words: string): Key =>
		value => {
			cloud = {...cloud, [key]: checks.matching(value, `cloud.${key}`, form, words)};
		};
	const server = 'the name of a server, without a path';
	checks.object(node, 'cloud', {
		url: text('url', SERVER, server),
		proxyUrl: text('proxyUrl', SERVER, server),
		tunnelUrl: text('tunnelUrl', SERVER, server),
		apiUrl: text('apiUrl', API, 'an https address'),
		user: text('user', USER, 'the name of a user'),
		tokenFile: text('tokenFile', FILE, 'a path from / or ~/ on: the token itself does not stand here'),
	});
	return cloud;
}

function profileOf(checks: Checks, node: Node, what: string): ConsentProfile {
	let via: ConsentProfile['via'] | null = null;
	let profile: Omit<ConsentProfile, 'via'> = {minutes: null, ticket: null, uuids: null, own: false};
	checks.object(node, what, {
		via: value => {
			const given = checks.text(value, `${what}.via`);
			via = WAYS.find(way => way === given) ?? null;
			checks.that(
				given === null || via !== null,
				value.line,
				`${what}.via is one of ${WAYS.join(', ')}, not ${said(given ?? '')}.`,
			);
		},
		minutes: value => {
			profile = {...profile, minutes: checks.whole(value, `${what}.minutes`, 1440)};
		},
		ticket: value => {
			profile = {
				...profile,
				ticket: checks.matching(
					value,
					`${what}.ticket`,
					TICKET,
					'1 to 64 letters, digits, dots, dashes and underscores',
				),
			};
		},
		uuids: value => {
			profile = {...profile, uuids: uuidsOf(checks, value, `${what}.uuids`)};
		},
		own: value => {
			profile = {...profile, own: checks.truth(value, `${what}.own`)};
		},
	});
	checks.that(
		via !== null || (node.kind === 'object' && node.entries.some(({key}) => key === 'via')) || node.kind !== 'object',
		node.line,
		`${what} needs "via", by what way the consent comes: ${WAYS.join(', ')}.`,
	);
	return {...profile, via: via ?? 'ticket'};
}

function rulesOf(checks: Checks, node: Node): readonly SecretRule[] {
	const rules = new Map<string, SecretRule>();
	for (const [index, item] of checks.items(node, 'redact').entries()) {
		let name: string | null = null;
		let pattern: string | null = null;
		checks.object(item, `redact[${index}]`, {
			name: value => {
				const given = checks.matching(
					value,
					'A name in redact',
					RULE,
					'1 to 40 letters, digits, dashes and underscores',
				);
				if (given === null) return;
				const taken = rules.has(given) || secrets.some(({id}) => id === given);
				if (checks.that(!taken, value.line, `${said(given)} in redact is the name of another rule already.`))
					name = given;
			},
			pattern: value => {
				const given = checks.text(value, 'A pattern in redact');
				const fault = given === null ? null : faultOf(given);
				if (checks.that(fault === null, value.line, `The pattern ${said(given ?? '')} ${fault}`)) pattern = given;
			},
		});
		const keys = item.kind === 'object' ? item.entries.map(({key}) => key) : ['name', 'pattern'];
		for (const needed of ['name', 'pattern'])
			checks.that(keys.includes(needed), item.line, `A rule in redact needs "${needed}".`);
		if (name !== null && pattern !== null) rules.set(name, ownRule(name, pattern));
	}
	return [...rules.values()];
}

/** Reads a text; where there are faults, what is left of it is of no use. */
export function toConfig(text: string): {readonly config: Config; readonly faults: readonly Fault[]} {
	const parsed = parseJson(text);
	if ('fault' in parsed) return {config: defaults, faults: [parsed.fault]};
	const checks = new Checks();
	let config = defaults;
	const named = <T>(node: Node, what: string, one: (node: Node, what: string) => T): Readonly<Record<string, T>> =>
		Object.fromEntries(
			checks
				.members(node, what)
				.filter(({key, line}) =>
					checks.that(
						NAME.test(key),
						line,
						`${said(key)} in ${what} is no name: 1 to 63 letters, digits, dots, dashes and underscores.`,
					),
				)
				.map(({key, value}) => [key, one(value, `${what}.${key}`)]),
		);
	const keys: Readonly<Record<keyof Config, Key>> = {
		cloud: node => {
			config = {...config, cloud: cloudOf(checks, node)};
		},
		devices: node => {
			config = {...config, devices: named(node, 'devices', (value, what) => deviceOf(checks, value, what))};
		},
		watch: node => {
			config = {...config, watch: unitsOf(checks, node, 'watch')};
		},
		redact: node => {
			config = {...config, redact: rulesOf(checks, node)};
		},
		keep: node =>
			checks.object(node, 'keep', {
				days: value => {
					config = {...config, keep: {...config.keep, days: checks.whole(value, 'keep.days', 36_500)}};
				},
				megabytes: value => {
					config = {...config, keep: {...config.keep, megabytes: checks.whole(value, 'keep.megabytes', 10_000_000)}};
				},
			}),
		profiles: node => {
			config = {...config, profiles: named(node, 'profiles', (value, what) => profileOf(checks, value, what))};
		},
		own: node => {
			config = {...config, own: uuidsOf(checks, node, 'own')};
		},
	};
	checks.object(parsed.value, 'The configuration', keys);
	return {config, faults: checks.faults};
}
