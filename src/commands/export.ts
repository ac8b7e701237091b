/** `devtop export FILE --as json|journal`: a recording for other tools. */
import {type Failure, isFailure} from '../domain/channel.ts';
import {openRecording} from '../session/recording/read.ts';
import {exportJournal} from './export-journal.ts';
import {exportJson} from './export-json.ts';
import type {ExportAs} from './forms.ts';
import {writeOut} from './write-out.ts';

/**
 * Writes a recording in another form, to a new file or to stdout.
 *
 * @param note told what of the recording could not be read: the rest is exported.
 */
export async function exportFile(
	file: string,
	as: ExportAs,
	output: string | null,
	note: (sentence: string) => void,
): Promise<Failure | null> {
	const recording = openRecording(file);
	if (isFailure(recording)) return recording;
	const pieces = as === 'json' ? exportJson(recording) : exportJournal(recording);
	const failed = await writeOut(pieces, output, 'export');
	recording.close();
	if (failed === null) for (const problem of recording.problems()) note(problem);
	return failed;
}
