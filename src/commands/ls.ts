/** `devtop ls`: which recordings there are, the newest first. Of each only its first and last line are read. */
import {isFailure} from '../domain/channel.ts';
import type {Worst} from '../domain/finding.ts';
import {clean, shorten, bytes as sized} from '../domain/text.ts';
import {duration} from '../domain/time.ts';
import {isFullUuid, shortUuid} from '../domain/uuid.ts';
import {endsOf} from '../session/recording/ends.ts';
import {type Kept, kept, stateFolder} from './place.ts';
import {iso, type Said} from './said.ts';

/** One recording, for programs. */
export type Listed = {
	readonly file: string;
	/** The device's uuid, or the host's name. */
	readonly device: string;
	readonly began: string | null;
	readonly ticket: string | null;
	readonly seconds: number | null;
	/** Of the journal; null where the session did not end in order, or goes on. */
	readonly lines: number | null;
	readonly bytes: number;
	/** The worst finding of the session; null where its end does not tell. */
	readonly worst: Worst | null;
	/** What is wrong with the file; null where it can be read. */
	readonly problem: string | null;
};

function listed({file, folder, bytes}: Kept): Listed {
	const nothing = {file, device: folder, began: null, ticket: null, seconds: null, lines: null, bytes, worst: null};
	if (bytes === 0) return {...nothing, problem: 'it is empty, nothing was recorded: last does not mean it'};
	const ends = endsOf(file);
	if (isFailure(ends)) return {...nothing, problem: clean(ends.message)};
	const {header, last} = ends;
	return {
		...nothing,
		began: iso(header?.at ?? null),
		ticket: header?.ticket ?? null,
		seconds: last === null ? null : last.ms / 1000,
		...(last?.t === 'bye' ? {lines: last.lines, worst: last.worst ?? null} : {}),
		problem: header === null || last === null ? 'its beginning or its end is damaged: devtop verify tells more' : null,
	};
}

const HEADINGS = ['device', 'began (UTC)', 'ticket', 'length', 'lines', 'size', 'worst finding', 'file'] as const;
/** Columns of figures are set to the right. */
const RIGHT = new Set([3, 4, 5]);
const SIGN = {error: '✗', warning: '!', none: '✓ nothing found', unknown: '–'} as const;

function rowOf({file, device, began, ticket, seconds, lines, bytes, worst, problem}: Listed): readonly string[] {
	return [
		isFullUuid(device) ? shortUuid(device) : device,
		began?.slice(0, 19).replace('T', ' ') ?? '',
		clean(ticket ?? ''),
		seconds === null ? '' : duration(seconds * 1000),
		lines === null ? (seconds === null ? '' : 'no end') : String(lines),
		sized(bytes),
		worst === null ? '–' : `${SIGN[worst.severity]} ${shorten(clean(worst.text), 60)}`.trim(),
		problem === null ? file : `${file}: ${problem}`,
	];
}

/** All recordings, as a table or as one line of JSON. */
export function list(json = false, root: string = stateFolder()): Said {
	const all = kept(root).map(listed);
	if (json) return {text: `${JSON.stringify(all)}\n`, code: 0};
	if (all.length === 0) return {text: `There is no recording in ${root} yet.\n`, code: 0};
	const rows = [HEADINGS, ...all.map(rowOf)];
	const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
	const line = (row: readonly string[]): string =>
		row
			.map((cell, column) =>
				RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
			)
			.join('  ')
			.trimEnd();
	return {text: `${rows.map(line).join('\n')}\n`, code: 0};
}
