/** The report as people read it: a line a step, as it is done, and what to do at the end. */
import {clean} from '../../domain/text.ts';
import {type Grade, type Line, worstOf} from './trouble.ts';

export type Look = {
	readonly columns: number;
	readonly colours: boolean;
	/** Is the step that goes on shown, and taken back when it is done? */
	readonly lively: boolean;
};

const SIGN: Record<Grade, string> = {well: '✓', limit: '!', broken: '✗'};
const COLOUR: Record<Grade, string> = {well: '32', limit: '33', broken: '31'};

/** A sign, the time, a title: then the text begins. */
const INDENT = 28;
const TITLE = 14;

const painted = (text: string, code: string, {colours}: Look): string =>
	colours ? `\u001b[${code}m${text}\u001b[39;22m` : text;

/** Breaks between words, and inside one that is longer than a row. */
export function wrapped(text: string, width: number): readonly string[] {
	const rows: string[] = [];
	let row = '';
	for (let word of text.split(' ')) {
		if (row !== '' && row.length + 1 + word.length <= width) row += ` ${word}`;
		else {
			if (row !== '') rows.push(row);
			while (word.length > width) {
				rows.push(word.slice(0, width));
				word = word.slice(width);
			}
			row = word;
		}
	}
	return [...rows, row];
}

const timeOf = (ms: number | null): string =>
	ms === null ? '' : ms < 9950 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** One step. The device's words may stand in it. */
export function lineText({title, ms, grade, text}: Line, look: Look): string {
	const rows = wrapped(clean(text), Math.max(20, look.columns - INDENT));
	const head = `${painted(SIGN[grade], COLOUR[grade], look)} ${timeOf(ms).padStart(9)}  ${clean(title).slice(0, TITLE).padEnd(TITLE)} `;
	return `${head}${rows.join(`\n${' '.repeat(INDENT)}`)}\n`;
}

/** The step that goes on. The next write begins with `TAKEN_BACK`. */
export const goingOn = (title: string): string => `… ${' '.repeat(9)}  ${clean(title).slice(0, TITLE)}`;
export const TAKEN_BACK = '\r\u001b[K';

const paragraph = (label: string, text: string, look: Look): string => {
	const rows = wrapped(clean(text), Math.max(20, look.columns - 15));
	return `${painted(label.padEnd(15), '1', look)}${rows.join(`\n${' '.repeat(15)}`)}\n`;
};

/** What is wrong and what to do, the worst first. */
export function summary(lines: readonly Line[], look: Look): string {
	const worst = worstOf(lines);
	const head =
		worst === 'well'
			? 'Everything devtop needs is there.'
			: worst === 'limit'
				? 'devtop works here, with limits.'
				: 'devtop does not work here.';
	const text = [`\n${painted(head, `1;${COLOUR[worst]}`, look)}\n`];
	for (const grade of ['broken', 'limit'] as const)
		for (const line of lines)
			if (line.grade === grade && line.trouble !== null) {
				const {wrong, todo} = line.trouble;
				text.push('\n', paragraph('What is wrong:', wrong, look));
				if (todo !== '') text.push(paragraph('What to do:', todo, look));
			}
	return text.join('');
}
