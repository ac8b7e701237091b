/** What each key does. The only ways out of the ui's store are the session's controls: older lines, one entry, remarks, the recording's pause, connect now, quit. */
import {noFilter} from '../domain/filter.ts';
import {parseScope} from '../domain/scope.ts';
import {clean} from '../domain/text.ts';
import type {ReplayControls} from '../session/replay.ts';
import type {Controls} from '../session/store.ts';
import {LOUDNESS} from './attention.ts';
import {createDesk, type DeskParts} from './desk.ts';
import type {Painted} from './guard/dialog-keys.ts';
import {createGuardKeys} from './guard/keys.ts';
import type {GuardTable} from './guard/table.ts';
import {verdictOf} from './guard/verdict.ts';
import {unproven} from './guard/words.ts';
import type {Intent, ReplayIntent} from './intent.ts';
import {createJumps} from './jumps.ts';
import {intentOf, replayIntentOf} from './keymap.ts';
import {ORDER} from './layout.ts';
import {createLogKeys} from './log-keys.ts';
import {momentOf} from './moment.ts';
import type {Handover} from './note.tsx';
import {createNoteKeys} from './note-keys.ts';
import {chosen, noPalette, offersOf} from './palette.tsx';
import {createRemarks} from './remarks.ts';
import {createSeeking} from './seeking.ts';
import {createTyping, LONGEST_PROMPT} from './typing.ts';
import {first, last, moved, paused, windowOf} from './window.ts';
import {offsetOf, ZONES} from './zone.ts';

export type ControllerParts = DeskParts & {
	readonly controls: Controls;
	/** Where a recording is replayed, how it is driven; null in a live session. */
	readonly replay: (ReplayControls & {readonly beganAt: number}) | null;
	/** What can be done to a device. */
	readonly guard: GuardTable;
	/** Writes to the clipboard where the terminal can. */
	readonly copy: (text: string) => void;
	/** Reads and saves the handover note of what was recorded so far. */
	readonly handover: Handover;
	/** Leaves the screen. */
	readonly leave: () => void;
};

export interface Controller {
	/** A key by its name (keymap.ts). */
	press(name: string): void;
	/** Keys that came in one read. */
	burst(text: string): void;
	/** Pasted text: goes into a prompt, never to the keys. */
	paste(text: string): void;
	/** Told what of a dialog is on the screen. */
	painted(what: Painted | null): void;
}

/** Control characters inside a burst of keys, by the names of their keys. */
const BURST: Readonly<Record<string, string>> = {
	' ': 'space',
	'\r': 'enter',
	'\n': 'enter',
	'\t': 'tab',
	'\x7f': 'backspace',
	'\b': 'backspace',
	'\x03': 'ctrl-c',
};

/** Minutes of the past that the strip can show. */
const STRIPS: readonly number[] = [15, 60, 360, 1440];
/** A step of the replay's keys. */
const SKIP_MS = 10_000;

export function createController(parts: ControllerParts): Controller {
	const {session, ui, controls, replay} = parts;
	const desk = createDesk(parts);
	const {set, say, specOf, here: place, setLook, focusOn} = desk;
	const seeking = createSeeking(desk);
	const jumps = createJumps(desk, controls);
	const logs = createLogKeys(desk, jumps);
	const remarks = createRemarks(desk, jumps, controls);
	const verdict = (): string => verdictOf(parts);
	const guard = createGuardKeys({desk, jumps, controls, table: parts.guard, copy: parts.copy, verdict});
	const type = createTyping(desk, seeking, goTo, remarks.written, pause, fetchOnly);
	const note = createNoteKeys(desk, parts.handover, parts.size);

	/** From the last line on, something else is fetched of the journal. */
	function fetchOnly(text: string): string {
		const scope = parseScope(text);
		if ('wrong' in scope) return scope.wrong;
		controls.fetch(scope);
		say('It is fetched from the last line on: what was left out before is not there.');
		return '';
	}

	function pause(reason: string): void {
		controls.pause(reason);
		say('The recording is paused: nothing of the device is written. ":" goes on with it.');
	}

	function goOn(): void {
		controls.resume();
		say(
			session.getState().link.kind === 'live'
				? 'The recording goes on as soon as everything is asked anew.'
				: 'The recording goes on when the link is back.',
		);
	}

	/** Jumps the replay to a typed time. */
	function goTo(text: string): string {
		const {replay: at, now} = session.getState();
		if (replay === null || at === null) return 'Only a replay has other times to go to.';
		const {zone} = ui.getState();
		const minutes = offsetOf(zone === 'ago' ? 'utc' : zone, session.getState(), parts.local)(now);
		const to = momentOf(text, {beganAt: replay.beganAt, lengthMs: at.lengthMs, minutes});
		if (typeof to !== 'number') return to.wrong;
		replay.seek(to);
		return '';
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
			if (!jumps.goBack()) focusOn('services');
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
				seeking.search(intent.step);
				return;
			case 'trouble':
				seeking.trouble(intent.weight, intent.step);
				return;
			case 'calm':
				logs.calm();
				return;
			case 'preset':
				logs.preset();
				return;
			case 'pick':
				logs.choose(intent.of);
				return;
			case 'act':
				guard.act();
				return;
			case 'arm':
				guard.arm();
				return;
			case 'shell':
				guard.shell();
				return;
			case 'propose':
				guard.propose(intent.action);
				return;
			case 'mark':
				remarks.mark();
				return;
			case 'write':
				remarks.write(intent.what);
				return;
			case 'open':
				jumps.open();
				return;
			case 'log':
				jumps.log();
				return;
			case 'return':
				if (!jumps.goBack()) say('There was no jump to come back from.');
				return;
			case 'story':
				if (state.focus === 'story') {
					if (!jumps.goBack()) focusOn('services');
					return;
				}
				jumps.remember();
				set({focus: 'story'});
				return;
			case 'strip': {
				const index = STRIPS.indexOf(state.stripMinutes) + intent.by;
				set({stripMinutes: STRIPS[Math.max(0, Math.min(STRIPS.length - 1, index))] ?? 60});
				return;
			}
			case 'bell': {
				const loudness = LOUDNESS[(LOUDNESS.indexOf(state.loudness) + 1) % LOUDNESS.length] ?? 'worst';
				set({loudness});
				say(
					`Bell and notification: ${{off: 'off', worst: 'for findings of weight and the link', all: 'for everything new'}[loudness]}.`,
				);
				return;
			}
			case 'home':
				set({focus: 'journal', zoomed: false, trail: []});
				return;
			case 'zone':
				set({zone: ZONES[(ZONES.indexOf(state.zone) + 1) % ZONES.length] ?? 'utc'});
				return;
			case 'reconnect':
				if (session.getState().link.kind === 'live') {
					say('The link is up.');
					return;
				}
				controls.reconnect();
				return;
			case 'palette':
				set({palette: noPalette});
				return;
			case 'handover':
				note.open();
				return;
			case 'record':
				goOn();
				return;
			case 'metered': {
				const metered = session.getState().scope.metered !== true;
				controls.fetch({metered});
				say(
					metered
						? 'The device is asked a fifth as often. Compression begins with a new connection: devtop --metered.'
						: 'The device is asked as often as ever.',
				);
				return;
			}
			case 'hold': {
				const held = !session.getState().held;
				controls.fetch({held});
				say(held ? 'Nothing is fetched any more; the link stays. ":" goes on.' : 'It goes on from the last line.');
				return;
			}
			case 'help':
				set({help: !state.help, helpTop: 0});
				return;
			case 'back':
				back();
				return;
			case 'quit':
				// What is left now is never proven: once more, and it is so.
				if (!state.leaving && controls.guard !== null && unproven(session.getState()) !== '') {
					set({leaving: true});
					return;
				}
				set({quitting: true, leaving: false});
				void controls.quit().finally(parts.leave);
		}
	}

	function drive(intent: ReplayIntent): void {
		if (replay === null) return;
		switch (intent.kind) {
			case 'play':
				replay.toggle();
				break;
			case 'skip':
				replay.skip(intent.by * SKIP_MS);
				break;
			case 'chapter':
				replay.chapter(intent.step);
				break;
			case 'speed':
				replay.hurry(intent.step);
				break;
			case 'at':
				set({prompt: {kind: 'time', text: '', wrong: ''}});
		}
	}

	/** A key while the palette is open. */
	function choose(name: string): void {
		const {palette} = ui.getState();
		if (palette === null) return;
		const next = chosen(palette, name, offersOf(session.getState(), parts.guard));
		if (next === null || !('run' in next)) {
			set({palette: next});
			return;
		}
		set({palette: null, said: ''});
		if (next.run.of === 'replay') drive(next.run.intent);
		else act(next.run.intent);
	}

	function press(name: string): void {
		const {prompt, picker, palette, note: shown, help, quitting, leaving} = ui.getState();
		if (quitting) return;
		if (leaving) {
			if (intentOf(name)?.kind === 'quit') act({kind: 'quit'});
			else set({leaving: false});
			return;
		}
		if (guard.press(name)) return;
		if (palette !== null) {
			choose(name);
			return;
		}
		if (shown !== null && intentOf(name)?.kind !== 'quit') {
			note.press(name);
			return;
		}
		if (picker !== null) {
			logs.pick(name);
			return;
		}
		if (prompt !== null) {
			type(name);
			return;
		}
		set({said: ''});
		// Keys of a replay go before all others.
		const driving = replay === null || help ? null : replayIntentOf(name);
		if (driving !== null) {
			drive(driving);
			return;
		}
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
	}

	return {
		press,
		burst(text) {
			if (guard.burst(text)) return;
			for (const character of text) press(BURST[character] ?? character);
		},
		painted: guard.painted,
		paste(text) {
			if (guard.paste(text)) return;
			const {prompt, palette} = ui.getState();
			const take = palette !== null ? choose : type;
			if (prompt === null && palette === null) {
				say('What was pasted is not taken for keys: / or f first, then paste.');
				return;
			}
			const line = clean(text.split(/[\r\n]/, 1)[0] ?? '');
			for (const character of line.slice(0, LONGEST_PROMPT)) take(character === ' ' ? 'space' : character);
		},
	};
}
