/** Holds the terminal for a session or a replay, and gives it back whatever happens. */

import {actions, neverOffered, riskByName} from '../actions/index.ts';
import {type Failure, failure} from '../domain/channel.ts';
import {panes} from '../panes/index.ts';
import {quote} from '../transport/command.ts';
import type {GuardTable} from '../ui/guard/table.ts';
import {type ScreenParts, startScreen} from '../ui/screen.tsx';
import {Interruption} from './interruption.ts';

/** Minutes that the machine's zone is ahead of UTC at a moment. */
const localOffset = (epochMs: number): number => -new Date(epochMs).getTimezoneOffset();

/** What the screen may know of the actions: data. */
export const guardTable: GuardTable = {
	actions: actions.map(action => {
		const {id, title, key, of, mayNotReturn} = action;
		return {id, title, key, of, mayNotReturn, risk: subject => riskByName(action, subject)};
	}),
	neverOffered,
	profiles: [],
	ssh: null,
	quote,
};

/** Said where there is no terminal to draw on. */
export const noTerminal = (): Failure | null =>
	process.stdout.isTTY && process.stdin.isTTY
		? null
		: failure('usage', 'devtop needs a terminal to draw on, and this is none: run it without a pipe.');

/**
 * Shows the screen until the operator quits or a signal ends it.
 *
 * @param stop ends what is shown; asked for before the screen goes on a signal, and after it on a fault.
 */
export async function holdScreen(
	{
		profiles = [],
		ssh = null,
		...parts
	}: Pick<ScreenParts, 'store' | 'controls' | 'replay' | 'handover'> & {
		/** What a consent is given by as a rule. */
		readonly profiles?: GuardTable['profiles'];
		/** What opens a shell of the same device elsewhere. */
		readonly ssh?: GuardTable['ssh'];
	},
	stop: () => Promise<unknown>,
	interruption: Interruption = new Interruption(),
): Promise<void> {
	const screen = startScreen({
		...parts,
		panes,
		guard: {...guardTable, profiles, ssh},
		zones: {local: localOffset},
		stdout: process.stdout,
		stdin: process.stdin,
		colours: process.env.NO_COLOR === undefined || process.env.NO_COLOR === '',
	});
	let told = false;
	const bug = (error: unknown): void => {
		// What goes wrong in telling it is not told: it would go round for ever where the terminal is gone.
		if (told) return;
		told = true;
		// The terminal first, then the word: nobody can read it on the other screen.
		screen.unmount();
		const what = error instanceof Error ? error.message : String(error);
		const where = process.env.DEVTOP_DEBUG !== undefined && error instanceof Error ? `\n${error.stack}` : '';
		const {guard, replay} = parts.store.getState();
		const changed =
			replay !== null || guard.runs.length === 0
				? 'nothing on the device was changed'
				: 'what was done to the device stands in the recording';
		process.stderr.write(
			`devtop: a fault of devtop itself ended it (${what}); ${changed}. DEVTOP_DEBUG=1 shows where it was.${where}\n`,
		);
		void stop().finally(() => process.exit(1));
	};
	process.on('uncaughtException', bug);
	process.on('unhandledRejection', bug);
	// Each as often as it comes: a window that is closed says so by kernel, shell and terminal, and a second one must not
	// break off what the first began.
	interruption.each(() => void stop().then(() => screen.unmount()));
	await screen.waitUntilExit();
	await stop();
}
