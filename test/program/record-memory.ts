/** Reads and verifies a recording, and says by how much the process grew. */
import {isFailure} from '../../src/domain/channel.ts';
import {openRecording} from '../../src/session/recording/read.ts';
import {verify} from '../../src/session/recording/verify.ts';

const [file = ''] = process.argv.slice(2);
const before = process.memoryUsage.rss();
let most = before;
const recording = openRecording(file);
if (isFailure(recording)) throw new Error(recording.message);
let frames = 0;
for (let index = 0; index < recording.blocks; index++) {
	frames += recording.block(index).length;
	most = Math.max(most, process.memoryUsage.rss());
}
const verdict = verify(file);
if (isFailure(verdict)) throw new Error(verdict.message);
most = Math.max(most, process.memoryUsage.rss());
process.stdout.write(JSON.stringify({frames, verified: verdict.tally.frames, grownMb: (most - before) / 1e6}));
