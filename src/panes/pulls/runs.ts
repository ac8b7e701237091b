/**
 * Pulls as the supervisor tells them. What it said is kept in the order in which it was said and read as a whole: older
 * pages of the journal come newest first, so an end can come before its beginning.
 */
import type {PullEvent} from '../../domain/pull-event.ts';
import type {How} from './state.ts';

/** An event that was heard. `lost` is our own word: no sign of life for too long. */
export type Said = Omit<PullEvent, 'kind'> & {
	readonly kind: PullEvent['kind'] | 'lost';
	/** Since boot, of the same event by the other way: the supervisor's lines come twice. */
	readonly twinUs: number | null;
};

export type Run = {
	readonly key: string;
	readonly image: string | null;
	readonly service: string | null;
	readonly beganMs: number | null;
	readonly monoMs: number | null;
	/** `ms` is null where nobody saw the end. */
	readonly end: {
		readonly ms: number | null;
		readonly tookMs: number | null;
		readonly how: How;
		readonly why: string | null;
	} | null;
};

/** What a device can make us keep. */
const MOST = 200;
/** Both ways of one event are a few milliseconds apart on a device at rest. */
const TWIN_US = 3_000_000;

const alike = (a: Said | PullEvent, b: Said | PullEvent): boolean =>
	a.boot === b.boot && a.kind === b.kind && a.image === b.image && a.service === b.service;

/** Puts an event in its place. The same list where it is a twin, or was heard before. */
export function withSaid(said: readonly Said[], event: PullEvent | Omit<Said, 'twinUs'>): readonly Said[] {
	const others = said.filter(other => alike(other, event as PullEvent));
	const heard = others.some(other => (other.by === event.by ? other.monoUs : other.twinUs) === event.monoUs);
	if (heard) return said;
	const twin = others.find(
		other => other.by !== event.by && other.twinUs === null && Math.abs(other.monoUs - event.monoUs) <= TWIN_US,
	);
	if (twin !== undefined) return said.map(other => (other === twin ? {...other, twinUs: event.monoUs} : other));
	const all = [...said, {...event, twinUs: null}].sort((a, b) =>
		a.boot === b.boot ? a.monoUs - b.monoUs : a.boot < b.boot ? -1 : 1,
	);
	if (all.length <= MOST) return all;
	const oldest = all.reduce((least, one) => (one.atMs < least.atMs ? one : least));
	return all.filter(one => one !== oldest);
}

/** The run that an event is about. Names that were not told match any. */
function find(runs: readonly Run[], {image, service}: Said): Run | undefined {
	if (image === null && service === null) return runs.length === 1 ? runs[0] : undefined;
	return (
		runs.find(run => run.image === image && run.service === service) ??
		runs.find(run => image !== null && run.image === image && (service === null || run.service === null)) ??
		runs.find(run => service !== null && run.service === service && (image === null || run.image === null))
	);
}

/** The key of the pull that begins with this event. */
export const keyOf = ({boot, monoUs}: Pick<Said, 'boot' | 'monoUs'>): string => `e ${boot.slice(0, 8)} ${monoUs}`;

const begun = (event: Said): Run => ({
	key: keyOf(event),
	image: event.image,
	service: event.service,
	beganMs: event.atMs,
	monoMs: event.monoUs / 1000,
	end: null,
});

const ended = (run: Run, {atMs, monoUs, image, service}: Said, how: How, why: string | null): Run => ({
	...run,
	image: run.image ?? image,
	service: run.service ?? service,
	end: {ms: atMs, tookMs: run.monoMs === null ? null : monoUs / 1000 - run.monoMs, how, why},
});

function runsOfBoot(said: readonly Said[], current: boolean): readonly Run[] {
	let open: readonly Run[] = [];
	/** Given up by us: what the supervisor says afterwards still counts. */
	let lost: readonly Run[] = [];
	const closed: Run[] = [];
	for (const event of said) {
		const run = find(open, event);
		switch (event.kind) {
			case 'begun':
				if (run !== undefined && run.image === event.image && run.service === event.service) {
					closed.push(ended(run, event, 'interrupted', 'begun anew'));
					open = open.filter(one => one !== run);
				}
				open = [...open, begun(event)];
				break;
			case 'lost':
				if (run === undefined) break;
				lost = [...lost, ended(run, event, 'interrupted', event.why)];
				open = open.filter(one => one !== run);
				break;
			case 'reset':
				closed.push(...open.map(one => ended(one, {...event, image: null, service: null}, 'interrupted', event.why)));
				open = [];
				break;
			default: {
				const one = run ?? find(lost, event);
				closed.push(ended(one ?? {...begun(event), beganMs: null, monoMs: null}, event, event.kind, event.why));
				open = open.filter(other => other !== one);
				lost = lost.filter(other => other !== one);
			}
		}
	}
	const left: readonly Run[] = current
		? open
		: open.map(one => ({
				...one,
				end: {ms: null, tookMs: null, how: 'interrupted', why: 'the device was started anew'},
			}));
	return [...closed, ...lost, ...left];
}

/** All runs, each boot for itself. `boot` is the one that runs; null where it is not known. */
export function runsOf(said: readonly Said[], boot: string | null): readonly Run[] {
	const boots = [...new Set(said.map(event => event.boot))];
	return boots.flatMap(one =>
		runsOfBoot(
			said.filter(event => event.boot === one),
			boot === null || boot === one,
		),
	);
}
