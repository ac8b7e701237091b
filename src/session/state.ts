/** From a fold to what the screen reads: the same for a live session and for a recording that is fed back. */
import type {Fold} from './fold.ts';
import type {GuardView, SessionState} from './store.ts';

export type Around = Pick<SessionState, 'target' | 'road' | 'older' | 'recording'> & {
	/** The gate's own part; a replay has none. */
	readonly guard?: Pick<GuardView, 'proposal' | 'lookOnly' | 'own' | 'ms'>;
	/** What the journal pane holds and has let go; only that pane knows. */
	readonly held: (state: unknown) => {readonly held: number; readonly evicted: number};
};

/** The state of a session after the frames that its fold has taken. */
export function stateOf(fold: Fold, {target, road, older, recording, guard, held: heldOf}: Around): SessionState {
	const {panes} = fold;
	const {held, evicted} = heldOf(panes.journal);
	return {
		panes,
		scope: fold.scope,
		target,
		road: fold.road ?? road,
		link: fold.link,
		identity: fold.identity,
		clockOffsetMs: fold.clockOffsetMs,
		roundTripMs: fold.roundTripMs,
		newestAt: fold.newestAt,
		linesPerSecond: fold.linesPerSecond,
		bytesPerMinute: fold.bytesPerMinute,
		sources: fold.sources,
		receipt: fold.receipt(held, evicted),
		older,
		recording,
		guard: {
			...fold.guard,
			...(guard ?? {proposal: null, lookOnly: 'A replay has no device to act on.', own: false, ms: fold.ms}),
		},
		paused: fold.paused,
		held: fold.held,
		replay: null,
		notices: fold.notices,
		noticedAt: fold.noticedAt,
		now: fold.at,
	};
}
