import {render} from 'ink-testing-library';
import {handoverOf} from '../../src/commands/handover.ts';
import {guardTable} from '../../src/commands/hold-screen.ts';
import {journalHeld, panes} from '../../src/panes/index.ts';
import {tag} from '../../src/rules/index.ts';
import {Fold} from '../../src/session/fold.ts';
import {stateOf} from '../../src/session/state.ts';
import {type Controls, createSessionStore, type SessionStore} from '../../src/session/store.ts';
import {sources} from '../../src/sources/index.ts';
import {App} from '../../src/ui/app.tsx';
import {type ControllerParts, createController} from '../../src/ui/controller.ts';
import {createUiStore, type UiStore} from '../../src/ui/ui-store.ts';
import {framesOf} from './recordings.ts';

/** A fold that took the first frames of a recording, with what the screen would read of it. */
export function recorded(name: string, until: (ms: number) => boolean = () => true): {fold: Fold; store: SessionStore} {
	const fold = new Fold({sources, panes, tag});
	let target = '';
	let road = '';
	for (const frame of framesOf(name)) {
		if (!until(frame.ms)) break;
		if (frame.t === 'header') ({target, road} = frame);
		fold.apply(frame);
	}
	const around = {target, road, older: 'idle', recording: null, held: journalHeld} as const;
	return {fold, store: createSessionStore(stateOf(fold, around))};
}

export type Mounted = {
	/** The last frame, without colours. */
	text(): string;
	/** The last frame as it was written. */
	raw(): string;
	/** Types keys one after the other; resolves when the screen stands still. */
	type(...keys: string[]): Promise<void>;
	paste(text: string): Promise<void>;
	/** What one read brings, and nothing waited for. */
	write(text: string): void;
	/** Tells of each frame as soon as it is written. */
	onFrame(listener: () => void): void;
	resize(columns: number, rows: number): Promise<void>;
	readonly ui: UiStore;
	/** What was asked of the session: older, reconnect, quit; and leave. */
	readonly calls: string[];
	unmount(): void;
};

const settled = (ms = 30): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** What a test has of its own. */
export type MountParts = {
	readonly controls?: Partial<Controls>;
	readonly guard?: ControllerParts['guard'];
	readonly handover?: ControllerParts['handover'];
};

/** The real screen over a store, without a terminal. Local time is an hour ahead of UTC. */
export async function mount(
	store: SessionStore,
	columns: number,
	rows: number,
	replay: ControllerParts['replay'] = null,
	{controls = {}, guard = guardTable, handover = handoverOf(() => null)}: MountParts = {},
): Promise<Mounted> {
	const ui = createUiStore(new Set(panes.filter(({log}) => log).map(({id}) => id)));
	const calls: string[] = [];
	const size = {columns, rows};
	const controller = createController({
		session: store,
		ui,
		panes,
		controls: {
			older: () => void calls.push('older'),
			inspect: what => void calls.push(`inspect ${Object.values(what)[0]}`),
			remark: remark => void calls.push(`${remark.t} ${remark.text}`),
			pause: reason => void calls.push(`pause ${reason}`),
			resume: () => void calls.push('resume'),
			fetch: change => void calls.push(`fetch ${JSON.stringify(change)}`),
			reconnect: () => void calls.push('reconnect'),
			guard: null,
			quit: async () => void calls.push('quit'),
			...controls,
		},
		guard,
		copy: text => void calls.push(`copy ${text}`),
		replay,
		handover,
		local: () => 60,
		size: () => size,
		leave: () => void calls.push('leave'),
	});
	const app = render(
		<App session={store} ui={ui} panes={panes} controller={controller} guard={guard} local={() => 60} colours />,
	);
	// The library knows one width and no height.
	const resize = async (newColumns: number, newRows: number): Promise<void> => {
		Object.assign(size, {columns: newColumns, rows: newRows});
		Object.defineProperty(app.stdout, 'columns', {value: newColumns, configurable: true});
		Object.defineProperty(app.stdout, 'rows', {value: newRows, configurable: true});
		app.stdout.emit('resize');
		await settled(60);
	};
	await resize(columns, rows);
	const {stdout} = app;
	const written = stdout.write;
	let drawn = (): void => {};
	stdout.write = frame => {
		written(frame);
		// All that was ever shown is too much to keep for thousands of keys.
		if (stdout.frames.length > 100) stdout.frames.splice(0, 50);
		drawn();
	};
	return {
		text: () => (app.lastFrame() ?? '').replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, ''),
		raw: () => app.lastFrame() ?? '',
		async type(...keys) {
			for (const key of keys) {
				app.stdin.write(key);
				// A lone escape could be the beginning of a sequence: Ink waits for more.
				await settled(key === '\x1b' ? 150 : 30);
			}
		},
		async paste(text) {
			app.stdin.write(`\x1b[200~${text}\x1b[201~`);
			await settled();
		},
		write: text => app.stdin.write(text),
		onFrame: listener => {
			drawn = listener;
		},
		resize,
		ui,
		calls,
		unmount: () => app.unmount(),
	};
}
