/** The device's units: their states, and what `systemctl show` prints of them. */
import type {Chance} from './chance.ts';
import type {Clock} from './clock.ts';
import {
	NOT_FOUND,
	SERVICE_PROPERTIES,
	SOCKET_PROPERTIES,
	TIMER_PROPERTIES,
	UNIT_PROPERTIES,
	UNITS,
	type UnitSpec,
} from './unit-data.ts';

export type ActiveState = 'active' | 'inactive' | 'failed' | 'activating' | 'deactivating';
type Stamps = {
	stateChange: number;
	inactiveExit: number;
	activeEnter: number;
	activeExit: number;
	inactiveEnter: number;
};

/** A unit as systemd holds it. Times are microseconds since boot, 0 where it never was. */
export type Unit = {
	readonly spec: UnitSpec;
	active: ActiveState;
	sub: string;
	result: string;
	mainPid: number;
	execPid: number;
	execCode: number;
	execStatus: number;
	execStartUs: number;
	execExitUs: number;
	restarts: number;
	invocation: string;
	/** Consumed until `sinceUs`, in nanoseconds. */
	cpuNs: number;
	cpuSinceUs: number;
	memory: number;
	readonly stamps: Stamps;
	/** Takes back what is under way: a start, a stop, a restart. */
	cancel: (() => void) | null;
	job: number;
};

export interface UnitTable {
	readonly units: readonly Unit[];
	/** By any of its names; a name without suffix is a service's. */
	find(name: string): Unit | undefined;
	/** Moves a unit to another state and stamps the change. */
	enter(unit: Unit, active: ActiveState, sub: string): void;
	/** Microseconds since boot. */
	nowUs(): number;
	/** `systemctl show`: the block of one unit, without the empty line. */
	block(name: string, only: ReadonlySet<string> | null): string;
}

/** A name without suffix is a service's. */
export const fullName = (name: string): string =>
	/\.(service|socket|timer|target|mount|path|scope|slice|device|swap|automount)$/.test(name) ? name : `${name}.service`;

const isProcessing = (active: ActiveState): boolean => active === 'active' || active === 'deactivating';

function born(spec: UnitSpec, chance: Chance): Unit {
	const upUs = Math.round(spec.upAt * 1_000_000);
	const running = spec.ended !== true;
	const main = spec.type === '' ? 0 : spec.pid;
	return {
		spec,
		active: running ? 'active' : 'inactive',
		sub: running ? spec.sub : 'dead',
		result: 'success',
		mainPid: running ? main : 0,
		execPid: main,
		execCode: running ? 0 : 1,
		execStatus: 0,
		execStartUs: main === 0 ? 0 : upUs - spec.startMs * 1000,
		execExitUs: running ? 0 : upUs + 67_000,
		restarts: 0,
		invocation: chance.hex(32),
		cpuNs: 0,
		cpuSinceUs: upUs,
		memory: spec.memory,
		stamps: {
			stateChange: running ? upUs : upUs + 67_669,
			inactiveExit: upUs - spec.startMs * 1000,
			activeEnter: spec.type === 'oneshot' ? 0 : upUs,
			activeExit: running || spec.type === 'oneshot' ? 0 : upUs + 67_600,
			inactiveEnter: running ? 0 : upUs + 67_669,
		},
		cancel: null,
		job: 0,
	};
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const calendar = (ms: number): string => {
	const date = new Date(ms);
	return `${DAYS[date.getUTCDay()]} ${date.toISOString().slice(0, 10)} ${date.toISOString().slice(11, 19)} UTC`;
};

export function createUnits(clock: Clock, chance: Chance, bootMs: number): UnitTable {
	const units = UNITS.map(spec => born(spec, chance));
	const byName = new Map(
		units.flatMap(unit => [unit.spec.id, ...(unit.spec.aliases ?? [])].map(name => [name, unit] as const)),
	);
	const nowUs = (): number => Math.round((clock.now() - bootMs) * 1000);

	/** Nanoseconds on a processor so far. */
	const cpuOf = (unit: Unit): number =>
		unit.cpuNs + (isProcessing(unit.active) ? Math.max(0, nowUs() - unit.cpuSinceUs) * unit.spec.cpuMilli : 0);

	/** Memory breathes a little, in pages; more of it for larger ones. */
	const memoryOf = (unit: Unit): number => {
		if (unit.spec.memory < 1_000_000) return unit.memory;
		const wave = Math.sin(nowUs() / 9_000_000 + unit.spec.pid) * 0.012;
		return Math.round((unit.memory * (1 + wave)) / 4096) * 4096;
	};

	const values = (unit: Unit): Record<string, string | null> => {
		const {spec, stamps} = unit;
		const there = unit.mainPid !== 0 || (spec.type === '' && unit.active === 'active');
		const times = (name: string, us: number): Record<string, string | null> => ({
			[name]: us === 0 ? null : calendar(bootMs + us / 1000),
			[`${name}Monotonic`]: String(us),
		});
		const watchdog = spec.own?.WatchdogUSec !== undefined && unit.active === 'active' ? stamps.activeEnter : 0;
		return {
			Type: spec.type,
			Restart: spec.restart ?? 'no',
			RestartUSec: spec.restartMs === undefined ? '100ms' : `${spec.restartMs / 1000}s`,
			...times('WatchdogTimestamp', watchdog),
			MainPID: String(unit.mainPid),
			Result: unit.result,
			NRestarts: String(unit.restarts),
			...times('ExecMainStartTimestamp', unit.execStartUs),
			...times('ExecMainExitTimestamp', unit.execExitUs),
			ExecMainPID: String(unit.execPid),
			ExecMainCode: String(unit.execCode),
			ExecMainStatus: String(unit.execStatus),
			ControlGroup: there ? `/system.slice/${spec.id}` : null,
			MemoryCurrent: there ? String(memoryOf(unit)) : '[not set]',
			CPUUsageNSec: there ? String(cpuOf(unit)) : '[not set]',
			TasksCurrent: there ? String(spec.tasks) : '[not set]',
			Id: spec.id,
			Names: [spec.id, ...(spec.aliases ?? [])].join(' '),
			Description: spec.description,
			LoadState: 'loaded',
			ActiveState: unit.active,
			SubState: unit.sub,
			FragmentPath: spec.path,
			UnitFileState: spec.enabled,
			UnitFilePreset: 'enabled',
			...times('StateChangeTimestamp', stamps.stateChange),
			...times('InactiveExitTimestamp', stamps.inactiveExit),
			...times('ActiveEnterTimestamp', stamps.activeEnter),
			...times('ActiveExitTimestamp', stamps.activeExit),
			...times('InactiveEnterTimestamp', stamps.inactiveEnter),
			ConditionResult: 'yes',
			...times('ConditionTimestamp', stamps.inactiveExit),
			...times('AssertTimestamp', stamps.inactiveExit),
			InvocationID: unit.invocation,
			...spec.own,
		};
	};

	/** What systemd says of a unit that it does not know: no error, but `LoadState=not-found`. */
	const unknown = (id: string): Record<string, string | null> => ({
		...Object.fromEntries(
			[...SERVICE_PROPERTIES, ...UNIT_PROPERTIES]
				.filter(([name]) => name.endsWith('TimestampMonotonic'))
				.map(([name]) => [name, '0']),
		),
		...NOT_FOUND,
		Restart: 'no',
		RestartUSec: '100ms',
		Result: 'success',
		...Object.fromEntries(
			['MainPID', 'NRestarts', 'ExecMainPID', 'ExecMainCode', 'ExecMainStatus'].map(name => [name, '0']),
		),
		...Object.fromEntries(['MemoryCurrent', 'CPUUsageNSec', 'TasksCurrent'].map(name => [name, '[not set]'])),
		Id: id,
		Names: id,
		Description: id,
		LoadState: 'not-found',
		ActiveState: 'inactive',
		SubState: 'dead',
		ConditionResult: 'no',
	});

	const find = (name: string): Unit | undefined => byName.get(fullName(name));
	return {
		units,
		find,
		nowUs,
		enter: (unit, active, sub) => {
			const us = nowUs();
			const {stamps} = unit;
			const wasIdle = unit.active === 'inactive' || unit.active === 'failed';
			const isIdle = active === 'inactive' || active === 'failed';
			if (isProcessing(unit.active) && !isProcessing(active)) unit.cpuNs = cpuOf(unit);
			if (wasIdle && !isIdle) stamps.inactiveExit = us;
			if (active === 'active' && unit.active !== 'active') {
				stamps.activeEnter = us;
				unit.cpuSinceUs = us;
			}
			if (unit.active === 'active' && active !== 'active') stamps.activeExit = us;
			if ((!wasIdle && isIdle) || (sub === 'auto-restart' && unit.sub !== sub)) stamps.inactiveEnter = us;
			stamps.stateChange = us;
			unit.active = active;
			unit.sub = sub;
		},
		block: (name, only) => {
			const unit = find(name);
			const id = unit?.spec.id ?? fullName(name);
			const has = unit === undefined ? unknown(id) : values(unit);
			const suffix = id.slice(id.lastIndexOf('.') + 1);
			const kind =
				suffix === 'service'
					? null
					: suffix === 'socket'
						? SOCKET_PROPERTIES
						: suffix === 'timer'
							? TIMER_PROPERTIES
							: new Set<string>();
			const shown = [
				...SERVICE_PROPERTIES.filter(([property]) => kind === null || kind.has(property)),
				...UNIT_PROPERTIES,
			];
			return shown
				.filter(([property]) => only === null || only.has(property))
				.flatMap(([property, usual]) => {
					const value = property in has ? has[property] : usual;
					// Empty values are printed where the property was asked for by name.
					if (value === null || value === undefined || value === '') return only === null ? [] : [`${property}=\n`];
					return [`${property}=${value}\n`];
				})
				.join('');
		},
	};
}
