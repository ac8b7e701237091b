/** What reading a recording depends on: our own words, journald's, and what was made of texts that are clean already. */
const OURS: ReadonlySet<string> = new Set(['t', 'kind', 'source', 'token', 'place', 'rule', 'cursor', 'key']);

/**
 * All texts in a value, whatever it is, so that frames that are added later are covered, too; the very same value where
 * none changes. `word` is asked about each text in a list that stands behind another.
 */
export function within<T>(value: T, text: (text: string) => string, word: (word: string, before: string) => string): T {
	if (typeof value === 'string') return text(value) as T;
	if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
	let changed = false;
	const inside = (was: unknown, before: unknown): unknown => {
		const clean = within(was, text, word);
		const now = typeof clean === 'string' && typeof before === 'string' ? word(clean, before) : clean;
		changed ||= now !== was;
		return now;
	};
	const next = Array.isArray(value)
		? value.map((item, index) => inside(item, value[index - 1]))
		: Object.fromEntries(
				Object.entries(value).map(([key, item]) => [key, OURS.has(key) ? item : inside(item, undefined)]),
			);
	return changed ? (next as T) : value;
}
