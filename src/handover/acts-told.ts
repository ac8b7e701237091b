/** Permissions and actions in sentences, for the forms of the note that engineers read. */
import type {Act, Allowed, Note, Requested} from './note.ts';
import {stamp, utcOf} from './words.ts';

const VERDICT: Readonly<Record<Act['verdict'], string>> = {
	proven: 'proven',
	failed: 'FAILED',
	'not-proven': 'NOT PROVEN',
	refused: 'refused',
	open: 'NOT KNOWN: the recording ends before',
};

/** "Restart the unit: chronyd.service". */
export const actName = ({title, subject}: Pick<Act, 'title' | 'subject'>): string =>
	subject === '' ? title : `${title}: ${subject}`;

/** Who gave it, how, until when, for what. */
export function allowedText({at, by, via, kind, actions, units, untilAt, ended}: Allowed): string {
	const who = kind === 'own' ? 'a device of our own' : `${by}, by ${via}`;
	return `${utcOf(at)}: ${who}; for ${actions} on ${units}, until ${stamp(untilAt)}; ended ${ended}`;
}

export const requestedText = (asked: Requested): string =>
	`${utcOf(asked.at)}: asked for ${actName(asked)}, ${asked.answeredAt === null ? 'NOT ANSWERED' : `answered at ${stamp(asked.answeredAt)}`}`;

/** "proven: chronyd.service runs anew …". */
export const verdictText = ({verdict, says}: Act): string => `${VERDICT[verdict]}${says === '' ? '' : `: ${says}`}`;

/** What is told of an action under its name, in the order in which it happened. */
export function actRows(act: Act): readonly (readonly [label: string, text: string])[] {
	const {consent, commands, exit, before, after, output, reads, sentAt, endedAt} = act;
	const ended = endedAt === null ? '' : ` to ${stamp(endedAt).slice(11)}`;
	return [
		...(consent === null
			? []
			: [
					[
						'Allowed by',
						`${consent.by}, by ${consent.via}${consent.words === '' ? '' : `: “${consent.words}”`}`,
					] as const,
				]),
		...commands.map(command => ['Sent', command] as const),
		...(sentAt === null ? [] : [['When', `${stamp(sentAt)}${ended} UTC`] as const]),
		...(exit === null ? [] : [['Ended', exit] as const]),
		...(before === null || sentAt === null
			? []
			: [['State', `${before} → ${after ?? 'not looked at again'}`] as const]),
		...(output.length === 0 ? [] : [['Printed', output.join(' ⏎ ')] as const]),
		...(reads === 0 ? [] : [['Read for it', `${reads} command${reads === 1 ? '' : 's'} that only read`] as const]),
	];
}

/** In one line: what, by whose leave, how it ended. */
export function actLine(act: Act): string {
	const by = act.consent === null ? '' : `, allowed by ${act.consent.by}`;
	return `${actName(act)}${by}, ${verdictText(act)}`;
}

/** Permissions in one line; empty where nobody was asked and none was given. */
export function allowedLine({allowed, requested}: Note): string {
	return [
		...allowed.map(({by, via, words, kind, ended}) =>
			kind === 'own' ? `a device of our own (ended ${ended})` : `${by} by ${via}: “${words}” (ended ${ended})`,
		),
		...requested
			.filter(({answeredAt}) => answeredAt === null)
			.map(asked => `asked for ${actName(asked)}, not answered`),
	].join('; ');
}
