/** The events of a session and of the hour before it. */

import {shortUnit} from '../domain/text.ts';
import {ENDED, type Event} from '../panes/story/events.ts';
import type {State} from '../panes/story/reduce.ts';
import {told} from '../panes/story/told.ts';
import type {Told} from './note.ts';
import {safe} from './words.ts';

const HOUR_MS = 3_600_000;
const MOST = 40;

/** How much an event is missed where there are too many: trouble first, then ends, pulls, boots, logins. */
function rank({tone, kind, sign}: Event): number {
	if (tone === 'error' || tone === 'warning') return 0;
	return kind === 'unit' && sign !== ENDED ? 2 : 1;
}

/**
 * When a unit had started again by itself after its last end, before a moment; device clock. Null where it had not, or
 * did not run again by then.
 *
 * @param sentAt operator's clock; null: nothing was sent.
 */
export function backBefore({events, offsetMs}: State, unit: string, sentAt: number | null): number | null {
	if (sentAt === null || unit === '') return null;
	const own = events.filter(
		({kind, who, atMs}) => kind === 'unit' && who === shortUnit(unit) && atMs < sentAt + offsetMs,
	);
	const end = own.findLastIndex(({sign}) => sign === '✗');
	if (end < 0) return null;
	const after = own.slice(end + 1);
	const last = after.at(-1);
	// PID 1 says that it restarts it, then that it stopped, then that it started.
	return after.some(({sign}) => sign === '↻') && last?.sign === '+' ? last.atMs : null;
}

/** What is known of our own connections: far ends as the device says them, and when our link came up, operator's clock. */
export type Own = {readonly clients: ReadonlySet<string>; readonly lives: readonly number[]};

/** A login stands a little before our link is called live. */
const LOGIN_MS = 5000;

/** Whose a login is; the unit's name, which has the far end's port, is in the event's key. */
function textOf({kind, key, text, atMs}: Event, {clients, lives}: Own, offsetMs: number): string {
	if (kind !== 'login') return text;
	const [, address = '', port = ''] = /-\[?([0-9a-fA-F.:]+?)\]?:(\d+)\.service$/.exec(key) ?? [];
	if (clients.has(`${address} ${port}`)) return `${text}, ours`;
	const ours = lives.some(at => Math.abs(at + offsetMs - atMs) <= LOGIN_MS);
	if (ours) return `${text}, may be ours: our link came up then`;
	return [...clients].some(client => client.startsWith(`${address} `))
		? `${text}, the address that we come from`
		: text;
}

type Run = {readonly event: Event; readonly text: string; readonly count: number; readonly untilMs: number};

/** Equal ones in a row are one. */
function folded(runs: readonly Run[]): readonly Run[] {
	const kept: Run[] = [];
	for (const run of runs) {
		const before = kept.at(-1);
		const {sign, who} = run.event;
		if (before !== undefined && before.event.sign === sign && before.event.who === who && before.text === run.text)
			kept[kept.length - 1] = {...before, count: before.count + run.count, untilMs: run.untilMs};
		else kept.push(run);
	}
	return kept;
}

/**
 * At most 40 events, oldest first, equal ones in a row as one; where there are more, harmless ones go before others, and old ones before new ones.
 *
 * @param fromAt when the session began, operator's clock.
 * @param toAt when it ended.
 * @param own connections that are ours.
 */
export function storyOf(
	state: State,
	fromAt: number,
	toAt: number,
	own: Own,
): {readonly story: readonly Told[]; readonly left: number} {
	const from = fromAt + state.offsetMs - HOUR_MS;
	// What the device says last may come a little behind its clock as we know it.
	const to = toAt + state.offsetMs + 60_000;
	const events = told(state.events).filter(({atMs}) => atMs >= from && atMs <= to);
	const runs = folded(
		events.map(event => ({
			event,
			text: textOf(event, own, state.offsetMs),
			count: event.count,
			untilMs: event.atMs,
		})),
	);
	const kept = new Set(
		runs
			.map((run, place) => ({run, place}))
			.toSorted((a, b) => rank(a.run.event) - rank(b.run.event) || b.place - a.place)
			.slice(0, MOST)
			.map(({run}) => run),
	);
	// What stood between two may be left out by now.
	const story = folded(runs.filter(run => kept.has(run))).map(
		({event: {atMs, sign, tone, who}, text, count, untilMs}): Told => ({
			at: atMs,
			sign,
			tone: tone === 'error' || tone === 'warning' ? tone : 'other',
			who: safe(who, 80),
			text: safe(text, 200),
			count,
			untilAt: untilMs,
		}),
	);
	const left = runs.reduce((sum, run) => (kept.has(run) ? sum : sum + run.count), 0);
	return {story, left};
}
