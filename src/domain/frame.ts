/** A frame: one line of a recording, and the only thing that the fold eats. Live and replay differ in who makes them. */
import type {Exit} from './channel.ts';
import type {LinkState} from './link.ts';
import type {Scope, SourceId, Unit} from './source.ts';

export const VERSION = 1;

/** `at` is the operator's UTC clock in epoch milliseconds, `ms` monotonic milliseconds since the session's start. */
type Stamp = {readonly at: number; readonly ms: number};

export type Header = {
	readonly t: 'header';
	readonly version: number;
	readonly program: string;
	readonly target: string;
	readonly road: string;
	readonly scope: Scope;
	/** The operator's word for what it belongs to. */
	readonly ticket?: string;
};

export type FrameBody =
	| Header
	| {readonly t: 'link'; readonly link: LinkState}
	| {
			readonly t: 'open';
			readonly ch: number;
			readonly source: SourceId;
			readonly argv: readonly string[];
			readonly token: string;
			/** Where this channel's journal entries belong; see Fact. */
			readonly place?: 'history' | 'live' | 'older';
	  }
	| {readonly t: 'in'; readonly ch: number; readonly text: string}
	| {readonly t: 'out'; readonly ch: number; readonly unit: Unit}
	| {readonly t: 'err'; readonly ch: number; readonly text: string}
	/** `text` where a half unit was left over: half a block, half an entry. */
	| {readonly t: 'exit'; readonly ch: number; readonly exit: Exit; readonly rest?: string}
	/** Time passes; also carries what the wire counted. */
	| {readonly t: 'tick'; readonly received: number; readonly sent: number; readonly roundTripMs: number | null}
	/** What the operator wrote: a mark on what was under the cursor, a note, a to-do. */
	| {
			readonly t: 'mark' | 'note' | 'todo';
			readonly text: string;
			/** Of a mark: the pane, and the journal entry where it is one. */
			readonly pane?: string;
			readonly cursor?: string;
			/** Device clock, epoch ms. */
			readonly deviceMs?: number;
	  }
	/** The operator knows of a finding: it is left out of the verdict until it happens again. */
	| {readonly t: 'snooze'; readonly key: string; readonly text: string}
	/** Secrets that were cut by a rule since the last such frame. */
	| {readonly t: 'redacted'; readonly rule: string; readonly count: number}
	/** The session ended in order: nothing is missing behind it. `lines` are the journal's, each once. */
	| {readonly t: 'bye'; readonly lines: number};

export type Frame = FrameBody & Stamp;
