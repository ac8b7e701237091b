/** Keys to intents, as data: the help page and the README's table are made from it. */
import type {Key as InkKey} from 'ink';
import type {ActionId} from '../domain/guard.ts';
import type {PaneId} from '../domain/pane.ts';
import {ORDER} from './layout.ts';

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
				| 'arm';
	  }
	| {readonly kind: 'pick'; readonly of: 'unit' | 'identifier'}
	/** Opens the dialog of an action on the focused item; no key does so outside the menu. */
	| {readonly kind: 'propose'; readonly action: ActionId}
	| {readonly kind: 'match'; readonly step: 1 | -1}
	| {readonly kind: 'strip'; readonly by: 1 | -1}
	| {readonly kind: 'write'; readonly what: 'note' | 'todo' | 'snooze'}
	| {readonly kind: 'trouble'; readonly weight: 'warning' | 'error'; readonly step: 1 | -1};

export type Binding = {
	/** As `nameOf` names them. */
	readonly keys: Readonly<Record<string, Intent>>;
	/** As they are written for people. */
	readonly shown: readonly string[];
	readonly does: string;
	/** In the footer: one or two words; null where it is only in the help. The lower the number, the later it is left out. */
	readonly hint: {
		readonly keys: string;
		readonly text: string;
		readonly rank: number;
		readonly where: 'all' | 'log' | 'journal' | 'kernel' | 'lost' | 'jumped';
	} | null;
};

const digits = Object.fromEntries(ORDER.map((pane, index) => [String(index + 1), {kind: 'focus', pane} as const]));

export const BINDINGS: readonly Binding[] = [
	{
		keys: {...digits, tab: {kind: 'turn', by: 1}, 'shift-tab': {kind: 'turn', by: -1}},
		shown: ['1-6', 'Tab', 'Shift-Tab'],
		does: 'focus Services, Journal, Kernel, Pulls, Device, Findings; the next or previous pane',
		hint: {keys: '1-6', text: 'pane', rank: 1, where: 'all'},
	},
	{
		keys: {
			up: {kind: 'move', by: -1},
			k: {kind: 'move', by: -1},
			down: {kind: 'move', by: 1},
			j: {kind: 'move', by: 1},
		},
		shown: ['↑', '↓', 'k', 'j'],
		does: 'move the cursor by a row',
		hint: {keys: '↑↓', text: 'move', rank: 6, where: 'all'},
	},
	{
		keys: {'page-up': {kind: 'page', by: -1}, 'page-down': {kind: 'page', by: 1}},
		shown: ['PgUp', 'PgDn'],
		does: 'move by a page; PgUp at the top of the journal fetches older lines',
		hint: {keys: 'PgUp', text: 'older', rank: 8, where: 'log'},
	},
	{
		keys: {g: {kind: 'first'}, home: {kind: 'first'}, G: {kind: 'last'}, end: {kind: 'last'}},
		shown: ['g', 'G', 'Home', 'End'],
		does: 'first row, last row; the end of a log follows',
		hint: null,
	},
	{
		keys: {space: {kind: 'follow'}},
		shown: ['Space'],
		does: 'pause a log, and follow it again',
		hint: {keys: 'Space', text: 'pause', rank: 5, where: 'log'},
	},
	{
		keys: {z: {kind: 'zoom'}},
		shown: ['z'],
		does: 'zoom the pane to the whole screen, and back',
		hint: {keys: 'z', text: 'zoom', rank: 4, where: 'all'},
	},
	{
		keys: {f: {kind: 'filter'}},
		shown: ['f'],
		does: 'filter a log: `unit:balena id:balenad container:web prio:err since:10m word -word /regex/`',
		hint: {keys: 'f', text: 'filter', rank: 3, where: 'log'},
	},
	{
		keys: {p: {kind: 'preset'}},
		shown: ['p'],
		does: 'presets of the journal: all, no polling noise, engine, supervisor, service under the cursor',
		hint: {keys: 'p', text: 'preset', rank: 10, where: 'journal'},
	},
	{
		keys: {u: {kind: 'pick', of: 'unit'}, i: {kind: 'pick', of: 'identifier'}},
		shown: ['u', 'i'],
		does: 'pick a unit, or an identifier or service, from those in the journal',
		hint: {keys: 'u i', text: 'pick', rank: 10, where: 'journal'},
	},
	{
		keys: {F: {kind: 'calm'}},
		shown: ['F'],
		does: 'fold lines of the journal that say the same, and show them again; Enter opens a fold',
		hint: {keys: 'F', text: 'fold', rank: 10, where: 'journal'},
	},
	{
		keys: {'/': {kind: 'search'}, n: {kind: 'match', step: 1}, N: {kind: 'match', step: -1}},
		shown: ['/', 'n', 'N'],
		does: 'search in the pane; next and previous hit',
		hint: {keys: '/', text: 'search', rank: 3, where: 'all'},
	},
	{
		keys: {
			w: {kind: 'trouble', weight: 'warning', step: 1},
			W: {kind: 'trouble', weight: 'warning', step: -1},
			e: {kind: 'trouble', weight: 'error', step: 1},
			E: {kind: 'trouble', weight: 'error', step: -1},
		},
		shown: ['w', 'W', 'e', 'E'],
		does: 'next and previous warning (or worse), next and previous error',
		hint: {keys: 'w W e E', text: 'trouble', rank: 5, where: 'kernel'},
	},
	{
		keys: {enter: {kind: 'open'}},
		shown: ['Enter'],
		does: 'go to the evidence of a finding or event; show all of a line, or of a unit; open a fold',
		hint: {keys: 'Enter', text: 'more', rank: 3, where: 'all'},
	},
	{
		keys: {l: {kind: 'log'}},
		shown: ['l'],
		does: 'the log of the unit, container, pull or finding under the cursor',
		hint: {keys: 'l', text: 'its log', rank: 6, where: 'all'},
	},
	{
		keys: {backspace: {kind: 'return'}},
		shown: ['Backspace'],
		does: 'back to where one was before a jump',
		hint: {keys: 'Backspace', text: 'back', rank: 0, where: 'jumped'},
	},
	{
		keys: {o: {kind: 'story'}},
		shown: ['o'],
		does: 'the story: what happened on this device, the newest first',
		hint: {keys: 'o', text: 'story', rank: 4, where: 'all'},
	},
	{
		keys: {'[': {kind: 'strip', by: 1}, ']': {kind: 'strip', by: -1}},
		shown: ['[', ']'],
		does: 'more or less of the past in the strip: 15 min, 1 h, 6 h, 24 h',
		hint: null,
	},
	{
		keys: {escape: {kind: 'back'}},
		shown: ['Esc'],
		does: 'one step back: help, search, filter, cursor, zoom',
		hint: null,
	},
	{
		keys: {T: {kind: 'zone'}},
		shown: ['T'],
		does: 'clocks: UTC, local time, the device’s time, how long ago',
		hint: {keys: 'T', text: 'zone', rank: 9, where: 'all'},
	},
	{
		keys: {m: {kind: 'mark'}},
		shown: ['m'],
		does: 'mark what is under the cursor, for the story, the recording and the handover note',
		hint: null,
	},
	{
		keys: {c: {kind: 'write', what: 'note'}, t: {kind: 'write', what: 'todo'}},
		shown: ['c', 't'],
		does: 'write a note, a to-do',
		hint: null,
	},
	{
		keys: {'-': {kind: 'write', what: 'snooze'}},
		shown: ['-'],
		does: 'set a finding aside as known, with the reason, until it happens again',
		hint: null,
	},
	{
		keys: {x: {kind: 'act'}},
		shown: ['x'],
		does: 'what can be done to the unit under the cursor, or to the device: a menu, then a dialog; with permission only',
		hint: {keys: 'x', text: 'act', rank: 7, where: 'all'},
	},
	{
		keys: {A: {kind: 'arm'}},
		shown: ['A'],
		does: 'record a permission: who, by what way, in what words; while armed, look only again',
		hint: {keys: 'A', text: 'arm', rank: 8, where: 'all'},
	},
	{
		keys: {b: {kind: 'bell'}},
		shown: ['b'],
		does: 'bell and notification: for what is of weight, for everything, off',
		hint: null,
	},
	{
		keys: {'0': {kind: 'home'}},
		shown: ['0'],
		does: 'home: all panes, the journal focused',
		hint: null,
	},
	{
		keys: {r: {kind: 'reconnect'}},
		shown: ['r'],
		does: 'connect now, while the link is lost',
		hint: {keys: 'r', text: 'connect now', rank: 0, where: 'lost'},
	},
	{
		keys: {'?': {kind: 'help'}},
		shown: ['?'],
		does: 'this help',
		hint: {keys: '?', text: 'help', rank: 1, where: 'all'},
	},
	{
		keys: {q: {kind: 'quit'}, 'ctrl-c': {kind: 'quit'}},
		shown: ['q', 'Ctrl-C'],
		does: 'quit; nothing of devtop is left on the device',
		hint: {keys: 'q', text: 'quit', rank: 2, where: 'all'},
	},
];

/** Keys of a replay. They go before the others there: what they mean in a live session has no use in the past. */
export type ReplayIntent =
	| {readonly kind: 'play' | 'at'}
	| {readonly kind: 'skip'; readonly by: 1 | -1}
	| {readonly kind: 'chapter' | 'speed'; readonly step: 1 | -1};

export const REPLAY_BINDINGS: readonly {
	readonly keys: Readonly<Record<string, ReplayIntent>>;
	readonly shown: readonly string[];
	readonly does: string;
	readonly hint: {readonly keys: string; readonly text: string; readonly rank: number};
}[] = [
	{
		keys: {space: {kind: 'play'}},
		shown: ['Space'],
		does: 'play, pause; of one that is followed: pause, follow again',
		hint: {keys: 'Space', text: 'play', rank: 0},
	},
	{
		keys: {'[': {kind: 'skip', by: -1}, ']': {kind: 'skip', by: 1}},
		shown: ['[', ']'],
		does: 'ten seconds back, forward',
		hint: {keys: '[ ]', text: '10 s', rank: 1},
	},
	{
		keys: {'{': {kind: 'chapter', step: -1}, '}': {kind: 'chapter', step: 1}},
		shown: ['{', '}'],
		does: 'previous, next chapter: a finding, an action, a lost link, another boot, a mark',
		hint: {keys: '{ }', text: 'chapter', rank: 1},
	},
	{
		keys: {'<': {kind: 'speed', step: -1}, '>': {kind: 'speed', step: 1}},
		shown: ['<', '>'],
		does: 'slower, faster',
		hint: {keys: '< >', text: 'speed', rank: 2},
	},
	{
		keys: {'@': {kind: 'at'}},
		shown: ['@'],
		does: 'a time with its zone, or a percentage, typed or pasted; 100% follows what is still written',
		hint: {keys: '@', text: 'time', rank: 2},
	},
];

const REPLAY_KEYS = new Map(REPLAY_BINDINGS.flatMap(({keys}) => Object.entries(keys)));

/** The intent of a key in a replay, or null: then it means what it always means. */
export const replayIntentOf = (name: string): ReplayIntent | null => REPLAY_KEYS.get(name) ?? null;

const BY_KEY = new Map(BINDINGS.flatMap(({keys}) => Object.entries(keys)));

/** The intent of a key, or null: a key without a meaning does nothing. */
export const intentOf = (name: string): Intent | null => BY_KEY.get(name) ?? null;

/** Ink's key as one name: `up`, `page-up`, `shift-tab`, `ctrl-c`, `space`, or the character itself. */
export function nameOf(input: string, key: Partial<InkKey>): string {
	if (key.upArrow) return 'up';
	if (key.downArrow) return 'down';
	if (key.leftArrow) return 'left';
	if (key.rightArrow) return 'right';
	if (key.pageUp) return 'page-up';
	if (key.pageDown) return 'page-down';
	if (key.home) return 'home';
	if (key.end) return 'end';
	if (key.tab) return key.shift ? 'shift-tab' : 'tab';
	if (key.return) return 'enter';
	if (key.escape) return 'escape';
	if (key.backspace || key.delete) return 'backspace';
	if (key.ctrl) return `ctrl-${input}`;
	if (key.meta) return `meta-${input}`;
	return input === ' ' ? 'space' : input;
}

/** The table of the README. */
export const keyTable = (): string =>
	[
		'| key | does |',
		'| --- | --- |',
		...BINDINGS.map(({shown, does}) => `| ${shown.map(key => `\`${key}\``).join(' ')} | ${does} |`),
	].join('\n');
