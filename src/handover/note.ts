/**
 * A handover note as data: what the next person must know of a session. Names that end in `At` are moments, epoch ms; those
 * in `Ms` are spans. Moments of findings, events and lines are the device's clock, all others the operator's.
 */
import type {Severity, Standing} from '../domain/finding.ts';

/** What one moment amounts to. */
export type Verdict = {
	readonly severity: Severity;
	/** Name and detail of the worst that goes on; empty where nothing does. */
	readonly worst: string;
	/** Findings that go on. */
	readonly current: number;
};

export type Situation = Verdict & {
	/** Findings of this boot and the last hours that are over. */
	readonly over: number;
	/** Sources that a verdict needs and that have answered, of how many. */
	readonly read: number;
	readonly of: number;
	/** The moment that is judged: the end, or the loss of the link where it did not come back. */
	readonly judgedAt: number;
	readonly linkLost: boolean;
	/** What had begun before the session, as it stood when this boot's past had been read; null where it was the same. */
	readonly start: (Verdict & {readonly at: number}) | null;
	/** How the unit of the worst finding stands then; null where it is about no unit, or nothing goes on. */
	readonly unit: UnitStand | null;
};

export type UnitStand = {
	/** "active", "failed"; null where it is not known. */
	readonly text: string | null;
	/** Device clock. */
	readonly sinceAt: number | null;
	/** From the last line of trouble about it to the moment that is judged; null where there is none. */
	readonly quietMs: number | null;
};

export type DeviceFacts = {
	readonly name: string;
	readonly uuid: string | null;
	readonly type: string | null;
	readonly os: string;
	readonly supervisor: string | null;
	readonly engine: string | null;
	readonly kernel: string;
	readonly systemd: number | null;
	readonly bootId: string;
	readonly uptimeMs: number | null;
	readonly disk: DiskFacts | null;
	readonly memory: {readonly usedKb: number; readonly totalKb: number} | null;
	/** Device clock minus the operator's. */
	readonly clockOffsetMs: number | null;
	readonly vpn: boolean | null;
	readonly root: boolean;
	/** False: a restart of the device deletes its journal. */
	readonly journalPersistent: boolean;
	readonly containers: readonly ContainerFacts[];
	/** Why the engine was not asked or gave no answer; null where it answered. */
	readonly engineSays: string | null;
};

export type DiskFacts = {
	readonly mount: string;
	readonly usedPercent: number;
	readonly availableKb: number;
	readonly readOnly: boolean;
};

export type ContainerFacts = {
	readonly name: string;
	/** A service of the user's; false for the supervisor and for what is not supervised. */
	readonly own: boolean;
	/** "running, healthy", "exited 137". */
	readonly stand: string;
	readonly running: boolean;
	readonly restarts: number;
	readonly startedAt: number | null;
};

export type LinkFacts = {
	readonly road: string;
	readonly target: string;
	readonly medianMs: number | null;
	readonly worstMs: number | null;
	readonly reconnects: number;
	readonly received: number;
	readonly sent: number;
	/** Of the recording's last minute, as the screen shows it. */
	readonly bytesPerMinute: number | null;
};

export type Background = {
	readonly ticket: string | null;
	readonly program: string;
	readonly fromAt: number;
	readonly toAt: number;
	readonly lengthMs: number;
	/** What was fetched, in journalctl's words. */
	readonly scope: string;
	readonly whole: boolean;
	/** Journal lines held, device clock of the oldest and the newest. */
	readonly lines: number;
	readonly oldestAt: number | null;
	readonly newestAt: number | null;
	/** When the boot began of which the oldest line held is; null where that is not known, or it is of another boot. */
	readonly bootAt: number | null;
	/** The last session before with this device, and what is another since; null where none was told. */
	readonly earlier: {readonly at: number; readonly ticket: string | null; readonly since: readonly string[]} | null;
};

export type Proof = {
	readonly unit: string;
	readonly stream: 'journal' | 'kernel' | 'measured';
	readonly at: number;
	readonly text: string;
	readonly cursor: string | null;
};

/** What was looked for where something ended, and where. */
export type Looked = {
	/** Lines of the kernel and of PID 1 that were read, each once; device clock of the oldest and the newest. */
	readonly lines: number;
	readonly fromAt: number;
	readonly toAt: number;
	/** Names of findings that tell of memory or of a watchdog. */
	readonly found: readonly string[];
};

/** A line that stands before an end. */
export type Prior = {readonly at: number; readonly who: string; readonly text: string};

export type Seen = {
	readonly rule: string;
	readonly name: string;
	readonly subject: string;
	readonly weight: 'error' | 'warning';
	readonly detail: string;
	readonly standing: Standing;
	readonly count: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly endedAt: number | null;
	readonly measured: boolean;
	/** From its last line to the moment that is judged. */
	readonly ageMs: number;
	/** Counts as going on for as long as the device is up: damage does not heal. */
	readonly untilRestart: boolean;
	/** Began before this session, by the device's clock. */
	readonly before: boolean;
	readonly means: string;
	readonly look: string;
	readonly proofs: readonly Proof[];
	/** The newest lines of its unit, and the kernel's warnings, before its last line; of ends, where they are held. */
	readonly prior: readonly Prior[];
};

export type Download = {
	readonly service: string | null;
	readonly image: string | null;
	readonly how: 'running' | 'done' | 'failed' | 'ended' | 'interrupted';
	/** Why it failed, or how it stands at the end. */
	readonly says: string;
	readonly beganAt: number | null;
	readonly endedAt: number | null;
	readonly tookMs: number | null;
	/** Bytes unpacked as far as they were seen. */
	readonly written: number | null;
};

export type Told = {
	readonly at: number;
	readonly sign: string;
	readonly tone: 'error' | 'warning' | 'other';
	readonly who: string;
	readonly text: string;
	/** More than one where the same came again and again, or several times in a row. */
	readonly count: number;
	/** The last of them. */
	readonly untilAt: number;
};

/** All runs of one source's command. */
export type Done = {
	readonly source: string;
	readonly title: string;
	/** Of this version's own commands, which all only read. */
	readonly known: boolean;
	/** As it was run first; long words are cut. */
	readonly command: string;
	readonly runs: number;
	readonly firstAt: number;
	/** End of the last one; null where it was still running when the recording ends. */
	readonly lastAt: number | null;
	/** How they ended, with how many: "code 0", "stopped by devtop", "lost with the link", "still running". */
	readonly ends: readonly {readonly how: string; readonly times: number}[];
	/** Questions written to its input; 0 for what is asked nothing. */
	readonly asked: number;
	readonly answers: number;
	readonly unit: 'answer' | 'line';
	readonly bytes: number;
};

/** A permission that was put on record. */
export type Allowed = {
	readonly at: number;
	readonly by: string;
	/** Ticket, phone, chat. */
	readonly via: string;
	/** Exactly as they were written down, without secrets. */
	readonly words: string;
	readonly kind: 'customer' | 'own';
	readonly actions: string;
	readonly units: string;
	readonly untilAt: number;
	/** How: "by its time", "taken back: why", "with the session". */
	readonly ended: string;
	/** Null: not before the recording ends. */
	readonly endedAt: number | null;
};

/** A permission that was asked for. */
export type Requested = {
	readonly at: number;
	readonly title: string;
	/** Empty where it is the whole device. */
	readonly subject: string;
	readonly request: string;
	/** Null: nobody has answered. */
	readonly answeredAt: number | null;
};

/** Something that was done to the device, or refused. */
export type Act = {
	readonly id: number;
	/** When it was granted or refused. */
	readonly at: number;
	readonly action: string;
	readonly title: string;
	/** Empty where it is the whole device. */
	readonly subject: string;
	readonly consent: Pick<Allowed, 'by' | 'via' | 'words'> | null;
	readonly risk: string | null;
	/** As they were sent. */
	readonly commands: readonly string[];
	/** Null: nothing was sent. */
	readonly sentAt: number | null;
	readonly endedAt: number | null;
	/** State of its unit, or of the device, by the last look before the first command, and the last one of all. */
	readonly before: string | null;
	readonly after: string | null;
	/** How the last command ended; null where that is not in the recording. */
	readonly exit: string | null;
	/** The last lines that it printed. */
	readonly output: readonly string[];
	/** `open`: the recording ends before it is known. */
	readonly verdict: 'proven' | 'failed' | 'not-proven' | 'refused' | 'open';
	/** What proves it, or why not, or why it was refused. */
	readonly says: string;
	/** Commands that only read, run for it before and after. */
	readonly reads: number;
};

/** With what the device's lines say besides. */
export type ToldAct = Act & {
	/** When its unit had started again by itself after its last end, before anything was sent; device clock. Null: it had not. */
	readonly cameBackAt: number | null;
};

export type Change = {readonly what: string; readonly start: string; readonly end: string};

export type Remark = {
	readonly kind: 'mark' | 'note' | 'todo';
	readonly at: number;
	readonly text: string;
	/** Owner, due, place: whatever else was written with it. */
	readonly more: readonly (readonly [name: string, value: string])[];
};

export type Loss = {
	/** When it was noticed. */
	readonly lostAt: number;
	/** When the device was last heard before that. */
	readonly heardAt: number | null;
	/** Null: it did not come back. */
	readonly backAt: number | null;
	readonly why: string;
	readonly attempts: number;
	readonly rebooted: boolean;
	/** Journal lines of that time that came afterwards. */
	readonly recovered: number;
	/** Proven by sequence numbers; null: cannot be proven. */
	readonly lost: number | null;
	/** Why nothing can be proven; empty where it can. */
	readonly doubt: string;
};

export type Gaps = {
	readonly losses: readonly Loss[];
	readonly pauses: readonly {readonly fromAt: number; readonly toAt: number | null; readonly reason: string}[];
	/** Over the whole session; null: cannot be proven. */
	readonly lost: number | null;
	readonly doubt: string;
	/** Lines that came again and were dropped. */
	readonly repeated: number;
	/** Lines that journald itself dropped, as it says. */
	readonly suppressed: number;
	/** Pieces of output that could not be read, by what was asked. */
	readonly unread: readonly {readonly what: string; readonly count: number}[];
	readonly redacted: readonly {readonly rule: string; readonly count: number}[];
	/** Lines that the screen let go; they are in the recording. */
	readonly evicted: number;
	/** Sources that could not be asked, and what the session was told. */
	readonly told: readonly string[];
	/** Frames of kinds that this version cannot describe. */
	readonly unknown: readonly {readonly kind: string; readonly count: number}[];
	/** The recording ends without the end of its session. */
	readonly torn: boolean;
	/** What the reader of the file found. */
	readonly problems: readonly string[];
};

export type FileFacts = {
	readonly name: string;
	readonly bytes: number;
	readonly frames: number;
	/** The hash of the last line, which covers all before it; null where lines carry none. */
	readonly hash: string | null;
	/** Was every line there, and as it was written? Null where that was not checked or cannot be. */
	readonly intact: boolean | null;
	/** SHA-256 of the whole file, where it was reckoned. */
	readonly sha256: string | null;
};

export type Note = {
	readonly situation: Situation;
	readonly device: DeviceFacts | null;
	readonly link: LinkFacts;
	readonly background: Background;
	readonly seen: readonly Seen[];
	/** Null where no line of the kernel or of PID 1 was read. */
	readonly looked: Looked | null;
	/** Findings that are too old to be told. */
	readonly seenOlder: number;
	/** Downloads of images that run at the end or ended in the session. */
	readonly downloads: readonly Download[];
	readonly story: readonly Told[];
	/** Events of that time that are left out, the harmless ones first. */
	readonly storyLeft: number;
	readonly done: readonly Done[];
	readonly allowed: readonly Allowed[];
	readonly requested: readonly Requested[];
	readonly acts: readonly ToldAct[];
	/** True where something was sent to the device by an action, or `unclear`. */
	readonly acted: boolean;
	/** The recording holds actions or commands that this version can't describe: then nothing is said to be unchanged. */
	readonly unclear: boolean;
	readonly changes: readonly Change[];
	/** Names of findings that began in this session, and of those that ended in it. */
	readonly came: readonly string[];
	readonly went: readonly string[];
	readonly remarks: readonly Remark[];
	readonly gaps: Gaps;
	readonly file: FileFacts;
};
