/**
 * Nouns of the pulls pane. Names that end in `At` are the operator's clock, in `Ms` the device's, both epoch ms: what is
 * sampled is reckoned by ours, what the journal says by the device's.
 */
import type {Kind} from './path.ts';
import type {Said} from './runs.ts';

/** A layer that is being unpacked: a process, or an engine's transaction without one. */
export type Layer = {
	/** `p PID START` of a process, `w NAME` of a transaction. */
	readonly key: string;
	/** Key of its pull. */
	readonly pull: string;
	/** False where another running pull could have been its own: nothing on the device tells. */
	readonly sure: boolean;
	/** Cache id, twelve digits; null where the engine does not tell it before the end. */
	readonly id: string | null;
	readonly kind: Kind;
	/** docker-untar, docker-applyLayer; null for a transaction. */
	readonly process: string | null;
	readonly pid: number | null;
	/** R, S, D …; null where there is no process. */
	readonly state: string | null;
	readonly beganAt: number;
	/** The last sample that counted for rates. */
	readonly seenAt: number;
	readonly uptimeMs: number | null;
	readonly cpuTicks: number;
	/** Percent of one processor. */
	readonly cpu: number | null;
	readonly residentBytes: number | null;
	/** Null where the device does not tell (no root). */
	readonly written: number | null;
	/** Bytes per second. */
	readonly rate: number | null;
	/** When it last wrote. */
	readonly grewAt: number;
	/** Transactions that share the engine's one figure; 1 for a process. */
	readonly shared: number;
};

/** What was measured of a pull. */
export type Work = {
	readonly kind: Kind | null;
	readonly layers: number;
	/** What we saw of it: the end of each layer falls between two samples. Null where the device does not tell. */
	readonly written: number | null;
	/** When a layer was last seen. */
	readonly layerAt: number | null;
	/** Last sign of life: a process, or growth. */
	readonly signAt: number | null;
};

export type Pull = {
	/** `e BOOT US` of its supervisor event, `l NUMBER` of a pull that nobody announced. */
	readonly key: string;
	/** Null: nobody said which image. */
	readonly image: string | null;
	readonly service: string | null;
	/** Null where only its end was told. */
	readonly beganMs: number | null;
	/** The same, in ms since boot: clocks of devices jump. */
	readonly monoMs: number | null;
	readonly work: Work;
};

export type How = 'done' | 'failed' | 'ended' | 'interrupted';

export type Finished = Pull & {
	readonly endedMs: number;
	readonly tookMs: number | null;
	readonly how: How;
	readonly why: string | null;
};

export type State = {
	readonly layers: readonly Layer[];
	/** Running, in the order of their beginning. */
	readonly pulls: readonly Pull[];
	/** Newest first. */
	readonly finished: readonly Finished[];
	/** What the supervisor said, of all boots. */
	readonly said: readonly Said[];
	/** Pulls that nobody announced so far: their keys. */
	readonly numbers: number;
	/** Transactions that were given up and are still listed. */
	readonly dead: readonly string[];
	/** Throughput of all, by sample. */
	readonly rates: readonly number[];
	readonly engine: {readonly written: number; readonly uptimeMs: number | null; readonly at: number} | null;
	/** The engine has helper processes for layers (before 24): then a transaction alone is between two layers. */
	readonly helpers: boolean;
	readonly trouble: {readonly text: string; readonly atMs: number} | null;
	/** Device's clock minus ours. */
	readonly offsetMs: number;
	/** Null before the first sample. */
	readonly clock: {readonly at: number; readonly uptimeMs: number | null} | null;
	readonly boot: string | null;
	/** False where we know that we are not root there. */
	readonly root: boolean;
	/** Why the sampler could not answer. */
	readonly sentence: string;
};

export const noWork: Work = {kind: null, layers: 0, written: null, layerAt: null, signAt: null};

export const initial: State = {
	layers: [],
	pulls: [],
	finished: [],
	said: [],
	numbers: 0,
	dead: [],
	rates: [],
	engine: null,
	helpers: false,
	trouble: null,
	offsetMs: 0,
	clock: null,
	boot: null,
	root: true,
	sentence: '',
};

/** Samples in the chart. */
export const RATES = 60;
export const FINISHED = 20;
/** Layers without an event follow each other in one pull; after such a pause it has ended. */
export const PAUSE_MS = 10_000;
/** No growth for so long is worth a word. */
export const STALL_MS = 10_000;
/** A pull without a sign of life for so long is over, whatever was not said. */
export const LOST_MS = 3_600_000;

/** True for a pull that nobody announced. */
export const isLoose = ({key}: Pick<Pull, 'key'>): boolean => key.startsWith('l ');

/** Milliseconds since a pull began, at a moment of the operator's clock; null where its beginning is not known. */
export function elapsedOf({clock, offsetMs}: State, {beganMs, monoMs}: Pull, at: number): number | null {
	if (monoMs !== null && clock?.uptimeMs != null) return Math.max(0, clock.uptimeMs + (at - clock.at) - monoMs);
	return beganMs === null ? null : Math.max(0, at + offsetMs - beganMs);
}
