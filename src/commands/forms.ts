/** What a recording can be exported as. */
export const EXPORTS = ['json', 'journal'] as const;
/** One of them. */
export type ExportAs = (typeof EXPORTS)[number];

/** `full` is Markdown, `brief` ten lines of plain text, `customer` plain words without internals. */
export type NoteForm = 'full' | 'brief' | 'customer' | 'json';
