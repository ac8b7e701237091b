/** A recording's frames for an export: which entries are repeats is known beforehand, so that one pass writes everything. */
import {type Entry, textOf} from '../domain/entry.ts';
import type {Frame} from '../domain/frame.ts';
import {sequenceIdOf} from '../domain/journal.ts';
import type {SourceId} from '../domain/source.ts';
import {Cursors} from '../session/recording/cursors.ts';
import type {Recording} from '../session/recording/read.ts';
import {COURSE} from '../session/recording/tally.ts';

export type Exported = {
	readonly frame: Frame;
	/** Of an `out` frame whose channel is known. */
	readonly source: SourceId | null;
	/** The entry, where the frame is one and it comes here for the first time. */
	readonly entry: Entry | null;
};

function* withSources(recording: Recording): Generator<{readonly frame: Frame; readonly source: SourceId | null}> {
	const channels = new Map<number, SourceId>();
	for (const frame of recording.frames()) {
		if (frame.t === 'open') channels.set(frame.ch, frame.source);
		yield {frame, source: frame.t === 'out' ? (channels.get(frame.ch) ?? null) : null};
		if (frame.t === 'exit') channels.delete(frame.ch);
	}
}

const entryOf = (frame: Frame): Entry | null =>
	frame.t === 'out' && frame.unit.kind === 'entry' ? frame.unit.entry : null;

function cursorOf(frame: Frame): string | undefined {
	const entry = entryOf(frame);
	return entry === null ? undefined : textOf(entry, '__CURSOR');
}

/** The same entry under another number, as a flush to disk makes it: told by its numbering's id, times and text. */
function isRenumbered(entry: Entry, edge: Entry | undefined): boolean {
	if (edge === undefined) return false;
	const same = (name: string): boolean => textOf(entry, name) === textOf(edge, name);
	return (
		same('__REALTIME_TIMESTAMP') &&
		same('__MONOTONIC_TIMESTAMP') &&
		same('_BOOT_ID') &&
		same('MESSAGE') &&
		sequenceIdOf(textOf(entry, '__CURSOR') ?? '') !== sequenceIdOf(textOf(edge, '__CURSOR') ?? '')
	);
}

/**
 * Every frame, with the entry where it is not a repeat. The same entry may have been fetched for the story or as evidence
 * too, out of order and with fewer fields: where the journal's course has it, that one is given.
 */
export function* exported(recording: Recording): Generator<Exported> {
	const course = new Cursors();
	for (const {frame, source} of withSources(recording)) {
		const cursor = source !== null && COURSE.has(source) ? cursorOf(frame) : undefined;
		if (cursor !== undefined) course.add(cursor);
	}
	const seen = new Cursors();
	/** Where pages and followers go on from: the newest entry, and the oldest. */
	const edges: {newest?: Entry; oldest?: Entry} = {};
	for (const {frame, source} of withSources(recording)) {
		const cursor = source === null ? undefined : cursorOf(frame);
		const wanted =
			source !== null && cursor !== undefined && (COURSE.has(source) || !course.has(cursor)) && seen.add(cursor);
		const entry = wanted ? entryOf(frame) : null;
		if (entry === null || source === null || !COURSE.has(source)) {
			yield {frame, source, entry};
			continue;
		}
		const side = source === 'journal-older' ? 'oldest' : 'newest';
		const repeated = isRenumbered(entry, edges[side]);
		edges[side] = entry;
		edges.oldest ??= entry;
		yield {frame, source, entry: repeated ? null : entry};
	}
}
