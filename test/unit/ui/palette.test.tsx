import {afterEach, expect, test} from 'vitest';
import {guardTable} from '../../../src/commands/hold-screen.ts';
import type {SessionState} from '../../../src/session/store.ts';
import {BINDINGS, intentOf, REPLAY_BINDINGS, replayIntentOf, UNBOUND} from '../../../src/ui/keymap.ts';
import {chosen, narrowedTo, noPalette, offersOf, type Palette, paletteFooter} from '../../../src/ui/palette.tsx';
import {type Mounted, mount, recorded} from '../../support/mount.tsx';

const ESC = '\x1b';
const ENTER = '\r';
const DOWN = '\x1b[B';

const {store} = recorded('engine-killed-twice');
const recording = {file: '/x.devtop.jsonl', bytes: 1000};
const replay = {playing: false, speed: 1, ms: 0, lengthMs: 1000, reading: null, following: null};
const stateWith = (more: Partial<SessionState>): SessionState => ({...store.getState(), ...more});
const offers = offersOf(stateWith({recording}));

let app: Mounted | null = null;
afterEach(() => {
	app?.unmount();
	app = null;
	store.setState({recording: null, replay: null, paused: null});
});
async function show(more: Partial<SessionState> = {}, columns = 120, rows = 40): Promise<Mounted> {
	store.setState(more);
	app = await mount(store, columns, rows);
	return app;
}

test('every command is offered once, with its keys', () => {
	const all = [...BINDINGS.flatMap(({commands}) => commands), ...UNBOUND];
	expect(offers.length).toBe(all.length - 1);
	const titles = offers.map(({title}) => title);
	expect(new Set(titles).size).toBe(titles.length);
	expect(offers.find(({title}) => title === 'First row')?.keys).toBe('g Home');
	expect(offers.find(({title}) => title === 'Quit')?.keys).toBe('q Ctrl-C');
	expect(offers.find(({title}) => title === 'Pause the recording')).toMatchObject({keys: '', refused: null});
});

test('what is written beside a key asks for the same as the key', () => {
	for (const {commands} of BINDINGS)
		for (const {keys, intent} of commands) for (const key of keys) expect(intentOf(key)).toBe(intent);
	for (const {commands} of REPLAY_BINDINGS)
		for (const {keys, intent} of commands) for (const key of keys) expect(replayIntentOf(key)).toBe(intent);
});

test('a replay has its own commands first, takes their keys from the others, and refuses what needs the device', () => {
	const there = offersOf(stateWith({replay, recording: null}));
	const of = (title: string) => there.find(offer => offer.title === title);
	expect(there[0]?.title).toBe('Play, or pause');
	expect(narrowedTo(there, 'pause')[0]?.title).toBe('Play, or pause');
	expect(narrowedTo(there, 'play')[0]?.title).toBe('Play, or pause');
	expect(of('Next chapter')).toMatchObject({keys: '}', refused: null});
	expect(of('More of the past in the strip')).toMatchObject({keys: '', refused: null});
	for (const title of ['Connect now', 'Write a note', 'Mark what is under the cursor', 'Pause the recording'])
		expect(of(title)?.refused).toMatch(/replay|recording is evidence/);
	expect(of('Handover note')?.refused).toBeNull();
});

test.each([
	[{recording: null}, 'this session is not recorded', 'this session is not recorded'],
	[{recording}, null, 'it is not paused'],
	[{recording, paused: {at: 0, reason: 'x'}}, 'it is paused', null],
])('with %o the recording can be paused or go on', (more, pausing, going) => {
	const now = offersOf(stateWith(more));
	const refusedOf = (title: string) => now.find(offer => offer.title === title)?.refused;
	expect([refusedOf('Pause the recording'), refusedOf('Go on recording')]).toEqual([pausing, going]);
});

test.each([
	['pause', 'Pause the recording'],
	['pause log', 'Follow the log, or pause it'],
	['pause rec', 'Pause the recording'],
	['rec pau', 'Pause the recording'],
	['REC', 'Pause the recording'],
	['go', 'Go on recording'],
	['story', 'Story'],
	['z', 'Zoom the pane'],
	['T', 'Next clock: UTC, local, device, ago'],
	['hand', 'Handover note'],
	// Letters in their order, where no word has them.
	['zmpn', 'Zoom the pane'],
	['  ', 'Focus Services'],
])('%j finds %s first', (text, title) => {
	expect(narrowedTo(offers, text)[0]?.title).toBe(title);
});

test('keys that are pressed one after the other find an action when they are typed whole', () => {
	const all = offersOf(stateWith({recording}), guardTable);
	const first = (text: string): string | undefined => narrowedTo(all, text)[0]?.keys;
	expect(['x s', 'x r', 'x b'].map(first)).toEqual(['x s', 'x r', 'x b']);
	// One of them alone is no key of theirs: what begins with the letter comes first.
	expect(first('s')).not.toBe('x s');
});

test.each(['qqqq', '(', '\\', '[a-', '.*.*.*', '\u202e', '日本語'])('%j finds nothing and breaks nothing', text => {
	expect(narrowedTo(offers, text)).toEqual([]);
	expect(chosen({...noPalette, text}, 'enter', offers)).toEqual({...noPalette, text});
});

const after = (keys: readonly string[], from: readonly (typeof offers)[number][] = offers) =>
	keys.reduce<ReturnType<typeof chosen>>(
		(palette, key) => (palette === null || 'run' in palette ? palette : chosen(palette, key, from)),
		noPalette,
	);

test.each([
	[['down', 'down', 'up', 'enter'], {kind: 'focus', pane: 'journal'}],
	[['end', 'down', 'home', 'enter'], {kind: 'focus', pane: 'services'}],
	[['tab', 'shift-tab', 'enter'], {kind: 'focus', pane: 'services'}],
	[['s', 't', 'o', 'r', 'y', 'enter'], {kind: 'story'}],
	[['x', 'x', 'ctrl-u', 'z', 'o', 'o', 'm', 'enter'], {kind: 'zoom'}],
	[['h', 'o', 'm', 'e', 'space', 'x', 'ctrl-w', 'enter'], {kind: 'home'}],
	// The cursor goes back to the first when what is typed changes.
	[['end', 'q', 'u', 'i', 't', 'enter'], {kind: 'quit'}],
] as const)('%j runs %o', (keys, intent) => {
	expect(after(keys)).toEqual({run: {of: 'screen', intent}});
});

test.each([['escape'], ['ctrl-c'], ['a', 'backspace', 'backspace']])('%j leaves', (...keys) => {
	expect(after(keys)).toBeNull();
});

test('what is refused is not run: the footer says why', () => {
	const refused = offers.map(offer => ({...offer, refused: 'a guard forbids it '.repeat(20)}));
	const palette = after(['z', 'o', 'o', 'm', 'enter'], refused) as Palette;
	expect(palette.refused).toMatch(/^Zoom the pane: a guard forbids it/);
	const row = paletteFooter(palette, 80);
	expect(row.reduce((sum, {text}) => sum + text.length, 0)).toBeLessThanOrEqual(80);
	expect((after(['z', 'o', 'o', 'm', 'enter', 'down'], refused) as Palette).refused).toBe('');
});

test(': lists the commands, typing narrows, Enter runs and the list is gone, Esc leaves', async () => {
	const {text, type, ui} = await show();
	await type(':');
	expect(text()).toMatch(/^ \d+ commands · type words of a name/m);
	expect(text()).not.toContain('1 Services');
	await type('sto');
	expect(text()).toMatch(/^ +o {2}Story *$/m);
	await type(ENTER);
	expect(ui.getState()).toMatchObject({palette: null, focus: 'story'});
	await type(':', 'quit', ESC);
	expect(ui.getState()).toMatchObject({palette: null, quitting: false});
});

test('the recording is paused for a reason only, and goes on', async () => {
	const {text, type, calls, ui} = await show({recording});
	expect(text()).toContain('REC 1.0 kB');
	await type(':pause rec', ENTER, '  ', ENTER);
	expect(text()).toContain('the note will name a reason: type one');
	await type('payroll', ENTER);
	expect(calls).toEqual(['pause payroll']);
	expect(text()).toContain('nothing of the device is written');
	store.setState({paused: {at: store.getState().now - 12_000, reason: 'payroll'}});
	await type(':pause rec', ENTER);
	expect(text()).toContain('REC paused 12 s');
	expect(text()).toContain('Pause the recording: it is paused.');
	expect(ui.getState().palette).not.toBeNull();
	await type(ESC, ':go on', ENTER);
	expect(calls).toEqual(['pause payroll', 'resume']);
	await type('m');
	expect(text()).toContain('the recording is paused and has it not');
});

test('a pause in a replay is said in its place', async () => {
	const {text} = await show({replay, paused: {at: 1, reason: 'payroll \x1b[31m'}});
	expect(text()).toContain('The recording was paused here: payroll');
});

test.each([
	[80, 24],
	[100, 30],
	[200, 60],
])(
	'at %ix%i every row fits, the cursor is seen, and hostile text that is pasted breaks nothing',
	async (columns, rows) => {
		const {text, type, paste, ui} = await show({}, columns, rows);
		const fits = () =>
			text()
				.split('\n')
				.every(line => [...line].length <= columns) && text().split('\n').length <= rows;
		await type(':', '\x1b[F');
		expect(text()).toContain('Shut the device down');
		expect(fits()).toBe(true);
		await type('\x1b[H', ...Array.from({length: 30}, () => DOWN));
		expect(fits()).toBe(true);
		await paste(`\x1b[2J\x07\u202e${'日本語'.repeat(200)}\nsecond line`);
		expect(ui.getState().palette?.text.length).toBeLessThanOrEqual(100);
		expect(text()).toContain('no command has that in its name');
		expect(text()).not.toContain('second line');
		expect(fits()).toBe(true);
	},
);
