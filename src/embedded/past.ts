/** What the journal holds when we come: the boot, and the last hour. */

import type {Balena} from './balena.ts';
import {ENGINE_LISTENS, ENGINE_READY, SUPERVISOR_START} from './balena-lines.ts';
import type {Chance} from './chance.ts';
import {BOOT_LOG} from './kernel-data.ts';
import {UNDER_VOLTAGE} from './trouble-data.ts';
import type {Unit, UnitTable} from './units.ts';
import {MESSAGE, type Voices} from './voices.ts';

const HOUR = 3_600_000;
/** One ordinary line in so much time: a few hundred in the hour. */
const EVERY_MS = 7000;

export type Past = {
	readonly voices: Voices;
	readonly table: UnitTable;
	readonly balena: Balena;
	readonly chance: Chance;
	readonly ordinary: () => void;
	readonly bootMs: number;
	readonly nowMs: number;
	/** Did anything go wrong in the last hour, and is an old damage on record? A quiet device has nothing of it. */
	readonly troubled: boolean;
	/** Sets the time at which the ordinary lines are spoken. */
	readonly at: (ms: number | null) => void;
};

const title = ({spec}: Unit): string => `${spec.id} - ${spec.description}`;
const job = (unit: Unit): [string, string][] => [
	['JOB_ID', String(40 + (unit.spec.pid % 97))],
	['JOB_TYPE', 'start'],
];

function starting(voices: Voices, unit: Unit): void {
	voices.systemd(unit, `Starting ${title(unit)}...`, [['MESSAGE_ID', MESSAGE.starting], ...job(unit)]);
}

function started(voices: Voices, balena: Balena, unit: Unit): void {
	if (unit === balena.engine)
		for (const text of [...ENGINE_READY, ...ENGINE_LISTENS]) voices.engine(unit, 'info', text);
	const verb = unit.spec.sub === 'listening' ? 'Listening on' : unit.spec.type === 'oneshot' ? 'Finished' : 'Started';
	voices.systemd(unit, `${verb} ${title(unit)}.`, [
		['MESSAGE_ID', MESSAGE.started],
		...job(unit),
		['JOB_RESULT', 'done'],
	]);
	if (unit === balena.supervisor) for (const [level, text] of SUPERVISOR_START) balena.say(level, text);
}

/** Writes the journal's past, oldest line first. */
export function writePast({voices, table, balena, chance, ordinary, bootMs, nowMs, at, troubled}: Past): void {
	// journald starts some seconds after the kernel and reads what is in the ring buffer, then its own time goes on.
	const journaldMs = bootMs + 5100;
	const log = troubled
		? BOOT_LOG
		: BOOT_LOG.filter(([, , message]) => !message.includes('error count since last fsck'));
	const boot: [ms: number, say: () => void][] = log.map(([priority, us, message]) => [
		Math.max(journaldMs, bootMs + us / 1000),
		() => voices.kernel(priority, message, us),
	]);
	for (const unit of table.units) {
		const {spec} = unit;
		const upMs = bootMs + spec.upAt * 1000;
		if (upMs > nowMs) continue;
		if (spec.starting) boot.push([upMs - spec.startMs, () => starting(voices, unit)]);
		boot.push([upMs, () => started(voices, balena, unit)]);
		if (spec.ended === true) {
			const fields: [string, string][] = [['MESSAGE_ID', MESSAGE.deactivated]];
			boot.push([upMs + 67, () => voices.systemd(unit, `${spec.id}: Deactivated successfully.`, fields)]);
		}
	}
	for (const [ms, say] of boot.sort(([a], [b]) => a - b)) {
		at(ms);
		say();
	}
	/** [milliseconds before now, what happened]. */
	const events: [agoMs: number, say: () => void][] = !troubled
		? []
		: [
				[41 * 60_000, () => voices.kernel(3, 'usb 1-1.2: device descriptor read/64, error -71')],
				...UNDER_VOLTAGE.map(([ms, priority, text]): [number, () => void] => [
					26 * 60_000 - ms,
					() => voices.kernel(priority, text),
				]),
				[19 * 60_000, () => balena.say('warn', 'Retrying current state report in 15 seconds')],
				[
					18 * 60_000,
					() =>
						voices.engine(
							balena.engine,
							'error',
							'msg="Handler for GET /containers/json returned error: context canceled"',
						),
				],
				[6 * 60_000, () => voices.engine(balena.engine, 'warning', 'msg="Health check for container timed out"')],
			];
	for (let ago = HOUR; ago > 2500; ago -= chance.between(EVERY_MS / 2, EVERY_MS * 1.5)) {
		for (const event of events) {
			if (event[0] < ago) continue;
			at(nowMs - event[0]);
			event[1]();
			event[0] = -1;
		}
		at(nowMs - ago);
		ordinary();
	}
	at(null);
}
