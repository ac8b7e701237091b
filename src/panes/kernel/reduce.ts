/** Kernel: lines by boot. A boot's history may come after its first live lines, and overlaps them. */
import type {Fact, TimedFact} from '../../domain/fact.ts';
import type {JournalRecord} from '../../domain/journal.ts';
import {Ring} from '../../domain/ring.ts';
import {fromRecord, fromRing, keyOf, type Line, placeOf} from './line.ts';

export type Boot = {
	readonly id: string;
	/** Its place among the boots that were seen. */
	readonly serial: number;
	/** What was there before the first live line, oldest first. */
	readonly history: Ring<Line>;
	readonly live: Ring<Line>;
};

export type State = {
	/** Oldest first. */
	readonly boots: readonly Boot[];
	readonly serial: number;
	/** The boot that runs, as the device says. */
	readonly boot: string;
	/** Wall clock at boot, epoch ms. */
	readonly bootMs: number | null;
	readonly asked: boolean;
	readonly sentence: string;
};

export const initial: State = {boots: [], serial: 0, boot: '', bootMs: null, asked: false, sentence: ''};

/** The kernel's history is at most 2 000 lines; three boots tell a story. */
const LINES = 4000;
const BOOTS = 3;

const empty = (): Ring<Line> => Ring.empty<Line>({items: LINES, weight: 4_000_000, weigh: ({text}) => text.length});

/** Puts a changed boot in its place, or a new one at the end. */
function withBoot(state: State, id: string, change: (boot: Boot) => Boot): State {
	const known = state.boots.find(boot => boot.id === id);
	const before = known ?? {id, serial: state.serial, history: empty(), live: empty()};
	const after = change(before);
	if (after === before && known !== undefined) return state;
	if (known !== undefined)
		return {...state, boots: state.boots.map(boot => (boot === known ? after : boot)), asked: true};
	return {...state, boots: [...state.boots, after].slice(-BOOTS), serial: state.serial + 1, asked: true};
}

/** Is a line of that time and text there? From the end: repeats overlap only there. */
function holds(ring: Ring<Line>, key: number, text: string): boolean {
	const first = ring.get(ring.first);
	if (first === undefined || key + 64 < first.key) return false;
	for (let number = ring.end - 1; number >= ring.first; number--) {
		const line = ring.get(number);
		if (line === undefined || line.key < key - 64) return false;
		if (line.key <= key + 64 && line.text === text) return true;
	}
	return false;
}

/** Keys grow; lines of the same µs are told apart by the next free number. */
const after = (ring: Ring<Line>, key: number): number => Math.max(key, (ring.last?.key ?? -1) + 1);

function withLive(boot: Boot, record: JournalRecord): Boot {
	const key = keyOf(boot.serial, placeOf(record));
	const line = fromRecord(record, key);
	if (holds(boot.history, key, line.text)) return boot;
	const free = Math.max(after(boot.live, key), boot.live.size === 0 ? after(boot.history, key) : 0);
	return {...boot, live: boot.live.push({...line, key: free})};
}

/** Puts a line of history before the live ones, or between them where a narrower scope left it out. */
function withHistory(boot: Boot, record: JournalRecord): Boot {
	const key = keyOf(boot.serial, placeOf(record));
	const line = fromRecord(record, key);
	if (holds(boot.history, key, line.text) || holds(boot.live, key, line.text)) return boot;
	let {history, live} = boot;
	const firstLive = live.get(live.first);
	if (firstLive !== undefined && firstLive.key < key) {
		// History comes in order: live lines before it have their final place now.
		const lines = [...live];
		live = empty();
		for (const other of lines) {
			if (other.key < key) history = history.push(other);
			else live = live.push(other);
		}
	}
	return {...boot, history: history.push({...line, key: after(history, key)}), live};
}

function withRing(boot: Boot, fact: Extract<Fact, {kind: 'kernel-line'}>, bootMs: number | null): Boot {
	const key = keyOf(boot.serial, fact.kernelUs);
	const {last} = boot.live;
	const line = fromRing(fact, key, boot.id, bootMs);
	// A follower that is started anew shows the whole buffer again.
	if (last !== undefined && fact.kernelUs > 0 && key <= last.key && holds(boot.live, key, line.text)) return boot;
	return {...boot, live: boot.live.push({...line, key: after(boot.live, key)})};
}

export function reduce(state: State, {fact}: TimedFact): State {
	switch (fact.kind) {
		case 'journal': {
			// Older pages are the journal's; this boot's kernel lines come by their own way.
			if (fact.record.transport !== 'kernel' || fact.place === 'older') return state;
			return withBoot(state, fact.record.boot, boot => withLive(boot, fact.record));
		}
		case 'kernel-history':
			return withBoot(state, fact.record.boot, boot => withHistory(boot, fact.record));
		case 'kernel-line':
			return withBoot(state, state.boot, boot => withRing(boot, fact, state.bootMs));
		case 'identity':
			return {...state, boot: fact.identity.bootId, bootMs: fact.identity.bootId === state.boot ? state.bootMs : null};
		case 'vitals': {
			const {clockMs, uptimeMs} = fact.vitals;
			// Kept as it was first: wall clocks of lines on the screen do not tremble. A jump of the clock is followed.
			if (clockMs === null || uptimeMs === null) return state;
			const bootMs = clockMs - uptimeMs;
			return state.bootMs !== null && Math.abs(state.bootMs - bootMs) < 2000 ? state : {...state, bootMs};
		}
		case 'source':
			if (fact.source !== 'kernel-history' && fact.source !== 'kernel-ring') return state;
			return {
				...state,
				asked: state.asked || fact.state === 'ended' || fact.state === 'failed',
				sentence: fact.state === 'failed' ? fact.sentence : state.sentence,
			};
		default:
			return state;
	}
}
