/** `devtop replay FILE`: the same screen over a recording; no network, no actuator. */
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {bytes} from '../domain/text.ts';
import {journalHeld, panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {openRecording} from '../session/recording/read.ts';
import {Replay, type Tape} from '../session/replay.ts';
import {sources} from '../sources/index.ts';
import {momentOf} from '../ui/moment.ts';
import {holdScreen, noTerminal} from './hold-screen.ts';
import {say} from './said.ts';

export type ReplayOptions = {
	/** Where to begin: a time or a percentage, as `@` takes it; null: at the beginning. */
	readonly at: string | null;
	/** How fast; null: as it was. */
	readonly speed: number | null;
};

/** Replays a tape on the terminal until the operator quits. */
async function replay(tape: Tape, {at, speed}: ReplayOptions): Promise<Failure | null> {
	const playing = new Replay({tape, sources, panes, tag, held: journalHeld, elapsed: () => performance.now()});
	const {beganAt, lengthMs} = playing;
	const from = at === null ? 0 : momentOf(at, {beganAt, lengthMs, minutes: 0});
	if (typeof from !== 'number') return failure('usage', `--at ${at}: ${from.wrong}.`);
	if (speed !== null) playing.replay.hurryTo(speed);
	playing.start(from);
	await holdScreen({store: playing.store, controls: playing.controls, replay: {...playing.replay, beganAt}}, async () =>
		playing.stop(),
	);
	return null;
}

/** Bytes from which on reading takes so long that a word is due. */
const LONG = 2_000_000;

/** Replays a recording; a failure where it is none. What of it could not be read is said behind the screen. */
export async function replayFile(file: string, options: ReplayOptions): Promise<Failure | null> {
	const unseen = noTerminal();
	if (unseen !== null) return unseen;
	const recording = openRecording(file);
	if (isFailure(recording)) return recording;
	if (recording.bytes > LONG) say(`Reading ${file}, ${bytes(recording.bytes)}.`);
	try {
		const failed = await replay(recording, options);
		for (const problem of recording.problems()) say(problem);
		return failed;
	} finally {
		recording.close();
	}
}
