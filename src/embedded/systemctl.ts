/** `systemctl`: what it prints, in which words it refuses, and what it does to the units. */
import type {Kept} from './export-entry.ts';
import type {Death, Lifecycle} from './lifecycle.ts';
import {fullName, type Unit, type UnitTable} from './units.ts';
import type {Voices} from './voices.ts';

/** What a command printed, and its exit code. */
export type Answer = {readonly out: string; readonly err: string; readonly code: number};

export interface Systemctl {
	/** Calls back at once, or when the job is done (`start`, `stop`, `restart` wait for it). */
	run(argv: readonly string[], done: (answer: Answer) => void): void;
	show(names: readonly string[], only: ReadonlySet<string> | null): string;
	/** `list-units --plain --no-legend`. */
	list(state: string | null): string;
}

const SIGNALS: Record<string, number> = {HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, USR1: 10, SEGV: 11, TERM: 15};

const answer = (out: string, code = 0, err = ''): Answer => ({out, err, code});
const refused = (err: string, code = 1): Answer => ({out: '', err, code});

export function createSystemctl(
	table: UnitTable,
	lifecycle: Lifecycle,
	voices: Voices,
	entries: () => readonly Kept[],
): Systemctl {
	const show: Systemctl['show'] = (names, only) => names.map(name => table.block(name, only)).join('\n');

	const list: Systemctl['list'] = state => {
		const shown = table.units.filter(unit => state === null || unit.active === state || unit.sub === state);
		const width = (pick: (unit: Unit) => string): number => Math.max(0, ...shown.map(unit => pick(unit).length));
		const [names, actives, subs] = [width(unit => unit.spec.id), width(unit => unit.active), width(unit => unit.sub)];
		return shown
			.map(
				({spec, active, sub}) =>
					`${spec.id.padEnd(names)} loaded ${active.padEnd(actives)} ${sub.padEnd(subs)} ${spec.description}\n`,
			)
			.join('');
	};

	/** The short form of `status`; it says enough for a person, and nobody parses it. */
	const status = (unit: Unit): Answer => {
		const {spec, active, sub, mainPid, stamps} = unit;
		const since = new Set(['StateChangeTimestamp']);
		const when = table.block(spec.id, since).trim().replace('StateChangeTimestamp=', '');
		const ago = Math.max(0, Math.round((table.nowUs() - stamps.stateChange) / 1_000_000));
		const lines = [
			`${active === 'active' ? '●' : active === 'failed' ? '×' : '○'} ${spec.id} - ${spec.description}`,
			`     Loaded: loaded (${spec.path}; ${spec.enabled}; preset: enabled)`,
			`     Active: ${active} (${sub}) since ${when}; ${ago}s ago`,
			...(mainPid === 0 ? [] : [`   Main PID: ${mainPid} (${spec.comm})`]),
		];
		const text = (entry: Kept, name: string): string | undefined =>
			entry.fields.find(([key]) => key === name)?.[1] as string | undefined;
		const own = entries()
			.filter(entry => text(entry, '_SYSTEMD_UNIT') === spec.id || text(entry, 'UNIT') === spec.id)
			.slice(-10)
			.map(entry => {
				const at = new Date(entry.realtimeUs / 1000).toUTCString();
				return `${at.slice(8, 11)} ${at.slice(5, 7)} ${at.slice(17, 25)} ${text(entry, '_HOSTNAME')} ${text(entry, 'SYSLOG_IDENTIFIER')}[${text(entry, '_PID')}]: ${text(entry, 'MESSAGE')}`;
			});
		return answer(`${[...lines, '', ...own].join('\n')}\n`, active === 'active' || active === 'activating' ? 0 : 3);
	};

	const kill = (unit: Unit, signal: string, done: (answer: Answer) => void): void => {
		const name = signal.replace(/^SIG/, '').toUpperCase();
		const number = SIGNALS[name] ?? Number(signal);
		if (!Number.isSafeInteger(number)) {
			done(refused(`Failed to parse signal string ${signal}.\n`));
			return;
		}
		if (unit.mainPid === 0) {
			done(answer(''));
			return;
		}
		const named = Object.entries(SIGNALS).find(([, value]) => value === number)?.[0] ?? String(number);
		voices.systemd(
			unit,
			`${unit.spec.id}: Sent signal SIG${named} to main process ${unit.mainPid} (${unit.spec.comm}) on client request.`,
		);
		const death: Death = {code: 2, status: number, signal: named};
		// HUP and USR1 are handled by daemons; the others end them.
		if (number !== 1 && number !== 10) lifecycle.die(unit, death);
		done(answer(''));
	};

	function change(
		verb: string,
		names: readonly string[],
		options: readonly string[],
		done: (answer: Answer) => void,
	): void {
		if (names.length === 0) {
			done(refused('Too few arguments.\n'));
			return;
		}
		const missing = names.find(name => table.find(name) === undefined);
		if (missing !== undefined) {
			const full = fullName(missing);
			if (verb === 'kill') done(refused(`Failed to kill unit ${full}: Unit ${full} not loaded.\n`));
			else if (verb === 'stop') done(refused(`Failed to stop ${full}: Unit ${full} not loaded.\n`, 5));
			else if (verb === 'reset-failed')
				done(refused(`Failed to reset failed state of unit ${full}: Unit ${full} not loaded.\n`));
			else done(refused(`Failed to ${verb} ${full}: Unit ${full} not found.\n`, 5));
			return;
		}
		const units = names.flatMap(name => table.find(name) ?? []);
		if (verb === 'kill') {
			const signal = options.find(option => option.startsWith('--signal='))?.slice(9) ?? 'TERM';
			for (const [index, unit] of units.entries()) kill(unit, signal, index === units.length - 1 ? done : () => {});
			return;
		}
		if (verb === 'reset-failed') {
			for (const unit of units) {
				unit.restarts = 0;
				unit.result = 'success';
				if (unit.active === 'failed') table.enter(unit, 'inactive', 'dead');
			}
			done(answer(''));
			return;
		}
		const waits = !options.includes('--no-block');
		const stays = verb === 'stop' && units.some(unit => unit.spec.id === 'balena.service');
		const err = stays
			? 'Warning: Stopping balena.service, but it can still be activated by:\n  balena-engine.socket\n'
			: '';
		let left = units.length;
		const queued = (): string =>
			options.includes('--show-transaction')
				? units.map(({job, spec}) => `Enqueued anchor job ${job} ${spec.id}/${verb}.\n`).join('')
				: '';
		const one = (): void => {
			left--;
			if (left === 0 && waits) done(answer('', 0, err));
		};
		for (const unit of units) {
			if (verb === 'start') lifecycle.start(unit, one);
			else if (verb === 'stop') lifecycle.stop(unit, one);
			else lifecycle.restart(unit, one);
		}
		if (!waits) done(answer('', 0, queued() + err));
	}

	return {
		show,
		list,
		run: (argv, done) => {
			const rest = argv.slice(1);
			const end = rest.indexOf('--');
			const options: string[] = [];
			const words: string[] = end < 0 ? [] : rest.slice(end + 1);
			let only: Set<string> | null = null;
			const before = end < 0 ? rest : rest.slice(0, end);
			const plain: string[] = [];
			for (let at = 0; at < before.length; at++) {
				const word = before[at] ?? '';
				const listed = word.startsWith('--property=')
					? word.slice(11)
					: word === '-p' || word === '--property'
						? (before[++at] ?? '')
						: null;
				if (listed !== null) {
					only ??= new Set();
					for (const name of listed.split(',')) only.add(name);
				} else if (word.startsWith('-')) options.push(word);
				else plain.push(word);
			}
			words.unshift(...plain);
			const [verb = 'list-units', ...names] = words;
			if (options.includes('--version')) {
				done(answer('systemd 252 (252.39-1~deb12u2)\n'));
				return;
			}
			switch (verb) {
				case 'show':
					done(answer(show(names, only)));
					return;
				case 'list-units':
					done(
						answer(
							list(
								options.find(option => option.startsWith('--state='))?.slice(8) ??
									(options.includes('--failed') ? 'failed' : null),
							),
						),
					);
					return;
				case 'is-active': {
					const states = names.map(name => table.find(name)?.active ?? 'inactive');
					done(answer(states.map(state => `${state}\n`).join(''), states.includes('active') ? 0 : 3));
					return;
				}
				case 'is-failed': {
					const states = names.map(name => table.find(name)?.active ?? 'inactive');
					done(answer(states.map(state => `${state}\n`).join(''), states.includes('failed') ? 0 : 1));
					return;
				}
				case 'status': {
					const [name = ''] = names;
					const unit = table.find(name);
					done(unit === undefined ? refused(`Unit ${fullName(name)} could not be found.\n`, 4) : status(unit));
					return;
				}
				// Nothing of ours changes by it.
				case 'daemon-reload':
					done(answer(''));
					return;
				case 'start':
				case 'stop':
				case 'restart':
				case 'kill':
				case 'reset-failed':
					change(verb, names, options, done);
					return;
				default:
					done(refused(`Unknown command verb ${verb}.\n`));
			}
		},
	};
}
