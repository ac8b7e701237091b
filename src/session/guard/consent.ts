/** From what an operator typed to a consent, or why it is none. */
import type {ActionId, Consent} from '../../domain/guard.ts';
import {clean, shorten} from '../../domain/text.ts';
import {isUnitName, noUnitName} from '../../domain/units/name.ts';

export type ConsentForm = {
	readonly by: string;
	readonly via: string;
	readonly words: string;
	readonly kind: Consent['kind'];
	readonly actions: readonly ActionId[] | 'any';
	readonly units: readonly string[] | 'any';
	readonly minutes: number;
};

export const MINUTES = 30;
const MOST_MINUTES = 24 * 60;
const LONGEST = 2000;

/** @returns the consent, or a sentence on what is missing. */
export function consentOf(
	{by, via, words, kind, actions, units, minutes}: ConsentForm,
	{
		id,
		device,
		elapsed,
		ask,
	}: {readonly id: number; readonly device: string; readonly elapsed: number; readonly ask: number | undefined},
): Consent | string {
	const safe = (text: string): string => shorten(clean(text).trim(), LONGEST);
	if (kind === 'customer') {
		if (safe(by) === '') return 'Who gave the permission? Write a name.';
		if (safe(via) === '') return 'By what way was it given: ticket, phone, chat?';
		if (safe(words) === '') return 'In what words was it given? Type or paste them.';
		if (safe(words).length < 2) return 'One letter is no permission: give their words as they were said.';
	}
	if (device === '') return 'It is not known which device answers: wait for the link.';
	if (!(minutes > 0 && minutes <= MOST_MINUTES))
		return `Until when does it hold? Between 1 minute and ${MOST_MINUTES / 60} hours.`;
	const wrong = units === 'any' ? undefined : units.find(unit => !isUnitName(unit));
	if (wrong !== undefined) return `${noUnitName(clean(wrong))} Give the whole name, with its suffix.`;
	return {
		id,
		by: safe(by),
		via: safe(via),
		words: safe(words),
		kind,
		actions,
		units,
		device,
		untilMs: Math.round(elapsed + minutes * 60_000),
		...(ask === undefined ? {} : {ask}),
	};
}
