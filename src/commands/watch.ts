/** Connects, then takes the screen; whatever goes wrong before is one sentence on stderr. */
import {type Failure, failure, isFailure, type Road} from '../domain/channel.ts';
import type {Scope} from '../domain/source.ts';
import {clean} from '../domain/text.ts';
import {panes} from '../panes/index.ts';
import {startScreen} from '../ui/screen.tsx';
import type {Keep} from './arguments.ts';
import {endSentence, placeSentence, recorderFor, sessionOver} from './live.ts';

/** Minutes that the machine's zone is ahead of UTC at a moment. */
export const localOffset = (epochMs: number): number => -new Date(epochMs).getTimezoneOffset();

const say = (sentence: string | null): void =>
	void (sentence !== null && process.stderr.write(`devtop: ${clean(sentence)}\n`));

/**
 * Watches the device at the end of a road until the operator quits.
 *
 * @param byDefault is the session recorded where no file was named?
 * @param settled called when the screen is taken: no question can be asked any more.
 * @returns null, or the failure that kept it from beginning.
 */
export async function watch(
	road: Road,
	{scope, keep, byDefault}: {readonly scope: Scope; readonly keep: Keep; readonly byDefault: boolean},
	settled: () => void = () => {},
): Promise<Failure | null> {
	if (!process.stdout.isTTY || !process.stdin.isTTY)
		return failure('usage', 'devtop needs a terminal to draw on, and this is none: run it without a pipe.');
	const recorder = recorderFor(keep, road, byDefault);
	if (isFailure(recorder)) return recorder;
	const session = sessionOver(road, scope, recorder, keep.ticket);
	const interrupted = (): void => {
		session.stop().finally(() => process.exit(130));
	};
	process.on('SIGINT', interrupted);
	const refused = await session.begin();
	process.off('SIGINT', interrupted);
	if (refused !== null) return refused;
	settled();
	if (recorder !== null) say(placeSentence(recorder));
	const screen = startScreen({
		store: session.store,
		panes,
		controls: session.controls,
		replay: null,
		zones: {local: localOffset},
		stdout: process.stdout,
		stdin: process.stdin,
		colours: process.env.NO_COLOR === undefined || process.env.NO_COLOR === '',
	});
	const bug = (error: unknown): void => {
		// The terminal first, then the word: nobody can read it on the other screen.
		screen.unmount();
		const what = error instanceof Error ? error.message : String(error);
		const where = process.env.DEVTOP_DEBUG !== undefined && error instanceof Error ? `\n${error.stack}` : '';
		process.stderr.write(
			`devtop: a fault of devtop itself ended it (${what}); nothing on the device was changed. DEVTOP_DEBUG=1 shows where it was.${where}\n`,
		);
		void session.stop().finally(() => process.exit(1));
	};
	process.on('uncaughtException', bug);
	process.on('unhandledRejection', bug);
	for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const)
		process.once(signal, () => {
			void session.stop().then(() => screen.unmount());
		});
	await screen.waitUntilExit();
	await session.stop();
	if (recorder !== null) say(endSentence(recorder));
	return null;
}
