/**
 * `devtop act` and `devtop run`: the gate without a screen. The command line is the confirmation of what can be confirmed by
 * a yes; everything else is as with keys: nothing is sent without a consent and a grant that stand in the recording.
 *
 * The course goes to stderr, the result to stdout: the verdict, or of a dry run the plan; of `run` what the command prints.
 */
import {type Failure, failure, isFailure, type Road} from '../domain/channel.ts';
import type {Proposal, Subject} from '../domain/guard.ts';
import {everything} from '../domain/source.ts';
import {clean} from '../domain/text.ts';
import type {Feed} from '../session/guard/actuator.ts';
import {progressOf} from '../session/progress.ts';
import type {Session} from '../session/session.ts';
import {Course} from './act-course.ts';
import {codeOf, finish, onRecord, outcomeOf, toldOnce} from './act-end.ts';
import type {Acting} from './command.ts';
import {minutesUntil} from './consent-until.ts';
import {type Broken, Interruption} from './interruption.ts';
import {PROGRAM, placeSentence, recorderFor, redactor, sessionOver} from './live.ts';
import {type Said, say} from './said.ts';

/** Journal lines of before that are fetched: what is evidence is fetched by itself. */
const HISTORY = 100;
/** So long is waited for what checks are made of: units, containers, pulls, locks. */
const READ_MS = 60_000;

/** Resolves when everything has answered once, to true; to false where it takes too long. */
function allRead({store}: Pick<Session, 'store'>): Promise<boolean> {
	return new Promise(resolve => {
		const timer = setTimeout(() => done(false), READ_MS);
		const look = (): void => {
			const {read, of} = progressOf(store.getState());
			if (read === of) done(true);
		};
		const unsubscribe = store.subscribe(look);
		function done(all: boolean): void {
			clearTimeout(timer);
			unsubscribe();
			resolve(all);
		}
		look();
	});
}

/** What an action needs that the command line does not say. */
export type More = {
	/** What it is done to, as the device has it; why that can't be told. */
	readonly subject?: (session: Session) => Promise<Subject | string>;
	readonly feed?: Feed;
};

/** Goes through the gate. Why it was refused, or empty. */
async function through(
	session: Session,
	{action, subject: said, consent, confirm}: Acting,
	minutes: number,
	more: More,
	planned: (proposal: Proposal) => void,
): Promise<string> {
	const {gate} = session;
	const subject = (await more.subject?.(session)) ?? said;
	if (typeof subject === 'string') return subject;
	if (consent !== null) {
		const units = subject.kind === 'unit' ? [subject.unit] : ('any' as const);
		const why = gate.consent({...consent, kind: 'customer', actions: [action], units, minutes});
		if (why !== '') return why;
	}
	await gate.propose(action, subject, {dry: consent === null, feed: more.feed ?? null});
	const {proposal} = gate;
	if (proposal === null) return 'There is no such action.';
	planned(proposal);
	if (proposal.phase === 'refused') return proposal.why;
	if (consent === null) return '';
	const {confirmation} = proposal;
	if (confirmation.kind === 'yes') return await gate.confirm('y');
	const why = await gate.confirm(confirm ?? '');
	return confirm === null ? `It needs --confirm ${confirmation.word}: ${proposal.consequence}` : why;
}

/** What a terminal may be given of a device's bytes: elsewhere they are as they were. */
const forStream = (stream: NodeJS.WriteStream, text: string): string =>
	stream.isTTY ? text.split('\n').map(clean).join('\n') : text;

/** Text of a command, as it comes. Whoever read it may have seen enough: the recording has all of it. */
function printer(): (stream: 'out' | 'err', text: string) => void {
	const gone = (error: NodeJS.ErrnoException): void => {
		if (error.code !== 'EPIPE') throw error;
	};
	process.stdout.on('error', gone);
	process.stderr.on('error', gone);
	return (stream, text) => {
		const to = stream === 'out' ? process.stdout : process.stderr;
		to.write(forStream(to, text));
	};
}

const row = (label: string, text: string): string => `${label.padEnd(9)} ${clean(text)}\n`;

/**
 * Does it, or shows what would be done.
 *
 * @param settled called when it has begun: no question can be asked any more.
 */
export async function act(
	road: Road,
	acting: Acting,
	settled: () => void = () => {},
	more: More = {},
): Promise<Said | Failure> {
	const {consent, keep, json, kind, config, aim} = acting;
	const configured = {redact: config.redact, uuid: aim.to === 'host' ? aim.uuid : null, own: config.own};
	const dry = consent === null;
	const minutes = minutesUntil(consent?.until ?? null, Date.now(), -new Date().getTimezoneOffset());
	if (isFailure(minutes)) return minutes;
	const recorder = recorderFor(keep, road, true);
	if (isFailure(recorder)) return recorder;
	if (recorder === null) return failure('usage', 'It needs a place for its recording: --record FILE.');
	let plan = '';
	let toPlan = false;
	const tell = (label: string, text: string): void => {
		const told = row(label, text);
		if (toPlan && dry && !json) plan += told;
		// Of a command its own words and what is to be read before it; the rest stands in the recording.
		else if (kind === 'act' || dry || /^(?:refuses|careful|link)$/.test(label)) process.stderr.write(told);
	};
	const course = new Course({tell, print: kind === 'run' ? printer() : null});
	const scope = {...everything, lines: HISTORY};
	const session = sessionOver(road, scope, recorder, keep.ticket, `${PROGRAM} ${kind}`, configured, frame =>
		course.take(frame),
	);
	course.evidence = () => session.gate.proposal?.evidence ?? null;
	let shown: Proposal | null = null;
	let why = '';
	const end = async (broken: Broken | null): Promise<Said> => {
		await session.stop();
		const outcome = onRecord(outcomeOf(session, course, {why, planned: shown !== null, dry, broken}), recorder);
		return finish({acting, course, recorder, outcome, code: codeOf(acting, course, outcome, recorder), plan, shown});
	};
	session.store.subscribe(toldOnce(recorder));
	const interruption = new Interruption();
	const beginning = await Promise.race([session.begin(), interruption.came]);
	if (beginning !== null) return isFailure(beginning) ? beginning : await end(beginning);
	settled();
	say(placeSentence(recorder));
	const going = (async () => {
		if (!(await allRead(session)))
			tell('careful', 'Not everything could be read from the device: a check that says nothing may not know.');
		why = await through(session, acting, minutes, more, proposal => {
			shown = redactor(configured).value(proposal);
			toPlan = true;
			course.plan(shown);
			toPlan = false;
		});
		if (why === '' && !dry) await course.decided;
		return null;
	})();
	return await end(await Promise.race([going, course.lost, interruption.came]));
}
