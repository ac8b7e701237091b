/**
 * What must hold before anything is sent: one sentence each for why it does not, and what would help. A table, so that a
 * test can take each of them away and see that it is missed.
 */
import {type Action, type Consent, type Proposal, type Subject, subjectName} from '../../domain/guard.ts';

/** Everything the decision is made of, at the moment of confirming. */
export type Case = {
	readonly action: Action;
	readonly subject: Subject;
	readonly proposal: Proposal;
	/** What was typed: `y`, or a name. */
	readonly answer: string;
	/** Why nothing can be armed in this session; empty where it can. */
	readonly lookOnly: string;
	/** Why there is no recording of this moment; empty where there is. */
	readonly unrecorded: string;
	/** The consent that would allow it: one that holds and covers it where there is one, else the nearest. */
	readonly consent: Consent | null;
	/** The device that answers now: its uuid, or its host name. */
	readonly device: string;
	/** Monotonic milliseconds of the session. */
	readonly elapsed: number;
	readonly basis: {readonly shown: string; readonly now: string};
	/** What the checks say just now that refuses; empty where nothing does. */
	readonly blocked: string;
};

type Confirming = {
	readonly name: string;
	readonly arming?: never;
	/** Empty where it holds. */
	readonly wrong: (one: Case) => string;
};
/** Asked where a consent is recorded: without one nothing can be confirmed. */
type Arming = {
	readonly name: string;
	readonly arming: true;
	readonly wrong: (one: Pick<Case, 'lookOnly'>) => string;
};
export type Condition = Confirming | Arming;

const armed = 'A records a consent: who, by what way, in what words';

export const conditions: readonly Condition[] = [
	{name: 'not look-only', arming: true, wrong: ({lookOnly}) => lookOnly},
	{
		name: 'recorded',
		wrong: ({unrecorded}) =>
			unrecorded === ''
				? ''
				: `Nothing is done that is not recorded, and ${unrecorded}: begin a recording, then ask again.`,
	},
	{
		name: 'consent',
		wrong: ({consent, lookOnly}) => (consent === null ? lookOnly || `There is no permission on record: ${armed}.` : ''),
	},
	{
		name: 'consent holds',
		wrong: ({consent, elapsed}) =>
			consent !== null && elapsed >= consent.untilMs
				? `The permission by ${consent.by} has ended: ask anew; ${armed}.`
				: '',
	},
	{
		name: 'consent is for this action',
		wrong: ({consent, action}) =>
			consent !== null && consent.actions !== 'any' && !consent.actions.includes(action.id)
				? `The permission by ${consent.by} is not for this (${action.title}): ask for it; ${armed}.`
				: '',
	},
	{
		name: 'consent is for this unit',
		wrong: ({consent, action, subject}) =>
			consent !== null && consent.units !== 'any' && !reaches(consent.units, action, subject)
				? `The permission by ${consent.by} is for ${consent.units.join(', ')}, not for ${subject.kind === 'unit' ? subjectName(subject) : 'all that a shell reaches'}: ask for it; ${armed}.`
				: '',
	},
	{
		name: 'consent is for this device',
		wrong: ({consent, device}) =>
			consent !== null && consent.device !== device
				? `The permission by ${consent.by} is for the device ${consent.device.slice(0, 12)}, and ${device.slice(0, 12)} answers now.`
				: '',
	},
	{name: 'no check blocks', wrong: ({blocked}) => blocked},
	{
		name: 'confirmed',
		wrong: ({proposal: {confirmation}, answer}) =>
			confirmation.kind === 'yes'
				? answer === 'y'
					? ''
					: 'It was not confirmed: y confirms it.'
				: answer === confirmation.word
					? ''
					: `The name that was typed is not “${confirmation.word}”.`,
	},
	{
		name: 'basis is the same',
		wrong: ({basis: {shown, now}}) =>
			shown === now
				? ''
				: `What was looked at has changed meanwhile (${shown} before, ${now} now): look again, then decide.`,
	},
];

/** The first sentence that says why not; empty where everything holds. */
export const wrongIn = (all: readonly Condition[], one: Case): string => {
	for (const condition of all) {
		const sentence = condition.arming ? '' : condition.wrong(one);
		if (sentence !== '') return sentence;
	}
	return '';
};

/** Why no consent can be recorded; empty where it can. */
export function unarmable(all: readonly Condition[], one: Pick<Case, 'lookOnly'>): string {
	for (const condition of all) {
		const sentence = condition.arming ? condition.wrong(one) : '';
		if (sentence !== '') return sentence;
	}
	return '';
}

/** The consent that a decision goes by: one that allows it, else the newest. */
export function consentFor(
	consents: readonly Consent[],
	action: Pick<Action, 'id'>,
	subject: Subject,
	elapsed: number,
): Consent | null {
	return consents.findLast(consent => allows(consent, action, subject, elapsed)) ?? consents.at(-1) ?? null;
}

/** A permission for some units is none for a shell, which reaches all of them. */
const reaches = (units: readonly string[], {id}: Pick<Action, 'id'>, subject: Subject): boolean =>
	subject.kind === 'unit' ? units.includes(subject.unit) : id !== 'shell.open';

/** Does a consent hold, and is it for this? Of which device it is, is looked at apart. */
export const allows = (
	{actions, units, untilMs}: Consent,
	action: Pick<Action, 'id'>,
	subject: Subject,
	elapsed: number,
): boolean =>
	elapsed < untilMs &&
	(actions === 'any' || actions.includes(action.id)) &&
	(units === 'any' || reaches(units, action, subject));
