/** Where a cell is in the picture, and how large. */
export interface Cell {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

type Shape = (cell: Cell, colour: string) => string;

/** How to draw a braille, block or line character without a font, so that cells join; nothing for any other. */
export function shapeOf(character: string): Shape | undefined {
	const code = character.codePointAt(0) ?? 0;
	if (code >= 0x2800 && code <= 0x28ff) return (cell, colour) => dots(code - 0x2800, cell, colour);
	if (code >= 0x2580 && code <= 0x259f) return (cell, colour) => block(code, cell, colour);
	const arms = lines[character];
	return arms === undefined ? undefined : (cell, colour) => line(arms, cell, colour);
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

function rect(x: number, y: number, width: number, height: number, colour: string, opacity = 1): string {
	const shade = opacity === 1 ? '' : ` opacity="${opacity}"`;
	return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${colour}"${shade}/>`;
}

/** Column and row of each bit of a braille pattern. */
const brailleBits = [
	[0, 0],
	[0, 1],
	[0, 2],
	[1, 0],
	[1, 1],
	[1, 2],
	[0, 3],
	[1, 3],
] as const;

function dots(mask: number, {x, y, width, height}: Cell, colour: string): string {
	const size = width / 4;
	return brailleBits
		.filter((_, bit) => mask & (1 << bit))
		.map(([column, row]) => {
			return rect(
				x + (column + 0.5) * (width / 2) - size / 2,
				y + (row + 0.5) * (height / 4) - size / 2,
				size,
				size,
				colour,
			);
		})
		.join('');
}

/** The quadrants of U+2596 to U+259F: 1 upper left, 2 upper right, 4 lower left, 8 lower right. */
const quadrants = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];

function block(code: number, {x, y, width, height}: Cell, colour: string): string {
	// Part of a cell in eighths, half a hundredth larger so that neighbours leave no seam.
	const part = (left: number, top: number, right: number, bottom: number): string => {
		const [w, h] = [width / 8, height / 8];
		return rect(x + left * w, y + top * h, (right - left) * w + 0.05, (bottom - top) * h + 0.05, colour);
	};
	if (code === 0x2580) return part(0, 0, 8, 4);
	if (code <= 0x2588) return part(0, 8 - (code - 0x2580), 8, 8);
	if (code <= 0x258f) return part(0, 0, 0x2590 - code, 8);
	if (code === 0x2590) return part(4, 0, 8, 8);
	if (code <= 0x2593) return rect(x, y, width, height, colour, (code - 0x2590) / 4);
	if (code === 0x2594) return part(0, 0, 8, 1);
	if (code === 0x2595) return part(7, 0, 8, 8);
	const mask = quadrants[code - 0x2596] ?? 0;
	return [part(0, 0, 4, 4), part(4, 0, 8, 4), part(0, 4, 4, 8), part(4, 4, 8, 8)]
		.filter((_, bit) => mask & (1 << bit))
		.join('');
}

/** Thickness of the arms up, right, down, left; r is a rounded corner. */
const lines: Readonly<Record<string, string>> = {
	'─': '0101',
	'━': '0202',
	'│': '1010',
	'┃': '2020',
	'┌': '0110',
	'┐': '0011',
	'└': '1100',
	'┘': '1001',
	'┏': '0220',
	'┓': '0022',
	'┗': '2200',
	'┛': '2002',
	'├': '1110',
	'┤': '1011',
	'┬': '0111',
	'┴': '1101',
	'┼': '1111',
	'┣': '2220',
	'┫': '2022',
	'┳': '0222',
	'┻': '2202',
	'╋': '2222',
	'╭': '0110r',
	'╮': '0011r',
	'╯': '1001r',
	'╰': '1100r',
	'╴': '0001',
	'╵': '1000',
	'╶': '0100',
	'╷': '0010',
};

function line(arms: string, {x, y, width, height}: Cell, colour: string): string {
	const [middleX, middleY] = [x + width / 2, y + height / 2];
	const ends = [
		[middleX, y - 0.05],
		[x + width + 0.05, middleY],
		[middleX, y + height + 0.05],
		[x - 0.05, middleY],
	] as const;
	const drawn = ends
		.map(([endX, endY], arm) => ({endX, endY, thickness: Number(arms[arm])}))
		.filter(arm => arm.thickness > 0);
	const style = `fill="none" stroke="${colour}"`;
	if (arms.endsWith('r')) {
		const [from, to] = drawn.map(({endX, endY}) => `${round(endX)} ${round(endY)}`);
		return `<path d="M${from} Q${round(middleX)} ${round(middleY)} ${to}" ${style} stroke-width="1.2"/>`;
	}
	return drawn
		.map(({endX, endY, thickness}) => {
			const d = `M${round(middleX)} ${round(middleY)} L${round(endX)} ${round(endY)}`;
			return `<path d="${d}" ${style} stroke-width="${thickness * 1.2}" stroke-linecap="square"/>`;
		})
		.join('');
}
