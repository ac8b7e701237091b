import type {Frame} from '../../src/domain/frame.ts';
import {journalHeld, panes} from '../../src/panes/index.ts';
import {tag} from '../../src/rules/index.ts';
import type {Fold} from '../../src/session/fold.ts';
import {Replay} from '../../src/session/replay.ts';
import {stateOf} from '../../src/session/state.ts';
import type {SessionState} from '../../src/session/store.ts';
import {sources} from '../../src/sources/index.ts';

/** A replay of some frames that stands still where it is told to. */
export function replayed(frames: readonly Frame[], elapsed: () => number = () => 0): Replay {
	const tape = {blocks: 1, block: () => frames};
	return new Replay({tape, sources, panes, tag, held: journalHeld, elapsed});
}

/**
 * What a session and its replay must have in common, all that the screen reads: the state without what only one of them
 * has, a file that is written and a clock that can be driven.
 */
export const common = (state: SessionState): SessionState => ({
	...state,
	older: 'none',
	recording: null,
	replay: null,
});

/** The state of a live session after its very last frame: the store gets none of those that end the recording. */
export const liveState = (fold: Fold, {target, road}: Pick<SessionState, 'target' | 'road'>): SessionState =>
	stateOf(fold, {target, road, older: 'none', recording: null, held: journalHeld});
