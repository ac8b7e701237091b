/** Text over several rows: words where they fit, pieces of a word where it is longer than a row. */
import {clean} from '../domain/text.ts';
import {widthOf} from './cells.ts';

const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** A word in pieces of at most so many cells. */
function pieces(word: string, cells: number): readonly string[] {
	if (widthOf(word) <= cells) return [word];
	const found: string[] = [];
	let piece = '';
	let width = 0;
	for (const {segment} of segmenter.segment(word)) {
		const more = widthOf(segment);
		if (width + more > cells && piece !== '') {
			found.push(piece);
			piece = '';
			width = 0;
		}
		piece += segment;
		width += more;
	}
	return [...found, piece];
}

/** The text, made safe, in lines of at most so many cells; one empty line where there is none. */
export function wrapped(text: string, cells: number): readonly string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of clean(text)
		.split(' ')
		.flatMap(one => pieces(one, cells))) {
		if (line !== '' && widthOf(line) + 1 + widthOf(word) > cells) {
			lines.push(line);
			line = word;
		} else line = line === '' ? word : `${line} ${word}`;
	}
	return [...lines, line];
}
