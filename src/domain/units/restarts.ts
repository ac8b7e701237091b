/** What PID 1 says of a unit's ends and restarts, and what the counter NRestarts adds where its lines did not come. */
import type {JournalRecord} from '../journal.ts';

export type Event = {
	/** `due`: a restart's time has come; some versions say so besides `restart`, older ones in its place. */
	readonly kind: 'exit' | 'result' | 'restart' | 'due';
	/** "9/KILL", "1/FAILURE", "watchdog"; empty for a restart. */
	readonly cause: string;
	/** Device clock, epoch ms. */
	readonly atMs: number;
	/** Tells the same line by two ways: its monotonic time in its boot. */
	readonly mark: string;
};

export type History = {
	/** In order of time; at most MOST. */
	readonly events: readonly Event[];
	/** Growth of NRestarts between two samples, device clock. */
	readonly grown: readonly {readonly atMs: number; readonly by: number}[];
};

export const noHistory: History = {events: [], grown: []};

const MOST = 600;
const MINUTES = 10;
export const WINDOW_MS = MINUTES * 60_000;
/** So many restarts in the window are a loop. */
export const LOOP = 3;

/** Results that say more than the exit status does. */
const TELLING = /^(watchdog|oom-kill|timeout|start-limit-hit|resources|protocol|core-dump)$/;

/** Messages of systemd's manager about a unit (service.c, unit.c), unchanged since 232. */
const LINE =
	/^(\S+\.(?:service|socket|timer|mount|scope|target|path)): (?:Scheduled restart job, restart counter is at (\d+)|(Service .*scheduling restart)|Main process exited, code=(\w+), status=(\d+\/\S+)|Failed with result '([\w-]+)')/;

/** Reads a line of PID 1, or null. */
export function toEvent(record: JournalRecord): {readonly unit: string; readonly event: Event} | null {
	// Anyone can write such a line, but only one has this process id.
	if (record.pid !== 1) return null;
	const found = LINE.exec(record.message);
	if (found === null) return null;
	const [line, name = '', , due, , status, result] = found;
	const kind = status !== undefined ? 'exit' : result !== undefined ? 'result' : due !== undefined ? 'due' : 'restart';
	if (kind === 'exit' && status?.startsWith('0/')) return null;
	if (kind === 'result' && !TELLING.test(result ?? '')) return null;
	return {
		unit: name,
		event: {
			kind,
			cause: status?.replace(/[.,]$/, '') ?? result ?? '',
			atMs: Math.floor(record.realtimeUs / 1000),
			mark: `${record.boot} ${record.monotonicUs} ${line}`,
		},
	};
}

/** Puts an event in its place of time; the same line that came by another way is dropped. */
function withEvent(history: History, event: Event): History {
	const {events} = history;
	if (events.some(({mark}) => mark === event.mark)) return history;
	let place = events.length;
	while (place > 0 && (events[place - 1]?.atMs ?? 0) > event.atMs) place--;
	if (place === 0 && events.length >= MOST) return history;
	return {...history, events: [...events.slice(0, place), event, ...events.slice(place)].slice(-MOST)};
}

export function withRecord<H extends Readonly<Record<string, History>>>(
	histories: H,
	record: JournalRecord,
	change: (histories: H, unit: string, change: (history: History) => History) => H,
): H {
	const found = toEvent(record);
	return found === null ? histories : change(histories, found.unit, history => withEvent(history, found.event));
}

export const withGrowth = (history: History, by: number, atMs: number): History => ({
	...history,
	grown: [...history.grown, {atMs, by}].slice(-MOST),
});

export type Restarts = {
	/** Restarts in the last ten minutes. */
	readonly count: number;
	/** Why it ended last, in those ten minutes. */
	readonly cause: string | null;
	/** Device clock of the last end or restart in them. */
	readonly lastMs: number | null;
};

/**
 * Restarts in the last ten minutes before a moment of the device's clock. The journal's lines and the counter tell the
 * same restarts, so the greater number holds: a scope can leave the lines out, and the counter starts when we came.
 */
export function restartsOf({events, grown}: History, deviceMs: number): Restarts {
	const from = deviceMs - WINDOW_MS;
	const recent = events.filter(({atMs}) => atMs > from);
	const times = (which: Event['kind']): number => recent.filter(({kind}) => kind === which).length;
	// One restart is told by either line or by both.
	const said = Math.max(times('restart'), times('due'));
	const counted = grown.filter(({atMs}) => atMs > from).reduce((sum, {by}) => sum + by, 0);
	const exit = recent.findLast(({kind}) => kind === 'exit');
	// "Failed with result" comes just behind the exit that it explains.
	const result = recent.findLast(({kind}) => kind === 'result');
	const telling = result !== undefined && (exit === undefined || result.atMs >= exit.atMs) ? result : exit;
	// A scope can leave the newest lines out; the counter has them, but no cause.
	const last = Math.max(recent.at(-1)?.atMs ?? 0, grown.findLast(({atMs}) => atMs > from)?.atMs ?? 0);
	return {count: Math.max(said, counted), cause: telling?.cause ?? null, lastMs: last === 0 ? null : last};
}
