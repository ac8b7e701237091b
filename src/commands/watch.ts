/** Connects, then takes the screen; whatever goes wrong before is one sentence on stderr. */
import {type Failure, isFailure, type Road} from '../domain/channel.ts';
import type {Scope} from '../domain/source.ts';
import type {GuardTable} from '../ui/guard/table.ts';
import type {Keep} from './command.ts';
import {handoverOf} from './handover.ts';
import {holdScreen, noTerminal} from './hold-screen.ts';
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
import {firstContact} from './patience.ts';
import {type Said, say} from './said.ts';

export type WatchOptions = {
	readonly scope: Scope;
	readonly keep: Keep;
	/** Is the session recorded where no file was named? */
	readonly byDefault: boolean;
	readonly configured: Configured;
	/** Nothing can be armed. */
	readonly lookOnly: boolean;
	/** Was it waited for? */
	readonly waited: () => boolean;
	/** What opens a shell of the same device in another terminal. */
	readonly ssh: readonly string[] | null;
};

/** Most support sessions last no longer than a shift. */
const ALL_DAY = 8 * 60;

/** The profiles that the configuration has for this device. */
const profilesFor = (
	profiles: NonNullable<Configured['profiles']>,
	{uuid, own}: {readonly uuid: string | null; readonly own: boolean},
): GuardTable['profiles'] =>
	Object.entries(profiles)
		.filter(
			([, profile]) =>
				(profile.uuids === null || (uuid !== null && profile.uuids.includes(uuid))) && (!profile.own || own),
		)
		.map(([name, {via, minutes, ticket}]) => ({
			name,
			via,
			minutes: minutes ?? ALL_DAY,
			...(ticket === null ? {} : {ticket}),
		}));

/** Said where an action is confirmed all the same. */
const LOOK_ONLY = 'This session only looks (--look-only): begin one without it to act.';

/**
 * Watches the device at the end of a road until the operator quits.
 *
 * @param settled called when the screen is taken: no question can be asked any more.
 * @returns null, or what kept it from beginning.
 */
export async function watch(
	road: Road,
	{scope, keep, byDefault, configured, lookOnly, waited, ssh}: WatchOptions,
	settled: () => void = () => {},
): Promise<Failure | Said | null> {
	const unseen = noTerminal();
	if (unseen !== null) return unseen;
	const recorder = recorderFor(keep, road, byDefault);
	if (isFailure(recorder)) return recorder;
	const session = sessionOver(road, scope, recorder, keep.ticket, PROGRAM, {
		...configured,
		lookOnly: lookOnly ? LOOK_ONLY : '',
	});
	const interruption = new Interruption();
	const beginning = await Promise.race([session.begin(), interruption.came]);
	if (beginning !== null) return isFailure(beginning) ? beginning : await brokenOff(beginning, session, say);
	settled();
	if (waited()) await Promise.race([firstContact(session), interruption.came]);
	tellEarlier(session, road.target, recorder);
	if (recorder !== null) say(placeSentence(recorder));
	const leaving = farewellOf(configured, session, say);
	const profiles = profilesFor(configured.profiles ?? {}, {
		uuid: session.fold.identity?.uuid ?? null,
		own: session.gate.isOwn,
	});
	await holdScreen(
		{
			store: session.store,
			controls: session.controls,
			replay: null,
			profiles,
			ssh,
			handover: handoverOf(() => recorder?.file ?? null),
		},
		() => session.stop(),
		interruption,
	);
	const ended = recorder === null ? null : endSentence(recorder);
	if (ended !== null) say(ended);
	const removed = leaving.carryOut();
	if (removed !== null) say(removed);
	return null;
}
