/** What the dialog of an action says: how it begins, what it is filled with from what was read, and what a decision rests on. Pure. */
import type {Identity} from '../../domain/fact.ts';
import {
	type Action,
	type Confirmation,
	type Finding,
	namesOf,
	type Proposal,
	type Readings,
	runningOf,
	type Subject,
	subjectName,
} from '../../domain/guard.ts';
import {listed} from '../../domain/text.ts';
import {shortUuid} from '../../domain/uuid.ts';
import type {Fold} from '../fold.ts';

/** A dialog before the device was read. */
export const blank = (
	id: number,
	{id: action, title}: Pick<Action, 'id' | 'title'>,
	subject: Subject,
	identity: Identity | null,
): Proposal => ({
	id,
	action,
	title,
	subject,
	device: `${identity?.hostname ?? '?'}${identity?.uuid == null ? '' : ` ${identity.uuid}`}`,
	risk: 'disruptive',
	steps: [],
	consequence: '',
	blast: [],
	findings: [],
	confirmation: {kind: 'yes'},
	phase: 'reading',
	why: '',
	evidence: {done: 0, of: 0, missing: []},
});

/** What it is filled with. */
export function filled(
	action: Action,
	subject: Subject,
	readings: Readings,
	findings: readonly Finding[],
	fold: Pick<Fold, 'guard' | 'identity'>,
): Partial<Proposal> {
	const risk = action.risk(subject, readings);
	return {
		risk,
		steps: action.steps(subject, readings),
		consequence: action.consequence(subject, readings),
		// A file stops nothing by itself.
		blast: subject.kind === 'file' ? [] : blastOf(action, readings),
		findings: [
			...findings,
			...unproven(action, subject, fold),
			...(action.untried === undefined ? [] : [{weight: 'says' as const, text: `This is ${action.untried}.`}]),
			...(action.mayNotReturn
				? [{weight: 'warns' as const, text: 'It may not come back: make sure that somebody knows.'}]
				: []),
		],
		confirmation: confirmationOf(risk, subject, fold.identity),
	};
}

/** What we did to it ourselves, and what is not decided: a second time on top of it proves neither. */
function unproven({id}: Action, subject: Subject, {guard}: Pick<Fold, 'guard'>): readonly Finding[] {
	const name = subjectName(subject);
	const open = guard.runs.findLast(
		run =>
			run.verdict === null && (run.action === id || subject.kind !== 'device') && subjectName(run.subject) === name,
	);
	return open === undefined
		? []
		: [
				{
					weight: 'warns',
					text: `Our own “${open.title}” is not proven yet (${open.sentence}): wait for it, or neither is.`,
				},
			];
}

/** What everything would stop with, or may not come back, is confirmed by its name. */
function confirmationOf(risk: Proposal['risk'], subject: Subject, identity: Identity | null): Confirmation {
	if (risk !== 'severe' && risk !== 'self') return {kind: 'yes'};
	if (subject.kind === 'unit') return {kind: 'typed', word: subject.unit};
	return {kind: 'typed', word: identity?.uuid == null ? (identity?.hostname ?? '') : shortUuid(identity.uuid)};
}

/** What a decision rests on: the state that was looked at, how heavy that made it, and the very commands that were shown. */
export const basisOf = (action: Action, subject: Subject, readings: Readings): string =>
	[
		action.basis(subject, readings),
		`risk ${action.risk(subject, readings)}`,
		...action.steps(subject, readings).map(argv => argv.join(' ')),
	].join('; ');

/** Why the device refuses it; empty where it does not. */
export const blockedBy = (action: Action, subject: Subject, readings: Readings, findings: readonly Finding[]): string =>
	action.notOffered(subject, readings) || (findings.find(({weight}) => weight === 'blocks')?.text ?? '');

/** The unit that an action is about: the subject, or what the device calls its supervisor or engine; empty where none is. */
export function unitOf(action: Action, subject: Subject, readings: Readings): string {
	if (subject.kind === 'unit') return subject.unit;
	return action.unit?.(readings) ?? '';
}

/** Who is hit, as the device says. */
function blastOf({stops}: Action, readings: Readings): readonly string[] {
	const {unit, containers} = readings;
	const down = stops?.(readings) ?? unit?.pulledDown ?? [];
	return [
		...(unit === null ? [] : [down.length === 0 ? 'no other unit stops with it' : `stops with it: ${listed(down)}`]),
		...(containers === null
			? ['containers: not known']
			: [`containers running: ${namesOf(runningOf(containers)) || 'none'}`]),
	];
}
