/** `devtop record`: a session without a screen, for a while or until it is told to stop; a summary at its end. */
import {type Failure, failure, isFailure, type Road} from '../domain/channel.ts';
import type {Scope} from '../domain/source.ts';
import {bytes, clean, count} from '../domain/text.ts';
import {duration} from '../domain/time.ts';
import {shortUuid} from '../domain/uuid.ts';
import type {Recorder} from '../session/recorder.ts';
import type {Session} from '../session/session.ts';
import type {Keep} from './command.ts';
import {brokenOff, Interruption} from './interruption.ts';
import {
	type Configured,
	endSentence,
	farewellOf,
	PROGRAM,
	placeSentence,
	recorderFor,
	sessionOver,
	tellEarlier,
} from './live.ts';
import {iso, type Said} from './said.ts';

/** What a recorded session amounted to. */
export type Summary = {
	readonly file: string | null;
	readonly target: string;
	readonly uuid: string | null;
	readonly from: string | null;
	readonly to: string | null;
	readonly seconds: number;
	readonly frames: number;
	/** Journal entries, each once. */
	readonly lines: number;
	/** What came, by source: journal entries, answers of samplers. */
	readonly entries: Readonly<Record<string, number>>;
	readonly bytesReceived: number;
	readonly reconnects: number;
	readonly repeatsDropped: number;
	/** Null: cannot be proven, the scope is not everything. */
	readonly lost: number | null;
	readonly suppressed: number;
	/** Secrets that were cut, by rule. */
	readonly redacted: Readonly<Record<string, number>>;
	/** Of the last line. */
	readonly hash: string;
	/** Why the recording ends before the session did; null where it does not. */
	readonly fault: string | null;
};

/** Counts a session that has ended. */
function summaryOf(recorder: Recorder, {fold}: Pick<Session, 'fold'>, target: string): Summary {
	const {tally} = recorder;
	const {received, repeated, lost, suppressed} = fold.receipt(0, 0);
	return {
		file: recorder.file,
		target,
		uuid: fold.identity?.uuid ?? null,
		from: iso(tally.from),
		to: iso(tally.to),
		seconds: Math.round(tally.ms / 1000),
		frames: recorder.frames,
		lines: received,
		entries: Object.fromEntries(tally.units),
		bytesReceived: tally.received,
		reconnects: Math.max(0, tally.links - 1),
		repeatsDropped: repeated,
		lost,
		suppressed,
		redacted: Object.fromEntries(tally.redacted),
		hash: recorder.head,
		fault: recorder.fault,
	};
}

/** The summary as people read it. */
function tellSummary(summary: Summary): string {
	const {seconds, target, uuid, lines, repeatsDropped, lost, suppressed, entries, bytesReceived, reconnects} = summary;
	const lostText = lost === null ? 'loss cannot be proven (the scope is not everything)' : `${lost} lost`;
	return [
		`recorded  ${duration(seconds * 1000)} of ${clean(target)}${uuid === null ? '' : ` (${shortUuid(uuid)})`}, from ${summary.from} to ${summary.to}`,
		`file      ${summary.file}, ${count(summary.frames, 'frame')}, hash ${summary.hash}`,
		`journal   ${count(lines, 'line')}, ${repeatsDropped} repeats dropped, ${lostText}, ${suppressed} suppressed by the device`,
		`came      ${Object.entries(entries)
			.map(([source, units]) => `${source} ${units}`)
			.join(', ')}`,
		`redacted  ${
			Object.entries(summary.redacted)
				.map(([rule, cuts]) => `${rule} ${cuts}`)
				.join(', ') || 'none'
		}`,
		`link      ${bytes(bytesReceived)} received, ${count(reconnects, 'reconnect')}`,
		'',
	].join('\n');
}

/** Resolves when the time is over, a signal comes, or nothing more can be had; with why the device is lost, if it is. */
function ended(
	session: Session,
	recorder: Recorder,
	forMs: number | null,
	interruption: Interruption,
): Promise<string | null> {
	return new Promise(resolve => {
		const timer = forMs === null ? undefined : setTimeout(() => finish(null), forMs);
		const unsubscribe = session.store.subscribe(({link}) => {
			if (link.kind === 'refused') finish(link.why);
			// Said with the summary; there is nothing to go on for.
			else if (recorder.fault !== null) finish(null);
		});
		function finish(why: string | null): void {
			clearTimeout(timer);
			unsubscribe();
			resolve(why);
		}
		interruption.each(() => finish(null));
	});
}

/** What is recorded, where, and for how long. */
export type RecordOptions = {
	readonly scope: Scope;
	readonly keep: Keep;
	readonly forMs: number | null;
	readonly json: boolean;
	readonly configured: Configured;
};

/**
 * Records the device at the end of a road.
 *
 * @param note told where the recording is, for stderr.
 * @param settled called when it has begun: no question can be asked any more.
 */
export async function record(
	road: Road,
	{scope, keep, forMs, json, configured}: RecordOptions,
	note: (sentence: string) => void,
	settled: () => void = () => {},
): Promise<Said | Failure> {
	const recorder = recorderFor(keep, road, true);
	if (isFailure(recorder)) return recorder;
	if (recorder === null) return failure('usage', 'devtop record needs a place: --output FILE.');
	const session = sessionOver(road, scope, recorder, keep.ticket, PROGRAM, configured);
	const interruption = new Interruption();
	const beginning = await Promise.race([session.begin(), interruption.came]);
	if (beginning !== null) return isFailure(beginning) ? beginning : await brokenOff(beginning, session, note);
	settled();
	tellEarlier(session, road.target, recorder);
	note(placeSentence(recorder));
	if (recorder.file === null) {
		await session.stop();
		return failure('channel', 'Nothing was recorded.');
	}
	const leaving = farewellOf(configured, session, note);
	const why = await ended(session, recorder, forMs, interruption);
	await session.stop();
	if (why !== null) note(why);
	const removed = leaving.carryOut();
	if (removed !== null) note(removed);
	const summary = summaryOf(recorder, session, road.target);
	if (summary.fault !== null) note(endSentence(recorder) ?? '');
	return {
		text: json ? `${JSON.stringify(summary)}\n` : tellSummary(summary),
		code: why === null && summary.fault === null ? 0 : 1,
	};
}
