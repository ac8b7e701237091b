import {afterEach, expect, test} from 'vitest';
import {widthOf} from '../../../src/ui/cells.ts';
import {type Handover, noteRows, type Shown, turned} from '../../../src/ui/note.tsx';
import {type Mounted, mount, recorded} from '../../support/mount.tsx';

const ESC = '\x1b';
const {store} = recorded('engine-killed-twice');
const long = Array.from({length: 60}, (_, index) => `line ${index}`).join('\n');
const texts = {whole: `# Handover: x\n\n${long}\n`, brief: 'in short\n', customer: 'plain words\n'};

let app: Mounted | null = null;
afterEach(() => {
	app?.unmount();
	app = null;
});

/** A reader that waits until it is told to go on. */
function reader(result: Awaited<ReturnType<Handover['read']>>) {
	let done: () => void = () => {};
	const seen: {told: (share: number) => void; stop: AbortSignal; saved: string[]} = {
		told: () => {},
		stop: new AbortController().signal,
		saved: [],
	};
	const handover: Handover = {
		async read(told, stop) {
			Object.assign(seen, {told, stop});
			await new Promise<void>(resolve => {
				done = resolve;
			});
			return result;
		},
		save: (form, text) => {
			seen.saved.push(`${form} ${text}`);
			return `Saved: /x.${form}.md`;
		},
	};
	return {handover, seen, finish: () => done()};
}

test('h shows how far it is, then the note; keys move in it, change its form, save it and leave it', async () => {
	const {handover, seen, finish} = reader({texts});
	app = await mount(store, 80, 24, null, {handover});
	const {text, type, ui} = app;
	await type('h');
	expect(text()).toContain('reading the recording, 0 %');
	seen.told(0.427);
	await type('x');
	expect(text()).toContain('reading the recording, 42 %');
	finish();
	await type('x');
	expect(text()).toContain('# Handover: x');
	expect(text()).toContain('1 to 19 of 62 rows');
	expect(text()).toContain('Tab form');
	await type('G');
	expect(text()).toContain('44 to 62 of 62 rows');
	expect(text()).toContain('line 59');
	await type('j', 'g', 'j', 'j', 'k');
	expect(text()).toContain('2 to 20 of 62 rows');
	await type('\t');
	expect(text()).toContain('in short');
	await type('s');
	expect(seen.saved).toEqual(['brief in short\n']);
	expect(text()).toContain('Saved: /x.brief.md');
	await type('f');
	expect(text()).toContain('plain words');
	expect(text()).not.toContain('Saved:');
	await type(ESC);
	expect(ui.getState().note).toBeNull();
	expect(text()).toContain('Services');
});

test('left while it is read, it is stopped, and what comes of it is not shown', async () => {
	const {handover, seen, finish} = reader({texts});
	app = await mount(store, 80, 24, null, {handover});
	await app.type('h', ESC);
	expect(seen.stop.aborted).toBe(true);
	seen.told(0.9);
	finish();
	await app.type('x');
	expect(app.ui.getState().note).toBeNull();
});

test('where there is no note, one sentence says why', async () => {
	app = await mount(store, 120, 40);
	await app.type('h');
	expect(app.text()).toContain('This session is not recorded, so there is no handover note of it');
	expect(app.ui.getState().note).toBeNull();
});

test.each([
	['a word that is longer than the row', 'x'.repeat(300)],
	['wide letters', '日本語'.repeat(60)],
	['many spaces', `a${' '.repeat(200)}b`],
	['an indented command', `    ${'--output '.repeat(40)}`],
])('%s is broken into rows that fit', (_, line) => {
	const rows = noteRows(line, 80).map(row => row.map(({text}) => text).join(''));
	expect(rows.length).toBeGreaterThan(1);
	expect(rows.every(row => widthOf(row) <= 80)).toBe(true);
	expect(rows.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
});

test('no key goes beyond the ends', () => {
	const shown: Shown = {kind: 'shown', texts, form: 'whole', top: 0};
	const end = ['page-down', 'space', 'page-down', 'page-down', 'down', 'j'].reduce<Shown>(
		(note, key) => turned(note, key, 80, 20) as Shown,
		shown,
	);
	expect(end.top).toBe(62 - 19);
	expect(turned({...shown, top: 1000}, 'up', 80, 20)).toMatchObject({top: 62 - 20});
	expect(turned({...shown, form: 'brief'}, 'G', 80, 20)).toMatchObject({top: 0});
});
