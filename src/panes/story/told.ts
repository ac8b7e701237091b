/** What events amount to: twins once, repeated trouble once with its number, ends only of what began. Pure. */
import {ENDED, type Event} from './events.ts';

/** The same trouble again within this time is the same event once more. */
const SAME_MS = 60_000;
/** How far the two lines that tell the same stand apart: the supervisor's come from its container, and from its unit. */
const TWIN_MS = 5000;

/** Is it the end of a trouble? */
export const isEnd = ({kind, sign}: Event): boolean => kind === 'trouble' && sign === ENDED;

/** Where the newest event of a trouble stands, and its end, if that was told. */
type Group = {readonly place: number; end: number | null};

/** @param events in order of time; they may be told already. */
export function told(events: readonly Event[]): readonly Event[] {
	const kept: (Event | null)[] = [];
	const singles = new Map<string, Event[]>();
	const groups = new Map<string, Group>();
	const hasTwin = (event: Event): boolean => {
		if (event.way === null) return false;
		const name = `${event.kind} ${event.sign} ${event.who} ${event.text}`;
		const waiting = (singles.get(name) ?? []).filter(({atMs}) => event.atMs - atMs <= TWIN_MS);
		const twin = waiting.findIndex(({way}) => way !== event.way);
		singles.set(name, twin < 0 ? [...waiting, event] : waiting.toSpliced(twin, 1));
		return twin >= 0;
	};
	for (const event of events) {
		if (hasTwin(event)) continue;
		if (event.kind !== 'trouble') {
			kept.push(event);
			continue;
		}
		const group = groups.get(event.who);
		if (isEnd(event)) {
			if (group === undefined || group.end !== null) continue;
			group.end = kept.push(event) - 1;
			continue;
		}
		const same = group === undefined ? null : (kept[group.place] ?? null);
		if (group === undefined || same === null || same.sign !== event.sign || event.atMs - same.atMs > SAME_MS) {
			groups.set(event.who, {place: kept.push(event) - 1, end: null});
			continue;
		}
		kept[group.place] = {...same, count: same.count + event.count, text: event.text || same.text};
		// It was not over yet.
		if (group.end !== null) kept[group.end] = null;
		group.end = null;
	}
	return kept.filter(event => event !== null);
}

let last: {readonly events: readonly Event[]; readonly told: readonly Event[]} | null = null;

/** The same, for as long as nothing new came. */
export function toldOf(events: readonly Event[]): readonly Event[] {
	if (last === null || last.events !== events) last = {events, told: told(events)};
	return last.told;
}
