/**
 * How heavy it is to start or stop a unit: by every name that it has, and by all that stops or starts with it. A name alone
 * says too little: `system.slice` takes the engine along, and an alias is the engine.
 */
import type {Check, Readings, Risk, Subject} from '../domain/guard.ts';
import {isOurRoad, type Weighed} from './road.ts';

export const ENGINE =
	/^(?:(?:balena|balena-engine|docker|containerd|balena-engine-containerd|podman|crio|snap\.docker\.dockerd)\.(?:service|socket)|(?:docker|balena|libpod|crio)-[0-9a-f]{12,}\.scope|system-docker\.slice)$/;
export const SUPERVISOR = /^(?:balena|resin)-supervisor\.service$/;

/** What everything else stands on: what it takes along is not all said by dependencies (bootup(7), systemd.special(7)). */
const GROUND =
	/^(?:-\.slice|init\.scope|(?:system|user|machine)\.slice|(?:sysinit|basic|sockets|local-fs|multi-user|graphical|default)\.target|dbus(?:-broker)?\.(?:service|socket)|systemd-(?:journald|udevd|logind)(?:-[a-z-]+)?\.(?:service|socket)|.+\.mount)$/;

/** So many units at once are no disturbance of one service any more. */
const MANY = 10;

/** Ends the running system, or leaves it where nobody from afar gets in (systemd.special(7)). */
const END =
	/^(?:(?:reboot|poweroff|halt|kexec|soft-reboot|exit|shutdown|umount|final|rescue|emergency|sleep|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|ctrl-alt-del|factory-reset|system-update|initrd(?:-[a-z-]+)?|runlevel[016])\.target|(?:systemd-(?:reboot|poweroff|halt|kexec|soft-reboot|exit|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|factory-reset)|rescue|emergency|initrd-[a-z-]+)\.service)$/;

/** By its name it does the like, at once or with the next start of the device: not refused, but never done by a plain yes. */
const MAY_END =
	/(?:^|[-@.])(?:reboot|poweroff|power-off|halt|kexec|shutdown|factory-reset(?:-now)?|storage-target-mode|offline-update|sysupdate|system-update)(?=[-@.])/;

export type Doing = 'start' | 'stop' | 'restart';

/** Every name of the unit itself: the one that was typed, and what the device calls it. */
const namesOf = (subject: Subject, {unit}: Pick<Readings, 'unit'>): readonly string[] => [
	...(subject.kind === 'unit' ? [subject.unit] : []),
	...(unit === null ? [] : [unit.unit, ...unit.names]),
];

/** Active units that stop with it, itself aside. A restart of what is not active is a start. */
export function stopsWith(doing: Doing, {unit}: Pick<Readings, 'unit'>): readonly string[] {
	if (unit === null) return [];
	const down = doing === 'start' ? [] : unit.pulledDown;
	const all = [...new Set([...down, ...(doing === 'stop' ? [] : unit.stops)])];
	// What people know by its name comes first.
	return [...all.filter(name => !name.endsWith('.mount')), ...all.filter(name => name.endsWith('.mount'))];
}

/** All that stops, itself under each of its names where it does. */
export const stopping = (doing: Doing, subject: Subject, readings: Pick<Readings, 'unit'>): readonly string[] => [
	...(doing === 'start' ? [] : namesOf(subject, readings)),
	...stopsWith(doing, readings),
];

/** The highest risk of all that stops. */
export const riskOf =
	(doing: Doing) =>
	(subject: Subject, readings: Readings): Risk => {
		const all = stopping(doing, subject, readings);
		if (all.some(name => isOurRoad(name, readings))) return 'self';
		const others = stopsWith(doing, readings);
		if (others.length >= MANY || all.some(name => ENGINE.test(name) || GROUND.test(name))) return 'severe';
		if (mayEnd(subject, readings).length > 0) return 'severe';
		return doing === 'start' && others.length === 0 ? 'reversible' : 'disruptive';
	};

/** Asks a check only where a unit of these stops: the engine and the supervisor have checks of their own. */
export const where =
	(doing: Doing, which: RegExp, check: Check): Check =>
	(subject, readings) =>
		stopping(doing, subject, readings).some(name => which.test(name)) ? check(subject, readings) : [];

/** It may not come back, and nothing says so but this. */
export const ground =
	(doing: Doing): Check =>
	(subject, readings) => {
		const others = stopsWith(doing, readings).length;
		const found = stopping(doing, subject, readings).filter(name => GROUND.test(name));
		if (found.length === 0 && others < MANY) return [];
		const what = found.length === 0 ? `${others} units stop with it` : `Much stands on ${[...new Set(found)][0]}`;
		return [{weight: 'warns', text: `${what}: the device may not come back, and nobody reaches it then.`}];
	};

/** Why the device may end by it, though systemd calls it a unit like others. */
function mayEnd(subject: Subject, readings: Pick<Readings, 'unit'>): readonly string[] {
	const {ends = [], leads = [], starts = []} = readings.unit ?? {};
	return [
		...ends.map(({unit, action}) => `${unit} has ${action}: PID 1 does that to the whole device then.`),
		...leads
			.filter(name => END.test(name) || MAY_END.test(name))
			.map(name => `It starts ${name} when it ends, fails, or is triggered: the device goes down then.`),
		...[...new Set([...namesOf(subject, readings), ...starts])]
			.filter(name => MAY_END.test(name))
			.map(name => `By its name ${name} takes the device down.`),
	];
}

/** The device may go down by it, at once or when it fails. */
export const endsDevice: Check = (subject, readings) =>
	mayEnd(subject, readings).map(text => ({weight: 'warns', text}));

/** Why it is never offered: it would end the running system. Empty where it would not. */
function ending(doing: Doing, subject: Subject, readings: Pick<Readings, 'unit'>): string {
	const {unit} = readings;
	const named = doing === 'stop' ? [] : [...namesOf(subject, readings), ...(unit?.starts ?? [])];
	// A stop is an end, too.
	const found =
		named.find(name => END.test(name)) ?? unit?.ends.find(({action}) => action.startsWith('SuccessAction='))?.unit;
	return found === undefined
		? ''
		: `It ends the running system (${found}): a reboot has an action of its own (${'`reboot`'}), and shutting the device down is never offered.`;
}

/** Why it would cut our own session or our road for good; empty where it would not, or comes back. */
function cutting(doing: Doing, subject: Subject, readings: Pick<Readings, 'unit'> & Weighed): string {
	const all = stopping(doing, subject, readings);
	const own = all.find(name => readings.ours.includes(name));
	if (own !== undefined)
		return `Our own session runs in ${own}: it would end in the middle of it, and there is no way back.`;
	const road = all.find(name => isOurRoad(name, readings));
	if (road === undefined || (doing === 'restart' && namesOf(subject, readings).includes(road))) return '';
	return `${road} carries the connection that we came by, and nothing would start it again: there is no way back.`;
}

/** Why systemd or devtop refuses it, whatever is on record; empty where neither does. */
export function refusedFor(doing: Doing, subject: Subject, readings: Readings): string {
	const {unit} = readings;
	if (unit === null || unit.loadState === '') return 'The device did not say what state it is in.';
	const ends = ending(doing, subject, readings);
	if (ends !== '') return ends;
	if (doing !== 'stop') {
		if (unit.loadState === 'not-found') return 'There is no such unit on this device.';
		if (unit.loadState === 'masked') return 'It is masked: systemd refuses to start it.';
	}
	const cuts = cutting(doing, subject, readings);
	if (cuts !== '') return cuts;
	if (doing !== 'stop' && !unit.canStart) return 'systemd does not let it be started by hand (RefuseManualStart).';
	if (doing !== 'start' && !unit.canStop && /^(?:active|reloading|activating)$/.test(unit.activeState))
		return 'systemd does not let it be stopped by hand (RefuseManualStop).';
	return '';
}
