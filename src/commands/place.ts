/** Where recordings are kept, and which one is meant by a word. */
import {existsSync, mkdirSync, readdirSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import {type Failure, failure} from '../domain/channel.ts';
import type {Identity} from '../domain/fact.ts';
import {isUuid} from '../domain/uuid.ts';

/** The folder of all recordings (XDG base directories; a relative path there is to be ignored). */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
	const given = env.XDG_STATE_HOME ?? '';
	return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'devtop');
}

const ENDING = /\.devtop\.jsonl(?:\.gz)?$/;

/** A name that is one folder, whatever a device or an operator says. */
const folderName = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_') || '_';

/** The device's own uuid, or the host where it has none. */
export const deviceFolder = (device: Identity | null, target: string): string =>
	device?.uuid != null && isUuid(device.uuid) ? device.uuid : folderName(target.replace(/^[^@]*@/, '').slice(0, 100));

/** `2026-11-25T09-41-01Z`: no colon, which some tools take for a host. */
const stamp = (at: number): string =>
	new Date(at)
		.toISOString()
		.replace(/\.\d+Z$/, 'Z')
		.replaceAll(':', '-');

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\dZ)\./;

/** When a recording began, by its name; null where that does not say. */
export function beganAt(name: string): number | null {
	const at = Date.parse(name.match(STAMP)?.slice(1).join(':') ?? '');
	return Number.isNaN(at) ? null : at;
}

/**
 * The file of a session that nobody named a file for; its folder is made, for its owner only.
 *
 * @returns what gives the place once it is known who answers; it throws what the file system throws.
 */
export const placeFor =
	(target: string, ticket: string | null, at: number, root: string = stateFolder()) =>
	(device: Identity | null): string => {
		const folder = join(root, deviceFolder(device, target));
		mkdirSync(folder, {recursive: true, mode: 0o700});
		const name = `${stamp(at)}${ticket === null ? '' : `.${ticket}`}`;
		for (let number = 1; ; number++) {
			const file = join(folder, `${name}${number === 1 ? '' : `-${number}`}.devtop.jsonl`);
			if (!existsSync(file) && !existsSync(`${file}.gz`)) return file;
		}
	};

/** A recording in its default place. */
export type Kept = {readonly file: string; readonly folder: string; readonly name: string; readonly bytes: number};

const folders = (root: string): string[] => {
	try {
		return readdirSync(root, {withFileTypes: true}).flatMap(entry => (entry.isDirectory() ? [entry.name] : []));
	} catch {
		return [];
	}
};

/** All recordings, the newest first. A live file beside its closed one is what a crash left of it. */
export function kept(root: string = stateFolder()): readonly Kept[] {
	const found = new Map<string, Kept>();
	for (const folder of folders(root))
		for (const name of readdirSync(join(root, folder)).sort()) {
			if (!ENDING.test(name)) continue;
			const file = join(root, folder, name);
			const stat = statSync(file, {throwIfNoEntry: false});
			if (stat?.isFile()) found.set(join(folder, name.replace(/\.gz$/, '')), {file, folder, name, bytes: stat.size});
		}
	return [...found.values()].sort((a, b) => (a.name < b.name ? 1 : a.name > b.name ? -1 : 0));
}

/** The file that is meant: a path, `last`, or a short uuid (its last recording). */
export function recordingNamed(word: string, root: string = stateFolder()): string | Failure {
	if (existsSync(word) || (word !== 'last' && !isUuid(word))) return word;
	const found = kept(root);
	// What was killed in its first moment holds nothing: the one before it is meant.
	const filled = found.filter(({bytes}) => bytes > 0);
	const all = filled.length === 0 ? found : filled;
	const [newest] = all;
	if (newest === undefined) return failure('usage', `There is no recording in ${root} yet.`);
	if (word === 'last') return newest.file;
	const matching = all.filter(({folder}) => folder.startsWith(word));
	const [last] = matching;
	if (last === undefined) return failure('usage', `There is no recording of ${word} in ${root}; devtop ls shows all.`);
	const devices = new Set(matching.map(({folder}) => folder));
	return devices.size === 1
		? last.file
		: failure('usage', `${word} begins the uuid of ${devices.size} devices: give more of it. devtop ls shows them.`);
}
