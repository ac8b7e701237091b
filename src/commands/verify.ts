/** `devtop verify FILE`: is a recording whole, and as it was written? */
import {type Failure, isFailure} from '../domain/channel.ts';
import {bytes, count} from '../domain/text.ts';
import {type Range, type Verdict, verify} from '../session/recording/verify.ts';
import {iso, type Said} from './said.ts';

const WHAT = {
	changed: 'changed since it was written',
	damaged: 'that part of the file is damaged',
	missing: 'nothing is there any more',
} as const;

const sentenceOf = ({from, to, what}: Range): string =>
	`broken ${to === null ? `from line ${from} on` : from === to ? `at line ${from}` : `at lines ${from} to ${to}`}: ${WHAT[what]}`;

/** What a verdict says, a sentence a line. */
export function tellVerdict({tally, closed, hashed, hash, broken, torn}: Verdict): Said {
	const holds = `${count(tally.frames, 'frame')}, ${count(tally.lines, 'line')} of the journal, from ${iso(tally.from)} to ${iso(tally.to)}`;
	const lines: string[] = [];
	if (!hashed)
		lines.push(`not hashed: ${holds}; it was made before recordings had hashes, and nothing proves it unchanged`);
	else if (broken.length === 0) lines.push(`whole: ${holds}, hash ${hash}`);
	else lines.push(...broken.slice(0, 20).map(sentenceOf));
	if (broken.length > 20) lines.push(`broken: ${broken.length - 20} more places`);
	if (broken.length > 0) lines.push(`what can be read: ${holds}`);
	if (torn > 0)
		lines.push(
			`its last line is torn and left out (${bytes(torn)}): a crash leaves that, and so does a session that goes on`,
		);
	else if (!tally.ended && !closed && hashed) lines.push('it has no end: the session goes on, or ended in a crash');
	return {text: `${lines.join('\n')}\n`, code: hashed && broken.length === 0 ? 0 : 1};
}

/** Checks a file; a failure where it is no recording. */
export function verifyFile(file: string): Said | Failure {
	const verdict = verify(file);
	return isFailure(verdict) ? verdict : tellVerdict(verdict);
}
