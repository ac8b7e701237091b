/** A systemd unit as `systemctl show` describes it: numbers where they are known, null where they are not. */

/** What the sampler asks for. Names that a version does not have are left out of its answer in silence (systemctl(1)). */
export const UNIT_PROPERTIES = [
	'Id',
	'Names',
	'LoadState',
	'ActiveState',
	'SubState',
	'Result',
	'MainPID',
	'ExecMainCode',
	'ExecMainStatus',
	'NRestarts',
	'ActiveEnterTimestampMonotonic',
	'InactiveEnterTimestampMonotonic',
	'StateChangeTimestampMonotonic',
	'MemoryCurrent',
	'TasksCurrent',
	'CPUUsageNSec',
	'ConditionResult',
	'InvocationID',
] as const;

export type UnitProperties = Readonly<Record<string, string>>;

export type Unit = {
	/** The canonical name (Id), whatever alias was asked for. */
	readonly unit: string;
	readonly names: readonly string[];
	/** loaded, not-found, masked, bad-setting, error; empty where not known. */
	readonly loadState: string;
	/** active, reloading, inactive, failed, activating, deactivating; empty where not known. */
	readonly activeState: string;
	readonly subState: string;
	/** success, exit-code, signal, core-dump, watchdog, oom-kill, timeout, start-limit-hit … */
	readonly result: string;
	/** When it came into this state, milliseconds since boot. */
	readonly since: number | null;
	readonly mainPid: number | null;
	readonly memory: number | null;
	readonly cpuNs: number | null;
	readonly tasks: number | null;
	readonly restarts: number | null;
	/** CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3 (waitid(2)); 0 while the process runs. */
	readonly execMainCode: number | null;
	readonly execMainStatus: number | null;
	readonly invocationId: string | null;
	readonly description: string | null;
	/** Null where no start was tried yet or it was not asked. */
	readonly conditionResult: boolean | null;
	readonly statusText: string | null;
};

/** The largest 64-bit number: how older systemd prints a figure that is not set. */
const UNSET = '18446744073709551615';

/** A whole number, or null for "[not set]", "[no data]", "infinity", nothing, and the largest number. */
function whole(text: string | undefined): number | null {
	if (text === undefined || text === UNSET || !/^\d+$/.test(text)) return null;
	const value = Number(text);
	return Number.isSafeInteger(value) ? value : null;
}

/** A monotonic timestamp in µs as ms since boot; 0 means never. */
function moment(text: string | undefined): number | null {
	const us = whole(text);
	return us === null || us === 0 ? null : Math.floor(us / 1000);
}

function sinceOf(properties: UnitProperties): number | null {
	const change = moment(properties.StateChangeTimestampMonotonic);
	switch (properties.ActiveState) {
		case 'active':
		case 'reloading':
			return moment(properties.ActiveEnterTimestampMonotonic) ?? change;
		case 'inactive':
		case 'failed':
			return moment(properties.InactiveEnterTimestampMonotonic) ?? change;
		default:
			return change;
	}
}

const text = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);

/** Reads properties; any of them may be missing. */
export function toUnit(properties: UnitProperties): Unit {
	const condition = properties.ConditionResult;
	const pid = whole(properties.MainPID);
	return {
		unit: properties.Id ?? '',
		names: (properties.Names ?? '').split(' ').filter(name => name !== ''),
		loadState: properties.LoadState ?? '',
		activeState: properties.ActiveState ?? '',
		subState: properties.SubState ?? '',
		result: properties.Result ?? '',
		since: sinceOf(properties),
		mainPid: pid === 0 ? null : pid,
		memory: whole(properties.MemoryCurrent),
		cpuNs: whole(properties.CPUUsageNSec),
		tasks: whole(properties.TasksCurrent),
		restarts: whole(properties.NRestarts),
		execMainCode: whole(properties.ExecMainCode),
		execMainStatus: whole(properties.ExecMainStatus),
		invocationId: text(properties.InvocationID),
		description: text(properties.Description),
		conditionResult: condition === 'yes' ? true : condition === 'no' ? false : null,
		statusText: text(properties.StatusText),
	};
}

/** signal(7), x86 and arm: the names that systemd prints behind the number. */
const SIGNALS: Readonly<Record<number, string>> = {
	1: 'HUP',
	2: 'INT',
	3: 'QUIT',
	4: 'ILL',
	5: 'TRAP',
	6: 'ABRT',
	7: 'BUS',
	8: 'FPE',
	9: 'KILL',
	10: 'USR1',
	11: 'SEGV',
	12: 'USR2',
	13: 'PIPE',
	14: 'ALRM',
	15: 'TERM',
	24: 'XCPU',
	31: 'SYS',
};
/** systemd.exec(5), "Process Exit Codes": those that are seen. */
const STATUSES: Readonly<Record<number, string>> = {
	1: 'FAILURE',
	2: 'INVALIDARGUMENT',
	3: 'NOTIMPLEMENTED',
	4: 'NOPERMISSION',
	5: 'NOTINSTALLED',
	6: 'NOTCONFIGURED',
	7: 'NOTRUNNING',
	200: 'CHDIR',
	203: 'EXEC',
	209: 'STDOUT',
	216: 'GROUP',
	217: 'USER',
	226: 'NAMESPACE',
};

/** How the main process ended, as PID 1 would say it: "9/KILL", "1/FAILURE". Null where it runs or ended well. */
export function exitOf({execMainCode, execMainStatus}: Pick<Unit, 'execMainCode' | 'execMainStatus'>): string | null {
	if (execMainCode === null || execMainCode === 0 || execMainStatus === null) return null;
	if (execMainCode !== 1) return `${execMainStatus}/${SIGNALS[execMainStatus] ?? 'signal'}`;
	return execMainStatus === 0 ? null : `${execMainStatus}/${STATUSES[execMainStatus] ?? 'n/a'}`;
}
