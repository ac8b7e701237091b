/** What stands at a moment of a session, and what changed between two of them. */
import type {Container, Disk} from '../domain/fact.ts';
import {grouped, shortUnit} from '../domain/text.ts';
import {deviceTime, type State as Units, uptimeAt} from '../domain/units/state.ts';
import {endOf, type Service, servicesOf} from '../domain/units/status.ts';
import {nameOf, standOf} from '../panes/device/containers.ts';
import {momentOf} from '../panes/device/moment.ts';
import type {State as Device} from '../panes/device/reduce.ts';
import type {Fold} from '../session/fold.ts';
import type {Change, ContainerFacts, DiskFacts} from './note.ts';
import {stamp, times} from './words.ts';

type UnitFacts = {
	readonly name: string;
	readonly text: string;
	readonly known: boolean;
	/** Device clock. */
	readonly sinceAt: number | null;
	readonly restarts: number | null;
	readonly invocationId: string | null;
	readonly end: string | null;
};

export type Snapshot = {
	/** Operator's clock. */
	readonly at: number;
	readonly bootId: string;
	readonly versions: Readonly<Record<string, string>>;
	readonly units: readonly UnitFacts[];
	/** Null where the engine gave no answer then. */
	readonly containers: readonly ContainerFacts[] | null;
	readonly disk: DiskFacts | null;
};

/** Percent as df reckons it: what root keeps for itself is neither used nor free. */
export function diskFacts(disk: Disk | null | undefined): DiskFacts | null {
	if (disk === null || disk === undefined) return null;
	const {mount, usedKb, availableKb, readOnly} = disk;
	const size = usedKb + availableKb;
	return {mount, usedPercent: size === 0 ? 0 : Math.round((usedKb / size) * 100), availableKb, readOnly};
}

export const containerFacts = (container: Container): ContainerFacts => ({
	name: nameOf(container),
	own: container.service !== null && !/^(?:balena_|resin_)?supervisor$/.test(container.name.replace(/^\//, '')),
	stand: standOf(container),
	running: container.state === 'running',
	restarts: container.restarts,
	startedAt: momentOf(container.startedAt),
});

function unitFacts(units: Units, service: Service, at: number): UnitFacts {
	const unit = service.sample?.unit;
	const uptime = uptimeAt(units, at);
	return {
		name: `${shortUnit(service.key)}${service.entry === null ? '' : ` (${service.entry.role})`}`,
		text: service.text,
		known: service.grade !== 'unknown' && service.grade !== 'absent',
		sinceAt: unit?.since == null || uptime === null ? null : deviceTime(units, at) - (uptime - unit.since),
		restarts: unit?.restarts ?? null,
		invocationId: unit?.invocationId ?? null,
		end: endOf(service),
	};
}

/** How a unit stands, by its full name or the one that it was asked by; null where nothing is known of it. */
export function unitAt(units: Units, name: string, at: number): Pick<UnitFacts, 'text' | 'sinceAt'> | null {
	const service = servicesOf(units, at).find(one => one.key === name || one.sample?.unit?.unit === name);
	if (service === undefined || service.sample === null) return null;
	const facts = unitFacts(units, service, at);
	return facts.known ? facts : null;
}

/** What the fold holds now. */
export function snapshotOf(fold: Fold, units: Units, device: Device): Snapshot {
	const {identity} = fold;
	return {
		at: fold.at,
		bootId: identity?.bootId ?? '',
		versions: {
			OS: identity?.os ?? '',
			supervisor: identity?.supervisorVersion ?? '',
			engine: identity?.engineVersion ?? '',
			kernel: identity?.kernel ?? '',
		},
		units: servicesOf(units, fold.at).map(service => unitFacts(units, service, fold.at)),
		containers: device.answer?.kind === 'answered' ? device.containers.map(containerFacts) : null,
		disk: diskFacts(device.disk?.disk),
	};
}

const sinceText = (text: string, at: number | null): string => (at === null ? text : `${text} since ${stamp(at)}`);

function unitChange(before: UnitFacts | undefined, after: UnitFacts | undefined, rebooted: boolean): Change[] {
	const one = after ?? before;
	if (one === undefined || (before?.known !== true && after?.known !== true)) return [];
	const start = before?.known === true ? sinceText(before.text, before.sinceAt) : 'not there';
	if (after === undefined || !after.known)
		return [{what: one.name, start, end: rebooted ? 'not asked again before the end' : 'not there'}];
	const more = (after.restarts ?? 0) - (before?.restarts ?? 0);
	const anew =
		!rebooted &&
		before?.invocationId != null &&
		after.invocationId !== null &&
		before.invocationId !== after.invocationId;
	if (before?.known === true && before.text === after.text && (rebooted || (more <= 0 && !anew))) return [];
	const again = rebooted ? '' : more > 0 ? `, restarted by itself ${times(more)}` : anew ? ', was started anew' : '';
	const why = after.end === null || (!anew && more <= 0) ? '' : `, last end ${after.end}`;
	return [{what: one.name, start, end: `${sinceText(after.text, after.sinceAt)}${again}${why}`}];
}

function containerChange(before: ContainerFacts | undefined, after: ContainerFacts | undefined): Change[] {
	const one = after ?? before;
	if (one === undefined) return [];
	const words = (facts: ContainerFacts | undefined): string =>
		facts === undefined ? 'not there' : sinceText(facts.stand, facts.running ? facts.startedAt : null);
	const more = (after?.restarts ?? 0) - (before?.restarts ?? 0);
	const same = before?.stand === after?.stand && before?.startedAt === after?.startedAt && more === 0;
	if (same && before !== undefined && after !== undefined) return [];
	const again = before !== undefined && more > 0 ? `, restarted ${times(more)}` : '';
	return [{what: `container ${one.name}`, start: words(before), end: `${words(after)}${again}`}];
}

/** By name, those of the first list first. */
function pairs<One extends {readonly name: string}>(
	first: readonly One[],
	second: readonly One[],
): readonly (readonly [One | undefined, One | undefined])[] {
	const after = new Map(second.map(one => [one.name, one]));
	const known = new Set(first.map(({name}) => name));
	return [
		...first.map(one => [one, after.get(one.name)] as const),
		...second.filter(({name}) => !known.has(name)).map(one => [undefined, one] as const),
	];
}

const diskText = ({usedPercent, availableKb, readOnly}: DiskFacts): string =>
	`${usedPercent} % full, ${grouped((availableKb * 1024) / 1e6)} MB free${readOnly ? ', read-only' : ''}`;

/** So much is no noise of logs: percent and kB. */
const DISK_PERCENT = 1;
const DISK_KB = 100_000;

function diskChange(before: DiskFacts | null, after: DiskFacts | null): Change[] {
	if (before === null || after === null) return [];
	const moved =
		Math.abs(before.usedPercent - after.usedPercent) >= DISK_PERCENT ||
		Math.abs(before.availableKb - after.availableKb) >= DISK_KB ||
		before.readOnly !== after.readOnly;
	return moved ? [{what: `disk ${after.mount}`, start: diskText(before), end: diskText(after)}] : [];
}

/** What is another at the end than at the start; findings are told by their own times. */
export function changesBetween(before: Snapshot, after: Snapshot): readonly Change[] {
	const rebooted = before.bootId !== after.bootId;
	const versions = Object.entries(before.versions).flatMap(([what, start]): Change[] => {
		const end = after.versions[what] ?? '';
		return start === end ? [] : [{what, start: start || 'not known', end: end || 'not known'}];
	});
	return [
		...(rebooted ? [{what: 'boot (the device was restarted)', start: before.bootId, end: after.bootId}] : []),
		...versions,
		...pairs(before.units, after.units).flatMap(([a, b]) => unitChange(a, b, rebooted)),
		...(before.containers === null || after.containers === null
			? engineChange(before, after)
			: pairs(before.containers, after.containers).flatMap(([a, b]) => containerChange(a, b))),
		...diskChange(before.disk, after.disk),
	];
}

function engineChange(before: Snapshot, after: Snapshot): Change[] {
	const words = ({containers}: Snapshot): string =>
		containers === null
			? 'not known: the engine gave no answer'
			: `${containers.filter(({running}) => running).length} of ${containers.length} running`;
	const [start, end] = [words(before), words(after)];
	return start === end ? [] : [{what: 'containers', start, end}];
}
