/** What a recording can be exported as. */
export const EXPORTS = ['json', 'journal'] as const;
/** One of them. */
export type ExportAs = (typeof EXPORTS)[number];
