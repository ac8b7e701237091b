/** Services: properties merged per asked name, and what PID 1 said about units. */
import type {Fact, TimedFact, UnitChange} from '../fact.ts';
import {type History, noHistory, withGrowth, withRecord} from './restarts.ts';
import {toUnit, type Unit, type UnitProperties} from './unit.ts';

export type Sample = {
	readonly properties: UnitProperties;
	readonly unit: Unit;
	/** Percent of one processor between the last two figures; null where not known. */
	readonly cpu: number | null;
	readonly cpuAt: {readonly ns: number; readonly at: number} | null;
};

export type State = {
	/** By asked name. */
	readonly samples: Readonly<Record<string, Sample>>;
	/** Failed units, all of them; the properties of those that nobody asked for. */
	readonly failed: readonly string[];
	readonly others: Readonly<Record<string, Sample>>;
	readonly histories: Readonly<Record<string, History>>;
	/** Device uptime and clock, with the operator's clock at that moment. */
	readonly clock: {readonly at: number; readonly uptimeMs: number | null; readonly clockMs: number | null} | null;
	readonly kind: 'balena' | 'systemd' | null;
	readonly boot: string | null;
	/** Exit code of the last `systemctl show`; null before it was asked. */
	readonly code: number | null;
	/** Why the sampler could not answer. */
	readonly sentence: string;
};

export const initial: State = {
	samples: {},
	failed: [],
	others: {},
	histories: {},
	clock: null,
	kind: null,
	boot: null,
	code: null,
	sentence: '',
};

/** Bounds on what a device can make us keep. */
const MOST_OTHERS = 50;
const MOST_SAMPLES = 500;
const MOST_HISTORIES = 200;

/** CPU between two figures of CPUUsageNSec; a smaller figure is a new process tree. */
function cpuOf(before: Sample | undefined, unit: Unit, at: number): Pick<Sample, 'cpu' | 'cpuAt'> {
	if (unit.cpuNs === null) return {cpu: null, cpuAt: null};
	const last = before?.cpuAt;
	const now = {ns: unit.cpuNs, at};
	if (!last || unit.cpuNs < last.ns || before?.unit.invocationId !== unit.invocationId) return {cpu: null, cpuAt: now};
	if (at - last.at < 500) return {cpu: before?.cpu ?? null, cpuAt: last};
	return {cpu: (unit.cpuNs - last.ns) / 1e4 / (at - last.at), cpuAt: now};
}

function merged(before: Sample | undefined, change: UnitChange, full: boolean, at: number): Sample {
	const properties = full ? change.properties : {...before?.properties, ...change.properties};
	const unit = toUnit(properties);
	return {properties, unit, ...cpuOf(before, unit, at)};
}

function withUnits(state: State, {status, full, changes}: Extract<Fact, {kind: 'units'}>, at: number): State {
	if (status.code !== 0) return {...state, code: status.code};
	const samples: Record<string, Sample> = {...state.samples};
	/** By canonical name: an alias that was asked for too tells the same restarts. */
	const grown = new Map<string, number>();
	for (const change of changes) {
		if (samples[change.asked] === undefined && Object.keys(samples).length >= MOST_SAMPLES) continue;
		const before = samples[change.asked];
		const after = merged(before, change, full, at);
		samples[change.asked] = after;
		const {unit, restarts} = after.unit;
		const by = (restarts ?? 0) - (before?.unit.restarts ?? restarts ?? 0);
		if (unit !== '' && by > (grown.get(unit) ?? 0)) grown.set(unit, by);
	}
	let {histories} = state;
	for (const [unit, by] of grown)
		histories = withHistory(histories, unit, history => withGrowth(history, by, deviceTime(state, at)));
	// Figures that did not change are not sent: no time was used by those that we have a figure of.
	for (const [asked, sample] of Object.entries(samples))
		if (sample.cpuAt !== null && sample.cpuAt.at !== at && !changes.some(change => change.asked === asked))
			samples[asked] = {...sample, ...cpuOf(sample, sample.unit, at)};
	return {...state, samples, histories, code: 0};
}

function withFailed(state: State, {status, units, changes}: Extract<Fact, {kind: 'failed'}>, at: number): State {
	if (status.code !== 0) return state;
	const others: Record<string, Sample> = {};
	for (const change of changes.slice(0, MOST_OTHERS))
		others[change.asked] = merged(state.others[change.asked], change, true, at);
	return {...state, failed: units, others};
}

export function withHistory(
	histories: State['histories'],
	unit: string,
	change: (history: History) => History,
): State['histories'] {
	const before = histories[unit];
	const after = change(before ?? noHistory);
	if (after === before || after === noHistory) return histories;
	if (before === undefined && Object.keys(histories).length >= MOST_HISTORIES) return histories;
	return {...histories, [unit]: after};
}

/** The device's clock at a moment of ours; ours where it is not known. */
export const deviceTime = ({clock}: Pick<State, 'clock'>, at: number): number =>
	clock?.clockMs == null ? at : clock.clockMs + (at - clock.at);

/** Milliseconds since boot at a moment of ours. */
export const uptimeAt = ({clock}: Pick<State, 'clock'>, at: number): number | null =>
	clock?.uptimeMs == null ? null : clock.uptimeMs + (at - clock.at);

export function reduce(state: State, {at, fact}: TimedFact): State {
	switch (fact.kind) {
		case 'units':
			return withUnits(state, fact, at);
		case 'failed':
			return withFailed(state, fact, at);
		case 'vitals': {
			const {uptimeMs, clockMs} = fact.vitals;
			return {...state, clock: {at, uptimeMs, clockMs}};
		}
		case 'identity': {
			const {bootId, kind} = fact.identity;
			// Another boot: nothing that was measured holds any more.
			if (state.boot !== null && state.boot !== bootId) return {...initial, kind, boot: bootId};
			return {...state, kind, boot: bootId};
		}
		case 'journal':
		case 'story': {
			const {record} = fact;
			if (record.about === null && !record.message.includes('.service: ')) return state;
			const histories = withRecord(state.histories, record, withHistory);
			return histories === state.histories ? state : {...state, histories};
		}
		case 'source':
			return fact.source === 'sampler' ? {...state, sentence: fact.state === 'failed' ? fact.sentence : ''} : state;
		default:
			return state;
	}
}
