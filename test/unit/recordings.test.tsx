/** Whatever lies in recordings/ goes through the whole program: a file that is added there needs no test of its own. */
import {mkdtempSync, readFileSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import stringWidth from 'string-width';
import {afterEach, describe, expect, test} from 'vitest';
import {exportFile} from '../../src/commands/export.ts';
import {notes} from '../../src/commands/notes.ts';
import {tellVerdict} from '../../src/commands/verify.ts';
import {isFailure} from '../../src/domain/channel.ts';
import {textOf} from '../../src/domain/entry.ts';
import type {Frame} from '../../src/domain/frame.ts';
import {panes} from '../../src/panes/index.ts';
import {tag} from '../../src/rules/index.ts';
import {Fold} from '../../src/session/fold.ts';
import {verify} from '../../src/session/recording/verify.ts';
import {createSessionStore, type SessionState} from '../../src/session/store.ts';
import {sources} from '../../src/sources/index.ts';
import {ExportFramer} from '../../src/transport/framing/export.ts';
import {type Mounted, mount} from '../support/mount.tsx';
import {framesOf, RECORDINGS, recordingPath} from '../support/recordings.ts';
import {common, liveState, replayed} from '../support/replayed.ts';

let app: Mounted | null = null;
afterEach(() => {
	app?.unmount();
	app = null;
});

/** What a terminal, or an eye, takes for something else than text. */
const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;
const COLOURS = /\x1b\[[\d;]*m/g;

const folded = (frames: readonly Frame[]): Fold => {
	const fold = new Fold({sources, panes, tag});
	for (const frame of frames) fold.apply(frame);
	return fold;
};

const cursorsOf = (frames: readonly Frame[]): ReadonlySet<string> =>
	new Set(
		frames.flatMap(frame => {
			const cursor =
				frame.t === 'out' && frame.unit.kind === 'entry' ? textOf(frame.unit.entry, '__CURSOR') : undefined;
			return cursor === undefined ? [] : [cursor];
		}),
	);

test('the recordings are there', () => {
	expect(RECORDINGS).toEqual(
		expect.arrayContaining(['cut-link', 'engine-killed-twice', 'healthy', 'hostile-text', 'pull-stalls', 'reboot']),
	);
	const listed = readFileSync(new URL('../../recordings/README.md', import.meta.url), 'utf8');
	for (const name of RECORDINGS) expect(listed).toContain(`\`${name}\``);
});

describe.each(RECORDINGS)('%s', name => {
	const file = recordingPath(name);
	const frames = framesOf(name);
	const end = frames.at(-1)?.ms ?? 0;

	test('is small, whole, and ended in order', () => {
		expect(statSync(file).size).toBeLessThanOrEqual(300_000);
		const verdict = verify(file);
		if (isFailure(verdict)) throw new Error(verdict.message);
		expect(tellVerdict(verdict)).toMatchObject({code: 0, text: expect.stringMatching(/^whole: [^\n]*\n$/)});
		expect(frames.at(-1)?.t).toBe('bye');
	});

	test('live and replay are equal: the state, and the screen', async () => {
		const replay = replayed(frames);
		replay.replay.seek(end);
		const seen = replay.store.getState();
		const live = liveState(folded(frames), seen);
		expect(common(seen)).toEqual(live);
		const screen = async (state: SessionState): Promise<string> => {
			const mounted = await mount(createSessionStore(state), 120, 40);
			const text = mounted.raw();
			mounted.unmount();
			return text;
		};
		expect(await screen(common(seen))).toBe(await screen(live));
	});

	test.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])(
		'each pane at %ix%i, in the midst of it and at its end: drawn, as wide as it is, and safe',
		async (columns, rows) => {
			const replay = replayed(frames);
			replay.replay.seek(end / 3);
			app = await mount(replay.store, columns, rows, {...replay.replay, beganAt: replay.beganAt});
			for (const at of [end / 3, end]) {
				replay.replay.seek(at);
				for (const keys of ['', '1z', '2', '3', '4', '5', '6', 'zo', '0']) {
					await app.type(...(keys === '' ? [] : [keys]));
					const raw = app.raw().replaceAll(COLOURS, '');
					const where = `${at} ms, ${keys}`;
					expect(raw, where).not.toMatch(UNSAFE);
					expect(raw, where).not.toMatch(/could not be drawn|a bug of devtop/);
					expect(raw.split('\n').length, where).toBe(rows);
					for (const row of raw.split('\n')) expect(stringWidth(row), row).toBeLessThanOrEqual(columns);
				}
			}
			expect(replay.store.getState().notices.join('\n')).not.toContain('a bug of devtop');
		},
	);

	test.each(['full', 'brief', 'customer', 'json'] as const)('its note: %s', async form => {
		const note = await notes(file, {form});
		if (isFailure(note)) throw new Error(note.message);
		expect(note.text.length).toBeGreaterThan(100);
		expect(note.text).not.toMatch(UNSAFE);
		if (form === 'json') JSON.parse(note.text);
	});

	test('its exports have each entry once', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'devtop-sweep-'));
		for (const as of ['json', 'journal'] as const)
			expect(await exportFile(file, as, join(folder, as), () => {})).toBeNull();
		const facts = readFileSync(join(folder, 'json'), 'utf8')
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line) as {readonly cursor?: string});
		const cursors = facts.flatMap(({cursor}) => (cursor === undefined ? [] : [cursor]));
		expect(new Set(cursors)).toEqual(cursorsOf(frames));
		expect(cursors.length).toBe(new Set(cursors).size);
		const units = new ExportFramer('none').push(readFileSync(join(folder, 'journal')));
		const entries = units.flatMap(unit => (unit.kind === 'entry' ? [textOf(unit.entry, '__CURSOR')] : []));
		expect(entries.length).toBe(units.length);
		expect(entries.toSorted()).toEqual(cursors.toSorted());
	});
});
