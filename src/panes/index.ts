/** The panes, in the order of their digits. */
import type {PaneSpec} from '../domain/pane.ts';
import {detail} from './detail/index.ts';
import {device} from './device/index.ts';
import {findings} from './findings/index.ts';
import {held, journal} from './journal/index.ts';
import {kernel} from './kernel/index.ts';
import {pulls} from './pulls/index.ts';
import {services} from './services/index.ts';
import {story} from './story/index.ts';

/** A pane knows its own state; to all others it is opaque. */
const any = <State>(spec: PaneSpec<State>): PaneSpec<unknown> => spec as PaneSpec<unknown>;

export const panes: readonly PaneSpec<unknown>[] = [
	any(services),
	any(journal),
	any(kernel),
	any(pulls),
	any(device),
	any(findings),
	any(story),
	any(detail),
];

/** How many entries the journal pane holds and has let go, for the session's receipt. */
export const journalHeld = (state: unknown): {readonly held: number; readonly evicted: number} =>
	held(state as Parameters<typeof held>[0]);
