/** Keys to intents, as data: the help page and the README's table are made from it. */
import type {Key as InkKey} from 'ink';
import type {PaneId} from '../domain/pane.ts';
import type {SessionState} from '../session/store.ts';
import type {Command, Intent, ReplayIntent} from './intent.ts';
import {ORDER} from './layout.ts';

export type Binding = {
	readonly commands: readonly Command[];
	/** Their keys as they are written for people. */
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

/** The panes' names, for the palette. */
const TITLES: Readonly<Partial<Record<PaneId, string>>> = {
	services: 'Services',
	journal: 'Journal',
	kernel: 'Kernel',
	pulls: 'Pulls',
	device: 'Device',
	findings: 'Findings',
};

const panes = ORDER.map(
	(pane, index): Command => ({
		title: `Focus ${TITLES[pane] ?? pane}`,
		keys: [String(index + 1)],
		intent: {kind: 'focus', pane},
	}),
);

/** A recording is evidence of then. */
const live =
	(what: string) =>
	({replay}: SessionState): string | null =>
		replay === null ? null : what;
const notRecorded = (state: SessionState): string | null =>
	live('a replay records nothing')(state) ?? (state.recording === null ? 'this session is not recorded' : null);
const written = live('a recording is evidence: nothing is written into it afterwards');

export const BINDINGS: readonly Binding[] = [
	{
		commands: [
			...panes,
			{title: 'Next pane', keys: ['tab'], intent: {kind: 'turn', by: 1}},
			{title: 'Previous pane', keys: ['shift-tab'], intent: {kind: 'turn', by: -1}},
		],
		shown: ['1-6', 'Tab', 'Shift-Tab'],
		does: 'focus Services, Journal, Kernel, Pulls, Device, Findings; the next or previous pane',
		hint: {keys: '1-6', text: 'pane', rank: 1, where: 'all'},
	},
	{
		commands: [
			{title: 'Move up', keys: ['up', 'k'], intent: {kind: 'move', by: -1}},
			{title: 'Move down', keys: ['down', 'j'], intent: {kind: 'move', by: 1}},
		],
		shown: ['↑', '↓', 'k', 'j'],
		does: 'move the cursor by a row',
		hint: {keys: '↑↓', text: 'move', rank: 6, where: 'all'},
	},
	{
		commands: [
			{title: 'Page up; older lines at the top of the journal', keys: ['page-up'], intent: {kind: 'page', by: -1}},
			{title: 'Page down', keys: ['page-down'], intent: {kind: 'page', by: 1}},
		],
		shown: ['PgUp', 'PgDn'],
		does: 'move by a page; PgUp at the top of the journal fetches older lines',
		hint: {keys: 'PgUp', text: 'older', rank: 8, where: 'log'},
	},
	{
		commands: [
			{title: 'First row', keys: ['g', 'home'], intent: {kind: 'first'}},
			{title: 'Last row', keys: ['G', 'end'], intent: {kind: 'last'}},
		],
		shown: ['g', 'G', 'Home', 'End'],
		does: 'first row, last row; the end of a log follows',
		hint: null,
	},
	{
		commands: [{title: 'Follow the log, or pause it', keys: ['space'], intent: {kind: 'follow'}}],
		shown: ['Space'],
		does: 'pause a log, and follow it again',
		hint: {keys: 'Space', text: 'pause', rank: 5, where: 'log'},
	},
	{
		commands: [{title: 'Zoom the pane', keys: ['z'], intent: {kind: 'zoom'}}],
		shown: ['z'],
		does: 'zoom the pane to the whole screen, and back',
		hint: {keys: 'z', text: 'zoom', rank: 4, where: 'all'},
	},
	{
		commands: [{title: 'Filter the log', keys: ['f'], intent: {kind: 'filter'}}],
		shown: ['f'],
		does: 'filter a log: `unit:balena id:balenad container:web prio:err since:10m word -word /regex/`',
		hint: {keys: 'f', text: 'filter', rank: 3, where: 'log'},
	},
	{
		commands: [{title: 'Next preset of the journal', keys: ['p'], intent: {kind: 'preset'}}],
		shown: ['p'],
		does: 'presets of the journal: all, no polling noise, engine, supervisor, service under the cursor',
		hint: {keys: 'p', text: 'preset', rank: 10, where: 'journal'},
	},
	{
		commands: [
			{title: 'Pick a unit for the journal', keys: ['u'], intent: {kind: 'pick', of: 'unit'}},
			{title: 'Pick an identifier or service for the journal', keys: ['i'], intent: {kind: 'pick', of: 'identifier'}},
		],
		shown: ['u', 'i'],
		does: 'pick a unit, or an identifier or service, from those in the journal',
		hint: {keys: 'u i', text: 'pick', rank: 10, where: 'journal'},
	},
	{
		commands: [{title: 'Fold lines that say the same, or show them', keys: ['F'], intent: {kind: 'calm'}}],
		shown: ['F'],
		does: 'fold lines of the journal that say the same, and show them again; Enter opens a fold',
		hint: {keys: 'F', text: 'fold', rank: 10, where: 'journal'},
	},
	{
		commands: [
			{title: 'Search in the pane', keys: ['/'], intent: {kind: 'search'}},
			{title: 'Next hit', keys: ['n'], intent: {kind: 'match', step: 1}},
			{title: 'Previous hit', keys: ['N'], intent: {kind: 'match', step: -1}},
		],
		shown: ['/', 'n', 'N'],
		does: 'search in the pane; next and previous hit',
		hint: {keys: '/', text: 'search', rank: 3, where: 'all'},
	},
	{
		commands: [
			{title: 'Next warning or error', keys: ['w'], intent: {kind: 'trouble', weight: 'warning', step: 1}},
			{title: 'Previous warning or error', keys: ['W'], intent: {kind: 'trouble', weight: 'warning', step: -1}},
			{title: 'Next error', keys: ['e'], intent: {kind: 'trouble', weight: 'error', step: 1}},
			{title: 'Previous error', keys: ['E'], intent: {kind: 'trouble', weight: 'error', step: -1}},
		],
		shown: ['w', 'W', 'e', 'E'],
		does: 'next and previous warning (or worse), next and previous error',
		hint: {keys: 'w W e E', text: 'trouble', rank: 5, where: 'kernel'},
	},
	{
		commands: [{title: 'Open: its evidence, all of it, the fold', keys: ['enter'], intent: {kind: 'open'}}],
		shown: ['Enter'],
		does: 'go to the evidence of a finding or event; show all of a line, or of a unit; open a fold',
		hint: {keys: 'Enter', text: 'more', rank: 3, where: 'all'},
	},
	{
		commands: [{title: 'Log of what is under the cursor', keys: ['l'], intent: {kind: 'log'}}],
		shown: ['l'],
		does: 'the log of the unit, container, pull or finding under the cursor',
		hint: {keys: 'l', text: 'its log', rank: 6, where: 'all'},
	},
	{
		commands: [{title: 'Back to before the jump', keys: ['backspace'], intent: {kind: 'return'}}],
		shown: ['Backspace'],
		does: 'back to where one was before a jump',
		hint: {keys: 'Backspace', text: 'back', rank: 0, where: 'jumped'},
	},
	{
		commands: [{title: 'Story', keys: ['o'], intent: {kind: 'story'}}],
		shown: ['o'],
		does: 'the story: what happened on this device, the newest first',
		hint: {keys: 'o', text: 'story', rank: 4, where: 'all'},
	},
	{
		commands: [
			{title: 'More of the past in the strip', keys: ['['], intent: {kind: 'strip', by: 1}},
			{title: 'Less of the past in the strip', keys: [']'], intent: {kind: 'strip', by: -1}},
		],
		shown: ['[', ']'],
		does: 'more or less of the past in the strip: 15 min, 1 h, 6 h, 24 h',
		hint: null,
	},
	{
		commands: [{title: 'One step back', keys: ['escape'], intent: {kind: 'back'}}],
		shown: ['Esc'],
		does: 'one step back: help, search, filter, cursor, zoom',
		hint: null,
	},
	{
		commands: [{title: 'Next clock: UTC, local, device, ago', keys: ['T'], intent: {kind: 'zone'}}],
		shown: ['T'],
		does: 'clocks: UTC, local time, the device’s time, how long ago',
		hint: {keys: 'T', text: 'zone', rank: 9, where: 'all'},
	},
	{
		commands: [{title: 'Mark what is under the cursor', keys: ['m'], intent: {kind: 'mark'}, refused: written}],
		shown: ['m'],
		does: 'mark what is under the cursor, for the story, the recording and the handover note',
		hint: null,
	},
	{
		commands: [
			{title: 'Write a note', keys: ['c'], intent: {kind: 'write', what: 'note'}, refused: written},
			{title: 'Write a to-do', keys: ['t'], intent: {kind: 'write', what: 'todo'}, refused: written},
		],
		shown: ['c', 't'],
		does: 'write a note, a to-do',
		hint: null,
	},
	{
		commands: [
			{title: 'Set the finding aside as known', keys: ['-'], intent: {kind: 'write', what: 'snooze'}, refused: written},
		],
		shown: ['-'],
		does: 'set a finding aside as known, with the reason, until it happens again',
		hint: null,
	},
	{
		commands: [{title: 'What can be done: actions, with permission', keys: ['x'], intent: {kind: 'act'}}],
		shown: ['x'],
		does: 'what can be done to the unit under the cursor, or to the device: a menu, then a dialog; with permission only',
		hint: {keys: 'x', text: 'act', rank: 7, where: 'all'},
	},
	{
		commands: [
			{title: 'Shell on our own connection; else the ssh command of one', keys: ['s'], intent: {kind: 'shell'}},
		],
		shown: ['s'],
		does: 'a shell on our own connection, with permission only; without it the ssh command of one in another terminal, to copy',
		hint: null,
	},
	{
		commands: [{title: 'Permission to act, or look only again', keys: ['A'], intent: {kind: 'arm'}}],
		shown: ['A'],
		does: 'record a permission: who, by what way, in what words; while armed, look only again',
		hint: {keys: 'A', text: 'arm', rank: 8, where: 'all'},
	},
	{
		commands: [{title: 'Handover note', keys: ['h'], intent: {kind: 'handover'}}],
		shown: ['h'],
		does: 'the handover note of the session so far: whole, brief, for a customer; `s` saves it beside the recording',
		hint: {keys: 'h', text: 'note', rank: 9, where: 'all'},
	},
	{
		commands: [{title: 'Bell: for what is of weight, for all, off', keys: ['b'], intent: {kind: 'bell'}}],
		shown: ['b'],
		does: 'bell and notification: for what is of weight, for everything, off',
		hint: null,
	},
	{
		commands: [{title: 'Home', keys: ['0'], intent: {kind: 'home'}}],
		shown: ['0'],
		does: 'home: all panes, the journal focused',
		hint: null,
	},
	{
		commands: [
			{
				title: 'Connect now',
				keys: ['r'],
				intent: {kind: 'reconnect'},
				refused: state =>
					live('a replay connects to nothing')(state) ?? (state.link.kind === 'live' ? 'the link is up' : null),
			},
		],
		shown: ['r'],
		does: 'connect now, while the link is lost',
		hint: {keys: 'r', text: 'connect now', rank: 0, where: 'lost'},
	},
	{
		commands: [{title: 'Commands', keys: [':'], intent: {kind: 'palette'}}],
		shown: [':'],
		does: 'every command by name; those without a key stand only there',
		hint: {keys: ':', text: 'commands', rank: 3, where: 'all'},
	},
	{
		commands: [{title: 'Help', keys: ['?'], intent: {kind: 'help'}}],
		shown: ['?'],
		does: 'this help',
		hint: {keys: '?', text: 'help', rank: 1, where: 'all'},
	},
	{
		commands: [{title: 'Quit', keys: ['q', 'ctrl-c'], intent: {kind: 'quit'}}],
		shown: ['q', 'Ctrl-C'],
		does: 'quit; nothing of devtop is left on the device',
		hint: {keys: 'q', text: 'quit', rank: 2, where: 'all'},
	},
];

/** What has no key: a slip of a finger must not do it. */
export const UNBOUND: readonly Command[] = [
	{
		title: 'Scope: fetch only some of the journal, or all of it',
		keys: [],
		intent: {kind: 'write', what: 'scope'},
		refused: live('a replay has what was fetched'),
	},
	{
		title: 'Metered link: ask the device less often, or as often as ever',
		keys: [],
		intent: {kind: 'metered'},
		refused: live('a replay asks nobody'),
	},
	{
		title: 'Fetch nothing for a while, or go on',
		keys: [],
		intent: {kind: 'hold'},
		refused: live('a replay fetches nothing'),
	},
	{
		title: 'Pause the recording',
		keys: [],
		intent: {kind: 'write', what: 'pause'},
		refused: state => (state.paused !== null && state.replay === null ? 'it is paused' : notRecorded(state)),
	},
	{
		title: 'Go on recording',
		keys: [],
		intent: {kind: 'record'},
		refused: state => notRecorded(state) ?? (state.paused === null ? 'it is not paused' : null),
	},
];

/** Keys of a replay. They go before the others there: what they mean in a live session has no use in the past. */
export const REPLAY_BINDINGS: readonly {
	readonly commands: readonly Command<ReplayIntent>[];
	readonly shown: readonly string[];
	readonly does: string;
	readonly hint: {readonly keys: string; readonly text: string; readonly rank: number};
}[] = [
	{
		commands: [{title: 'Play, or pause', keys: ['space'], intent: {kind: 'play'}}],
		shown: ['Space'],
		does: 'play, pause; of one that is followed: pause, follow again',
		hint: {keys: 'Space', text: 'play', rank: 0},
	},
	{
		commands: [
			{title: 'Ten seconds back', keys: ['['], intent: {kind: 'skip', by: -1}},
			{title: 'Ten seconds forward', keys: [']'], intent: {kind: 'skip', by: 1}},
		],
		shown: ['[', ']'],
		does: 'ten seconds back, forward',
		hint: {keys: '[ ]', text: '10 s', rank: 1},
	},
	{
		commands: [
			{title: 'Previous chapter', keys: ['{'], intent: {kind: 'chapter', step: -1}},
			{title: 'Next chapter', keys: ['}'], intent: {kind: 'chapter', step: 1}},
		],
		shown: ['{', '}'],
		does: 'previous, next chapter: a finding, an action, a lost link, another boot, a mark, a pause of the recording',
		hint: {keys: '{ }', text: 'chapter', rank: 1},
	},
	{
		commands: [
			{title: 'Play slower', keys: ['<'], intent: {kind: 'speed', step: -1}},
			{title: 'Play faster', keys: ['>'], intent: {kind: 'speed', step: 1}},
		],
		shown: ['<', '>'],
		does: 'slower, faster',
		hint: {keys: '< >', text: 'speed', rank: 2},
	},
	{
		commands: [{title: 'Go to a time', keys: ['@'], intent: {kind: 'at'}}],
		shown: ['@'],
		does: 'a time with its zone, or a percentage, typed or pasted; 100% follows what is still written',
		hint: {keys: '@', text: 'time', rank: 2},
	},
];

const byKey = <Asked>(
	bindings: readonly {readonly commands: readonly Command<Asked>[]}[],
): ReadonlyMap<string, Asked> =>
	new Map(
		bindings.flatMap(({commands}) => commands.flatMap(({keys, intent}) => keys.map(key => [key, intent] as const))),
	);

const REPLAY_KEYS = byKey(REPLAY_BINDINGS);

/** The intent of a key in a replay, or null: then it means what it always means. */
export const replayIntentOf = (name: string): ReplayIntent | null => REPLAY_KEYS.get(name) ?? null;

const BY_KEY = byKey(BINDINGS);

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
