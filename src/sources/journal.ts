/** The journal, asked so that no line is lost; the recipe and its measurements are in ARCHITECTURE.md, "Following a journal". */
import type {Fact} from '../domain/fact.ts';
import {FIELDS, toRecord} from '../domain/journal.ts';
import type {Ask, Scope, Source, Unit} from '../domain/source.ts';
import {clean} from '../domain/text.ts';

/** Export format with chosen fields: half of JSON's cost on the device. `--all`, or long fields would be cut. */
const output = (scope: Scope, fields: readonly string[] = FIELDS): string[] => [
	'--no-pager',
	'--output=export',
	'--all',
	...(scope.outputFields ? [`--output-fields=${fields.join(',')}`] : []),
];

const matches = (scope: Scope): string[] => [
	...scope.units.map(unit => `--unit=${unit}`),
	...scope.identifiers.map(identifier => `--identifier=${identifier}`),
	...(scope.priority === null ? [] : [`--priority=${scope.priority}`]),
];

const since = (scope: Scope): string[] => (scope.since === null ? [] : [`--since=${scope.since}`]);

/** Inclusive on purpose: --after-cursor can skip an entry when matches are given; the session drops the one it has. */
const from = ({anchor}: Ask): string[] => (anchor === undefined ? [] : [`--cursor=${anchor.cursor}`]);

const entryOf = (unit: Unit) => {
	if (unit.kind !== 'entry') return unreadable(unit);
	return toRecord(unit.entry);
};

const unreadable = (unit: Unit): never => {
	throw new Error(`not a journal entry but a ${unit.kind}`);
};

const reads =
	(place: 'history' | 'live' | 'older') =>
	(unit: Unit): readonly Fact[] => [{kind: 'journal', place, record: entryOf(unit)}];

/** The newest entry of all, whatever the scope: where a follower may start if there is no history. Without -q, so that journalctl says what we may not read. */
export const anchor: Source = {
	id: 'anchor',
	title: "the journal's newest entry",
	mode: 'once',
	framing: 'export',
	limitSeconds: 20,
	argv: ({scope}) => ['journalctl', ...output(scope), '--lines=1'],
	read: unit => [{kind: 'anchor', record: entryOf(unit)}],
};

/** The newest lines in scope, bounded: a persistent journal can hold 128 MB. */
export const journalHistory: Source = {
	id: 'journal-history',
	title: "the journal's newest lines",
	mode: 'once',
	framing: 'export',
	limitSeconds: 60,
	argv: ask => [
		'journalctl',
		'--quiet',
		...output(ask.scope),
		...matches(ask.scope),
		...(ask.thisBoot ? ['--boot'] : []),
		`--lines=${ask.lines ?? ask.scope.lines}`,
	],
	read: reads('history'),
};

/** Everything from the anchor on, for as long as it is not told to stop. `--lines=all`, or it would stop after ten. */
export const journal: Source = {
	id: 'journal',
	title: 'the journal',
	mode: 'follow',
	framing: 'export',
	argv: ask => [
		'journalctl',
		'--quiet',
		...output(ask.scope),
		...matches(ask.scope),
		'--follow',
		'--lines=all',
		...from(ask),
	],
	read: reads('live'),
};

/**
 * A page of older lines: backwards from the oldest held, inclusive. Without an anchor, the newest since the scope's date:
 * forwards, --since with --lines=N gives the oldest N (252).
 */
export const journalOlder: Source = {
	id: 'journal-older',
	title: 'older journal lines',
	mode: 'once',
	framing: 'export',
	limitSeconds: 60,
	argv: ask => [
		'journalctl',
		'--quiet',
		...output(ask.scope),
		...matches(ask.scope),
		'--reverse',
		`--lines=${ask.lines ?? 500}`,
		// journalctl takes one or the other.
		...(ask.anchor === undefined ? since(ask.scope) : from(ask)),
	],
	read: reads('older'),
};

/** Is the end of a boot that we saw still there? One line of it, or none, with exit code 0 either way. */
export const journalOldBoot: Source = {
	id: 'journal-old-boot',
	title: 'the boot before',
	mode: 'once',
	framing: 'export',
	limitSeconds: 30,
	argv: ({scope, anchor}) => [
		'journalctl',
		'--quiet',
		...output(scope),
		'--lines=1',
		...(anchor === undefined ? [] : [`_BOOT_ID=${anchor.boot}`]),
	],
	read: unit => (unit.kind === 'entry' ? [] : unreadable(unit)),
};

/**
 * A page forwards from the anchor, inclusive, across boots. `--follow` shows the current boot only and skips the end of
 * the one before in silence, so that end is fetched by these first.
 */
export const journalForward: Source = {
	id: 'journal-forward',
	title: 'the journal since then',
	mode: 'once',
	framing: 'export',
	limitSeconds: 60,
	argv: ask => [
		'journalctl',
		'--quiet',
		...output(ask.scope),
		...matches(ask.scope),
		`--lines=${ask.lines ?? 2000}`,
		...from(ask),
	],
	read: reads('history'),
};

/**
 * systemd's catalogue (sd-messages.h): a main process that ended, a restart that was scheduled, a unit that failed to
 * start, came up, was stopped or failed, the end of the boot.
 */
export const UNIT_MESSAGES = {
	exit: '98e322203f7a4ed290d09fe03c09fe15',
	restart: '5eb03494b6584870a536b337290809b3',
	startFailed: 'be02cf6855d2428ba40df7e9d022f03d',
	started: '39f53479d3a045ac8e11786248231fbf',
	stopped: '9d1aaa27d60140bd96365438aad20286',
	failed: 'd9b373ed55a64feb8242e02dbe79a49c',
	bootFinished: 'b07a249cd024414a82dd00cd181378ff',
} as const;

/** What panes read of these lines; the fewer, the more of the past fits through a slow link. */
const STORY_FIELDS = [
	'MESSAGE',
	'MESSAGE_ID',
	'PRIORITY',
	'SYSLOG_IDENTIFIER',
	'_SYSTEMD_UNIT',
	'UNIT',
	'_PID',
	'_TRANSPORT',
	'_SOURCE_MONOTONIC_TIMESTAMP',
];

/** What rules read; the unit is UNIT= where PID 1 speaks. */
const TROUBLE_FIELDS = STORY_FIELDS.filter(name => name !== 'MESSAGE_ID' && name !== '_SYSTEMD_UNIT');

/** On a link that is paid by the byte, the kernel's newest 2 000 lines alone are most of what comes in the first minutes. */
const pastLines = ({metered}: Scope): number => (metered === true ? 200 : 2000);

/** Selections joined by `+` (journalctl(1)): PID 1's lines with these ids, kernel lines of these priorities. Newest first. */
const past = (
	ask: Ask,
	fields: readonly string[],
	lines: number,
	ids: readonly string[],
	worstTo: number,
): string[] => [
	'journalctl',
	'--quiet',
	...output(ask.scope, fields),
	'--boot',
	'--reverse',
	`--lines=${lines}`,
	'_PID=1',
	...ids.map(id => `MESSAGE_ID=${id}`),
	'+',
	'_TRANSPORT=kernel',
	...Array.from({length: worstTo + 1}, (_, priority) => `PRIORITY=${priority}`),
];

/** The newest that went wrong in this boot: what the first verdict needs, in about 7 kB. */
export const trouble: Source = {
	id: 'trouble',
	title: 'what went wrong in this boot',
	mode: 'once',
	framing: 'export',
	limitSeconds: 60,
	argv: ask => past(ask, TROUBLE_FIELDS, 16, [UNIT_MESSAGES.exit, UNIT_MESSAGES.startFailed, UNIT_MESSAGES.failed], 3),
	read: unit => [{kind: 'story', record: entryOf(unit)}],
};

/** This boot's story before we came: what PID 1 says of units that end, fail, start and stop, and the kernel's warnings. */
export const story: Source = {
	id: 'story',
	title: "this boot's story",
	mode: 'once',
	framing: 'export',
	limitSeconds: 60,
	argv: ask => past(ask, STORY_FIELDS, pastLines(ask.scope), Object.values(UNIT_MESSAGES), 4),
	read: unit => [{kind: 'story', record: entryOf(unit)}],
};

/** The supervisor's newest lines: pulls and state changes that a busy journal has pushed out of its newest lines. */
export const storySupervisor: Source = {
	id: 'story-supervisor',
	title: "the supervisor's newest lines",
	mode: 'once',
	framing: 'export',
	limitSeconds: 60,
	argv: ({scope}) => [
		'journalctl',
		'--quiet',
		...output(scope, STORY_FIELDS),
		'--boot',
		'--reverse',
		'--lines=200',
		'--identifier=balena-supervisor',
		'--identifier=resin-supervisor',
	],
	read: unit => [{kind: 'story', record: entryOf(unit)}],
};

const KERNEL_FIELDS = ['MESSAGE', 'PRIORITY', 'SYSLOG_IDENTIFIER', '_TRANSPORT', '_SOURCE_MONOTONIC_TIMESTAMP'];

/** This boot's kernel lines so far, the newest. Live ones come with the journal, so this is asked once a boot. */
export const kernelHistory: Source = {
	id: 'kernel-history',
	title: "this boot's kernel lines",
	mode: 'once',
	framing: 'export',
	limitSeconds: 60,
	argv: ({scope}) => [
		'journalctl',
		'--quiet',
		...output(scope, KERNEL_FIELDS),
		'--dmesg',
		`--lines=${pastLines(scope)}`,
	],
	read: unit => [{kind: 'kernel-history', record: entryOf(unit)}],
};

/** `<4>[   12.345678] text`, as `dmesg --raw` prints it; without times on kernels that are told so. */
const RAW = /^<(\d+)>(?:\[\s*(\d+)\.(\d{6})\]\s)?(.*)$/;

/** The ring buffer itself, only where the journal has no kernel lines. It has no cursor, and older lines are overwritten. */
export const kernelRing: Source = {
	id: 'kernel-ring',
	title: 'the kernel ring buffer',
	mode: 'follow',
	framing: 'lines',
	argv: () => ['dmesg', '--raw', '--follow'],
	read: unit => {
		if (unit.kind !== 'line') throw new Error('not a line');
		const found = RAW.exec(unit.text);
		if (found === null) throw new Error('not a line of the kernel ring buffer');
		const [, level, seconds = '0', micros = '0', message = ''] = found;
		return [
			{
				kind: 'kernel-line',
				kernelUs: Number(seconds) * 1_000_000 + Number(micros),
				// The upper bits are the facility, syslog(2).
				priority: Number(level) & 7,
				message: clean(message),
			},
		];
	},
};
