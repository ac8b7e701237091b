/** The command line as a value. Nothing is done here; what is wrong is one sentence. */
import {type Failure, isFailure} from '../domain/channel.ts';
import type {ActionId, Subject} from '../domain/guard.ts';
import type {Scope} from '../domain/source.ts';
import {type Size, SMALLEST} from '../ui/layout.ts';
import {deedOf} from './act-words.ts';
import {type Config, defaults, type Keeping} from './config/shape.ts';
import {type Sides, sidesOf} from './cp-words.ts';
import {CAST_SIZE, EXPORTS, type ExportAs, LARGEST, type NoteForm} from './forms.ts';
import {type Aim, aimOf, type Given, number, scopeOf, spanOf, TICKET, usage, values} from './options.ts';

/** What is recorded. */
export type Keep = {
	/** The file that was named; null: its default place, or none where `off`. */
	readonly file: string | null;
	readonly off: boolean;
	readonly ticket: string | null;
};

export type Command =
	| {readonly kind: 'help' | 'version' | 'list'}
	| Acting
	| Copying
	/** All recordings, or those that are overdue by what is kept. */
	| {readonly kind: 'ls'; readonly keep: Keeping | null; readonly json: boolean}
	| {readonly kind: 'config'; readonly file: string | null; readonly check: boolean}
	| {
			readonly kind: 'watch';
			readonly aim: Aim;
			readonly scope: Scope;
			readonly keep: Keep;
			readonly config: Config;
			readonly once: Once;
			/** Nothing can be armed. */
			readonly lookOnly: boolean;
			readonly waitMs: WaitMs;
	  }
	| {
			readonly kind: 'record';
			readonly aim: Aim;
			readonly scope: Scope;
			readonly keep: Keep;
			readonly config: Config;
			/** Null: until it is told to stop. */
			readonly forMs: number | null;
			readonly json: boolean;
			readonly waitMs: WaitMs;
	  }
	| {
			readonly kind: 'doctor';
			readonly aim: Exclude<Aim, {readonly to: 'demo'}>;
			/** What is in effect, and the file that was named. */
			readonly config: Config;
			readonly configFile: string | null;
			readonly json: boolean;
	  }
	| {readonly kind: 'verify'; readonly file: string}
	| {
			readonly kind: 'replay';
			readonly file: string;
			readonly at: string | null;
			readonly speed: number | null;
			/** Of a recording that is still written: shows what comes. */
			readonly follow: boolean;
	  }
	| {readonly kind: 'notes'; readonly file: string; readonly form: NoteForm; readonly output: string | null}
	| {
			readonly kind: 'export';
			readonly file: string;
			readonly as: ExportAs;
			/** Of the screen that a cast shows. */
			readonly size: Size;
			readonly output: string | null;
	  };

/** Something is done to the device, through the gate. */
type ActingBy<Kind> = {
	/** `run`: a command of the operator's own, whose output and exit code are ours. */
	readonly kind: Kind;
	readonly aim: Aim;
	readonly keep: Keep;
	readonly config: Config;
	readonly action: ActionId;
	readonly subject: Subject;
	/** Null: only to see what would be done. */
	readonly consent: ConsentWords | null;
	/** What is typed where the risk is severe. */
	readonly confirm: string | null;
	readonly json: boolean;
};

export type Acting = ActingBy<'act'> | ActingBy<'run'>;

/** A file is copied to the device, through the gate, or from it. */
export type Copying = {
	readonly kind: 'cp';
	readonly aim: Aim;
	readonly keep: Keep;
	readonly config: Config;
	/** Null: nothing is changed, or it is only to be seen what would be done. */
	readonly consent: ConsentWords | null;
	/** Where it does not survive a reboot, too. */
	readonly force: boolean;
	/** Of a file that is read: it is allowed. */
	readonly yes: boolean;
} & Pick<Sides, 'way' | 'local' | 'remote'>;

export type ConsentWords = {
	readonly by: string;
	readonly via: string;
	readonly words: string;
	/** Minutes or a time; null: half an hour. */
	readonly until: string | null;
};

/** How long a device is waited for that can't be reached yet; Infinity: until it is there. Null: not at all. */
export type WaitMs = number | null;

function waitOf(text: string | undefined): WaitMs | Failure {
	if (text === undefined) return null;
	return text === '' ? Number.POSITIVE_INFINITY : spanOf(text, '--wait=');
}

/** One reading instead of the screen, as text or as JSON. */
export type Once = 'text' | 'json' | null;

/** Commands of the contract that are not built yet: named, so that nobody takes them for a host. */
const LATER = ['-', 'completion'];

function keepOf(given: Given, file: string | undefined): Keep | Failure {
	const off = given['no-record'] ?? false;
	if (file !== undefined && off) return usage('--record and --no-record exclude each other.');
	const ticket = given.ticket ?? null;
	if (ticket !== null && !TICKET.test(ticket))
		return usage(
			'--ticket takes 1 to 64 letters, digits, dots, dashes and underscores: it stands in the name of the file.',
		);
	if (ticket !== null && off) return usage('--ticket stands in the recording, and --no-record makes none.');
	return {file: file ?? null, off, ticket};
}

/** Options that only some commands have: with others they would be ignored in silence. */
function stray(given: Given, kind: Command['kind']): Failure | null {
	const only: readonly (readonly [keyof Given, readonly string[]])[] = [
		['for', ['record', 'notes']],
		['output', ['record', 'export', 'notes']],
		['as', ['export', 'notes']],
		['columns', ['export']],
		['rows', ['export']],
		['brief', ['notes']],
		['at', ['replay']],
		['speed', ['replay']],
		['record', ['watch', 'act', 'run', 'cp']],
		['follow', ['replay']],
		['no-record', ['watch']],
		['look-only', ['watch', 'record']],
		['once', ['watch']],
		['wait', ['watch', 'record']],
		['transport', ['watch', 'record', 'act', 'run', 'cp', 'doctor']],
		['ticket', ['watch', 'record', 'act', 'run', 'cp']],
		['json', ['watch', 'record', 'ls', 'act', 'doctor']],
		['config', ['watch', 'record', 'config', 'ls', 'act', 'run', 'cp', 'doctor']],
		['check', ['config']],
		['keep', ['ls']],
		['list', ['act']],
		['road', ['watch', 'record', 'act', 'run', 'cp', 'doctor']],
		['confirm', ['act', 'run']],
		...(['via', 'sweep'] as const).map(name => [name, ['watch', 'record', 'act', 'run', 'cp', 'doctor']] as const),
		['force', ['cp']],
		['yes', ['cp']],
		...(['consent-by', 'consent-via', 'consent-words', 'consent-until', 'dry-run'] as const).map(
			name => [name, ['act', 'run', 'cp']] as const,
		),
		...(['unit', 'identifier', 'since', 'lines', 'priority', 'watch', 'metered'] as const).map(
			name => [name, ['watch', 'record']] as const,
		),
	];
	for (const [name, kinds] of only)
		if (given[name] !== undefined && !kinds.includes(kind))
			return usage(`--${name} goes with ${kinds.map(spoken).join(' or ')}.`);
	return null;
}

const spoken = (kind: string): string => (kind === 'watch' ? 'devtop <target>' : `devtop ${kind}`);

function exportOf(given: Given, file: string): Command | Failure {
	const as = EXPORTS.find(known => known === given.as);
	if (as === undefined)
		return usage(`--as is one of ${EXPORTS.join(', ')}${given.as === undefined ? '' : `, not "${given.as}"`}.`);
	if (as !== 'cast' && (given.columns ?? given.rows) !== undefined)
		return usage('--columns and --rows go with --as cast: they are the size of its screen.');
	const columns = number(given.columns, '--columns', LARGEST.columns, SMALLEST.columns);
	if (isFailure(columns)) return columns;
	const rows = number(given.rows, '--rows', LARGEST.rows, SMALLEST.rows);
	if (isFailure(rows)) return rows;
	const size = {columns: columns ?? CAST_SIZE.columns, rows: rows ?? CAST_SIZE.rows};
	return {kind: 'export', file, as, size, output: given.output ?? null};
}

/** Which of the note's forms is asked for; they exclude each other. */
function formOf(given: Given): NoteForm | Failure {
	if (given.for !== undefined && given.for !== 'customer')
		return usage(`devtop notes --for takes "customer", not "${given.for}".`);
	if (given.as !== undefined && given.as !== 'json') return usage(`devtop notes --as takes "json", not "${given.as}".`);
	const asked: NoteForm[] = [];
	if (given.brief) asked.push('brief');
	if (given.for !== undefined) asked.push('customer');
	if (given.as !== undefined) asked.push('json');
	return asked.length > 1
		? usage('--brief, --for customer and --as json exclude each other: one note at a time.')
		: (asked[0] ?? 'full');
}

function notesOf(given: Given, file: string): Command | Failure {
	const form = formOf(given);
	return typeof form === 'string' ? {kind: 'notes', file, form, output: given.output ?? null} : form;
}

function replayOf(given: Given, file: string): Command | Failure {
	const follow = given.follow ?? false;
	if (follow && given.at !== undefined) return usage('--follow begins at the end of what is written: leave out --at.');
	const speed = given.speed === undefined ? null : Number(given.speed);
	return speed === null || (speed >= 0.1 && speed <= 1000)
		? {kind: 'replay', file, at: given.at ?? null, speed, follow}
		: usage(`--speed takes a number from 0.1 to 1000, not "${given.speed}".`);
}

const FILE_COMMANDS = {
	verify: (_: Given, file: string): Command | Failure => ({kind: 'verify', file}),
	export: exportOf,
	replay: replayOf,
	notes: notesOf,
} as const;

/** The commands that read a recording. */
function fileCommand(given: Given, kind: keyof typeof FILE_COMMANDS, words: readonly string[]): Command | Failure {
	const refused = stray(given, kind);
	if (refused !== null) return refused;
	const [file, ...more] = words;
	if (file === undefined) return usage(`devtop ${kind} needs a recording: a path, "last", or a short uuid.`);
	if (more.length > 0) return usage(`devtop ${kind}: "${more.at(-1)}" is one too many.`);
	return FILE_COMMANDS[kind](given, file);
}

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
	if (waitMs !== null && embedded) return usage('The demo is always there: leave out --wait.');
	if (kind === 'watch') {
		const once = given.once ? (given.json ? 'json' : 'text') : null;
		return {kind, aim, scope, keep, config, once, lookOnly: given['look-only'] ?? false, waitMs};
	}
	const forMs = given.for === undefined ? null : spanOf(given.for);
	return isFailure(forMs) ? forMs : {kind, aim, scope, keep, config, forMs, json: given.json ?? false, waitMs};
}

/** Reads the configuration: the file that was named, or the one in its place. */
type Configured = (file: string | null) => Config | Failure;
/** Whose permission it is, by what way, in what words; null for a dry run, which needs none. */
function consentOf(given: Given, kind: Acting['kind'] | 'cp'): ConsentWords | null | Failure {
	if (given['dry-run']) return null;
	const missing = (['consent-by', 'consent-via', 'consent-words'] as const).filter(name => !given[name]?.trim());
	if (missing.length > 0)
		return usage(
			`devtop ${kind} changes the device, so it needs a permission on record: ${missing.map(name => `--${name}`).join(', ')} (or --dry-run, to see what would be done).`,
		);
	return {
		by: given['consent-by'] ?? '',
		via: given['consent-via'] ?? '',
		words: given['consent-words'] ?? '',
		until: given['consent-until'] ?? null,
	};
}

/** The commands that change the device. */
function actingCommand(
	given: Given,
	kind: Acting['kind'],
	words: readonly string[],
	behind: readonly string[] | null,
	configured: Configured,
): Command | Failure {
	if (given['no-record'])
		return usage(`devtop ${kind} is always recorded: what was done to a device has to be provable afterwards.`);
	const refused = stray(given, kind);
	if (refused !== null) return refused;
	const [target, ...more] = words;
	if (kind === 'act' && given.list) return {kind: 'list'};
	if (target === undefined)
		return usage(`devtop ${kind} needs a target: [user@]host[:port], a Host of your ssh_config, or "demo".`);
	if (kind === 'run' && (behind === null || more.length > 0))
		return usage(`devtop run takes the command behind "--": devtop run ${target} -- uptime`);
	if (kind === 'act' && behind !== null)
		return usage('devtop act takes no command behind "--": that is devtop run <target> -- COMMAND WORD…');
	const deed: {readonly action: ActionId; readonly subject: Subject} | Failure =
		behind === null ? deedOf(more) : {action: 'command.run', subject: {kind: 'command', argv: behind}};
	if (isFailure(deed)) return deed;
	if (behind !== null && !behind[0]) return usage('devtop run needs a command behind "--".');
	const consent = consentOf(given, kind);
	if (isFailure(consent)) return consent;
	const keep = keepOf(given, given.record);
	if (isFailure(keep)) return keep;
	const config = configured(given.config ?? null);
	if (isFailure(config)) return config;
	const aim = aimOf(given, target, config.devices);
	if (isFailure(aim)) return aim;
	return {kind, aim, keep, config, ...deed, consent, confirm: given.confirm ?? null, json: given.json ?? false};
}

/** The command that copies a file. */
function copyCommand(given: Given, words: readonly string[], configured: Configured): Command | Failure {
	if (given['no-record'])
		return usage('devtop cp is always recorded (without what is in the file): who copied what has to be provable.');
	const refused = stray(given, 'cp');
	if (refused !== null) return refused;
	const sides = sidesOf(words);
	if (isFailure(sides)) return sides;
	const {way, target, local, remote} = sides;
	const [wrong] = (
		way === 'put'
			? (['yes'] as const)
			: (['force', 'dry-run', 'consent-by', 'consent-via', 'consent-words', 'consent-until'] as const)
	).filter(name => given[name] !== undefined);
	if (wrong !== undefined) return usage(`--${wrong} goes with copying ${way === 'put' ? 'from' : 'to'} a device.`);
	const config = configured(given.config ?? null);
	if (isFailure(config)) return config;
	const aim = aimOf(given, target, config.devices);
	if (isFailure(aim)) return aim;
	if (aim.to === 'demo') return usage('The device of the demo has no files: devtop cp needs a real one.');
	const consent = way === 'put' ? consentOf(given, 'cp') : null;
	if (isFailure(consent)) return consent;
	const keep = keepOf(given, given.record);
	if (isFailure(keep)) return keep;
	return {
		kind: 'cp',
		aim,
		keep,
		config,
		consent,
		force: given.force ?? false,
		yes: given.yes ?? false,
		way,
		local,
		remote,
	};
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
