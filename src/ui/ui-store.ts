/** What the operator has chosen: focus, looks, what is being typed. Lives beside the session's store and never reaches the device. */
import {createStore, type StoreApi} from 'zustand/vanilla';
import {type Key, type Look, noLook, type PaneId} from '../domain/pane.ts';
import type {Zone} from '../domain/time.ts';
import type {Loudness} from './attention.ts';
import type {Dialog} from './guard/dialog.ts';
import type {Elsewhere} from './guard/elsewhere.ts';
import type {Form} from './guard/form.ts';
import type {Menu} from './guard/menu.ts';
import {type Needs, ORDER} from './layout.ts';
import type {NoteState} from './note.tsx';
import type {Palette} from './palette.tsx';
import type {Picker} from './picker.tsx';

export type Prompt = {
	readonly kind: 'filter' | 'search' | 'time' | 'note' | 'todo' | 'snooze' | 'pause' | 'scope';
	readonly text: string;
	/** Why it can't be applied yet; empty where it can. */
	readonly wrong: string;
};

export type UiState = {
	readonly focus: PaneId;
	readonly zoomed: boolean;
	readonly help: boolean;
	/** First row of the help that is shown. */
	readonly helpTop: number;
	readonly zone: Zone;
	readonly looks: Readonly<Record<PaneId, Look>>;
	/** The newest item when a log was paused: what came since is counted from there. */
	readonly newest: Readonly<Partial<Record<PaneId, Key>>>;
	readonly prompt: Prompt | null;
	/** A list to pick a filter from, in place of the panes. */
	readonly picker: Picker | null;
	/** What can be done to the focused item. */
	readonly menu: Menu | null;
	/** The dialog of an action; what it shows is in the session's store. */
	readonly dialog: Dialog | null;
	/** The form of a consent; goes before the dialog. */
	readonly form: Form | null;
	/** What is armed is shown, and what can be done about it. */
	readonly armed: boolean;
	/** Where a shell is to be had instead of here; goes before the menu. */
	readonly elsewhere: Elsewhere | null;
	/** Quitting was asked for while an action is not proven. */
	readonly leaving: boolean;
	/** Every command by name, in place of the panes. */
	readonly palette: Palette | null;
	/** The handover note, in place of the panes. */
	readonly note: NoteState | null;
	/** The service that was last under the cursor when presets were gone through. */
	readonly service: string | null;
	/** An answer to the last key, one sentence; gone with the next key. */
	readonly said: string;
	readonly quitting: boolean;
	/** What rings while one looks away. */
	readonly loudness: Loudness;
	/** Where one was before each jump, the newest last: Backspace goes back. */
	readonly trail: readonly Pick<UiState, 'focus' | 'zoomed' | 'looks'>[];
	/** Rows that panes have wanted so far; they grow, so that nothing jumps about. */
	readonly needs: Needs;
	/** How much of the past the strip shows. */
	readonly stripMinutes: number;
	/** The newest notice that was taken note of with Esc. */
	readonly noticed: string;
};

export type UiStore = StoreApi<UiState>;

/** @param logs the panes that follow. */
export function createUiStore(logs: ReadonlySet<PaneId>): UiStore {
	return createStore<UiState>(() => ({
		focus: 'journal',
		zoomed: false,
		help: false,
		helpTop: 0,
		zone: 'utc',
		looks: Object.fromEntries(
			[...ORDER, 'story' as const, 'detail' as const].map(id => [id, {...noLook, follow: logs.has(id)}]),
		) as UiState['looks'],
		newest: {},
		prompt: null,
		picker: null,
		menu: null,
		dialog: null,
		form: null,
		armed: false,
		elsewhere: null,
		leaving: false,
		palette: null,
		note: null,
		service: null,
		said: '',
		quitting: false,
		loudness: 'worst',
		trail: [],
		needs: {},
		stripMinutes: 60,
		noticed: '',
	}));
}
