/** What is asked of a device: one record per remote command. */
import type {Entry} from './entry.ts';
import type {Fact} from './fact.ts';

/** A framed piece of output: what is recorded, and read once. */
export type Unit =
	| {readonly kind: 'entry'; readonly entry: Entry}
	| {readonly kind: 'line'; readonly text: string}
	/** One answer of a sampler: everything between its begin and end marks. `tick` is the number that it answers. */
	| {readonly kind: 'block'; readonly tick: number; readonly text: string};

/** What is fetched, as opposed to what is shown. It stands in argv. */
export type Scope = {
	/** Matched as `journalctl -u` does. */
	readonly units: readonly string[];
	readonly identifiers: readonly string[];
	readonly priority: string | null;
	readonly since: string | null;
	/** Lines of history at the start. */
	readonly lines: number;
	/** Units that the user added to the services. */
	readonly watch: readonly string[];
	/** The link is paid by the byte: samplers are asked less often (`askedLess`), and less of the past is fetched. */
	readonly metered?: boolean;
	/** False on systemd before 236, which has no --output-fields. */
	readonly outputFields: boolean;
};

/** So many times longer are the pauses between two questions to a sampler. */
export const askedLess = ({metered}: Pick<Scope, 'metered'>): number => (metered === true ? 5 : 1);

export const everything: Scope = {
	units: [],
	identifiers: [],
	priority: null,
	since: null,
	lines: 500,
	watch: [],
	outputFields: true,
};

/** True where nothing is filtered on the device: then sequence numbers prove that nothing was lost. */
export const isEverything = (scope: Scope): boolean =>
	scope.units.length === 0 && scope.identifiers.length === 0 && scope.priority === null;

/** Is the same of the journal fetched? */
export const sameScope = (a: Scope, b: Scope): boolean =>
	a.priority === b.priority &&
	a.units.join('\n') === b.units.join('\n') &&
	a.identifiers.join('\n') === b.identifiers.join('\n');

/** A place in the journal from which reading goes on, inclusive. */
export type Anchor = {
	readonly cursor: string;
	readonly boot: string;
	readonly realtimeUs: number;
	readonly monotonicUs: number;
	readonly message: string;
};

/** Everything a source may need to make its argv. */
export type Ask = {
	readonly scope: Scope;
	/** Where to read from; sources that need one say so. */
	readonly anchor?: Pick<Anchor, 'cursor' | 'boot'>;
	readonly lines?: number;
	/** The unit that is looked at. */
	readonly unit?: string;
	/** The file that is looked at, or read from a byte on; begins with `/` or `./`. */
	readonly path?: string;
	readonly from?: number;
	readonly length?: number;
	/** Only the current boot: after a reboot whose journal was lost. */
	readonly thisBoot?: boolean;
	/** The engine's unit, and whether it is asked how much its containers wrote. */
	readonly engine?: string;
	readonly sizes?: boolean;
};

export type SourceId =
	| 'doctor-shell'
	| 'doctor-echo'
	| 'doctor-look'
	| 'guard-look'
	| 'file-look'
	| 'file-bytes'
	| 'supervisor-look'
	| 'identity'
	| 'anchor'
	| 'journal-history'
	| 'journal'
	| 'journal-older'
	| 'journal-old-boot'
	| 'journal-forward'
	| 'trouble'
	| 'entry'
	| 'entry-before'
	| 'entry-after'
	| 'unit-properties'
	| 'unit-lines'
	| 'story'
	| 'story-supervisor'
	| 'kernel-history'
	| 'kernel-ring'
	| 'sampler'
	| 'engine';

export type Source = {
	readonly id: SourceId;
	/** In plain words, for messages: "the journal". */
	readonly title: string;
	/** `once` runs to its end, `follow` until it is told to stop, `poll` answers ticks with blocks. */
	readonly mode: 'once' | 'follow' | 'poll';
	readonly framing: 'export' | 'lines' | 'block';
	/** The words of the remote command; for `poll` the first is a POSIX sh script, the rest its arguments. */
	readonly argv: (ask: Ask) => readonly string[];
	/** Reads one unit. May throw: the session counts the unit as unread and shows the count. */
	readonly read: (unit: Unit) => readonly Fact[];
	/** Seconds after which a one-shot is given up. */
	readonly limitSeconds?: number;
};
