/**
 * The nouns of the guard: what can be done to a device, whose permission that needs, what is read before, and what proves
 * it afterwards. Pure data; who may run anything is in session/guard.
 */
import type {Exit} from './channel.ts';
import type {Container} from './fact.ts';

export type ActionId =
	| 'unit.start'
	| 'unit.stop'
	| 'unit.restart'
	| 'units.reload'
	| 'supervisor.restart'
	| 'supervisor.update'
	| 'supervisor.reset'
	| 'supervisor.start'
	| 'engine.restart'
	| 'engine.check'
	| 'clock.step'
	| 'device.reboot'
	| 'command.run'
	| 'file.put'
	| 'shell.open';

/** A file that is to be on the device, and how: what of it is recorded. Its contents never are. */
export type FileSubject = {
	readonly kind: 'file';
	/** On the device: begins with `/` or `./`, so that no word of it is an option. */
	readonly path: string;
	readonly size: number;
	readonly sha256: string;
	/** Of a new file; one that is there keeps its own. Octal. */
	readonly mode: string;
	/** Eight hexadecimal digits: what the temporary name ends with. */
	readonly mark: string;
	/** Where it does not survive a reboot, too. */
	readonly force: boolean;
};

/** What an action is done to. A unit by its full name; a command by its words, as they were typed. */
export type Subject =
	| {readonly kind: 'unit'; readonly unit: string}
	| {readonly kind: 'device'}
	| {readonly kind: 'command'; readonly argv: readonly string[]}
	| FileSubject;

/** Decides how an action is confirmed; every one of them needs consent. */
export type Risk =
	/** R0: nearly free of effect. */
	| 'free'
	/** R1: can be taken back. */
	| 'reversible'
	/** R2: somebody's work stops for a while. */
	| 'disruptive'
	/** R3: everything stops, or may not come back: a name is typed. */
	| 'severe'
	/** Cuts the road that we came by: a name is typed; refused where there is no way back. */
	| 'self';

/** What a risk is called: its level, and what it means. */
export const risks: Readonly<Record<Risk, {readonly level: string; readonly text: string}>> = {
	free: {level: 'R0', text: 'nearly free of effect'},
	reversible: {level: 'R1', text: 'can be taken back'},
	disruptive: {level: 'R2', text: 'interrupts work'},
	severe: {level: 'R3', text: 'everything stops'},
	self: {level: 'R3', text: 'may cut our own road'},
};

/** One unit, as `systemctl show` says just now. */
export type UnitReading = {
	/** Its canonical name. */
	readonly unit: string;
	/** All its names, aliases among them. */
	readonly names: readonly string[];
	readonly loadState: string;
	readonly activeState: string;
	readonly subState: string;
	readonly result: string;
	readonly invocationId: string;
	readonly fragmentPath: string;
	readonly type: string;
	readonly restarts: number | null;
	/** The job that is queued for it, 0 for none. */
	readonly job: number;
	/** When it became active, milliseconds since boot; null for never. */
	readonly activeSince: number | null;
	readonly needsReload: boolean;
	/** Does PID 1 let it be started and stopped by hand (RefuseManualStart, RefuseManualStop)? */
	readonly canStart: boolean;
	readonly canStop: boolean;
	/** Active units that stop where it stops: the reverse of Requires, Requisite, BindsTo and PartOf, all the way up. */
	readonly pulledDown: readonly string[];
	/** Inactive units that start where it starts: Requires, BindsTo, Wants, Upholds, all the way down. */
	readonly starts: readonly string[];
	/** Active units that are stopped where it starts: Conflicts, both ways, of it and of `starts`, and what stops with those. */
	readonly stops: readonly string[];
	/** What it, or what starts and stops with it, starts when it ends (OnFailure, OnSuccess), or triggers as a timer, path or socket. */
	readonly leads: readonly string[];
	/** What PID 1 does to the device when it or one of `starts` ends: `SuccessAction=reboot`. */
	readonly ends: readonly {readonly unit: string; readonly action: string}[];
	/** Active units that start it by themselves: sockets, timers, paths. */
	readonly triggeredBy: readonly string[];
};

/** One path, as the device says just now. */
export type FileReading = {
	/** Null where nothing is there. Of a link what it leads to. */
	readonly kind: 'file' | 'folder' | 'other' | null;
	readonly link: boolean;
	/** Something is mounted on that very name: it can't be replaced by another file. */
	readonly mounted: boolean;
	/** Of a file that may be read; null where that is not known. */
	readonly size: number | null;
	readonly sha256: string | null;
	/** Octal; with its owner as `uid:gid`. */
	readonly mode: string | null;
	readonly owner: string | null;
	/** Where a relative path begins. */
	readonly home: string;
	readonly folder: 'there' | 'not writable' | 'missing';
	readonly freeKb: number | null;
	/** What the folder lies on: its kind and whether it can only be read; null where that is not known. */
	readonly fs: {readonly type: string; readonly readOnly: boolean} | null;
	/** Marks of temporary files that earlier attempts left beside it. */
	readonly left: readonly string[];
	/** Is there a sha256sum? */
	readonly sums: boolean;
};

/** What the supervisor and its containers are made of, as the device says just now. */
export type SupervisorReading = {
	/** Where its database is, or would be. */
	readonly path: string;
	/** Null where none is there. `mtime` in seconds. */
	readonly database: {readonly size: number; readonly mtime: number; readonly inode: number} | null;
	/** Copies that were made of a database before it was removed: `<path>.devtop-<mark>`. */
	readonly copies: readonly {readonly mark: string; readonly size: number; readonly mtime: number}[];
	/** What starts its update, and it with that; null where this OS has none. */
	readonly timer: {readonly unit: string; readonly activeState: string} | null;
	/** The engine's client; null where the engine is not active, or none is there. */
	readonly client: string | null;
	/** Null where the engine is not active, or did not say. `written`: its writable layer in the engine's words. */
	readonly containers:
		| readonly {
				readonly id: string;
				/** Its service, else its own name. */
				readonly name: string;
				readonly up: boolean;
				readonly written: string | null;
		  }[]
		| null;
	/** Is there a timeout(1) that takes seconds? */
	readonly bounded: boolean;
};

/** What the device says right before something is done to it. */
export type Looked = {
	readonly bootId: string;
	readonly uptimeMs: number | null;
	/** Was all of the unit told? Where not, more may stop with it than is known. */
	readonly whole: boolean;
	/** Null where no unit was asked for. */
	readonly unit: UnitReading | null;
	/** Units of an update that are active right now. */
	readonly updating: readonly string[];
	/** Somebody holds the lock of a host OS update. */
	readonly hostUpdate: boolean;
	/** The network interface that our own connection came in by; null where it is not known. */
	readonly cameBy: string | null;
	/** Units that our own session runs in, by its control group: `user.slice`, `session-4.scope`, `sshd@….service`. */
	readonly ours: readonly string[];
	/** Our own client's address as the device sees it. */
	readonly client: string | null;
	/** The supervisor's unit by the name that this OS has for it; null where there is none. */
	readonly supervisor: string | null;
	readonly engine: string | null;
	/** Programs that are there, of those that actions need: full paths. */
	readonly programs: readonly string[];
};

/** With what the session knows from its samplers. */
export type Readings = Looked & {
	readonly systemd: number | null;
	readonly uid: number | null;
	readonly kind: 'balena' | 'systemd';
	/** Null where the engine was not asked or did not answer. */
	readonly containers: readonly Container[] | null;
	/** We came through the cloud: by the device's VPN, whatever its interface is called. */
	readonly byVpn: boolean;
	readonly pulling: boolean;
	readonly locks: readonly {readonly service: string; readonly own: boolean}[];
	/** SSH sessions that are not ours. */
	readonly otherSessions: number;
	readonly disk: {readonly totalKb: number; readonly availableKb: number} | null;
	readonly memory: {readonly totalKb: number; readonly availableKb: number} | null;
	readonly clockOffsetMs: number | null;
	/** Null where no file was asked for. */
	readonly file: FileReading | null;
	/** Null where an action did not ask for it. */
	readonly supervised: SupervisorReading | null;
};

/** Containers that run, of those that there are. */
export const runningOf = (containers: readonly Container[]): readonly Container[] =>
	containers.filter(({state}) => state === 'running');

/** As people call them: by their services, else by their own names. */
export const namesOf = (containers: readonly Container[]): string =>
	containers.map(({service, name}) => service ?? name).join(', ');

/** Of a device that was not read. */
export const unread: Readings = {
	bootId: '',
	uptimeMs: null,
	whole: true,
	unit: null,
	file: null,
	supervised: null,
	updating: [],
	hostUpdate: false,
	cameBy: null,
	ours: [],
	client: null,
	supervisor: null,
	engine: null,
	programs: [],
	systemd: null,
	uid: null,
	kind: 'systemd',
	containers: null,
	byVpn: false,
	pulling: false,
	locks: [],
	otherSessions: 0,
	disk: null,
	memory: null,
	clockOffsetMs: null,
};

/** What a check has to say: `blocks` refuses, `warns` has to be read. */
export type Finding = {readonly weight: 'blocks' | 'warns' | 'says'; readonly text: string};

export type Check = (subject: Subject, readings: Readings) => readonly Finding[];

/** A job of PID 1, by its own lines (JOB_ID, JOB_TYPE, JOB_RESULT; systemd.journal-fields(7)). */
export type Job = {
	readonly id: number;
	readonly unit: string;
	readonly type: string;
	/** done, failed, canceled, timeout, dependency …; null as long as it runs. */
	readonly result: string | null;
};

/** What is known since the command was sent. */
export type Observed = {
	readonly before: Readings;
	/** The newest look since; null before the first. */
	readonly now: Readings | null;
	/** How the last step ended; null where that was not learned. */
	readonly exit: Exit | null;
	/** What it printed, at most a few thousand characters. */
	readonly output: string;
	/** Milliseconds since the last step was sent. */
	readonly sinceMs: number;
	/** The job that we queued; null where this systemd does not say which. */
	readonly ours: number | null;
	/** Jobs of other actions of this session. */
	readonly alsoOurs: readonly number[];
	/** Every job of the unit that PID 1 spoke of since. */
	readonly jobs: readonly Job[];
};

export type Verdict = {readonly kind: 'proven' | 'failed' | 'not-proven'; readonly sentence: string};
export type Proof = Verdict | {readonly kind: 'waiting'; readonly sentence: string};

/** One thing that can be done. Dialog, menu, help, README, checks, recording and proof follow from the record. */
export type Action = {
	readonly id: ActionId;
	/** "Restart a unit". */
	readonly title: string;
	/** The letter inside the menu. */
	readonly key: string;
	/** What it is called on the command line besides its id: `restart`. */
	readonly word: string;
	/** What it does to anything it can be done to, in a few words; `consequence` says it of one subject. */
	readonly effect: string;
	/** What proves it, in a few words. */
	readonly proves: string;
	readonly of: Subject['kind'];
	readonly risk: (subject: Subject, readings: Readings) => Risk;
	/** Why it is not offered for this subject on this device; empty where it is. */
	readonly notOffered: (subject: Subject, readings: Readings) => string;
	readonly checks: readonly Check[];
	/** Active units that stop with it; what `pulledDown` has where this is left out. */
	readonly stops?: (readings: Readings) => readonly string[];
	/** Of an action on the device that is done to one unit: its name there. */
	readonly unit?: (readings: Looked) => string;
	/** Is the supervisor looked at, too: its database, its timer and its containers? */
	readonly looksAtSupervisor?: true;
	/** What must still hold when the command is sent, as one text. */
	readonly basis: (subject: Subject, readings: Readings) => string;
	/** The commands in order, each as words. */
	readonly steps: (subject: Subject, readings: Readings) => readonly (readonly string[])[];
	/** Its one step is a terminal that is typed into: opened from the screen only. */
	readonly terminal?: true;
	/** Which of its steps takes the bytes that it was given, on its stdin. */
	readonly feeds?: number;
	/** What is sent in place of the rest where a step did not end well: takes away what it left. */
	readonly undo?: (subject: Subject, readings: Readings) => readonly string[];
	/** What happens, to whom. One or two sentences. */
	readonly consequence: (subject: Subject, readings: Readings) => string;
	/** May it be that the device does not come back? */
	readonly mayNotReturn: boolean;
	readonly proof: (subject: Subject, observed: Observed) => Proof;
	/** What to do about it where a session ends before it is decided. */
	readonly unfinished?: string;
	/** After so many milliseconds without an end it is not proven. */
	readonly proofLimitMs: number;
	/** Where the real components are missing in the lab: said in the dialog and the note. */
	readonly untried?: string;
};

/** Permission in somebody's words. */
export type Consent = {
	readonly id: number;
	/** Who gave it. */
	readonly by: string;
	/** ticket, phone, chat, mail … */
	readonly via: string;
	readonly words: string;
	/** `own`: a device of the operator's own. */
	readonly kind: 'customer' | 'own';
	readonly actions: readonly ActionId[] | 'any';
	/** Full names of units; actions on the whole device are not bound by it, but for a shell, which reaches all of them. */
	readonly units: readonly string[] | 'any';
	/** The device that it is for: its uuid, or its host name where it has none. */
	readonly device: string;
	/** Monotonic milliseconds of the session: from then on it is void. */
	readonly untilMs: number;
	/** The request that it answers. */
	readonly ask?: number;
};

/** How an action has to be confirmed. */
export type Confirmation = {readonly kind: 'yes'} | {readonly kind: 'typed'; readonly word: string};

/** An action that was asked for: what the dialog shows. */
export type Proposal = {
	/** Of this asking; `granted`, `ran`, `proof` and `verdict` carry it. */
	readonly id: number;
	readonly action: ActionId;
	readonly title: string;
	readonly subject: Subject;
	/** Host name and uuid, as shown. */
	readonly device: string;
	readonly risk: Risk;
	/** Empty as long as the device was not read. */
	readonly steps: readonly (readonly string[])[];
	readonly consequence: string;
	/** Who is hit: units pulled down, containers, people. */
	readonly blast: readonly string[];
	readonly findings: readonly Finding[];
	readonly confirmation: Confirmation;
	/** reading: the checks are being read; ready: can be confirmed; refused: `why`; sent: the dialog is over. */
	readonly phase: 'reading' | 'ready' | 'refused' | 'sending';
	readonly why: string;
	/** Evidence that is taken while the dialog is read. */
	readonly evidence: {readonly done: number; readonly of: number; readonly missing: readonly string[]};
};

/** An action that was sent, for the header and the note. */
export type Run = {
	readonly id: number;
	readonly action: ActionId;
	readonly title: string;
	readonly subject: Subject;
	/** Operator's clock when it was granted, epoch ms. */
	readonly at: number;
	/** Null as long as it is not known how it ended. */
	readonly verdict: Verdict | null;
	/** When that was known, as `at`. */
	readonly decidedAt: number | null;
	/** The newest word on it. */
	readonly sentence: string;
};

/** "balena.service", "the device", the words of the command, or the file’s path. */
export function subjectName(subject: Subject): string {
	switch (subject.kind) {
		case 'unit':
			return subject.unit;
		case 'device':
			return 'the device';
		case 'command':
			return subject.argv.join(' ');
		case 'file':
			return subject.path;
	}
}
