import {readdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {isFailure} from '../../src/domain/channel.ts';
import type {Frame} from '../../src/domain/frame.ts';
import {openRecording} from '../../src/session/recording/read.ts';

const folder = fileURLToPath(new URL('../../recordings/', import.meta.url));
const ENDING = '.devtop.jsonl.gz';

/** Every recording that the project comes with, by name. */
export const RECORDINGS: readonly string[] = readdirSync(folder)
	.filter(name => name.endsWith(ENDING))
	.map(name => name.slice(0, -ENDING.length));

/** Where one of them is. */
export const recordingPath = (name: string): string => `${folder}${name}${ENDING}`;

/** All frames of one; throws where the file is not whole. */
export function framesOf(name: string): readonly Frame[] {
	const recording = openRecording(recordingPath(name));
	if (isFailure(recording)) throw new Error(recording.message);
	try {
		const frames = [...recording.frames()];
		const problems = recording.problems();
		if (problems.length > 0) throw new Error(`${name}: ${problems.join(' ')}`);
		return frames;
	} finally {
		recording.close();
	}
}
