/** What the screen reads. The session writes it in batches, at most once per hundred milliseconds. */
import {createStore, type StoreApi} from 'zustand/vanilla';
import type {Identity} from '../domain/fact.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {ActionId, Proposal, Subject} from '../domain/guard.ts';
import type {LinkState} from '../domain/link.ts';
import type {PaneId} from '../domain/pane.ts';
import type {Scope, SourceId} from '../domain/source.ts';
import type {ConsentForm} from './guard/consent.ts';
import type {Lend} from './guard/shell.ts';
import type {GuardState} from './guard/state.ts';

export type SourceHealth = {
	readonly state: 'asked' | 'answering' | 'ended' | 'failed';
	/** Empty, or one sentence for the operator. */
	readonly sentence: string;
	/** Operator's clock of the newest unit, epoch ms. */
	readonly newestAt: number | null;
	/** Units that could not be read. */
	readonly unread: number;
};

/** What the journal's receipt says; see facts on sequence numbers. */
export type Receipt = {
	readonly received: number;
	/** The same entry again, dropped: inclusive resume, overlapping pages. */
	readonly repeated: number;
	/** Lost by the device, proven by sequence numbers or by its own "Suppressed". Null: cannot be proven, the scope is not everything. */
	readonly lost: number | null;
	readonly suppressed: number;
	readonly evicted: number;
	readonly held: number;
};

/** What is fetched from now on; what is left out stays. */
export type Fetching = Partial<Pick<Scope, 'units' | 'identifiers' | 'priority' | 'metered'>> & {
	readonly held?: boolean;
};

export type SessionState = {
	/** Pane states by id; each pane casts its own. */
	readonly panes: Readonly<Record<PaneId, unknown>>;
	/** What is fetched of the journal. */
	readonly scope: Scope;
	readonly target: string;
	readonly road: string;
	readonly link: LinkState;
	readonly identity: Identity | null;
	/** Device clock minus ours in ms, as of the last sample; null: not known. */
	readonly clockOffsetMs: number | null;
	readonly roundTripMs: number | null;
	/** Operator's clock of the newest data from the device, epoch ms. */
	readonly newestAt: number | null;
	/** Journal lines in each of the last 60 seconds, oldest first. */
	readonly linesPerSecond: readonly number[];
	/** Bytes received in the last minute; null in the first seconds. */
	readonly bytesPerMinute: number | null;
	readonly sources: Readonly<Partial<Record<SourceId, SourceHealth>>>;
	readonly receipt: Receipt;
	/** Older journal pages: is one being fetched, is there none before? */
	readonly older: 'idle' | 'fetching' | 'none';
	/** Where the session is written to, null when it is not. */
	readonly recording: {readonly file: string; readonly bytes: number} | null;
	readonly guard: GuardView;
	/** Is nothing fetched, as the operator wants it? */
	readonly held: boolean;
	/** Since when (epoch ms) and why the recording is paused; in a replay: was paused there. Null where it is not. */
	readonly paused: {readonly at: number; readonly reason: string} | null;
	/** Where a replay stands; null in a live session. */
	readonly replay: {
		readonly playing: boolean;
		readonly speed: number;
		/** Since the recording's start. */
		readonly ms: number;
		readonly lengthMs: number;
		/** How much of it was read, from 0 to 1; null where all of it was. */
		readonly reading: number | null;
		/**
		 * Of one that is followed while it is written: how old its last frame is where that is shown, or how the following
		 * came to its end. Null in the past of one, and of any other.
		 */
		readonly following: {readonly ageMs: number} | 'ended' | 'stopped' | null;
	} | null;
	/** Sentences for the operator, newest last; at most five. */
	readonly notices: readonly string[];
	/** When the newest of them came, epoch ms. */
	readonly noticedAt: number;
	/** The clock of the session: the operator's live, the recording's in a replay. Epoch ms. */
	readonly now: number;
};

/** The guard as the screen shows it. */
export type GuardView = GuardState & {
	/** The action that the dialog is about; null where none is open, and in a replay. */
	readonly proposal: Proposal | null;
	/** Why nothing can be armed in this session; empty where it can. */
	readonly lookOnly: string;
	/** One of the operator's own devices: armed by one key. */
	readonly own: boolean;
	/** The session's monotonic clock, that consents are counted by. */
	readonly ms: number;
};

export type SessionStore = StoreApi<SessionState>;

/** What the screen may ask of the gate (guard/gate.ts): the only way to change the device. */
export interface GuardControls {
	/** Puts a consent on record. A sentence where it can't be. */
	consent(form: ConsentForm): string;
	/** Looks only again. A sentence where nothing was armed. */
	disarm(why: string): string;
	/** Opens the dialog of an action; what it shows comes by the store. */
	propose(action: ActionId, subject: Subject): void;
	/** The screen has a terminal that a shell can be given; null: not any more. */
	lend(lend: Lend | null): void;
	/** The customer was asked, in these words. */
	asked(request: string): void;
	/** Leaves the dialog. */
	cancel(): void;
	/** Confirms what the dialog shows: with `y`, or with the name. Resolves to why it was not done, or empty. */
	confirm(answer: string): Promise<string>;
}

/** What the screen may ask of the session. Nothing here changes the device, but for what goes through the gate. */
export interface Controls {
	/** Fetches the page of journal lines before the oldest held. */
	older(): void;
	/** Asks for all of one entry and the lines around it, or for all of one unit: the detail pane shows it. */
	inspect(what: {readonly cursor: string} | {readonly unit: string}): void;
	/** Writes what the operator says into the session, and into its recording where there is one. */
	remark(remark: Extract<FrameBody, {t: 'mark' | 'note' | 'todo' | 'snooze'}>): void;
	/** Nothing that the device says is written until `resume`. */
	pause(reason: string): void;
	/** Changes what is fetched: of the journal, how often, or nothing for a while. */
	fetch(change: Fetching): void;
	/** The recording goes on, as soon as everything is asked anew. */
	resume(): void;
	/** Tries to connect now instead of at the next attempt. */
	reconnect(): void;
	/** Null in a replay: there is no device. */
	readonly guard: GuardControls | null;
	/** Ends the session in order; the screen is left when it resolves. */
	quit(): Promise<void>;
}

export const createSessionStore = (initial: SessionState): SessionStore => createStore<SessionState>(() => initial);
