/** `devtop ls`: which recordings there are, the newest first. Of each only its first and last part are read. */
import {isFailure} from '../domain/channel.ts';
import {clean, bytes as sized} from '../domain/text.ts';
import {duration} from '../domain/time.ts';
import {openRecording} from '../session/recording/read.ts';
import {type Kept, kept, stateFolder} from './place.ts';
import {iso, type Said} from './said.ts';

const HEADINGS = ['device', 'began (UTC)', 'ticket', 'length', 'lines', 'size', 'file'] as const;
/** Columns of figures are set to the right. */
const RIGHT = new Set([3, 4, 5]);

function rowOf({file, folder, bytes}: Kept): readonly string[] {
	const device = /^[0-9a-f]{32,}$/.test(folder) ? folder.slice(0, 7) : folder;
	const recording = openRecording(file);
	if (isFailure(recording)) return [device, '', '', '', '', sized(bytes), clean(recording.message)];
	const {header} = recording;
	const last = recording.block(recording.blocks - 1).at(-1) ?? header;
	recording.close();
	return [
		device,
		iso(header.at)?.slice(0, 19).replace('T', ' ') ?? '',
		clean(header.ticket ?? ''),
		duration(last.ms),
		last.t === 'bye' ? String(last.lines) : 'no end',
		sized(bytes),
		file,
	];
}

/** The table of all recordings. */
export function list(root: string = stateFolder()): Said {
	const all = kept(root);
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
