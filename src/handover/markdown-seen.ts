/** What was seen on the device, as Markdown. */
import {bytes, grouped} from '../domain/text.ts';
import {clockOf} from '../domain/time.ts';
import {list, type Section} from './markup.ts';
import type {Download, Looked, Note, Seen, Told} from './note.ts';
import {asksForCause} from './read.ts';
import {downloadName, standingWords} from './situation.ts';
import {block, escaped, lasting, lines, range, stamp, times, utcOf} from './words.ts';

const SIGNS: Readonly<Record<string, string>> = {
	'✗': '✗ failed or error',
	'!': '! warning',
	'✓': '✓ over',
	'↻': '↻ started again by itself',
	'+': '+ started',
	'−': '− stopped',
	'⇄': '⇄ download of an image',
	'⌂': '⌂ login',
	'⌁': '⌁ our link',
	'▲': '▲ start of the device',
};

/** What else could have ended it, and whether that was seen. Of PID 1's older lines only some kinds were read. */
function lookedText(looked: Looked | null, {oldestAt}: Note['background']): string {
	if (looked === null) return '';
	const {lines: number, fromAt, toAt, found} = looked;
	const among = `the ${lines(number)} of the kernel and PID 1 that were read (${range(fromAt, toAt)} UTC)`;
	const said =
		found.length === 0
			? `No out-of-memory or watchdog line is among ${among}.`
			: `Among ${among} there is: ${found.join('; ')}.`;
	const thin =
		oldestAt !== null && oldestAt - fromAt >= 1000
			? ` Of PID 1 before ${utcOf(oldestAt)} only what it says of starts, stops and ends was read.`
			: '';
	return said + thin;
}

/** Findings told in full; of more, the names. */
const MOST = 30;

/** Findings with their proof. */
export function seenSection({seen, seenOlder, looked, background}: Note): Section {
	const one = (finding: Seen, index: number): string => {
		const {name, weight, detail, count, firstAt, lastAt, proofs, means, look, measured, prior} = finding;
		const when = measured
			? firstAt === lastAt
				? `Measured once, ${utcOf(firstAt)}`
				: `Measured from ${utcOf(firstAt)} to ${utcOf(lastAt)}`
			: count === 1 && firstAt === lastAt
				? `Seen once, ${utcOf(firstAt)}`
				: `Seen ${times(count)}, first ${utcOf(firstAt)}, last ${utcOf(lastAt)}`;
		// The newest measure is the detail; it is kept as no proof of its own.
		const newest = measured && detail !== '' && proofs.at(-1)?.text !== detail;
		const rows = proofs.flatMap(({at, stream, unit, text, cursor}) => [
			`${stamp(at)}Z  ${stream === 'measured' ? 'measured' : stream === 'kernel' ? 'kernel' : unit || 'no unit'}  ${text}`,
			...(cursor === null ? [] : [`    cursor ${cursor}`]),
		]);
		if (newest) rows.push(`${stamp(lastAt)}Z  measured  ${detail}`);
		const searched = !asksForCause(finding)
			? ''
			: seen.findIndex(asksForCause) < index
				? 'The same as above.'
				: lookedText(looked, background);
		return [
			`### ${index + 1}. ${escaped(name)}${detail === '' ? '' : `, ${escaped(detail)}`}`,
			list([
				`**${weight === 'error' ? 'Error' : 'Warning'}, ${standingWords(finding)}.** ${when}.`,
				`**Usually means:** ${escaped(means)}`,
				`**Look at next:** ${escaped(look)}`,
				...(searched === '' || looked === null ? [] : [`**Looked for:** ${escaped(searched)}`]),
			]),
			...(rows.length === 0 ? [] : [block(rows)]),
			...(prior.length === 0
				? []
				: [
						'Just before the last of these, of its unit and of the kernel’s warnings:',
						block(prior.map(({at, who, text}) => `${stamp(at)}Z  ${who}  ${text}`)),
					]),
		].join('\n\n');
	};
	const withCursor = seen.some(({proofs}) => proofs.some(({cursor}) => cursor !== null));
	return {
		title: 'What was seen',
		body: [
			...(seen.length === 0
				? []
				: [
						`${seen.length === 1 ? 'One finding' : `${seen.length} findings`}, the most urgent first; of each up to three lines that prove it: the first and the newest.`,
					]),
			...(withCursor
				? [
						"A cursor is the address of a line in the device's journal: `journalctl --cursor='…' --lines=20` on the device shows it and what followed, with `--reverse` it and what was before, as long as the journal holds it. The recording holds it in any case.",
					]
				: []),
			...seen.slice(0, MOST).map(one),
			...(seen.length > MOST
				? [
						`Less urgent, without proof here: ${seen
							.slice(MOST)
							.map(({name}) => escaped(name))
							.join('; ')}.`,
					]
				: []),
			...(seenOlder > 0
				? [`${seenOlder} older finding${seenOlder === 1 ? ' is' : 's are'} left out: over for more than twelve hours.`]
				: []),
		],
	};
}

/** Images that were downloaded. */
export function downloadsSection({downloads}: Note): Section {
	const one = (download: Download): string => {
		const {image, how, says, beganAt, endedAt, tookMs, written} = download;
		const name = downloadName(download);
		return [
			`**${escaped(name)}: ${how === 'running' ? 'still running at the end' : how}**${says === '' ? '' : `, ${escaped(says)}`}`,
			...(beganAt === null ? [] : [`began ${utcOf(beganAt)}`]),
			...(endedAt === null ? [] : [`ended ${utcOf(endedAt)}${tookMs === null ? '' : `, took ${lasting(tookMs)}`}`]),
			...(written === null ? [] : [`${bytes(written)} unpacked as far as it was seen`]),
			...(image === null || image === name ? [] : [`image ${escaped(image)}`]),
		].join('; ');
	};
	return {title: 'Downloads of images', body: downloads.length === 0 ? [] : [list(downloads.map(one))]};
}

/** Events in order of time. */
export function storySection({story, storyLeft}: Note): Section {
	if (story.length === 0) return {title: 'Story', body: []};
	const width = Math.min(34, Math.max(...story.map(({who}) => who.length)));
	const often = ({at, count, untilAt}: Told): string =>
		count === 1 ? '' : ` (${count} times${untilAt === at ? '' : `, to ${clockOf(untilAt)}`})`;
	const row = (one: Told): string =>
		`${stamp(one.at)}Z  ${one.sign}  ${one.who.padEnd(width)}  ${one.text}${often(one)}`.trimEnd();
	const signs = [...new Set(story.map(({sign}) => sign))].flatMap(sign => SIGNS[sign] ?? []);
	return {
		title: 'Story',
		body: [
			`What happened in the session and in the hour before it, oldest first, by the device's clock. ${signs.join(', ')}.`,
			block(story.map(row)),
			...(storyLeft > 0
				? [
						`${grouped(storyLeft)} more event${storyLeft === 1 ? ' is' : 's are'} left out, harmless and older ones first.`,
					]
				: []),
		],
	};
}
