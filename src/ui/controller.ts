/** What each key does to the ui's store. The only ways out of it are the session's controls: older lines, connect now, quit. */
import {type Filter, noFilter, parseFilter, smartCase} from '../domain/filter.ts';
import type {Key, LinePlace, Look, PaneId, PaneSpec, ViewContext} from '../domain/pane.ts';
import {clean} from '../domain/text.ts';
import {utc, type ZoneOffset} from '../domain/time.ts';
import type {Controls, SessionStore} from '../session/store.ts';
import {bodyOf} from './body.ts';
import {isStaleIn} from './header.ts';
import {type Intent, intentOf} from './keymap.ts';
import {layoutOf, ORDER} from './layout.ts';
import type {UiState, UiStore} from './ui-store.ts';
import {first, found, jumped, last, moved, type Place, paused, windowOf} from './window.ts';

export type ControllerParts = {
	readonly session: SessionStore;
	readonly ui: UiStore;
	readonly panes: readonly PaneSpec<unknown>[];
	readonly controls: Controls;
	readonly local: ZoneOffset;
	readonly size: () => {readonly columns: number; readonly rows: number};
	/** Leaves the screen. */
	readonly leave: () => void;
};

export interface Controller {
	/** A key by its name (keymap.ts). */
	press(name: string): void;
	/** Pasted text: goes into a prompt, never to the keys. */
	paste(text: string): void;
}

/** Case is ignored unless the text has capitals; empty text finds nothing. */
export const searchOf = (text: string): RegExp | null =>
	text === '' ? null : new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), `g${smartCase(text)}`);

/** The longest filter or search that is taken: a paste may be anything. */
const LONGEST_PROMPT = 500;
const MOST_JUMPS = 50;
/** Minutes of the past that the strip can show. */
const STRIPS: readonly number[] = [15, 60, 360, 1440];
const isUnitName = (name: string): boolean =>
	/\.(service|socket|timer|mount|scope|target|path|slice|automount|swap|device)$/.test(name);

export function createController(parts: ControllerParts): Controller {
	const {session, ui, panes, controls, size} = parts;
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
			zone: zone === 'utc' ? utc : parts.local,
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
		const end = items.at(items.length - 1);
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

	function search(step: 1 | -1, look: Look = place().look): void {
		const here = {...place(), look};
		const pattern = searchOf(look.search);
		if (pattern === null) {
			say('Nothing to search for yet: / begins a search.');
			return;
		}
		const hit = found(look, here, step, key => here.spec.text(here.state, key).search(pattern) >= 0);
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
			set({focus: id, zoomed: false, looks: {...looks, [id]: {...look, filter: noFilter, follow: false, order: null}}});
			const here = place();
			const index = here.items.indexOf(key);
			if (index >= 0) setLook(jumped(here.look, here, index));
			return;
		}
		if (line.cursor !== null) inspect({cursor: line.cursor});
		else say('This was measured, or heard from the ring buffer: there is no journal line of it. l shows the log.');
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

	function back(): void {
		const {help, looks, focus, zoomed, noticed} = ui.getState();
		const notice = session.getState().notices.at(-1) ?? '';
		const look = looks[focus];
		const {log} = specOf(focus);
		if (help) {
			set({help: false});
			return;
		}
		if (look.search !== '') {
			setLook({...look, search: ''});
			return;
		}
		if (look.filter.source !== '') {
			setLook({...look, filter: noFilter});
			return;
		}
		if (log ? !look.follow : look.cursor !== null) {
			setLook({...look, cursor: null, top: null, order: null, follow: log});
			return;
		}
		if (zoomed) set({zoomed: false});
		else if (!ORDER.includes(focus)) {
			if (!goBack()) focusOn('services');
		} else if (notice !== noticed) set({noticed: notice});
	}

	function page(by: 1 | -1): void {
		const here = place();
		const {start} = windowOf(here.items, here.look, here.rows);
		if (here.spec.id === 'journal' && by < 0 && start === 0) {
			controls.older();
			const {older} = session.getState();
			if (older === 'none') say('There are no older lines: this is where the journal (or the scope) begins.');
		}
		setLook(moved(here.look, here, by * Math.max(1, here.rows - 1), true));
	}

	function act(intent: Intent): void {
		const state = ui.getState();
		switch (intent.kind) {
			case 'focus':
				focusOn(intent.pane);
				return;
			case 'turn':
				focusOn(ORDER[(ORDER.indexOf(state.focus) + intent.by + ORDER.length) % ORDER.length] ?? 'services');
				return;
			case 'move': {
				const here = place();
				setLook(moved(here.look, here, intent.by));
				return;
			}
			case 'page':
				page(intent.by);
				return;
			case 'first':
				setLook(first(place().look, place()));
				return;
			case 'last':
				setLook(last(place().look, place()));
				return;
			case 'zoom':
				set({zoomed: !state.zoomed});
				return;
			case 'follow':
				if (!specOf(state.focus).log) {
					say('Space pauses the Journal and the Kernel log: 2 or 3 focuses them.');
					return;
				}
				setLook(paused(place().look, place()));
				return;
			case 'filter':
				if (!specOf(state.focus).log) {
					say('The filter is for the Journal and the Kernel log: 2 or 3 focuses them.');
					return;
				}
				set({prompt: {kind: 'filter', text: state.looks[state.focus].filter.source, wrong: ''}});
				return;
			case 'search':
				set({prompt: {kind: 'search', text: '', wrong: ''}});
				return;
			case 'match':
				search(intent.step);
				return;
			case 'trouble':
				trouble(intent.weight, intent.step);
				return;
			case 'open':
				open();
				return;
			case 'log':
				log();
				return;
			case 'return':
				if (!goBack()) say('There was no jump to come back from.');
				return;
			case 'story':
				if (state.focus === 'story') {
					if (!goBack()) focusOn('services');
					return;
				}
				remember();
				set({focus: 'story'});
				return;
			case 'strip': {
				const index = STRIPS.indexOf(state.stripMinutes) + intent.by;
				set({stripMinutes: STRIPS[Math.max(0, Math.min(STRIPS.length - 1, index))] ?? 60});
				return;
			}
			case 'zone':
				set({zone: state.zone === 'utc' ? 'local' : 'utc'});
				return;
			case 'reconnect':
				if (session.getState().link.kind === 'live') {
					say('The link is up.');
					return;
				}
				controls.reconnect();
				return;
			case 'help':
				set({help: !state.help, helpTop: 0});
				return;
			case 'back':
				back();
				return;
			case 'quit':
				set({quitting: true});
				void controls.quit().finally(parts.leave);
		}
	}

	const wrongOf = (parsed: Filter | {readonly wrong: string}): string => ('wrong' in parsed ? parsed.wrong : '');

	/** A key while something is typed. */
	function type(name: string): void {
		const {prompt, looks, focus} = ui.getState();
		if (prompt === null) return;
		const edit = (text: string): void =>
			set({prompt: {...prompt, text, wrong: prompt.kind === 'filter' ? wrongOf(parseFilter(text)) : ''}});
		switch (name) {
			case 'escape':
			case 'ctrl-c':
				set({prompt: null});
				return;
			case 'backspace':
				edit([...prompt.text].slice(0, -1).join(''));
				return;
			case 'ctrl-u':
				edit('');
				return;
			case 'ctrl-w':
				edit(prompt.text.replace(/\S*\s*$/, ''));
				return;
			case 'enter': {
				const look = looks[focus];
				if (prompt.kind === 'search') {
					set({prompt: null});
					if (prompt.text === '') {
						setLook({...look, search: ''});
						return;
					}
					// In a log that follows, the newest hit is the one that matters.
					search(look.follow ? -1 : 1, {...look, search: prompt.text});
					return;
				}
				const filter = parseFilter(prompt.text);
				if ('wrong' in filter) {
					edit(prompt.text);
					return;
				}
				set({prompt: null});
				setLook({...look, filter});
				return;
			}
			case 'space':
				edit(`${prompt.text} `);
				return;
			default:
				if ([...name].length === 1) edit(`${prompt.text}${clean(name)}`.slice(0, LONGEST_PROMPT));
		}
	}

	return {
		press(name) {
			const {prompt, help, quitting} = ui.getState();
			if (quitting) return;
			if (prompt !== null) {
				type(name);
				return;
			}
			set({said: ''});
			const intent = intentOf(name);
			if (intent === null) return;
			// Behind the help nothing moves unseen.
			if (help && intent.kind !== 'help' && intent.kind !== 'quit') {
				const by = intent.kind === 'move' ? intent.by : intent.kind === 'page' ? intent.by * 10 : 0;
				if (by === 0) set({help: false});
				else set({helpTop: Math.max(0, ui.getState().helpTop + by)});
				return;
			}
			act(intent);
		},
		paste(text) {
			const {prompt} = ui.getState();
			if (prompt === null) {
				say('What was pasted is not taken for keys: / or f first, then paste.');
				return;
			}
			const line = clean(text.split(/[\r\n]/, 1)[0] ?? '');
			for (const character of line.slice(0, LONGEST_PROMPT)) type(character === ' ' ? 'space' : character);
		},
	};
}
