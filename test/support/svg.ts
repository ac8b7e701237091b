import type {IBufferCell, Terminal} from '@xterm/headless';
import {type Cell, shapeOf} from './shapes.ts';

const size = 14;
const width = 8.43;
const height = 17;
const padding = 10;
const background = '#1d1f21';
const foreground = '#c5c8c6';
const palette = [
	'#1d1f21',
	'#cc6666',
	'#b5bd68',
	'#f0c674',
	'#81a2be',
	'#b294bb',
	'#8abeb7',
	'#c5c8c6',
	'#707880',
	'#d54e53',
	'#b9ca4a',
	'#e7c547',
	'#7aa6da',
	'#c397d8',
	'#70c0b1',
	'#ffffff',
];

/** Neighbouring cells of one look, drawn as one text. */
interface Run {
	readonly column: number;
	readonly look: Look;
	text: string;
	columns: number;
}

interface Look {
	readonly ink: string;
	readonly paper: string;
	/** Attributes of the text element. */
	readonly style: string;
	readonly faint: boolean;
}

/** The screen of a terminal as a picture: colours and attributes, and a shape where a font would leave seams. */
export function toSvg(terminal: Terminal): string {
	const [papers, inks]: [string[], string[]] = [[], []];
	for (let row = 0; row < terminal.rows; row += 1) {
		for (const run of runsOf(terminal, row)) {
			papers.push(paperOf(run, row));
			inks.push(inkOf(run, row));
		}
	}
	const [w, h] = [Math.ceil(terminal.cols * width + 2 * padding), terminal.rows * height + 2 * padding];
	const font = `font-family="DejaVu Sans Mono, monospace" font-size="${size}"`;
	const sheet = `<rect width="100%" height="100%" fill="${background}" rx="6"/>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" ${font}>${sheet}${papers.join('')}${inks.join('')}</svg>\n`;
}

function runsOf(terminal: Terminal, row: number): Run[] {
	const buffer = terminal.buffer.active;
	const line = buffer.getLine(buffer.viewportY + row);
	const runs: Run[] = [];
	for (let column = 0; column < terminal.cols; column += 1) {
		const cell = line?.getCell(column);
		if (!cell || cell.getWidth() === 0) continue;
		const look = lookOf(cell);
		const text = cell.getChars() || ' ';
		const last = runs.at(-1);
		// A wide character stands alone: its width in the font is not that of two cells.
		if (last && sameLook(last.look, look) && cell.getWidth() === 1 && last.columns === last.text.length) {
			last.text += text;
			last.columns += 1;
		} else {
			runs.push({column, look, text, columns: cell.getWidth()});
		}
	}
	return runs;
}

function lookOf(cell: IBufferCell): Look {
	let ink = cell.isFgDefault() ? foreground : cell.isFgRGB() ? hex(cell.getFgColor()) : indexed(cell.getFgColor());
	let paper = cell.isBgDefault() ? background : cell.isBgRGB() ? hex(cell.getBgColor()) : indexed(cell.getBgColor());
	if (cell.isInverse()) [ink, paper] = [paper, ink];
	if (cell.isInvisible()) ink = paper;
	const decorations = [cell.isUnderline() ? 'underline' : '', cell.isStrikethrough() ? 'line-through' : ''];
	const decoration = decorations.filter(Boolean).join(' ');
	const style = [
		cell.isBold() ? ' font-weight="bold"' : '',
		cell.isItalic() ? ' font-style="italic"' : '',
		decoration ? ` text-decoration="${decoration}"` : '',
	].join('');
	return {ink, paper, style, faint: cell.isDim() !== 0};
}

function sameLook(a: Look, b: Look): boolean {
	return a.ink === b.ink && a.paper === b.paper && a.style === b.style && a.faint === b.faint;
}

function paperOf({column, columns, look}: Run, row: number): string {
	if (look.paper === background) return '';
	const {x, y} = place(column, row);
	return `<rect x="${x.toFixed(2)}" y="${y}" width="${(columns * width + 0.05).toFixed(2)}" height="${height + 0.05}" fill="${look.paper}"/>`;
}

function inkOf({column, columns, look, text}: Run, row: number): string {
	let shapes = '';
	let rest = '';
	for (const [index, character] of [...text].entries()) {
		const shape = shapeOf(character);
		shapes += shape?.(place(column + index, row), look.ink) ?? '';
		rest += shape ? ' ' : character;
	}
	if (rest.trim() !== '' || look.style.includes('decoration')) {
		const {x, y} = place(column, row);
		const at = `x="${x.toFixed(2)}" y="${(y + height * 0.76).toFixed(2)}"`;
		const length = `textLength="${(columns * width).toFixed(2)}" lengthAdjust="spacingAndGlyphs"`;
		shapes += `<text ${at} ${length} fill="${look.ink}"${look.style} xml:space="preserve">${escaped(rest)}</text>`;
	}
	return look.faint && shapes ? `<g opacity="0.6">${shapes}</g>` : shapes;
}

function place(column: number, row: number): Cell {
	return {x: padding + column * width, y: padding + row * height, width, height};
}

/** A colour of the 256: sixteen named ones, a cube of six steps, a ramp of greys. */
function indexed(index: number): string {
	const named = palette[index];
	if (named) return named;
	if (index >= 232) return hex((8 + (index - 232) * 10) * 0x010101);
	const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
	const cube = index - 16;
	return hex((step(Math.floor(cube / 36)) << 16) | (step(Math.floor(cube / 6) % 6) << 8) | step(cube % 6));
}

function hex(colour: number): string {
	return `#${colour.toString(16).padStart(6, '0')}`;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
