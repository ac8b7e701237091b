/** What is said of the device, as rows of facts. Of each row the first facts matter most: the last are left out first. */
import type {Identity} from '../../domain/fact.ts';
import type {Tone} from '../../domain/pane.ts';
import {bytes, count} from '../../domain/text.ts';
import {clockOf, span, type ZoneOffset} from '../../domain/time.ts';
import type {State} from './reduce.ts';

/** A fact; `short` says it in fewer cells. */
export type Part = {readonly text: string; readonly tone: Tone; readonly short?: string};
export type Line = {readonly key: string; readonly label: string; readonly parts: readonly Part[]};

/** From these on a value is worth a word: percent, percent, percent, °C, ms. */
const MEMORY_WARNING = 90;
const DATA_WARNING = 80;
const DATA_ERROR = 90;
const HOT = 80;
const SKEW_MS = 5000;

const part = (text: string, tone: Tone = 'plain'): Part => ({text, tone});
/** Without a name where the label says it. */
const unknown = (what = ''): Part => part(`${what} not known`.trim(), 'muted');
const known = (what: string, value: string | number | null | undefined, tone: Tone = 'plain'): Part =>
	value === null || value === undefined || value === '' ? unknown(what) : part(`${what} ${value}`, tone);
const percent = (value: number): string => `${Math.round(value)} %`;
const kilobytes = (kb: number): string => bytes(kb * 1024);

/** The device's clock minus ours, in ms. The answer travelled, so this is late by the way of it. */
export const offsetOf = ({vitals}: State): number | null =>
	vitals === null || vitals.vitals.clockMs === null ? null : vitals.vitals.clockMs - vitals.at;

function uptime({vitals}: State, now: number): Part {
	if (vitals === null || vitals.vitals.uptimeMs === null) return unknown('uptime');
	return part(`up ${span(vitals.vitals.uptimeMs + (now - vitals.at))}`);
}

function memory({vitals}: State): readonly Part[] {
	const held = vitals?.vitals.memory ?? null;
	const swap = vitals?.vitals.swap ?? null;
	if (held === null || held.totalKb === 0) return [unknown()];
	const used = held.totalKb - held.availableKb;
	const share = (used / held.totalKb) * 100;
	return [
		part(percent(share), share >= MEMORY_WARNING ? 'warning' : 'plain'),
		part(`${kilobytes(used)} of ${kilobytes(held.totalKb)}`),
		swap === null
			? part('no swap', 'muted')
			: part(`swap ${kilobytes(swap.totalKb - swap.freeKb)} of ${kilobytes(swap.totalKb)}`),
	];
}

/** Percent as df reckons it: what root keeps for itself is neither used nor free. */
export function data({disk, sentences}: State): readonly Part[] {
	if (disk === null) return [sentences.engine === undefined ? unknown() : part(sentences.engine, 'error')];
	if (disk.disk === null) {
		const {code} = disk.status;
		if (code === 124) return [part('df did not answer in 5 s', 'error')];
		return [code === 0 ? unknown() : part(`df ended with code ${code}`, 'error')];
	}
	const {usedKb, availableKb, totalKb, mount, readOnly} = disk.disk;
	const share = usedKb + availableKb === 0 ? 0 : (usedKb / (usedKb + availableKb)) * 100;
	const tone = share >= DATA_ERROR ? 'error' : share >= DATA_WARNING ? 'warning' : 'plain';
	return [
		part(`${percent(share)} full`, tone),
		...(readOnly ? [part('read-only', 'error')] : []),
		part(`${kilobytes(usedKb)} of ${kilobytes(totalKb)}`),
		part(mount, 'muted'),
	];
}

function processor({vitals, cpu}: State): readonly Part[] {
	const {load = null, temperatures = []} = vitals?.vitals ?? {};
	const [hottest] = [...temperatures].sort((a, b) => b.celsius - a.celsius);
	return [
		cpu === null ? unknown() : part(percent(cpu)),
		known('load', load?.map(value => value.toFixed(2)).join(' ')),
		hottest === undefined
			? unknown('temperature')
			: part(`${hottest.celsius.toFixed(1)} °C`, hottest.celsius >= HOT ? 'warning' : 'plain'),
		...(hottest === undefined || hottest.zone === '' ? [] : [part(hottest.zone, 'muted')]),
	];
}

function clock(state: State): Part {
	const offset = offsetOf(state);
	if (offset === null) return unknown('clock');
	const size = Math.abs(offset);
	const amount = size < 90_000 ? `${(size / 1000).toFixed(1)} s` : span(size);
	return part(`clock ≈ ${offset < 0 ? '−' : '+'}${amount}`, size > SKEW_MS ? 'warning' : 'plain');
}

function vpn({vitals}: State): Part {
	if (vitals === null) return unknown('VPN');
	const {vpn: up} = vitals.vitals;
	return up === null ? part('no VPN marker', 'muted') : up ? part('VPN up', 'good') : part('VPN down', 'warning');
}

function sessions({others}: State): Part {
	if (others === null) return unknown('other SSH sessions');
	return part(others === 0 ? 'no other SSH' : `${count(others, 'other SSH session')}`, others > 0 ? 'accent' : 'muted');
}

function names(identity: Identity | null, sentence: string | undefined): readonly Part[] {
	if (identity === null) return [sentence === undefined ? unknown() : part(sentence, 'error')];
	const {hostname, uuid, deviceType} = identity;
	return [
		part(hostname || 'no host name', hostname ? 'strong' : 'muted'),
		uuid === null ? unknown('uuid') : {...part(uuid), short: uuid.slice(0, 12)},
		deviceType === null ? unknown('type') : part(deviceType),
	];
}

const KINDS = {balena: 'balenaOS', systemd: 'a systemd host'} as const;

/** All lines, the most important first. `now` is the operator's clock. */
export function linesOf(state: State, now: number, zone: ZoneOffset): readonly Line[] {
	const {identity, vitals} = state;
	const offset = offsetOf(state);
	const sampler = state.sentences.sampler;
	const boot = identity?.bootId.replaceAll('-', '') ?? '';
	return [
		{key: 'name', label: 'name', parts: names(identity, state.sentences.identity)},
		{
			key: 'os',
			label: 'os',
			parts:
				identity === null
					? [unknown()]
					: [
							part(identity.os),
							...(identity.kind === 'balena' && /balena/i.test(identity.os)
								? []
								: [part(KINDS[identity.kind], 'muted')]),
							...(identity.kind === 'balena' || identity.supervisorVersion !== null
								? [known('supervisor', identity.supervisorVersion)]
								: []),
						],
		},
		{
			key: 'cpu',
			label: 'cpu',
			parts: [
				...(sampler === undefined ? [] : [part(sampler, 'error')]),
				...(sampler === undefined || vitals !== null ? processor(state) : []),
			],
		},
		{key: 'memory', label: 'memory', parts: memory(state)},
		{key: 'data', label: 'data', parts: data(state)},
		{
			key: 'link',
			label: 'link',
			parts: [
				vpn(state),
				clock(state),
				sessions(state),
				...(offset === null ? [] : [part(`${clockOf(now + offset, zone)} there`, 'muted')]),
			],
		},
		{
			key: 'boot',
			label: 'boot',
			parts: [boot === '' ? unknown() : part(boot.slice(0, 8)), uptime(state, now)],
		},
		{
			key: 'versions',
			label: 'kernel',
			parts: [
				identity === null || identity.kernel === '' ? unknown() : part(identity.kernel),
				known('systemd', identity?.systemd),
				known('engine', identity?.engineVersion),
			],
		},
	];
}

/** The worst of the lines: "data 93 % full"; null where nothing is wrong. */
export function worstOf(lines: readonly Line[]): Part | null {
	for (const tone of ['error', 'warning'] as const)
		for (const {key, label, parts} of lines) {
			const bad =
				key === 'link'
					? parts.find(one => one.tone === tone && !one.text.startsWith('VPN'))
					: parts.find(one => one.tone === tone);
			if (bad !== undefined) return {text: key === 'link' ? bad.text : `${label} ${bad.text}`, tone};
		}
	return null;
}
