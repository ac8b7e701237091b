/** The screen where there is no terminal: each state as the rows that a terminal of a chosen size would show. */
import {PassThrough, Writable} from 'node:stream';
import {render} from 'ink';
import type {PaneSpec} from '../domain/pane.ts';
import {utc} from '../domain/time.ts';
import {createSessionStore, type SessionState} from '../session/store.ts';
import {App} from './app.tsx';
import {loadCharts} from './charts.ts';
import type {Controller} from './controller.ts';
import type {GuardTable} from './guard/table.ts';
import type {Size} from './layout.ts';
import {createUiStore} from './ui-store.ts';

export interface Canvas {
	/**
	 * The rows of a state, with their colours.
	 *
	 * @param anew as a screen that begins with this state; else panes keep the room that earlier states gave them.
	 */
	paint(state: SessionState, anew: boolean): Promise<readonly string[]>;
	close(): void;
}

/** Turns of the event loop in which nothing was drawn, after which nothing more comes: an effect may draw once more. */
const STILL = 2;

/** Nobody types here: Ink wants a keyboard all the same. */
const keyboard = (): NodeJS.ReadStream =>
	Object.assign(new PassThrough(), {
		isTTY: true,
		setRawMode: () => {},
		ref: () => {},
		unref: () => {},
	}) as unknown as NodeJS.ReadStream;

/** Mounts the screen over a first state, with nothing chosen: the focus, the filters and the clock of a replay's beginning. */
export async function createCanvas(
	first: SessionState,
	panes: readonly PaneSpec<unknown>[],
	{columns, rows}: Size,
): Promise<Canvas> {
	// Charts that are not there yet would be drawn otherwise, for as long as loading takes.
	await loadCharts();
	const store = createSessionStore(first);
	const ui = createUiStore(new Set(panes.filter(({log}) => log).map(({id}) => id)));
	let frame = '';
	let drawn = 0;
	const stdout = Object.assign(
		new Writable({
			decodeStrings: false,
			write(chunk: string, _encoding, done) {
				// What is no frame is for a terminal: its cursor, its paste mode.
				if (chunk.includes('\n')) {
					frame = chunk;
					drawn++;
				}
				done();
			},
		}),
		{columns, rows, isTTY: true},
	) as unknown as NodeJS.WriteStream;
	const stdin = keyboard();
	const nothing: GuardTable = {actions: [], neverOffered: [], profiles: [], ssh: null, quote: word => word};
	const nobody: Controller = {press: () => {}, burst: () => {}, paste: () => {}, painted: () => {}};
	const app = render(
		<App session={store} ui={ui} panes={panes} guard={nothing} controller={nobody} local={utc} colours />,
		{
			stdout,
			stdin,
			// Whole frames, each at once: what is drawn must not hang on how long drawing takes.
			debug: true,
			interactive: true,
			isScreenReaderEnabled: false,
			exitOnCtrlC: false,
			patchConsole: false,
		},
	);
	async function still(): Promise<void> {
		for (let quiet = 0; quiet < STILL; ) {
			const before = drawn;
			await app.waitUntilRenderFlush();
			quiet = drawn === before ? quiet + 1 : 0;
		}
	}
	await still();
	return {
		async paint(state, anew) {
			store.setState(state, true);
			if (anew) ui.setState({needs: {}});
			await still();
			return frame.split('\n').slice(0, rows);
		},
		close() {
			app.unmount();
			stdin.destroy();
		},
	};
}
