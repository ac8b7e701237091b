/** What is asked when the operator looks at one line or one unit. */
import type {Entry} from '../domain/entry.ts';
import {lenient} from '../domain/entry.ts';
import {FIELDS, toRecord} from '../domain/journal.ts';
import type {Ask, Source, Unit} from '../domain/source.ts';
import {clean, shorten} from '../domain/text.ts';

const cursorOf = ({anchor}: Ask): string[] => (anchor === undefined ? [] : [`--cursor=${anchor.cursor}`]);

const entryOf = (unit: Unit): Entry => {
	if (unit.kind !== 'entry') throw new Error(`not a journal entry but a ${unit.kind}`);
	return unit.entry;
};

/** Longer values are cut on the screen. */
const LONGEST = 2000;

/** One entry with all its fields. */
export const entry: Source = {
	id: 'entry',
	title: 'the entry',
	mode: 'once',
	framing: 'export',
	limitSeconds: 30,
	argv: ask => ['journalctl', '--quiet', '--no-pager', '--output=export', '--all', '--lines=1', ...cursorOf(ask)],
	read: unit => [
		{
			kind: 'entry-fields',
			fields: entryOf(unit).map(([name, value]) => [
				clean(name),
				shorten(clean(typeof value === 'string' ? value : lenient(value)), LONGEST),
			]),
		},
	],
};

const output = (ask: Ask): string[] => [
	'--no-pager',
	'--output=export',
	'--all',
	...(ask.scope.outputFields ? [`--output-fields=${FIELDS.join(',')}`] : []),
];

/** How many lines before and after it. */
const AROUND = 60;

/** The lines before an entry whatever their unit, the nearest first; the entry itself comes first of all. */
export const entryBefore: Source = {
	id: 'entry-before',
	title: 'the lines before it',
	mode: 'once',
	framing: 'export',
	limitSeconds: 30,
	argv: ask => ['journalctl', '--quiet', ...output(ask), '--reverse', `--lines=${AROUND}`, ...cursorOf(ask)],
	read: unit => [{kind: 'around', place: 'before', record: toRecord(entryOf(unit))}],
};

/** The lines after an entry, itself first. */
export const entryAfter: Source = {
	id: 'entry-after',
	title: 'the lines after it',
	mode: 'once',
	framing: 'export',
	limitSeconds: 30,
	argv: ask => ['journalctl', '--quiet', ...output(ask), `--lines=${AROUND}`, ...cursorOf(ask)],
	read: unit => [{kind: 'around', place: 'after', record: toRecord(entryOf(unit))}],
};

/** What tells why a unit is as it is; names that a version does not have are left out of the answer in silence. */
const PROPERTIES = [
	'Id',
	'Description',
	'LoadState',
	'ActiveState',
	'SubState',
	'Result',
	'StatusText',
	'FragmentPath',
	'DropInPaths',
	'NeedDaemonReload',
	'UnitFileState',
	'ConditionResult',
	'AssertResult',
	'Restart',
	'RestartUSec',
	'NRestarts',
	'WatchdogUSec',
	'WatchdogTimestamp',
	'TimeoutStartUSec',
	'ExecStart',
	'ExecStartPre',
	'ExecMainStartTimestamp',
	'ExecMainExitTimestamp',
	'ExecMainCode',
	'ExecMainStatus',
	'MainPID',
	'MemoryCurrent',
	'TasksCurrent',
	'TriggeredBy',
	'Triggers',
	'Requires',
	'Wants',
	'RequiredBy',
	'WantedBy',
	'BoundBy',
	'Conflicts',
];

/** A unit's properties, as `Key=Value` lines. Asking starts nothing. */
export const unitProperties: Source = {
	id: 'unit-properties',
	title: "the unit's properties",
	mode: 'once',
	framing: 'lines',
	limitSeconds: 20,
	argv: ({unit = ''}) => ['systemctl', 'show', '--no-pager', `--property=${PROPERTIES.join(',')}`, '--', unit],
	read: line => {
		if (line.kind !== 'line') throw new Error('not a line');
		const equals = line.text.indexOf('=');
		return equals <= 0
			? []
			: [
					{
						kind: 'unit-property',
						name: clean(line.text.slice(0, equals)),
						value: shorten(clean(line.text.slice(equals + 1)), LONGEST),
					},
				];
	},
};

/**
 * The newest lines of a unit, PID 1's about it among them; with an anchor, those up to it. With a match `--cursor` and
 * `--reverse` begin at the newest matching entry that is not behind it (tried on 252: 69 before and 5 behind, of 74).
 */
export const unitLines: Source = {
	id: 'unit-lines',
	title: "the unit's newest lines",
	mode: 'once',
	framing: 'export',
	limitSeconds: 30,
	argv: ask => [
		'journalctl',
		'--quiet',
		...output(ask),
		...(ask.anchor === undefined ? [] : ['--reverse', ...cursorOf(ask)]),
		`--lines=${ask.lines ?? 40}`,
		`--unit=${ask.unit ?? ''}`,
	],
	read: unit => [{kind: 'around', place: 'after', record: toRecord(entryOf(unit))}],
};
