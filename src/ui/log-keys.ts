/** What is only for logs: folds, presets, pickers. */
import {parseFilter} from '../domain/filter.ts';
import type {Key} from '../domain/pane.ts';
import type {Desk} from './desk.ts';
import {isUnitName, type Jumps} from './jumps.ts';
import {picked} from './picker.tsx';

export interface LogKeys {
	/** Folds what says the same, or no longer. */
	calm(): void;
	/** Goes on to the next preset of the journal. */
	preset(): void;
	/** Opens the list of units or identifiers that were seen. */
	choose(of: 'unit' | 'identifier'): void;
	/** A key while a list is picked from. */
	pick(name: string): void;
}

export function createLogKeys(desk: Desk, {remember, underCursor}: Jumps): LogKeys {
	const {session, ui, set, say, specOf, here: place, setLook, parse} = desk;
	/** Folds what says the same, or no longer. The cursor goes to the fold that its line is in. */
	function calm(): void {
		const {spec, state, look} = place();
		if (spec.foldOf === undefined) {
			say('Folds are for the Journal: 2 focuses it.');
			return;
		}
		const next = {...look, calm: !look.calm};
		const foldOf = (key: Key | null): Key | null => (key === null ? null : (spec.foldOf?.(state, key, next) ?? key));
		setLook(next.calm ? {...next, cursor: foldOf(look.cursor), top: foldOf(look.top)} : next);
	}

	/** Goes on to the next preset of the journal; from words of one's own to all. */
	function preset(): void {
		const {spec, state, look} = place();
		if (spec.presets === undefined) {
			say('Presets are for the Journal: 2 focuses it.');
			return;
		}
		const key = underCursor();
		const name = key === undefined ? null : (spec.logOf?.(state, key) ?? null);
		// Behind the presets of engine and supervisor there is no other service under the cursor.
		const service = name === null || name === 'supervisor' || isUnitName(name) ? ui.getState().service : name;
		set({service});
		const presets = spec.presets(service);
		const index = presets.findIndex(({filter}) => filter === look.filter.source);
		const next = presets[(index + 1) % presets.length];
		const filter = next === undefined ? null : parse(next.filter);
		if (next === undefined || filter === null || 'wrong' in filter) return;
		setLook({...look, filter});
		say(`Preset: ${next.name}${next.filter === '' ? '.' : '. f edits its words.'}`);
	}

	/** A key while a list is picked from. */
	function pick(name: string): void {
		const {picker, focus, looks} = ui.getState();
		if (picker === null) return;
		const next = picked(picker, name);
		if (next === null || !('chosen' in next)) {
			set({picker: next});
			return;
		}
		set({picker: null});
		const filter = parseFilter(next.chosen.filter);
		if ('wrong' in filter) return;
		if (focus !== 'journal') remember();
		set({focus: 'journal', looks: {...looks, journal: {...looks.journal, filter}}});
	}

	function choose(of: 'unit' | 'identifier'): void {
		const choices = specOf('journal').choices?.(session.getState().panes.journal, of) ?? [];
		set({picker: {kind: of, choices, text: null, cursor: 0}, help: false});
	}

	return {calm, preset, choose, pick};
}
