/** A recording can have any damage: what reads as a frame must be one, for the fold, the screen and the note alike. */
import {expect, test} from 'vitest';
import type {Frame, FrameBody} from '../../../src/domain/frame.ts';
import {noteOf, toBrief, toCustomer, toJson, toMarkdown} from '../../../src/handover/index.ts';
import {panes} from '../../../src/panes/index.ts';
import {readLine} from '../../../src/session/recording/line.ts';
import {isFrame} from '../../../src/session/recording/shape.ts';
import {alarmRow, headerRow, progressOf} from '../../../src/ui/header.ts';
import {framesOf, RECORDINGS} from '../../support/recordings.ts';
import {replayed} from '../../support/replayed.ts';
import {viewAt} from '../panes/view.ts';

type Loose = Record<string, unknown>;

/** The first frames of a recording of each kind, by that kind, in its order. */
function samplesOf(name: string): ReadonlyMap<string, Frame> {
	const sources = new Map<number, string>();
	const kindOf = (frame: Frame): string => {
		switch (frame.t) {
			case 'link':
				return `link ${frame.link.kind}`;
			case 'exit':
				return `exit ${frame.exit.kind}`;
			case 'open':
				return `open ${frame.source}`;
			case 'out':
				return `out ${frame.unit.kind} of ${sources.get(frame.ch)}`;
			default:
				return frame.t;
		}
	};
	const found = new Map<string, Frame>();
	for (const frame of framesOf(name)) {
		if (frame.t === 'open') sources.set(frame.ch, frame.source);
		const kind = kindOf(frame);
		if (!found.has(kind)) found.set(kind, frame);
	}
	return found;
}

/** What none of the recordings has. */
const seldom: readonly FrameBody[] = [
	{t: 'snooze', key: 'unit-failed:a.service', text: 'known'},
	{t: 'pause', reason: 'a password is typed'},
	{t: 'resume'},
	{t: 'disarm', why: 'done'},
	{
		t: 'refused',
		id: 9,
		action: 'file.put',
		title: 'Copy a file',
		subject: {kind: 'file', path: '/a', size: 1, sha256: 'x', mode: '644', mark: '0a1b2c3d', force: false},
		why: 'no',
	},
	{t: 'ask', id: 8, action: 'command.run', title: 'Run', subject: {kind: 'command', argv: ['id']}, request: 'May we?'},
	{t: 'ask', id: 7, action: 'device.reboot', title: 'Reboot', subject: {kind: 'device'}},
	{t: 'link', link: {kind: 'refused', why: 'it is another device'}},
	{
		t: 'earlier',
		left: {
			at: 1_700_000_000_000,
			bootId: 'b',
			versions: {OS: '1'},
			units: [{name: 'a.service', text: 'active', restarts: 1, invocationId: 'i'}],
			containers: [{name: 'a', image: 'i', state: 'running', restarts: 0, startedAt: '2024-01-01T00:00:00Z'}],
			disk: {mount: '/', usedKb: 1, availableKb: 2},
			todos: ['look again'],
		},
	},
];

const WRONG: readonly unknown[] = [
	undefined,
	null,
	'weird',
	1e300,
	-1e300,
	-1,
	0.5,
	true,
	{kind: 'weird'},
	['weird'],
	[],
];

/** A value with one of its fields put wrong, each field in each way; in lists the first item. */
function* wrong(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
	for (const [key, item] of Object.entries(value as Loose)) {
		const put = (other: unknown): unknown =>
			Array.isArray(value) ? [other, ...value.slice(1)] : {...(value as Loose), [key]: other};
		for (const other of WRONG) yield [`${path}.${key} = ${JSON.stringify(other)}`, put(other)];
		// The text of an entry's fields is the device's: other tests put that wrong.
		if (typeof item === 'object' && item !== null && path !== '.unit.entry')
			for (const [at, inner] of wrong(item, `${path}.${key}`)) yield [at, put(inner)];
		if (Array.isArray(value)) return;
	}
}

const LOCAL = (): number => 60;

/** All that is made of frames: states, the screen's rows in the midst and at the end, the note's forms; gives the note. */
function usedUp(frames: readonly Frame[]): string {
	const replay = replayed(frames);
	for (const share of [0.5, 1]) {
		replay.replay.seek(replay.lengthMs * share);
		const state = replay.store.getState();
		expect(state.notices.join('\n')).not.toContain('a bug of devtop');
		headerRow(state, {zone: 'utc'}, LOCAL, 120);
		alarmRow(state, '');
		for (const pane of panes) {
			const own = state.panes[pane.id];
			const context = viewAt(state.now, 120);
			pane.summary(own, context);
			pane.head?.(own, context, 20);
			pane.verdict?.(own, context, progressOf(state));
			pane.strip?.(own, context, 60);
			const items = pane.items(own, context.look);
			for (let index = 0; index < Math.min(items.length, 30); index++) {
				const key = items.at(index);
				if (key === undefined) continue;
				pane.row(own, key, context);
				pane.text(own, key);
			}
		}
	}
	const note = noteOf(frames, {file: 'f', bytes: 1, problems: () => []});
	for (const form of [toBrief, toCustomer, toJson]) form(note);
	return toMarkdown(note);
}

/** One session of them all. */
const base: readonly Frame[] = (() => {
	const first = samplesOf('guarded-restart');
	const {at = 0, ms = 0} = [...first.values()].at(-1) ?? {};
	const more = new Map(
		RECORDINGS.flatMap(name => [...samplesOf(name)]).filter(
			([kind]) => !first.has(kind) && !/^(?:open|out) /.test(kind),
		),
	);
	return [...first.values(), ...[...more.values(), ...seldom].map(frame => ({...frame, at, ms}))];
})();

test('every recording reads without a bad line, and the frames that are put wrong are of every kind', () => {
	for (const name of RECORDINGS) expect(framesOf(name).length).toBeGreaterThan(0);
	expect(new Set(base.map(({t}) => t)).size).toBe(26);
	usedUp(base);
});

test.each([...new Set(base.map(({t}) => t))])('%s: with one field put wrong it is no frame, or does no harm', t => {
	let harmless = 0;
	const harm: string[] = [];
	for (const [index, frame] of base.entries()) {
		if (frame.t !== t) continue;
		for (const [what, value] of wrong(frame)) {
			const read = readLine(JSON.stringify(value));
			if (read === null) continue;
			harmless++;
			try {
				// What happened to an action that was never granted is told as a gap.
				if (/no frames? of a recording/.test(usedUp(base.with(index, read))) && !/^\.(?:t|id) /.test(what))
					throw new Error('the note could not read it');
			} catch (error) {
				harm.push(`${t}${what}: ${(error as Error).stack?.slice(0, 400)}`);
			}
		}
	}
	expect(harm).toEqual([]);
	expect(harmless).toBeGreaterThan(0);
});

test.each([
	{t: 'link', link: {kind: 'weird'}},
	{t: 'link', link: {kind: 'waiting', attempt: 1, next: 1}},
	{t: 'exit', ch: 1, exit: {kind: 'exited', code: {}}},
	{t: 'exit', ch: 1, exit: {kind: 'weird'}},
	{t: 'ask', id: 1, action: 'unit.stop', title: 'Stop', subject: {kind: 'weird'}},
	{t: 'snooze', key: 1, text: 'known'},
	{t: 'notice', text: 'x', at: 1e300},
	{t: 'notice', text: 'x', ms: -1},
	{t: 'notice', text: 'x', ms: 1e300},
])('%j is no frame', frame => {
	expect(isFrame({at: 1, ms: 1, ...frame})).toBe(false);
});

test('a last frame that says it came earlier makes no session shorter', () => {
	const [header, ...frames] = framesOf('healthy');
	const last = frames.at(-1);
	if (header === undefined || last === undefined) throw new Error('nothing recorded');
	const replay = replayed([header, ...frames, {...last, ms: 0}]);
	replay.readAll();
	expect(replay.lengthMs).toBe(last.ms);
});
