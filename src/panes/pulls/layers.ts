/** One sample of layers: what is unpacked now, and what came of each since the sample before. */
import type {Fact, PullProcess} from '../../domain/fact.ts';
import {kindOf, layerOf} from './path.ts';
import type {Layer, State} from './state.ts';

export type Sample = Extract<Fact, {kind: 'pulls'}>;

/** A layer of this sample. */
export type Seen = {
	/** Its pull is that of the sample before; empty where it is new. */
	readonly layer: Layer;
	/** Bytes since the sample before; null where the device does not tell. */
	readonly grown: number | null;
	/** It lives: a process, or growth. */
	readonly alive: boolean;
};

const PAGE = 4096;
const TICK_MS = 10;
/** Shorter spans give no figure. */
const LEAST_MS = 200;
/** A new layer's rate is the mean of its life, if that was short. */
const YOUNG_MS = 3000;
/** The engine writes a little all the time (logs, its own files): less than this, per second, is no pull. */
const ENGINE_NOISE = 16_384;

/** Milliseconds between two samples: by the device's uptime where there is one, else by our clock. */
export const between = (
	before: {readonly uptimeMs: number | null; readonly at: number},
	now: {readonly uptimeMs: number | null; readonly at: number},
): number => (before.uptimeMs !== null && now.uptimeMs !== null ? now.uptimeMs - before.uptimeMs : now.at - before.at);

function ofProcess(process: PullProcess, before: Layer | undefined, {uptimeMs}: Sample, at: number): Seen {
	const {pid, startTicks, cpuTicks, io} = process;
	const written = io?.written ?? null;
	const ageMs = uptimeMs === null ? null : Math.max(0, uptimeMs - startTicks * TICK_MS);
	const same = {
		key: `p ${pid} ${startTicks}`,
		id: layerOf(process.path),
		kind: kindOf(process.path),
		process: process.process,
		pid,
		state: process.state,
		residentBytes: process.residentPages * PAGE,
		written,
		shared: 1,
	};
	if (before === undefined) {
		const young = ageMs !== null && ageMs >= LEAST_MS && ageMs <= YOUNG_MS;
		return {
			layer: {
				...same,
				pull: '',
				sure: true,
				beganAt: at - (ageMs ?? 0),
				seenAt: at,
				uptimeMs,
				cpuTicks,
				cpu: young ? ((cpuTicks * TICK_MS) / ageMs) * 100 : null,
				rate: young && written !== null ? (written / ageMs) * 1000 : null,
				grewAt: at,
			},
			grown: written,
			alive: true,
		};
	}
	const grown = written === null || before.written === null ? null : Math.max(0, written - before.written);
	const spanMs = between({uptimeMs: before.uptimeMs, at: before.seenAt}, {uptimeMs, at});
	const {sure, pull, beganAt} = before;
	const grewAt = grown === null || grown > 0 ? at : before.grewAt;
	// Two samples at once: the figures of the one before stand.
	if (spanMs < LEAST_MS) return {layer: {...before, state: process.state}, grown: 0, alive: true};
	return {
		layer: {
			...same,
			pull,
			sure,
			beganAt,
			seenAt: at,
			uptimeMs,
			cpuTicks,
			cpu: (Math.max(0, cpuTicks - before.cpuTicks) * TICK_MS * 100) / spanMs,
			rate: grown === null ? null : (grown / spanMs) * 1000,
			grewAt,
		},
		grown,
		alive: true,
	};
}

/** Transactions without a process: the engine's own figure is all that there is, in equal parts. */
function ofWriteSets(state: State, sample: Sample, at: number): readonly Seen[] {
	const {uptimeMs, engineIo} = sample;
	const sets = sample.writeSets
		.map(set => ({...set, key: `w ${set.path.slice(set.path.lastIndexOf('/') + 1)}`}))
		.filter(({key}) => !state.dead.includes(key));
	const before = state.engine;
	const spanMs = before === null ? 0 : between(before, {uptimeMs, at});
	// A smaller figure is another engine.
	const known = engineIo !== null && before !== null && spanMs >= LEAST_MS && engineIo.written >= before.written;
	const all = known ? engineIo.written - before.written : null;
	const rate = all === null ? null : (all / spanMs) * 1000;
	const alive = rate !== null && rate >= ENGINE_NOISE;
	return sets.map(({path, cacheId, key}): Seen => {
		const last = state.layers.find(layer => layer.key === key);
		// Layers follow each other: what was written while one made place for the next is counted to the next.
		const part = all === null ? 0 : Math.round(all / sets.length);
		return {
			layer: {
				key,
				pull: last?.pull ?? '',
				sure: last?.sure ?? true,
				id: /^[0-9a-f]{12}/.exec(cacheId ?? '')?.[0] ?? null,
				kind: kindOf(path),
				process: null,
				pid: null,
				state: null,
				beganAt: last?.beganAt ?? at,
				seenAt: at,
				uptimeMs,
				cpuTicks: 0,
				cpu: null,
				residentBytes: null,
				written: engineIo === null ? null : (last?.written ?? 0) + part,
				rate: rate === null ? (last?.rate ?? null) : rate / sets.length,
				grewAt: last === undefined || alive || engineIo === null ? at : last.grewAt,
				shared: sets.length,
			},
			grown: engineIo === null ? null : part,
			alive: alive || last === undefined,
		};
	});
}

/** True where transactions without a process are layers of their own. */
export const setsAreLayers = (state: State, {processes}: Sample): boolean => !state.helpers && processes.length === 0;

/** The layers of a sample. */
export function layersOf(state: State, sample: Sample, at: number): readonly Seen[] {
	const processes = sample.processes.map(process =>
		ofProcess(
			process,
			state.layers.find(({key}) => key === `p ${process.pid} ${process.startTicks}`),
			sample,
			at,
		),
	);
	return setsAreLayers(state, sample) ? ofWriteSets(state, sample, at) : processes;
}
