/** The same screen over a recording: no network, no actuator. */
import {type Failure, failure} from '../domain/channel.ts';
import {journalHeld, panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {Replay, type Tape} from '../session/replay.ts';
import {sources} from '../sources/index.ts';
import {momentOf} from '../ui/moment.ts';
import {startScreen} from '../ui/screen.tsx';
import {localOffset} from './watch.ts';

export type ReplayOptions = {
	/** Where to begin: a time or a percentage, as `@` takes it; null: at the beginning. */
	readonly at: string | null;
	/** How fast; null: as it was. */
	readonly speed: number | null;
};

/** Replays a tape on the terminal until the operator quits. */
export async function replay(tape: Tape, {at, speed}: ReplayOptions): Promise<Failure | null> {
	if (!process.stdout.isTTY || !process.stdin.isTTY)
		return failure('usage', 'devtop needs a terminal to draw on, and this is none: run it without a pipe.');
	const playing = new Replay({tape, sources, panes, tag, held: journalHeld, elapsed: () => performance.now()});
	const {beganAt, lengthMs} = playing;
	const from = at === null ? 0 : momentOf(at, {beganAt, lengthMs, minutes: 0});
	if (typeof from !== 'number') return failure('usage', `--at ${at}: ${from.wrong}.`);
	if (speed !== null) playing.replay.hurryTo(speed);
	playing.start(from);
	const screen = startScreen({
		store: playing.store,
		panes,
		controls: playing.controls,
		replay: {...playing.replay, beganAt},
		zones: {local: localOffset},
		stdout: process.stdout,
		stdin: process.stdin,
		colours: process.env.NO_COLOR === undefined || process.env.NO_COLOR === '',
	});
	for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.once(signal, () => screen.unmount());
	await screen.waitUntilExit();
	playing.stop();
	return null;
}
