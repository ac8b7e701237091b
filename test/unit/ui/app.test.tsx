import {afterEach, expect, test} from 'vitest';
import {type Mounted, mount, recorded} from '../../support/mount.tsx';

const ENGINE = 'engine-killed-twice';
const KERNEL = 'kernel-trouble';
const PULL = 'pull-stalls';
const HEALTHY = 'healthy';
const ESC = '\x1b';

let app: Mounted | null = null;
afterEach(() => {
	app?.unmount();
	app = null;
});

async function show(file: string, columns = 120, rows = 40, until?: (ms: number) => boolean): Promise<Mounted> {
	app = await mount(recorded(file, until).store, columns, rows);
	return app;
}

/** Each state at each size, as a user sees it. A change of one is read in the diff. */
const SIZES = [
	[80, 24],
	[120, 40],
	[200, 60],
] as const;
const STATES = [
	[HEALTHY, '', 30_000],
	[ENGINE, '', 20_000],
	[PULL, '', 52_000],
	[KERNEL, '', 46_000],
] as const;

test.each([
	...STATES.flatMap(([file, keys, ms]) => SIZES.map(([columns, rows]) => [file, columns, rows, keys, ms] as const)),
	[ENGINE, 80, 24, '1', 20_000],
	[ENGINE, 80, 24, '6', 20_000],
	[ENGINE, 120, 40, 'o', 20_000],
	[KERNEL, 80, 24, '3', 46_000],
	[PULL, 80, 24, '4', 70_500],
	[KERNEL, 120, 40, '?', 46_000],
	[HEALTHY, 80, 24, '5', 30_000],
] as const)('the screen of %s at %ix%i after %j', async (file, columns, rows, keys, ms) => {
	const {text, type} = await show(file, columns, rows, at => at < ms);
	if (keys !== '') await type(keys);
	const name = `${file}${keys === '' ? '' : `-${keys === '?' ? 'help' : keys}`}.${columns}x${rows}.txt`;
	await expect(`${text().replaceAll(/ +$/gm, '')}\n`).toMatchFileSnapshot(`../../screens/screen/${name}`);
});

test('digits and Tab focus, z zooms, Esc takes it back', async () => {
	const {text, type, ui} = await show(ENGINE);
	await type('2');
	expect(ui.getState().focus).toBe('journal');
	await type('\t', '\t', '\x1b[Z');
	expect(ui.getState().focus).toBe('kernel');
	await type('z');
	expect(text()).not.toContain('1 Services');
	await type(ESC);
	expect(text()).toContain('1 Services');
	// Two keys in one read are two keys.
	await type('1z');
	expect(ui.getState()).toMatchObject({focus: 'services', zoomed: true});
});

test('a filter shows what passes, a wrong one says why, Esc takes it away', async () => {
	const {text, type} = await show(ENGINE, 120, 40, ms => ms < 20_000);
	await type('2', 'f', 'id:systemd prio:nonsense');
	expect(text()).toContain('prio:nonsense is none of');
	await type('\r');
	expect(text()).toContain('filter Journal');
	await type('\x17', 'KILL', '\r');
	expect(text()).toMatch(/2 Journal +id:systemd KILL · follow · 2 of/);
	expect(text()).not.toContain('Loading containers');
	await type(ESC);
	expect(text()).toMatch(/2 Journal +all · follow/);
});

test('a search goes to the newest hit, N further back, and marks them', async () => {
	const {text, raw, type, ui} = await show(ENGINE);
	await type('2', '/', 'main process exited', '\r');
	const first = ui.getState().looks.journal.cursor;
	expect(ui.getState().looks.journal.follow).toBe(false);
	expect(raw()).toMatch(/\x1b\[4m(?:\x1b\[\d+m)*Main process exited/);
	await type('N');
	expect(ui.getState().looks.journal.cursor).not.toBe(first);
	await type('n');
	expect(ui.getState().looks.journal.cursor).toBe(first);
	await type('/', 'no such thing anywhere', '\r');
	expect(text()).toContain('"no such thing anywhere" is not in Journal');
});

test('w and e lead to trouble, Enter opens a dump', async () => {
	const {text, type, ui} = await show(KERNEL);
	await type('3', 'E');
	const {cursor} = ui.getState().looks.kernel;
	expect(cursor).not.toBeNull();
	await type('E', 'E', 'e');
	await type('g', '/', 'oom-killer', '\r');
	expect(text()).toMatch(/oom-killer/);
	const before = text();
	await type('\r');
	expect(text()).not.toBe(before);
	expect(text()).toMatch(/−\d+ lines/);
	await type('\r');
	expect(text()).toMatch(/\+\d+ lines/);
});

test('what came while a log was paused is counted, G shows it', async () => {
	const early = recorded(ENGINE, ms => ms < 14_000);
	const late = recorded(ENGINE, ms => ms < 20_000);
	app = await mount(early.store, 120, 40);
	await app.type('2', ' ');
	early.store.setState(late.store.getState());
	await app.type('k');
	expect(app.text()).toMatch(/\d+ new, G shows them/);
	await app.type('G');
	expect(app.text()).not.toMatch(/new, G shows them/);
	expect(app.ui.getState().looks.journal.follow).toBe(true);
});

test('PgUp at the top asks for older lines, and only there', async () => {
	const {type, calls} = await show(ENGINE);
	await type('2', '\x1b[5~');
	expect(calls).toEqual([]);
	await type('g', '\x1b[5~');
	expect(calls).toEqual(['older']);
});

test('rows never move under the cursor', async () => {
	const early = recorded(ENGINE, ms => ms < 14_000);
	app = await mount(early.store, 120, 40);
	await app.type('1', 'j', 'j', 'j');
	const {order} = app.ui.getState().looks.services;
	early.store.setState(recorded(ENGINE, ms => ms < 20_000).store.getState());
	await app.type('j');
	expect(app.ui.getState().looks.services.order).toEqual(order);
	await app.type('2');
	expect(app.ui.getState().looks.services.order).toBeNull();
});

test('q ends the session, then leaves; a paste is no key', async () => {
	const {type, paste, calls, text} = await show(ENGINE);
	await paste('qqq\rq');
	expect(calls).toEqual([]);
	expect(text()).toContain('What was pasted is not taken for keys');
	await type('2', 'f');
	await paste('unit:balena\nrm -rf');
	expect(text()).toContain('unit:balena');
	expect(text()).not.toContain('rm -rf');
	await type(ESC, 'q', 'q');
	expect(calls).toEqual(['quit', 'leave']);
});

test('T turns every clock, and the header names the zone', async () => {
	const {text, type} = await show(ENGINE);
	expect(text()).toMatch(/\d\d:\d\d:\d\dZ/);
	await type('T');
	expect(text()).toMatch(/\d\d:\d\d:\d\d\+01:00/);
});

test('a lost link is said, with the next try, and values are stale', async () => {
	const {store} = recorded(ENGINE);
	store.setState({link: {kind: 'waiting', attempt: 3, next: store.getState().now + 4000, why: 'the device closed it'}});
	app = await mount(store, 120, 40);
	expect(app.text()).toContain('Link lost; r connects now, else attempt 3 in 4 s: the device closed it');
	expect(app.text()).toMatch(/stale: active/);
	await app.type('r');
	expect(app.calls).toEqual(['reconnect']);
});

test('too small a terminal is told so, and works again when it grows', async () => {
	const {text, resize} = await show(ENGINE);
	await resize(60, 20);
	expect(text()).toContain('devtop needs a terminal of 80x24');
	await resize(100, 30);
	expect(text()).toContain('1 Services');
});

test('a pane that throws says so, and the others go on', async () => {
	const {store} = recorded(ENGINE);
	store.setState({panes: {...store.getState().panes, device: null}});
	app = await mount(store, 120, 40);
	expect(app.text()).toContain('could not be drawn');
	expect(app.text()).toContain('1 Services');
});

test('a mark, a note and a to-do go into the session; a paste may be long', async () => {
	const {type, paste, calls, text} = await show(ENGINE, 120, 40, ms => ms < 20_000);
	await type('6', 'j', 'm');
	expect(calls.at(-1)).toMatch(/^mark Findings: balena: killed/);
	expect(text()).toContain('Marked in the story (o); it is not recorded.');
	await type('c');
	await paste('the customer saw it at noon');
	await type('\r', 't', 'Ada asks for the supply by Friday', '\r');
	expect(calls.slice(-2)).toEqual(['note the customer saw it at noon', 'todo Ada asks for the supply by Friday']);
	await type('c', ESC);
	expect(calls.at(-1)).toBe('todo Ada asks for the supply by Friday');
});

test('a finding that is known is set aside, with the reason, and only a finding', async () => {
	const {type, calls, text} = await show(ENGINE, 120, 40, ms => ms < 20_000);
	await type('2', '-');
	expect(text()).toContain('Only a finding can be set aside as known');
	await type('6', 'j', '-', 'the customer pulled the plug', '\r');
	expect(calls.at(-1)).toBe('snooze the customer pulled the plug');
});
