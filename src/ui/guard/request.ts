/** A request for the customer's permission, in plain words. Our own text: nothing of the device's stands in it unread. */
import {type Proposal, subjectName} from '../../domain/guard.ts';
import {clean} from '../../domain/text.ts';

/**
 * @param seen what devtop makes of the device just now, one sentence; empty where it is not known.
 * @param mayNotReturn may it be that the device stays away?
 */
export function requestOf(
	{title, subject, device, consequence, blast, evidence}: Proposal,
	seen: string,
	mayNotReturn: boolean,
): string {
	const what = subject.kind === 'device' ? title : `${title} ${subjectName(subject)}`;
	const [first = '', ...rest] = what;
	return [
		`May we do this on your device ${device}?`,
		`We would like to: ${first.toLowerCase()}${rest.join('')}.`,
		`What happens then: ${consequence}`,
		...(blast.length === 0 ? [] : [`Who is affected: ${blast.join('; ')}.`]),
		...(mayNotReturn ? ['The device may not come back by itself: somebody should be able to reach it.'] : []),
		...(seen === '' ? [] : [`What we see now: ${seen}`]),
		`So far we have only looked, and changed nothing; what the device said is on record (${evidence.done} of ${evidence.of} readings).`,
		'Please answer with yes or no, and until when we may do it.',
	]
		.map(line => clean(line))
		.join('\n');
}
