/** A list to pick from, in place of the panes: the units or speakers seen, with counts. Keys as pure steps, and the view. */
import {Box} from 'ink';
import type {ReactNode} from 'react';
import {smartCase} from '../domain/filter.ts';
import type {Choice, Row} from '../domain/pane.ts';
import {count} from '../domain/text.ts';
import {fitted, widthOf} from './cells.ts';
import {movedTo} from './list-keys.ts';
import {Line} from './pane-view.tsx';

export type Picker = {
	readonly kind: 'unit' | 'identifier';
	/** As they were when it was opened: nothing moves under the cursor. */
	readonly choices: readonly Choice[];
	/** What was typed to narrow them; null as long as nothing was, then j and k move. */
	readonly text: string | null;
	/** Place of the cursor among the narrowed ones. */
	readonly cursor: number;
};

const LONGEST_TEXT = 100;

/** The choices that have what was typed in their name. */
export function narrowed({choices, text}: Pick<Picker, 'choices' | 'text'>): readonly Choice[] {
	if (text === null || text === '') return choices;
	return smartCase(text) === 'i'
		? choices.filter(({name}) => name.toLowerCase().includes(text))
		: choices.filter(({name}) => name.includes(text));
}

/** What a key makes of it: the picker as it is then, a choice, or null where it is left. */
export function picked(picker: Picker, name: string): Picker | {readonly chosen: Choice} | null {
	const {text, cursor} = picker;
	const shown = narrowed(picker);
	const move = (to: number): Picker => ({...picker, cursor: Math.max(0, Math.min(shown.length - 1, to))});
	const type = (typed: string | null): Picker => ({...picker, text: typed?.slice(0, LONGEST_TEXT) ?? null, cursor: 0});
	const to = movedTo(name, cursor, shown.length);
	if (to !== null) return move(to);
	switch (name) {
		case 'escape':
		case 'ctrl-c':
			return null;
		case 'enter': {
			const chosen = shown[cursor];
			return chosen === undefined ? picker : {chosen};
		}
		case 'backspace':
			return type(text === null || text === '' ? null : [...text].slice(0, -1).join(''));
		case 'ctrl-u':
			return type(null);
		case 'space':
			return picker;
	}
	if ([...name].length !== 1) return picker;
	if (text === null) {
		if (name === 'k') return move(cursor - 1);
		if (name === 'j') return move(cursor + 1);
		// Begins a name that itself begins with j or k.
		if (name === '/') return type('');
	}
	return type((text ?? '') + name);
}

/** The last row of the screen while something is picked. */
export function pickerFooter({kind, text}: Picker, columns: number): Row {
	const name = `narrow ${kind === 'unit' ? 'units' : 'identifiers'}: `;
	const help =
		text === null ? 'type a part of the name, / before j or k · ↑↓ · Enter filters · Esc' : '↑↓ · Enter filters · Esc';
	const shown = (text ?? '').slice(-Math.max(0, columns - widthOf(name) - widthOf(help) - 5));
	return [
		{text: ' '},
		{text: name, tone: 'accent'},
		{text: shown, tone: 'strong'},
		{text: '▏', tone: 'accent'},
		{text: '', grow: true},
		{text: help, tone: 'muted'},
		{text: ' '},
	];
}

/** Names with counts, the cursor's row inverse; the list moves so that it is seen. */
export function PickerView({
	picker,
	columns,
	rows,
	colours,
}: {
	readonly picker: Picker;
	readonly columns: number;
	readonly rows: number;
	readonly colours: boolean;
}): ReactNode {
	const shown = narrowed(picker);
	const room = Math.max(1, rows - 1);
	const start = Math.max(0, Math.min(picker.cursor - Math.floor(room / 2), shown.length - room));
	const what = shown.length === 0 ? `no ${picker.kind}` : count(shown.length, picker.kind);
	const title: Row = [
		{text: ` ${what}`, tone: 'strong'},
		{
			text:
				shown.length === 0 && picker.choices.length > 0
					? ' has that in its name: Backspace takes a letter away'
					: ` in the journal as it is held, those with the most lines first${picker.kind === 'unit' ? '' : '; a container speaks by its service'}`,
			tone: 'muted',
		},
	];
	return (
		<Box flexDirection="column" height={rows} overflow="hidden">
			<Line pieces={fitted(title, columns)} colours={colours} />
			{shown.slice(start, start + room).map(({name, count: lines, filter}, index) => (
				<Line
					key={filter}
					inverse={start + index === picker.cursor}
					pieces={fitted(
						[
							{text: String(lines), width: 8, align: 'right', tone: 'muted'},
							{text: `  ${name}`, tone: 'plain'},
						],
						columns,
					)}
					colours={colours}
				/>
			))}
		</Box>
	);
}
