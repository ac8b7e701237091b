import {expect, test} from 'vitest';
import type {Fact} from '../../../src/domain/fact.ts';
import {type JournalRecord, toRecord} from '../../../src/domain/journal.ts';
import {noLook, type Row, type ViewContext} from '../../../src/domain/pane.ts';
import {everything} from '../../../src/domain/source.ts';
import {detail, type State} from '../../../src/panes/detail/index.ts';
import {entry, entryAfter, entryBefore, unitLines, unitProperties} from '../../../src/sources/detail.ts';
import {fitted, plainOf, widthOf} from '../../../src/ui/cells.ts';
import {viewAt} from './view.ts';

const T0 = Date.UTC(2026, 10, 23, 13, 0, 0);
const context = (change: Partial<ViewContext> = {}): ViewContext => ({...viewAt(T0, 80), ...change});

const fold = (facts: readonly Fact[], from: State = detail.initial): State =>
	facts.reduce((state, fact) => detail.reduce(state, {at: T0, fact}), from);
const flat = (row: Row): string => row.map(({text}) => text).join('');
const keys = (state: State): string[] => {
	const items = detail.items(state, noLook);
	return Array.from({length: items.length}, (_, index) => String(items.at(index)));
};
const rows = (state: State, change: Partial<ViewContext> = {}): string[] =>
	keys(state).map(key => flat(detail.row(state, key, context(change))));
const summary = (state: State, change: Partial<ViewContext> = {}): string =>
	flat(detail.summary(state, context(change)));

const line = (seconds: number, message = `line ${seconds}`, more: Partial<JournalRecord> = {}): JournalRecord => ({
	...toRecord([
		['__CURSOR', `c${seconds}`],
		['__REALTIME_TIMESTAMP', String((T0 + seconds * 1000) * 1000)],
		['__MONOTONIC_TIMESTAMP', String((1000 + seconds) * 1_000_000)],
		['SYSLOG_IDENTIFIER', 'x'],
		['MESSAGE', message],
	]),
	...more,
});

const source = (id: string, state: 'asked' | 'answering' | 'ended' | 'failed', sentence = ''): Fact => ({
	kind: 'source',
	source: id,
	state,
	sentence,
});
const around = (place: 'before' | 'after', seconds: number, more?: Partial<JournalRecord>): Fact => ({
	kind: 'around',
	place,
	record: line(seconds, undefined, more),
});
const fields = (...list: readonly (readonly [string, string])[]): Fact => ({kind: 'entry-fields', fields: list});
const property = (name: string, value: string): Fact => ({kind: 'unit-property', name, value});
const once = (id: string, ...facts: readonly Fact[]): Fact[] => [source(id, 'asked'), ...facts, source(id, 'ended')];

const wholeEntry = (at = 0): Fact[] => [
	...once('entry', fields(['MESSAGE', `line ${at}`])),
	...once('entry-before', around('before', at), around('before', at - 1), around('before', at - 2)),
	...once('entry-after', around('after', at), around('after', at + 1), around('after', at + 2)),
];

test('nothing yet', () => {
	expect(keys(detail.initial)).toEqual([]);
	expect(summary(detail.initial)).toBe('nothing was looked at yet');
	expect(flat(detail.empty(detail.initial, context()))).toBe('Enter on a line or a unit shows all of it here');
});

test('what says most comes first, what says nothing to a person last, the rest as it came', () => {
	const state = fold(
		once(
			'entry',
			fields(
				['__CURSOR', 's=1'],
				['_HOSTNAME', 'box'],
				['MESSAGE_ID', 'abc'],
				['PRIORITY', '3'],
				['EXIT_CODE', 'killed'],
				['_BOOT_ID', 'b'],
				['__REALTIME_TIMESTAMP', '1'],
				['MESSAGE', 'died'],
				['MESSAGE', 'died again'],
				['_SYSTEMD_UNIT', 'a.service'],
			),
		),
	);
	expect(rows(state).map(text => text.split(' ')[0])).toEqual([
		'MESSAGE',
		'MESSAGE',
		'PRIORITY',
		'_SYSTEMD_UNIT',
		'EXIT_CODE',
		'MESSAGE_ID',
		'_HOSTNAME',
		'_BOOT_ID',
		'__CURSOR',
		'__REALTIME_TIMESTAMP',
	]);
	expect(rows(state).slice(0, 2)).toEqual(['MESSAGE died', 'MESSAGE died again']);
	expect(
		keys(state)
			.map(key => detail.text(state, key, noLook))
			.slice(0, 3),
	).toEqual(['MESSAGE died', 'MESSAGE died again', 'PRIORITY 3']);
});

test('a unit: its properties as they came, without those that are not set', () => {
	const state = fold([
		...once(
			'unit-properties',
			property('Id', 'balena.service'),
			property('ActiveState', 'failed'),
			property('Result', 'watchdog'),
			property('StatusText', ''),
			property('MemoryCurrent', '[not set]'),
			property('TasksCurrent', '18446744073709551615'),
			property('NeedDaemonReload', 'yes'),
			property('NRestarts', '0'),
		),
		...once('unit-lines', around('after', 1), around('after', 2)),
	]);
	expect(rows(state)).toEqual([
		'Id balena.service',
		'ActiveState failed',
		'Result watchdog',
		'NeedDaemonReload yes',
		'NRestarts 0',
		'── its newest 2 lines ──',
		'  13:00:01 i x line 1',
		'  13:00:02 i x line 2',
	]);
	const tones = keys(state)
		.slice(0, 5)
		.map(key => detail.row(state, key, context()).find(({grow}) => grow)?.tone);
	expect(tones).toEqual(['plain', 'error', 'error', 'warning', 'plain']);
	expect(summary(state)).toBe('one unit');
});

test('an entry stands once among the lines around it, in order of time, with a mark', () => {
	const state = fold(wholeEntry());
	expect(rows(state)).toEqual([
		'MESSAGE line 0',
		'── all lines around it, of every unit ──',
		'  12:59:58 i x line -2',
		'  12:59:59 i x line -1',
		'▶ 13:00:00 i x line 0',
		'  13:00:01 i x line 1',
		'  13:00:02 i x line 2',
	]);
	expect(summary(state)).toBe('one entry');
});

test.each<[string, readonly Fact[], string[]]>([
	[
		'the first entry of all',
		[...once('entry-before', around('before', 0)), ...once('entry-after', around('after', 0), around('after', 1))],
		['▶ line 0', '  line 1'],
	],
	[
		'the newest entry',
		[...once('entry-before', around('before', 0), around('before', -1)), ...once('entry-after', around('after', 0))],
		['  line -1', '▶ line 0'],
	],
	[
		'what was before could not be read',
		[
			source('entry-before', 'asked'),
			source('entry-before', 'failed', 'no'),
			...once('entry-after', around('after', 0), around('after', 1)),
		],
		['▶ line 0', '  line 1'],
	],
	[
		'what is after is not there yet',
		once('entry-before', around('before', 0), around('before', -1)),
		['  line -1', '▶ line 0'],
	],
])('%s', (_name, facts, expected) => {
	const state = fold([...once('entry', fields(['MESSAGE', 'line 0'])), ...facts]);
	expect(
		rows(state)
			.slice(2)
			.map(text => text.replace(/^(.) \S+ i x/, '$1')),
	).toEqual(expected);
});

test('another look starts anew', () => {
	const state = fold([...wholeEntry(), ...wholeEntry(100)]);
	expect(rows(state).filter(text => text.startsWith('▶'))).toEqual(['▶ 13:01:40 i x line 100']);
	expect(rows(state)).toHaveLength(7);
	const unit = fold(once('unit-properties', property('Id', 'a.service')), state);
	expect(rows(unit)).toEqual(['Id a.service']);
	expect(summary(fold([source('entry', 'asked')], unit))).toBe('one entry, being read');
	expect(rows(fold([source('entry', 'asked')], unit))).toEqual([]);
});

test.each<[string, readonly Fact[], boolean]>([
	['the entry is asked for', [source('entry', 'asked')], true],
	['the entry is there', once('entry', fields(['MESSAGE', 'x'])), true],
	['all is there', wholeEntry(), false],
	['the last question failed', [...wholeEntry().slice(0, -1), source('entry-after', 'failed', 'no')], false],
	['a unit’s properties are there', once('unit-properties', property('Id', 'x')), true],
	['a unit’s lines are there', [...once('unit-properties', property('Id', 'x')), ...once('unit-lines')], false],
	['other sources end', [source('entry', 'asked'), source('journal', 'ended'), source('story', 'failed', 'no')], true],
	[
		'the link is lost',
		[source('entry', 'asked'), {kind: 'link', link: {kind: 'waiting', attempt: 1, next: T0, why: 'x'}}],
		false,
	],
	['the link lives', [source('entry', 'asked'), {kind: 'link', link: {kind: 'live', since: T0}}], true],
])('being read: %s', (_name, facts, reading) => {
	const state = fold(facts);
	expect(state.reading).toBe(reading);
	expect(summary(state).includes('being read')).toBe(reading);
});

test.each<[string, readonly Fact[], string]>([
	[
		'with the device’s reason',
		[source('entry', 'asked'), source('entry', 'failed', 'It is a secret.')],
		'one entry, being read It is a secret.',
	],
	[
		'without a reason',
		[source('unit-properties', 'asked'), source('unit-properties', 'failed')],
		"one unit, being read The device could not give the unit's properties.",
	],
	[
		'what fails behind it does not hide the first reason',
		[
			source('entry', 'asked'),
			source('entry', 'failed', 'It is a secret.'),
			source('entry-before', 'asked'),
			source('entry-before', 'failed'),
			source('entry-after', 'asked'),
			source('entry-after', 'failed', 'Other.'),
		],
		'one entry It is a secret.',
	],
	['what came is no failure', wholeEntry(), 'one entry'],
	[
		'another look forgets it',
		[source('entry', 'asked'), source('entry', 'failed', 'no'), source('unit-properties', 'asked')],
		'one unit, being read',
	],
	['the failure of others is not ours', [...wholeEntry(), source('journal', 'failed', 'no')], 'one entry'],
])('a failure: %s', (_name, facts, text) => {
	expect(summary(fold(facts))).toBe(text);
	expect(summary(fold(facts), {stale: true})).toContain('· stale');
});

test.each([
	[0, 'E', 'error'],
	[3, 'E', 'error'],
	[4, 'W', 'warning'],
	[5, 'n', null],
	[6, 'i', null],
	[7, 'd', null],
] as const)('a line of severity %i is %s', (severity, letter, weight) => {
	const state = fold([...once('unit-properties'), ...once('unit-lines', around('after', 1, {severity}))]);
	expect(rows(state).at(-1)).toBe(`  13:00:01 ${letter} x line 1`);
	expect(detail.weight?.(state, 'l 0')).toBe(weight);
	expect(detail.text(state, 'l 0', noLook)).toBe('x line 1');
});

test('who speaks: the kernel, a name, or at least a unit', () => {
	const who = (more: Partial<JournalRecord>): string | undefined => {
		const state = fold([...once('unit-properties'), ...once('unit-lines', around('after', 1, more))]);
		return rows(state).at(-1)?.split(' ')[4];
	};
	expect(who({transport: 'kernel', identifier: 'mmc0'})).toBe('kernel');
	expect(who({identifier: '', units: ['a.service']})).toBe('a.service');
	expect(who({identifier: '', units: []})).toBe('?');
});

test.each([40, 80, 200])('rows at %i columns fill them', columns => {
	const state = fold([
		...once('entry', fields(['MESSAGE', '漢字'.repeat(200)], ['A_NAME_THAT_IS_LONGER_THAN_ITS_COLUMN', 'x'])),
		...wholeEntry().slice(3),
	]);
	for (const key of keys(state))
		expect(widthOf(plainOf(fitted(detail.row(state, key, context({columns})), columns)))).toBe(columns);
	expect([detail.row(state, 'l 99', context()), detail.text(state, 'l 99', noLook)]).toEqual([[], '']);
});

const journal = [
	['__CURSOR', 'c'],
	['__REALTIME_TIMESTAMP', '1'],
	['__MONOTONIC_TIMESTAMP', '1'],
	['MESSAGE', 'a\u001b[2Jb'],
	['BLOB', new Uint8Array([0x41, 0xff])],
	['LONG', 'x'.repeat(3000)],
] as const;

test('an entry’s fields are safe for the screen, and cut where they are long', () => {
	const [fact] = entry.read({kind: 'entry', entry: journal});
	if (fact?.kind !== 'entry-fields') throw new Error('no fields');
	expect(fact.fields.slice(3, 5)).toEqual([
		['MESSAGE', 'ab'],
		['BLOB', 'A\ufffd'],
	]);
	expect(fact.fields[5]?.[1]).toMatch(/^x{2000}… \(1000 more\)$/);
	expect(entryBefore.read({kind: 'entry', entry: journal})).toMatchObject([{kind: 'around', place: 'before'}]);
	expect(entryAfter.read({kind: 'entry', entry: journal})).toMatchObject([{kind: 'around', place: 'after'}]);
	expect(unitLines.read({kind: 'entry', entry: journal})).toMatchObject([{kind: 'around', place: 'after'}]);
	for (const one of [entry, entryBefore, entryAfter, unitLines])
		expect(() => one.read({kind: 'line', text: 'x'})).toThrow('not a journal entry');
});

test.each([
	['Id=balena.service', [{kind: 'unit-property', name: 'Id', value: 'balena.service'}]],
	[
		'ExecStart={ path=/bin/x ; argv[]=/bin/x --a=b }',
		[{kind: 'unit-property', name: 'ExecStart', value: '{ path=/bin/x ; argv[]=/bin/x --a=b }'}],
	],
	['StatusText=', [{kind: 'unit-property', name: 'StatusText', value: ''}]],
	['StatusText=a\u001b]0;title\u0007b', [{kind: 'unit-property', name: 'StatusText', value: 'ab'}]],
	['=x', []],
	['no property', []],
	['', []],
] as const)('the property line %j', (text, facts) => {
	expect(unitProperties.read({kind: 'line', text})).toEqual(facts);
	expect(() => unitProperties.read({kind: 'entry', entry: journal})).toThrow('not a line');
});

test('what is asked: by cursor both ways, a unit behind a double dash, nothing that starts anything', () => {
	const ask = {scope: everything, anchor: {cursor: 's=1;i=2', boot: ''}, unit: '-x.service'};
	expect(entry.argv(ask)).toContain('--cursor=s=1;i=2');
	expect(entry.argv(ask)).toContain('--lines=1');
	expect(entryBefore.argv(ask)).toEqual(expect.arrayContaining(['--reverse', '--lines=60', '--cursor=s=1;i=2']));
	expect(entryAfter.argv(ask)).not.toContain('--reverse');
	expect(unitProperties.argv(ask).slice(-2)).toEqual(['--', '-x.service']);
	expect(unitProperties.argv(ask).slice(0, 2)).toEqual(['systemctl', 'show']);
	expect(unitLines.argv(ask)).toContain('--unit=-x.service');
	const old = {...ask, scope: {...everything, outputFields: false}};
	expect(entryBefore.argv(old).some(word => word.startsWith('--output-fields'))).toBe(false);
});
