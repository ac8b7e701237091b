/** What is wrong with the device just now, in the words that stand under the header: for a request to the customer. */
import {progressOf} from '../../session/progress.ts';
import type {DeskParts} from '../desk.ts';

/** Wide enough for every verdict to be whole. */
const COLUMNS = 200;

export function verdictOf({session, ui, panes, local}: Pick<DeskParts, 'session' | 'ui' | 'panes' | 'local'>): string {
	const state = session.getState();
	const {looks} = ui.getState();
	return panes
		.flatMap(({id, verdict}) =>
			verdict === undefined
				? []
				: verdict(
						state.panes[id],
						{now: state.now, columns: COLUMNS, zone: local, look: looks[id], stale: false},
						progressOf(state),
					),
		)
		.map(({text}) => text)
		.join('')
		.trim();
}
