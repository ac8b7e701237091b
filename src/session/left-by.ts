/** What stands after the frames that a fold has taken, as the pane knows it that tells of it the next time. */
import type {Left} from '../domain/left.ts';
import type {PaneSpec} from '../domain/pane.ts';
import type {Fold} from './fold.ts';

export function leftBy(panes: readonly PaneSpec<unknown>[], fold: Fold): Left | null {
	for (const {id, left} of panes) {
		const found = left?.(fold.panes[id], fold.at) ?? null;
		if (found !== null) return found;
	}
	return null;
}
