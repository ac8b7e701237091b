/** What the frames say of the guard: consents, what is waited for, what was done. The same live and in a replay. */

import type {Fact} from '../../domain/fact.ts';
import type {Frame} from '../../domain/frame.ts';
import {type ActionId, type Consent, type Run, type Subject, subjectName} from '../../domain/guard.ts';

export type GuardState = {
	/** In the order in which they were given; those that were disarmed are gone, those that ended are not. */
	readonly consents: readonly Consent[];
	/** A customer was asked, and has not answered yet. */
	readonly waiting: {
		readonly id: number;
		readonly action: ActionId;
		readonly subject: Subject;
		/** Operator's clock, epoch ms. */
		readonly at: number;
	} | null;
	/** The newest, oldest first. */
	readonly runs: readonly Run[];
};

export const noGuard: GuardState = {consents: [], waiting: null, runs: []};

const MOST_RUNS = 50;

const withRun = (state: GuardState, id: number, change: (run: Run) => Run): GuardState => ({
	...state,
	runs: state.runs.map(run => (run.id === id ? change(run) : run)),
});

export function guardAfter(state: GuardState, frame: Frame): GuardState {
	switch (frame.t) {
		case 'ask':
			return frame.request === undefined
				? state
				: {...state, waiting: {id: frame.id, action: frame.action, subject: frame.subject, at: frame.at}};
		case 'consent':
			return {...state, consents: [...state.consents, frame.consent], waiting: null};
		case 'disarm':
			return {...state, consents: []};
		case 'granted': {
			const run: Run = {
				id: frame.id,
				action: frame.action,
				title: frame.title,
				subject: frame.subject,
				at: frame.at,
				verdict: null,
				decidedAt: null,
				sentence: 'granted',
			};
			return {...state, runs: [...state.runs, run].slice(-MOST_RUNS)};
		}
		case 'ran':
			return withRun(state, frame.id, run => ({...run, sentence: 'sent'}));
		case 'proof':
			return withRun(state, frame.id, run => ({...run, sentence: frame.proof.sentence}));
		case 'verdict':
			return withRun(state, frame.id, run => ({
				...run,
				verdict: frame.verdict,
				decidedAt: frame.at,
				sentence: frame.verdict.sentence,
			}));
		default:
			return state;
	}
}

/** The consents that hold at a moment of the session's monotonic clock. */
export const holding = ({consents}: GuardState, ms: number): readonly Consent[] =>
	consents.filter(({untilMs}) => ms < untilMs);

type Told = Omit<Extract<Fact, {kind: 'action'}>, 'kind'>;

/** "Restart the unit chronyd.service"; an action on the device is named by itself. */
const what = (title: string, subject: Subject): string =>
	subject.kind === 'device' ? title : `${title}: ${subjectName(subject)}`;

/** What a frame tells the story; null where it is no event. */
export function toldOf(frame: Frame, {runs}: GuardState): Told | null {
	switch (frame.t) {
		case 'ask':
			return frame.request === undefined
				? null
				: {of: 'ask', weight: 'note', text: `permission was asked for: ${what(frame.title, frame.subject)}`};
		case 'consent': {
			const {by, via, words, kind} = frame.consent;
			return {
				of: 'consent',
				weight: 'note',
				text: kind === 'own' ? 'armed: a device of our own' : `permission by ${by} (${via}): “${words}”`,
			};
		}
		case 'disarm':
			return {of: 'disarm', weight: 'note', text: `look-only again: ${frame.why}`};
		case 'granted':
			return {of: 'granted', weight: 'warning', text: `we do it: ${what(frame.title, frame.subject)}`};
		case 'refused':
			return {of: 'refused', weight: 'note', text: `refused: ${what(frame.title, frame.subject)}: ${frame.why}`};
		case 'verdict': {
			const run = runs.find(({id}) => id === frame.id);
			const weight = {proven: 'note', 'not-proven': 'warning', failed: 'error'} as const;
			const word = {proven: 'proven', 'not-proven': 'not proven', failed: 'failed'};
			const {kind, sentence} = frame.verdict;
			return {
				of: 'verdict',
				weight: weight[kind],
				text: `${word[kind]}: ${run === undefined ? '' : `${what(run.title, run.subject)}: `}${sentence}`,
			};
		}
		default:
			return null;
	}
}
