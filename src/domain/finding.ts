/** A finding: trouble with a name, since when, how often, and where the proof stands. */

/** A line that proves it. */
export type Evidence = {
	/** The journal entry's cursor; null for a line of the ring buffer and for what was measured. */
	readonly cursor: string | null;
	readonly stream: 'journal' | 'kernel' | 'measured';
	/** The unit or service to whose log it belongs; empty for the kernel's. */
	readonly unit: string;
	/** Device clock, epoch ms. */
	readonly atMs: number;
	readonly text: string;
};

/** `now` goes on; `ended` has its end on record; `past` was, and nothing says that it goes on. */
export type Standing = 'now' | 'ended' | 'past';

export type Finding = {
	/** The rule's id, and the subject where it has one. */
	readonly key: string;
	readonly rule: string;
	readonly title: string;
	/** A unit, a device, a container; empty where there is none. */
	readonly subject: string;
	readonly weight: 'error' | 'warning';
	/** The newest detail: "last 9/KILL", "93 % full". */
	readonly detail: string;
	readonly count: number;
	/** Device clock, epoch ms. */
	readonly firstMs: number;
	readonly lastMs: number;
	/** When its end was seen; null where none was. */
	readonly endedMs: number | null;
	/** Measured at every look: it goes on until it is measured otherwise. */
	readonly measured: boolean;
	readonly lasts: number | 'boot';
	/** Of this boot? What another boot said is past. */
	readonly boot: string;
	/** Newest last; the first one, and the newest two. */
	readonly evidence: readonly Evidence[];
	readonly means: string;
	readonly look: string;
};

/** Does it go on at a moment of the device's clock? */
export function standingOf(finding: Finding, deviceMs: number, boot: string | null): Standing {
	const {endedMs, lastMs, lasts, measured} = finding;
	if (endedMs !== null && endedMs >= lastMs) return 'ended';
	if (boot !== null && finding.boot !== '' && finding.boot !== boot) return 'past';
	if (measured || lasts === 'boot') return 'now';
	return deviceMs - lastMs <= lasts ? 'now' : 'past';
}

/** `unknown`: not everything was read, so nothing is called well. */
export type Severity = 'error' | 'warning' | 'none' | 'unknown';

/** The worst of a whole session, in one line; empty where there is none. */
export type Worst = {readonly severity: Severity; readonly text: string};

const RANK = {now: 0, ended: 1, past: 2} as const;
const WEIGHT = {error: 0, warning: 1} as const;

/** What goes on first, errors before warnings, the newest first. */
export const byUrgency =
	(deviceMs: number, boot: string | null) =>
	(a: Finding, b: Finding): number =>
		Math.min(1, RANK[standingOf(a, deviceMs, boot)]) - Math.min(1, RANK[standingOf(b, deviceMs, boot)]) ||
		WEIGHT[a.weight] - WEIGHT[b.weight] ||
		b.lastMs - a.lastMs ||
		(a.key < b.key ? -1 : 1);
