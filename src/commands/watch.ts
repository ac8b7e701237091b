/** Connects, then takes the screen; whatever goes wrong before is one sentence on stderr. */
import {type Failure, failure, type Road} from '../domain/channel.ts';
import type {Scope} from '../domain/source.ts';
import {journalHeld, panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {Recorder} from '../session/recorder.ts';
import {Session} from '../session/session.ts';
import {sources} from '../sources/index.ts';
import {startScreen} from '../ui/screen.tsx';
import {wire} from './wire.ts';

export const PROGRAM = 'devtop 0.1.0';

/** Minutes that the machine's zone is ahead of UTC at a moment. */
export const localOffset = (epochMs: number): number => -new Date(epochMs).getTimezoneOffset();

function openRecorder(file: string | null): Recorder | null | Failure {
	if (file === null) return null;
	try {
		return new Recorder(file);
	} catch (error) {
		const why = (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it is there already' : (error as Error).message;
		return failure('usage', `The recording ${file} can't be begun: ${why}. Name another file.`);
	}
}

/**
 * Watches the device at the end of a road until the operator quits.
 *
 * @param settled called when the screen is taken: no question can be asked any more.
 * @returns null, or the failure that kept it from beginning.
 */
export async function watch(
	road: Road,
	scope: Scope,
	record: string | null,
	settled: () => void = () => {},
): Promise<Failure | null> {
	if (!process.stdout.isTTY || !process.stdin.isTTY)
		return failure('usage', 'devtop needs a terminal to draw on, and this is none: run it without a pipe.');
	const recorder = openRecorder(record);
	if (recorder !== null && 'kind' in recorder) return recorder;
	const session = new Session({
		road,
		scope,
		sources,
		panes,
		tag,
		wire,
		recorder,
		program: PROGRAM,
		random: Math.random,
		clock: {now: () => Date.now(), elapsed: () => performance.now()},
		held: journalHeld,
	});
	const interrupted = (): void => {
		session.stop().finally(() => process.exit(130));
	};
	process.on('SIGINT', interrupted);
	const refused = await session.begin();
	process.off('SIGINT', interrupted);
	if (refused !== null) return refused;
	settled();
	const screen = startScreen({
		store: session.store,
		panes,
		controls: session.controls,
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
	return null;
}
