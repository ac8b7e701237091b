/** The operator's desk: the focused pane as the screen shows it now, and how its look is changed. */

import {parseFilter} from '../domain/filter.ts';
import type {Look, PaneId, PaneSpec, ViewContext} from '../domain/pane.ts';
import type {ZoneOffset} from '../domain/time.ts';
import type {SessionStore} from '../session/store.ts';
import {bodyOf} from './body.ts';
import {isStaleIn} from './header.ts';
import {layoutOf} from './layout.ts';
import type {UiState, UiStore} from './ui-store.ts';
import type {Place} from './window.ts';
import {offsetOf} from './zone.ts';

export type DeskParts = {
	readonly session: SessionStore;
	readonly ui: UiStore;
	readonly panes: readonly PaneSpec<unknown>[];
	readonly local: ZoneOffset;
	readonly size: () => {readonly columns: number; readonly rows: number};
};

/** The focused pane with its items and rows. */
export type Here = Place & {readonly spec: PaneSpec<unknown>; readonly state: unknown; readonly look: Look};

export interface Desk {
	readonly session: SessionStore;
	readonly ui: UiStore;
	set(change: Partial<UiState>): void;
	/** An answer to the last key, one sentence. */
	say(said: string): void;
	specOf(id: PaneId): PaneSpec<unknown>;
	here(): Here;
	/** Changes the focused pane's look. */
	setLook(look: Look): void;
	focusOn(pane: PaneId): void;
	/** Reads a filter for the focused log: `since:` counts from its newest line. */
	parse(source: string): ReturnType<typeof parseFilter>;
}

export function createDesk({session, ui, panes, local, size}: DeskParts): Desk {
	const specs = new Map(panes.map(spec => [spec.id, spec]));
	const set = (change: Partial<UiState>): void => ui.setState(change);
	const say = (said: string): void => set({said});

	const specOf = (id: PaneId): PaneSpec<unknown> => {
		const spec = specs.get(id);
		if (spec === undefined) throw new Error(`no pane ${id}`);
		return spec;
	};

	/** The focused pane as the screen shows it now. */
	function place(): Place & {readonly spec: PaneSpec<unknown>; readonly state: unknown; readonly look: Look} {
		const {focus, zoomed, looks, zone, needs} = ui.getState();
		const {panes: states, now} = session.getState();
		const {columns, rows} = size();
		const spec = specOf(focus);
		const layout = layoutOf(columns, rows, focus, zoomed, needs);
		const rect = layout.kind === 'small' ? null : layout.panes.find(({id}) => id === focus)?.rect;
		const context: ViewContext = {
			now,
			columns: rect?.width ?? columns,
			zone: offsetOf(zone, session.getState(), local),
			look: looks[focus],
			stale: isStaleIn(session.getState(), focus),
		};
		const state = states[focus];
		const body = bodyOf(spec, state, context, (rect?.height ?? rows) - 1);
		return {spec, state, look: looks[focus], items: body.items, rows: Math.max(1, body.rows), log: spec.log};
	}

	function setLook(look: Look): void {
		const {focus, looks, newest} = ui.getState();
		const before = looks[focus];
		const {items} = place();
		const end = items.newest ?? items.at(items.length - 1);
		set({
			looks: {...looks, [focus]: look},
			...(before.follow && !look.follow && end !== undefined ? {newest: {...newest, [focus]: end}} : {}),
		});
	}

	function focusOn(pane: PaneId): void {
		const {focus, looks} = ui.getState();
		if (pane === focus) return;
		// A list that is left goes back to its own order; a log keeps its place.
		const before = looks[focus];
		const left = specOf(focus).log ? before : {...before, cursor: null, top: null, order: null};
		set({focus: pane, looks: {...looks, [focus]: left}});
	}

	/** Reads a filter for the focused log: `since:` counts from its newest line. */
	function parse(source: string): ReturnType<typeof parseFilter> {
		const {focus} = ui.getState();
		const {panes: states, now} = session.getState();
		return parseFilter(source, specOf(focus).newestMs?.(states[focus]) ?? now);
	}

	return {session, ui, set, say, specOf, here: place, setLook, focusOn, parse};
}
