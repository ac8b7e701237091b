/** One image being pulled: a layer at a time, unpacked by `docker-untar`, as balenaEngine 20.10 does. */
import type {Chance} from './chance.ts';
import type {Clock} from './clock.ts';

type Layer = {
	readonly pid: number;
	readonly cacheId: string;
	readonly writeSet: string;
	readonly startMs: number;
	readonly bytesPerSecond: number;
	bytes: number;
	/** Since when it grows; null while it is stalled. */
	growsSinceMs: number | null;
	cpuTicks: number;
};

export interface Pull {
	layer(megabytesPerSecond: number): void;
	stall(): void;
	resume(): void;
	/** The layer is unpacked. */
	layerEnd(): void;
	running(): boolean;
	/** Lines of the sampler's section `pulls`: write-sets, the engine's io, the process. */
	lines(enginePid: number): {readonly sets: string[]; readonly engine: string; readonly process: string[]};
}

const BASE = '/var/lib/docker';

export function createPull(clock: Clock, chance: Chance, bootMs: number): Pull {
	let layer: Layer | null = null;
	let pids = 3560;
	let earlier = 0;

	const settle = (one: Layer): void => {
		if (one.growsSinceMs === null) return;
		const ms = clock.now() - one.growsSinceMs;
		one.growsSinceMs = clock.now();
		// The network is never even: a slow wave over the mean.
		const wave = 1 + 0.25 * Math.sin(clock.now() / 2300);
		one.bytes += (ms / 1000) * one.bytesPerSecond * wave;
		one.cpuTicks += (ms / 1000) * 31;
	};

	return {
		layer: megabytesPerSecond => {
			pids += chance.between(7, 19);
			layer = {
				pid: pids,
				cacheId: chance.hex(64),
				writeSet: String(chance.between(100_000_000, 4_000_000_000)),
				startMs: clock.now(),
				bytesPerSecond: megabytesPerSecond * 1_000_000,
				bytes: 14_020,
				growsSinceMs: clock.now(),
				cpuTicks: 2,
			};
		},
		stall: () => {
			if (layer === null) return;
			settle(layer);
			layer.growsSinceMs = null;
		},
		resume: () => {
			if (layer !== null) layer.growsSinceMs = clock.now();
		},
		layerEnd: () => {
			if (layer === null) return;
			settle(layer);
			earlier += layer.bytes;
			layer = null;
		},
		running: () => layer !== null,
		lines: enginePid => {
			if (layer === null) return {sets: [], engine: '', process: []};
			settle(layer);
			const {pid, cacheId, writeSet, startMs} = layer;
			const read = Math.round(layer.bytes);
			const written = Math.max(0, Math.round(read * 0.941) - 13_000);
			const disk = Math.floor((written * 1.034) / 4096) * 4096;
			const ticks = Math.round(layer.cpuTicks);
			const startTicks = Math.round((startMs - bootMs) / 10);
			const state = layer.growsSinceMs === null ? 'S' : read % 3 === 0 ? 'S' : 'R';
			const stat = `${pid} (exe) ${state} ${enginePid} ${enginePid} ${enginePid} 0 -1 4194560 7598 0 0 0 ${Math.floor(ticks * 0.42)} ${Math.ceil(ticks * 0.58)} 0 0 20 0 7 0 ${startTicks} 1266860032 17529 18446744073709551615 93833422204928 93833449451989 140733952682144 0 0 0 0 0 2143420159 0 0 0 17 0 0 0 0 0 0 93833455106320 93833479651960 93833496121344 140733952687715 140733952687825 140733952687825 140733952688105 0`;
			const engineRead = Math.round(earlier + layer.bytes) + 24_596_474;
			return {
				sets: [`w ${BASE}/image/overlay2/layerdb/tmp/write-set-${writeSet} ${cacheId}\n`],
				engine: `engine ${engineRead} ${Math.round(engineRead * 1.01)} ${Math.floor(engineRead / 4096) * 4096}\n`,
				process: [`p docker-untar / ${BASE}/overlay2/${cacheId}/diff |${stat}| ${read} ${written} ${disk}\n`],
			};
		},
	};
}
