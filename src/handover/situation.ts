/** The situation in sentences, for all forms of the note that engineers read. */

import type {Severity} from '../domain/finding.ts';
import {count} from '../domain/text.ts';
import {doneLine, permissionText} from './acts-told.ts';
import type {Download, Note, Remark, Seen, Situation} from './note.ts';
import {asksForCause} from './read.ts';
import {lasting, lines, safe, stamp, times, utcOf} from './words.ts';

/** Whose image it is; some downloads nobody announces. */
export const downloadName = ({service, image}: Download): string =>
	service ?? image ?? 'an image that nobody announced';

/** Of the sentence that says where to begin. */
export const LOOK = 'Look first at:';
/** Of the one that says what not to do before. */
export const CARE = 'Take care:';

export type Sentence = {readonly label: string; readonly text: string};

const SEVERITY: Readonly<Record<Severity, string>> = {
	error: 'Error',
	warning: 'Warning',
	none: 'Nothing wrong',
	unknown: 'Not known',
};

/** How a finding stands, in words that need no other line. */
export function standingWords({rule, standing, lastAt, endedAt, measured, untilRestart, ageMs}: Seen): string {
	if (standing === 'ended' && endedAt !== null) return `over since ${utcOf(endedAt)}`;
	if (standing !== 'now') return `over: not seen again since ${utcOf(lastAt)}`;
	// It may run well since the last of them.
	if (rule === 'unit-loop') return 'so at the end, by the count of the last ten minutes';
	if (measured) return 'still so at the end';
	if (untilRestart) return 'open: this kind does not heal by itself';
	return `open at the end, its last line ${lasting(ageMs)} before`;
}

/** `balena: killed, 9/KILL (2 times, first seen 2026-11-25 10:03:56, last 10:04:02 UTC)`. */
export function sentenceOf({name, detail, count: number, firstAt, lastAt, standing, measured}: Seen): string {
	const head = `${name}${detail === '' ? '' : `, ${detail}`}`;
	if (number === 1 && measured) return `${head} (${standing === 'now' ? 'since ' : ''}${utcOf(firstAt)})`;
	// A line is a moment: whether it is so since then, nobody knows.
	if (number === 1) return `${head} (once, ${utcOf(firstAt)})`;
	const same = stamp(firstAt).slice(0, 10) === stamp(lastAt).slice(0, 10);
	return `${head} (${times(number)}, first seen ${stamp(firstAt)}, last ${same ? stamp(lastAt).slice(11) : stamp(lastAt)} UTC)`;
}

function startText({severity, worst, current, at}: NonNullable<Situation['start']>): string {
	const when = `at the start, ${utcOf(at)}`;
	if (severity === 'none') return `${when}: nothing wrong was found.`;
	return `${when}: ${SEVERITY[severity].toLowerCase()}, ${worst}${current > 1 ? `, and ${count(current - 1, 'more finding')}` : ''}.`;
}

/** Findings that go on about the same unit as the worst: one trouble. What lines say comes first, the earliest first. */
function troubleOf(seen: readonly Seen[]): readonly Seen[] {
	const on = seen.filter(({standing}) => standing === 'now');
	const [worst] = on;
	if (worst === undefined) return [];
	if (worst.subject === '') return [worst];
	return on
		.filter(({subject}) => subject === worst.subject)
		.toSorted((a, b) => Number(a.measured) - Number(b.measured) || a.firstAt - b.firstAt);
}

/** What is measured has no "since" of its own where lines tell of the same unit: it is the moment when a count was full. */
function troubleText(trouble: readonly Seen[]): string {
	const [first, ...more] = trouble;
	if (first === undefined) return '';
	const short = ({name}: Seen): string => (name.includes(': ') ? name.slice(name.indexOf(': ') + 2) : name);
	const rest = more.map(one =>
		one.measured
			? `${short(one)}${one.rule === 'unit-loop' ? ' by count' : ''}${one.detail === '' ? '' : `, ${one.detail}`}`
			: sentenceOf({...one, name: short(one)}),
	);
	return [sentenceOf(first), ...rest].join('; ');
}

/** How the unit stands at the moment that is judged: a count of the last ten minutes does not say so. */
function unitText({situation, device, background}: Note): string {
	const {unit, linkLost} = situation;
	if (unit === null) return '';
	const {text, sinceAt, quietMs} = unit;
	const known = device !== null && device.engineSays === null && device.containers.length > 0;
	const running = device?.containers.filter(one => one.running).length ?? 0;
	const parts = [
		text === null
			? 'how the unit stood is not known'
			: `the unit was ${text}${sinceAt === null ? '' : ` since ${utcOf(sinceAt)}`}`,
		...(known ? [`${running} of ${device.containers.length} containers running`] : []),
	].join(', ');
	const part = background.whole ? '' : ', though of the journal only a part was followed';
	const quiet = quietMs === null ? '' : `; no further trouble of it was seen for ${lasting(quietMs)}${part}`;
	return ` ${linkLost ? 'When the link was lost' : 'At the end'} ${parts}${quiet}.`;
}

function verdictText(note: Note): string {
	const {situation, seen} = note;
	const {read, of, judgedAt} = situation;
	const trouble = troubleOf(seen);
	if (trouble.length > 0) return `${troubleText(trouble)}.${unitText(note)}`;
	if (read < of) return `only ${read} of the ${of} answers that a judgement needs came, so nothing can be called well.`;
	return `nothing wrong was found by ${utcOf(judgedAt)}.`;
}

/** So many findings are named in the situation; the rest stands under What was seen. */
const NAMED = 5;

function named(label: string, findings: readonly Seen[]): readonly Sentence[] {
	if (findings.length === 0) return [];
	const more = findings.length - NAMED;
	const texts = [...findings.slice(0, NAMED).map(sentenceOf), ...(more > 0 ? [`and ${more} more`] : [])];
	return [{label, text: `${texts.join('; ')}.`}];
}

/** Of a note; the whole of it stands further below. */
const LONGEST = 400;
const NOTES = 2;
const TODOS = 10;

/** What somebody wrote: the newest notes, and everything that is to be done. */
function remarkSentences({remarks}: Note): readonly Sentence[] {
	const notes = remarks.filter(({kind}) => kind === 'note').slice(-NOTES);
	const todos = remarks.filter(({kind}) => kind === 'todo');
	const of =
		(label: string) =>
		({at, text, more}: Remark): Sentence => ({
			label,
			text: `${safe(text, LONGEST)}${more.map(([name, value]) => `, ${name} ${value}`).join('')} (written ${utcOf(at)})`,
		});
	return [
		...todos.slice(0, TODOS).map(of('To do:')),
		...(todos.length > TODOS ? [{label: 'To do:', text: `${todos.length - TODOS} more, below.`}] : []),
		...notes.map(of('Note:')),
	];
}

/** What we did, and what we may do now. */
function actSentences(note: Note): readonly Sentence[] {
	const on = note.seen.filter(({standing}) => standing === 'now').map(({name}) => name);
	const permission = permissionText(note);
	return [
		...note.acts.map(act => ({
			label: act.sentAt === null ? 'Not done:' : 'Done:',
			text: doneLine(act, on),
		})),
		...(permission === '' ? [] : [{label: 'Permission now:', text: `${permission}.`}]),
	];
}

/** Of a cursor, which is quoted for a shell. */
const CURSOR = /^[\w=;-]{1,300}$/;

/** The command that shows what stood before the newest line of the trouble; null where no line has an address. */
export function lookCommand({seen}: Note): string | null {
	const cursor = troubleOf(seen)
		.filter(({measured}) => !measured)
		.toSorted((a, b) => b.lastAt - a.lastAt)
		.at(0)
		?.proofs.at(-1)?.cursor;
	return cursor == null || !CURSOR.test(cursor) ? null : `journalctl --cursor='${cursor}' --reverse --lines=40`;
}

/** Where to begin, and that what is named there was looked for already. */
function lookText([first]: readonly Seen[], {looked}: Note): string {
	if (first === undefined) return '';
	const none =
		asksForCause(first) && looked !== null && looked.found.length === 0
			? ` No line of memory or of a watchdog is among the ${lines(looked.lines)} of the kernel and PID 1 that were read.`
			: '';
	return `(${first.name}) ${first.look}${none}`;
}

/** One line with its severity, then what it was at the start, what was done, what is open, and what to look at first. */
export function situationOf(note: Note): readonly Sentence[] {
	const {situation, seen, downloads, device} = note;
	const trouble = troubleOf(seen);
	const others = seen.filter(one => one.standing === 'now' && !trouble.includes(one));
	const open = [
		...downloads.filter(({how}) => how === 'running').map(one => `a download runs (${downloadName(one)})`),
		...(situation.linkLost ? ['the link to the device, which did not come back'] : []),
	];
	const unclear = situation.severity === 'none' || situation.severity === 'unknown';
	return [
		{
			label: `${SEVERITY[situation.severity]}${unclear ? '' : ' at the end'}:`,
			text: `${verdictText(note)}${situation.linkLost ? ` This is as of ${utcOf(situation.judgedAt)}, when the link was lost for good.` : ''}`,
		},
		...named('Also going on:', others),
		...named(
			'Over:',
			seen.filter(({standing}) => standing !== 'now'),
		),
		...(situation.start === null ? [] : [{label: 'Before:', text: startText(situation.start)}]),
		...actSentences(note),
		...(open.length === 0 ? [] : [{label: 'Open:', text: `${open.join(', ')}.`}]),
		...remarkSentences(note),
		...(device === null || device.journalPersistent
			? []
			: [{label: CARE, text: 'Do not reboot the device before its journal is saved: it is in memory only.'}]),
		...(trouble.length === 0 ? [] : [{label: LOOK, text: lookText(trouble, note)}]),
	];
}
