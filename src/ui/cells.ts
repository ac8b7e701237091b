/** Rows of spans to pieces that fill a number of terminal cells exactly. Here text meets the screen: whatever it is, it is safe behind this. */
import stringWidth from 'string-width';
import type {Row, Span, Tone} from '../domain/pane.ts';
import {clean} from '../domain/text.ts';

/** Text in one tone; `found` marks a hit of the search. */
export type Piece = {readonly text: string; readonly tone: Tone; readonly found?: boolean};

const ASCII = /^[ -~]*$/;
const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** Cells that a text takes on a terminal (East Asian Width, emoji, combining marks). */
export const widthOf = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));

/** The text in at most so many cells; where something is cut off, the last cell is an ellipsis. */
export function cut(text: string, cells: number): string {
	if (cells <= 0) return '';
	if (ASCII.test(text)) return text.length <= cells ? text : `${text.slice(0, cells - 1)}…`;
	// Nothing has more than two cells in one unit and a few units in one cell: the rest need not be measured.
	const near = text.length > cells * 8 ? text.slice(0, cells * 8) : text;
	if (near === text && stringWidth(text) <= cells) return text;
	let kept = '';
	let width = 0;
	for (const {segment} of segmenter.segment(near)) {
		const more = stringWidth(segment);
		if (width + more > cells - 1) break;
		kept += segment;
		width += more;
	}
	return `${kept}…`;
}

/** The text in exactly so many cells. */
export function padded(text: string, cells: number, align: Span['align'] = 'left'): string {
	const kept = cut(text, cells);
	const room = ' '.repeat(Math.max(0, cells - widthOf(kept)));
	return align === 'right' ? room + kept : kept + room;
}

/**
 * Lays a row out in exactly `cells` cells: spans with a width are columns, one may grow, the rest take what they need.
 * What does not fit is cut off at the right.
 */
export function fitted(row: Row, cells: number): readonly Piece[] {
	const texts = row.map(({text}) => clean(text));
	const widths = row.map(({width, grow}, index) => width ?? (grow === true ? 0 : widthOf(texts[index] ?? '')));
	const spare = Math.max(0, cells - widths.reduce((sum, width) => sum + width, 0));
	const pieces: Piece[] = [];
	let left = cells;
	for (const [index, {tone = 'plain', align, width, grow}] of row.entries()) {
		if (left <= 0) break;
		const wanted = Math.min(left, grow === true ? spare : (widths[index] ?? 0));
		const text =
			grow === true || width !== undefined
				? padded(texts[index] ?? '', wanted, align)
				: cut(texts[index] ?? '', wanted);
		if (text === '') continue;
		pieces.push({text, tone});
		left -= widthOf(text);
	}
	if (left > 0) pieces.push({text: ' '.repeat(left), tone: 'plain'});
	return pieces;
}

/** Marks every place in the pieces that the search finds; places that span two pieces are not marked. */
export function marked(pieces: readonly Piece[], search: RegExp | null): readonly Piece[] {
	if (search === null) return pieces;
	return pieces.flatMap(piece => {
		const parts: Piece[] = [];
		let from = 0;
		for (const {0: hit, index} of piece.text.matchAll(search)) {
			if (hit === '') continue;
			if (index > from) parts.push({...piece, text: piece.text.slice(from, index)});
			parts.push({...piece, text: hit, found: true});
			from = index + hit.length;
		}
		if (parts.length === 0) return [piece];
		if (from < piece.text.length) parts.push({...piece, text: piece.text.slice(from)});
		return parts;
	});
}

/** The pieces as plain text. */
export const plainOf = (pieces: readonly Piece[]): string => pieces.map(({text}) => text).join('');
