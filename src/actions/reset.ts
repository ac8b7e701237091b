/**
 * The supervisor as on its first boot: its database and every container are removed, and it makes both anew. Where that
 * breaks midway the device has no supervisor: so each step is decided by what is there, a second run goes on where the first
 * broke, and the start can be had alone.
 */
import type {Action, Observed, Proof, Readings, Subject, SupervisorReading} from '../domain/guard.ts';
import {clean, count} from '../domain/text.ts';
import {
	always,
	diskSpace,
	memory,
	noHostUpdate,
	noPull,
	noSupervisorUpdate,
	restartsByItself,
	updateLocks,
} from './checks.ts';
import {provenRunning, refusedBy} from './proof.ts';
import {SAYS_JOB, unitBasis} from './unit.ts';

type Containers = NonNullable<SupervisorReading['containers']>;

/** Its stop waits for the container's, ten seconds and more; a hundred of them are removed in less than that. */
const STOP_SECONDS = 120;
const REMOVE_SECONDS = 300;

const ofSupervisor = ({supervised}: Readings): SupervisorReading | null => supervised;
const bounded = (seconds: number, words: readonly string[], {bounded: can}: SupervisorReading): readonly string[] =>
	can ? ['timeout', `${seconds}`, ...words] : words;

/** The supervisor first: the number of our job is that of the first unit. */
const both = (readings: Readings): readonly string[] => {
	const timer = readings.supervised?.timer ?? null;
	return [readings.supervisor ?? '', ...(timer === null ? [] : [timer.unit])];
};

/** `--no-block`, as the supervisor's start waits for the engine's, which has no limit. */
const startBoth = (readings: Readings): readonly string[] => [
	'systemctl',
	'start',
	'--no-block',
	...(readings.systemd !== null && readings.systemd >= SAYS_JOB ? ['--show-transaction'] : []),
	'--',
	...both(readings),
];

const runs = ({unit}: Readings): boolean => unit !== null && !/^(?:inactive|failed)$/.test(unit.activeState);
const timerRuns = ({supervised}: Readings): boolean =>
	supervised === null || supervised.timer === null || supervised.timer.activeState === 'active';

/** A copy of just this database: its time is kept by `cp -p`, in the end, so half a copy has another. */
const copyOf = ({database, copies}: SupervisorReading) =>
	copies.find(({size, mtime}) => size === database?.size && mtime === database.mtime);

/** A name that no copy has, so that none is written over. */
function newMark({database, copies}: SupervisorReading): string {
	const marks = new Set(copies.map(({mark}) => mark));
	const hex = (number: number): string => (number % 2 ** 32).toString(16).padStart(8, '0');
	let number = database?.mtime ?? 0;
	while (marks.has(hex(number))) number++;
	return hex(number);
}

const copyName = ({path}: SupervisorReading, mark: string): string => `${path}.devtop-${mark}`;

/** Stopped, with its timer, after this database was copied, or when it is gone and a copy is there: a reset that broke. */
const begun = (readings: Readings): boolean => {
	const found = ofSupervisor(readings);
	if (found === null || runs(readings) || (found.timer !== null && timerRuns(readings))) return false;
	return found.database === null ? found.copies.length > 0 : copyOf(found) !== undefined;
};

const names = (containers: Containers): string => containers.map(({name}) => name).join(', ');

const layers = (containers: Containers): string =>
	containers.map(({name, written}) => `${name} ${written ?? '(size not known)'}`).join(', ');

/** Why it can't be reset. */
function impossible(_: Subject, readings: Readings): string {
	if (readings.supervisor === null) return 'There is no supervisor on this device.';
	const found = ofSupervisor(readings);
	if (found === null || found.path === '' || readings.unit === null)
		return 'The device did not say what its supervisor is made of.';
	if (found.client === null || found.containers === null)
		return 'The engine is not active, or did not say which containers there are: start it first, then ask again.';
	if (found.database !== null || begun(readings)) return '';
	return runs(readings)
		? `There is no database at ${found.path}: the supervisor may be making it just now.`
		: `There is no database at ${found.path}, nor a copy of one: start-supervisor lets it make one.`;
}

function stepsOf(_: Subject, readings: Readings): readonly (readonly string[])[] {
	const found = ofSupervisor(readings);
	if (found === null) return [];
	const {path, database, client} = found;
	// As `balena ps --quiet` has them.
	const ids = (found.containers ?? []).map(({id}) => id.slice(0, 12));
	const copied = database === null || copyOf(found) !== undefined;
	return [
		// The timer, too: its service wants the supervisor, and would start it again.
		bounded(STOP_SECONDS, ['systemctl', 'stop', '--', ...both(readings)], found),
		// On the disk before anything is removed: a power cut must not take both.
		...(copied ? [] : [['cp', '-p', '--', path, copyName(found, newMark(found))], ['sync']]),
		...(ids.length === 0 ? [] : [bounded(REMOVE_SECONDS, [client ?? '', 'rm', '-f', ...ids], found)]),
		...(database === null ? [] : [['rm', '--', path]]),
		startBoth(readings),
	];
}

function basisOf(subject: Subject, readings: Readings): string {
	const found = ofSupervisor(readings);
	const {database, containers} = found ?? {database: null, containers: null};
	const file = database === null ? 'none' : `${database.size} bytes of ${database.mtime}, inode ${database.inode}`;
	const ids = containers?.map(({id}) => id.slice(0, 12)).toSorted();
	return `${unitBasis(subject, readings)}, database ${file}, containers ${ids?.join(' ') ?? 'not known'}`;
}

function consequenceOf(_: Subject, readings: Readings): string {
	const found = ofSupervisor(readings);
	if (found === null) return 'Its database and every container are removed, and made anew.';
	const {containers, database} = found;
	const removed =
		containers === null || containers.length === 0
			? 'No container is left to remove.'
			: `${count(containers.length, 'container')} ${containers.length === 1 ? 'is' : 'are'} removed with what ${containers.length === 1 ? 'it' : 'each'} wrote outside its volumes: ${layers(containers)}.`;
	return [
		...(begun(readings) ? ['A reset was begun and broke off: it goes on where it broke.'] : []),
		removed,
		database === null
			? 'The database is gone already.'
			: copyOf(found) === undefined
				? 'The supervisor’s database is copied beside itself, and removed.'
				: 'The supervisor’s database is copied already, and is removed.',
		'Volumes and images stay. Then the supervisor starts and makes both anew by what the cloud says; where it can’t reach the cloud, services may stay away.',
	].join(' ');
}

/** How far it came, by what is there now, and what can be done. */
function soFar({before, now}: {readonly before: Readings; readonly now: Readings}): string {
	const was = ofSupervisor(before);
	const is = ofSupervisor(now);
	if (was === null || is === null) return 'How far it came is not known: look at the supervisor’s unit.';
	const left = new Set((is.containers ?? []).map(({id}) => id));
	const removed = was.containers?.filter(({id}) => !left.has(id)) ?? [];
	const fresh = is.copies.find(({mark}) => !was.copies.some(other => other.mark === mark));
	const copy = is.database === null ? (fresh ?? is.copies.at(-1)) : copyOf(is);
	const done = [
		...(runs(now)
			? []
			: [`${now.supervisor}${is.timer !== null && !timerRuns(now) ? ' and its timer are' : ' is'} stopped`]),
		...(copy !== undefined ? [`the database is copied to ${copyName(is, copy.mark)}`] : []),
		...(removed.length === 0 || is.containers === null
			? []
			: [
					`${removed.length} of ${count(was.containers?.length ?? 0, 'container')} ${removed.length === 1 ? 'is' : 'are'} removed (${names(removed)})`,
				]),
		...(was.database !== null && is.database === null ? ['the database is gone'] : []),
	];
	const said = done.length === 0 ? 'Nothing was done so far.' : `So far: ${done.join('; ')}.`;
	return runs(now) && timerRuns(now)
		? said
		: `${said} The device has no supervisor now: start-supervisor starts it again, reset-supervisor goes on where it broke.`;
}

const asUnit = ({supervisor}: Readings): Subject => ({kind: 'unit', unit: supervisor ?? ''});
const waiting = (sentence: string): Proof => ({kind: 'waiting', sentence});

/** A stop of ours came before: only jobs that start it tell of the start. */
function started(observed: Observed): Proof {
	const jobs = observed.jobs.filter(({type}) => type === 'start');
	const proof = provenRunning(asUnit(observed.before), {...observed, jobs});
	if (proof.kind !== 'proven' || (observed.now !== null && timerRuns(observed.now))) return proof;
	return waiting(`the supervisor holds; ${observed.now?.supervised?.timer?.unit ?? 'its timer'} is not active`);
}

/** After a lost link so long, as what was sent may still be at work. */
const SETTLES_MS = 10_000;

function resetProof(_: Subject, observed: Observed): Proof {
	const {before, now, exit, output, sinceMs} = observed;
	if (exit === null) return waiting('it is being done; how it ended is not known yet');
	const well = exit.kind === 'exited' && exit.code === 0;
	if (now === null) return waiting(well ? 'sent; not looked at yet' : 'a step did not end well; not looked at yet');
	if (now.bootId !== before.bootId)
		return {kind: 'not-proven', sentence: `The device started anew meanwhile. ${soFar({before, now})}`};
	if (!well) {
		const anew = runs(now) && now.unit?.invocationId !== before.unit?.invocationId;
		if (exit.kind === 'exited') {
			const why = clean(output.trim().split('\n').at(-1) ?? '');
			const sentence = `A step ended with ${exit.code}${why === '' ? '' : `: ${why.replace(/\.$/, '')}`}. ${soFar({before, now})}`;
			return {kind: 'failed', sentence};
		}
		// Where it was the last step's end that was lost, the supervisor starts, and is judged as ever.
		if (!anew && sinceMs < SETTLES_MS) return waiting('the end of a step did not come; does it go on?');
		if (!anew) {
			const why =
				exit.kind === 'lost' ? `The link was lost on the way (${exit.why})` : 'The end of a step did not come';
			return {kind: 'failed', sentence: `${why}. ${soFar({before, now})}`};
		}
	}
	const proof = started(observed);
	return proof.kind === 'proven' ? madeAnew(observed, now, proof) : proof;
}

/** Database and containers are there again, and are others. */
function madeAnew({before}: Observed, now: Readings, proof: Proof): Proof {
	const was = ofSupervisor(before);
	const is = ofSupervisor(now);
	if (was === null || is === null) return waiting('the supervisor holds; its database was not looked at');
	const {database} = is;
	if (database === null) return waiting(`the supervisor holds; it has not made its database anew (${is.path})`);
	if (database.inode === was.database?.inode && database.mtime === was.database.mtime)
		return waiting('the supervisor holds; its database still is the one of before');
	if (is.containers === null) return waiting('the supervisor holds; the engine has not said which containers run');
	const old = new Set(was.containers?.map(({id}) => id));
	const anew = is.containers.filter(({id, up}) => up && !old.has(id));
	const back = new Set(anew.map(({name}) => name));
	const wanted = was.containers?.filter(({up}) => up) ?? [];
	const missing = wanted.filter(({name}) => !back.has(name));
	if (missing.length > 0) return waiting(`the supervisor holds, with a new database; not back yet: ${names(missing)}`);
	if (anew.length === 0) return waiting('the supervisor holds, with a new database; no container runs yet');
	const lost = begun(before) ? '; which ones there were before it broke off is not known' : '';
	return {
		kind: 'proven',
		sentence: `${proof.sentence} Its database was made anew, and so were the containers: ${names(anew)}${lost}.`,
	};
}

export const resetSupervisor: Action = {
	id: 'supervisor.reset',
	title: 'Reset the supervisor as on its first boot',
	key: 'f',
	word: 'reset-supervisor',
	effect: 'its database and every container are removed, and made anew; volumes and images stay',
	proves: 'the supervisor runs anew and holds for a minute; its database and the containers were made anew',
	of: 'device',
	risk: () => 'severe',
	notOffered: impossible,
	checks: [...always, noPull, noHostUpdate, noSupervisorUpdate, updateLocks, restartsByItself, diskSpace, memory],
	unit: ({supervisor}) => supervisor ?? '',
	looksAtSupervisor: true,
	basis: basisOf,
	steps: stepsOf,
	consequence: consequenceOf,
	mayNotReturn: true,
	proof: resetProof,
	unfinished:
		'The supervisor may be stopped still: start-supervisor starts it, reset-supervisor goes on where it broke.',
	proofLimitMs: 900_000,
};

/** The last step of a reset, for itself. */
export const startSupervisor: Action = {
	id: 'supervisor.start',
	title: 'Start the supervisor and its timer again',
	key: 'a',
	word: 'start-supervisor',
	effect: 'a supervisor that was stopped starts, and with it the timer of its update',
	proves: 'our own job is done, it runs, and holds for a minute; its timer is active',
	of: 'device',
	risk: () => 'reversible',
	notOffered: (_, readings) =>
		readings.supervisor === null
			? 'There is no supervisor on this device.'
			: readings.unit === null || readings.supervised === null
				? 'The device did not say what state the supervisor is in.'
				: runs(readings) && timerRuns(readings)
					? 'The supervisor is not stopped, and neither is its timer.'
					: '',
	checks: [...always, diskSpace, memory],
	unit: ({supervisor}) => supervisor ?? '',
	looksAtSupervisor: true,
	basis: unitBasis,
	steps: (_, readings) => [startBoth(readings)],
	consequence: (_, readings) => {
		const found = ofSupervisor(readings);
		const made = found !== null && found.database === null ? ' It makes its database anew.' : '';
		return `${begun(readings) ? 'A reset was begun and broke off. ' : ''}${both(readings).join(' and ')} start, and with the supervisor what it requires.${made}`;
	},
	mayNotReturn: false,
	proof: (_, observed) => {
		// One that ran already is started by nobody: then it is the timer alone.
		const {before, now} = observed;
		if (!runs(before)) return started(observed);
		return (
			refusedBy(observed) ??
			(now !== null && timerRuns(now)
				? {kind: 'proven', sentence: `${now.supervised?.timer?.unit ?? 'Its timer'} is active.`}
				: waiting('its timer is not active'))
		);
	},
	proofLimitMs: 300_000,
};
