/** How a running pull stands at a moment: does it get bytes, and if not, what does it wait for? */
import type {Tone, ViewContext} from '../../domain/pane.ts';
import {span} from '../../domain/time.ts';
import {elapsedOf, type Layer, type Pull, STALL_MS, type State} from './state.ts';

/** Nothing for so long is an error. */
const LONG_MS = 60_000;
/** Manifests and the first bytes take their time. */
const FIRST_MS = 30_000;

export type Stand = {
	/** Empty: nothing to say. */
	readonly text: string;
	/** The same in some fifteen cells, and in as few as can be. */
	readonly brief: string;
	readonly short: string;
	readonly tone: Tone;
	/** For how long it has been stalled; null where it is not. */
	readonly stalledMs: number | null;
};

/** The moment that is shown: the last sample's where the connection is gone. */
export const momentOf = ({clock}: State, {now, stale}: Pick<ViewContext, 'now' | 'stale'>): number =>
	stale && clock !== null ? clock.at : now;

/** "94 s": seconds for the first ten minutes, as nobody counts minutes of a stall. */
export const seconds = (ms: number): string => (ms < 600_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : span(ms));

const stalled = (text: string, short: string, ms: number): Stand => ({
	text: `${text} ${seconds(ms)}`,
	brief: `${short} ${seconds(ms)}`,
	short: `${short} ${seconds(ms)}`,
	tone: ms >= LONG_MS ? 'error' : 'warning',
	stalledMs: ms,
});

/** PROCESS STATE CODES of ps(1), as what an unpacking process can do. */
const WORDS: Readonly<Record<string, string>> = {
	R: 'works',
	S: 'waits for the network',
	D: 'waits for the disk',
	T: 'is stopped',
	t: 'is traced',
	Z: 'has ended',
};

/** How a layer stands. */
export function standOfLayer(layer: Layer, at: number): Stand {
	const idleMs = at - layer.grewAt;
	if (layer.written !== null && idleMs >= STALL_MS) {
		const said = stalled('no bytes for', 'no bytes', idleMs);
		return layer.state === 'D' ? {...said, text: `${said.text}, waits for the disk`} : said;
	}
	const {state} = layer;
	const text = state === null ? 'in the engine' : (WORDS[state] ?? `state ${state}`);
	return {
		text,
		brief: text.replace('waits for the', 'waits:'),
		short: state ?? '',
		tone: state === 'D' ? 'warning' : 'muted',
		stalledMs: null,
	};
}

/** Can layers be seen at all? Without root the engine's folders are closed, and new engines have no process. */
export const layersVisible = ({root, helpers}: State): boolean => root || helpers;

/** How a pull stands: by its layer, or by how long it has none. */
export function standOf(state: State, pull: Pull, at: number): Stand {
	const stands = state.layers.filter(layer => layer.pull === pull.key).map(layer => standOfLayer(layer, at));
	const [first] = stands;
	if (first !== undefined)
		return stands.every(({stalledMs}) => stalledMs !== null)
			? first
			: {...first, stalledMs: null, text: '', brief: '', short: ''};
	if (!layersVisible(state))
		return {
			text: 'its layers are not visible without root',
			brief: 'not root',
			short: 'not root',
			tone: 'muted',
			stalledMs: null,
		};
	if (pull.work.layers === 0) {
		const ms = elapsedOf(state, pull, at) ?? 0;
		const said = {
			text: 'waits for the first layer',
			brief: 'no layer yet',
			short: 'no layer yet',
			tone: 'muted' as const,
			stalledMs: null,
		};
		return ms < FIRST_MS ? said : {...said, tone: ms >= 2 * LONG_MS ? 'error' : 'warning', stalledMs: ms};
	}
	const ms = at - (pull.work.layerAt ?? at);
	if (ms < STALL_MS)
		return {text: 'between layers', brief: 'between layers', short: 'between', tone: 'muted', stalledMs: null};
	return stalled('no layer for', 'no layer', ms);
}
