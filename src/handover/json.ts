/** The note as data: moments (names that end in `At`) as RFC 3339 in UTC, spans (`Ms`) in milliseconds. */
import type {Note} from './note.ts';
import {isoOf} from './words.ts';

/** One object, for programs. */
export const toJson = (note: Note): string =>
	`${JSON.stringify(
		note,
		(key, value: unknown) => (typeof value === 'number' && /(?:^at|At)$/.test(key) ? isoOf(value) : value),
		2,
	)}\n`;
