/** Jumps: from a finding to its proof, from a unit to its log, and back again. */
import {noFilter, parseFilter} from '../domain/filter.ts';
import type {Key, LinePlace} from '../domain/pane.ts';
import type {Controls} from '../session/store.ts';
import type {Desk} from './desk.ts';
import {jumped, windowOf} from './window.ts';

const MOST_JUMPS = 50;

/** Is it a unit, and not a container? */
export const isUnitName = (name: string): boolean =>
	/\.(service|socket|timer|mount|scope|target|path|slice|automount|swap|device)$/.test(name);

export interface Jumps {
	/** Enter: to the proof, into the fold, or to all of a line or unit. */
	open(): void;
	/** The log of what is under the cursor. */
	log(): void;
	/** Before a jump: Backspace comes back here. */
	remember(): void;
	/** False where there was no jump. */
	goBack(): boolean;
	/** The key under the cursor, or the first one where the cursor was not moved yet. */
	underCursor(): Key | undefined;
}

export function createJumps(desk: Desk, controls: Controls): Jumps {
	const {session, ui, set, say, specOf, here: place, setLook} = desk;
	/** Before a jump: Backspace comes back here. */
	function remember(): void {
		const {focus, zoomed, looks, trail} = ui.getState();
		set({trail: [...trail, {focus, zoomed, looks}].slice(-MOST_JUMPS)});
	}

	function goBack(): boolean {
		const {trail} = ui.getState();
		const before = trail.at(-1);
		if (before === undefined) return false;
		set({...before, trail: trail.slice(0, -1)});
		return true;
	}

	/** The key under the cursor, or the first one where the cursor was not moved yet. */
	function underCursor(): Key | undefined {
		const {items, look, rows, log} = place();
		const {cursor, start, end} = windowOf(items, look, rows);
		return items.at(cursor >= 0 ? cursor : log ? end - 1 : start);
	}

	function inspect(what: {readonly cursor: string} | {readonly unit: string}): void {
		remember();
		controls.inspect(what);
		const {looks} = ui.getState();
		set({
			focus: 'detail',
			looks: {...looks, detail: {...looks.detail, cursor: null, top: null, order: null, search: ''}},
		});
	}

	/** Goes to a line: where it is held, in its log; else by asking the device for it. */
	function goTo(line: LinePlace): void {
		const id = line.stream === 'kernel' ? 'kernel' : 'journal';
		const {looks} = ui.getState();
		const {panes: states} = session.getState();
		const key = line.stream === 'measured' ? null : (specOf(id).find?.(states[id], line) ?? null);
		if (key !== null) {
			remember();
			const look = looks[id];
			// A filter that hides the line would hide the proof.
			const whole = {...look, filter: noFilter, follow: false, order: null};
			// So would a fold.
			const fold = specOf(id).foldOf?.(states[id], key, whole) ?? null;
			const open = fold === null ? look.open : new Set([...look.open, fold]);
			set({focus: id, zoomed: false, looks: {...looks, [id]: {...whole, open}}});
			const here = place();
			const index = here.items.indexOf(key);
			if (index >= 0) setLook(jumped(here.look, here, index));
			follow(id === 'kernel' ? 'journal' : 'kernel', line.atMs);
			return;
		}
		if (line.cursor !== null) inspect({cursor: line.cursor});
		else say('This was measured, or heard from the ring buffer: there is no journal line of it. l shows the log.');
	}

	/** The other log goes to the same moment: what stood beside it then stands beside it now. */
	function follow(id: 'journal' | 'kernel', atMs: number): void {
		const {looks} = ui.getState();
		const key = specOf(id).near?.(session.getState().panes[id], atMs) ?? null;
		if (key === null) return;
		set({looks: {...looks, [id]: {...looks[id], follow: false, cursor: key, top: key}}});
	}

	function open(): void {
		const {spec, state, look} = place();
		const key = underCursor();
		if (key === undefined) {
			say('There is nothing under the cursor yet.');
			return;
		}
		if (spec.evidence !== undefined) {
			const line = spec.evidence(state, key);
			if (line === null) say('This happened on our side of the link: it has no line on the device.');
			else goTo(line);
			return;
		}
		if (spec.folds?.(state, key) === true) {
			const opened = new Set(look.open);
			if (!opened.delete(key)) opened.add(key);
			setLook({...look, open: opened});
			return;
		}
		const what = spec.inspects?.(state, key) ?? null;
		if (what !== null) inspect(what);
		else say('There is no more to show of this; l shows its log where it has one.');
	}

	function log(): void {
		const {spec, state} = place();
		const key = underCursor();
		const name = key === undefined ? null : (spec.logOf?.(state, key) ?? null);
		if (name === null) {
			say('This has no log of its own.');
			return;
		}
		const {looks} = ui.getState();
		const filter = parseFilter(isUnitName(name) ? `unit:"${name}"` : `container:"${name}"`);
		if ('wrong' in filter) return;
		remember();
		set({
			focus: 'journal',
			looks: {...looks, journal: {...looks.journal, filter, follow: true, cursor: null, top: null, search: ''}},
		});
	}

	return {open, log, remember, goBack, underCursor};
}
