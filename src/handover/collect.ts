/** From frames to a note. */
import type {Frame} from '../domain/frame.ts';
import {isEverything} from '../domain/source.ts';
import {deviceTime, uptimeAt} from '../domain/units/state.ts';
import type {State as Findings} from '../panes/findings/reduce.ts';
import type {State as Journal} from '../panes/journal/reduce.ts';
import type {State as Pulls} from '../panes/pulls/state.ts';
import type {State as Story} from '../panes/story/reduce.ts';
import {sinceOf} from '../panes/story/since.ts';
import type {Fold} from '../session/fold.ts';
import {progressOf} from '../session/progress.ts';
import {downloadsOf} from './downloads.ts';
import {deviceFacts, gapsOf, scopeText} from './facts.ts';
import type {Background, Note, Seen, Situation, ToldAct, UnitStand, Verdict} from './note.ts';
import {deviceOf, findingsOf, Pass} from './pass.ts';
import {priorOf} from './read.ts';
import {seenAt, verdictAt} from './seen.ts';
import {changesBetween, type Snapshot, snapshotOf, unitAt} from './snapshot.ts';
import {backBefore, storyOf} from './story.ts';
import {safe} from './words.ts';

/** What is known of the file that the frames come from. */
export type NoteInput = {
	/** Its name, without the folder. */
	readonly file: string;
	readonly bytes: number;
	/** What its reader found, a sentence each; asked for when all frames were read. */
	readonly problems: () => readonly string[];
	/** Of its last line, where lines are hashed; and whether every line is there as it was written. */
	readonly hash?: string | null;
	readonly intact?: boolean | null;
	/** Of the whole file. */
	readonly sha256?: string | null;
};

const sameVerdict = (a: Verdict, b: Verdict): boolean =>
	a.severity === b.severity && a.worst === b.worst && a.current === b.current;

/** Frames that are taken before who asked may do something else. */
const STEP = 500;

/** Reads frames to their end and says what the next person must know of them. */
export function noteOf(frames: Iterable<Frame>, input: NoteInput): Note {
	const steps = notingOf(frames, input);
	for (;;) {
		const {done, value} = steps.next();
		if (done === true) return value;
	}
}

/** The same in steps: yields after some frames each. */
export function* notingOf(frames: Iterable<Frame>, input: NoteInput): Generator<void, Note> {
	const {file, bytes, problems, hash = null, intact = null, sha256 = null} = input;
	const pass = new Pass();
	for (const frame of frames) {
		pass.take(frame);
		if (pass.frames % STEP === 0) yield;
	}
	const {fold, header, losses, start, before, wire} = pass;
	const fromAt = pass.fromAt ?? 0;
	const judgedAt = losses.open?.lostAt ?? fold.at;
	const findings = findingsOf(fold);
	const progress = progressOf(fold);
	const {seen, older, came, went} = seenAt(findings, judgedAt, fromAt, (unit, cursor) =>
		priorOf(fold.panes.journal as Journal, unit, cursor),
	);
	const verdict = verdictAt(findings, judgedAt, progress);
	const {story, left} = storyOf(fold.panes.story as Story, fromAt, fold.at, {
		clients: pass.acts.clients,
		lives: pass.lives,
	});
	const situation: Situation = {
		...verdict,
		over: seen.filter(({standing}) => standing !== 'now').length,
		...progress,
		judgedAt,
		linkLost: losses.open !== null,
		start: before === null || sameVerdict(before, verdict) ? null : {at: fromAt, ...before},
		unit: unitStand(seen, fold, judgedAt),
	};
	const receipt = fold.receipt(0, 0);
	const acts = pass.acts.acts.map(
		(act): ToldAct => ({...act, cameBackAt: backBefore(fold.panes.story as Story, act.subject, act.sentAt)}),
	);
	const unclear = pass.unclear || pass.commands.done.some(({known}) => !known);
	return {
		situation,
		device: deviceFacts(fold, judgedAt),
		link: {
			road: safe(fold.road ?? header?.road ?? 'not known', 100),
			target: safe(header?.target ?? 'not known', 200),
			...losses.roundTrip,
			reconnects: losses.reconnects,
			...wire,
			bytesPerMinute: fold.bytesPerMinute,
		},
		background: {
			ticket: pass.ticket,
			program: safe(header?.program ?? 'not known', 100),
			fromAt,
			toAt: fold.at,
			lengthMs: Math.max(0, fold.ms),
			scope: scopeText(fold.scope),
			whole: isEverything(fold.scope) && fold.scope.since === null,
			lines: receipt.received,
			oldestAt: fold.oldest === null ? null : fold.oldest.realtimeUs / 1000,
			newestAt: fold.last === null ? null : fold.last.realtimeUs / 1000,
			bootAt: bootAt(fold, judgedAt),
			earlier: earlierOf(fold.panes.story as Story, judgedAt),
		},
		seen,
		looked: pass.read.looked(seen),
		seenOlder: older,
		downloads: downloadsOf(fold.panes.pulls as Pulls, judgedAt, fromAt),
		story,
		storyLeft: left,
		done: pass.commands.done,
		allowed: pass.acts.allowed(pass.ended),
		requested: pass.acts.requested,
		acts,
		acted: unclear || acts.some(({sentAt}) => sentAt !== null),
		unclear,
		changes: changes(start, fold).map(({what, start: was, end}) => ({
			what: safe(what, 100),
			start: safe(was),
			end: safe(end),
		})),
		came,
		went,
		remarks: pass.remarks.remarks,
		gaps: gapsOf(pass, problems()),
		file: {name: safe(file, 200), bytes, frames: pass.frames, hash: hash ?? pass.hash, intact, sha256},
	};
}

/** By the device's clock. */
function bootAt({oldest, identity, panes}: Fold, at: number): number | null {
	const {units} = panes.findings as Findings;
	const uptime = uptimeAt(units, at);
	if (oldest === null || identity === null || oldest.boot !== identity.bootId || uptime === null) return null;
	return deviceTime(units, at) - uptime;
}

/** The unit that the worst finding is about, where there is one. */
function unitStand(seen: readonly Seen[], fold: Fold, at: number): UnitStand | null {
	const [worst] = seen;
	if (worst?.standing !== 'now' || !isUnit(worst.subject)) return null;
	const unit = unitAt(findingsOf(fold).units, worst.subject, at);
	const ages = seen.filter(({subject, measured}) => subject === worst.subject && !measured).map(({ageMs}) => ageMs);
	return {
		text: unit === null ? null : safe(unit.text, 100),
		sinceAt: unit?.sinceAt ?? null,
		quietMs: ages.length === 0 ? null : Math.min(...ages),
	};
}

const isUnit = (subject: string): boolean => /\.(?:service|timer|socket|mount)$/.test(subject);

function earlierOf({earlier, stand}: Story, at: number): Background['earlier'] {
	if (earlier === null) return null;
	const since = sinceOf(earlier, stand, at).map(({who, text}) => safe(who === '' ? text : `${who}: ${text}`));
	return {at: earlier.left.at, ticket: earlier.ticket === null ? null : safe(earlier.ticket, 100), since};
}

const changes = (start: Snapshot | null, fold: Fold) =>
	start === null ? [] : changesBetween(start, snapshotOf(fold, findingsOf(fold).units, deviceOf(fold)));
