/** What a pane is: state folded from facts, shown as rows. No React, no colours, no clock. */
import type {TimedFact} from './fact.ts';
import {type Filter, noFilter} from './filter.ts';
import type {Evidence, Worst} from './finding.ts';
import type {Left} from './left.ts';
import type {ZoneOffset} from './time.ts';

/** What a piece of text means; only ui/theme.ts knows colours. */
export type Tone = 'plain' | 'muted' | 'strong' | 'good' | 'warning' | 'error' | 'accent' | 'pulse';

/**
 * Text in one tone. With `width` it is a column: padded or cut to so many cells (the ui measures wide characters).
 * One span of a row may `grow` to take what is left.
 */
export type Span = {
	readonly text: string;
	readonly tone?: Tone;
	readonly width?: number;
	readonly align?: 'left' | 'right';
	readonly grow?: boolean;
};
export type Row = readonly Span[];

/** Items keep their key while they are shown: a number (of a ring) or a name. */
export type Key = number | string;

/** The items of a pane in order, without making a list of fifty thousand. */
export interface Items {
	readonly length: number;
	at(index: number): Key | undefined;
	/** Index of a key, or of the first item behind the place where it would stand; -1 where there is none such. */
	indexOf(key: Key): number;
	/** Where an item may stand for several lines: the newest line of all, and how many came behind one. */
	readonly newest?: Key | undefined;
	behind?(key: Key): number;
}

/** What the operator chose to see: lives in the ui, never changes what is fetched. */
export type Look = {
	/** The item under the cursor; null before the cursor was moved. */
	readonly cursor: Key | null;
	/** Index of the item in the first row is kept by its key. Null: from the start, or the end when following. */
	readonly top: Key | null;
	/** New items push the list; only logs follow. */
	readonly follow: boolean;
	readonly filter: Filter;
	/** Text that is searched for; empty: none. Case is ignored unless it has capitals. */
	readonly search: string;
	/** Order of the rows while the cursor is among them: rows never move under it. */
	readonly order: readonly Key[] | null;
	/** Items that are opened up (a folded dump). */
	readonly open: ReadonlySet<Key>;
	/** Lines that say the same are folded, in a pane that can do so. */
	readonly calm: boolean;
};

/** A look before any key. */
export const noLook: Look = {
	cursor: null,
	top: null,
	follow: false,
	filter: noFilter,
	search: '',
	order: null,
	open: new Set(),
	calm: false,
};

/** A filter that is wanted again and again. */
export type Preset = {readonly name: string; readonly filter: string};

/** What a log can be narrowed to, and how many lines that has. */
export type Choice = {readonly name: string; readonly count: number; readonly filter: string};

export type ViewContext = {
	/** The operator's clock, epoch ms: in a replay the recording's. */
	readonly now: number;
	readonly columns: number;
	readonly zone: ZoneOffset;
	readonly look: Look;
	/** True where the connection is gone: values are shown as stale. */
	readonly stale: boolean;
};

/** A chart under a pane's rows; drawn by the ui. */
export type Chart = {
	readonly title: string;
	readonly unit: string;
	readonly series: readonly {readonly name: string; readonly tone: Tone; readonly values: readonly number[]}[];
};

export type PaneId = 'services' | 'journal' | 'kernel' | 'pulls' | 'device' | 'findings' | 'story' | 'detail';

/** Sources that have answered once, of those that a verdict needs. */
export type Progress = {readonly read: number; readonly of: number};

/** Something that rings: `error` for findings of weight, `note` for what is good to know. */
export type Alarm = {readonly key: string; readonly weight: 'error' | 'warning' | 'note'; readonly text: string};

/** Where a pane's item leads: a line of evidence, or a log narrowed to a unit or container. */
export type LinePlace = Pick<Evidence, 'stream' | 'cursor' | 'atMs'>;

export interface PaneSpec<State> {
	readonly id: PaneId;
	/** The digit that focuses it. */
	readonly key: string;
	readonly title: string;
	readonly initial: State;
	/** Logs follow, have a filter, and mark new lines while paused. */
	readonly log: boolean;
	/** Pure, and the same for any batching. */
	reduce(state: State, fact: TimedFact): State;
	/** The items in the order and choice of the look. Cheap when called again with the same state and look. */
	items(state: State, look: Look): Items;
	/** The row of one item. */
	row(state: State, key: Key, context: ViewContext): Row;
	/** The item as plain text, for search. */
	text(state: State, key: Key, look?: Look): string;
	/** Behind the pane's name in its title line: counts, what is filtered, what is wrong. */
	summary(state: State, context: ViewContext): Row;
	/** Rows above the items, as a table's head. `room` is how many rows the pane has. */
	head?(state: State, context: ViewContext, room: number): readonly Row[];
	/** In place of rows where there are no items: why it is empty, and what would fill it. */
	empty(state: State, context: ViewContext): Row;
	chart?(state: State, context: ViewContext): Chart | null;
	/** In so few rows as there are, everything at once: for a pane that is not focused on a small screen. */
	compact?(state: State, context: ViewContext, rows: number): readonly Row[];
	/** Rows that show all of what matters now, head and chart included; its items, where it does not say. */
	wanted?(state: State): number;
	/** More about the item under the cursor, one sentence for the last row of the screen. */
	hint?(state: State, key: Key): string;
	/** What Enter on an item leads to: the line that proves it. Null where there is none. */
	evidence?(state: State, key: Key): LinePlace | null;
	/** Is it a folded item that Enter opens? */
	folds?(state: State, key: Key): boolean;
	/** The fold that hides a line as things are looked at, or null. */
	foldOf?(state: State, key: Key, look: Look): Key | null;
	/** Filters to go through; `service` is the one that was last under the cursor. */
	presets?(service: string | null): readonly Preset[];
	/** Units or speakers seen so far, those with the most lines first. */
	choices?(state: State, kind: 'unit' | 'identifier'): readonly Choice[];
	/** The device's clock at its newest line, epoch ms: what `since:10m` counts back from. */
	newestMs?(state: State): number | null;
	/** What can be looked at whole: an entry by its cursor, a unit by its name. */
	inspects?(state: State, key: Key): {readonly cursor: string} | {readonly unit: string} | null;
	/** The unit or container whose log `l` shows. */
	logOf?(state: State, key: Key): string | null;
	/** The one sentence under the header. */
	verdict?(state: State, context: ViewContext, progress: Progress): Row;
	/** The worst that goes on now, or was since a moment of ours (epoch ms); null where nothing was. */
	worst?(state: State, now: number, sinceAt: number): Worst | null;
	/** What stands at a moment of ours, for the end of a recording; null where the device is not known. */
	left?(state: State, at: number): Left | null;
	/** What goes on now or has just ended that one wants to hear of while looking away; keys tell what was told before. */
	alarms?(state: State, now: number): readonly Alarm[];
	/** The last hour in one row. */
	strip?(state: State, context: ViewContext, minutes: number): Row;
	/** The item nearest before a moment of the device's clock, epoch ms: the other log goes there too. */
	near?(state: State, atMs: number): Key | null;
	/** The item of a place in this pane, or null where it is not held. */
	find?(state: State, place: LinePlace): Key | null;
	/** For `w W` (weight warning) and `e E` (error): how bad an item is. */
	weight?(state: State, key: Key): 'error' | 'warning' | null;
}
