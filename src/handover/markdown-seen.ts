/** What was seen on the device, as Markdown. */
import {bytes} from '../domain/text.ts';
import {list, type Section} from './markup.ts';
import type {Download, Note, Seen, Told} from './note.ts';
import {downloadName, standingWords} from './situation.ts';
import {block, escaped, grouped, lasting, stamp, times, utcOf} from './words.ts';

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

/** Findings told in full; of more, the names. */
const MOST = 30;

/** Findings with their proof. */
export function seenSection({seen, seenOlder}: Note): Section {
	const one = (finding: Seen, index: number): string => {
		const {name, weight, detail, count, firstAt, lastAt, proofs, means, look, measured} = finding;
		const said = measured ? 'Measured' : 'Seen';
		const when =
			count === 1 && firstAt === lastAt
				? `${said} ${times(count)}, ${utcOf(firstAt)}`
				: `${said} ${times(count)}, first ${utcOf(firstAt)}, last ${utcOf(lastAt)}`;
		const rows = proofs.flatMap(({at, stream, unit, text, cursor}) => [
			`${stamp(at)}Z  ${stream === 'measured' ? 'measured' : stream === 'kernel' ? 'kernel' : unit || 'no unit'}  ${text}`,
			...(cursor === null ? [] : [`    cursor ${cursor}`]),
		]);
		return [
			`### ${index + 1}. ${escaped(name)}${detail === '' ? '' : `, ${escaped(detail)}`}`,
			list([
				`**${weight === 'error' ? 'Error' : 'Warning'}, ${standingWords(finding)}.** ${when}.`,
				`**Usually means:** ${escaped(means)}`,
				`**Look at next:** ${escaped(look)}`,
			]),
			...(rows.length === 0 ? [] : [block(rows)]),
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
						"A cursor is the address of a line in the device's journal: `journalctl --cursor='…' --lines=20` on the device shows it and what followed, as long as the journal holds it. The recording holds it in any case.",
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
	const row = ({at, sign, who, text, count}: Told): string =>
		`${stamp(at)}Z  ${sign}  ${who.padEnd(width)}  ${text}${count > 1 ? ` (${count} times)` : ''}`.trimEnd();
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
