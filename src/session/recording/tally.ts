/** What a recording holds, counted as its frames go by. */
import {textOf} from '../../domain/entry.ts';
import type {Frame} from '../../domain/frame.ts';
import type {SourceId} from '../../domain/source.ts';
import {Cursors} from './cursors.ts';

/** Whose entries are the journal's own course; the others fetch entries again, for the story and for evidence. */
export const COURSE: ReadonlySet<SourceId> = new Set([
	'journal',
	'journal-history',
	'journal-older',
	'journal-forward',
]);

/** Counts frames. */
export class Tally {
	frames = 0;
	/** Journal entries of the journal's course, each once. */
	lines = 0;
	/** Units that came, by source. */
	readonly units = new Map<SourceId, number>();
	/** Operator's clock of the first and last frame, epoch ms. */
	from: number | null = null;
	to: number | null = null;
	/** Of the last frame, since the session's start. */
	ms = 0;
	/** How often a link came up. */
	links = 0;
	received = 0;
	/** Secrets that were cut, by rule. */
	readonly redacted = new Map<string, number>();
	/** Is the last frame a `bye`? */
	ended = false;
	readonly #sources = new Map<number, SourceId>();
	readonly #cursors = new Cursors();

	take(frame: Frame): void {
		this.frames++;
		this.from ??= frame.at;
		this.to = frame.at;
		this.ms = frame.ms;
		this.ended = frame.t === 'bye';
		switch (frame.t) {
			case 'open':
				this.#sources.set(frame.ch, frame.source);
				break;
			case 'exit':
				this.#sources.delete(frame.ch);
				break;
			case 'link':
				if (frame.link.kind === 'live') this.links++;
				break;
			case 'tick':
				this.received = frame.received;
				break;
			case 'redacted':
				this.redacted.set(frame.rule, (this.redacted.get(frame.rule) ?? 0) + frame.count);
				break;
			case 'out': {
				const source = this.#sources.get(frame.ch);
				if (source === undefined) break;
				this.units.set(source, (this.units.get(source) ?? 0) + 1);
				if (frame.unit.kind !== 'entry' || !COURSE.has(source)) break;
				const cursor = textOf(frame.unit.entry, '__CURSOR');
				if (cursor !== undefined && this.#cursors.add(cursor)) this.lines++;
			}
		}
	}
}
