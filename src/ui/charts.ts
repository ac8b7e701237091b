/**
 * Charts by blessed-contrib, drawn into memory and read back as rows: its widgets never see the terminal. Loaded on first
 * use (105-135 ms, 27 MB); until then, and where there is too little room
 * for its axes, bars of our own stand in.
 */
import {createRequire} from 'node:module';
import {PassThrough, Writable} from 'node:stream';
import type {Chart} from '../domain/pane.ts';
import {bytes} from '../domain/text.ts';
import {CHART_COLOURS} from './theme.ts';

type Cell = readonly [attribute: number, character: string];
type Widget = {
	setData(series: readonly object[]): void;
	readonly lpos: {readonly xi: number; readonly xl: number; readonly yi: number; readonly yl: number};
	destroy?(): void;
};
type Screen = {
	alloc(): void;
	append(widget: Widget): void;
	remove(widget: Widget): void;
	render(): void;
	destroy(): void;
	readonly lines: readonly (readonly Cell[])[];
};
type Libraries = {
	readonly blessed: {program(options: object): {cols: number; rows: number}; screen(options: object): Screen};
	readonly contrib: {line(options: object): Widget};
};

let libraries: Libraries | null = null;
let broken = false;

/** Loads the library once. Never rejects: without it there are bars. */
export async function loadCharts(): Promise<void> {
	if (libraries !== null || broken) return;
	try {
		const require = createRequire(import.meta.url);
		libraries = {blessed: require('blessed'), contrib: require('blessed-contrib')};
	} catch {
		broken = true;
	}
}

/** Events that blessed listens to on the process, to end it: a monitor's screen is not its to end. */
const EVENTS = ['exit', 'uncaughtException', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGWINCH'] as const;

function offscreen({blessed}: Libraries, columns: number, rows: number): Screen {
	const sink = Object.assign(
		new Writable({
			write(_chunk, _encoding, done) {
				done();
			},
		}),
		{isTTY: false, columns, rows},
	);
	const before = new Map(EVENTS.map(event => [event, new Set(process.listeners(event as 'exit'))]));
	const program = blessed.program({
		input: new PassThrough(),
		output: sink,
		terminal: 'xterm-256color',
		tput: true,
		buffer: false,
		zero: true,
	});
	program.cols = columns;
	program.rows = rows;
	const screen = blessed.screen({program, smartCSR: false, fullUnicode: true, warnings: false, autoPadding: true});
	for (const [event, known] of before)
		for (const listener of process.listeners(event as 'exit'))
			if (!known.has(listener)) process.removeListener(event, listener);
	screen.alloc();
	return screen;
}

const DEFAULT_COLOUR = 0x1ff;

/** blessed's cell attribute (flags, foreground, background, nine bits each colour) as an SGR sequence. */
function sgr(attribute: number): string {
	const flags = attribute >> 18;
	const foreground = (attribute >> 9) & 0x1ff;
	const bold = flags & 1 ? ';1' : '';
	const colour =
		foreground === DEFAULT_COLOUR
			? ''
			: foreground < 8
				? `;3${foreground}`
				: foreground < 16
					? `;9${foreground - 8}`
					: `;38;5;${foreground}`;
	return `\x1b[0${bold}${colour}m`;
}

function rowsOf(screen: Screen, {xi, xl, yi, yl}: Widget['lpos']): string[] {
	const rows: string[] = [];
	for (let y = yi; y < yl; y++) {
		let text = '';
		let before = -1;
		for (const [attribute, character] of (screen.lines[y] ?? []).slice(xi, xl)) {
			if (character === '\x03') continue;
			if (attribute !== before) text += sgr(attribute);
			before = attribute;
			text += character;
		}
		rows.push(`${text}\x1b[0m`);
	}
	return rows;
}

/** Sizes below which the library's axes leave no room for a line. */
const LEAST = {columns: 30, rows: 7} as const;

let kept: {readonly columns: number; readonly rows: number; readonly screen: Screen} | null = null;

function byLibrary(chart: Chart, columns: number, rows: number, found: Libraries): string[] {
	if (kept === null || kept.columns !== columns || kept.rows !== rows) {
		kept?.screen.destroy();
		kept = {columns, rows, screen: offscreen(found, columns, rows)};
	}
	const {screen} = kept;
	const length = Math.max(2, ...chart.series.map(({values}) => values.length));
	const x = Array.from({length}, (_, index) => (index === length - 1 ? 'now' : index === 0 ? `-${length - 1}` : ' '));
	const scale = Math.max(1, ...chart.series.flatMap(({values}) => values));
	// The library writes numbers as they are: bytes are given in the unit that suits the largest.
	const [, unit = ''] = bytes(scale).split(' ');
	const divisor = {B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12}[unit] ?? 1;
	const widget = found.contrib.line({
		// Named, or the library guesses among all screens there ever were and throws where it can't be caught.
		screen,
		width: columns,
		height: rows,
		label: ` ${chart.title}, ${unit}${chart.unit.replace(/^B/, '')} `,
		showLegend: false,
		style: {line: 'cyan', text: 'white', baseline: 'white'},
		maxY: Math.max(1, (scale / divisor) * 1.1),
		xLabelPadding: 1,
		xPadding: 1,
	});
	screen.append(widget);
	try {
		widget.setData(
			chart.series.map(({name, tone, values}) => ({
				title: name,
				x,
				y: [...new Array<number>(length - values.length).fill(0), ...values].map(value => value / divisor),
				style: {line: CHART_COLOURS[tone]},
			})),
		);
		screen.render();
		return rowsOf(screen, widget.lpos);
	} finally {
		screen.remove(widget);
		widget.destroy?.();
	}
}

/** A chart as `rows` rows of `columns` cells, with its colours in them. */
export function drawChart(chart: Chart, columns: number, rows: number): readonly string[] {
	if (libraries !== null && columns >= LEAST.columns && rows >= LEAST.rows) {
		try {
			return byLibrary(chart, columns, rows, libraries);
		} catch {
			// An unmaintained library must not take the pane down: the bars say the same.
			libraries = null;
			broken = true;
		}
	}
	return bars(chart, columns, rows);
}

/** Bars of blocks, one cell a value, as high as there are rows: what stands in for the library. */
function bars({title, series, unit}: Chart, columns: number, rows: number): readonly string[] {
	const values = series.reduce<readonly number[]>(
		(sum, one) => one.values.map((value, index) => value + (sum[index] ?? 0)),
		[],
	);
	const shown = values.slice(-columns);
	const most = Math.max(0, ...shown);
	const height = Math.max(1, rows - 1);
	const eighths = shown.map(value =>
		most === 0 ? 0 : Math.max(value > 0 ? 1 : 0, Math.round((value / most) * height * 8)),
	);
	const lines = Array.from({length: height}, (_, row) => {
		const below = (height - 1 - row) * 8;
		return eighths.map(level => BLOCKS[Math.max(0, Math.min(8, level - below))] ?? ' ').join('');
	});
	const tone = series[0]?.tone ?? 'plain';
	return [
		`\x1b[2m${` ${title}, at most ${bytes(most)}${unit.replace(/^B/, '')}`.slice(0, columns)}\x1b[0m`,
		...lines.map(line => `\x1b[${SGR[CHART_COLOURS[tone]] ?? 37}m${line.padStart(columns)}\x1b[0m`),
	];
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const SGR: Readonly<Record<string, number>> = {red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36, white: 37};
