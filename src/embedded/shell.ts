/** Runs command lines as the device's shell would: the wrappers of transport/command.ts, with their trailers. */
import {everything} from '../domain/source.ts';
import {doctorShell, SHELL_CODE} from '../sources/doctor.ts';
import type {Programs} from './programs.ts';
import type {Sampler} from './samplers.ts';
import {readCommand} from './shell-words.ts';

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

export interface Shell {
	exec(command: string, io: ExecIo): void;
	/** argv of what has not ended. */
	processes(): readonly (readonly string[])[];
	/** Ends everything as a stop line would. */
	close(): void;
}

const [DOCTOR_SHELL] = doctorShell.argv({scope: everything});

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

/** How long a wrapper stays that lingers, as in transport/command.ts. */
const LINGER_MS = 300;

/** Ends a command, at once or after it has lingered. */
function leave(io: ExecIo, code: number, lingers: boolean): void {
	if (lingers) setTimeout(() => io.exit(code), LINGER_MS).unref();
	else io.exit(code);
}

/** @param samplerOf a new sampler for a script and its arguments; null where the script is not known. */
export function createShell(
	programs: Programs,
	samplerOf: (script: string, argv: readonly string[]) => Sampler | null,
): Shell {
	const running = new Map<object, {readonly argv: readonly string[]; readonly end: () => void}>();

	/** Puts a command on the list. The result ends it, once. */
	function enlist(
		argv: readonly string[],
		finish: () => void,
	): {readonly end: () => void; readonly runs: () => boolean} {
		const key = {};
		const end = (): void => {
			if (running.delete(key)) finish();
		};
		running.set(key, {argv, end});
		return {end, runs: () => running.has(key)};
	}

	function poll(token: string, sampler: Sampler, argv: readonly string[], io: ExecIo): void {
		const {end, runs} = enlist(['sh', 'devtop', token, ...argv], () => {
			io.out(`__DEVTOP_${token}=0\n\n`);
			io.exit(0);
		});
		const tick = (line: string): void => {
			if (!runs()) return;
			const [number = '', ...want] = line.split(' ');
			if (number === 'stop') end();
			else io.out(`__DEVTOP_${token} begin ${number}\n${sampler(want.join(' '))}__DEVTOP_${token} end ${number}\n`);
		};
		lines(io, tick, end);
	}

	/** @param token null where nothing of ours is around the words: then the code is the exit status. */
	function once(token: string | null, argv: readonly string[], io: ExecIo, lingers = false): void {
		// Whoever asked may go away; what systemctl began goes on.
		const {end} = enlist(argv, () => {});
		programs.run(
			argv,
			data => io.out(data),
			({out, err, code}) => {
				end();
				if (out !== '') io.out(out);
				if (err !== '') io.err(err);
				if (token !== null) io.out(`__DEVTOP_${token}=${code}\n\n`);
				leave(io, token === null ? code : 0, lingers);
			},
		);
	}

	function follow(token: string, argv: readonly string[], io: ExecIo, lingers: boolean): void {
		const stop = programs.follow(argv, data => io.out(data));
		if (stop === null) {
			once(token, argv, io, lingers);
			return;
		}
		const {end} = enlist(argv, () => {
			stop();
			// The wrapper ends it with TERM, 128 + 15, and the shell says so.
			io.err('Terminated\n');
			io.out(`__DEVTOP_${token}=143\n\n`);
			leave(io, 0, lingers);
		});
		lines(io, end, end);
	}

	return {
		processes: () => [...running.values()].map(({argv}) => argv),
		close: () => {
			for (const {end} of [...running.values()]) end();
		},
		exec: (command, io) => {
			const call = readCommand(command);
			if (call === null) {
				io.err('sh: 1: Syntax error: Unterminated quoted string\n');
				io.exit(2);
			} else if (call.kind === 'plain') once(null, call.argv, io);
			else if (call.kind === 'once') once(call.token, call.argv, io, call.lingers);
			else if (call.kind === 'follow') follow(call.token, call.argv, io, call.lingers);
			else if (call.kind === 'poll' && call.script === DOCTOR_SHELL) {
				const mark = `__DEVTOP_${call.token}`;
				// As a process ends: not before the one who started it has it.
				queueMicrotask(() => {
					io.out(`${mark} begin 0\nshell /bin/sh\n${mark} end 0\n${mark}=${SHELL_CODE}\n\n`);
					io.exit(SHELL_CODE);
				});
			} else if (call.kind === 'poll') {
				const sampler = samplerOf(call.script, call.argv);
				if (sampler !== null) poll(call.token, sampler, call.argv, io);
				else {
					io.err('The embedded device does not know this script.\n');
					io.exit(127);
				}
			}
		},
	};
}
