/** Who writes into the journal, and with which fields. Names and values as on a device (`journalctl -o export`). */
import type {JournalField, Kept} from './export-entry.ts';
import type {Journal} from './journal.ts';
import type {Unit} from './units.ts';

/** sd-messages.h, as PID 1 sends them. */
export const MESSAGE = {
	starting: '7d4958e842da4a758f6c1cdc7b36dcc5',
	started: '39f53479d3a045ac8e11786248231fbf',
	stopping: 'de5b426a63be47a7b6ac3eaac82e2f6f',
	stopped: '9d1aaa27d60140bd96365438aad20286',
	failedToStart: 'be02cf6855d2428ba40df7e9d022f03d',
	deactivated: '7ad2d189f7e94e70a38c781354912448',
	exited: '98e322203f7a4ed290d09fe03c09fe15',
	failed: 'd9b373ed55a64feb8242e02dbe79a49c',
	restartScheduled: '5eb03494b6584870a536b337290809b3',
} as const;

const LEVEL = {error: 31, warn: 33, success: 32, event: 36, api: 34, info: 34, debug: 35} as const;
export type SupervisorLevel = keyof typeof LEVEL;

/** The supervisor's prefix: the level in colour inside its brackets, padded to the longest. */
const supervisorText = (level: SupervisorLevel, message: string): string =>
	`[\u001b[${LEVEL[level]}m${level}\u001b[39m]${' '.repeat(8 - level.length)}${message}`;

export type Speaker = {readonly id: string; readonly name: string; readonly image: string};

export interface Voices {
	/** The kernel itself; `sourceUs` is its own clock, where the journal read the line later. */
	kernel(priority: number, message: string, sourceUs?: number): Kept;
	/** PID 1 about a unit. */
	systemd(unit: Unit, message: string, fields?: readonly JournalField[], priority?: number): void;
	/** A unit's own main process, or another of its processes. */
	service(unit: Unit, message: string, options?: {priority?: number; pid?: number}): void;
	/** The engine, in its own form of line. */
	engine(unit: Unit, level: 'info' | 'warning' | 'error', text: string): void;
	container(engine: Unit, speaker: Speaker, message: string, stderr?: boolean): void;
	/** Twice, as on a device: once as the container, once as the unit that is attached to it. */
	supervisor(engine: Unit, unit: Unit, speaker: Speaker, level: SupervisorLevel, message: string): void;
}

export function createVoices(journal: Journal, nowMs: () => number, bootMs: number): Voices {
	const append = (fields: readonly JournalField[]): Kept => journal.append(fields, nowMs());
	const stream = new Map<string, string>();
	/** journald names each stdout it holds. */
	const streamOf = (invocation: string): string => {
		const known = stream.get(invocation) ?? [...invocation].reverse().join('');
		stream.set(invocation, known);
		return known;
	};
	const root = (unit: string): readonly JournalField[] => [
		['_UID', '0'],
		['_GID', '0'],
		['_CAP_EFFECTIVE', '1ffffffffff'],
		['_SYSTEMD_CGROUP', `/system.slice/${unit}`],
		['_SYSTEMD_UNIT', unit],
		['_SYSTEMD_SLICE', 'system.slice'],
	];
	const source = (): JournalField => ['_SOURCE_REALTIME_TIMESTAMP', String(Math.floor(nowMs() * 1000) - 31)];

	const service: Voices['service'] = (unit, message, {priority = 6, pid = unit.mainPid || unit.execPid} = {}) => {
		const {transport, comm, identifier, id} = unit.spec;
		append([
			['PRIORITY', String(priority)],
			['SYSLOG_FACILITY', '3'],
			['_TRANSPORT', transport],
			['SYSLOG_IDENTIFIER', identifier ?? comm],
			...(transport === 'syslog' ? ([['SYSLOG_PID', String(pid)]] as const) : []),
			['_COMM', comm],
			...root(id),
			['_PID', String(pid)],
			['_SYSTEMD_INVOCATION_ID', unit.invocation],
			...(transport === 'stdout' ? ([['_STREAM_ID', streamOf(unit.invocation)]] as const) : []),
			['MESSAGE', message],
			...(transport === 'stdout' ? [] : [source()]),
		]);
	};
	const container: Voices['container'] = (engine, speaker, message, stderr = false) => {
		append([
			['PRIORITY', stderr ? '3' : '6'],
			['_TRANSPORT', 'journal'],
			['_COMM', engine.spec.comm],
			...root(engine.spec.id),
			['_PID', String(engine.mainPid || engine.execPid)],
			['_SYSTEMD_INVOCATION_ID', engine.invocation],
			['CONTAINER_ID', speaker.id.slice(0, 12)],
			['CONTAINER_ID_FULL', speaker.id],
			['CONTAINER_NAME', speaker.name],
			['CONTAINER_TAG', speaker.id.slice(0, 12)],
			['IMAGE_NAME', speaker.image],
			['SYSLOG_IDENTIFIER', speaker.id.slice(0, 12)],
			['MESSAGE', message],
			source(),
		]);
	};
	return {
		service,
		container,
		kernel: (priority, message, sourceUs) => {
			const ownUs = sourceUs ?? Math.floor((nowMs() - bootMs) * 1000) - 2991;
			return append([
				['_TRANSPORT', 'kernel'],
				['SYSLOG_FACILITY', '0'],
				['SYSLOG_IDENTIFIER', 'kernel'],
				['PRIORITY', String(priority)],
				['_SOURCE_MONOTONIC_TIMESTAMP', String(ownUs)],
				['MESSAGE', message],
			]);
		},
		systemd: (unit, message, fields = [], priority = 6) => {
			append([
				['PRIORITY', String(priority)],
				['SYSLOG_FACILITY', '3'],
				['TID', '1'],
				['SYSLOG_IDENTIFIER', 'systemd'],
				['_TRANSPORT', 'journal'],
				['_PID', '1'],
				['_UID', '0'],
				['_GID', '0'],
				['_COMM', 'systemd'],
				['_EXE', '/lib/systemd/systemd'],
				['_CAP_EFFECTIVE', '1ffffffffff'],
				['_SYSTEMD_CGROUP', '/init.scope'],
				['_SYSTEMD_UNIT', 'init.scope'],
				['_SYSTEMD_SLICE', '-.slice'],
				['INVOCATION_ID', unit.invocation],
				['UNIT', unit.spec.id],
				...fields,
				['MESSAGE', message],
				source(),
			]);
		},
		engine: (unit, level, text) =>
			service(unit, `time="${new Date(nowMs()).toISOString().replace('Z', '676379Z')}" level=${level} ${text}`),
		supervisor: (engine, unit, speaker, level, message) => {
			const text = supervisorText(level, message);
			container(engine, speaker, text, level === 'error' || level === 'warn');
			service(unit, text);
		},
	};
}
