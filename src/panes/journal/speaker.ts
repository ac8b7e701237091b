/** Who speaks in an entry, and what is left of the text once that is known. */
import type {JournalRecord} from '../../domain/journal.ts';
import {shortUnit} from '../../domain/text.ts';
import {serviceOf} from '../../sources/sampler.ts';

/** Service names by short container id, from the engine's list: for entries that have no CONTAINER_NAME. */
export type Names = Readonly<Record<string, string>>;

/** The supervisor's container, before and after 2.78. */
const SUPERVISOR = /^(?:balena|resin)_supervisor\b/;

/** The service's or container's name; null for entries of no container. */
export function containerOf({containerName, containerId}: JournalRecord, names: Names): string | null {
	if (containerName !== null)
		return SUPERVISOR.test(containerName) ? 'supervisor' : (serviceOf(containerName) ?? containerName);
	if (containerId === null) return null;
	// What a device calls a container must not be a name that every object has.
	return (Object.hasOwn(names, containerId) ? names[containerId] : undefined) ?? containerId;
}

/** For the source column: the service, else the identifier, else the unit. */
export function speakerOf(record: JournalRecord, names: Names): string {
	const container = containerOf(record, names);
	if (container !== null) return container;
	if (record.transport === 'kernel') return 'kernel';
	if (record.identifier !== '') return record.identifier.replace(/^(?:balena|resin)-supervisor$/, 'supervisor');
	return shortUnit(record.units[0] ?? '?');
}

/** Is it the supervisor's own container? Its lines come once more from the unit that is attached to it. */
export const isSupervisor = ({containerName}: JournalRecord): boolean =>
	containerName !== null && SUPERVISOR.test(containerName);

/** Is it a line of `balena start --attach`, which repeats the supervisor's? */
export const isAttached = ({containerName, units}: JournalRecord): boolean =>
	containerName === null &&
	units.some(unit => unit === 'balena-supervisor.service' || unit === 'resin-supervisor.service');

/** A container's stderr without a level of its own: priority 3 says only which stream it was. */
export const isMereStderr = (record: JournalRecord): boolean =>
	record.containerName !== null &&
	record.priority === 3 &&
	record.severity === 3 &&
	!/^\[error\s*\]|^time="[^"]*" level=/.test(record.message);

/** `time="…" level=warning msg="…" key=value`: the message and what stands behind it. */
const ENGINE = /^time="[^"]*" level=[a-z]+ msg=(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*(.*)$/s;
/** `[info]    Applying target state`; the words that are no severity stay. */
const LEVEL = /^\[(error|warn|success|event|api|info|debug)\s*\]\s*/;
/** `<info>  [1795454298.0772] manager: …` of NetworkManager. */
const NETWORK = /^<(?:info|warn|error|debug|trace)>\s+\[\d+\.\d+\]\s+/;

/** The text without what the row says already: time and level. */
export function messageOf(record: JournalRecord): string {
	const {message, identifier, transport} = record;
	if (transport === 'kernel')
		return identifier === '' || identifier === 'kernel' ? message : `${identifier}: ${message}`;
	const engine = ENGINE.exec(message);
	if (engine !== null) {
		const [, quoted, bare, rest = ''] = engine;
		const said = (quoted?.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '⏎' : char)) ?? bare ?? '').replace(
			/⏎$/,
			'',
		);
		return rest === '' ? said : `${said} ${rest}`;
	}
	const level = LEVEL.exec(message);
	if (level !== null) {
		const rest = message.slice(level[0].length);
		return level[1] === 'success' || level[1] === 'api' ? `${level[1]}: ${rest}` : rest;
	}
	return identifier === 'NetworkManager' ? message.replace(NETWORK, '') : message;
}
