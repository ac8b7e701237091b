/** What was done, told afterwards: in the story, as chapters of a replay, in its header; and the words above the panes. */
import {afterEach, expect, test} from 'vitest';
import type {Frame} from '../../../src/domain/frame.ts';
import type {Consent, Run} from '../../../src/domain/guard.ts';
import {journalHeld, panes} from '../../../src/panes/index.ts';
import {tag} from '../../../src/rules/index.ts';
import {Replay} from '../../../src/session/replay.ts';
import type {SessionState} from '../../../src/session/store.ts';
import {sources} from '../../../src/sources/index.ts';
import {plainOf} from '../../../src/ui/cells.ts';
import {armedWords, chips, left} from '../../../src/ui/guard/words.ts';
import {headerRow, leavingWords} from '../../../src/ui/header.ts';
import {type Mounted, mount, recorded} from '../../support/mount.tsx';
import {bench} from './bench.ts';

let app: Mounted | null = null;
let replay: Replay | null = null;
afterEach(() => {
	app?.unmount();
	replay?.stop();
	app = null;
	replay = null;
});

/** A session in which a permission was recorded and chronyd restarted, as its recording has it. */
async function acted(): Promise<readonly Frame[]> {
	const one = await bench();
	const {session} = one;
	session.gate.consent({
		by: 'Ann',
		via: 'ticket',
		words: 'yes, please',
		kind: 'customer',
		actions: 'any',
		units: 'any',
		minutes: 30,
	});
	await session.gate.propose('unit.restart', {kind: 'unit', unit: 'chronyd.service'});
	await one.until(() => session.gate.proposal?.phase === 'ready');
	await session.gate.confirm('y');
	await one.until(() => session.fold.guard.runs.some(({sentence}) => /hold for/.test(sentence)));
	const frames = [...one.frames()];
	await session.stop();
	const all = [...one.frames()];
	await one.close();
	return all.length > frames.length ? all : frames;
}

test('a replay tells it as it was: chapters, header, story; and has no device to act on', async () => {
	const frames = await acted();
	const tape = {blocks: 1, block: () => frames};
	replay = new Replay({tape, sources, panes, tag, held: journalHeld, elapsed: () => 0});
	replay.readAll();
	expect(replay.chapters.map(({what}) => what).filter(what => !what.startsWith('link'))).toEqual([
		'permission by Ann (ticket): “yes, please”',
		'we do it: Restart the unit: chronyd.service',
		expect.stringMatching(/^not proven: Restart the unit: chronyd\.service: The session ended before it was proven/),
	]);
	const {store, controls} = replay;
	app = await mount(store, 120, 40, {...replay.replay, beganAt: replay.beganAt}, {controls});
	replay.replay.seek(replay.lengthMs);
	await app.type('x');
	expect(app.text()).toMatch(/REPLAY .* ARMED \d\d:\d\d Ann, ticket/);
	expect(app.text()).toContain('restart chronyd: ? not proven');
	expect(app.text().split('\n').at(-1)).toContain('A replay has no device to act on.');
	await app.type('A');
	expect(app.ui.getState().form).toBeNull();
	expect(app.text().split('\n').at(-1)).toContain('A replay has no device to act on.');
	await app.type('o');
	expect(app.text()).toMatch(/◆ not proven +Restart the unit: chronyd\.service/);
	expect(app.text()).toMatch(/◆ we do it +Restart the unit: chronyd\.service/);
	expect(app.text()).toMatch(/◇ permission by Ann \(ticket\) +“yes, please”/);
	expect(app.text()).not.toContain('x act');
});

const base = recorded('healthy').store.getState();
const consent: Consent = {
	id: 1,
	by: 'Ann',
	via: 'ticket',
	words: 'yes',
	kind: 'customer',
	actions: 'any',
	units: 'any',
	device: 'x',
	untilMs: 1_752_000,
};
const run: Run = {
	id: 1,
	action: 'unit.restart',
	title: 'Restart the unit',
	subject: {kind: 'unit', unit: 'chronyd.service'},
	at: base.now - 20_000,
	verdict: null,
	decidedAt: null,
	sentence: 'chronyd.service runs anew; it has to hold for 42 s more',
};
const state = (guard: Partial<SessionState['guard']>): SessionState => ({
	...base,
	guard: {...base.guard, ms: 0, ...guard},
});
const waiting = {
	id: 1,
	action: 'unit.restart',
	subject: {kind: 'device'},
	at: Date.UTC(2026, 10, 25, 14, 2, 59),
} as const;

test.each([
	[{}, 'LOOK ONLY'],
	[{waiting}, 'LOOK ONLY, waiting for an answer since 14:02'],
	[{consents: [consent]}, 'ARMED 29:12 Ann, ticket'],
	[{consents: [consent], ms: 1_752_000}, 'LOOK ONLY'],
	[{consents: [consent], ms: 1_751_999}, 'ARMED 0:01 Ann, ticket'],
	[{consents: [consent, {...consent, id: 2, kind: 'own', untilMs: 1_800_000}]}, 'ARMED 30:00 own device +1'],
	[{consents: [{...consent, by: '\x1b[2JEve\n', via: 'a way that is longer'}]}, 'ARMED 29:12 Eve, a way that …'],
] as const)('%j is %j', (guard, words) => {
	expect((armedWords(state(guard), () => 0)[0] ?? []).map(({text}) => text).join('')).toBe(words);
});

test.each([80, 100, 120, 200])('at %i columns the header has the time that is left, and its own width', columns => {
	for (const guard of [{consents: [{...consent, by: 'x'.repeat(300)}]}, {waiting}, {}]) {
		const text = headerRow(state(guard), {zone: 'utc'}, () => 0, columns);
		const width = text.reduce(
			(sum, span) => sum + (span.grow ? 0 : plainOf([{text: span.text, tone: 'plain'}]).length),
			0,
		);
		expect(width).toBeLessThanOrEqual(columns);
		expect(text.map(span => span.text).join('')).toMatch(/ARMED 29:12|LOOK ONLY/);
	}
});

test.each([
	[run, 'restart chronyd: has to hold 42 s more'],
	[{...run, sentence: 'sent'}, 'restart chronyd: sent'],
	[{...run, sentence: 'chronyd.service is activating (start)'}, 'restart chronyd: is activating (start)'],
	[{...run, verdict: {kind: 'proven', sentence: ''}, decidedAt: base.now - 59_000}, 'restart chronyd: ✓ proven'],
	[{...run, verdict: {kind: 'proven', sentence: ''}, decidedAt: base.now - 61_000}, ''],
	[{...run, verdict: {kind: 'failed', sentence: ''}, decidedAt: base.now - 61_000}, 'restart chronyd: ✗ failed'],
	[{...run, verdict: {kind: 'not-proven', sentence: ''}, decidedAt: base.now}, 'restart chronyd: ? not proven'],
	[{...run, action: 'device.reboot', subject: {kind: 'device'}, sentence: 'sent'}, 'reboot device: sent'],
] as const)('the chip of %j is %j', (one, words) => {
	const row = chips(state({runs: [one as Run]}), 79);
	expect(
		row
			.map(({text}) => text)
			.join('')
			.trim(),
	).toBe(words);
});

test('chips of many actions fit, and say how many are left out', () => {
	const runs = Array.from({length: 5}, (_, index) => ({...run, id: index}));
	const text = chips(state({runs}), 79)
		.map(span => span.text)
		.join('');
	expect(text.length).toBeLessThanOrEqual(79);
	expect(text).toMatch(/\+\d$/);
});

test.each([
	[0, '0:00'],
	[999, '0:01'],
	[1_752_000, '29:12'],
	[3_600_000, '1:00:00'],
])('%i ms are %s', (ms, words) => {
	expect(left(ms)).toBe(words);
});

test.each([80, 120, 200])('what quitting means fits in %i columns', columns => {
	expect(leavingWords('restart chronyd', columns).length).toBeLessThan(columns);
	expect(leavingWords('restart chronyd', columns)).toMatch(/not proven.*note says.*stay/);
});
