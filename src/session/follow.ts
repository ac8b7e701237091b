/**
 * Following the journal without losing or doubling a line: anchor, bounded history, follower from the last entry,
 * inclusive; the boot id before resuming. What was measured is in ARCHITECTURE.md, "Following a journal".
 */
import {isFailure} from '../domain/channel.ts';
import type {JournalRecord} from '../domain/journal.ts';
import type {Scope, Source, SourceId} from '../domain/source.ts';
import type {Connection, Running} from './connection.ts';

export type Followed = {
	readonly connection: Connection;
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly scope: Scope;
	/** The boot that the device is in now. */
	readonly boot: string;
	/** What the fold holds; read anew each time. */
	readonly held: () => {readonly last: JournalRecord | null; readonly anchor: JournalRecord | null};
	readonly notice: (sentence: string) => void;
};

const PAGE = 2000;

/**
 * Lines of history before the follower starts: on a slow link the newest must not wait for the rest, which comes in the
 * background. With a date to begin at, there is nothing older to come.
 */
export const firstPage = (scope: Scope): number => (scope.since === null ? Math.min(100, scope.lines) : scope.lines);

/** Brings the journal up to now, then follows it. Null where no follower could be opened. */
export async function follow(followed: Followed): Promise<Running | null> {
	const {connection, sources, scope, boot, held} = followed;
	const {last, anchor} = held();
	// How far the journal goes now: what comes up to there is of the time before.
	await connection.once(sources.anchor, {scope});
	let from = last ?? anchor;
	if (from === null) {
		if (scope.since === null)
			await connection.once(sources['journal-history'], {scope, lines: firstPage(scope)}, {place: 'history'});
		else await connection.once(sources['journal-older'], {scope, lines: scope.lines}, {place: 'older'});
		from = held().last ?? held().anchor;
	} else if (from.boot !== boot) {
		await crossBoot(followed, from);
		from = held().last ?? from;
	}
	if (connection.lost !== null) return null;
	const running = await connection.open(
		sources.journal,
		// An entry of another boot is no place to follow from: -f would show nothing where the clock is behind it. Without
		// one it begins with the boot's first line.
		from === null || from.boot !== boot ? {scope} : {scope, anchor: from},
		{place: 'live'},
	);
	if (!isFailure(running)) return running;
	followed.notice(running.message);
	return null;
}

/** The device was rebooted while we were away: fetches the old boot's end where it was kept, and says so where not. */
async function crossBoot({connection, sources, scope, held, notice}: Followed, last: JournalRecord): Promise<void> {
	const kept = await connection.once(sources['journal-old-boot'], {scope, anchor: last});
	// No answer is none about the journal either: it is asked again when the link is back.
	if (isFailure(kept) || kept.exit.kind !== 'exited') return;
	if (kept.units === 0) {
		notice(
			'The device was rebooted, and its journal was lost with it: what came after the last line of the old boot is not there.',
		);
		return;
	}
	notice('The device was rebooted; the end of the old boot was fetched.');
	for (let from: JournalRecord | null = last; from !== null; ) {
		const page = await connection.once(
			sources['journal-forward'],
			{scope, anchor: from, lines: PAGE},
			{place: 'history'},
		);
		if (isFailure(page) || page.units < PAGE || page.exit.kind !== 'exited') return;
		const next: JournalRecord | null = held().last;
		if (next === null || next.cursor === from.cursor) return;
		from = next;
	}
}
