/** The script: what happens on the embedded device, and when. */
import type {Balena} from './balena.ts';
import type {Clock} from './clock.ts';
import type {Lifecycle} from './lifecycle.ts';
import type {Pull} from './pull.ts';
import {CARD, type KernelLine, OUT_OF_MEMORY, UNDER_VOLTAGE, USB} from './trouble-data.ts';
import type {Voices} from './voices.ts';

export type SceneId = 'quiet' | 'engine' | 'pull' | 'kernel';

/** One thing that happens. */
export type Act =
	| {readonly does: 'kill-engine'}
	| {readonly does: 'kernel'; readonly lines: readonly KernelLine[]}
	| {readonly does: 'out-of-memory'; readonly service: string}
	| {readonly does: 'supervisor'; readonly level: 'info' | 'event' | 'success' | 'debug'; readonly text: string}
	| {readonly does: 'engine'; readonly level: 'info' | 'warning' | 'error'; readonly text: string}
	| {readonly does: 'layer'; readonly megabytesPerSecond: number}
	| {readonly does: 'stall'}
	| {readonly does: 'resume'}
	| {readonly does: 'layer-end'};

type Step = readonly [atMs: number, act: Act];

const IMAGE = `{"image":{"name":"registry2.balena-cloud.com/v2/3f1c0a9b5d7e4c21a8f06b2d94e7c513@sha256:b1327378f8467a1cba638b2ef0236de7f4b2121085862c77db0253b658c57741","appId":1958513,"serviceId":1706512,"serviceName":"frontend","imageId":5301177,"releaseId":2266190,"dependent":0}}`;

const supervisor = (level: 'info' | 'event' | 'success' | 'debug', text: string): Act => ({
	does: 'supervisor',
	level,
	text,
});
const engine = (text: string): Act => ({does: 'engine', level: 'info', text: `msg=${JSON.stringify(text)}`});

/** The stall: twelve seconds without growth, with the engine's own account of it. */
const STALL: readonly Step[] = [
	[15_000, {does: 'stall'}],
	[
		16_500,
		engine(
			'failed to download layer: "read tcp 192.168.1.42:41822->104.16.100.52:443: read: connection reset by peer", retrying to read again',
		),
	],
	[16_510, engine('waiting 1s before retrying layer download')],
	[18_900, engine('failed to download layer: "dial tcp 104.16.100.52:443: i/o timeout", retrying to read again')],
	[18_910, engine('waiting 2s before retrying layer download')],
	[22_300, engine('failed to download layer: "dial tcp 104.16.100.52:443: i/o timeout", retrying to read again')],
	[22_310, engine('waiting 4s before retrying layer download')],
	[27_000, engine('download resumed after 3 retries')],
	[27_000, {does: 'resume'}],
];

export const SCENES: Readonly<Record<SceneId, readonly Step[]>> = {
	quiet: [],
	engine: [
		[0, {does: 'kill-engine'}],
		[6000, {does: 'kill-engine'}],
	],
	pull: [
		[0, supervisor('info', 'Applying target state')],
		[40, supervisor('event', `Event: Docker image download ${IMAGE}`)],
		[1500, {does: 'layer', megabytesPerSecond: 9}],
		[6500, {does: 'layer-end'}],
		[6900, {does: 'layer', megabytesPerSecond: 6.4}],
		...STALL,
		[41_000, {does: 'layer-end'}],
		[41_300, {does: 'layer', megabytesPerSecond: 3}],
		[44_000, {does: 'layer-end'}],
		[44_600, supervisor('event', `Event: Image downloaded ${IMAGE}`)],
		[44_900, supervisor('debug', 'Finished applying target state')],
		[44_910, supervisor('success', 'Device state apply success')],
	],
	kernel: [
		[0, {does: 'kernel', lines: UNDER_VOLTAGE}],
		[8000, {does: 'kernel', lines: CARD}],
		[17_000, {does: 'kernel', lines: OUT_OF_MEMORY}],
		[17_020, {does: 'out-of-memory', service: 'backend'}],
		[24_000, {does: 'kernel', lines: USB}],
	],
};

/** The order in which a newcomer sees them; then thirty quiet seconds, and again. */
export const TIMELINE: readonly (readonly [atMs: number, scene: SceneId])[] = [
	[10_000, 'engine'],
	[30_000, 'pull'],
	[80_000, 'kernel'],
];
export const ROUND_MS = 140_000;
/** When a scene that was chosen alone begins. */
const ALONE_MS = 2000;

export type Stage = {
	readonly clock: Clock;
	readonly balena: Balena;
	readonly lifecycle: Lifecycle;
	readonly voices: Voices;
	readonly pull: Pull;
};

function play(act: Act, {clock, balena, lifecycle, voices, pull}: Stage): void {
	switch (act.does) {
		case 'kill-engine':
			if (balena.engine.mainPid !== 0) lifecycle.die(balena.engine, {code: 2, status: 9, signal: 'KILL'});
			break;
		case 'kernel':
			for (const [ms, priority, text] of act.lines) {
				if (ms === 0) voices.kernel(priority, text);
				else clock.after(ms, () => voices.kernel(priority, text));
			}
			break;
		case 'out-of-memory':
			balena.outOfMemory(act.service);
			break;
		case 'supervisor':
			balena.say(act.level, act.text);
			break;
		case 'engine':
			// The retries belong to a download; where the engine went away in between there is none.
			if (pull.running()) voices.engine(balena.engine, act.level, act.text);
			break;
		case 'layer':
			if (balena.engine.active === 'active') pull.layer(act.megabytesPerSecond);
			break;
		case 'stall':
			pull.stall();
			break;
		case 'resume':
			pull.resume();
			break;
		case 'layer-end':
			pull.layerEnd();
			break;
		default:
			act satisfies never;
	}
}

/** Starts the script. It runs for as long as the clock does. */
export function startScenes(which: SceneId | 'all', stage: Stage): void {
	const scene = (id: SceneId, delayMs: number): void => {
		for (const [ms, act] of SCENES[id]) stage.clock.after(delayMs + ms, () => play(act, stage));
	};
	const round = (): void => {
		for (const [ms, id] of TIMELINE) scene(id, ms);
		stage.clock.after(ROUND_MS, round);
	};
	if (which === 'all') round();
	else scene(which, ALONE_MS);
}
