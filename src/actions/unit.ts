/** Units: start, stop, restart, and reading their files anew. */
import {type Action, type Readings, type Risk, runningOf, type Subject} from '../domain/guard.ts';
import {count} from '../domain/text.ts';
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
import {isOurRoad} from './road.ts';

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

const ENGINE = /^(?:balena|balena-engine|docker)\.(?:service|socket)$/;
const SUPERVISOR = /^(?:balena|resin)-supervisor\.service$/;

/** Stopping or restarting what everything runs in is as severe by its name as by the action of its own. */
function riskOf(subject: Subject, readings: Readings): Risk {
	const name = nameOf(subject);
	if (isOurRoad(name, readings)) return 'self';
	return ENGINE.test(name) ? 'severe' : 'disruptive';
}

const known = ({unit}: Readings): string =>
	unit === null || unit.loadState === ''
		? 'The device did not say what state it is in.'
		: unit.loadState === 'not-found'
			? 'There is no such unit on this device.'
			: unit.loadState === 'masked'
				? 'It is masked: systemd refuses to start it.'
				: '';

const pulled = ({unit}: Readings): string =>
	unit === null || unit.pulledDown.length === 0
		? ''
		: ` With it ${unit.pulledDown.length === 1 ? 'stops' : 'stop'} ${unit.pulledDown.join(', ')}.`;

const containers = (subject: Subject, readings: Readings): string =>
	ENGINE.test(nameOf(subject)) && readings.containers !== null
		? ` All ${count(runningOf(readings.containers).length, 'running container')} stop with the engine.`
		: '';

/** What goes for a unit by its name, whoever asks: the engine and the supervisor have checks of their own. */
const byName =
	(which: RegExp, check: Action['checks'][number]): Action['checks'][number] =>
	(subject, readings) =>
		which.test(nameOf(subject)) ? check(subject, readings) : [];

const disturbing: Action['checks'] = [
	...always,
	byName(ENGINE, noPull),
	byName(ENGINE, noHostUpdate),
	byName(ENGINE, noSupervisorUpdate),
	byName(ENGINE, updateLocks),
	byName(SUPERVISOR, noSupervisorUpdate),
	byName(SUPERVISOR, pullGoesOn),
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
	risk: () => 'reversible',
	notOffered: (_, readings) =>
		known(readings) || (readings.unit?.activeState === 'active' ? 'It is active already.' : ''),
	checks: [...always, restartsByItself, jobQueued, diskSpace, memory],
	basis: unitBasis,
	steps: (subject, readings) => [systemctl('start', nameOf(subject), readings)],
	consequence: subject => `${nameOf(subject)} starts, and with it what it requires.`,
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
	risk: riskOf,
	notOffered: (subject, readings) => {
		if (readings.unit?.loadState === '' || readings.unit === null) return known(readings);
		if (isOurRoad(nameOf(subject), readings))
			return 'It carries the connection that we came by, and nothing would start it again: there is no way back.';
		return /^(?:inactive|failed)$/.test(readings.unit.activeState) ? 'It is not running.' : '';
	},
	checks: [...disturbing, startedAgain],
	basis: unitBasis,
	steps: (subject, readings) => [systemctl('stop', nameOf(subject), readings)],
	consequence: (subject, readings) =>
		`${nameOf(subject)} stops and stays down until somebody starts it.${pulled(readings)}${containers(subject, readings)}`,
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
	risk: riskOf,
	notOffered: (_, readings) => known(readings),
	checks: disturbing,
	basis: unitBasis,
	steps: (subject, readings) => [systemctl('restart', nameOf(subject), readings)],
	consequence: (subject, readings) =>
		`${nameOf(subject)} stops and starts again; who uses it meanwhile is dropped.${pulled(readings)}${containers(subject, readings)}`,
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
