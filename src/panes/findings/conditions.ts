/** Trouble that is measured, not said: what samplers see. Each judge looks at one kind of fact. */
import type {Container, Disk, EngineAnswer, Vitals} from '../../domain/fact.ts';
import {type Condition, condition, type Measure} from './track.ts';
import {UNIT_CONDITIONS} from './unit-conditions.ts';

const MEMORY = condition(
	'low-memory',
	'memory is short',
	'warning',
	'Less than a tenth of the memory is free: the kernel may kill processes.',
	'Which container or unit holds it; kernel lines of the OOM killer.',
);
const HEAT = condition(
	'heat',
	'too hot',
	'warning',
	'80 °C and more: processors slow down there.',
	'Throttling in the kernel log; load; airflow.',
);
const VPN = condition(
	'vpn-down',
	'VPN is not connected',
	'warning',
	'The cloud does not reach the device this way; updates and logs wait.',
	'The log of openvpn; DNS; the clock.',
);
const CLOCK = condition(
	'clock-off',
	'clock is off',
	'warning',
	'Device and operator clocks differ: certificates and VPN may fail.',
	'chronyd’s log; whether NTP is reached at all.',
);
export const VITAL_CONDITIONS: ReadonlySet<string> = new Set([MEMORY, HEAT, VPN, CLOCK].map(({id}) => id));

const HOT = 80;
/** Beyond what a slow link makes of the difference. */
const CLOCK_MS = 30_000;

/** @param offsetMs device clock minus ours. */
export function judgeVitals(
	{memory, temperatures, vpn}: Vitals,
	offsetMs: number | null,
	balena: boolean,
): readonly Measure[] {
	const found: Measure[] = [];
	const say = (what: Condition, detail: string, weight = what.weight): void => {
		found.push({condition: {...what, weight}, subject: '', unit: '', detail});
	};
	if (memory !== null && memory.totalKb > 0) {
		const free = memory.availableKb / memory.totalKb;
		if (free < 0.1)
			say(
				MEMORY,
				`${Math.round((1 - free) * 100)} % used, ${Math.round(memory.availableKb / 1000)} MB free`,
				free < 0.03 ? 'error' : 'warning',
			);
	}
	const hottest = temperatures.toSorted((a, b) => b.celsius - a.celsius)[0];
	if (hottest !== undefined && hottest.celsius >= HOT)
		say(HEAT, `${hottest.celsius.toFixed(1)} °C ${hottest.zone}`.trim());
	if (vpn === false && balena) say(VPN, 'no marker of a connection');
	if (offsetMs !== null && Math.abs(offsetMs) > CLOCK_MS)
		say(CLOCK, `${offsetMs < 0 ? 'behind' : 'ahead'} by ${spanWord(Math.abs(offsetMs))}`);
	return found;
}

const spanWord = (ms: number): string => {
	const seconds = Math.round(ms / 1000);
	if (seconds < 120) return `${seconds} s`;
	if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
	return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
};

// The rule for lines is called disk-full: two findings of one key would end each other.
const FULL = condition(
	'data-full',
	'data partition is full',
	'warning',
	'Updates and logs need room; at 100 % the engine stops working.',
	'Which containers and volumes grew.',
);
const READ_ONLY = condition(
	'disk-read-only',
	'data partition is read-only',
	'error',
	'The file system was damaged and is protected from writing: nothing can be updated.',
	'EXT4 and I/O errors in the kernel log.',
);
export const DISK_CONDITIONS: ReadonlySet<string> = new Set([FULL, READ_ONLY].map(({id}) => id));

export function judgeDisk(disk: Disk | null): readonly Measure[] {
	if (disk === null) return [];
	const found: Measure[] = [];
	const size = disk.usedKb + disk.availableKb;
	const used = size === 0 ? 0 : disk.usedKb / size;
	if (used >= 0.9)
		found.push({
			condition: {...FULL, weight: used >= 0.97 ? 'error' : 'warning'},
			subject: '',
			unit: '',
			detail: `${Math.floor(used * 100)} % of ${disk.mount}`,
		});
	// A root that is read-only by design is no trouble: only the data partition is.
	if (disk.readOnly && disk.mount !== '/')
		found.push({condition: READ_ONLY, subject: '', unit: '', detail: disk.mount});
	return found;
}

const SLOW = condition(
	'slow-writes',
	'writes are slow',
	'warning',
	'A write takes more than a second: the medium is worn, or overloaded. Watchdogs follow.',
	'mmc and I/O errors in the kernel log; what writes so much.',
);
export const WRITE_CONDITIONS: ReadonlySet<string> = new Set([SLOW.id]);
const SLOW_MS = 1000;
/** Fewer writes than this say nothing. */
const LEAST_WRITES = 10;

export type Writes = Readonly<Record<string, {readonly writes: number; readonly ms: number}>>;

/** Milliseconds a write between two looks, or since boot at the first (device-diagnostics' test_write_latency). */
export function judgeWrites(now: Writes, before: Writes): readonly Measure[] {
	return Object.entries(now).flatMap(([disk, {writes, ms}]): Measure[] => {
		const since = before[disk] ?? {writes: 0, ms: 0};
		const number = writes - since.writes;
		const each = number < LEAST_WRITES ? 0 : (ms - since.ms) / number;
		return each <= SLOW_MS
			? []
			: [{condition: SLOW, subject: disk, unit: '', detail: `${Math.round(each)} ms each, of ${number}`}];
	});
}

const LOCKED = condition(
	'update-lock',
	'holds an update lock',
	'warning',
	'Updates of this service wait until it lets go.',
	'Whether it should: its own code takes the lock. Restarts by hand do not honour it.',
);
export const LOCK_CONDITIONS: ReadonlySet<string> = new Set([LOCKED.id]);

export const judgeLocks = (locks: readonly {readonly service: string; readonly own: boolean}[]): readonly Measure[] =>
	locks
		.filter(({own}) => !own)
		.map(({service}) => ({condition: LOCKED, subject: service, unit: service, detail: 'updates.lock is there'}));

const SILENT = condition(
	'engine-silent',
	'engine does not answer',
	'error',
	'The engine runs but does not list its containers in time.',
	'The engine’s log; load and disk; a pull that stands still.',
);
const SICK = condition(
	'container-unhealthy',
	'unhealthy',
	'warning',
	'Its own health check fails.',
	'Its log, from the first failed check on.',
);
const KILLED = condition(
	'container-oom',
	'killed for memory',
	'warning',
	'It went over its own memory limit, or the device had none left.',
	'The OOM lines in the kernel log; its memory before that.',
);
const RESTARTING = condition(
	'container-restarting',
	'restarts again and again',
	'warning',
	'The engine restarts it each time it ends.',
	'Its last lines before each end, and its exit code.',
);
export const ENGINE_CONDITIONS: ReadonlySet<string> = new Set([SILENT, SICK, KILLED, RESTARTING].map(({id}) => id));

const nameOf = ({service, name}: Container): string => service ?? name;

export function judgeEngine(answer: EngineAnswer): readonly Measure[] {
	if (answer.kind === 'not-asked') return [];
	if (answer.kind === 'no-answer')
		return [{condition: SILENT, subject: '', unit: 'balena.service', detail: answer.why.slice(0, 120)}];
	return answer.containers.flatMap((container): Measure[] => {
		const subject = nameOf(container);
		const base = {subject, unit: subject};
		const weight = subject === 'supervisor' ? 'error' : 'warning';
		if (container.health === 'unhealthy')
			return [{...base, condition: {...SICK, weight}, detail: 'health check fails'}];
		if (container.oomKilled && container.state !== 'running')
			return [{...base, condition: KILLED, detail: `exit ${container.exitCode}`}];
		if (container.state === 'restarting')
			return [
				{
					...base,
					condition: {...RESTARTING, weight},
					detail: `${container.restarts} restarts, exit ${container.exitCode}`,
				},
			];
		return [];
	});
}

const STALLED = condition(
	'pull-stalled',
	'pull stands still',
	'warning',
	'No bytes for half a minute: the network, the disk, or the engine hangs.',
	'The engine’s retry lines; the state of the process: D waits for the disk, S for the network.',
);
export const PULL_CONDITIONS: ReadonlySet<string> = new Set([STALLED.id]);
/** A pause between layers, or a slow link, is no stall. */
export const STALL_MS = 30_000;

export const judgePull = (idleMs: number | null): readonly Measure[] =>
	idleMs === null || idleMs < STALL_MS
		? []
		: [{condition: STALLED, subject: '', unit: 'balena.service', detail: `no bytes for ${spanWord(idleMs)}`}];

/** How many things are measured, for "nothing found" to mean something. */
export const CONDITIONS =
	WRITE_CONDITIONS.size +
	LOCK_CONDITIONS.size +
	UNIT_CONDITIONS.size +
	VITAL_CONDITIONS.size +
	DISK_CONDITIONS.size +
	ENGINE_CONDITIONS.size +
	PULL_CONDITIONS.size;
