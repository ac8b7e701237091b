/** Units: start, stop, restart, and reading their files anew. */
import {type Action, type Readings, runningOf, type Subject} from '../domain/guard.ts';
import {count, listed} from '../domain/text.ts';
import {
	always,
	diskSpace,
	jobQueued,
	looping,
	memory,
	noHostUpdate,
	noPull,
	noSupervisorUpdate,
	pullGoesOn,
	restartsByItself,
	startedAgain,
	updateLocks,
} from './checks.ts';
import {provenRunning, provenStopped, refusedBy} from './proof.ts';
import {
	type Doing,
	ENGINE,
	endsDevice,
	ground,
	refusedFor,
	riskOf,
	SUPERVISOR,
	stopping,
	stopsWith,
	where,
} from './weight.ts';

/** `--show-transaction` says the number of the job that we queued; systemctl has it since systemd 242 (systemctl(1), NEWS). */
export const SAYS_JOB = 242;

/**
 * `--no-block`: the engine has no limit for its start, and a link that is lost must not end the job. A word of its own
 * behind `--`, so that no name can be an option.
 */
export const systemctl = (verb: 'start' | 'stop' | 'restart', unit: string, {systemd}: Pick<Readings, 'systemd'>) => [
	'systemctl',
	verb,
	'--no-block',
	...(systemd !== null && systemd >= SAYS_JOB ? ['--show-transaction'] : []),
	'--',
	unit,
];

const nameOf = (subject: Subject): string => (subject.kind === 'unit' ? subject.unit : '');

/**
 * The run that was looked at. Of a unit that restarts by itself the invocation changes by itself: what must hold is that
 * it still is the same unit file.
 */
export function unitBasis(_: Subject, readings: Readings): string {
	const {unit, bootId} = readings;
	if (unit === null) return `boot ${bootId}`;
	return looping(readings)
		? `boot ${bootId}, ${unit.loadState}, ${unit.fragmentPath}, restarting by itself`
		: `boot ${bootId}, ${unit.loadState}, ${unit.activeState}, invocation ${unit.invocationId || 'none'}`;
}

function pulled(doing: Doing, readings: Readings): string {
	const names = stopsWith(doing, readings);
	return names.length === 0 ? '' : ` With it ${names.length === 1 ? 'stops' : 'stop'} ${listed(names)}.`;
}

const containers = (doing: Doing, subject: Subject, readings: Readings): string =>
	stopping(doing, subject, readings).some(name => ENGINE.test(name)) && readings.containers !== null
		? ` All ${count(runningOf(readings.containers).length, 'running container')} stop with the engine.`
		: '';

/** What is asked before a unit is touched. */
const checksOf = (doing: Doing): Action['checks'] => [
	...always,
	where(doing, ENGINE, noPull),
	where(doing, ENGINE, noHostUpdate),
	where(doing, ENGINE, noSupervisorUpdate),
	where(doing, ENGINE, updateLocks),
	where(doing, SUPERVISOR, noSupervisorUpdate),
	where(doing, SUPERVISOR, pullGoesOn),
	ground(doing),
	endsDevice,
	restartsByItself,
	jobQueued,
	diskSpace,
	memory,
];

export const startUnit: Action = {
	id: 'unit.start',
	title: 'Start the unit',
	key: 's',
	word: 'start',
	effect: 'it starts, and with it what it requires',
	proves: 'our own job is done, it runs anew, and holds for a minute',
	of: 'unit',
	risk: riskOf('start'),
	notOffered: (subject, readings) =>
		refusedFor('start', subject, readings) || (readings.unit?.activeState === 'active' ? 'It is active already.' : ''),
	checks: checksOf('start'),
	stops: readings => stopsWith('start', readings),
	basis: unitBasis,
	steps: (subject, readings) => [systemctl('start', nameOf(subject), readings)],
	consequence: (subject, readings) => {
		const others = readings.unit?.starts ?? [];
		const also = others.length === 0 ? 'what it requires' : listed(others);
		return `${nameOf(subject)} starts, and with it ${also}.${pulled('start', readings)}${containers('start', subject, readings)}`;
	},
	mayNotReturn: false,
	proof: provenRunning,
	proofLimitMs: 180_000,
};

export const stopUnit: Action = {
	id: 'unit.stop',
	title: 'Stop the unit',
	key: 't',
	word: 'stop',
	effect: 'it stops, and with it what requires it, and stays down',
	proves: 'our own job is done, and it stays down for ten seconds',
	of: 'unit',
	risk: riskOf('stop'),
	notOffered: (subject, readings) =>
		refusedFor('stop', subject, readings) ||
		(/^(?:inactive|failed)$/.test(readings.unit?.activeState ?? '') ? 'It is not running.' : ''),
	checks: [...checksOf('stop'), startedAgain],
	basis: unitBasis,
	steps: (subject, readings) => [systemctl('stop', nameOf(subject), readings)],
	consequence: (subject, readings) =>
		`${nameOf(subject)} stops and stays down until somebody starts it.${pulled('stop', readings)}${containers('stop', subject, readings)}`,
	mayNotReturn: false,
	proof: provenStopped,
	proofLimitMs: 180_000,
};

export const restartUnit: Action = {
	id: 'unit.restart',
	title: 'Restart the unit',
	key: 'r',
	word: 'restart',
	effect: 'it stops and starts again, and with it what requires it',
	proves: 'our own job is done, it runs anew, and holds for a minute',
	of: 'unit',
	risk: riskOf('restart'),
	notOffered: (subject, readings) => refusedFor('restart', subject, readings),
	checks: checksOf('restart'),
	stops: readings => stopsWith('restart', readings),
	basis: unitBasis,
	steps: (subject, readings) => [systemctl('restart', nameOf(subject), readings)],
	consequence: (subject, readings) =>
		`${nameOf(subject)} stops and starts again; who uses it meanwhile is dropped.${pulled('restart', readings)}${containers('restart', subject, readings)}`,
	mayNotReturn: false,
	proof: provenRunning,
	proofLimitMs: 180_000,
};

export const reloadUnits: Action = {
	id: 'units.reload',
	title: 'Read all unit files anew (daemon-reload)',
	key: 'd',
	word: 'reload',
	effect: 'PID 1 reads its unit files anew (daemon-reload); no service is touched',
	proves: 'exit code 0',
	of: 'device',
	risk: () => 'reversible',
	notOffered: () => '',
	checks: always,
	basis: (_, {bootId}) => `boot ${bootId}`,
	steps: () => [['systemctl', 'daemon-reload']],
	consequence: () => 'PID 1 reads its unit files anew; no service is touched.',
	mayNotReturn: false,
	proof: (_, observed) =>
		refusedBy(observed) ?? {kind: 'proven', sentence: 'PID 1 has read its unit files anew (exit code 0).'},
	proofLimitMs: 60_000,
};
