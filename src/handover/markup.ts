/** Pieces of Markdown. */
import {escaped} from './words.ts';

/** A section with nothing in its body is left out. */
export type Section = {readonly title: string; readonly body: readonly string[]};

/** Items that are Markdown already. */
export const list = (items: readonly string[]): string => items.map(item => `- ${item}`).join('\n');

/** `**Label:** text`, with the text made safe. */
export const labelled = (rows: readonly (readonly [label: string, text: string])[]): string =>
	list(rows.map(([label, text]) => `**${label}:** ${escaped(text)}`));

/** A cell of a table: nothing in it can end it. */
const cell = (text: string): string => escaped(text).replaceAll('\n', ' ');
/** A table; its cells are text. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[
		`| ${head.join(' | ')} |`,
		`| ${head.map(() => '---').join(' | ')} |`,
		...rows.map(row => `| ${row.map(cell).join(' | ')} |`),
	].join('\n');
