/** A process that records as fast as it can, and says on stdout how many lines are in the file after each write. Made to be killed. */
import {writeSync} from 'node:fs';
import {Recorder} from '../../src/session/recorder.ts';
import {sessionOf} from '../unit/session/record-frames.ts';

const [file = '', lines = '1000000', seed = '1'] = process.argv.slice(2);
const recorder = new Recorder(file);
let taken = 0;
for (const frame of sessionOf(Number(lines), Number(seed))) {
	recorder.take(frame);
	if (++taken % 40 !== 0) continue;
	recorder.flush();
	writeSync(1, `${taken}\n`);
}
recorder.flush();
writeSync(1, 'closing\n');
await recorder.close();
writeSync(1, 'closed\n');
