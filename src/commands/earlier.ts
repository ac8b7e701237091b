/** How the operator's last session with a device ended: from the end of its recording, or from all of it where that is short. */
import {statSync} from 'node:fs';
import {isFailure} from '../domain/channel.ts';
import type {Identity} from '../domain/fact.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {Left} from '../domain/left.ts';
import {panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {Fold} from '../session/fold.ts';
import {leftBy} from '../session/left-by.ts';
import {endsOf} from '../session/recording/ends.ts';
import {openRecording} from '../session/recording/read.ts';
import {sources} from '../sources/index.ts';
import {deviceFolder, kept, stateFolder} from './place.ts';

/** So many are looked at, the newest first: what is being written now, or broke, tells nothing. */
const MOST = 50;
/** A live file that was quiet for so long ended in a crash. */
const QUIET_MS = 60_000;
/** A recording that breaks off is read from its beginning, if it is no longer than this: about a second. */
const SHORT = {closed: 1_000_000, live: 8_000_000} as const;

function leftIn(file: string): Left | null {
	const recording = openRecording(file);
	if (isFailure(recording)) return null;
	try {
		const fold = new Fold({sources, panes, tag});
		for (const frame of recording.frames()) fold.apply(frame);
		return leftBy(panes, fold);
	} finally {
		recording.close();
	}
}

/**
 * Looks for the last session that ended, in the default place.
 *
 * @param own the file that is being written for this session.
 * @returns the frame that tells of it; null where there was none, or none that can be read in a moment.
 */
export function earlierOf(
	{
		identity,
		target,
		own,
		now,
	}: {
		readonly identity: Identity | null;
		readonly target: string;
		readonly own: string | null;
		readonly now: number;
	},
	root: string = stateFolder(),
): Extract<FrameBody, {t: 'earlier'}> | null {
	const folder = deviceFolder(identity, target);
	const all = kept(root).filter(one => one.folder === folder && one.file !== own);
	for (const {file, bytes} of all.slice(0, MOST)) {
		const ends = endsOf(file);
		if (isFailure(ends) || ends.last === null) continue;
		const {header, last, closed} = ends;
		// A single deed from a script is no session that somebody left something in.
		if (/ (?:act|run|cp)$/.test(header?.program ?? '')) continue;
		const ticket = header?.ticket === undefined ? {} : {ticket: header.ticket};
		if (last.t === 'bye' && last.left !== undefined) return {t: 'earlier', left: last.left, ...ticket};
		if (bytes > SHORT[closed ? 'closed' : 'live']) continue;
		if (!closed && now - statSync(file).mtimeMs < QUIET_MS) continue;
		const left = leftIn(file);
		if (left !== null) return {t: 'earlier', left, ...ticket};
	}
	return null;
}
