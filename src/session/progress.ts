/** How much of what a verdict needs has been read: the same for the screen, for one reading, and for a note. */
import type {Progress} from '../domain/pane.ts';
import type {SourceId} from '../domain/source.ts';
import type {SessionState} from './store.ts';

/** What a verdict needs: who the device is, its units, its containers, what went wrong, and that the journal can be read. */
const NEEDED: readonly SourceId[] = ['identity', 'sampler', 'engine', 'trouble', 'anchor'];

/** How many of the needed sources have answered once, or can't. */
export function progressOf({sources}: Pick<SessionState, 'sources'>): Progress {
	const read = NEEDED.filter(id => {
		const health = sources[id];
		return health !== undefined && (health.newestAt !== null || health.state === 'ended' || health.state === 'failed');
	});
	return {read: read.length, of: NEEDED.length};
}
