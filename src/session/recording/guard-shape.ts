/** What the frames of the gate must have, so that whoever reads them finds it. */
import type {ActionId, Consent, Proof, Risk, Subject, Verdict} from '../../domain/guard.ts';
import {
	areTexts,
	type Is,
	isCount,
	isFlag,
	isKindOf,
	isListOf,
	isNumber,
	isOf,
	isOneOf,
	isOptional,
	isText,
} from './is.ts';

/** One that this devtop does not know was done all the same: its title says what it was. */
export const isAction = isText as Is<ActionId>;

export const isSubject: Is<Subject> = isKindOf<Subject, 'kind'>('kind', {
	unit: {unit: isText},
	device: {},
	command: {argv: areTexts},
	file: {path: isText, size: isCount, sha256: isText, mode: isText, mark: isText, force: isFlag},
});

const isAny: Is<'any'> = isOneOf({any: true});
const isAnyOr =
	<T>(one: Is<T>): Is<'any' | readonly T[]> =>
	(value): value is 'any' | readonly T[] =>
		isAny(value) || isListOf(one)(value);

export const isConsent: Is<Consent> = isOf<Consent>({
	id: isCount,
	by: isText,
	via: isText,
	words: isText,
	kind: isOneOf({customer: true, own: true}),
	actions: isAnyOr(isAction),
	units: isAnyOr(isText),
	device: isText,
	untilMs: isNumber,
	ask: isOptional(isCount),
});

export const isRisk: Is<Risk> = isOneOf({free: true, reversible: true, disruptive: true, severe: true, self: true});

export const isVerdict: Is<Verdict> = isOf<Verdict>({
	kind: isOneOf({proven: true, failed: true, 'not-proven': true}),
	sentence: isText,
});

const said = {sentence: isText};
export const isProof: Is<Proof> = isKindOf<Proof, 'kind'>('kind', {
	proven: said,
	failed: said,
	'not-proven': said,
	waiting: said,
});
