/** How an action on the command line ended: what is said of it, and the exit code. */
import type {Proposal, Verdict} from '../domain/guard.ts';
import {clean} from '../domain/text.ts';
import type {Recorder} from '../session/recorder.ts';
import type {Session} from '../session/session.ts';
import type {Course} from './act-course.ts';
import type {Acting} from './command.ts';
import type {Broken} from './interruption.ts';
import {endSentence} from './live.ts';
import {type Said, say} from './said.ts';

/** How it ended, with the exit code of the program. */
type Outcome = {
	readonly kind: Verdict['kind'] | 'refused' | 'dry' | 'left';
	readonly sentence: string;
	readonly code: number;
};

const CODES = {proven: 0, failed: 1, 'not-proven': 5} as const;
const WORDS = {
	proven: 'proven',
	failed: 'failed',
	'not-proven': 'not proven',
	refused: 'refused',
	left: 'left',
} as const;

/** What ended it. */
type Ending = {
	/** Why it was not done; empty where it was. */
	readonly why: string;
	readonly planned: boolean;
	readonly dry: boolean;
	/** Null where it ended by itself. */
	readonly broken: Broken | null;
};

/** By the verdict where something was sent; else why nothing was. */
export function outcomeOf(
	session: Pick<Session, 'fold'>,
	course: Course,
	{why, planned, dry, broken}: Ending,
): Outcome {
	const verdict = session.fold.guard.runs.at(-1)?.verdict ?? null;
	if (verdict !== null) return {...verdict, code: CODES[verdict.kind]};
	// What the gate says then is only that the session ends.
	if (broken !== null && !course.sent)
		return {kind: 'left', sentence: `It was broken off (${broken.by}): nothing was sent.`, code: broken.code};
	const refusal = why === '' ? course.refusal : why;
	if (refusal !== '') return {kind: 'refused', sentence: refusal, code: 4};
	if (course.gone !== '') return {kind: 'failed', sentence: `${course.gone} Nothing was sent.`, code: 1};
	if (dry && planned) return {kind: 'dry', sentence: 'Nothing was sent: this was a dry run.', code: 0};
	return {kind: 'failed', sentence: 'It ended before anything was sent.', code: 1};
}

/** A proof that is not on record is none. */
export const onRecord = (outcome: Outcome, {cut, fault}: Pick<Recorder, 'cut' | 'fault'>): Outcome =>
	outcome.kind === 'proven' && cut
		? {
				kind: 'not-proven',
				sentence: `${outcome.sentence} But the recording could not be written to its end (${fault}): it does not have all of the proof.`,
				code: CODES['not-proven'],
			}
		: outcome;

/** Says it as soon as the recording ends before the session does: what is under way can be looked at otherwise. */
export function toldOnce(recorder: Pick<Recorder, 'cut' | 'fault' | 'file'>): () => void {
	let told = false;
	return () => {
		if (told || !recorder.cut || recorder.file === null) return;
		told = true;
		say(
			`The recording ${recorder.file} can't be written any more (${recorder.fault}): what comes now is not on record.`,
		);
	};
}

/** The exit code of a command is ours, where it is known, and on record. */
export function codeOf({kind}: Acting, {exit}: Course, outcome: Outcome, {cut}: Pick<Recorder, 'cut'>): number {
	if (kind === 'act' || exit === null) return outcome.code;
	if (exit.kind !== 'exited') return CODES['not-proven'];
	return exit.code === 0 && cut ? CODES['not-proven'] : exit.code;
}

/** What goes wrong with one word that holds a whole command. */
const hintOf = ({subject}: Acting, {exit}: Course): string =>
	subject.kind === 'command' &&
	subject.argv.length === 1 &&
	/\s/.test(subject.argv[0] ?? '') &&
	exit?.kind === 'exited' &&
	exit.code === 127
		? "Words are sent as they are given, and this was one word: for a shell write -- sh -c '…'."
		: '';

type Finished = {
	readonly acting: Acting;
	readonly course: Course;
	readonly recorder: Recorder;
	readonly outcome: Outcome;
	readonly code: number;
	readonly plan: string;
	readonly shown: Proposal | null;
};

/** What is said at the end, when the recording is closed. */
export function finish({acting, course, recorder, outcome, code, plan, shown}: Finished): Said {
	const {kind, json} = acting;
	const ended = endSentence(recorder);
	if (ended !== null) say(ended);
	const hint = hintOf(acting, course);
	if (hint !== '') say(hint);
	const result = outcome.kind === 'dry' ? outcome.sentence : `${WORDS[outcome.kind]}: ${clean(outcome.sentence)}`;
	if (json) return {text: `${JSON.stringify(toJson({acting, course, recorder, outcome, code, plan, shown}))}\n`, code};
	if (outcome.kind === 'dry') {
		say(result);
		return {text: plan, code};
	}
	if (kind === 'act') return {text: `${plan}${result}\n`, code};
	// A command that ended has said by its code what there is to say.
	if (course.exit?.kind !== 'exited') say(`${result}`);
	return {text: plan, code};
}

function toJson({acting: {action, subject}, course, recorder, outcome, code, shown}: Finished): unknown {
	const {act: done} = course;
	return {
		action,
		subject,
		device: shown?.device ?? null,
		risk: shown?.risk ?? null,
		steps: shown?.steps ?? [],
		consequence: shown?.consequence ?? null,
		blast: shown?.blast ?? [],
		findings: shown?.findings ?? [],
		confirmation: shown?.confirmation ?? null,
		consent: done?.consent ?? null,
		before: done?.before ?? null,
		after: done?.after ?? null,
		exit: course.exit,
		output: done?.output ?? [],
		verdict: outcome.kind,
		sentence: outcome.sentence,
		recording: recorder.file,
		code,
	};
}
