/** The command line as a value. Nothing is done here; what is wrong is one sentence. */
import {parseArgs} from 'node:util';
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {priorityOf} from '../domain/filter.ts';
import {everything, type Scope} from '../domain/source.ts';
import type {SceneId} from '../embedded/scenes.ts';
import type {SshOptions} from '../transport/ssh/ssh-config.ts';

export type Command =
	| {readonly kind: 'help' | 'version'}
	| {
			readonly kind: 'demo';
			readonly scene: SceneId | 'all';
			readonly scope: Scope;
			readonly record: string | null;
			readonly once: Once;
	  }
	| {
			readonly kind: 'watch';
			readonly target: string;
			readonly ssh: SshOptions;
			readonly scope: Scope;
			readonly record: string | null;
			readonly once: Once;
	  };

/** One reading instead of the screen, as text or as JSON. */
export type Once = 'text' | 'json' | null;

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
	unit: {type: 'string', short: 'u', multiple: true},
	identifier: {type: 'string', short: 't', multiple: true},
	since: {type: 'string', short: 'S'},
	lines: {type: 'string', short: 'n'},
	priority: {type: 'string'},
	watch: {type: 'string', multiple: true},
	record: {type: 'string'},
	'no-record': {type: 'boolean'},
	'look-only': {type: 'boolean'},
	scene: {type: 'string'},
	once: {type: 'boolean'},
	json: {type: 'boolean'},
} as const;

/** Commands of the contract that are not built yet: named, so that nobody takes them for a host. */
const LATER = [
	'local',
	'-',
	'record',
	'replay',
	'notes',
	'export',
	'verify',
	'ls',
	'act',
	'cp',
	'doctor',
	'config',
	'completion',
];

const UUID = /^(?:[0-9a-f]{7}|[0-9a-f]{32}|[0-9a-f]{62})$/;

/** systemd's own rule for unit names (systemd.unit(5)), with the suffix left out as systemctl allows. */
const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

const usage = (message: string): Failure => failure('usage', `${message} Try: devtop --help`);

/** journalctl takes `-S -1h`; parseArgs would take the `-1h` for an option. */
function joined(args: readonly string[]): string[] {
	const found: string[] = [];
	for (const arg of args) {
		const before = found.at(-1);
		if ((before === '-S' || before === '--since') && arg.startsWith('-')) found[found.length - 1] = `--since=${arg}`;
		else found.push(arg);
	}
	return found;
}

function values(args: readonly string[]) {
	try {
		return parseArgs({args: joined(args), options: OPTIONS, allowPositionals: true, strict: true});
	} catch (error) {
		const text = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
		return usage(`${text.replace(/\.$/, '')}.`);
	}
}

function number(text: string | undefined, name: string, most: number): number | null | Failure {
	if (text === undefined) return null;
	const value = Number(text);
	return Number.isInteger(value) && value > 0 && value <= most
		? value
		: usage(`${name} takes a whole number from 1 to ${most}, not "${text}".`);
}

/** A unit's full name: as systemctl does, `.service` is meant where there is no suffix. */
const unitName = (name: string): string => (/\.[a-z]+$/.test(name) ? name : `${name}.service`);

function scopeOf(options: {
	unit?: string[];
	identifier?: string[];
	since?: string;
	lines?: string;
	priority?: string;
	watch?: string[];
}): Scope | Failure {
	const lines = number(options.lines, '--lines', 10_000);
	if (isFailure(lines)) return lines;
	for (const name of [...(options.unit ?? []), ...(options.watch ?? [])])
		if (!UNIT_NAME.test(name)) return usage(`"${name}" is no name of a unit.`);
	if (options.priority !== undefined && priorityOf(options.priority) === null)
		return usage(`--priority takes 0 to 7 or a name such as err, not "${options.priority}".`);
	return {
		...everything,
		units: (options.unit ?? []).map(unitName),
		identifiers: options.identifier ?? [],
		priority: options.priority ?? null,
		since: options.since ?? null,
		lines: lines ?? everything.lines,
		watch: (options.watch ?? []).map(unitName),
	};
}

/** Reads the arguments behind the program's name. */
export function parseCommand(args: readonly string[]): Command | Failure {
	const parsed = values(args);
	if (isFailure(parsed)) return parsed;
	const {values: given, positionals} = parsed;
	if (given.help) return {kind: 'help'};
	if (given.version) return {kind: 'version'};
	const [target, ...more] = positionals;
	if (target === undefined)
		return usage('devtop needs a target: [user@]host[:port], a Host of your ssh_config, or "demo".');
	if (LATER.includes(target)) return usage(`"devtop ${target}" is not built yet.`);
	if (more.length > 0) return usage(`One target at a time: "${more[0]}" is one too many.`);
	const scope = scopeOf(given);
	if (isFailure(scope)) return scope;
	if (given.record !== undefined && given['no-record']) return usage('--record and --no-record exclude each other.');
	const record = given.record ?? null;
	if (given.json && !given.once) return usage('--json goes with --once.');
	if (given.once && record !== null) return usage('--once records nothing: leave out --record.');
	const once: Once = given.once ? (given.json ? 'json' : 'text') : null;
	if (target === 'demo') {
		const wanted = given.scene ?? 'all';
		const scene = SCENES.find(known => known === wanted);
		return scene === undefined
			? usage(`--scene is one of ${SCENES.join(', ')}, not "${wanted}".`)
			: {kind: 'demo', scene, scope, record, once};
	}
	if (UUID.test(target))
		return usage(
			`${target.slice(0, 7)} looks like a device's uuid, and devtop can't find devices by uuid yet: give its address (root@host:22222) or a Host of your ssh_config.`,
		);
	if (given.p !== undefined && !/^\d+$/.test(given.p) && priorityOf(given.p) !== null)
		return usage(`-p is the port; for a priority say --priority=${given.p}.`);
	const port = number(given.p, '-p', 65_535);
	if (isFailure(port)) return port;
	return {
		kind: 'watch',
		target,
		ssh: {
			configFile: given.F ?? null,
			identityFiles: given.i ?? [],
			user: given.l ?? null,
			port,
			jump: given.J ?? null,
			options: given.o ?? [],
		},
		scope,
		record,
		once,
	};
}

export const HELP = `devtop: a live monitor for balenaOS devices and other systemd hosts. It only reads.

  devtop <target> [ssh options] [scope] [--watch UNIT]… [--record FILE]
  devtop <target> --once [--json]        one reading of everything, for scripts and tickets
  devtop demo [--scene ${SCENES.join('|')}]

target        [user@]host[:port], or a Host of your ssh_config. balenaOS listens on port 22222.
ssh options   ssh's own letters: -F FILE  -i FILE  -l USER  -p PORT  -J HOST  -o KEY=VALUE
scope         what is fetched of the journal, journalctl's own: -u UNIT  -t IDENTIFIER  -S SINCE
              -n LINES (of history, 500)  --priority PRIORITY
--watch UNIT  also shows this unit under Services
--record FILE writes the session to FILE, which must not be there yet
--look-only   nothing on the device can be changed; today that is always so
-h --help, -V --version

On the screen: 1-5 choose a pane, ? shows every key, q quits.
exit code     0 done, 1 failed, 2 usage; --once: 3 where a finding of weight (error) is current
`;
