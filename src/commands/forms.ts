/** What a recording can be exported as. */
export const EXPORTS = ['json', 'journal', 'cast'] as const;
/** One of them. */
export type ExportAs = (typeof EXPORTS)[number];

/** The screen that a cast shows where no other is asked for. */
export const CAST_SIZE = {columns: 120, rows: 40} as const;
/** The largest that can be asked for. */
export const LARGEST = {columns: 500, rows: 200} as const;

/** `full` is Markdown, `brief` ten lines of plain text, `customer` plain words without internals. */
export type NoteForm = 'full' | 'brief' | 'customer' | 'json';
