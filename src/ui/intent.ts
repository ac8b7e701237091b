/** What can be asked for on the screen, and how a command is named: once, for its keys, the palette and whoever runs it. */
import type {ActionId} from '../domain/guard.ts';
import type {PaneId} from '../domain/pane.ts';
import type {SessionState} from '../session/store.ts';

export type Intent =
	| {readonly kind: 'focus'; readonly pane: PaneId}
	| {readonly kind: 'turn'; readonly by: 1 | -1}
	| {readonly kind: 'move'; readonly by: 1 | -1}
	| {readonly kind: 'page'; readonly by: 1 | -1}
	| {
			readonly kind:
				| 'first'
				| 'last'
				| 'zoom'
				| 'follow'
				| 'filter'
				| 'search'
				| 'open'
				| 'zone'
				| 'bell'
				| 'mark'
				| 'home'
				| 'reconnect'
				| 'help'
				| 'back'
				| 'quit'
				| 'story'
				| 'log'
				| 'return'
				| 'calm'
				| 'preset'
				| 'act'
				| 'arm'
				| 'palette'
				| 'handover'
				| 'record'
				| 'shell'
				| 'metered'
				| 'hold';
	  }
	| {readonly kind: 'pick'; readonly of: 'unit' | 'identifier'}
	/** Opens the dialog of an action on the focused item; no key does so outside the menu. */
	| {readonly kind: 'propose'; readonly action: ActionId}
	| {readonly kind: 'match'; readonly step: 1 | -1}
	| {readonly kind: 'strip'; readonly by: 1 | -1}
	| {readonly kind: 'write'; readonly what: 'note' | 'todo' | 'snooze' | 'pause' | 'scope'}
	| {readonly kind: 'trouble'; readonly weight: 'warning' | 'error'; readonly step: 1 | -1};

/** What a key of a replay asks for. */
export type ReplayIntent =
	| {readonly kind: 'play' | 'at'}
	| {readonly kind: 'skip'; readonly by: 1 | -1}
	| {readonly kind: 'chapter' | 'speed'; readonly step: 1 | -1};

/** One thing to do. `Asked` is what it asks for. */
export type Command<Asked = Intent> = {
	/** As the palette names it. */
	readonly title: string;
	/** As `nameOf` names them; none where only the palette has it. */
	readonly keys: readonly string[];
	readonly intent: Asked;
	/** Why it can't be done now, one sentence; null where it can. The palette shows it beside the title and does not run it. */
	readonly refused?: (state: SessionState) => string | null;
};
