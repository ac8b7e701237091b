/** Pulls: samples of layers, what the supervisor said of images, and what the engine says of trouble. */
import type {TimedFact} from '../../domain/fact.ts';
import type {JournalRecord} from '../../domain/journal.ts';
import {toPullEvent, toTrouble} from '../../domain/pull-event.ts';
import {adopted, assigned, endOfLoose, lostOnes, newestFirst, paused} from './assign.ts';
import {layersOf, type Sample, setsAreLayers} from './layers.ts';
import {keyOf, runsOf, type Said, withSaid} from './runs.ts';
import {FINISHED, type Finished, isLoose, noWork, type Pull, RATES, type State} from './state.ts';

export {initial, type State} from './state.ts';

/** Reads all that was said anew. What was measured of a pull stays with it. */
function told(state: State, said: readonly Said[]): State {
	const works = new Map([...state.pulls, ...state.finished].map(({key, work}) => [key, work]));
	const pulls = state.pulls.filter(isLoose);
	const finished = state.finished.filter(isLoose);
	for (const {end, ...run} of runsOf(said, state.boot)) {
		const work = works.get(run.key) ?? noWork;
		const pull: Pull = {...run, work};
		if (end === null) {
			pulls.push(pull);
			continue;
		}
		const {ms, ...rest} = end;
		const sawMs = work.layerAt === null ? run.beganMs : work.layerAt + state.offsetMs;
		finished.push({...pull, ...rest, endedMs: ms ?? sawMs ?? 0});
	}
	pulls.sort((a, b) => (a.beganMs ?? 0) - (b.beganMs ?? 0));
	return {...state, said, pulls, finished: newestFirst(finished).slice(0, FINISHED)};
}

/** Pulls of which nothing was seen for an hour are interrupted, and their transactions left alone. */
function withoutLost(state: State, at: number): State {
	const lost = lostOnes(state, at);
	if (lost.length === 0) return state;
	const why = 'no sign of life for an hour';
	let {said} = state;
	const over: Finished[] = [];
	for (const pull of lost) {
		if (isLoose(pull)) over.push(endOfLoose(state, pull, 'interrupted', why));
		const begun = said.find(event => event.kind === 'begun' && keyOf(event) === pull.key);
		if (begun === undefined) continue;
		const atMs = Math.max(begun.atMs, (pull.work.signAt ?? 0) + state.offsetMs);
		said = withSaid(said, {...begun, kind: 'lost', why, atMs, monoUs: begun.monoUs + (atMs - begun.atMs) * 1000});
	}
	const keys = new Set(lost.map(({key}) => key));
	const gone = state.layers.filter(({pull}) => keys.has(pull));
	return told(
		{
			...state,
			layers: state.layers.filter(({pull}) => !keys.has(pull)),
			dead: [...state.dead, ...gone.map(({key}) => key)],
			pulls: state.pulls.filter(pull => !over.some(({key}) => key === pull.key)),
			finished: newestFirst([...over, ...state.finished]),
		},
		said,
	);
}

function withSample(before: State, sample: Sample, at: number): State {
	const {uptimeMs, engineIo, processes, writeSets} = sample;
	const helpers = before.helpers || processes.length > 0;
	const listed = new Set(writeSets.map(({path}) => `w ${path.slice(path.lastIndexOf('/') + 1)}`));
	let state = adopted({...before, helpers, dead: before.dead.filter(key => listed.has(key))});
	const seen = layersOf(state, sample, at);
	// An engine with helpers opens a transaction before it starts one.
	const waiting = !setsAreLayers(state, sample) && writeSets.length > processes.length;
	state = paused(state, new Set(seen.map(({layer}) => layer.pull)), waiting, at);
	state = assigned(state, seen, at);
	const rate = seen.reduce((sum, {layer}) => sum + (layer.rate ?? 0), 0);
	const rates = [...state.rates, rate].slice(-RATES);
	return withoutLost(
		{
			...state,
			rates: state.pulls.length > 0 || rates.some(one => one > 0) ? rates : [],
			engine: engineIo === null ? null : {written: engineIo.written, uptimeMs, at},
			clock: {at, uptimeMs},
			finished: state.finished.slice(0, FINISHED),
		},
		at,
	);
}

function withRecord(state: State, record: JournalRecord): State {
	const event = toPullEvent(record);
	if (event !== null) {
		const said = withSaid(state.said, event);
		return said === state.said ? state : told(state, said);
	}
	const trouble = toTrouble(record);
	return trouble === null || trouble.atMs < (state.trouble?.atMs ?? 0) ? state : {...state, trouble};
}

/** Another boot: what ran is no more, whatever it was. */
function withBoot(state: State, boot: string): State {
	if (state.boot === null || state.boot === boot)
		return state.boot === boot ? state : told({...state, boot}, state.said);
	const over = state.pulls
		.filter(isLoose)
		.map(pull => endOfLoose(state, pull, 'interrupted', 'the device was started anew'));
	return told(
		{
			...state,
			boot,
			layers: [],
			pulls: state.pulls.filter(pull => !isLoose(pull)),
			finished: newestFirst([...over, ...state.finished]),
			dead: [],
			rates: [],
			engine: null,
			clock: null,
			trouble: null,
		},
		state.said,
	);
}

/** Clocks that are read over a link tremble: only a real difference is followed. */
const withOffset = (state: State, offsetMs: number): State =>
	Math.abs(offsetMs - state.offsetMs) < 1500 ? state : {...state, offsetMs};

/** The engine's major version: from 24 on there is no helper process for a layer. */
function helpersOf(version: string | null): boolean | null {
	const major = Number(/^(\d+)\./.exec(version ?? '')?.[1] ?? Number.NaN);
	return Number.isNaN(major) ? null : major < 24;
}

export function reduce(state: State, {at, fact}: TimedFact): State {
	switch (fact.kind) {
		case 'pulls':
			return withSample(state, fact, at);
		case 'journal':
			return withRecord(state, fact.record);
		case 'vitals':
			return fact.vitals.clockMs === null ? state : withOffset(state, fact.vitals.clockMs - at);
		case 'identity': {
			const {bootId, uid, engineVersion, clockMs} = fact.identity;
			const next = withBoot(clockMs === null ? state : withOffset(state, clockMs - at), bootId);
			return {...next, root: uid === null || uid === 0, helpers: helpersOf(engineVersion) ?? next.helpers};
		}
		case 'source':
			if (fact.source !== 'sampler') return state;
			return {...state, sentence: fact.state === 'failed' ? fact.sentence || 'the sampler could not be asked' : ''};
		default:
			return state;
	}
}
