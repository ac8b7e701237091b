/** `devtop config`: where the configuration is, what is in effect, and an example where there is none. */
import {type Failure, isFailure} from '../domain/channel.ts';
import {clean, count} from '../domain/text.ts';
import {shortUuid} from '../domain/uuid.ts';
import {configPlace, faultLine, readConfig} from './config/read.ts';
import type {Cloud, Config, Device, Keeping} from './config/shape.ts';
import type {Said} from './said.ts';

/** What a file may look like. */
export const EXAMPLE = `{
	// Names in place of a target: devtop gateway
	"devices": {
		"gateway": {"host": "192.168.1.20", "port": 22222, "user": "root", "watch": ["modem-watchdog"]}
	},
	// For devices by uuid: who you are to the cloud, where the balena CLI does not say it
	"cloud": {"user": "ann"},
	// Units that are shown on every device
	"watch": ["chronyd"],
	// What else is a secret: cut as ‹redacted:order› before it is shown or recorded
	"redact": [{"name": "order", "pattern": "\\\\bORDER-[0-9]{6,12}"}],
	// Older recordings go at the end of a session, after they were named at its start
	"keep": {"days": 90, "megabytes": 2000},
	// Consents that are given again and again
	"profiles": {"field-tests": {"via": "ticket", "minutes": 60, "own": true}},
	// Your own devices, by their full uuids
	"own": []
}
`;

const orNone = (words: readonly string[]): string => words.join(', ') || 'none';

function deviceText([name, {uuid, host, user, port, watch}]: readonly [string, Device]): string {
	const to = host ?? uuid ?? `the ssh_config's ${name}`;
	return `${name} (${user === null ? '' : `${user}@`}${to}${port === null ? '' : `:${port}`}${watch.length === 0 ? '' : `, watches ${watch.join(' ')}`})`;
}

const keepText = ({days, megabytes}: Keeping): string =>
	[days === null ? '' : count(days, 'day'), megabytes === null ? '' : `${megabytes} MB`].filter(Boolean).join(', ') ||
	'all recordings';

const cloudText = (cloud: Cloud): string =>
	orNone(Object.entries(cloud).flatMap(([key, value]) => (value === null ? [] : [`${key} ${value}`])));

const rowsOf = (config: Config): readonly (readonly [key: keyof Config, text: string])[] => [
	['devices', orNone(Object.entries(config.devices).map(deviceText))],
	['cloud', cloudText(config.cloud)],
	['watch', orNone(config.watch)],
	['redact', orNone(config.redact.map(({id}) => id))],
	['keep', keepText(config.keep)],
	['profiles', orNone(Object.entries(config.profiles).map(([name, {via}]) => `${name} (${via})`))],
	['own', orNone(config.own.map(uuid => shortUuid(uuid)))],
];

/**
 * Tells the configuration; with `check` only whether it is in order.
 *
 * @returns all its faults where it is not.
 */
export function tellConfig(
	given: string | null,
	check: boolean,
	env: NodeJS.ProcessEnv = process.env,
): Said | Failure | {readonly faults: readonly string[]} {
	const place = configPlace(given, env);
	const read = readConfig(place);
	if (isFailure(read)) return read;
	const {there, config, faults} = read;
	if (faults.length > 0) return {faults: faults.map(fault => faultLine(place.file, fault))};
	const where = `${clean(place.file)}${place.named === null ? '' : ` (${place.named})`}`;
	if (check)
		return {
			text: there ? `${where} is in order.\n` : `${where} is not there: everything is as it is by default.\n`,
			code: 0,
		};
	const rows = rowsOf(config).map(([key, text]) => `${key.padEnd(9)} ${text}\n`);
	const head = `file      ${where}${there ? '' : ', which is not there: everything is as it is by default'}\n`;
	return {text: `${head}${rows.join('')}${there ? '' : `\nAn example:\n\n${EXAMPLE}`}`, code: 0};
}
