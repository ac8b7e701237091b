/** What the commands that connect have in common: the session with the real panes, and where it is recorded. */

import {actions, findingsOf} from '../actions/index.ts';
import {type Failure, failure, type Road} from '../domain/channel.ts';
import type {Frame} from '../domain/frame.ts';
import type {ConsentProfile} from '../domain/profile.ts';
import type {SecretRule} from '../domain/secret.ts';
import type {Scope} from '../domain/source.ts';
import {bytes, count} from '../domain/text.ts';
import {journalHeld, panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {secrets} from '../rules/secrets.ts';
import {Recorder} from '../session/recorder.ts';
import {Redactor} from '../session/redactor.ts';
import {Session} from '../session/session.ts';
import {sources} from '../sources/index.ts';
import {clockOf} from './clock.ts';
import type {Keep} from './command.ts';
import {defaults, type Keeping} from './config/shape.ts';
import {earlierOf} from './earlier.ts';
import {type Farewell, farewell} from './keep.ts';
import {placeFor} from './place.ts';
import {wire} from './wire.ts';

export const PROGRAM = 'devtop 0.1.0';

/**
 * Begins the recording that was asked for.
 *
 * @param byDefault where no file was named: is it recorded in its default place? Unasked only because secrets are cut
 * on the way in.
 * @returns null where nothing is recorded.
 */
export function recorderFor(
	{file, off, ticket}: Keep,
	road: Pick<Road, 'target'>,
	byDefault: boolean,
): Recorder | null | Failure {
	if (file === null) {
		if (!off && byDefault) return new Recorder(placeFor(road.target, ticket, Date.now()));
		return ticket === null
			? null
			: failure('usage', '--ticket stands in a recording, and there is none: name one with --record FILE.');
	}
	try {
		return new Recorder(file);
	} catch (error) {
		const why = (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it is there already' : (error as Error).message;
		return failure('usage', `The recording ${file} can't be begun: ${why}. Name another file.`);
	}
}

/** What the configuration adds to a session. */
export type Configured = {
	/** The operator's own patterns of secrets. */
	readonly redact?: readonly SecretRule[];
	/** Who has to answer. */
	readonly uuid?: string | null;
	/** How long recordings are kept. */
	readonly keep?: Keeping;
	/** The operator's own devices. */
	readonly own?: readonly string[];
	/** What a consent is given by as a rule, by name. */
	readonly profiles?: Readonly<Record<string, ConsentProfile>>;
	/** Why nothing can be armed; empty where it can. */
	readonly lookOnly?: string;
};

/** Cuts the secrets that every session cuts, and those of the operator's own patterns. */
export const redactor = ({redact = []}: Configured = {}): Redactor => new Redactor([...secrets, ...redact]);

/** A session over a road, not begun. `tap` sees each frame as it is recorded. */
export const sessionOver = (
	road: Road,
	scope: Scope,
	recorder: Recorder | null,
	ticket: string | null,
	program: string = PROGRAM,
	configured: Configured = {},
	tap: (frame: Frame) => void = () => {},
): Session =>
	new Session({
		road,
		scope,
		uuid: configured.uuid ?? null,
		sources,
		panes,
		tag,
		wire,
		recorder,
		actions,
		findingsOf,
		lookOnly: configured.lookOnly ?? '',
		own: configured.own ?? [],
		redactor: redactor(configured),
		ticket,
		program,
		tap,
		random: Math.random,
		clock: clockOf(),
		held: journalHeld,
	});

/** What goes at the end of a session that has begun: told now, on the screen too, which hides what stands before it. */
export function farewellOf(
	{keep = defaults.keep}: Configured,
	{fold}: Session,
	note: (sentence: string) => void,
): Farewell {
	const leaving = farewell(keep, Date.now());
	if (leaving.sentence !== null) {
		note(leaving.sentence);
		fold.notice(leaving.sentence);
	}
	return leaving;
}

/** Tells a session that has begun how the last one with its device ended, if that was recorded. */
export function tellEarlier(session: Session, target: string, recorder: Recorder | null): void {
	const earlier = earlierOf({identity: session.fold.identity, target, own: recorder?.file ?? null, now: Date.now()});
	if (earlier !== null) session.tell(earlier);
}

/** Where the session is recorded, once it has begun. */
export function placeSentence({file, fault}: Recorder): string {
	return file === null
		? `This session is not recorded: ${fault ?? 'there is no place for it'}.`
		: `Recording to ${file}`;
}

/** What became of the recording; null where there was none. */
export function endSentence({file, fault, bytes: written, frames}: Recorder): string | null {
	if (file === null) return null;
	const holds = `${count(frames, 'frame')}, ${bytes(written)} before compression`;
	return fault === null
		? `Recorded in ${file} (${holds}).`
		: `The recording ${file} could not be written to its end: ${fault}. What it has is whole (${holds}).`;
}
