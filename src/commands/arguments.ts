/** The command line as a value. Nothing is done here; what is wrong is one sentence. */
import {type Failure, isFailure} from '../domain/channel.ts';
import {actingCommand, copyCommand} from './act-arguments.ts';
import type {Command, Configured, WaitMs} from './command.ts';
import {defaults} from './config/shape.ts';
import {fileCommand} from './file-arguments.ts';
import {keepOf} from './keep-of.ts';
import {aimOf, type Given, scopeOf, spanOf, usage, values} from './options.ts';
import {stray} from './stray.ts';

function waitOf(text: string | undefined): WaitMs | Failure {
	if (text === undefined) return null;
	return text === '' ? Number.POSITIVE_INFINITY : spanOf(text, '--wait=');
}

/** Commands of the contract that are not built yet: named, so that nobody takes them for a host. */
const LATER = ['-', 'completion'];

/** The commands that take no word. */
function bareCommand(
	given: Given,
	kind: 'ls' | 'config',
	words: readonly string[],
	configured: Configured,
): Command | Failure {
	const refused = stray(given, kind);
	if (refused !== null) return refused;
	if (words.length > 0) return usage(`devtop ${kind}: "${words.at(-1)}" is one too many.`);
	if (kind === 'config') return {kind, file: given.config ?? null, check: given.check ?? false};
	const json = given.json ?? false;
	if (!given.keep)
		return given.config === undefined ? {kind, keep: null, json} : usage('devtop ls --config goes with --keep.');
	const config = configured(given.config ?? null);
	return isFailure(config) ? config : {kind, keep: config.keep, json};
}

/** The commands that connect. */
function targetCommand(
	given: Given,
	kind: 'watch' | 'record',
	words: readonly string[],
	configured: Configured,
): Command | Failure {
	const [target, ...more] = words;
	if (target === undefined)
		return usage(
			'devtop needs a target: [user@]host[:port], a Host of your ssh_config, a device’s uuid, a name in your configuration, or "demo".',
		);
	if (more.length > 0) return usage(`One target at a time: "${more[0]}" is one too many.`);
	const config = configured(given.config ?? null);
	if (isFailure(config)) return config;
	const device = Object.hasOwn(config.devices, target) ? config.devices[target] : undefined;
	if (kind === 'watch' && device === undefined && LATER.includes(target))
		return usage(`"devtop ${target}" is not built yet.`);
	const embedded = device === undefined && target === 'demo';
	const scope = scopeOf({...given, always: embedded ? [] : [...config.watch, ...(device?.watch ?? [])]});
	if (isFailure(scope)) return scope;
	const keep = keepOf(given, kind === 'watch' ? given.record : given.output);
	if (isFailure(keep)) return keep;
	if (kind === 'watch' && given.json && !given.once) return usage('--json goes with --once.');
	const refused = stray(given, kind);
	if (refused !== null) return refused;
	if (given.once && (keep.file !== null || keep.ticket !== null))
		return usage(`--once records nothing: leave out --${keep.file === null ? 'ticket' : 'record'}.`);
	const aim = aimOf(given, target, config.devices);
	if (isFailure(aim)) return aim;
	const waitMs = waitOf(given.wait);
	if (isFailure(waitMs)) return waitMs;
	if (kind === 'watch') {
		const once = given.once ? (given.json ? 'json' : 'text') : null;
		return {kind, aim, scope, keep, config, once, lookOnly: given['look-only'] ?? false, waitMs};
	}
	const forMs = given.for === undefined ? null : spanOf(given.for);
	return isFailure(forMs) ? forMs : {kind, aim, scope, keep, config, forMs, json: given.json ?? false, waitMs};
}

/** The command that looks at the road. */
function doctorCommand(given: Given, words: readonly string[], configured: Configured): Command | Failure {
	const refused = stray(given, 'doctor');
	if (refused !== null) return refused;
	const [target, ...more] = words;
	if (target === undefined)
		return usage('devtop doctor needs a target, the same one as devtop <target>: it says why that does not work.');
	if (more.length > 0) return usage(`One target at a time: "${more[0]}" is one too many.`);
	const config = configured(given.config ?? null);
	if (isFailure(config)) return config;
	const aim = aimOf(given, target, config.devices);
	if (isFailure(aim)) return aim;
	if (aim.to === 'demo') return usage('There is no road to the device of the demo: devtop doctor needs a real one.');
	return {kind: 'doctor', aim, config, configFile: given.config ?? null, json: given.json ?? false};
}

/** Reads the arguments behind the program's name. */
export function parseCommand(args: readonly string[], configured: Configured = () => defaults): Command | Failure {
	const parsed = values(args);
	if (isFailure(parsed)) return parsed;
	const {values: given, positionals, behind} = parsed;
	if (given.help) return {kind: 'help'};
	if (given.version) return {kind: 'version'};
	const [word, ...rest] = positionals;
	switch (word) {
		case 'verify':
		case 'export':
		case 'replay':
		case 'notes':
			return fileCommand(given, word, [...rest, ...(behind ?? [])]);
		case 'ls':
		case 'config':
			return bareCommand(given, word, [...rest, ...(behind ?? [])], configured);
		case 'act':
		case 'run':
			return actingCommand(given, word, rest, behind, configured);
		case 'cp':
			return copyCommand(given, [...rest, ...(behind ?? [])], configured);
		case 'doctor':
			return doctorCommand(given, [...rest, ...(behind ?? [])], configured);
		case 'record':
			return targetCommand(given, 'record', [...rest, ...(behind ?? [])], configured);
		default:
			return targetCommand(given, 'watch', [...positionals, ...(behind ?? [])], configured);
	}
}
