/** The programs of the embedded device: what each prints, by itself or for as long as it is followed. */
import {everything} from '../domain/source.ts';
import {doctorLook} from '../sources/doctor.ts';
import {guardLook} from '../sources/guard.ts';
import {identity, uuidArgv} from '../sources/identity.ts';
import {supervisorLook} from '../sources/supervisor.ts';
import type {Balena} from './balena.ts';
import {encodeEntry, type Kept} from './export-entry.ts';
import {guardLook as answerLook} from './guard-look.ts';
import type {Journal} from './journal.ts';
import {type Query, readQuery, select} from './journalctl.ts';
import type {Machine} from './machine.ts';
import {supervisorLook as answerSupervisor} from './supervisor-look.ts';
import type {Answer, Systemctl} from './systemctl.ts';
import type {UnitTable} from './units.ts';

export type Out = (data: string | Uint8Array) => void;

export interface Programs {
	/** Runs words that end by themselves. */
	run(argv: readonly string[], out: Out, done: (answer: Answer) => void): void;
	/**
	 * Prints what is there, then what comes, until the result is called. Null where these words do not follow: then
	 * they are run.
	 */
	follow(argv: readonly string[], out: Out): (() => void) | null;
}

const IDENTITY = identity.argv({scope: everything})[2];
const UUID = uuidArgv[2];
const DOCTOR_LOOK = doctorLook.argv({scope: everything})[2];
const LOOK = guardLook.argv({scope: everything})[2];
const SUPERVISOR_LOOK = supervisorLook.argv({scope: everything})[2];

const textOf = (entry: Kept, name: string): string => {
	const value = entry.fields.find(([key]) => key === name)?.[1];
	return typeof value === 'string' ? value : '';
};
const isKernel = (entry: Kept): boolean => textOf(entry, '_TRANSPORT') === 'kernel';

/** A line of `dmesg --raw`. */
function rawLine(entry: Kept): string {
	const us = Number(textOf(entry, '_SOURCE_MONOTONIC_TIMESTAMP'));
	const seconds = `${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')}`.padStart(12);
	return `<${textOf(entry, 'PRIORITY')}>[${seconds}] ${textOf(entry, 'MESSAGE')}\n`;
}

/** A person may ask for other forms; they get the text. */
const printed = (entry: Kept, {output, fields}: Query): string | Uint8Array =>
	output === 'export' ? encodeEntry(entry, fields) : `${textOf(entry, 'MESSAGE')}\n`;

const answer = (out: string, err = '', code = 0): Answer => ({out, err, code});

export function createPrograms(
	journal: Journal,
	systemctl: Systemctl,
	machine: Machine,
	table: UnitTable,
	nowMs: () => number,
	balena: Balena,
): Programs {
	const journalctl = (argv: readonly string[], out: Out): Answer => {
		const query = readQuery(argv.slice(1), nowMs());
		if ('refused' in query) return answer('', query.refused, 1);
		const found = select(journal.entries(), query);
		for (const entry of found) out(printed(entry, query));
		return answer(found.length === 0 && !query.quiet && query.output !== 'export' ? '-- No entries --\n' : '');
	};
	const dmesg = (out: Out): void => {
		for (const entry of journal.entries()) if (isKernel(entry)) out(rawLine(entry));
	};
	/** `balena rm -f ID…`: each is said, and what is not there is refused, as the engine's client does it. */
	const engine = ([, verb, flag, ...ids]: readonly string[]): Answer => {
		if (verb !== 'rm' || flag !== '-f') return answer('', `balena: '${verb}' is not a balena command.\n`, 1);
		if (balena.engine.active !== 'active')
			return answer('', 'Cannot connect to the balenaEngine daemon at unix:///var/run/balena-engine.sock.\n', 1);
		const gone = ids.filter(id => balena.remove(id));
		const missing = ids.filter(id => !gone.includes(id));
		const said = (list: readonly string[], before = ''): string => list.map(id => `${before}${id}\n`).join('');
		return answer(said(gone), said(missing, 'Error: No such container: '), missing.length === 0 ? 0 : 1);
	};
	const run: Programs['run'] = (argv, out, done) => {
		const [name = '', flag, script, , word = ''] = argv;
		switch (name) {
			case 'timeout':
				run(argv.slice(2), out, done);
				return;
			case 'balena':
				done(engine(argv));
				return;
			case 'cp':
			case 'rm':
				done(balena.files.run(argv));
				return;
			case 'sync':
				done(answer(''));
				return;
			case 'systemctl':
				systemctl.run(argv, done);
				return;
			case 'journalctl':
				done(journalctl(argv, out));
				return;
			case 'dmesg':
				dmesg(out);
				done(answer(''));
				return;
			case 'true':
				done(answer(''));
				return;
			case '/usr/lib/balena/balena-healthcheck':
				done(answer('', '', table.find('balena.service')?.active === 'active' ? 0 : 1));
				return;
			case 'chronyc':
				done(argv[1] === 'makestep' ? answer('200 OK\n') : answer('', `Unrecognized command\n`, 1));
				return;
			case 'echo':
				done(answer(`${argv.slice(1).join(' ')}\n`));
				return;
			default:
				if (name === 'sh' && flag === '-c' && script === IDENTITY) done(answer(machine.identity()));
				else if (name === 'sh' && flag === '-c' && script === UUID) done(answer(machine.uuid()));
				else if (name === 'sh' && flag === '-c' && script === DOCTOR_LOOK)
					done(
						answer(
							`user root\ngroups root\njournal 0 \nio read\nengine ${balena.engine.active === 'active' ? 'active balena.service 0 ' : 'stopped balena.service'}\n`,
						),
					);
				else if (name === 'sh' && flag === '-c' && script === LOOK) done(answer(answerLook(word, systemctl, table)));
				else if (name === 'sh' && flag === '-c' && script === SUPERVISOR_LOOK)
					done(answer(answerSupervisor(argv[6] === 'sizes', table, balena, nowMs())));
				// The script's $0 is "devtop", and dash begins with it.
				else done(answer('', `devtop: 1: exec: ${name}: not found\n`, 127));
		}
	};
	return {
		run,
		follow: (argv, out) => {
			if (argv[0] === 'dmesg' && (argv.includes('--follow') || argv.includes('-w'))) {
				dmesg(out);
				return journal.follow(entry => {
					if (isKernel(entry)) out(rawLine(entry));
				});
			}
			if (argv[0] !== 'journalctl') return null;
			const query = readQuery(argv.slice(1), nowMs());
			if ('refused' in query || !query.follow) return null;
			for (const entry of select(journal.entries(), query)) out(printed(entry, query));
			return journal.follow(entry => {
				if (query.matches(entry)) out(printed(entry, query));
			});
		},
	};
}
