/** From lines to what is shown: boots apart, dumps folded, an under-voltage with its end. Made once per state. */
import type {Items, Key} from '../../domain/pane.ts';
import {ruleOf} from '../../rules/index.ts';
import {fold, type Item} from './dump.ts';
import type {Line} from './line.ts';
import type {State} from './reduce.ts';

export type Weight = 'error' | 'warning' | null;

export type Entry =
	| {readonly kind: 'boot'; readonly key: number; readonly boot: string}
	| {
			readonly kind: 'event';
			readonly key: number;
			readonly head: Line;
			readonly body: readonly Line[];
			readonly tags: readonly string[];
			readonly weight: Weight;
			/** The line that ended it; null: not ended; undefined: it has no end. */
			readonly ended?: Line | null;
	  }
	| {readonly kind: 'line'; readonly key: number; readonly line: Line; readonly of: number};

export type Shown = {
	readonly entries: readonly Entry[];
	readonly byKey: ReadonlyMap<number, Entry>;
	readonly warnings: number;
	readonly errors: number;
	readonly rules: readonly string[];
	readonly lines: number;
};

/** By rule where one speaks, else by priority. */
export function weightOf(tags: readonly string[], priority: number): Weight {
	const weights = tags.map(id => ruleOf(id)?.weight);
	if (weights.includes('error')) return 'error';
	if (weights.includes('warning')) return 'warning';
	return priority <= 3 ? 'error' : priority === 4 ? 'warning' : null;
}

const worst = (weights: readonly Weight[]): Weight =>
	weights.includes('error') ? 'error' : weights.includes('warning') ? 'warning' : null;

function toEvent({head, body}: Item): Extract<Entry, {kind: 'event'}> {
	const lines = [head, ...body];
	const tags = [...new Set(lines.flatMap(line => line.tags))];
	return {
		kind: 'event',
		key: head.key,
		head,
		body,
		tags,
		weight: worst(lines.map(line => weightOf(line.tags, line.priority))),
	};
}

/** Joins each trouble with the line that ended it. A second start before the end is the same trouble going on. */
function paired(events: readonly Extract<Entry, {kind: 'event'}>[]): readonly Extract<Entry, {kind: 'event'}>[] {
	const open = new Map<string, number[]>();
	const out = [...events];
	for (const [index, event] of events.entries()) {
		for (const id of event.head.ends) {
			for (const start of open.get(id) ?? []) {
				const before = out[start];
				if (before !== undefined) out[start] = {...before, ended: event.head};
			}
			open.delete(id);
		}
		for (const id of event.tags) {
			if (ruleOf(id)?.ends === undefined) continue;
			open.set(id, [...(open.get(id) ?? []), index]);
			out[index] = {...event, ended: null};
		}
	}
	return out;
}

function make(state: State): Shown {
	const entries: Entry[] = [];
	for (const [index, boot] of state.boots.entries()) {
		const lines = [...boot.history, ...boot.live];
		const [first] = lines;
		if (first === undefined) continue;
		// Half a µs before its first line: a place of its own that no line has.
		if (index > 0 || state.boots.length > 1) entries.push({kind: 'boot', key: first.key - 0.5, boot: boot.id});
		entries.push(...paired(fold(lines).map(toEvent)));
	}
	const events = entries.filter(entry => entry.kind === 'event');
	const byKey = new Map<number, Entry>(entries.map(entry => [entry.key, entry]));
	for (const {key: of, body} of events)
		for (const line of body) byKey.set(line.key, {kind: 'line', key: line.key, line, of});
	return {
		entries,
		byKey,
		errors: events.filter(({weight}) => weight === 'error').length,
		warnings: events.filter(({weight}) => weight === 'warning').length,
		// The newest first: that is what a narrow title still shows.
		rules: [...new Set(events.toReversed().flatMap(({tags}) => tags))],
		lines: events.reduce((sum, {body}) => sum + 1 + body.length, 0),
	};
}

const made = new WeakMap<State['boots'], Shown>();

export function shownOf(state: State): Shown {
	const known = made.get(state.boots);
	if (known !== undefined) return known;
	const shown = make(state);
	made.set(state.boots, shown);
	return shown;
}

/** Keys grow, so a place is found by halves; an opened dump's lines stand behind its head. */
export function itemsOf(state: State, open: ReadonlySet<Key>, passes: ((entry: Entry) => boolean) | null): Items {
	const keys: number[] = [];
	for (const entry of shownOf(state).entries) {
		if (passes !== null && !passes(entry)) continue;
		keys.push(entry.key);
		if (entry.kind === 'event' && open.has(entry.key)) keys.push(...entry.body.map(({key}) => key));
	}
	return {
		length: keys.length,
		at: index => keys[index],
		indexOf: key => {
			if (typeof key !== 'number') return -1;
			let low = 0;
			let high = keys.length;
			while (low < high) {
				const middle = (low + high) >> 1;
				if ((keys[middle] ?? 0) < key) low = middle + 1;
				else high = middle;
			}
			return low < keys.length ? low : -1;
		},
	};
}
