/** What is read of an entry to know whose it is, and whether it was here before. */
import {type Entry, textOf} from '../../domain/entry.ts';
import {asText} from './mark.ts';

/** The place of a piece in its long line, from one on. */
export const ordinalOf = (entry: Entry): number | null => {
	const ordinal = Number(textOf(entry, 'CONTAINER_PARTIAL_ORDINAL') ?? Number.NaN);
	return Number.isInteger(ordinal) ? ordinal : null;
};

/** The line of a sender that an entry is a piece of. */
export const lineOf = (sender: string, entry: Entry): string =>
	`${sender}\0${textOf(entry, 'CONTAINER_PARTIAL_ID')?.slice(0, 200)}`;

/** The first message, as text. */
export const messageOf = (entry: Entry): string => asText(entry.find(([name]) => name === 'MESSAGE')?.[1] ?? '');

/**
 * The same entry by any way: cursors are numbered anew when the journal moves to disk. Its times alone are not enough:
 * journald (252) gives all entries that it reads in one go the same ones.
 */
export const stampOf = (entry: Entry, text: string): string =>
	`${textOf(entry, '__REALTIME_TIMESTAMP')}:${textOf(entry, '__MONOTONIC_TIMESTAMP')}:${text.length}:${fingerprint(text)}`;

/** FNV-1a: enough to tell entries of one moment apart, and nothing of the text can be had from it. */
function fingerprint(text: string): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	return hash >>> 0;
}
