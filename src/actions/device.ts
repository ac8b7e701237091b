/** The engine, the supervisor, the clock, the whole device. */
import {
	type Action,
	namesOf,
	type Observed,
	type Proof,
	type Readings,
	runningOf,
	type Subject,
} from '../domain/guard.ts';
import {count} from '../domain/text.ts';
import {
	always,
	diskSpace,
	effectNotKnown,
	memory,
	noHostUpdate,
	noPull,
	noSupervisorUpdate,
	pullGoesOn,
	restartsByItself,
	updateLocks,
} from './checks.ts';
import {provenRunning, refusedBy} from './proof.ts';
import {systemctl, unitBasis} from './unit.ts';

/** An action on a device that is done to one unit of it: whose name depends on the OS. */
const asUnit = (unit: string | null): Subject => ({kind: 'unit', unit: unit ?? ''});

const running = ({containers}: Readings): number | null => (containers === null ? null : runningOf(containers).length);

/** Names of the services in containers that run. */
const services = ({containers}: Readings): string => namesOf(runningOf(containers ?? []));

export const restartSupervisor: Action = {
	id: 'supervisor.restart',
	title: 'Restart the supervisor',
	key: 's',
	word: 'restart-supervisor',
	effect: 'the supervisor stops and starts again; containers go on',
	proves: 'our own job is done, it runs anew, and holds for a minute',
	of: 'device',
	risk: () => 'disruptive',
	notOffered: (_, {supervisor}) => (supervisor === null ? 'There is no supervisor on this device.' : ''),
	checks: [...always, noSupervisorUpdate, pullGoesOn, restartsByItself, diskSpace, memory],
	unit: ({supervisor}) => supervisor ?? '',
	basis: unitBasis,
	steps: (_, readings) => [systemctl('restart', readings.supervisor ?? '', readings)],
	consequence: () =>
		'The supervisor stops and starts again; it is rarely needed. The device’s own containers go on running.',
	mayNotReturn: false,
	proof: (_, observed) => provenRunning(asUnit(observed.before.supervisor), observed),
	proofLimitMs: 240_000,
};

/** The engine runs, its client is answered, and as many containers run as before. */
function engineProof(_: Subject, observed: Observed): Proof {
	const proof = provenRunning(asUnit(observed.before.engine), observed);
	if (proof.kind !== 'proven') return proof;
	const before = running(observed.before);
	const now = observed.now === null ? null : running(observed.now);
	if (now === null) return {kind: 'waiting', sentence: 'the engine runs anew; it has not said which containers run'};
	if (before !== null && now < before)
		return {kind: 'waiting', sentence: `the engine runs anew; ${now} of ${count(before, 'container')} are back`};
	return {
		...proof,
		sentence: `${proof.sentence} ${count(now, 'container')} run, ${before ?? 'an unknown number'} before.`,
	};
}

export const restartEngine: Action = {
	id: 'engine.restart',
	title: 'Restart the container engine',
	key: 'e',
	word: 'restart-engine',
	effect: 'the supervisor and every container stop, and start again',
	proves: 'as a restart, and as many containers run as before',
	of: 'device',
	risk: () => 'severe',
	notOffered: (_, {engine}) => (engine === null ? 'There is no container engine on this device.' : ''),
	checks: [...always, noPull, noHostUpdate, noSupervisorUpdate, updateLocks, restartsByItself, diskSpace, memory],
	unit: ({engine}) => engine ?? '',
	// The supervisor runs in a container of it, whatever its unit requires.
	stops: ({supervisor, unit}) => [
		...new Set([...(supervisor === null ? [] : [supervisor]), ...(unit?.pulledDown ?? [])]),
	],
	basis: unitBasis,
	steps: (_, readings) => [systemctl('restart', readings.engine ?? '', readings)],
	consequence: (_, readings) =>
		`The supervisor and every container stop with it${services(readings) === '' ? '' : ` (${services(readings)})`}; what containers wrote outside their volumes is kept. It is very rarely needed.`,
	mayNotReturn: true,
	proof: engineProof,
	proofLimitMs: 300_000,
};

export const checkEngine: Action = {
	id: 'engine.check',
	title: 'Run the engine’s health check by hand',
	key: 'h',
	word: 'check-engine',
	effect: 'the engine is asked whether it is healthy',
	proves: 'exit code 0',
	of: 'device',
	risk: () => 'free',
	notOffered: (_, {programs, engine}) =>
		healthcheck(programs) === undefined
			? 'This OS has no health check of the engine.'
			: engine === null
				? 'There is no container engine on this device.'
				: '',
	checks: always,
	basis: (_, {bootId}) => `boot ${bootId}`,
	steps: (_, {programs}) => [[healthcheck(programs) ?? '']],
	// balena-healthcheck of meta-balena, and its change in 2.101.7.
	consequence: () =>
		'It asks the engine and containerd whether they answer. It deletes containerd’s uuid file where that is damaged; before balenaOS 2.101.7 it started a container.',
	mayNotReturn: false,
	proof: (_, observed) => refusedBy(observed) ?? {kind: 'proven', sentence: 'The engine is healthy (exit code 0).'},
	proofLimitMs: 120_000,
};

const healthcheck = (programs: readonly string[]): string | undefined =>
	programs.find(path => path.endsWith('-healthcheck'));

const updater = (programs: readonly string[]): string =>
	programs.some(path => path.endsWith('update-resin-supervisor'))
		? 'update-resin-supervisor.service'
		: 'update-balena-supervisor.service';

export const updateSupervisor: Action = {
	id: 'supervisor.update',
	title: 'Look for an update of the supervisor now',
	key: 'u',
	word: 'update-supervisor',
	effect: 'where the cloud wants another version, it is pulled and started',
	proves: 'our own job is done',
	of: 'device',
	risk: () => 'disruptive',
	notOffered: (_, {programs}) =>
		programs.some(path => /update-(?:balena|resin)-supervisor$/.test(path)) ? '' : 'This OS has no such program.',
	checks: [...always, noSupervisorUpdate, noHostUpdate, noPull, updateLocks, diskSpace, memory],
	unit: ({programs}) => updater(programs),
	basis: (_, {bootId}) => `boot ${bootId}`,
	steps: (_, readings) => [systemctl('start', updater(readings.programs), readings)],
	consequence: () =>
		'Where the cloud wants another version, the supervisor is stopped, the new one pulled and started; else nothing changes.',
	mayNotReturn: false,
	proof: (_, observed) => {
		const refused = refusedBy(observed);
		if (refused !== null) return refused;
		if (observed.now === null || observed.now.updating.length > 0 || observed.sinceMs < 5000)
			return {kind: 'waiting', sentence: 'the supervisor is being updated'};
		const job = observed.jobs.find(({id}) => id === observed.ours) ?? observed.jobs.at(-1);
		if (job?.result === 'done') return {kind: 'proven', sentence: `Our job ${job.id} is done: it ran to its end.`};
		if (job?.result != null) return {kind: 'failed', sentence: `PID 1 ended our job ${job.id} with “${job.result}”.`};
		return {kind: 'waiting', sentence: 'PID 1’s word on our job has not come'};
	},
	proofLimitMs: 900_000,
	untried: 'not tried on a device with a cloud',
};

export const stepClock: Action = {
	id: 'clock.step',
	title: 'Set the clock from the network (chronyc makestep)',
	key: 'c',
	word: 'step-clock',
	effect: 'the clock jumps to what chrony measured',
	proves: 'it is less than two seconds from ours',
	of: 'device',
	risk: () => 'disruptive',
	notOffered: (_, {programs}) =>
		programs.some(path => path.endsWith('/chronyc')) ? '' : 'There is no chronyc on this device.',
	checks: always,
	basis: (_, {bootId}) => `boot ${bootId}`,
	steps: () => [['chronyc', 'makestep']],
	consequence: (_, {clockOffsetMs}) =>
		`The clock jumps to what chrony measured${clockOffsetMs === null ? '' : ` (it is ${Math.round(clockOffsetMs / 1000)} s from ours)`}: times in the journal jump with it, timers may fire, connections with certificates may drop or begin to work.`,
	mayNotReturn: false,
	proof: (_, observed) => {
		const refused = refusedBy(observed);
		if (refused !== null) return refused;
		const offset = observed.now?.clockOffsetMs ?? null;
		if (observed.now === null || observed.sinceMs < 3000)
			return {kind: 'waiting', sentence: 'stepped; not measured yet'};
		if (offset === null)
			return {kind: 'not-proven', sentence: 'chronyd took the step; the clock could not be measured.'};
		return Math.abs(offset) < 2000
			? {kind: 'proven', sentence: `The device’s clock is ${Math.round(offset)} ms from ours.`}
			: {
					kind: 'not-proven',
					sentence: `chronyd took the step, but the clock is ${Math.round(offset / 1000)} s from ours.`,
				};
	},
	proofLimitMs: 60_000,
};

const safeReboot = (programs: readonly string[]): string | undefined =>
	programs.find(path => path.endsWith('/safe_reboot'));

export const reboot: Action = {
	id: 'device.reboot',
	title: 'Reboot the device',
	key: 'b',
	word: 'reboot',
	effect: 'everything stops and starts again, or does not come back',
	proves: 'the device is back with a new boot id',
	of: 'device',
	risk: () => 'severe',
	notOffered: () => '',
	checks: [...always, noHostUpdate, noSupervisorUpdate, pullGoesOn, updateLocks],
	basis: (_, {bootId}) => `boot ${bootId}`,
	/** safe_reboot (meta-balena 4.1.0) waits for update locks; systemctl does not ask for them. */
	steps: (_, {programs}) => {
		const safe = safeReboot(programs);
		return [safe === undefined ? ['systemctl', 'reboot', '--no-block'] : [safe]];
	},
	consequence: (_, {programs}) =>
		`Everything on the device stops. It may not come back. ${
			safeReboot(programs) === undefined
				? 'There is no safe_reboot on this OS: update locks are not waited for.'
				: 'safe_reboot waits for update locks, without a limit.'
		} A journal that is kept in memory is lost; devtop’s recording keeps what it has.`,
	mayNotReturn: true,
	proof: (_, {before, now, exit, output, sinceMs}) => {
		if (exit?.kind === 'exited' && exit.code !== 0)
			return {kind: 'failed', sentence: `The command ended with ${exit.code}: ${output.trim().split('\n').at(-1)}`};
		if (now !== null && now.bootId !== '' && now.bootId !== before.bootId)
			return {kind: 'proven', sentence: `The device is back with a new boot id (${now.bootId.slice(0, 8)}).`};
		return {kind: 'waiting', sentence: `waiting for the device to come back, ${Math.round(sinceMs / 1000)} s so far`};
	},
	proofLimitMs: 900_000,
};

/** Its first word is a program's name: a dash would make it an option of the shell's exec, a NUL would end the line. */
function wrongWords(argv: readonly string[]): string {
	const [program = ''] = argv;
	if (program === '') return 'No command was given.';
	if (program.startsWith('-')) return 'The name of a program does not begin with a dash.';
	return argv.some(word => word.includes('\u0000')) ? 'A word of a command can’t hold a NUL.' : '';
}

/** Something that nobody here knows: its words are what the operator typed. */
export const runCommand: Action = {
	id: 'command.run',
	title: 'Run a command',
	key: '!',
	word: 'run',
	effect: 'not known to devtop',
	proves: 'exit code 0',
	of: 'command',
	risk: () => 'disruptive',
	notOffered: subject => wrongWords(subject.kind === 'command' ? subject.argv : []),
	checks: [effectNotKnown, noHostUpdate, updateLocks],
	basis: (_, {bootId}) => `boot ${bootId}`,
	steps: subject => (subject.kind === 'command' ? [subject.argv] : []),
	consequence: () => 'What it does is not known to devtop.',
	mayNotReturn: false,
	proof: (_, {exit}) =>
		exit === null
			? {kind: 'waiting', sentence: 'it runs'}
			: exit.kind === 'exited'
				? exit.code === 0
					? {kind: 'proven', sentence: 'It ended with exit code 0.'}
					: {kind: 'failed', sentence: `It ended with exit code ${exit.code}.`}
				: {
						kind: 'not-proven',
						sentence:
							exit.kind === 'lost'
								? 'The link was lost before it ended: how it ended is not known, and it may still run.'
								: 'Its end did not come: how it ended is not known, and its output may be cut off.',
					},
	proofLimitMs: 86_400_000,
};
