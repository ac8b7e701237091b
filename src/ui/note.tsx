/** The handover note of the session so far, in place of the panes: keys as pure steps, and the view. Who reads and writes it is handed in. */
import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Row} from '../domain/pane.ts';
import {cut, fitted, widthOf} from './cells.ts';
import {Line} from './pane-view.tsx';

export const FORMS = ['whole', 'brief', 'customer'] as const;
export type Form = (typeof FORMS)[number];

export interface Handover {
	/**
	 * Reads what was recorded so far, in slices: keys are heard between them.
	 *
	 * @param told how far it is, 0 to 1.
	 * @returns the note's forms, or one sentence that says why there is none. Where it was stopped, nobody waits for it.
	 */
	read(
		told: (share: number) => void,
		stop: AbortSignal,
	): Promise<{readonly texts: Readonly<Record<Form, string>>} | {readonly wrong: string}>;
	/** Writes a form to a new file beside the recording; says where, or why not. */
	save(form: Form, text: string): string;
}

export type Shown = {
	readonly kind: 'shown';
	readonly texts: Readonly<Record<Form, string>>;
	readonly form: Form;
	/** First row that is shown. */
	readonly top: number;
};
export type NoteState = {readonly kind: 'reading'; readonly share: number} | Shown;

/** Breaks a text at spaces into parts of at most so many cells; a longer word is broken within. */
function wrapped(text: string, cells: number): readonly string[] {
	const parts: string[] = [];
	let part = '';
	for (const word of text.split(' ')) {
		const longer = part === '' ? word : `${part} ${word}`;
		if (widthOf(longer) <= cells) {
			part = longer;
			continue;
		}
		if (part.trim() !== '') parts.push(part);
		part = '';
		for (const letter of widthOf(word) <= cells ? [word] : word) {
			if (widthOf(part + letter) > cells) {
				parts.push(part);
				part = '';
			}
			part += letter;
		}
	}
	return [...parts, part];
}

let last: {readonly text: string; readonly columns: number; readonly rows: readonly Row[]} | null = null;

/** A note's rows in so many columns; the last ones are kept, as each key asks for them. */
export function noteRows(text: string, columns: number): readonly Row[] {
	if (last?.text === text && last.columns === columns) return last.rows;
	const rows = text
		.trimEnd()
		.split('\n')
		.flatMap(line =>
			wrapped(line, Math.max(20, columns - 2)).map(
				(part): Row => [{text: ' '}, {text: part, tone: line.startsWith('#') ? 'strong' : 'plain'}],
			),
		);
	last = {text, columns, rows};
	return rows;
}

/** Rows above the note: its title. */
const HEAD = 1;

/** What a key makes of it; null where it is left, `save` where it is to be written. */
export function turned(note: Shown, name: string, columns: number, rows: number): Shown | 'save' | null {
	const most = Math.max(0, noteRows(note.texts[note.form], columns).length - (rows - HEAD));
	const page = Math.max(1, rows - HEAD - 1);
	const to = (top: number): Shown => ({...note, top: Math.max(0, Math.min(most, top))});
	// After another size the first row may stand too far down.
	const top = Math.min(note.top, most);
	switch (name) {
		case 'escape':
		case 'h':
			return null;
		case 's':
			return 'save';
		case 'tab':
		case 'f':
			return {...note, form: FORMS[(FORMS.indexOf(note.form) + 1) % FORMS.length] ?? 'whole', top: 0};
		case 'shift-tab':
			return {...note, form: FORMS[(FORMS.indexOf(note.form) + FORMS.length - 1) % FORMS.length] ?? 'whole', top: 0};
		case 'up':
		case 'k':
			return to(top - 1);
		case 'down':
		case 'j':
			return to(top + 1);
		case 'page-up':
			return to(top - page);
		case 'page-down':
		case 'space':
			return to(top + page);
		case 'g':
		case 'home':
			return to(0);
		case 'G':
		case 'end':
			return to(most);
		default:
			return note;
	}
}

/** The last row of the screen while the note is shown: an answer to the last key, or what keys there are. */
export const noteFooter = (note: NoteState, said: string, columns: number): Row =>
	said !== ''
		? [{text: ` ${cut(said, columns - 2)}`, tone: 'accent'}]
		: note.kind === 'reading'
			? [{text: ' Esc leaves it', tone: 'muted'}]
			: [
					{text: ' Tab', tone: 'accent'},
					{text: ' form  ', tone: 'muted'},
					{text: 's', tone: 'accent'},
					{text: ' save beside the recording  ', tone: 'muted'},
					{text: '↑↓ PgUp PgDn g G', tone: 'accent'},
					{text: ' move  ', tone: 'muted'},
					{text: 'Esc', tone: 'accent'},
					{text: ' back', tone: 'muted'},
				];

/** The note, from its first row on. */
export function NoteView({
	note,
	columns,
	rows,
	colours,
}: {
	readonly note: NoteState;
	readonly columns: number;
	readonly rows: number;
	readonly colours: boolean;
}): ReactNode {
	const all = note.kind === 'reading' ? [] : noteRows(note.texts[note.form], columns);
	const room = Math.max(1, rows - HEAD);
	const first = note.kind === 'reading' ? 0 : Math.min(note.top, Math.max(0, all.length - room));
	const title: Row =
		note.kind === 'reading'
			? [
					{text: ' Handover note', tone: 'strong'},
					{text: ` · reading the recording, ${Math.floor(note.share * 100)} %`, tone: 'muted'},
				]
			: [
					{text: ' Handover note', tone: 'strong'},
					...FORMS.flatMap((form): Row => [{text: '  '}, {text: form, tone: form === note.form ? 'accent' : 'muted'}]),
					{text: '', grow: true},
					{
						text: `${Math.min(all.length, first + 1)} to ${Math.min(all.length, first + room)} of ${all.length} rows `,
						tone: 'muted',
					},
				];
	return (
		<Box flexDirection="column" height={rows} overflow="hidden">
			<Line pieces={fitted(title, columns)} colours={colours} />
			{all.slice(first, first + room).map((row, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: rows of one page
				<Line key={index} pieces={fitted(row, columns)} colours={colours} />
			))}
		</Box>
	);
}
