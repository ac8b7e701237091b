/** The title of what stands in place of the panes, with their line behind it. */
import type {Row} from '../domain/pane.ts';
import {clean} from '../domain/text.ts';
import {widthOf} from './cells.ts';

/** @param aside at the right end. */
export function titleRow(title: Row, columns: number, aside = ''): Row {
	const used = title.reduce((sum, {text}) => sum + widthOf(clean(text)), 0) + widthOf(aside);
	return [
		...title,
		{text: '─'.repeat(Math.max(0, columns - used)), tone: 'muted'},
		...(aside === '' ? [] : [{text: aside, tone: 'muted'} as const]),
	];
}
