/** Takes the terminal, and gives it back whatever happens. */
import {render} from 'ink';
import type {PaneSpec} from '../domain/pane.ts';
import type {ZoneOffset} from '../domain/time.ts';
import type {Controls, SessionStore} from '../session/store.ts';
import {App} from './app.tsx';
import {createAttention} from './attention.ts';
import {type ControllerParts, createController} from './controller.ts';
import {frameDiff, type Tty} from './frame-diff.ts';
import type {GuardTable} from './guard/table.ts';
import {createLend, Suspending} from './lent.tsx';
import {createUiStore} from './ui-store.ts';

export type ScreenParts = {
	readonly store: SessionStore;
	readonly panes: readonly PaneSpec<unknown>[];
	readonly controls: Controls;
	readonly guard: GuardTable;
	readonly zones: {readonly local: ZoneOffset};
	readonly stdout: NodeJS.WriteStream;
	readonly stdin: NodeJS.ReadStream;
	/** Where a recording is replayed; null in a live session. */
	readonly replay: ControllerParts['replay'];
	readonly handover: ControllerParts['handover'];
	/** False with NO_COLOR. */
	readonly colours: boolean;
};

export interface Screen {
	/** Resolves when the terminal is as it was before. */
	waitUntilExit(): Promise<unknown>;
	unmount(): void;
}

/** Shows the session on the alternate screen until the operator quits or `unmount` is called. */
export function startScreen({
	store,
	panes,
	controls,
	guard,
	zones,
	stdout,
	stdin,
	replay,
	handover,
	colours,
}: ScreenParts): Screen {
	const ui = createUiStore(new Set(panes.filter(({log}) => log).map(({id}) => id)));
	// A terminal that is gone can't be written to; SIGHUP ends the session in order.
	stdout.on('error', () => {});
	const write = (text: string): void => {
		if (stdout.writable) stdout.write(text);
	};
	const controller = createController({
		session: store,
		ui,
		panes,
		controls,
		replay,
		handover,
		local: zones.local,
		size: () => ({columns: stdout.columns, rows: stdout.rows}),
		guard,
		// OSC 52 (xterm, ctlseqs): only ever written, never asked for.
		copy: text => write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
		leave: () => app.unmount(),
	});
	/** The terminal is a shell's. */
	let isLent = false;
	let giveBack = (): void => {};
	const app = render(
		<>
			<Suspending
				onReady={suspend => {
					const lend = createLend({
						stdin,
						stdout,
						suspend,
						lent: on => {
							isLent = on;
						},
					});
					controls.guard?.lend(to => {
						const lent = lend(to);
						giveBack = lent.back;
						return lent;
					});
				}}
			/>
			<App
				session={store}
				ui={ui}
				panes={panes}
				controller={controller}
				guard={guard}
				local={zones.local}
				colours={colours}
			/>
		</>,
		{
			stdout: frameDiff(stdout as unknown as Tty, () => isLent) as unknown as NodeJS.WriteStream,
			stdin,
			alternateScreen: true,
			incrementalRendering: false,
			exitOnCtrlC: false,
			patchConsole: false,
			// Ink draws nothing where CI is set, unless told that somebody looks.
			interactive: true,
			maxFps: 30,
		},
	);
	const attention = createAttention(panes, store.getState().target, write);
	const looking = setInterval(() => {
		if (!isLent) attention.look(store.getState(), ui.getState().loudness);
	}, 1000);
	const exited = app.waitUntilExit().finally(() => {
		clearInterval(looking);
		controls.guard?.lend(null);
		attention.end();
	});
	return {
		waitUntilExit: () => exited,
		unmount: () => {
			giveBack();
			app.unmount();
		},
	};
}
