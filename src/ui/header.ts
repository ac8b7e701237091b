/** The two rows above the panes and the one below, as rows of spans. Pure. */
import type {LinkState} from '../domain/link.ts';
import type {PaneId, Row, Span, Tone} from '../domain/pane.ts';
import {askedLess, isEverything, type Scope, type SourceId} from '../domain/source.ts';
import {bytes, shortUnit} from '../domain/text.ts';
import {clockOf, span, utc, type ZoneOffset} from '../domain/time.ts';
import {shortUuid} from '../domain/uuid.ts';
import type {SessionState} from '../session/store.ts';
import {cut, widthOf} from './cells.ts';
import {guardHints, isGuardOpen} from './guard/screen.tsx';
import {armedWords, unproven} from './guard/words.ts';
import {BINDINGS, REPLAY_BINDINGS} from './keymap.ts';
import {noteFooter} from './note.tsx';
import {paletteFooter} from './palette.tsx';
import {pickerFooter} from './picker.tsx';
import type {UiState} from './ui-store.ts';
import {nameOf, offsetOf} from './zone.ts';

export {progressOf} from '../session/progress.ts';

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

/** The row in at most so many cells: what stands at the right of it must never be pushed out. */
function clipped(row: Row, cells: number): Row {
	let left = cells;
	return row.flatMap(span => {
		const text = cut(span.text, left);
		left -= widthOf(text);
		return text === '' ? [] : [{...span, text}];
	});
}

export const widthOfRow = (row: Row): number => row.reduce((sum, {text, width}) => sum + (width ?? widthOf(text)), 0);

/** Samplers answer every two seconds: after this long without a byte something is wrong, long before TCP says so. */
const QUIET_MS = 6000;
/** After this long what is shown is called stale. */
const STALE_MS = 10_000;

/** How often the device is asked, and whether at all. */
type Asked = Partial<Pick<SessionState, 'scope' | 'held'>>;

/** How much longer an answer may be away. */
const patience = ({scope}: Asked): number => (scope === undefined ? 1 : askedLess(scope));

/** Milliseconds without anything from the device, once it is long enough to be worth a word; else null. */
export function quietMs({
	link,
	newestAt,
	now,
	...asked
}: Pick<SessionState, 'link' | 'newestAt' | 'now'> & Asked): number | null {
	// Whoever fetches nothing hears nothing.
	if (link.kind !== 'live' || newestAt === null || asked.held === true) return null;
	const quiet = now - Math.max(newestAt, link.since);
	return quiet >= QUIET_MS * patience(asked) ? quiet : null;
}

/** How long nothing was written into a recording that is followed; 0 elsewhere. */
const silentMs = ({replay}: Pick<SessionState, 'replay'>): number =>
	typeof replay?.following === 'object' ? (replay.following?.ageMs ?? 0) : 0;

/** Is what is shown no longer known to hold? Where a recording ends its operator quit: that is no lost link. */
export const isStale = (state: Pick<SessionState, 'link' | 'newestAt' | 'now' | 'replay'> & Asked): boolean =>
	state.held === true ||
	(state.link.kind !== 'live' && !(state.replay !== null && state.link.kind === 'closed')) ||
	silentMs(state) >= STALE_MS ||
	(quietMs(state) ?? 0) >= STALE_MS * patience(state);

/** Panes of what samplers measure, and which sampler that is. */
const MEASURED: Readonly<Partial<Record<PaneId, SourceId>>> = {
	services: 'sampler',
	pulls: 'sampler',
	device: 'sampler',
	findings: 'sampler',
};

/** Is what a pane shows no longer known to hold? A sampler can stand still while the journal goes on. */
export function isStaleIn(
	state: Pick<SessionState, 'link' | 'newestAt' | 'now' | 'replay' | 'sources'> & Asked,
	id: PaneId,
): boolean {
	if (isStale(state)) return true;
	const source = MEASURED[id];
	const newestAt = source === undefined ? null : (state.sources[source]?.newestAt ?? null);
	return (
		newestAt !== null &&
		state.link.kind === 'live' &&
		state.now - Math.max(newestAt, state.link.since) >= STALE_MS * patience(state)
	);
}

/** `14 s old`, where what a pane shows is no longer known to hold; else empty. */
export function ageIn(
	state: Pick<SessionState, 'link' | 'newestAt' | 'now' | 'replay' | 'sources'> & Asked,
	id: PaneId,
): string {
	const source = MEASURED[id];
	const newestAt = (source === undefined ? null : state.sources[source]?.newestAt) ?? state.newestAt;
	return newestAt === null || !isStaleIn(state, id) ? '' : `${span(state.now - newestAt + silentMs(state))} old`;
}

/** The link in one or two words, with its sign. */
export function linkWord(link: LinkState, now: number, quiet: number | null, asked: Asked = {}): Span {
	switch (link.kind) {
		case 'live':
			return quiet === null
				? {text: '● live', tone: 'good'}
				: quiet < STALE_MS * patience(asked)
					? {text: `◌ quiet for ${Math.floor(quiet / 1000)} s`, tone: 'warning'}
					: {text: `✗ stalled for ${Math.floor(quiet / 1000)} s`, tone: 'error'};
		case 'connecting': {
			const stage = link.stage ?? 'connecting';
			return {text: link.attempt > 1 ? `◌ ${stage} (${link.attempt})` : `◌ ${stage}`, tone: 'warning'};
		}
		case 'waiting':
			return {text: `✗ link lost, next try in ${Math.max(0, Math.ceil((link.next - now) / 1000))} s`, tone: 'error'};
		case 'refused':
			return {text: '✗ refused', tone: 'error'};
		case 'closed':
			return {text: '○ closed', tone: 'muted'};
	}
}

/** `REPLAY ×2 00:03:12 of 00:10:00`; where it is followed, `REPLAY following 00:03:12, last frame 1 s old`. */
function replayWords({playing, speed, ms, lengthMs, reading, following}: NonNullable<SessionState['replay']>): Row {
	const time = (value: number): string => clockOf(value, utc);
	if (reading === null && typeof following === 'object' && following !== null) {
		const {ageMs} = following;
		return [
			{text: 'REPLAY following ', tone: 'accent'},
			{text: `${time(ms)}, `, tone: 'plain'},
			{
				text: `last frame ${span(ageMs)} old`,
				tone: ageMs >= STALE_MS ? 'error' : ageMs >= QUIET_MS ? 'warning' : 'plain',
			},
		];
	}
	const end = typeof following === 'string' ? `${following} ` : '';
	return [
		{text: `REPLAY ${end}${playing || (end !== '' && ms >= lengthMs) ? '' : 'paused '}×${speed} `, tone: 'accent'},
		{text: `${time(ms)} of ${time(lengthMs)}`, tone: 'plain'},
		...(reading === null ? [] : [{text: `, ${Math.floor(reading * 100)} % read`, tone: 'muted' as Tone}]),
	];
}

/** `REC 1.2 MB`, or `REC paused 12 s`; nothing where nothing is recorded. */
function recordingWords({recording, paused, now}: SessionState): Row {
	if (recording === null) return [];
	return [
		paused === null
			? {text: `REC ${bytes(recording.bytes)}  `, tone: 'error'}
			: {text: `REC paused ${span(Math.max(0, now - paused.at))}  `, tone: 'warning'},
	];
}

/** A host name may have 64 characters; a header may not. */
const LONGEST_NAME = 30;

const CLOCKS_MS = 3000;

/** Data older than this is worth a colour: the samplers answer every two seconds. */
const OLD_MS = 6000;

function ageOf(state: SessionState): Span {
	const {newestAt, now} = state;
	if (newestAt === null) return {text: 'no data yet', tone: 'muted'};
	const age = Math.max(0, now - newestAt) + silentMs(state);
	return {
		text: `data ${age < 2500 ? 'now' : `${Math.floor(age / 1000)} s old`}`,
		tone: age > OLD_MS ? 'warning' : 'plain',
	};
}

const isWhole = (scope: Scope): boolean => isEverything(scope) && scope.since === null;

/** The scope as it was given: `-u chronyd -t balenad --priority err -S -1h`. */
export const scopeWords = (scope: Scope): string =>
	[matchWords(scope), ...(scope.since === null ? [] : [`-S ${scope.since}`])].filter(word => word !== '').join(' ');

/** The same without its date. */
export const matchWords = ({units, identifiers, priority}: Scope): string =>
	[
		...units.map(unit => `-u ${shortUnit(unit)}`),
		...identifiers.map(identifier => `-t ${identifier}`),
		...(priority === null ? [] : [`--priority ${priority}`]),
	].join(' ');

/** Lines a second over the last five whole seconds. */
const rateOf = ({linesPerSecond}: SessionState): number =>
	linesPerSecond.slice(-6, -1).reduce((sum, count) => sum + count, 0) / 5;

/**
 * Device, road, link, traffic at the left; recording, LOOK ONLY or ARMED, and clock at the right, which are never left out. What
 * does not fit at the left goes, the least telling first.
 */
export function headerRow(state: SessionState, {zone}: Pick<UiState, 'zone'>, local: ZoneOffset, columns: number): Row {
	const {identity, link, road, target, roundTripMs, bytesPerMinute, now, scope} = state;
	const quiet = quietMs(state);
	const offset = offsetOf(zone, state, local);
	const shown = zone === 'ago' ? utc : offset;
	const rightWith = (armed: Row): Row => [
		...recordingWords(state),
		// Beyond what the link makes of it, the two clocks differ: times on the screen are the device's.
		...(state.clockOffsetMs !== null && Math.abs(state.clockOffsetMs) > CLOCKS_MS
			? [
					{
						text: `device clock ${state.clockOffsetMs < 0 ? '−' : '+'}${span(Math.abs(state.clockOffsetMs))}  `,
						tone: 'warning' as Tone,
					},
				]
			: []),
		...(state.replay === null ? [] : replayWords(state.replay)),
		...(state.replay === null || armed.length === 0 ? [] : [{text: '  '}]),
		...armed,
		{text: `  ${clockOf(now, shown)}${nameOf(zone, offset, now)} `, tone: 'strong'},
	];
	const name = identity?.hostname ?? target;
	const uuid = identity?.uuid == null ? null : shortUuid(identity.uuid);
	const rate = rateOf(state);
	const device: Row = [
		{text: ' ', tone: 'plain'},
		{text: cut(name, LONGEST_NAME), tone: 'strong'},
		...(uuid === null || uuid === name ? [] : [{text: ` ${uuid}`, tone: 'strong' as Tone}]),
	];
	const way: Row = [
		{text: `${cut(road, LONGEST_NAME)} `, tone: 'plain'},
		linkWord(link, now, quiet, state),
		...(roundTripMs === null || link.kind !== 'live' || quiet !== null
			? []
			: [{text: ` ${Math.round(roundTripMs)} ms`, tone: 'plain' as Tone}]),
	];
	const lines: Row = [
		{text: `${rate < 9.95 ? rate.toFixed(1) : Math.round(rate)} lines/s `, tone: 'plain'},
		{text: sparkline(state.linesPerSecond.slice(0, -1), 12), tone: 'accent'},
	];
	const traffic: Row = bytesPerMinute === null ? [] : [{text: `${bytes(bytesPerMinute)}/min`, tone: 'plain'}];
	// Who gave the permission is left out before the device and the link are.
	const words = armedWords(state, shown);
	const least = widthOfRow(between([device, way]));
	const right = rightWith(
		words.find(armed => widthOfRow(rightWith(armed)) + least + 1 <= columns) ?? words.at(-1) ?? [],
	);
	const room = columns - widthOfRow(right) - 1;
	// What is not fetched cannot be seen: said before anything that is only nice to know.
	const limits = [
		...(state.held ? ['fetching nothing'] : []),
		...(isWhole(scope) ? [] : [`only ${scopeWords(scope)}`]),
		...(scope.metered === true ? ['metered'] : []),
	];
	const narrowed: Row = limits.length === 0 ? [] : [{text: limits.join(', '), tone: 'warning'}];
	const parts: Row[] = [device, way, narrowed, [ageOf(state)], lines, traffic];
	const attempts: readonly (readonly Row[])[] = [
		parts,
		[device, way, narrowed, [ageOf(state)], lines.slice(0, 1), traffic],
		[device, way, narrowed, [ageOf(state)], traffic],
		[device, way, narrowed, [ageOf(state)]],
		[device, way, narrowed],
		[device, narrowed],
		[device, way],
	];
	const left = clipped(between(attempts.find(groups => widthOfRow(between(groups)) <= room) ?? [device, way]), room);
	return [...left, {text: '', grow: true}, ...right];
}

const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000));

const NOTICE_MS = 60_000;

/** The third row, where something must be known at once: the link's trouble, or a notice. Null: then the last hour stands there. */
export function alarmRow(state: SessionState, noticed: string): Row | null {
	const {link, now, notices} = state;
	if (link.kind === 'refused') return [{text: ' '}, {text: link.why, tone: 'error'}];
	if (link.kind === 'waiting')
		return [
			{text: ' '},
			{
				text: `Link lost; r connects now, else attempt ${link.attempt} in ${seconds(link.next - now)} s: ${link.why}`,
				tone: 'warning',
			},
		];
	if (link.kind === 'connecting' && state.identity !== null)
		return [{text: ' '}, {text: 'Connecting again. What is shown is as it was.', tone: 'warning'}];
	// A recording says nothing of a pause but that it was one: what is shown is as it was before.
	if (state.replay !== null && state.paused !== null)
		return [{text: ' '}, {text: `The recording was paused here: ${state.paused.reason}`, tone: 'warning'}];
	const notice = notices.at(-1);
	// A word that was there for a minute was read, or will be found in the help.
	if (notice === undefined || notice === noticed || now - state.noticedAt > NOTICE_MS) return null;
	return [
		{text: ' '},
		{text: notice, tone: 'warning'},
		{text: notices.length > 1 ? `  (Esc: seen; ${notices.length} in the help)` : '  (Esc: seen)', tone: 'muted'},
	];
}

/** What quitting means now, in the longest form that fits. */
export const leavingWords = (names: string, columns: number): string => {
	const long = `An action is not proven yet (${names} …): q again leaves, and the note says “not proven”; any other key stays.`;
	const short = `${cut(names, Math.max(10, columns - 63))}: not proven yet. q leaves, and the note says so; others stay.`;
	return widthOf(long) + 2 <= columns ? long : short;
};

/** The last row: what is typed, an answer to the last key, or hints that fit. */
export function footerRow(
	ui: UiState,
	state: SessionState,
	{log, title, hint}: {readonly log: boolean; readonly title: string; readonly hint: string},
	columns: number,
): Row {
	if (ui.quitting) return [{text: ' Ending what runs on the device…', tone: 'muted'}];
	if (ui.leaving) return [{text: ' '}, {text: leavingWords(unproven(state), columns), tone: 'warning'}];
	const {prompt, picker, palette, note} = ui;
	if (isGuardOpen(ui)) {
		const text = ui.said === '' ? guardHints(ui, state) : ui.said;
		return [{text: ` ${text}`, tone: ui.said === '' ? 'muted' : 'accent'}];
	}
	if (palette !== null) return paletteFooter(palette, columns);
	if (note !== null) return noteFooter(note, ui.said, columns);
	if (picker !== null) return pickerFooter(picker, columns);
	if (prompt !== null) {
		const name = {
			search: `/ search in ${title}: `,
			filter: `filter ${title}: `,
			time: '@ time or %: ',
			note: 'note: ',
			todo: 'to do (who, until when): ',
			snooze: 'known, because: ',
			pause: 'pause the recording, because: ',
			scope: 'fetch only: ',
		}[prompt.kind];
		const help =
			prompt.wrong !== ''
				? prompt.wrong
				: {
						filter: 'unit: id: container: prio: since: word -word /regex/ · Enter · Esc',
						search: 'Enter finds · Esc leaves',
						time: '15:00 Europe/Berlin, 37% · Enter goes there · Esc',
						note: 'Enter writes it · Esc leaves',
						todo: 'Enter writes it · Esc leaves',
						snooze: 'Enter sets it aside · Esc leaves',
						pause: 'Enter pauses · Esc leaves',
						scope: '-u UNIT -t IDENTIFIER --priority P; nothing: all · Enter · Esc',
					}[prompt.kind];
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
	if (hint !== '') return [{text: ` ${hint}`, tone: 'accent'}];
	const where = new Set([
		'all',
		...(log ? ['log'] : []),
		...(ui.focus === 'kernel' ? ['kernel'] : []),
		...(ui.focus === 'journal' ? ['journal'] : []),
		...(state.link.kind === 'waiting' ? ['lost'] : []),
		...(ui.trail.length > 0 ? ['jumped'] : []),
	]);
	const driving = state.replay === null ? [] : REPLAY_BINDINGS.map(({hint}) => hint);
	// A key has one meaning: in a replay, the replay's; and nobody can be asked for older lines there, or for anything else.
	const taken = new Set(
		driving.length === 0 ? [] : ['PgUp', 'x', 'A', ...driving.flatMap(({keys}) => keys.split(' '))],
	);
	const live = BINDINGS.flatMap(({hint}) =>
		hint !== null && where.has(hint.where) && !taken.has(hint.keys) ? [hint] : [],
	);
	const hints = [...driving, ...live].toSorted((a, b) => a.rank - b.rank);
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
