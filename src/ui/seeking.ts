/** Searching, and going from trouble to trouble, in the focused pane. */
import {smartCase} from '../domain/filter.ts';
import type {Look} from '../domain/pane.ts';
import type {Desk} from './desk.ts';
import {found, jumped} from './window.ts';

/** Case is ignored unless the text has capitals; empty text finds nothing. */
export const searchOf = (text: string): RegExp | null =>
	text === '' ? null : new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), `g${smartCase(text)}`);

export interface Seeking {
	/** The next or previous hit; with a look, its search is a new one. */
	search(step: 1 | -1, look?: Look): void;
	/** The next or previous warning (or worse), or error. */
	trouble(weight: 'warning' | 'error', step: 1 | -1): void;
}

export function createSeeking({ui, say, specOf, here: place, setLook, focusOn}: Desk): Seeking {
	function search(step: 1 | -1, look: Look = place().look): void {
		const here = {...place(), look};
		const pattern = searchOf(look.search);
		if (pattern === null) {
			say('Nothing to search for yet: / begins a search.');
			return;
		}
		const hit = found(look, here, step, key => here.spec.text(here.state, key, look).search(pattern) >= 0);
		if (hit === null) {
			setLook(look);
			say(`"${look.search}" is not in ${here.spec.title}${look.filter.source === '' ? '' : ' as it is filtered'}.`);
			return;
		}
		setLook(jumped(look, here, hit.index));
		if (hit.wrapped) say(step > 0 ? 'Searched on from the top.' : 'Searched on from the end.');
	}

	function trouble(weight: 'warning' | 'error', step: 1 | -1): void {
		if (specOf(ui.getState().focus).weight === undefined) focusOn('kernel');
		const here = place();
		const {spec, state, look} = here;
		// From the end of a log that follows there is only one way to go: to the newest.
		const hit = found(look, here, look.follow ? -1 : step, key => {
			const weighs = spec.weight?.(state, key) ?? null;
			return weighs === 'error' || (weight === 'warning' && weighs === 'warning');
		});
		if (hit === null) {
			say(`No ${weight}${weight === 'warning' ? ' or error' : ''} in ${spec.title}.`);
			return;
		}
		setLook(jumped(look, here, hit.index));
		if (hit.wrapped) say(step > 0 ? 'Went on from the top.' : 'Went on from the end.');
	}

	return {search, trouble};
}
