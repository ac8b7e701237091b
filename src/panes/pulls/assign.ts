/** Which pull a layer belongs to. The device does not tell: the layers of one image are unpacked one after the other. */
import {isResumed} from '../../domain/pull-event.ts';
import type {Seen} from './layers.ts';
import {
	elapsedOf,
	type Finished,
	isLoose,
	type Layer,
	LOST_MS,
	noWork,
	PAUSE_MS,
	type Pull,
	type State,
} from './state.ts';

/** The two channels are not in step: a beginning may be told after its first layer was seen. */
const SKEW_MS = 3000;
/** A layer that is still seen so long after the end of its pull is not that pull's. */
const LATE_MS = 3000;

const moved = (layers: readonly Layer[], from: string, to: string): readonly Layer[] =>
	layers.map(layer => (layer.pull === from ? {...layer, pull: to} : layer));

/** Gives what was seen of pulls that nobody had announced to those that were announced since. */
export function adopted(state: State): State {
	let {pulls, layers} = state;
	for (const run of state.pulls) {
		if (isLoose(run) || run.work.layers > 0) continue;
		const loose = pulls.find(
			pull =>
				isLoose(pull) &&
				pull.work.kind !== 'copy' &&
				run.beganMs !== null &&
				(pull.beganMs ?? 0) >= run.beganMs - SKEW_MS,
		);
		if (loose === undefined) continue;
		pulls = pulls.filter(pull => pull !== loose).map(pull => (pull === run ? {...run, work: loose.work} : pull));
		layers = moved(layers, loose.key, run.key);
	}
	return pulls === state.pulls ? state : {...state, pulls, layers};
}

/** A pull that nobody announced, at its end. */
export function endOfLoose(state: State, pull: Pull, how: Finished['how'], why: string | null): Finished {
	const last = pull.work.layerAt;
	const endedMs = last === null ? (pull.beganMs ?? 0) : last + state.offsetMs;
	return {...pull, endedMs, tookMs: Math.max(0, endedMs - (pull.beganMs ?? endedMs)), how, why};
}

export const newestFirst = (finished: readonly Finished[]): readonly Finished[] =>
	[...finished].sort((a, b) => b.endedMs - a.endedMs || (a.key < b.key ? 1 : -1));

/** Ends pulls that nobody announced, when no layer has followed for a while. `living`: pulls that have a layer now. */
export function paused(state: State, living: ReadonlySet<string>, between: boolean, at: number): State {
	const over = state.pulls.filter(
		pull =>
			isLoose(pull) &&
			!living.has(pull.key) &&
			at - (pull.work.layerAt ?? at) > (pull.work.kind === 'copy' ? 0 : PAUSE_MS) &&
			!(between && pull.work.kind !== 'copy' && at - (pull.work.signAt ?? 0) <= LOST_MS),
	);
	if (over.length === 0) return state;
	return {
		...state,
		pulls: state.pulls.filter(pull => !over.includes(pull)),
		finished: newestFirst([
			...over.map(pull => {
				const {trouble} = state;
				const end = endOfLoose(state, pull, 'ended', null);
				const told = trouble !== null && Math.abs(trouble.atMs - end.endedMs) <= PAUSE_MS ? trouble.text : null;
				return {...end, why: told === null || isResumed({text: told}) ? null : told};
			}),
			...state.finished,
		]),
	};
}

const fits = (pull: Pull, layer: Layer): boolean =>
	(pull.work.kind === 'copy') === (layer.kind === 'copy') && (pull.work.kind === null || pull.work.kind === layer.kind);

/** The pull for a new layer: of those without one the last at work, else the first announced. */
function choose(state: State, layer: Layer, taken: ReadonlySet<string>): {pull: Pull | null; sure: boolean} {
	const free = state.pulls.filter(pull => !taken.has(pull.key) && fits(pull, layer));
	const [best = null] = [...free].sort((a, b) => (b.work.layerAt ?? -1) - (a.work.layerAt ?? -1));
	return {pull: best, sure: free.length <= 1};
}

function worked({work}: Pull, {layer, grown, alive}: Seen, fresh: boolean, at: number): Pull['work'] {
	return {
		kind: work.kind ?? layer.kind,
		layers: work.layers + (fresh ? 1 : 0),
		written: grown === null ? work.written : (work.written ?? 0) + grown,
		layerAt: at,
		signAt: alive ? at : work.signAt,
	};
}

/** Gives every layer that was seen to its pull, and the pull what was measured. */
export function assigned(state: State, seen: readonly Seen[], at: number): State {
	let pulls = state.pulls;
	let {numbers} = state;
	const running = new Set(pulls.map(({key}) => key));
	const late = new Set(
		state.finished.filter(({endedMs}) => Math.abs(at + state.offsetMs - endedMs) <= LATE_MS).map(({key}) => key),
	);
	const taken = new Set(seen.map(({layer}) => layer.pull));
	const layers: Layer[] = [];
	for (const one of seen) {
		let {layer} = one;
		const fresh = !running.has(layer.pull);
		if (fresh && late.has(layer.pull)) {
			layers.push(layer);
			continue;
		}
		if (fresh) {
			let {pull, sure} = choose({...state, pulls}, layer, taken);
			if (pull === null) {
				numbers++;
				pull = {
					key: `l ${numbers}`,
					image: null,
					service: null,
					beganMs: layer.beganAt + state.offsetMs,
					monoMs: null,
					work: noWork,
				};
				sure = true;
				pulls = [...pulls, pull];
				running.add(pull.key);
			}
			layer = {...layer, pull: pull.key, sure};
			taken.add(pull.key);
		}
		pulls = pulls.map(pull => (pull.key === layer.pull ? {...pull, work: worked(pull, one, fresh, at)} : pull));
		layers.push(layer);
	}
	return {...state, pulls, layers, numbers};
}

/** Running pulls without a sign of life for an hour. */
export const lostOnes = (state: State, at: number): readonly Pull[] =>
	state.pulls.filter(pull => {
		const {signAt} = pull.work;
		return (signAt === null ? (elapsedOf(state, pull, at) ?? 0) : at - signAt) > LOST_MS;
	});
