/** The arguments of the commands that read a recording. */
import {type Failure, isFailure} from '../domain/channel.ts';
import {SMALLEST} from '../ui/layout.ts';
import type {Command} from './command.ts';
import {CAST_SIZE, EXPORTS, LARGEST, type NoteForm} from './forms.ts';
import {type Given, number, usage} from './options.ts';
import {stray} from './stray.ts';

function exportOf(given: Given, file: string): Command | Failure {
	const as = EXPORTS.find(known => known === given.as);
	if (as === undefined)
		return usage(`--as is one of ${EXPORTS.join(', ')}${given.as === undefined ? '' : `, not "${given.as}"`}.`);
	if (as !== 'cast' && (given.columns ?? given.rows) !== undefined)
		return usage('--columns and --rows go with --as cast: they are the size of its screen.');
	const columns = number(given.columns, '--columns', LARGEST.columns, SMALLEST.columns);
	if (isFailure(columns)) return columns;
	const rows = number(given.rows, '--rows', LARGEST.rows, SMALLEST.rows);
	if (isFailure(rows)) return rows;
	const size = {columns: columns ?? CAST_SIZE.columns, rows: rows ?? CAST_SIZE.rows};
	return {kind: 'export', file, as, size, output: given.output ?? null};
}

/** Which of the note's forms is asked for; they exclude each other. */
function formOf(given: Given): NoteForm | Failure {
	if (given.for !== undefined && given.for !== 'customer')
		return usage(`devtop notes --for takes "customer", not "${given.for}".`);
	if (given.as !== undefined && given.as !== 'json') return usage(`devtop notes --as takes "json", not "${given.as}".`);
	const asked: NoteForm[] = [];
	if (given.brief) asked.push('brief');
	if (given.for !== undefined) asked.push('customer');
	if (given.as !== undefined) asked.push('json');
	return asked.length > 1
		? usage('--brief, --for customer and --as json exclude each other: one note at a time.')
		: (asked[0] ?? 'full');
}

function notesOf(given: Given, file: string): Command | Failure {
	const form = formOf(given);
	return typeof form === 'string' ? {kind: 'notes', file, form, output: given.output ?? null} : form;
}

function replayOf(given: Given, file: string): Command | Failure {
	const follow = given.follow ?? false;
	if (follow && given.at !== undefined) return usage('--follow begins at the end of what is written: leave out --at.');
	const speed = given.speed === undefined ? null : Number(given.speed);
	return speed === null || (speed >= 0.1 && speed <= 1000)
		? {kind: 'replay', file, at: given.at ?? null, speed, follow}
		: usage(`--speed takes a number from 0.1 to 1000, not "${given.speed}".`);
}

const FILE_COMMANDS = {
	verify: (_: Given, file: string): Command | Failure => ({kind: 'verify', file}),
	export: exportOf,
	replay: replayOf,
	notes: notesOf,
} as const;

/** The commands that read a recording. */
export function fileCommand(
	given: Given,
	kind: keyof typeof FILE_COMMANDS,
	words: readonly string[],
): Command | Failure {
	const refused = stray(given, kind);
	if (refused !== null) return refused;
	const [file, ...more] = words;
	if (file === undefined) return usage(`devtop ${kind} needs a recording: a path, "last", or a short uuid.`);
	if (more.length > 0) return usage(`devtop ${kind}: "${more.at(-1)}" is one too many.`);
	return FILE_COMMANDS[kind](given, file);
}
