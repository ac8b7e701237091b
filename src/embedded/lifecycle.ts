/** What systemd does with a unit: starts, stops, restarts, and what it writes about it. */
import type {Chance} from './chance.ts';
import type {Clock} from './clock.ts';
import type {Unit, UnitTable} from './units.ts';
import {MESSAGE, type Voices} from './voices.ts';

/** How a main process ended: `code` as waitid(2) counts (1 exited, 2 killed). */
export type Death =
	| {readonly code: 1; readonly status: number}
	| {readonly code: 2; readonly status: number; readonly signal: string};

/** What others do when a unit comes or goes: the engine its containers, the supervisor its lines. */
export interface Attendant {
	/** Its new process runs, the unit is not up yet. The result is how much longer it takes. */
	starting(unit: Unit): number;
	started(unit: Unit): void;
	/** It was told to end. */
	stopping(unit: Unit): void;
	/** It is down, for whatever reason; `asked` where somebody wanted it so. */
	ended(unit: Unit, asked: boolean): void;
}

export interface Lifecycle {
	start(unit: Unit, done?: () => void): void;
	stop(unit: Unit, done?: () => void): void;
	restart(unit: Unit, done?: () => void): void;
	/** Its main process ended without being asked. */
	die(unit: Unit, death: Death): void;
	attend(attendant: Attendant): void;
}

const SIGNAL_RESULT = 'signal';

export function createLifecycle(clock: Clock, chance: Chance, table: UnitTable, voices: Voices): Lifecycle {
	let attendant: Attendant = {starting: () => 0, started: () => {}, stopping: () => {}, ended: () => {}};
	let jobs = 880;
	let pids = 3100;
	const title = ({spec}: Unit): string => `${spec.id} - ${spec.description}`;
	const job = (unit: Unit, type: string, done = false): [string, string][] => [
		['JOB_ID', String(unit.job)],
		['JOB_TYPE', type],
		...(done ? ([['JOB_RESULT', 'done']] as [string, string][]) : []),
	];
	const later = (unit: Unit, ms: number, run: () => void): void => {
		unit.cancel?.();
		unit.cancel = clock.after(ms, () => {
			unit.cancel = null;
			run();
		});
	};

	function begin(unit: Unit, done?: () => void): void {
		const {spec} = unit;
		unit.invocation = chance.hex(32);
		pids += chance.between(3, 17);
		if (spec.type !== '') {
			unit.mainPid = pids;
			unit.execPid = pids;
			unit.execStartUs = table.nowUs();
			unit.execExitUs = 0;
			unit.execCode = 0;
			unit.execStatus = 0;
		}
		unit.result = 'success';
		unit.cpuNs = 0;
		unit.cpuSinceUs = table.nowUs();
		if (spec.starting)
			voices.systemd(unit, `Starting ${title(unit)}...`, [['MESSAGE_ID', MESSAGE.starting], ...job(unit, 'start')]);
		table.enter(unit, 'activating', 'start');
		const longer = attendant.starting(unit);
		later(unit, spec.startMs + longer, () => {
			if (spec.type === 'oneshot') {
				unit.mainPid = 0;
				unit.execCode = 1;
				unit.execExitUs = table.nowUs();
				table.enter(unit, 'inactive', 'dead');
				voices.systemd(unit, `${spec.id}: Deactivated successfully.`, [['MESSAGE_ID', MESSAGE.deactivated]]);
				voices.systemd(unit, `Finished ${title(unit)}.`, [
					['MESSAGE_ID', MESSAGE.started],
					...job(unit, 'start', true),
				]);
			} else {
				table.enter(unit, 'active', spec.sub);
				voices.systemd(unit, `Started ${title(unit)}.`, [['MESSAGE_ID', MESSAGE.started], ...job(unit, 'start', true)]);
			}
			attendant.started(unit);
			done?.();
		});
	}

	function start(unit: Unit, done?: () => void): void {
		if (unit.active === 'active' || (unit.active === 'activating' && unit.sub === 'start')) {
			done?.();
			return;
		}
		unit.cancel?.();
		unit.restarts = 0;
		unit.job = ++jobs;
		begin(unit, done);
	}

	/** Takes it down; what comes next is the caller's. */
	function down(unit: Unit, type: 'stop' | 'restart', done: () => void): void {
		const {spec} = unit;
		unit.job = ++jobs;
		unit.restarts = 0;
		if (unit.active === 'inactive' || unit.active === 'failed') {
			done();
			return;
		}
		if (unit.sub === 'auto-restart') {
			unit.cancel?.();
			unit.cancel = null;
			table.enter(unit, 'inactive', 'dead');
			voices.systemd(unit, `Stopped ${title(unit)}.`, [['MESSAGE_ID', MESSAGE.stopped], ...job(unit, type, true)]);
			done();
			return;
		}
		voices.systemd(unit, `Stopping ${title(unit)}...`, [['MESSAGE_ID', MESSAGE.stopping], ...job(unit, 'stop')]);
		table.enter(unit, 'deactivating', 'stop-sigterm');
		attendant.stopping(unit);
		later(unit, spec.stopMs, () => {
			unit.mainPid = 0;
			if (spec.type !== '') {
				unit.execCode = 1;
				unit.execStatus = 0;
				unit.execExitUs = table.nowUs();
			}
			table.enter(unit, 'inactive', 'dead');
			voices.systemd(unit, `${spec.id}: Deactivated successfully.`, [['MESSAGE_ID', MESSAGE.deactivated]]);
			voices.systemd(unit, `Stopped ${title(unit)}.`, [['MESSAGE_ID', MESSAGE.stopped], ...job(unit, type, true)]);
			attendant.ended(unit, true);
			done();
		});
	}

	/** `Restart=` after the main process went by itself. */
	function restarts(unit: Unit, death: Death): boolean {
		const clean =
			(death.code === 1 && death.status === 0) || (death.code === 2 && [1, 2, 13, 15].includes(death.status));
		switch (unit.spec.restart) {
			case 'always':
				return true;
			case 'on-failure':
				return !clean;
			// systemd counts every signal that is not a clean one as an abort.
			case 'on-abort':
				return !clean && death.code === 2;
			default:
				return false;
		}
	}

	function die(unit: Unit, death: Death): void {
		const {spec} = unit;
		unit.cancel?.();
		unit.cancel = null;
		const clean = (death.code === 1 && death.status === 0) || (death.code === 2 && death.status === 15);
		unit.mainPid = 0;
		unit.execCode = death.code;
		unit.execStatus = death.status;
		unit.execExitUs = table.nowUs();
		if (clean) {
			unit.result = 'success';
			voices.systemd(unit, `${spec.id}: Deactivated successfully.`, [['MESSAGE_ID', MESSAGE.deactivated]]);
		} else {
			unit.result = death.code === 2 ? SIGNAL_RESULT : 'exit-code';
			const word = death.code === 2 ? 'killed' : 'exited';
			const status =
				death.code === 2
					? `${death.status}/${death.signal}`
					: `${death.status}/${death.status === 1 ? 'FAILURE' : 'n/a'}`;
			voices.systemd(
				unit,
				`${spec.id}: Main process exited, code=${word}, status=${status}`,
				[
					['MESSAGE_ID', MESSAGE.exited],
					['COMMAND', 'ExecStart'],
					['EXIT_CODE', word],
					['EXIT_STATUS', String(death.status)],
				],
				death.code === 2 ? 4 : 5,
			);
			voices.systemd(
				unit,
				`${spec.id}: Failed with result '${unit.result}'.`,
				[
					['MESSAGE_ID', MESSAGE.failed],
					['UNIT_RESULT', unit.result],
				],
				4,
			);
		}
		const again = restarts(unit, death);
		if (again) table.enter(unit, 'activating', 'auto-restart');
		else table.enter(unit, clean ? 'inactive' : 'failed', clean ? 'dead' : 'failed');
		attendant.ended(unit, false);
		if (!again) return;
		later(unit, spec.restartMs ?? 169, () => {
			unit.restarts++;
			unit.job = ++jobs;
			voices.systemd(unit, `${spec.id}: Scheduled restart job, restart counter is at ${unit.restarts}.`, [
				['MESSAGE_ID', MESSAGE.restartScheduled],
				['N_RESTARTS', String(unit.restarts)],
			]);
			voices.systemd(unit, `Stopped ${title(unit)}.`, [['MESSAGE_ID', MESSAGE.stopped], ...job(unit, 'restart', true)]);
			begin(unit);
		});
	}

	return {
		start,
		stop: (unit, done) => down(unit, 'stop', () => done?.()),
		restart: (unit, done) =>
			down(unit, 'restart', () => {
				begin(unit, done);
			}),
		die,
		attend: one => {
			attendant = one;
		},
	};
}
