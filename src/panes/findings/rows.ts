/** Findings as rows, and as one sentence. */
import {byUrgency, type Finding, standingOf, type Worst} from '../../domain/finding.ts';
import type {Row, Span, Tone, ViewContext} from '../../domain/pane.ts';
import {count, shorten, shortUnit} from '../../domain/text.ts';
import {clockOf, dayOf, duration, span, type ZoneOffset} from '../../domain/time.ts';
import {column, spaced} from '../items.ts';
import type {State} from './reduce.ts';

/** Device clock at a moment of ours. */
export const deviceNow = ({offsetMs}: Pick<State, 'offsetMs'>, now: number): number => now + offsetMs;

/** What it is called: "balena: restart loop", "I/O error mmcblk0". */
export const nameOf = ({title, subject}: Finding): string =>
	subject === ''
		? title
		: /\.(service|timer|socket|mount|scope|target|slice)$/.test(subject)
			? `${shortUnit(subject)}: ${title}`
			: `${title} ${subject}`;

/** All findings, the most urgent first. */
export const ordered = (state: State, now: number): readonly Finding[] =>
	Object.values(state.all).toSorted(byUrgency(deviceNow(state, now), state.boot));

/** A past that is no longer news: an hour after its last line. */
const NEWS_MS = 3_600_000;

/** Those that are worth a row: what goes on, and what was in the last hour or belongs to this boot. */
export function shown(state: State, now: number): readonly Finding[] {
	const device = deviceNow(state, now);
	return ordered(state, now).filter(finding => {
		if (standingOf(finding, device, state.boot) === 'now') return true;
		// A measure that held for a moment and left no line is not kept for ever.
		return device - finding.lastMs <= (finding.measured ? NEWS_MS : 12 * NEWS_MS);
	});
}

/** Why the operator knows of it; null where that is not so, or it happened again since. */
export function snoozeOf({snoozed}: State, {key, count: times}: Finding): string | null {
	const known = Object.hasOwn(snoozed, key) ? snoozed[key] : undefined;
	return known === undefined || times > known.count ? null : known.text;
}

/** Does it go on, and is it news to the operator? */
export const isOn = (state: State, finding: Finding, deviceMs: number): boolean =>
	standingOf(finding, deviceMs, state.boot) === 'now' && snoozeOf(state, finding) === null;

/** `13:52:09`, with the day where it is another. */
function when(ms: number, deviceMs: number, zone: ZoneOffset): string {
	const day = dayOf(ms, zone);
	return `${day === dayOf(deviceMs, zone) ? '' : `${day.slice(5)} `}${clockOf(ms, zone)}`;
}

/** Without seconds. Days and hours have none. */
const brief = (text: string): string => text.replace(/(\d\d:\d\d):\d\d$/, '$1');

/** "13:52–14:01", "13:40 (38 s)". */
function times(finding: Finding, deviceMs: number, zone: ZoneOffset): string {
	const {firstMs, lastMs, endedMs, count: times} = finding;
	const first = brief(when(firstMs, deviceMs, zone));
	if (endedMs !== null && endedMs >= lastMs && times === 1 && endedMs - firstMs < 86_400_000)
		return `${first} (${duration(endedMs - firstMs)})`;
	const last = brief(when(lastMs, deviceMs, zone));
	return times > 1 && last !== first ? `${first}–${last}` : first;
}

const SIGN = {error: '✗', warning: '!'} as const;

export function toRow(state: State, finding: Finding, {columns, now, zone, stale}: ViewContext): Row {
	const device = deviceNow(state, now);
	const standing = standingOf(finding, device, state.boot);
	const snooze = snoozeOf(state, finding);
	const on = standing === 'now' && snooze === null;
	const tone: Tone = stale || !on ? 'muted' : finding.weight;
	const wide = columns >= 70;
	const name = nameOf(finding);
	return spaced([
		{text: on ? SIGN[finding.weight] : standing === 'ended' ? '✓' : '·', tone: on && !stale ? finding.weight : 'muted'},
		{text: name, tone: on && !stale ? (finding.weight === 'error' ? 'error' : 'warning') : 'plain'},
		{text: snooze === null ? finding.detail : `known: ${snooze}`, tone: on ? 'plain' : 'muted', grow: true},
		...(finding.count > 1 ? [{text: `×${finding.count}`, tone} as Span] : []),
		{text: times(finding, device, zone), tone: 'muted'},
		column(
			stale
				? 'stale'
				: on
					? wide
						? `now, ${span(device - finding.lastMs)}`
						: 'now'
					: snooze === null
						? standing
						: 'known',
			wide ? 12 : 5,
			tone,
		),
	]);
}

/** What it means and what to look at next, for the one under the cursor. */
export const hintOf = ({means, look}: Finding): string => `${means} Look at: ${look}`;

/** Errors before warnings, and of these what goes on before what is over; what the operator knows of is left out. */
export function worst(state: State, now: number, sinceAt: number): Worst | null {
	const device = deviceNow(state, now);
	const since = deviceNow(state, sinceAt);
	const [first] = shown(state, now)
		.filter(finding => finding.lastMs >= since || standingOf(finding, device, state.boot) === 'now')
		.filter(finding => snoozeOf(state, finding) === null)
		.toSorted((a, b) => (a.weight === b.weight ? 0 : a.weight === 'error' ? -1 : 1));
	if (first === undefined) return null;
	const {weight, detail, count: times} = first;
	const over = standingOf(first, device, state.boot) === 'now' ? '' : ' (over)';
	const text = `${nameOf(first)}${detail === '' ? '' : `, ${detail}`}${times > 1 ? ` ×${times}` : ''}${over}`;
	return {severity: weight, text: shorten(text, 200)};
}

export function summary(state: State, {now, stale}: ViewContext): Row {
	const all = shown(state, now);
	const device = deviceNow(state, now);
	const on = all.filter(finding => isOn(state, finding, device));
	const errors = on.filter(({weight}) => weight === 'error').length;
	const known = all.filter(finding => standingOf(finding, device, state.boot) === 'now').length - on.length;
	const past = all.length - on.length - known;
	return spaced([
		on.length === 0
			? {text: 'none now', tone: 'muted'}
			: {text: `${on.length} now`, tone: stale ? 'muted' : errors > 0 ? 'error' : 'warning'},
		...(known > 0 ? [{text: `· ${known} known`, tone: 'muted' as const}] : []),
		...(past > 0 ? [{text: `· ${past} past`, tone: 'muted' as const}] : []),
		...(stale ? [{text: '· stale', tone: 'muted' as const}] : []),
	]);
}

/** `restart loop: 3 in 10 min, last 9/KILL at 14:01:07 (2 min ago)`. */
function sentence(finding: Finding, deviceMs: number, zone: ZoneOffset, brief: boolean): string {
	const {detail, count: times, lastMs, firstMs, endedMs, measured} = finding;
	const name = nameOf(finding);
	// A unit's name stays as it is written.
	const head = name.includes(':') ? name : name.charAt(0).toUpperCase() + name.slice(1);
	const number = times > 1 ? ` ×${times}` : '';
	const said = detail === '' ? '' : `: ${detail}`;
	if (endedMs !== null && endedMs >= lastMs)
		return `${head}${number}${said}, ${when(firstMs, deviceMs, zone)}, ended after ${duration(endedMs - firstMs)}`;
	if (measured) return `${head}${number}${said}, since ${when(firstMs, deviceMs, zone)} (${span(deviceMs - firstMs)})`;
	const ago = `${span(deviceMs - lastMs)} ago`;
	return `${head}${number}${said} ${brief ? ago : `at ${when(lastMs, deviceMs, zone)} (${ago})`}`;
}

export type Progress = {readonly read: number; readonly of: number};

/**
 * The verdict: the worst thing now, since when, and how many more; or what was and is over; or that nothing was found.
 *
 * @param progress sources that have answered once: before all have, nothing is called well.
 * @param checked units and rules that were judged.
 */
export function verdict(
	state: State,
	{now, zone, stale, columns}: Pick<ViewContext, 'now' | 'zone' | 'stale' | 'columns'>,
	progress: Progress,
	checked: string,
): Row {
	const device = deviceNow(state, now);
	const all = shown(state, now);
	const on = all.filter(finding => isOn(state, finding, device));
	const over = all.filter(finding => standingOf(finding, device, state.boot) !== 'now');
	const lost = stale ? ' As it was when the device last answered.' : '';
	const snoozed = all.length - on.length - over.length;
	const known = snoozed > 0 ? ` ${snoozed} known.` : '';
	const reading = progress.read < progress.of ? ` ${progress.read} of ${progress.of} read.` : '';
	const [worst] = on;
	if (worst !== undefined) {
		const others = on.length > 1 ? ` ${on.length - 1} more now.` : '';
		const past = over.length > 0 ? ` ${over.length} past.` : '';
		const tone: Tone = stale ? 'muted' : worst.weight;
		return [
			{text: `${SIGN[worst.weight]} `, tone},
			{text: `${sentence(worst, device, zone, columns < 100)}.`, tone},
			{text: `${others}${known}${past}${reading}${lost}`, tone: 'plain'},
		];
	}
	if (reading !== '') return [{text: `Reading the device:${reading}`, tone: 'muted'}];
	const [recent] = over.filter(({lastMs}) => device - lastMs <= NEWS_MS);
	if (recent !== undefined) {
		const others = over.length > 1 ? ` ${over.length - 1} more past.` : '';
		return [
			{text: 'Nothing wrong now. ', tone: stale ? 'muted' : 'good'},
			{text: `${sentence(recent, device, zone, columns < 100)}.${others}${known}${lost}`, tone: 'plain'},
		];
	}
	const past = over.length > 0 ? ` ${count(over.length, 'finding')} of more than an hour ago.` : '';
	return [
		{
			text: `✓ Nothing wrong found${snoozed > 0 ? ' but what you know of' : ''}: ${checked}.${past}${lost}`,
			tone: stale ? 'muted' : 'good',
		},
	];
}
