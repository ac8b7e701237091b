import {afterEach, expect, test} from 'vitest';
import {narrowed, type Picker, picked, pickerFooter} from '../../../src/ui/picker.tsx';
import {type Mounted, mount, recorded} from '../../support/mount.tsx';

const ESC = '\x1b';
const UP = '\x1b[A';
const DOWN = '\x1b[B';

let app: Mounted | null = null;
afterEach(() => {
	app?.unmount();
	app = null;
});

async function show(file = 'engine-killed-twice', columns = 120, rows = 40): Promise<Mounted> {
	app = await mount(recorded(file).store, columns, rows);
	return app;
}

const choices = ['balena.service', 'NetworkManager.service', 'jobs.service', 'kernel', 'init.scope'].map(
	(name, index) => ({name, count: 9 - index, filter: `unit:"${name}"`}),
);
const after = (keys: readonly string[]) =>
	keys.reduce<ReturnType<typeof picked>>(
		(picker, key) => (picker === null || 'chosen' in picker ? picker : picked(picker, key)),
		{kind: 'unit', choices, text: null, cursor: 0} satisfies Picker,
	);

test.each([
	[['down', 'j', 'down', 'k'], 'jobs.service'],
	[['up', 'k'], 'balena.service'],
	[['end', 'down'], 'init.scope'],
	[['end', 'home'], 'balena.service'],
	[['page-down'], 'init.scope'],
	[['n', 'e', 't'], 'NetworkManager.service'],
	[['N'], 'NetworkManager.service'],
	[['/', 'k', 'e'], 'kernel'],
	[['/', 'j'], 'jobs.service'],
	// Once something is typed, j and k are letters.
	[['o', 'b', 'backspace', 'k'], undefined],
	[['s', 'backspace', 'backspace', 'j'], 'NetworkManager.service'],
	[['x', 'x', 'ctrl-u', 'j'], 'NetworkManager.service'],
	[['s', 'down', 'down'], 'jobs.service'],
	[['down', 'space', 'f12'], 'NetworkManager.service'],
	[['z', 'z', 'z'], undefined],
] as const)('after %j Enter takes %s', (keys, name) => {
	const chosen = after([...keys, 'enter']);
	expect(chosen !== null && 'chosen' in chosen ? chosen.chosen.name : undefined).toBe(name);
});

test.each(['escape', 'ctrl-c'])('%s leaves', key => {
	expect(after(['n', key])).toBeNull();
});

test('the footer shows what is typed, its end where it is long', () => {
	const text = 'a'.repeat(90);
	const row = pickerFooter({kind: 'unit', choices, text, cursor: 0}, 80);
	expect(row.reduce((sum, {text: part}) => sum + part.length, 0)).toBeLessThanOrEqual(80);
	expect(narrowed({choices, text})).toEqual([]);
});

test('u lists the units seen with counts, typing narrows, Enter filters, Esc leaves', async () => {
	const {text, type, ui} = await show('healthy');
	await type('2', 'u');
	expect(text()).toMatch(/\d+ units in the journal as it is held/);
	expect(text()).toMatch(/^ +\d+ {2}balena\.service/m);
	expect(text()).not.toContain('1 Services');
	const counts = [...text().matchAll(/^ +(\d+) {2}\S+$/gm)].map(([, lines]) => Number(lines));
	expect(counts.length).toBeGreaterThan(3);
	expect(counts).toEqual(counts.toSorted((a, b) => b - a));
	await type(DOWN, 'chron');
	expect(text()).toContain('narrow units: chron');
	expect(text()).toMatch(/1 unit in the journal/);
	await type('\r');
	expect(ui.getState().looks.journal.filter.source).toBe('unit:"chronyd.service"');
	expect(text()).toMatch(/2 Journal +unit:"chronyd.service" · stale · \d+ of/);
	await type('u', ESC);
	expect(ui.getState()).toMatchObject({picker: null, looks: {journal: {filter: {source: 'unit:"chronyd.service"'}}}});
});

test('i lists speakers, containers by their service; from another pane it leads to the journal and back', async () => {
	const {text, type, ui} = await show();
	await type('1', 'i');
	expect(text()).toMatch(/^ +\d+ {2}backend/m);
	await type('backend', '\r');
	expect(ui.getState()).toMatchObject({focus: 'journal', looks: {journal: {filter: {source: 'container:"backend"'}}}});
	await type('\x7f');
	expect(ui.getState()).toMatchObject({focus: 'services', looks: {journal: {filter: {source: ''}}}});
	await type('u', 'zzzz');
	expect(text()).toContain('no unit has that in its name');
	await type('q', UP, '\r');
	expect(ui.getState().picker?.text).toBe('zzzzq');
});

test('a list longer than the screen moves with the cursor', async () => {
	const {text, type, ui} = await show('healthy', 80, 24);
	const many = Array.from({length: 60}, (_, index) => ({
		name: `unit ${index}.`,
		count: 60 - index,
		filter: `${index}`,
	}));
	ui.setState({picker: {kind: 'unit', choices: many, text: null, cursor: 0}});
	await type('jjjjj');
	expect(text()).toContain('unit 0.');
	await type('jjjjjjjjjjjjjjjjjjjj');
	expect(text()).not.toContain('unit 0.');
	expect(text()).toContain('unit 25.');
	await type('\x1b[F');
	expect(text()).toContain('unit 59.');
});

test('p goes through the presets, the service under the cursor last, and says which', async () => {
	const {text, type, ui} = await show();
	const source = () => ui.getState().looks.journal.filter.source;
	await type('2', '/', 'backend', '\r', ESC, 'p');
	expect(source()).toContain('-"Reported current state"');
	expect(text()).toContain('Preset: without polling noise. f edits its words.');
	expect(text()).toMatch(/2 Journal .*… · paused · \d+ of \d+/);
	await type('p');
	expect(source()).toBe('id:balenad');
	await type('p');
	expect(source()).toBe('unit:supervisor');
	await type('p');
	expect(source()).toBe('container:"backend"');
	await type('p');
	expect(source()).toBe('');
	await type('f', 'mine', '\r', 'p');
	expect(source()).toBe('');
	await type('1', 'p');
	expect(text()).toContain('Presets are for the Journal');
});

test('F folds and says so, Enter opens a fold and closes it, F shows all again', async () => {
	const {text, type, ui} = await show('healthy');
	await type('2', 'z');
	expect(text()).not.toContain('┈');
	await type('F');
	expect(text()).toMatch(/2 Journal +all · stale · folds on · \d+ of \d+, \d+ folds/);
	expect(text()).toMatch(/┈ \d+ × supervisor "Reported current state to the cloud" [\d:]+–[\d:]+ ┈/);
	const cursorOf = () => Number(ui.getState().looks.journal.cursor);
	await type('g', '/', 'Reported', '\r');
	for (let key = 0; key < 20 && Number.isInteger(cursorOf()); key++) await type('n');
	const folded = cursorOf();
	expect(Number.isInteger(folded)).toBe(false);
	await type('\r');
	expect(text()).toContain(', opened ┈');
	await type('j');
	// Enter on a line of an opened fold is no fold: it shows the line.
	await type('k', '\r');
	expect(text()).not.toContain(', opened ┈');
	expect(cursorOf()).toBe(folded);
	await type('F');
	expect(text()).not.toContain('┈');
	await type('1', 'F');
	expect(text()).toContain('Folds are for the Journal');
});

test('since: counts from the newest line', async () => {
	const {text, type, ui} = await show();
	await type('2', 'f', 'since:5s', '\r');
	expect(text()).toMatch(/since:5s · stale · \d+ of \d+/);
	expect(ui.getState().looks.journal.filter.terms[0]?.fromMs).toBeGreaterThan(1_500_000_000_000);
	const [, some, all] = /stale · (\d+) of (\d+)/.exec(text()) ?? [];
	expect(Number(some)).toBeGreaterThan(0);
	expect(Number(some)).toBeLessThan(Number(all));
	await type('f', '\x15', 'since:soon', '\r');
	expect(text()).toContain('since:soon is no span');
});
