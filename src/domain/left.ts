/** What stands at the end of a session, small enough to be written there: the next session tells what is another since. */
import type {Container, Disk, Identity, TimedFact} from './fact.ts';
import {initial as noUnits, reduce as reduceUnits, type State as Units} from './units/state.ts';
import {servicesOf} from './units/status.ts';

export type Left = {
	/** Operator's clock, epoch ms. */
	readonly at: number;
	readonly bootId: string;
	/** By what they are of: OS, supervisor, engine, kernel; those that are known. */
	readonly versions: Readonly<Record<string, string>>;
	/** Units that are there. */
	readonly units: readonly LeftUnit[];
	/** Null where the engine gave no answer. */
	readonly containers: readonly LeftContainer[] | null;
	readonly disk: LeftDisk | null;
	/** What the operator noted to be done. */
	readonly todos: readonly string[];
};

export type LeftUnit = {
	readonly name: string;
	/** As the services say it: "active", "failed". */
	readonly text: string;
	readonly restarts: number | null;
	readonly invocationId: string | null;
};

export type LeftContainer = {
	readonly name: string;
	readonly image: string;
	readonly state: string;
	readonly restarts: number;
	readonly startedAt: string;
};

export type LeftDisk = {readonly mount: string; readonly usedKb: number; readonly availableKb: number};

/** What has to be known of the facts for that. */
export type Stand = {
	readonly identity: Identity | null;
	readonly units: Units;
	readonly containers: readonly Container[] | null;
	readonly disk: Disk | null;
	readonly todos: readonly string[];
};

export const noStand: Stand = {identity: null, units: noUnits, containers: null, disk: null, todos: []};

/** Bounds on what is written. */
const MOST = 100;
const LONGEST = 300;

/** Takes in a fact; most change nothing. What the journal says of units is left out: their counters tell it. */
export function reduceStand(stand: Stand, timed: TimedFact): Stand {
	const {fact} = timed;
	switch (fact.kind) {
		case 'identity': {
			const another = stand.identity !== null && stand.identity.bootId !== fact.identity.bootId;
			const kept = another ? {...noStand, todos: stand.todos} : stand;
			return {...kept, identity: fact.identity, units: reduceUnits(stand.units, timed)};
		}
		case 'units':
		case 'failed':
		case 'vitals':
			return {...stand, units: reduceUnits(stand.units, timed)};
		case 'engine':
			return {...stand, containers: fact.answer.kind === 'answered' ? fact.answer.containers : null};
		case 'disk':
			return {...stand, disk: fact.disk};
		case 'remark':
			return fact.of === 'todo' ? {...stand, todos: [...stand.todos, fact.text].slice(-MOST)} : stand;
		default:
			return stand;
	}
}

const short = (text: string): string => text.slice(0, LONGEST);

/** Null before it is known who the device is. */
export function leftOf({identity, units, containers, disk, todos}: Stand, at: number): Left | null {
	if (identity === null) return null;
	const {bootId, os, supervisorVersion, engineVersion, kernel} = identity;
	const versions = {OS: os, supervisor: supervisorVersion, engine: engineVersion, kernel};
	return {
		at,
		bootId,
		versions: Object.fromEntries(
			Object.entries(versions).flatMap(([what, text]) => (text === null || text === '' ? [] : [[what, short(text)]])),
		),
		units: servicesOf(units, at)
			.filter(({grade}) => grade !== 'unknown' && grade !== 'absent')
			.slice(0, MOST)
			.map(({key, text, sample}) => ({
				name: key,
				text,
				restarts: sample?.unit.restarts ?? null,
				invocationId: sample?.unit.invocationId ?? null,
			})),
		containers:
			containers?.slice(0, MOST).map(({service, name, id, image, state, restarts, startedAt}) => ({
				name: short(service ?? (name || id)),
				image: short(image),
				state: short(state),
				restarts,
				startedAt: short(startedAt),
			})) ?? null,
		disk: disk === null ? null : {mount: short(disk.mount), usedKb: disk.usedKb, availableKb: disk.availableKb},
		todos: todos.map(short),
	};
}
