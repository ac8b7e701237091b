/** The device: the newest of each thing that was asked, and the processor's share between two looks. */
import type {Container, Disk, EngineAnswer, Identity, Status, TimedFact, Vitals} from '../../domain/fact.ts';

export type State = {
	readonly identity: Identity | null;
	/** `at` is the operator's clock, epoch ms. */
	readonly vitals: {readonly at: number; readonly vitals: Vitals} | null;
	/** Percent of all processors between the last two looks; null where there were none. */
	readonly cpu: number | null;
	/** Exit code of `df`, and what it said. */
	readonly disk: {readonly status: Status; readonly disk: Disk | null} | null;
	/** SSH sessions that are not ours. */
	readonly others: number | null;
	readonly answer: EngineAnswer | null;
	/** What the engine said last, kept while it does not answer. */
	readonly containers: readonly Container[];
	/** Why a source could not be read, by its id. */
	readonly sentences: Readonly<Record<string, string>>;
};

export const initial: State = {
	identity: null,
	vitals: null,
	cpu: null,
	disk: null,
	others: null,
	answer: null,
	containers: [],
	sentences: {},
};

const SOURCES: ReadonlySet<string> = new Set(['identity', 'sampler', 'engine']);

/** The busy share between two looks; smaller figures are another boot's. */
function cpuOf(before: State, {cpu}: Vitals): number | null {
	const last = before.vitals?.vitals.cpu ?? null;
	if (cpu === null || last === null) return null;
	const total = cpu.total - last.total;
	const busy = cpu.busy - last.busy;
	// iowait may go backwards (proc(5)), so busy can run ahead of the total by a tick.
	return total <= 0 || busy < 0 ? null : Math.min(100, (busy / total) * 100);
}

/** What is known of the device behind an engine's answer. */
function withAnswer(state: State, answer: EngineAnswer): State {
	switch (answer.kind) {
		case 'answered':
			return {...state, answer, containers: answer.containers};
		case 'no-answer':
			return {...state, answer};
		case 'not-asked':
			// No engine, no containers that run.
			return {...state, answer, containers: []};
	}
}

/** Folds a fact; those of other panes change nothing. */
export function reduce(state: State, {at, fact}: TimedFact): State {
	switch (fact.kind) {
		case 'identity': {
			const {identity} = fact;
			// Another boot: nothing that was measured holds any more.
			if (state.identity !== null && state.identity.bootId !== identity.bootId)
				return {...initial, sentences: state.sentences, identity};
			return {...state, identity};
		}
		case 'vitals':
			return {...state, cpu: cpuOf(state, fact.vitals), vitals: {at, vitals: fact.vitals}};
		case 'disk':
			return {...state, disk: {status: fact.status, disk: fact.disk}};
		case 'sessions':
			return {...state, others: fact.others};
		case 'engine':
			return withAnswer(state, fact.answer);
		case 'source': {
			if (!SOURCES.has(fact.source)) return state;
			const {[fact.source]: _old, ...sentences} = state.sentences;
			if (fact.state !== 'failed') return {...state, sentences};
			return {...state, sentences: {...sentences, [fact.source]: fact.sentence || `${fact.source} could not be asked`}};
		}
		default:
			return state;
	}
}
