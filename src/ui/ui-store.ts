/** What the operator has chosen: focus, looks, what is being typed. Lives beside the session's store and never reaches the device. */
import {createStore, type StoreApi} from 'zustand/vanilla';
import {noFilter} from '../domain/filter.ts';
import type {Key, Look, PaneId} from '../domain/pane.ts';
import type {Zone} from '../domain/time.ts';
import {ORDER} from './layout.ts';

export type Prompt = {
	readonly kind: 'filter' | 'search';
	readonly text: string;
	/** Why it can't be applied yet; empty where it can. */
	readonly wrong: string;
};

export type UiState = {
	readonly focus: PaneId;
	readonly zoomed: boolean;
	readonly help: boolean;
	readonly zone: Zone;
	readonly looks: Readonly<Record<PaneId, Look>>;
	/** The newest item when a log was paused: what came since is counted from there. */
	readonly newest: Readonly<Partial<Record<PaneId, Key>>>;
	readonly prompt: Prompt | null;
	/** An answer to the last key, one sentence; gone with the next key. */
	readonly said: string;
	readonly quitting: boolean;
};

export type UiStore = StoreApi<UiState>;

const lookOf = (log: boolean): Look => ({
	cursor: null,
	top: null,
	follow: log,
	filter: noFilter,
	search: '',
	order: null,
	open: new Set(),
});

/** @param logs the panes that follow. */
export function createUiStore(logs: ReadonlySet<PaneId>): UiStore {
	return createStore<UiState>(() => ({
		focus: 'services',
		zoomed: false,
		help: false,
		zone: 'utc',
		looks: Object.fromEntries(ORDER.map(id => [id, lookOf(logs.has(id))])) as UiState['looks'],
		newest: {},
		prompt: null,
		said: '',
		quitting: false,
	}));
}
