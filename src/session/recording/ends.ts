/** A recording's first and last frame, without what is between them: some hundred files are looked at in the time of one. */
import {type Failure, isFailure} from '../../domain/channel.ts';
import type {Frame} from '../../domain/frame.ts';
import {closeFile, readBlock} from './blocks.ts';
import {readLine} from './line.ts';
import {type HeaderFrame, openBlocks, tooNew} from './read.ts';

export type Ends = {
	/** Null where it is damaged. */
	readonly header: HeaderFrame | null;
	/** The last whole line; null where it can't be read. */
	readonly last: Frame | null;
	/** In its closed form: nobody writes to it any more. */
	readonly closed: boolean;
};

const NEWLINE = 10;

/** The last whole line of a block. */
function lastLine(block: Buffer): string {
	const end = block.lastIndexOf(NEWLINE);
	return block.toString('utf8', end < 1 ? 0 : block.lastIndexOf(NEWLINE, end - 1) + 1, Math.max(0, end));
}

/** Reads both ends of a file, or says in one sentence what it is instead of a recording. */
export function endsOf(file: string): Ends | Failure {
	const blocks = openBlocks(file);
	if (isFailure(blocks)) return blocks;
	try {
		const {spans, closed} = blocks;
		const [first] = spans;
		const end = spans.at(-1);
		const head = first === undefined ? null : readBlock(blocks, first);
		const tail = end === undefined || end === first ? head : readBlock(blocks, end);
		const line = head?.toString('utf8', 0, Math.max(0, head.indexOf(NEWLINE)));
		const header = line === undefined ? null : readLine(line);
		const refused = tooNew(file, header ?? undefined);
		if (refused !== null) return refused;
		return {
			header: header?.t === 'header' ? header : null,
			last: tail === null ? null : readLine(lastLine(tail)),
			closed,
		};
	} finally {
		closeFile(blocks.descriptor);
	}
}
