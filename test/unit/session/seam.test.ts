import {expect, test} from 'vitest';
import {SUPPRESSED} from '../../../src/domain/journal.ts';
import {type Seam, seamWords} from '../../../src/domain/seam.ts';
import type {Scope, Unit} from '../../../src/domain/source.ts';
import {panes} from '../../../src/panes/index.ts';
import type {State as JournalState} from '../../../src/panes/journal/reduce.ts';
import {tag} from '../../../src/rules/index.ts';
import {Fold} from '../../../src/session/fold.ts';
import {sources} from '../../../src/sources/index.ts';
import {boots, line, Tape} from '../handover/tape.ts';

/** The seams of a recording, its journal's messages in order, and the receipt. */
function fold(tape: Tape) {
	const all = new Fold({sources, panes, tag});
	const seams: Seam[] = [];
	all.sewn = seam => seams.push(seam);
	for (const frame of tape.frames) all.apply(frame);
	const {ring} = all.panes.journal as JournalState;
	return {words: seams.map(seamWords), shown: [...ring].map(({message}) => message), fold: all};
}

type Return = {
	readonly scope?: Partial<Scope>;
	readonly boot?: string;
	readonly anchor?: Unit;
	/** One line of the boot before, where its journal was kept. */
	readonly oldBoot?: readonly Unit[];
	readonly pages?: readonly Unit[];
	readonly lines: readonly Unit[];
};

/** Lines 1 and 2; the link is lost at 10 s and back at 41 s. */
function away({scope = {}, boot = boots.first, anchor, oldBoot, pages = [], lines}: Return): Tape {
	const tape = new Tape(scope).at(1).identity(boots.first).live();
	tape.once('anchor', [line({number: 2, second: 1})]);
	tape.once('journal-history', [line({number: 1, second: 0}), line({number: 2, second: 1})], 'history');
	tape.open('journal', 'live');
	tape.at(10).lost().at(41).identity(boot).live();
	if (anchor !== undefined) tape.once('anchor', [anchor]);
	if (oldBoot !== undefined) tape.once('journal-old-boot', oldBoot);
	if (pages.length > 0) tape.once('journal-forward', pages, 'history');
	const ch = tape.open('journal', 'live');
	for (const unit of lines) tape.out(ch, unit);
	// Something else goes on coming.
	for (let second = 42; second < 55; second++)
		tape.at(second).identity(boot).add({t: 'tick', received: 1, sent: 1, roundTripMs: 1});
	return tape;
}

const from = (first: number, last: number, more: {file?: string; boot?: string; shift?: number} = {}): Unit[] =>
	Array.from({length: last - first + 1}, (_, index) =>
		line({
			number: first + index + (more.shift ?? 0),
			second: first + index - 1,
			message: `line ${first + index}`,
			...(more.file === undefined ? {} : {file: more.file}),
			...(more.boot === undefined ? {} : {boot: more.boot}),
		}),
	);

/** What journald says of its own rate limit. */
function suppressed(number: number, dropped: number): Unit {
	const unit = line({number, second: number - 1});
	if (unit.kind !== 'entry') return unit;
	const entry = unit.entry.filter(([name]) => name !== '_TRANSPORT');
	const own = [
		['_TRANSPORT', 'driver'],
		['MESSAGE_ID', SUPPRESSED],
		['N_DROPPED', String(dropped)],
	] as const;
	return {kind: 'entry', entry: [...entry, ...own]};
}

const second = boots.second;

test.each<[string, Return, string]>([
	[
		'all of it is there',
		{anchor: line({number: 5, second: 4}), lines: from(2, 8)},
		'back after 31 s: 3 recovered, 0 lost, 0 doubled',
	],
	[
		'nothing was said',
		{anchor: line({number: 2, second: 1}), lines: from(2, 2)},
		'back after 31 s: 0 recovered, 0 lost, 0 doubled',
	],
	[
		'the oldest of it was overwritten',
		{anchor: line({number: 50, second: 49}), lines: from(40, 52)},
		'back after 31 s: 11 recovered, 0 doubled, 37 lost: the device overwrote them',
	],
	[
		'flushed to disk: the same lines under other numbers, behind which journald goes on with its own',
		{
			anchor: line({number: 5, second: 4}),
			lines: [...from(2, 4, {file: '9', shift: -1}), ...from(5, 7, {file: '9'})],
		},
		'back after 31 s: 3 recovered, 0 lost, 0 doubled',
	],
	[
		'another numbering, and the last line is not there',
		{anchor: line({number: 906, second: 5, file: '9'}), lines: from(4, 8, {file: '9', shift: 900})},
		'back after 31 s: 3 recovered, 0 doubled; a gap is possible, because the journal went on in another file with another numbering',
	],
	[
		'of a part of the journal the last line is still there',
		{
			scope: {units: ['app.service']},
			anchor: line({number: 30, second: 29}),
			lines: [...from(2, 2), ...from(9, 9), ...from(12, 12)],
		},
		'back after 31 s: 2 recovered, 0 lost, 0 doubled',
	],
	[
		'of a part of the journal the last line is gone',
		{scope: {units: ['app.service']}, anchor: line({number: 30, second: 29}), lines: from(9, 9)},
		'back after 31 s: 1 recovered, 0 doubled; a gap is possible, because the last line before the loss is no longer in the journal, and only a part of it is fetched',
	],
	[
		'journald dropped some itself',
		{
			anchor: line({number: 3, second: 2}),
			lines: [...from(2, 2), suppressed(3, 1200)],
		},
		'back after 31 s: 1 recovered, 0 lost, 0 doubled, 1 200 suppressed by journald',
	],
	[
		'rebooted, the journal gone with it',
		{
			boot: second,
			anchor: line({number: 4, second: 3, boot: second, file: '9'}),
			oldBoot: [],
			lines: from(1, 4, {boot: second, file: '9'}),
		},
		'rebooted, back after 31 s in boot bbbbbbbb: 4 lines of it, 0 doubled; what the old boot said after its last line here was lost with its journal',
	],
	[
		'rebooted, the journal kept',
		{
			boot: second,
			anchor: line({number: 6, second: 5, boot: second}),
			oldBoot: from(4, 4),
			pages: [...from(2, 4), ...from(5, 6, {boot: second})],
			lines: from(6, 8, {boot: second}),
		},
		"rebooted, back after 31 s in boot bbbbbbbb; the old boot's end was fetched: 4 recovered, 0 lost, 0 doubled",
	],
])('a seam says what became of the time away: %s', (_, back, words) => {
	const {words: said, shown} = fold(away(back));
	expect(said).toEqual([words]);
	expect(shown.filter(message => message === words)).toHaveLength(1);
	// Each line once, whatever its number became.
	const lines = shown.filter(message => message.startsWith('line '));
	if (back.boot === undefined) expect(new Set(lines).size).toBe(lines.length);
});

test('it stands behind the lines that it counts, and before what came after the return', () => {
	const {shown} = fold(away({anchor: line({number: 4, second: 3}), lines: from(2, 6)}));
	expect(shown).toEqual([
		'line 1',
		'line 2',
		'link lost: the keepalive was not answered',
		'line 3',
		'line 4',
		'back after 31 s: 2 recovered, 0 lost, 0 doubled',
		'line 5',
		'line 6',
	]);
});

test('a link that stalls after the return closes nothing: the newest entry is known, and it comes', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.once('journal-history', from(1, 2), 'history');
	tape.at(10).lost().at(20).identity(boots.first).live();
	tape.once('anchor', from(6, 6));
	const ch = tape.open('journal', 'live');
	for (let second = 21; second < 70; second++) tape.at(second).add({t: 'tick', received: 1, sent: 1, roundTripMs: 1});
	for (const unit of from(2, 7)) tape.out(ch, unit);
	expect(fold(tape).words).toEqual(['back after 10 s: 4 recovered, 0 lost, 0 doubled']);
});

test('lost again before anything came: one gap; lost again in the middle: two seams', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.once('journal-history', from(1, 2), 'history');
	tape.at(10).lost().at(12).identity(boots.first).live().at(13).lost();
	tape.at(20).identity(boots.first).live();
	tape.once('anchor', from(9, 9));
	let ch = tape.open('journal', 'live');
	for (const unit of from(2, 5)) tape.out(ch, unit);
	tape.at(22).lost().at(30).identity(boots.first).live();
	tape.once('anchor', from(9, 9));
	ch = tape.open('journal', 'live');
	for (const unit of from(5, 9)) tape.out(ch, unit);
	expect(fold(tape).words).toEqual([
		'back after 10 s: 3 recovered, 0 lost, 0 doubled',
		'back after 8 s: 4 recovered, 0 lost, 0 doubled',
	]);
});

test('a filter does not hide that the journal was not followed', async () => {
	const {viewOf} = await import('../../../src/panes/journal/view.ts');
	const {parseFilter} = await import('../../../src/domain/filter.ts');
	const {fold: all} = fold(away({anchor: line({number: 4, second: 3}), lines: from(2, 6)}));
	const {ring} = all.panes.journal as JournalState;
	const filter = parseFilter('line 3', 0);
	if ('wrong' in filter) throw new Error('no filter');
	const view = viewOf(ring, {filter, calm: false}, {});
	const items = view.items(new Set());
	expect(Array.from({length: items.length}, (_, index) => ring.get(Number(items.at(index)))?.message)).toEqual([
		'link lost: the keepalive was not answered',
		'line 3',
		'back after 31 s: 2 recovered, 0 lost, 0 doubled',
	]);
});
