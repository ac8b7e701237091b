/** The two rows above the panes and the one below, as rows of spans. Pure. */
import type {LinkState} from '../domain/link.ts';
import type {PaneSpec, Row, Span, Tone} from '../domain/pane.ts';
import {bytes} from '../domain/text.ts';
import {clockOf, span, utc, type ZoneOffset} from '../domain/time.ts';
import type {SessionState} from '../session/store.ts';
import {widthOf} from './cells.ts';
import {BINDINGS} from './keymap.ts';
import type {UiState} from './ui-store.ts';

const LEVELS = '▁▂▃▄▅▆▇█';

/** Values as a row of blocks, the newest at the right. Nothing at all is a low line, not a gap. */
export function sparkline(values: readonly number[], cells: number): string {
	const shown = values.slice(-cells);
	const most = Math.max(1, ...shown);
	return shown.map(value => LEVELS[Math.min(7, Math.ceil((value / most) * 7))] ?? '▁').join('');
}

const between = (groups: readonly Row[]): Row =>
	groups
		.filter(group => group.length > 0)
		.flatMap((group, index) => (index === 0 ? group : [{text: ' │ ', tone: 'muted'}, ...group]));

const widthOfRow = (row: Row): number => row.reduce((sum, {text, width}) => sum + (width ?? widthOf(text)), 0);

/** The link in one or two words, with its sign. */
export function linkWord(link: LinkState, now: number): Span {
	switch (link.kind) {
		case 'live':
			return {text: '● live', tone: 'good'};
		case 'connecting':
			return {text: link.attempt > 1 ? `◌ connecting (${link.attempt})` : '◌ connecting', tone: 'warning'};
		case 'waiting':
			return {text: `✗ link lost, next try in ${Math.max(0, Math.ceil((link.next - now) / 1000))} s`, tone: 'error'};
		case 'refused':
			return {text: '✗ refused', tone: 'error'};
		case 'closed':
			return {text: '○ closed', tone: 'muted'};
	}
}

/** Data older than this is worth a colour: the samplers answer every two seconds. */
const OLD_MS = 6000;

function ageOf({newestAt, now}: SessionState): Span {
	if (newestAt === null) return {text: 'no data yet', tone: 'muted'};
	const age = Math.max(0, now - newestAt);
	return {text: `data ${age < 2000 ? 'now' : `${span(age)} old`}`, tone: age > OLD_MS ? 'warning' : 'plain'};
}

/** Lines a second over the last five whole seconds. */
const rateOf = ({linesPerSecond}: SessionState): number =>
	linesPerSecond.slice(-6, -1).reduce((sum, count) => sum + count, 0) / 5;

/** `+01:00`, `Z` for UTC. */
function zoneName(zone: UiState['zone'], offset: ZoneOffset, now: number): string {
	if (zone === 'utc') return 'Z';
	const minutes = offset(now);
	const size = Math.abs(minutes);
	return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}

/**
 * Device, road, link, traffic at the left; recording, LOOK-ONLY and clock at the right, which are never left out. What
 * does not fit at the left goes, the least telling first.
 */
export function headerRow(state: SessionState, {zone}: Pick<UiState, 'zone'>, local: ZoneOffset, columns: number): Row {
	const {identity, link, road, target, roundTripMs, bytesPerMinute, recording, now} = state;
	const offset = zone === 'utc' ? utc : local;
	const right: Row = [
		...(recording === null ? [] : [{text: `REC ${bytes(recording.bytes)}  `, tone: 'error' as Tone}]),
		{text: 'LOOK-ONLY', tone: 'good'},
		{text: `  ${clockOf(now, offset)}${zoneName(zone, offset, now)} `, tone: 'strong'},
	];
	const name = identity?.hostname ?? target;
	const uuid = identity?.uuid?.slice(0, 7) ?? null;
	const rate = rateOf(state);
	const device: Row = [
		{text: ' ', tone: 'plain'},
		{text: name, tone: 'strong'},
		...(uuid === null || uuid === name ? [] : [{text: ` ${uuid}`, tone: 'strong' as Tone}]),
	];
	const way: Row = [
		{text: `${road} `, tone: 'plain'},
		linkWord(link, now),
		...(roundTripMs === null || link.kind !== 'live'
			? []
			: [{text: ` ${Math.round(roundTripMs)} ms`, tone: 'plain' as Tone}]),
	];
	const lines: Row = [
		{text: `${rate < 9.95 ? rate.toFixed(1) : Math.round(rate)} lines/s `, tone: 'plain'},
		{text: sparkline(state.linesPerSecond.slice(0, -1), 12), tone: 'accent'},
	];
	const traffic: Row = bytesPerMinute === null ? [] : [{text: `${bytes(bytesPerMinute)}/min`, tone: 'plain'}];
	const room = columns - widthOfRow(right) - 1;
	const parts: Row[] = [device, way, [ageOf(state)], lines, traffic];
	const attempts: readonly (readonly Row[])[] = [
		parts,
		[device, way, [ageOf(state)], lines.slice(0, 1), traffic],
		[device, way, [ageOf(state)], traffic],
		[device, way, [ageOf(state)]],
		[device, way],
	];
	const left = between(attempts.find(groups => widthOfRow(between(groups)) <= room) ?? [device, way]);
	return [...left, {text: '', grow: true}, ...right];
}

const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000));

/** The second row: what the operator must know now. The link's trouble first, then notices, then the worst of each pane. */
export function statusRow(
	state: SessionState,
	panes: readonly {readonly spec: PaneSpec<unknown>; readonly summary: Row}[],
): Row {
	const {link, now, notices} = state;
	if (link.kind === 'refused') return [{text: ' '}, {text: link.why, tone: 'error'}];
	if (link.kind === 'waiting')
		return [
			{text: ' '},
			{
				text: `Link lost: ${link.why}. Attempt ${link.attempt} in ${seconds(link.next - now)} s, r connects now. What is shown is as it was.`,
				tone: 'warning',
			},
		];
	if (link.kind === 'closed') return [{text: ' '}, {text: 'The session has ended; this is how it was.', tone: 'muted'}];
	if (link.kind === 'connecting' && state.identity !== null)
		return [{text: ' '}, {text: 'Connecting again. What is shown is as it was.', tone: 'warning'}];
	const notice = notices.at(-1);
	if (notice !== undefined)
		return [
			{text: ' '},
			{text: notice, tone: 'warning'},
			...(notices.length > 1 ? [{text: `  (${notices.length - 1} more in the help, ?)`, tone: 'muted' as Tone}] : []),
		];
	const loud = panes.flatMap(({spec, summary}) => {
		const worst = summary.find(({tone}) => tone === 'error') ?? summary.find(({tone}) => tone === 'warning');
		return worst === undefined ? [] : [[{text: `${spec.title}: `, tone: 'muted'}, worst] as Row];
	});
	if (loud.length > 0) return [{text: ' '}, ...between(loud)];
	const {sampler, 'kernel-history': kernel} = state.sources;
	if (sampler?.newestAt == null || kernel === undefined || kernel.state === 'asked')
		return [{text: ' '}, {text: 'Reading the units and the kernel log…', tone: 'muted'}];
	return [{text: ' '}, {text: 'No failed unit, no kernel warning, no stalled pull in what was read.', tone: 'muted'}];
}

/** The last row: what is typed, an answer to the last key, or hints that fit. */
export function footerRow(ui: UiState, state: SessionState, log: boolean, title: string, columns: number): Row {
	if (ui.quitting) return [{text: ' Ending what runs on the device…', tone: 'muted'}];
	const {prompt} = ui;
	if (prompt !== null) {
		const name = prompt.kind === 'search' ? `/ search in ${title}: ` : `filter ${title}: `;
		const help =
			prompt.wrong !== ''
				? prompt.wrong
				: prompt.kind === 'search'
					? 'Enter finds · Esc leaves'
					: 'unit: id: container: prio: word -word /regex/ · Enter · Esc';
		const room = columns - widthOf(name) - widthOf(help) - 5;
		const text = widthOf(prompt.text) > room ? `…${prompt.text.slice(-Math.max(0, room - 1))}` : prompt.text;
		return [
			{text: ' '},
			{text: name, tone: 'accent'},
			{text, tone: 'strong'},
			{text: '▏', tone: 'accent'},
			{text: '', grow: true},
			{text: help, tone: prompt.wrong === '' ? 'muted' : 'error'},
			{text: ' '},
		];
	}
	if (ui.said !== '') return [{text: ` ${ui.said}`, tone: 'accent'}];
	const where = new Set([
		'all',
		...(log ? ['log'] : []),
		...(ui.focus === 'kernel' ? ['kernel'] : []),
		...(state.link.kind === 'waiting' ? ['lost'] : []),
	]);
	const hints = BINDINGS.flatMap(({hint}) => (hint !== null && where.has(hint.where) ? [hint] : [])).toSorted(
		(a, b) => a.rank - b.rank,
	);
	const look = ui.looks[ui.focus];
	const shown: Span[] = [{text: ' '}];
	let left = columns - 1;
	for (const {keys, text} of hints) {
		const word = text === 'pause' && !look.follow ? 'follow' : text === 'zoom' && ui.zoomed ? 'unzoom' : text;
		const width = widthOf(keys) + widthOf(word) + 3;
		if (width > left) continue;
		shown.push({text: keys, tone: 'accent'}, {text: ` ${word}  `, tone: 'muted'});
		left -= width;
	}
	return shown;
}
