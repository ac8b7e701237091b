/** What the frames of the gate must have, so that whoever reads them finds it. */
import {areTexts, isNumber, isObject, isText, type Loose} from './loose.ts';

const isSubject = (subject: unknown): boolean => {
	if (!isObject(subject)) return false;
	switch (subject.kind) {
		case 'unit':
			return isText(subject.unit);
		case 'command':
			return areTexts(subject.argv);
		case 'file':
			return isText(subject.path) && isNumber(subject.size) && isText(subject.sha256);
		default:
			return isText(subject.kind);
	}
};

const isAbout = ({id, action, title, subject}: Loose): boolean =>
	isNumber(id) && isText(action) && isText(title) && isSubject(subject);

const isAnyOrTexts = (value: unknown): boolean => value === 'any' || areTexts(value);

const isConsent = (consent: unknown): boolean =>
	isObject(consent) &&
	isNumber(consent.id) &&
	[consent.by, consent.via, consent.words, consent.kind, consent.device].every(isText) &&
	isAnyOrTexts(consent.actions) &&
	isAnyOrTexts(consent.units) &&
	isNumber(consent.untilMs);

const isSaid = (said: unknown): boolean => isObject(said) && isText(said.kind) && isText(said.sentence);
const VERDICTS: ReadonlySet<unknown> = new Set(['proven', 'failed', 'not-proven']);

export const GUARD_SHAPES: Readonly<Record<string, (frame: Loose) => boolean>> = {
	ask: frame => isAbout(frame) && (frame.request === undefined || isText(frame.request)),
	consent: ({consent}) => isConsent(consent),
	disarm: ({why}) => isText(why),
	granted: frame =>
		isAbout(frame) &&
		isNumber(frame.consent) &&
		[frame.risk, frame.confirmed, frame.basis].every(isText) &&
		Array.isArray(frame.steps) &&
		frame.steps.every(areTexts),
	refused: frame => isAbout(frame) && isText(frame.why),
	ran: ({id, ch, step, argv}) => isNumber(id) && isNumber(ch) && isNumber(step) && areTexts(argv),
	proof: ({id, proof}) => isNumber(id) && isSaid(proof),
	verdict: ({id, verdict}) => isNumber(id) && isSaid(verdict) && isObject(verdict) && VERDICTS.has(verdict.kind),
};
