/** A rule names trouble in a line, as data, with lines that must and must not match. */
import type {JournalRecord} from './journal.ts';

/** Whose lines a rule reads: anyone can write a line that looks like PID 1's. */
export type Speaker = 'kernel' | 'systemd' | 'engine' | 'supervisor' | 'journald' | 'sshd' | 'time' | 'network';

export type Rule = {
	readonly id: string;
	/** In the pane: "under-voltage". */
	readonly title: string;
	readonly weight: 'error' | 'warning';
	readonly from: Speaker;
	/**
	 * Matched on the text, whatever the priority. The groups `subject` (a device, a unit: each has a finding of its own)
	 * and `detail` (what the finding says besides its title) may be named.
	 */
	readonly match: RegExp;
	/** The line that ends it; with a group `subject` where `match` has one. The two are paired to a duration. */
	readonly ends?: RegExp;
	/** How long after its last line it counts as going on, ms; `boot`: for as long as the device is up (a damaged file system does not heal). */
	readonly lasts: number | 'boot';
	/** What it usually means, one line. */
	readonly means: string;
	/** What to look at next, one line; never a fix of its own accord. */
	readonly look: string;
	readonly samples: {readonly hits: readonly string[]; readonly misses: readonly string[]};
};

/** What a rule found in a record. */
export type Hit = {
	readonly rule: string;
	/** Empty where the rule knows no subject. */
	readonly subject: string;
	readonly detail: string;
	/** The line ends the trouble instead of being it. */
	readonly end: boolean;
};

/** What rules need of a record. */
export type Spoken = Pick<
	JournalRecord,
	'transport' | 'identifier' | 'message' | 'units' | 'about' | 'containerName' | 'pid'
>;
