import {spawn} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	lutimesSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	symlinkSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {farewell, listOverdue, overdue} from '../../../src/commands/keep.ts';
import {placeFor} from '../../../src/commands/place.ts';
import type {Identity} from '../../../src/domain/fact.ts';
import {Recorder} from '../../../src/session/recorder.ts';
import {endsOf} from '../../../src/session/recording/ends.ts';
import {sessionOf} from '../session/record-frames.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const DAY = 86_400_000;
const KEEP = {days: 90, megabytes: null};

const house = (): string => mkdtempSync(join(tmpdir(), 'devtop-keep-'));

/** A recording of so many days ago, written to at that time. */
async function recording(
	root: string,
	daysAgo: number,
	{ended = true, closed = true, lines = 50} = {},
): Promise<string> {
	const at = NOW - daysAgo * DAY;
	const recorder = new Recorder(placeFor('root@dev', null, at, root));
	recorder.begin({uuid: 'a'.repeat(32)} as Identity);
	for (const frame of sessionOf(lines)) if (ended || frame.t !== 'bye') recorder.take(frame);
	recorder.flush();
	const file = closed ? ((await recorder.close()) ?? '') : (recorder.file ?? '');
	utimesSync(file, at / 1000, at / 1000);
	return file;
}

const names = (list: readonly {readonly file: string}[]): readonly string[] => list.map(({file}) => basename(file));

test('both ends of a recording, in either form', async () => {
	const root = house();
	for (const closed of [true, false])
		for (const lines of [5, 20_000]) {
			const file = await recording(root, 1, {closed, lines});
			expect(endsOf(file)).toMatchObject({closed, header: {t: 'header', target: 'root@dev'}, last: {t: 'bye', lines}});
		}
	const live = await recording(root, 2, {closed: false});
	truncateSync(live, 20_000);
	expect(endsOf(live)).toMatchObject({header: {t: 'header'}, last: {t: 'out'}});
	writeFileSync(join(root, 'x'), 'nothing of ours\n');
	expect(endsOf(join(root, 'x'))).toMatchObject({kind: 'failure'});
});

test('nothing goes without being told; what was told goes at the end, once', async () => {
	const root = house();
	const [old, older, young] = [await recording(root, 91), await recording(root, 200), await recording(root, 89)];
	const leaving = farewell(KEEP, NOW, root);
	expect(leaving.sentence).toMatch(
		/^2 recordings older than 90 days \([\d.]+ kB\) go at the end of this session; devtop ls --keep lists them\.$/,
	);
	// It became overdue while the session ran, so nobody was told.
	utimesSync(young, 0, 0);
	expect([old, older, young].map(file => existsSync(file))).toEqual([true, true, true]);
	expect(leaving.carryOut()).toMatch(/^Removed 2 recordings older than 90 days \([\d.]+ kB\)\.$/);
	expect([old, older, young].map(file => existsSync(file))).toEqual([false, false, true]);
	expect(leaving.carryOut()).toBe(null);
	expect(farewell(KEEP, NOW, root).sentence).toBe(null);
	expect(farewell({days: null, megabytes: null}, NOW, root).sentence).toBe(null);
});

test('what was changed or marked since it was told stays', async () => {
	const root = house();
	const [marked, changed, plain] = [await recording(root, 91), await recording(root, 92), await recording(root, 93)];
	const leaving = farewell(KEEP, NOW, root);
	chmodSync(marked, 0o400);
	utimesSync(changed, NOW / 1000, NOW / 1000);
	expect(leaving.carryOut()).toMatch(/^Removed 1 recording older/);
	expect([marked, changed, plain].map(file => existsSync(file))).toEqual([true, true, false]);
});

test('what may be somebody’s stays, and ls --keep says why', async () => {
	const root = house();
	const folder = join(root, 'a'.repeat(32));
	const goes = await recording(root, 100);
	const marked = await recording(root, 101);
	chmodSync(marked, 0o400);
	const crashed = await recording(root, 102, {ended: false, closed: false});
	// A living process holds it: this one, and one that is stopped for longer than anyone waits.
	const held = await recording(root, 103, {ended: false, closed: false});
	const process = spawn('sleep', ['60'], {stdio: ['ignore', openSync(held, 'a'), 'ignore']});
	onTestFinished(() => void process.kill());
	const fresh = await recording(root, 2, {ended: false, closed: false});
	const other = join(folder, '2020-01-01T00-00-00Z.devtop.jsonl');
	writeFileSync(other, 'letters of no recording\n');
	const letter = join(folder, 'letter.txt');
	writeFileSync(letter, 'mine');
	const outside = await recording(house(), 104);
	const link = join(folder, '2020-01-02T00-00-00Z.devtop.jsonl.gz');
	symlinkSync(outside, link);
	lutimesSync(link, 0, 0);
	symlinkSync(join(outside, '..'), join(root, 'linked'));
	mkdirSync(join(folder, '2020-01-03T00-00-00Z.devtop.jsonl'));
	for (const file of [other, letter]) utimesSync(file, 0, 0);

	const list = overdue({days: 1, megabytes: null}, NOW, root);
	const why = Object.fromEntries(list.map(({file, stays}) => [file, stays]));
	expect(why).toEqual({
		[goes]: null,
		[marked]: 'kept: it is read-only',
		[crashed]: 'a process has it open',
		[held]: 'a process has it open',
		[fresh]: 'it is not closed, and was written to 2 d ago',
		[other]: 'it is no recording that can be read',
		[link]: 'it is no plain file',
	});
	const {text} = listOverdue({days: 1, megabytes: null}, false, NOW, root);
	const json = JSON.parse(listOverdue({days: 1, megabytes: null}, true, NOW, root).text) as unknown[];
	expect(json).toHaveLength(7);
	expect(json).toContainEqual({file: goes, bytes: expect.any(Number), why: 'old', goes: true, stays: null});
	expect(text).toMatch(/^goes {3}older than 1 day +[\d.]+ kB {2}\S+$/m);
	expect(text).toContain(`${marked} (kept: it is read-only)\n`);
	expect(text).toMatch(/\n1 recording older than 1 day \([\d.]+ kB\) goes at the end of the next session/);
	farewell({days: 1, megabytes: 1}, NOW, root).carryOut();
	expect(existsSync(goes)).toBe(false);
	for (const file of [marked, crashed, held, fresh, other, letter, outside, link]) expect(existsSync(file)).toBe(true);
});

test('one that ended in a crash goes with the others, once nobody can be writing to it', async () => {
	const root = house();
	const crashed = join(root, 'a'.repeat(32), '2026-08-01T00-00-00Z.devtop.jsonl');
	const closed = await recording(root, 100, {ended: false, closed: true});
	mkdirSync(join(crashed, '..'), {recursive: true});
	const lines = [...sessionOf(20)].slice(0, -1).map(frame => `${JSON.stringify(frame)}\n`);
	writeFileSync(crashed, lines.join(''));
	const at = (NOW - 110 * DAY) / 1000;
	utimesSync(crashed, at, at);
	expect(names(overdue(KEEP, NOW, root).filter(({stays}) => stays === null))).toEqual(
		names([{file: crashed}, {file: closed}]),
	);
});

test('of too much the oldest go, until it is little enough; what stays takes no room from them', async () => {
	const root = house();
	const files: string[] = [];
	for (const days of [5, 4, 3, 2]) files.push(await recording(root, days, {lines: 4000}));
	const [first = '', second = '', third = '', fourth = ''] = files;
	const {bytes = 0} = overdue({days: 1, megabytes: null}, NOW, root)[0] ?? {};
	const keep = {days: null, megabytes: (2.5 * bytes) / 1e6};
	expect(names(overdue(keep, NOW, root))).toEqual(names([{file: first}, {file: second}]));
	chmodSync(fourth, 0o400);
	expect(names(overdue(keep, NOW, root))).toEqual(names([{file: first}]));
	chmodSync(fourth, 0o600);
	expect(farewell({...keep, days: 4}, NOW, root).sentence).toMatch(/^1 recording older than 4 days and 1 beyond/);
	farewell(keep, NOW, root).carryOut();
	expect(files.map(file => existsSync(file))).toEqual([false, false, true, true]);
	expect(third).not.toBe('');
});
