/** Downloads of images: those that run at the end, and those that ended in the session. */

import {standOf} from '../panes/pulls/stand.ts';
import type {State} from '../panes/pulls/state.ts';
import type {Download} from './note.ts';
import {safe} from './words.ts';

/**
 * @param at the moment that is judged, operator's clock.
 * @param fromAt when the session began.
 */
export function downloadsOf(state: State, at: number, fromAt: number): readonly Download[] {
	const began = fromAt + state.offsetMs;
	const text = (value: string | null): string | null => (value === null ? null : safe(value, 200));
	const finished = state.finished
		.filter(({endedMs}) => endedMs >= began)
		.map(
			({service, image, beganMs, endedMs, tookMs, how, why, work}): Download => ({
				service: text(service),
				image: text(image),
				how,
				says: text(why) ?? '',
				beganAt: beganMs,
				endedAt: endedMs,
				tookMs,
				written: work.written,
			}),
		);
	const running = state.pulls.map(
		(pull): Download => ({
			service: text(pull.service),
			image: text(pull.image),
			how: 'running',
			says: safe(standOf(state, pull, at).text, 200),
			beganAt: pull.beganMs,
			endedAt: null,
			tookMs: null,
			written: pull.work.written,
		}),
	);
	return [...running, ...finished.toReversed()];
}
