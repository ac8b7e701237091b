/** `devtop replay FILE`: the same screen over a recording; no network, no actuator. */
import {existsSync, readFileSync, statSync} from 'node:fs';
import {basename} from 'node:path';
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {journalHeld, panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {closeFile} from '../session/recording/blocks.ts';
import {openBlocks, openRecording} from '../session/recording/read.ts';
import {isLive, tailOf} from '../session/recording/tail.ts';
import {Replay, type ReplayParts} from '../session/replay.ts';
import {sources} from '../sources/index.ts';
import {momentOf} from '../ui/moment.ts';
import {handoverOf} from './handover.ts';
import {holdScreen, noTerminal} from './hold-screen.ts';
import {say} from './said.ts';
import {sshCommandOf} from './ssh-command.ts';

export type ReplayOptions = {
	/** Where to begin: a time or a percentage, as `@` takes it; null: at the beginning. */
	readonly at: string | null;
	/** How fast; null: as it was. */
	readonly speed: number | null;
	/** Shows what another devtop writes meanwhile. */
	readonly follow: boolean;
};

/** Replays a tape on the terminal until the operator quits. */
async function replay(
	parts: Pick<ReplayParts, 'tape' | 'growth' | 'word'>,
	/** Where it is: a live one has another name once it is closed. */
	file: () => string,
	{at, speed}: Pick<ReplayOptions, 'at' | 'speed'>,
): Promise<Failure | null> {
	const playing = new Replay({
		...parts,
		sources,
		panes,
		tag,
		held: journalHeld,
		elapsed: () => performance.now(),
		now: () => Date.now(),
	});
	const {beganAt, lengthMs} = playing;
	const from = at === null ? 0 : momentOf(at, {beganAt, lengthMs, minutes: 0});
	if (typeof from !== 'number') return failure('usage', `--at ${at}: ${from.wrong}.`);
	if (speed !== null) playing.replay.hurryTo(speed);
	playing.start(parts.growth === undefined ? from : Number.POSITIVE_INFINITY);
	try {
		await holdScreen(
			{
				store: playing.store,
				controls: playing.controls,
				replay: {...playing.replay, beganAt},
				ssh: sshCommandOf(playing.store.getState().target, playing.store.getState().road),
				handover: handoverOf(file),
			},
			async () => playing.stop(),
		);
	} finally {
		// Where the screen can't be shown, too: it would read on in a file that is closed, and that would be told instead.
		playing.stop();
	}
	return null;
}

/** Replays a recording; a failure where it is none. What of it could not be read is said behind the screen. */
async function replayWhole(file: string, options: ReplayOptions, word = ''): Promise<Failure | null> {
	const recording = openRecording(file);
	if (isFailure(recording)) return recording;
	try {
		const tape = {blocks: recording.blocks, block: (index: number) => recording.lines(index)};
		const failed = await replay({tape, word}, () => file, options);
		for (const problem of recording.problems()) say(problem);
		return failed;
	} finally {
		recording.close();
	}
}

const HEADER = '{"t":"header"';
const AGAIN_MS = 500;

/** Was it begun, and is its first line still to be written? A recorder opens its file before it connects. */
function isBeginning(file: string): boolean {
	const stat = statSync(file, {throwIfNoEntry: false});
	if (!stat?.isFile() || stat.size > 4096) return false;
	const text = readFileSync(file, 'utf8');
	return !text.includes('\n') && text.startsWith(HEADER.slice(0, text.length));
}

/** The file that is written, where the closed one is named that it will become. */
const written = (file: string): string =>
	file.endsWith('.gz') && !existsSync(file) && existsSync(file.slice(0, -3)) ? file.slice(0, -3) : file;

/** Follows a recording that is still written. */
async function follow(named: string, options: ReplayOptions): Promise<Failure | null> {
	const file = written(named);
	if (isBeginning(file)) say(`Waiting for the first line of ${file}; Ctrl-C leaves.`);
	while (isBeginning(file)) await new Promise(resolve => setTimeout(resolve, AGAIN_MS));
	const blocks = openBlocks(file);
	if (isFailure(blocks)) return blocks;
	if (!isLive(blocks)) {
		closeFile(blocks.descriptor);
		const word = `${basename(file)} is closed, so there is nothing to follow: it is replayed from its beginning.`;
		say(word);
		return await replayWhole(file, options, word);
	}
	const tail = tailOf(blocks);
	if (isFailure(tail)) return tail;
	try {
		const failed = await replay({tape: tail, growth: tail}, () => (existsSync(file) ? file : `${file}.gz`), options);
		for (const problem of tail.problems()) say(problem);
		return failed;
	} finally {
		tail.close();
	}
}

/** Replays a recording, or follows it; a failure where it is none. */
export async function replayFile(file: string, options: ReplayOptions): Promise<Failure | null> {
	const unseen = noTerminal();
	if (unseen !== null) return unseen;
	return options.follow ? await follow(file, options) : await replayWhole(file, options);
}
