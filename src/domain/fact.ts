/** What was learned: the one currency between sources and panes. */
import type {FileReading, Looked, SupervisorReading} from './guard.ts';
import type {JournalRecord} from './journal.ts';
import type {Left} from './left.ts';
import type {LinkState} from './link.ts';
import type {Seam} from './seam.ts';

/** How a section of a sampler's answer ended: its command's exit code, 124 where the time limit struck. */
export type Status = {readonly code: number};

/** Changed properties of one unit, as `systemctl show` names them. `asked` is the name that was asked for. */
export type UnitChange = {readonly asked: string; readonly properties: Readonly<Record<string, string>>};

export type Vitals = {
	readonly uptimeMs: number | null;
	/** The device's own clock, epoch milliseconds. */
	readonly clockMs: number | null;
	readonly load: readonly [number, number, number] | null;
	/** Jiffies of the first line of /proc/stat: busy and total. */
	readonly cpu: {readonly busy: number; readonly total: number} | null;
	readonly memory: {readonly totalKb: number; readonly availableKb: number} | null;
	readonly swap: {readonly totalKb: number; readonly freeKb: number} | null;
	readonly temperatures: readonly {readonly zone: string; readonly celsius: number}[];
	/** balena's marker of a connected VPN; null where there is no such folder. */
	readonly vpn: boolean | null;
};

/** A process that unpacks a layer, or an engine that does so in a thread of its own. */
export type PullProcess = {
	readonly pid: number;
	/** docker-untar, docker-applyLayer. */
	readonly process: string;
	/** The folder that it unpacks into. */
	readonly path: string;
	/** Process state as in /proc/PID/stat: R, S, D … */
	readonly state: string;
	/** Since boot, in clock ticks (100 per second). */
	readonly startTicks: number;
	readonly cpuTicks: number;
	readonly residentPages: number;
	/** null where /proc/PID/io may not be read. */
	readonly io: {readonly read: number; readonly written: number; readonly disk: number} | null;
};

/** A layer transaction of the engine (layerdb/tmp/write-set-*), which newer engines have and no process for it. */
export type WriteSet = {readonly path: string; readonly cacheId: string | null};

export type Container = {
	readonly id: string;
	readonly name: string;
	/** The service's name, from the supervisor's naming; null for containers that are not supervised. */
	readonly service: string | null;
	readonly image: string;
	/** created, running, paused, restarting, exited, dead. */
	readonly state: string;
	readonly restarts: number;
	readonly exitCode: number;
	readonly oomKilled: boolean;
	/** As the engine prints it (RFC 3339). */
	readonly startedAt: string;
	/** healthy, unhealthy, starting; empty where there is no health check. */
	readonly health: string;
};

/** What the engine could be asked. "not asked" is no failure: a stopped engine must not be woken by a look. */
export type EngineAnswer =
	| {readonly kind: 'answered'; readonly containers: readonly Container[]}
	| {readonly kind: 'not-asked'; readonly why: string}
	| {readonly kind: 'no-answer'; readonly why: string};

export type Disk = {
	readonly mount: string;
	readonly totalKb: number;
	readonly usedKb: number;
	readonly availableKb: number;
	readonly readOnly: boolean;
};

export type Identity = {
	readonly bootId: string;
	readonly hostname: string;
	readonly uuid: string | null;
	readonly deviceType: string | null;
	readonly os: string;
	/** "balena" where os-release says balenaOS, else "systemd". */
	readonly kind: 'balena' | 'systemd';
	readonly kernel: string;
	readonly systemd: number | null;
	readonly systemdRuns: boolean;
	readonly supervisorVersion: string | null;
	readonly engineVersion: string | null;
	/** The user id that we have there. */
	readonly uid: number | null;
	/** In development mode (config.json, or VARIANT_ID before balenaOS 2.85): most likely its owner's own. */
	readonly development: boolean;
	/** May the journal's files be read? */
	readonly journalReadable: boolean;
	readonly journalPersistent: boolean;
	readonly clockMs: number | null;
	/** How far its own zone is ahead of UTC, minutes. */
	readonly zoneMinutes: number | null;
};

/** What devtop builds on, as far as a device says it: for `devtop doctor`. */
export type Examination = {
	/** Programs that are not there. */
	readonly missing: readonly string[];
	readonly user: string;
	readonly groups: readonly string[];
	/** How reading the newest line of the journal ended, and what was said on stderr. */
	readonly journal: {readonly code: number | null; readonly said: string};
	/** May /proc/PID/io of a process of root's be read? `none`: the kernel does not count. */
	readonly io: 'read' | 'denied' | 'none' | 'unknown';
	readonly engine:
		| {readonly kind: 'none'}
		| {readonly kind: 'stopped'; readonly unit: string}
		| {readonly kind: 'active'; readonly unit: string; readonly code: number; readonly said: string};
};

export type Fact =
	| {readonly kind: 'identity'; readonly identity: Identity}
	/** The newest entry when we came: a place to follow from, not a line to show. */
	| {readonly kind: 'anchor'; readonly record: JournalRecord}
	/** `place`: live and history belong to the list's end, in order; older ones come newest first and go before it. */
	| {readonly kind: 'journal'; readonly place: 'history' | 'live' | 'older'; readonly record: JournalRecord}
	/** This boot's kernel lines so far, oldest first. */
	| {readonly kind: 'kernel-history'; readonly record: JournalRecord}
	/** A kernel line from the ring buffer, where the journal has none. */
	| {readonly kind: 'kernel-line'; readonly kernelUs: number; readonly priority: number; readonly message: string}
	/** What happened before we came, newest first: PID 1 on units, the kernel's warnings, the supervisor's lines. May come again by other ways. */
	| {readonly kind: 'story'; readonly record: JournalRecord}
	| {readonly kind: 'units'; readonly status: Status; readonly full: boolean; readonly changes: readonly UnitChange[]}
	/** Every failed unit there is, those of the table included; `changes` are complete for those outside it. */
	| {
			readonly kind: 'failed';
			readonly status: Status;
			readonly units: readonly string[];
			readonly changes: readonly UnitChange[];
	  }
	| {readonly kind: 'vitals'; readonly vitals: Vitals}
	| {
			readonly kind: 'pulls';
			readonly uptimeMs: number | null;
			readonly processes: readonly PullProcess[];
			readonly writeSets: readonly WriteSet[];
			/** The engine's own io while there are write sets and no process. */
			readonly engineIo: {readonly read: number; readonly written: number; readonly disk: number} | null;
	  }
	/** One entry with all its fields, safe for the screen. */
	| {readonly kind: 'entry-fields'; readonly fields: readonly (readonly [name: string, value: string])[]}
	/** A line near the entry that is looked at, the entry itself among them; `before` comes the nearest first. */
	| {readonly kind: 'around'; readonly place: 'before' | 'after'; readonly record: JournalRecord}
	| {readonly kind: 'unit-property'; readonly name: string; readonly value: string}
	/** SSH sessions on the device that are not ours. */
	| {readonly kind: 'sessions'; readonly others: number}
	| {readonly kind: 'engine'; readonly answer: EngineAnswer}
	| {readonly kind: 'disk'; readonly status: Status; readonly disk: Disk | null}
	/** Writes since boot and the milliseconds they took, by disk: /proc/diskstats fields 8 and 11 (iostats.rst). */
	| {
			readonly kind: 'writes';
			readonly disks: readonly {readonly name: string; readonly writes: number; readonly ms: number}[];
	  }
	/** Update locks: of which service, and who holds it. `own`: the supervisor itself took it (uid 65534). */
	| {readonly kind: 'locks'; readonly locks: readonly {readonly service: string; readonly own: boolean}[]}
	/** What the device says right before or after it is changed. */
	| {readonly kind: 'looked'; readonly looked: Looked}
	| {readonly kind: 'looked-at-file'; readonly file: FileReading}
	| {readonly kind: 'looked-at-supervisor'; readonly supervised: SupervisorReading}
	| {readonly kind: 'examined'; readonly examination: Examination}
	| {readonly kind: 'link'; readonly link: LinkState}
	/** The journal is whole again behind a time without it, or as whole as it can be. */
	| {readonly kind: 'seam'; readonly seam: Seam}
	/** What the operator wrote. */
	| {
			readonly kind: 'remark';
			readonly of: 'mark' | 'note' | 'todo';
			readonly text: string;
			readonly cursor: string | null;
	  }
	/** What was asked, allowed, done and proven. */
	| {
			readonly kind: 'action';
			readonly of: 'ask' | 'consent' | 'disarm' | 'granted' | 'refused' | 'verdict';
			readonly weight: 'note' | 'warning' | 'error';
			readonly text: string;
	  }
	/** How the operator's last session with this device ended. */
	| {readonly kind: 'earlier'; readonly left: Left; readonly ticket: string | null}
	/** The recording was paused, and why; or it goes on. */
	| {readonly kind: 'recording'; readonly paused: string | null}
	| {readonly kind: 'snooze'; readonly key: string; readonly text: string}
	/** A source answered for the first time, ended, or could not be read; `sentence` is shown in its panes. */
	| {readonly kind: 'source'; readonly source: string; readonly state: SourceState; readonly sentence: string};

export type SourceState = 'asked' | 'answering' | 'ended' | 'failed';

/** A fact with the operator's clock at that moment (epoch ms), and the device's where it is known. */
export type TimedFact = {readonly at: number; readonly fact: Fact};
