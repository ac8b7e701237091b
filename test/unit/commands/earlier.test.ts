import {mkdtempSync, utimesSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {earlierOf} from '../../../src/commands/earlier.ts';
import {placeFor} from '../../../src/commands/place.ts';
import type {Identity} from '../../../src/domain/fact.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import type {Left} from '../../../src/domain/left.ts';
import {Recorder} from '../../../src/session/recorder.ts';
import {boots, START, Tape} from '../handover/tape.ts';

const UUID = 'c'.repeat(32);
const device = {uuid: UUID} as Identity;
const asked = {identity: device, target: 'root@dev', own: null, now: START + 86_400_000};

const left: Left = {
	at: START,
	bootId: boots.first,
	versions: {},
	units: [],
	containers: null,
	disk: null,
	todos: ['x'],
};

const house = (): string => mkdtempSync(join(tmpdir(), 'devtop-earlier-'));

/** A recording that began so many hours after the others; live where it has no end. */
async function session(
	root: string,
	hour: number,
	end: readonly Record<string, unknown>[],
	uuid = UUID,
	program = 'devtop',
): Promise<string> {
	const recorder = new Recorder(placeFor('root@dev', null, START + hour * 3_600_000, root));
	recorder.begin({uuid} as Identity);
	const tape = new Tape({}, {ticket: `T-${hour}`}).live().identity(boots.first).at(5);
	tape.add({t: 'todo', text: `of hour ${hour}`});
	for (const body of end) tape.add(body);
	for (const frame of tape.frames) recorder.take((frame.t === 'header' ? {...frame, program} : frame) as Frame);
	recorder.flush();
	const file = end.length === 0 ? (recorder.file ?? '') : ((await recorder.close()) ?? '');
	utimesSync(file, START / 1000, START / 1000 + hour * 3600);
	return file;
}

test('the newest session that ended tells how the device was left, with its ticket', async () => {
	const root = house();
	expect(earlierOf(asked, root)).toBe(null);
	await session(root, 1, [{t: 'bye', lines: 0, left}]);
	const newest = await session(root, 2, [{t: 'bye', lines: 0, left: {...left, todos: ['y']}}]);
	await session(root, 3, [{t: 'bye', lines: 0, left}], 'd'.repeat(32));
	expect(earlierOf(asked, root)).toEqual({t: 'earlier', left: {...left, todos: ['y']}, ticket: 'T-2'});
	expect(earlierOf({...asked, own: newest}, root)).toMatchObject({left: {todos: ['x']}, ticket: 'T-1'});
	expect(earlierOf({...asked, identity: {uuid: 'e'.repeat(32)} as Identity}, root)).toBe(null);
});

test.each(['act', 'run', 'cp'])('what a script did by %s is no session that was left', async word => {
	const root = house();
	await session(root, 1, [{t: 'bye', lines: 0, left}]);
	await session(root, 2, [{t: 'bye', lines: 0, left: {...left, todos: []}}], UUID, `devtop 0.1.0 ${word}`);
	expect(earlierOf(asked, root)).toMatchObject({left: {todos: ['x']}, ticket: 'T-1'});
});

test('one that ended in a crash, or was written before its end told this, is read from its beginning', async () => {
	const root = house();
	await session(root, 1, [{t: 'bye', lines: 0}]);
	expect(earlierOf(asked, root)).toMatchObject({
		left: {bootId: boots.first, versions: {OS: 'balenaOS 5.0', kernel: '5.15.92'}, todos: ['of hour 1']},
		ticket: 'T-1',
	});
	await session(root, 2, []);
	expect(earlierOf(asked, root)).toMatchObject({left: {todos: ['of hour 2']}, ticket: 'T-2'});
	// That one is being written by another session: it is not the last one that ended.
	const now = START + 2 * 3_600_000 + 1000;
	expect(earlierOf({...asked, now}, root)).toMatchObject({left: {todos: ['of hour 1']}, ticket: 'T-1'});
});
