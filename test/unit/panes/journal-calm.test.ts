import {describe, expect, test} from 'vitest';
import type {JournalRecord} from '../../../src/domain/journal.ts';
import {Ring} from '../../../src/domain/ring.ts';
import {journal} from '../../../src/panes/journal/index.ts';
import {kindOf} from '../../../src/panes/journal/kind.ts';
import type {State} from '../../../src/panes/journal/reduce.ts';
import {context, keys, line, look, push, rows, T0} from './journal-lines.ts';

const word = (text: string): JournalRecord => {
	const [, letter = '', mark] = /^(\w)([!^]?)$/.exec(text) ?? [];
	return line(`line ${letter}`, mark === '!' ? {severity: 4, priority: 4} : mark === '^' ? {tags: ['oom-kill']} : {});
};
/** `A B*3`: what stands in each row. */
const shape = (state: State): string =>
	keys(state)
		.map(key => {
			const letter = journal.text(state, key, look()).slice('thing line '.length);
			const count = journal.row(state, key, context())[0]?.text.replaceAll(/\D/g, '');
			return Number.isInteger(key) ? letter : `${letter}*${count}`;
		})
		.join(' ');

test.each([
	['A A', 'A A', 'two are no repeat'],
	['A A A', 'A*3', 'three are'],
	['A A A A A', 'A*5', 'and more'],
	['A B C D', 'A B C D', 'what does not repeat stays'],
	['A B A B A B A B A B', 'A B*5 A*4', 'lines that alternate fold beside each other'],
	['A A A X A A A', 'A*3 X A*3', 'no fold reaches over a line that is unlike'],
	['A A A X A', 'A*3 X A', 'one alone stays as it is'],
	['A A A A! A A A', 'A*3 A A*3', 'a warning is shown, and ends a fold'],
	['A A A A^ A A', 'A*3 A A*2', 'so does a line with a tag'],
	['A! A! A! A!', 'A A A A', 'warnings never fold'],
	['A A A B B B A B A B', 'A*3 B*5 A*2', 'known lines go on across each other'],
])('%s is shown as %s: %s', (stream, shown) => {
	expect(shape(push(stream.split(' ').map(word)))).toBe(shown);
});

test('a fold says how many, who, what, and when', () => {
	const state = push(
		Array.from({length: 31}, (_, index) =>
			line(
				`[info]    Reported current state to the cloud`,
				{containerName: 'balena_supervisor', identifier: 'x'},
				index * 10,
			),
		),
	);
	expect(rows(state)).toEqual(['┈ 31 × supervisor "Reported current state to the cloud" 13:52–13:57 ┈']);
	const beats = push([1, 2, 3, 4].map(beat => line(`heartbeat ${beat} of 7`, {identifier: 'backend'}, beat)));
	expect(rows(beats)).toEqual(['┈ 4 × backend "heartbeat … of 7" 13:52:01–13:52:04 ┈']);
	const long = push([1, 2, 3, 4].map(beat => line(`${'very '.repeat(40)}long ${beat}`, {}, beat)));
	expect(rows(long, {}, 80)[0]).toMatch(/very …" 13:52:01–13:52:04 ┈$/);
});

test('a fold ends after half an hour of the device’s clock', () => {
	const state = push([0, 1, 2, 1900, 1901, 1902].map(seconds => line('poll', {}, seconds)));
	expect(rows(state)).toHaveLength(2);
});

test('Enter opens a fold in place; its key stays while it grows', () => {
	let state = push(['X', 'A', 'A', 'A'].map(word));
	const [, key = 0] = keys(state);
	expect(journal.folds?.(state, key)).toBe(true);
	expect(keys(state, {open: new Set([key])})).toEqual([0, key, 1, 2, 3]);
	state = push(['A'].map(word), state);
	expect(keys(state)).toEqual([0, key]);
	expect(keys(state, {open: new Set([key])})).toEqual([0, key, 1, 2, 3, 4]);
	expect(rows(state, {open: new Set([key])})[1]).toContain('opened');
});

test('search reads every text inside a fold, find leads to a line in it', () => {
	const state = push([7, 8, 9, 9].map(beat => line(`heartbeat ${beat}`)));
	const [key = 0] = keys(state);
	expect(journal.text(state, key, look())).toBe('thing heartbeat 7\nthing heartbeat 8\nthing heartbeat 9');
	const cursor = state.ring.get(2)?.cursor ?? '';
	const found = journal.find?.(state, {stream: 'journal', cursor, atMs: T0}) ?? null;
	expect(found).toBe(2);
	expect(journal.foldOf?.(state, 2, look())).toBe(key);
	expect(journal.foldOf?.(state, 2, look({calm: false}))).toBeNull();
});

test('the cursor stays in its row where its line becomes a fold, and new lines are counted, not rows', () => {
	let state = push(['A', 'A', 'A', 'X', 'A'].map(word));
	expect(keys(state)).toEqual([-0.5, 3, 4]);
	state = push(['A', 'A', 'Y'].map(word), state);
	const items = journal.items(state, look());
	expect(keys(state)).toEqual([-0.5, 3, 3.5, 7]);
	expect(items.indexOf(4)).toBe(2);
	expect([items.newest, items.behind?.(4), items.behind?.(7)]).toEqual([7, 3, 0]);
});

test('the title says that folding is on, how many lines pass, and how many folds there are', () => {
	const state = push(['A', 'A', 'A', 'X', 'A', 'A'].map(word));
	const title = (calm: boolean): string =>
		journal
			.summary(state, context({calm}))
			.map(({text}) => text)
			.join('');
	expect(title(true)).toBe('all · follow · folds on · 6, 2 folds');
	expect(title(false)).toBe('all · follow · 6');
});

const chanceOf = (seed: number) => {
	let at = seed;
	return (most: number): number => {
		at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((at / 2 ** 32) * most);
	};
};

/** What a device may say: polling, rare lines, trouble, the supervisor twice. */
function stream(chance: (most: number) => number, length: number): JournalRecord[] {
	let seconds = 0;
	const out: JournalRecord[] = [];
	while (out.length < length) {
		seconds += chance(40) === 0 ? chance(4000) : chance(5);
		const pick = chance(100);
		if (pick < 30) {
			const text = `[info]    Reported state ${chance(3)}`;
			const unit = line(text, {identifier: 'balena-supervisor', units: ['balena-supervisor.service']}, seconds);
			const container = line(text, {containerName: 'balena_supervisor', units: ['balena.service']}, seconds);
			out.push(...(chance(2) === 0 ? [unit, container] : [container, unit]).slice(0, chance(8) === 0 ? 1 : 2));
		} else if (pick < 85)
			out.push(line(`poll ${'abcdef'[chance(6)]} ${chance(1000)}`, {identifier: `id${chance(2)}`}, seconds));
		else if (pick < 90) out.push(line(`poll a ${chance(10)}`, {severity: 3, priority: 3}, seconds));
		else if (pick < 93) out.push(line('poll b 1', {tags: ['oom-kill']}, seconds));
		else out.push(line(`news ${'abcdefghijklmnopqrstuvwxyz'[chance(26)]}${'xyz'[chance(3)]}`, {}, seconds));
	}
	return out;
}

const small = (items: number): State => ({...journal.initial, ring: Ring.empty<JournalRecord>({items})});

const every = {source: 'every', terms: []};

/** Every line of the view is a row or counted in one fold, in order; what is folded is of one kind and weighs nothing. */
function check(state: State): void {
	// Through a filter that lets all pass: another view, so that the folds are carried on, not made anew.
	const all = keys(state, {calm: false, filter: every});
	const shown = keys(state);
	expect(shown).toEqual(shown.toSorted((a, b) => a - b));
	const folded = shown.filter(key => !Number.isInteger(key));
	// Folds opened one by one, and counted by what that adds.
	const counts = folded.map(key => keys(state, {open: new Set([key])}).length - shown.length);
	expect(shown.length - folded.length + counts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
	const opened = keys(state, {open: new Set(folded)});
	expect(opened.filter(Number.isInteger)).toEqual(all);
	const kinds = new Map(all.map(number => [number, kindOf(state.ring.get(number) ?? line('?'))]));
	const plain = new Set(shown);
	for (const [index, key] of folded.entries()) {
		const inside = keys(state, {open: new Set([key])}).filter(number => !plain.has(number));
		expect(journal.row(state, key, context())[0]?.text).toBe(`┈ ${counts[index]} × `);
		expect(new Set(inside.map(number => kinds.get(number))).size).toBe(1);
		// Nothing of weight is in it, and it reaches over nothing of weight.
		const [from = 0, to = 0] = [inside[0], inside.at(-1)];
		expect(all.filter(number => number >= from && number <= to).some(number => kinds.get(number) === null)).toBe(false);
	}
}

test('a fold that begins after its first line was let go holds what is left', () => {
	let state = small(5);
	for (const text of 'A A A B B B A B B B B B B A A'.split(' ')) {
		state = push([word(text)], state);
		check(state);
	}
	expect(shape(state)).toBe('B*3 A*2');
});

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('random lines %i', seed => {
	test('are rows or counted once, the same for any batching', () => {
		const chance = chanceOf(seed);
		const records = stream(chance, 400);
		// On from the first line: a twin that comes late takes out a line that was folded already.
		keys(small(1000));
		const whole = push(records, small(1000));
		const wanted = keys(whole);
		check(whole);
		// No fold reaches over the first line of a kind.
		const kinds = new Set<string | null>();
		const firsts = keys(whole, {calm: false, filter: every}).filter(number => {
			const kind = kindOf(whole.ring.get(number) ?? line('?'));
			return !kinds.has(kind) && kinds.add(kind);
		});
		for (const key of wanted) {
			if (Number.isInteger(key)) continue;
			const inside = keys(whole, {open: new Set([key])}).filter(number => !wanted.includes(number));
			const [from = 0, to = 0] = [inside[0], inside.at(-1)];
			expect(firsts.filter(number => number > from && number <= to)).toEqual([]);
		}
		expect(wanted.length).toBeLessThan(keys(whole, {calm: false}).length * 0.8);
		let state = small(1000);
		for (let from = 0; from < records.length; ) {
			const size = 1 + chance(30);
			state = push(records.slice(from, from + size), state);
			from += size;
			// A list that was given out stays as it was.
			const items = journal.items(state, look());
			const before = Array.from({length: items.length}, (_, index) => items.at(index));
			const next = push(records.slice(from, from + 1), state);
			journal.items(next, look());
			expect(Array.from({length: items.length}, (_, index) => items.at(index))).toEqual(before);
		}
		expect(keys(state)).toEqual(wanted);
	});

	test('stay so while old ones are let go', () => {
		const chance = chanceOf(seed + 100);
		const records = stream(chance, 600);
		let state = small(150);
		for (let from = 0; from < records.length; ) {
			const size = 1 + chance(60);
			state = push(records.slice(from, from + size), state);
			from += size;
			check(state);
		}
	});

	test('stay so where older pages come, and what is shown keeps its place', () => {
		const chance = chanceOf(seed + 200);
		const records = stream(chance, 500);
		let state = push(records.slice(300), small(1000));
		let shown = keys(state);
		for (let to = 300; to > 0; to -= 100) {
			state = push(records.slice(to - 100, to).reverse(), state, 'older');
			check(state);
			const now = keys(state);
			// A twin across the seam may take one line out.
			expect(now.slice(-(shown.length - 2))).toEqual(shown.slice(2));
			shown = now;
			state = push(records.slice(0, 1), state);
			shown = keys(state);
		}
	});
});
