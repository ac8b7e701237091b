/** `devtop export FILE --as json|journal|cast`: a recording for other tools. */
import {type Failure, isFailure} from '../domain/channel.ts';
import {openRecording, type Recording} from '../session/recording/read.ts';
import type {Size} from '../ui/layout.ts';
import {CAST_SIZE, type ExportAs} from './forms.ts';
import {type Pieces, writeOut} from './write-out.ts';

/** Each form is loaded when it is asked for: what the others load would settle the colours of a cast. */
async function piecesOf(recording: Recording, as: ExportAs, size: Size): Promise<Pieces> {
	switch (as) {
		case 'json': {
			const {exportJson} = await import('./export-json.ts');
			return exportJson(recording);
		}
		case 'journal': {
			const {exportJournal} = await import('./export-journal.ts');
			return exportJournal(recording);
		}
		case 'cast': {
			// Ink asks once, when it is loaded, how many colours the terminal has. A cast has its own, whatever stdout is.
			process.env.FORCE_COLOR = '1';
			delete process.env.NO_COLOR;
			const {exportCast} = await import('./export-cast.ts');
			return exportCast(recording, size);
		}
	}
}

/**
 * Writes a recording in another form, to a new file or to stdout.
 *
 * @param note told what of the recording could not be read: the rest is exported.
 * @param size of the screen that a cast shows.
 */
export async function exportFile(
	file: string,
	as: ExportAs,
	output: string | null,
	note: (sentence: string) => void,
	size: Size = CAST_SIZE,
): Promise<Failure | null> {
	const recording = openRecording(file);
	if (isFailure(recording)) return recording;
	const failed = await writeOut(await piecesOf(recording, as, size), output, 'export');
	recording.close();
	if (failed === null) for (const problem of recording.problems()) note(problem);
	return failed;
}
