/** A frame: one line of a recording, and the only thing that the fold eats. Live and replay differ in who makes them. */
import type {Exit} from './channel.ts';
import type {Worst} from './finding.ts';
import type {ActionId, Consent, Proof, Risk, Subject, Verdict} from './guard.ts';
import type {Left} from './left.ts';
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
			/** The action that it is evidence, check or proof for: its `ask`. */
			readonly for?: number;
	  }
	/** An action's command is sent; `ch` is the channel of what it prints. Nothing else changes the device. */
	| {
			readonly t: 'ran';
			readonly id: number;
			readonly ch: number;
			/** Which of its steps, from 0. */
			readonly step: number;
			readonly argv: readonly string[];
			readonly token: string;
			/** Somebody types into it: what it prints is a console's. */
			readonly terminal?: true;
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
	/** Somebody wants an action: the dialog is shown. `request` where a customer was asked in these words. */
	| {
			readonly t: 'ask';
			readonly id: number;
			readonly action: ActionId;
			readonly title: string;
			readonly subject: Subject;
			readonly request?: string;
	  }
	| {readonly t: 'consent'; readonly consent: Consent}
	/** All consents are void from here on. */
	| {readonly t: 'disarm'; readonly why: string}
	/** It may be done, for this basis, by that consent; on disk before anything is sent. */
	| {
			readonly t: 'granted';
			readonly id: number;
			readonly action: ActionId;
			readonly title: string;
			readonly subject: Subject;
			readonly consent: number;
			readonly risk: Risk;
			readonly confirmed: 'yes' | 'typed';
			readonly basis: string;
			readonly steps: readonly (readonly string[])[];
			/** What may be sent in place of the rest where one of them does not end well. */
			readonly undo?: readonly string[];
	  }
	| {
			readonly t: 'refused';
			readonly id: number;
			readonly action: ActionId;
			readonly title: string;
			readonly subject: Subject;
			readonly why: string;
	  }
	/** How it goes; the last word is the verdict. */
	| {readonly t: 'proof'; readonly id: number; readonly proof: Proof}
	| {readonly t: 'verdict'; readonly id: number; readonly verdict: Verdict}
	/** How the operator's last session with this device ended: what is told of it does not depend on a file that may go. */
	| {readonly t: 'earlier'; readonly left: Left; readonly ticket?: string}
	/** What is fetched from here on; `held`: nothing of the device, until the operator goes on. */
	| {readonly t: 'fetch'; readonly scope: Scope; readonly held: boolean}
	/** What only the driver knows, one sentence for the operator: the fold cannot find it in what the device said. */
	| {readonly t: 'notice'; readonly text: string}
	/** The operator paused the recording: nothing that the device said stands between this and `resume`, or the end. */
	| {readonly t: 'pause'; readonly reason: string}
	| {readonly t: 'resume'}
	/** Secrets that were cut by a rule since the last such frame. */
	| {readonly t: 'redacted'; readonly rule: string; readonly count: number}
	/** The session ended in order: nothing is missing behind it. `lines` are the journal's, each once. */
	| {readonly t: 'bye'; readonly lines: number; readonly worst?: Worst; readonly left?: Left};

export type Frame = FrameBody & Stamp;

/** Frames of the gate: something was asked, allowed, granted, run or proven. */
export const GATE_FRAMES: ReadonlySet<string> = new Set([
	'ask',
	'consent',
	'disarm',
	'granted',
	'refused',
	'ran',
	'proof',
	'verdict',
] satisfies Frame['t'][]);
