/** What is looked at before an action, each for itself; read only. `blocks` refuses, `warns` must be read. */
import type {Check, Finding, Readings, Subject} from '../domain/guard.ts';
import {count} from '../domain/text.ts';

const none: readonly Finding[] = [];
const blocks = (text: string): readonly Finding[] => [{weight: 'blocks', text}];
const warns = (text: string): readonly Finding[] => [{weight: 'warns', text}];

/** `systemctl` and `reboot` do not honour update locks; only the supervisor and safe_reboot do (update-lock.ts, safe_reboot). */
export const updateLocks: Check = (_, {locks}) => {
	const services = locks.filter(({own}) => !own).map(({service}) => service);
	return services.length === 0
		? none
		: warns(`An update lock is held by ${services.join(', ')}: that service asked not to be stopped now.`);
};

/** A pull in progress is lost with the engine, and begins again: on a metered link that is paid for twice. */
export const noPull: Check = (_, {pulling}) =>
	pulling ? blocks('A pull is running: it would be lost and begin again. Wait for its end.') : none;

export const pullGoesOn: Check = (_, {pulling}) =>
	pulling ? warns('A pull is running: it is cancelled, and begins again later.') : none;

export const noSupervisorUpdate: Check = (_, {updating}) => {
	const found = updating.filter(unit => unit.startsWith('update-'));
	return found.length === 0
		? none
		: blocks(`The supervisor is being updated (${found.join(', ')} is active): wait for its end.`);
};

/** Of what nobody here knows: it may only look, or take the device down. */
export const effectNotKnown: Check = () => warns('Its effect is not known to devtop: you have to know it.');

/** An update of the host OS leaves the device half-written where it is broken off. */
export const noHostUpdate: Check = (_, {updating, hostUpdate}) =>
	hostUpdate || updating.some(unit => unit.startsWith('balena-host'))
		? blocks('An update of the host OS is running: breaking it off may leave the device unable to start.')
		: none;

const FULL = 0.95;
export const diskSpace: Check = (_, {disk}) =>
	disk !== null && disk.totalKb > 0 && disk.availableKb < disk.totalKb * (1 - FULL)
		? warns(
				`The data partition is ${Math.round(100 - (disk.availableKb / disk.totalKb) * 100)} % full: what starts anew may not find room.`,
			)
		: none;

const SCARCE = 0.05;
export const memory: Check = (_, reading) =>
	reading.memory !== null && reading.memory.totalKb > 0 && reading.memory.availableKb < reading.memory.totalKb * SCARCE
		? warns(
				`Only ${Math.round(reading.memory.availableKb / 1000)} MB of memory are free: what starts anew may be killed.`,
			)
		: none;

export const otherOperators: Check = (_, {otherSessions}) =>
	otherSessions > 0
		? warns(`${count(otherSessions, 'other SSH session')} on this device: somebody else may be at work on it.`)
		: none;

/** Restarts of its own, the newest so short ago, are a loop: between two of them it is active for a moment. */
const LOOP = {restarts: 2, ms: 60_000};

/** Is it restarting by itself? Then what we do and what it does cannot be told apart. */
export function looping({unit, uptimeMs}: Pick<Readings, 'unit' | 'uptimeMs'>): boolean {
	if (unit === null) return false;
	if (unit.subState === 'auto-restart') return true;
	const {activeSince, restarts} = unit;
	return (
		(restarts ?? 0) >= LOOP.restarts && activeSince !== null && uptimeMs !== null && uptimeMs - activeSince < LOOP.ms
	);
}

export const restartsByItself: Check = (_, readings) =>
	looping(readings)
		? warns(
				`${readings.unit?.unit} is restarting by itself (${count(readings.unit?.restarts ?? 0, 'restart')} so far): it may come back before or after what we do, and that can’t be proven then.`,
			)
		: none;

export const jobQueued: Check = (_, {unit}) =>
	unit !== null && unit.job !== 0
		? warns(`A job of somebody else is already queued for ${unit.unit} (${unit.job}).`)
		: none;

export const startedAgain: Check = (_, {unit}) =>
	unit !== null && unit.triggeredBy.length > 0
		? warns(`${unit.triggeredBy.join(', ')} can start it again at any time.`)
		: none;

/** Only root may, whatever is on record. */
const isRoot: Check = (_, {uid}) =>
	uid !== null && uid !== 0 ? blocks('We are not root on this device, so systemd refuses: connect as root.') : none;

/** What everything has in common. */
export const always: readonly Check[] = [isRoot, otherOperators];

export const findingsOf = (checks: readonly Check[], subject: Subject, readings: Readings): readonly Finding[] =>
	checks.flatMap(check => check(subject, readings));
