/** A rule names trouble in a line, as data, with lines that must and must not match. */
export type Rule = {
	readonly id: string;
	/** In the pane: "under-voltage". */
	readonly title: string;
	readonly weight: 'error' | 'warning';
	/** Matched on the text of kernel lines, whatever their priority. */
	readonly match: RegExp;
	/** The line that ends it: the two are paired to a duration. */
	readonly ends?: RegExp;
	/** What it usually means and what to look at next, one line. */
	readonly means: string;
	readonly samples: {readonly hits: readonly string[]; readonly misses: readonly string[]};
};
