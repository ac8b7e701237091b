/** Permissions and actions in sentences, for the forms of the note that engineers read. */

import type {Act, Allowed, Note, Requested, ToldAct} from './note.ts';
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

/** Sent and proven are two moments: a proof has to hold for a while. */
export function whenText(act: Act): string {
	const {at, sentAt, endedAt, verdict} = act;
	if (sentAt === null) return `${utcOf(at)}: ${verdictText(act)}`;
	const end = endedAt === null ? '' : ` at ${utcOf(endedAt)}`;
	return `sent ${utcOf(sentAt)}; ${VERDICT[verdict]}${end}${act.says === '' ? '' : `: ${act.says}`}`;
}

/** Where it mends nothing that it was back already, whoever reads has to know. */
export const cameBackText = ({cameBackAt}: ToldAct): string =>
	cameBackAt === null ? '' : `It had come back by itself at ${utcOf(cameBackAt)}, before this`;

const who = ({by, via}: Pick<Allowed, 'by' | 'via'>): string => (by === '' ? 'a device of our own' : `${by} (${via})`);

/** One line of the situation: what, when, by whose leave, how it ended, and what that does not prove. */
export function doneLine(act: ToldAct, goesOn: readonly string[]): string {
	const leave = act.consent === null ? '' : ` Allowed by ${who(act.consent)}.`;
	const back = cameBackText(act) === '' ? '' : ` ${cameBackText(act)}.`;
	const limit =
		act.verdict === 'proven' && goesOn.length > 0
			? ` What it proves is the action, not that the trouble is over (${goesOn.join('; ')}).`
			: '';
	return `${actName(act)}, ${whenText(act).replace(/\.$/, '')}.${leave}${back}${limit}`;
}

/** Which permission holds when the recording ends; empty where there never was one. */
export function permissionText({allowed}: Note): string {
	const holding = allowed.filter(({endedAt}) => endedAt === null);
	if (holding.length > 0)
		return holding
			.map(one => `${who(one)}, ${one.actions} on ${one.units}, until ${utcOf(one.untilAt)} if its session goes on`)
			.join('; ');
	const last = allowed.at(-1);
	if (last === undefined || last.endedAt === null) return '';
	const {by, kind, ended, endedAt} = last;
	const whose = kind === 'own' ? 'the one for a device of our own' : `${by}’s`;
	return `none: ${whose} ended ${ended}, at ${utcOf(endedAt)}`;
}

/** What is told of an action under its name, in the order in which it happened. */
export function actRows(act: ToldAct): readonly (readonly [label: string, text: string])[] {
	const {consent, commands, exit, before, after, output, reads, sentAt, endedAt} = act;
	const back = cameBackText(act);
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
		...(sentAt === null ? [] : [['Sent at', utcOf(sentAt)] as const]),
		...(sentAt === null || endedAt === null ? [] : [['Judged at', utcOf(endedAt)] as const]),
		...(back === '' ? [] : [['Beforehand', `${back}.`] as const]),
		...(exit === null ? [] : [['Ended', exit] as const]),
		...(before === null || sentAt === null
			? []
			: [['State', `${before} → ${after ?? 'not looked at again'}`] as const]),
		...(output.length === 0 ? [] : [['Printed', output.join(' ⏎ ')] as const]),
		...(reads === 0 ? [] : [['Read for it', `${reads} command${reads === 1 ? '' : 's'} that only read`] as const]),
	];
}

/** In one line: what, by whose leave, how it ended. */
export function actLine(act: ToldAct): string {
	const by = act.consent === null ? '' : `, allowed by ${act.consent.by}`;
	const back = cameBackText(act) === '' ? '' : `. ${cameBackText(act)}`;
	return `${actName(act)}${by}, ${act.sentAt === null ? verdictText(act) : whenText(act).replace(/\.$/, '')}${back}`;
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
