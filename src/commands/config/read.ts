/** Where the configuration is, and what it says. */
import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import {type Failure, failure} from '../../domain/channel.ts';
import {count} from '../../domain/text.ts';
import type {Fault} from './json.ts';
import {type Config, defaults, toConfig} from './shape.ts';

export type Place = {
	readonly file: string;
	/** It was named, so it has to be there. */
	readonly named: '--config' | 'DEVTOP_CONFIG' | null;
};

/** What is in effect, and where it comes from. */
export type Read = {
	readonly place: Place;
	/** False: there is no file, and everything is as it is by default. */
	readonly there: boolean;
	readonly config: Config;
	readonly faults: readonly Fault[];
};

/** The file that counts: the one that was named, or that of the XDG base directories (a relative path there is to be ignored). */
export function configPlace(given: string | null, env: NodeJS.ProcessEnv = process.env): Place {
	if (given !== null) return {file: given, named: '--config'};
	const fromEnv = env.DEVTOP_CONFIG ?? '';
	if (fromEnv !== '') return {file: fromEnv, named: 'DEVTOP_CONFIG'};
	const base = env.XDG_CONFIG_HOME ?? '';
	return {file: join(isAbsolute(base) ? base : join(homedir(), '.config'), 'devtop', 'config.json'), named: null};
}

/** Larger is no configuration. */
const MOST_BYTES = 1_000_000;

/** Reads it with all its faults; a failure where the file can't be read. */
export function readConfig(place: Place): Read | Failure {
	const {file, named} = place;
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		const {code, message} = error as NodeJS.ErrnoException;
		if ((code === 'ENOENT' || code === 'ENOTDIR') && named === null)
			return {place, there: false, config: defaults, faults: []};
		const why = code === 'ENOENT' ? 'is not there' : `can't be read (${message})`;
		return failure('usage', `The configuration ${file}${named === null ? '' : `, named by ${named},`} ${why}.`);
	}
	if (text.length > MOST_BYTES)
		return failure('usage', `The configuration ${file} is far too large: is it the right file?`);
	return {place, there: true, ...toConfig(text)};
}

/** `FILE:7: what is wrong`. */
export const faultLine = (file: string, {line, sentence}: Fault): string => `${file}:${line}: ${sentence}`;

/** What is in effect; a failure where anything in it is wrong: half a configuration would redact or keep half. */
export function configOf(given: string | null, env: NodeJS.ProcessEnv = process.env): Config | Failure {
	const read = readConfig(configPlace(given, env));
	if ('message' in read) return read;
	const [first, ...more] = read.faults;
	if (first === undefined) return read.config;
	const others = more.length === 0 ? '' : ` ${count(more.length, 'more fault')}: devtop config --check lists all.`;
	return failure('usage', `${faultLine(read.place.file, first)}${others}`);
}
