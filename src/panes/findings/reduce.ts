/** Findings: what rules say of lines, and what samplers measure. */
import type {Fact, TimedFact} from '../../domain/fact.ts';
import type {JournalRecord} from '../../domain/journal.ts';
import {initial as noUnits, reduce as reduceUnits, type State as Units} from '../../domain/units/state.ts';
import {hits, ruleOf} from '../../rules/index.ts';
import {
	DISK_CONDITIONS,
	ENGINE_CONDITIONS,
	judgeDisk,
	judgeEngine,
	judgeLocks,
	judgePull,
	judgeVitals,
	judgeWrites,
	LOCK_CONDITIONS,
	PULL_CONDITIONS,
	VITAL_CONDITIONS,
	WRITE_CONDITIONS,
	type Writes,
} from './conditions.ts';
import {type Known, withHit, withMeasures} from './track.ts';
import {judgeUnits, UNIT_CONDITIONS} from './unit-conditions.ts';

export type State = Known & {
	readonly units: Units;
	readonly boot: string | null;
	readonly balena: boolean;
	/** Device clock minus ours, ms; 0 before it is known. */
	readonly offsetMs: number;
	/** What the operator knows of, with the reason and how often it had happened by then. */
	readonly snoozed: Readonly<Record<string, {readonly text: string; readonly count: number}>>;
	/** Writes by disk at the last look. */
	readonly writes: Writes;
	/** The bytes of running pulls when they last changed: operator's clock. Null: none runs. */
	readonly pull: {readonly signature: string; readonly at: number} | null;
};

export const initial: State = {
	all: {},
	ends: {},
	units: noUnits,
	boot: null,
	balena: false,
	offsetMs: 0,
	snoozed: {},
	writes: {},
	pull: null,
};

function withRecord(state: State, record: JournalRecord): State {
	let known: Known = state;
	for (const hit of hits(record)) {
		const rule = ruleOf(hit.rule);
		if (rule !== undefined) known = withHit(known, rule, hit, record);
	}
	const {all, ends} = known;
	return all === state.all && ends === state.ends ? state : {...state, all, ends};
}

/** A line of the ring buffer has no cursor and no wall clock; what it says is the same. */
function ringRecord(fact: Extract<Fact, {kind: 'kernel-line'}>, bootMs: number | null, boot: string): JournalRecord {
	const priority = Math.min(7, Math.max(0, fact.priority)) as JournalRecord['severity'];
	return {
		cursor: '',
		boot,
		realtimeUs: (bootMs ?? 0) * 1000 + fact.kernelUs,
		monotonicUs: fact.kernelUs,
		priority,
		severity: priority,
		identifier: 'kernel',
		units: [],
		about: null,
		pid: null,
		transport: 'kernel',
		messageId: null,
		containerId: null,
		containerName: null,
		message: fact.message,
		messageBytes: fact.message.length,
		kernelUs: fact.kernelUs,
		jobId: null,
		jobType: null,
		jobResult: null,
		dropped: null,
		tags: [],
	};
}

function withPulls(state: State, {processes, writeSets, engineIo}: Extract<Fact, {kind: 'pulls'}>, at: number): State {
	const pulling = processes.length > 0 || writeSets.length > 0;
	const known = processes.some(({io}) => io !== null) || engineIo !== null;
	if (!pulling || !known) {
		const all = withMeasures(state.all, PULL_CONDITIONS, [], at + state.offsetMs);
		return state.pull === null && all === state.all ? state : {...state, all, pull: null};
	}
	const signature = [
		...processes.map(({pid, io}) => `${pid} ${io?.written ?? 0}`),
		...(processes.length === 0 && engineIo !== null ? [`engine ${Math.floor(engineIo.written / 65_536)}`] : []),
	].join(' ');
	const pull = state.pull?.signature === signature ? state.pull : {signature, at};
	const all = withMeasures(state.all, PULL_CONDITIONS, judgePull(at - pull.at), at + state.offsetMs);
	return {...state, all, pull};
}

export function reduce(before: State, timed: TimedFact): State {
	const {at, fact} = timed;
	const units = reduceUnits(before.units, timed);
	const state = units === before.units ? before : {...before, units};
	const measured = (ids: ReadonlySet<string>, measures: Parameters<typeof withMeasures>[2]): State => {
		const all = withMeasures(state.all, ids, measures, at + state.offsetMs);
		return all === state.all ? state : {...state, all};
	};
	switch (fact.kind) {
		case 'journal':
		case 'story':
		case 'kernel-history':
			return withRecord(state, fact.record);
		case 'kernel-line': {
			const {clock} = state.units;
			const bootMs = clock?.clockMs == null || clock.uptimeMs === null ? null : clock.clockMs - clock.uptimeMs;
			return withRecord(state, ringRecord(fact, bootMs, state.boot ?? ''));
		}
		case 'units':
		case 'failed':
			return measured(UNIT_CONDITIONS, judgeUnits(state.units, at));
		case 'vitals': {
			const {clockMs} = fact.vitals;
			const offsetMs = clockMs === null ? state.offsetMs : clockMs - at;
			return {
				...measured(VITAL_CONDITIONS, judgeVitals(fact.vitals, clockMs === null ? null : offsetMs, state.balena)),
				offsetMs,
			};
		}
		case 'snooze': {
			const finding = Object.hasOwn(state.all, fact.key) ? state.all[fact.key] : undefined;
			if (finding === undefined) return state;
			return {...state, snoozed: {...state.snoozed, [fact.key]: {text: fact.text, count: finding.count}}};
		}
		case 'writes': {
			const now = Object.fromEntries(fact.disks.map(({name, writes, ms}) => [name, {writes, ms}]));
			return {...measured(WRITE_CONDITIONS, judgeWrites(now, state.writes)), writes: now};
		}
		case 'locks':
			return measured(LOCK_CONDITIONS, judgeLocks(fact.locks));
		case 'disk':
			return measured(DISK_CONDITIONS, judgeDisk(fact.disk));
		case 'engine':
			return measured(ENGINE_CONDITIONS, judgeEngine(fact.answer));
		case 'pulls':
			return withPulls(state, fact, at);
		case 'identity': {
			const {bootId, kind, clockMs} = fact.identity;
			const offsetMs = clockMs === null ? state.offsetMs : clockMs - at;
			const balena = kind === 'balena';
			if (state.boot === null || state.boot === bootId) return {...state, boot: bootId, balena, offsetMs};
			// Another boot: what was measured holds no more; what was said stays as the past.
			const all = Object.fromEntries(Object.entries(state.all).filter(([, {measured: one}]) => !one));
			return {...state, all, boot: bootId, balena, offsetMs, pull: null, writes: {}};
		}
		default:
			return state;
	}
}
