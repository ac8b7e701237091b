/**
 * The embedded device: a balenaOS device inside this process. It answers the commands that devtop sends as a real one
 * does, and nothing else. What it knows of the outside is a clock and the streams of each command.
 */
import {identity} from '../sources/identity.ts';
import {ENGINE_SAMPLER, SAMPLER} from '../sources/sampler-script.ts';
import {type Balena, createBalena} from './balena.ts';
import {chance as seeded} from './chance.ts';
import {type Clock, systemClock} from './clock.ts';
import {encodeEntry, type Kept} from './export-entry.ts';
import {createJournal, type Journal} from './journal.ts';
import {readQuery, select} from './journalctl.ts';
import {createLifecycle} from './lifecycle.ts';
import {createMachine, DEVICE} from './machine.ts';
import {createOrdinary} from './ordinary.ts';
import {writePast} from './past.ts';
import {createPull} from './pull.ts';
import {engineSampler, type Sampler, unitSampler} from './samplers.ts';
import {type SceneId, startScenes} from './scenes.ts';
import {type Call, readCommand} from './shell-words.ts';
import {type Answer, createSystemctl} from './systemctl.ts';
import {createUnits, type UnitTable} from './units.ts';
import {createVoices} from './voices.ts';

/** The streams of one command, as an SSH server gives them. */
export interface ExecIo {
	/** Called with every piece that the other side writes; null is the end. */
	stdin(listener: (text: string | null) => void): void;
	out(data: string | Uint8Array): void;
	err(data: string | Uint8Array): void;
	exit(code: number): void;
	/** The other side closed the channel, or went away. */
	onClosed(listener: () => void): void;
}

export type EmbeddedOptions = {
	readonly scene?: SceneId | 'all';
	readonly clock?: Clock;
	/** How much faster than real time; only without a clock. */
	readonly speed?: number;
};

export interface EmbeddedDevice {
	exec(command: string, io: ExecIo): void;
	/** What runs because somebody asked: argv, one per command that has not ended. */
	processes(): readonly (readonly string[])[];
	/** For tests: what it is made of. */
	readonly journal: Journal;
	readonly units: UnitTable;
	readonly balena: Balena;
	/** Ends everything; nothing is left that runs or waits. */
	close(): void;
}

/** Three days and some hours. */
const UP_MS = 273_129_000;
const SEED = 20_231_123;
const SESSION = 1412;
const COMMANDS: Record<string, true> = {journalctl: true, systemctl: true, dmesg: true};

export function startEmbeddedDevice({scene = 'all', clock: given, speed = 1}: EmbeddedOptions = {}): EmbeddedDevice {
	const clock = given ?? systemClock(speed);
	const chance = seeded(SEED);
	const startMs = clock.now();
	const bootMs = startMs - UP_MS;
	let pastMs: number | null = null;
	const nowMs = (): number => pastMs ?? clock.now();
	const {bootId, hostname, machineId} = DEVICE;
	const journal = createJournal({clock, chance, bootId, bootMs, hostname, machineId});
	const voices = createVoices(journal, nowMs, bootMs);
	const units = createUnits(clock, chance, bootMs);
	const lifecycle = createLifecycle(clock, chance, units, voices);
	const balena = createBalena(clock, chance, units, lifecycle, voices, bootMs);
	const pull = createPull(clock, chance, bootMs);
	balena.onEngineGone(() => pull.layerEnd());
	const vpnIsUp = (): boolean => units.find('openvpn.service')?.active === 'active';
	const machine = createMachine(clock, bootMs, pull, vpnIsUp);
	const systemctl = createSystemctl(units, lifecycle, voices, () => journal.entries());
	const ordinary = createOrdinary(chance, units, balena, voices, nowMs);
	const at = (ms: number | null): void => {
		pastMs = ms;
	};
	writePast({voices, table: units, balena, chance, ordinary, bootMs, nowMs: startMs, at});
	const talk = (): void => {
		ordinary();
		clock.after(chance.between(1000, 3000), talk);
	};
	clock.after(1200, talk);
	startScenes(scene, {clock, balena, lifecycle, voices, pull});

	const running = new Map<object, {argv: readonly string[]; end: () => void}>();

	/** A command that runs until it is told to stop. The result takes it off the list. */
	const stays = (argv: readonly string[], end: () => void): (() => void) => {
		const key = {};
		running.set(key, {argv, end});
		return () => {
			running.delete(key);
		};
	};

	const textOf = (entry: Kept, name: string): string => {
		const value = entry.fields.find(([key]) => key === name)?.[1];
		return typeof value === 'string' ? value : '';
	};
	const rawLine = (entry: Kept): string => {
		const us = Number(textOf(entry, '_SOURCE_MONOTONIC_TIMESTAMP'));
		const seconds = `${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')}`.padStart(12);
		return `<${textOf(entry, 'PRIORITY')}>[${seconds}] ${textOf(entry, 'MESSAGE')}\n`;
	};

	/** What a follower prints: first what is there, then what comes. Null where the command cannot be followed. */
	function follower(
		argv: readonly string[],
		out: (data: string | Uint8Array) => void,
	): {refused: string} | {stop: () => void} {
		if (argv[0] === 'dmesg') {
			const isKernel = (entry: Kept): boolean => textOf(entry, '_TRANSPORT') === 'kernel';
			for (const entry of journal.entries()) if (isKernel(entry)) out(rawLine(entry));
			return {
				stop:
					argv.includes('--follow') || argv.includes('-w')
						? journal.follow(entry => isKernel(entry) && out(rawLine(entry)))
						: () => {},
			};
		}
		const query = readQuery(argv.slice(1), clock.now());
		if ('refused' in query) return query;
		const print = (entry: Kept): void =>
			out(query.output === 'export' ? encodeEntry(entry, query.fields) : `${textOf(entry, 'MESSAGE')}\n`);
		for (const entry of select(journal.entries(), query)) print(entry);
		return {stop: query.follow ? journal.follow(entry => query.matches(entry) && print(entry)) : () => {}};
	}

	/** Runs words that end by themselves. */
	function once(
		argv: readonly string[],
		out: (data: string | Uint8Array) => void,
		done: (answer: Answer) => void,
	): void {
		const [name = ''] = argv;
		if (argv[0] === 'sh' && argv[1] === '-c' && argv[2] === identityScript)
			done({out: machine.identity(), err: '', code: 0});
		else if (name === 'systemctl') systemctl.run(argv, done);
		else if (name === 'journalctl') {
			const query = readQuery(argv.slice(1), clock.now());
			if ('refused' in query) {
				done({out: '', err: query.refused, code: 1});
				return;
			}
			const found = select(journal.entries(), query);
			for (const entry of found)
				out(query.output === 'export' ? encodeEntry(entry, query.fields) : `${textOf(entry, 'MESSAGE')}\n`);
			done({
				out: found.length === 0 && !query.quiet && query.output !== 'export' ? '-- No entries --\n' : '',
				err: '',
				code: 0,
			});
		} else if (name === 'dmesg') {
			const got = follower(
				argv.filter(word => word !== '--follow' && word !== '-w'),
				out,
			);
			if ('stop' in got) got.stop();
			done({out: '', err: '', code: 0});
		} else if (name === 'true') done({out: '', err: '', code: 0});
		else done({out: '', err: `devtop: 1: ${name}: not found\n`, code: 127});
	}
	const identityScript = identity.argv({
		scope: {units: [], identifiers: [], priority: null, since: null, lines: 0, watch: [], outputFields: true},
	})[2];

	/** Calls back with each line on stdin; `end` at its end, and where the channel is closed. */
	function lines(io: ExecIo, line: (text: string) => void, end: () => void): void {
		let rest = '';
		io.stdin(text => {
			if (text === null) {
				end();
				return;
			}
			rest += text;
			for (let stop = rest.indexOf('\n'); stop >= 0; stop = rest.indexOf('\n')) {
				const whole = rest.slice(0, stop);
				rest = rest.slice(stop + 1);
				line(whole);
			}
		});
		io.onClosed(end);
	}

	function runPoll(call: Extract<Call, {kind: 'poll'}>, command: readonly string[], io: ExecIo): void {
		const {token, script, argv} = call;
		const sampler: Sampler | null =
			script === SAMPLER
				? unitSampler(argv, systemctl, machine, pull, () => balena.engine.mainPid, SESSION)
				: script === ENGINE_SAMPLER
					? engineSampler(balena, machine)
					: null;
		if (sampler === null) {
			io.err('sh: 1: the embedded device does not know this script\n');
			io.exit(127);
			return;
		}
		const end = (): void => {
			if (!running.has(key)) return;
			running.delete(key);
			io.out(`__DEVTOP_${token}=0\n\n`);
			io.exit(0);
		};
		const key = {};
		running.set(key, {argv: command, end});
		lines(
			io,
			text => {
				if (!running.has(key)) return;
				const [tick = '', ...want] = text.split(' ');
				if (tick === 'stop') end();
				else io.out(`__DEVTOP_${token} begin ${tick}\n${sampler(want.join(' '))}__DEVTOP_${token} end ${tick}\n`);
			},
			end,
		);
	}

	function runFollow(token: string, argv: readonly string[], io: ExecIo): void {
		const finish = (code: number): void => {
			io.out(`__DEVTOP_${token}=${code}\n\n`);
			io.exit(0);
		};
		if (COMMANDS[argv[0] ?? ''] !== true) {
			io.err(`devtop: 1: ${argv[0] ?? ''}: not found\n`);
			finish(127);
			return;
		}
		const got = follower(argv, data => io.out(data));
		if ('refused' in got) {
			io.err(got.refused);
			finish(1);
			return;
		}
		let done = false;
		const end = (): void => {
			if (done) return;
			done = true;
			got.stop();
			off();
			// The wrapper ends it with TERM, 128 + 15, and the shell says so.
			io.err('Terminated\n');
			finish(143);
		};
		const off = stays(argv, end);
		lines(io, end, end);
	}

	return {
		journal,
		units,
		balena,
		processes: () => [...running.values()].map(({argv}) => argv),
		exec: (command, io) => {
			const call = readCommand(command);
			if (call === null) {
				io.err('sh: 1: Syntax error: Unterminated quoted string\n');
				io.exit(2);
			} else if (call.kind === 'poll') runPoll(call, ['sh', 'devtop', call.token, ...call.argv], io);
			else if (call.kind === 'follow') runFollow(call.token, call.argv, io);
			else {
				const off = stays(call.argv, () => {});
				once(
					call.argv,
					data => io.out(data),
					({out, err, code}) => {
						off();
						if (out !== '') io.out(out);
						if (err !== '') io.err(err);
						if (call.kind === 'once') io.out(`__DEVTOP_${call.token}=${code}\n\n`);
						io.exit(call.kind === 'once' ? 0 : code);
					},
				);
			}
		},
		close: () => {
			for (const {end} of [...running.values()]) end();
			running.clear();
			balena.close();
			clock.stop();
		},
	};
}
