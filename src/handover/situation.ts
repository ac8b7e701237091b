/** The situation in sentences, for all forms of the note that engineers read. */

import type {Severity} from '../domain/finding.ts';
import {count} from '../domain/text.ts';
import type {Download, Note, Seen, Situation} from './note.ts';
import {lasting, stamp, times, utcOf} from './words.ts';

/** Whose image it is; some downloads nobody announces. */
export const downloadName = ({service, image}: Download): string =>
	service ?? image ?? 'an image that nobody announced';

/** Of the sentence that says where to begin. */
export const LOOK = 'Look first at:';

export type Sentence = {readonly label: string; readonly text: string};

const SEVERITY: Readonly<Record<Severity, string>> = {
	error: 'Error',
	warning: 'Warning',
	none: 'Nothing wrong',
	unknown: 'Not known',
};

/** How a finding stands, in words that need no other line. */
export function standingWords({standing, lastAt, endedAt, measured, untilRestart, ageMs}: Seen): string {
	if (standing === 'ended' && endedAt !== null) return `over since ${utcOf(endedAt)}`;
	if (standing !== 'now') return `over: not seen again since ${utcOf(lastAt)}`;
	if (measured) return 'still so at the end';
	if (untilRestart) return 'open: this kind does not heal by itself';
	return `open at the end, its last line ${lasting(ageMs)} before`;
}

/** `balena: killed, 9/KILL (2 times, first 2026-11-25 10:03:56, last 10:04:02 UTC)`. */
export function sentenceOf({name, detail, count: number, firstAt, lastAt, standing}: Seen): string {
	const head = `${name}${detail === '' ? '' : `, ${detail}`}`;
	if (number === 1) return `${head} (${standing === 'now' ? 'since ' : ''}${utcOf(firstAt)})`;
	const same = stamp(firstAt).slice(0, 10) === stamp(lastAt).slice(0, 10);
	return `${head} (${times(number)}, first ${stamp(firstAt)}, last ${same ? stamp(lastAt).slice(11) : stamp(lastAt)} UTC)`;
}

function startText({severity, worst, current, at}: NonNullable<Situation['start']>): string {
	const when = `at the start, ${utcOf(at)}`;
	if (severity === 'none') return `${when}: nothing wrong was found.`;
	return `${when}: ${SEVERITY[severity].toLowerCase()}, ${worst}${current > 1 ? `, and ${count(current - 1, 'more finding')}` : ''}.`;
}

function verdictText({situation, seen}: Note): string {
	const {current, over, read, of, judgedAt} = situation;
	const [worst] = seen;
	const past = over > 0 ? ` ${count(over, 'finding')} ${over === 1 ? 'is' : 'are'} over.` : '';
	if (current > 0 && worst !== undefined) {
		const more = current > 1 ? ` ${count(current - 1, 'more finding')} still ${current === 2 ? 'goes' : 'go'} on.` : '';
		return `${sentenceOf(worst)}.${more}${past}`;
	}
	if (read < of)
		return `only ${read} of the ${of} answers that a judgement needs came, so nothing can be called well.${past}`;
	return `nothing wrong was found by ${utcOf(judgedAt)}.${past}`;
}

/** One line with its severity, then what it was at the start, what is open, and what to look at first. */
export function situationOf(note: Note): readonly Sentence[] {
	const {situation, seen, remarks, downloads} = note;
	const on = seen.filter(({standing}) => standing === 'now');
	const todos = remarks.filter(({kind}) => kind === 'todo');
	const named = (weight: Seen['weight'], word: string): string[] => {
		const names = on.filter(finding => finding.weight === weight).map(({name}) => name);
		return names.length === 0 ? [] : [`${count(names.length, word)} (${names.join('; ')})`];
	};
	const open = [
		...named('error', 'error'),
		...named('warning', 'warning'),
		...downloads.filter(({how}) => how === 'running').map(one => `a download runs (${downloadName(one)})`),
		...todos.map(({text}) => `to do: ${text}`),
		...(situation.linkLost ? ['the link to the device, which did not come back'] : []),
	];
	const [worst] = on;
	const unclear = situation.severity === 'none' || situation.severity === 'unknown';
	return [
		{
			label: `${SEVERITY[situation.severity]}${unclear ? '' : ' at the end'}:`,
			text: `${verdictText(note)}${situation.linkLost ? ` This is as of ${utcOf(situation.judgedAt)}, when the link was lost for good.` : ''}`,
		},
		...(situation.start === null ? [] : [{label: 'Before:', text: startText(situation.start)}]),
		...(open.length === 0 ? [] : [{label: 'Open:', text: `${open.join(', ')}.`}]),
		...(worst === undefined ? [] : [{label: LOOK, text: `(${worst.name}) ${worst.look}`}]),
	];
}
