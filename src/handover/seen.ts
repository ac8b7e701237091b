/** Findings as a note tells them, and what they amount to at a moment. */
import {type Finding, standingOf} from '../domain/finding.ts';
import type {Progress} from '../domain/pane.ts';
import type {State} from '../panes/findings/reduce.ts';
import {deviceNow, nameOf, ordered, shown} from '../panes/findings/rows.ts';
import type {Prior, Seen, Verdict} from './note.ts';
import {isEnd} from './read.ts';
import {safe} from './words.ts';

/** `killed`, with its detail where it has one: "balena: killed, 9/KILL". */
const worded = (finding: Finding): string =>
	safe(`${nameOf(finding)}${finding.detail === '' ? '' : `, ${finding.detail}`}`);

/**
 * What all findings amount to.
 *
 * @param at operator's clock, epoch ms.
 * @param progress before everything was read, nothing is called well.
 * @param beganAt only what began before this moment counts.
 */
export function verdictAt(state: State, at: number, progress: Progress, beganAt = Number.POSITIVE_INFINITY): Verdict {
	const device = deviceNow(state, at);
	const before = deviceNow(state, beganAt);
	const on = shown(state, at).filter(
		finding => finding.firstMs < before && standingOf(finding, device, state.boot) === 'now',
	);
	const [worst] = on;
	if (worst !== undefined) return {severity: worst.weight, worst: worded(worst), current: on.length};
	return {severity: progress.read < progress.of ? 'unknown' : 'none', worst: '', current: 0};
}

/**
 * All that is worth telling, the most urgent first.
 *
 * @param at the moment that is judged, operator's clock.
 * @param fromAt when the session began, operator's clock.
 * @param prior lines before the one that has this cursor.
 */
export function seenAt(
	state: State,
	at: number,
	fromAt: number,
	prior: (unit: string, cursor: string | null) => readonly Prior[],
): {
	readonly seen: readonly Seen[];
	readonly older: number;
	readonly came: readonly string[];
	readonly went: readonly string[];
} {
	const device = deviceNow(state, at);
	const began = deviceNow(state, fromAt);
	const list = shown(state, at);
	const seen = list.map(
		(finding): Seen => ({
			rule: finding.rule,
			name: safe(nameOf(finding)),
			subject: safe(finding.subject),
			weight: finding.weight,
			detail: safe(finding.detail),
			standing: standingOf(finding, device, state.boot),
			count: finding.count,
			firstAt: finding.firstMs,
			lastAt: finding.lastMs,
			endedAt: finding.endedMs !== null && finding.endedMs >= finding.lastMs ? finding.endedMs : null,
			measured: finding.measured,
			ageMs: Math.max(0, device - finding.lastMs),
			untilRestart: finding.lasts === 'boot' && !finding.measured,
			before: finding.firstMs < began,
			means: finding.means,
			look: finding.look,
			proofs: finding.evidence.slice(-3).map(({unit, stream, atMs, text, cursor}) => ({
				unit: safe(unit, 100),
				stream,
				at: atMs,
				text: safe(text),
				cursor: cursor === null ? null : safe(cursor, 300),
			})),
			prior: isEnd(finding) ? prior(finding.subject, finding.evidence.at(-1)?.cursor ?? null) : [],
		}),
	);
	return {
		seen,
		older: ordered(state, at).length - list.length,
		came: seen.filter(({before}) => !before).map(({name}) => name),
		went: seen.filter(({endedAt}) => endedAt !== null && endedAt >= began).map(({name}) => name),
	};
}
