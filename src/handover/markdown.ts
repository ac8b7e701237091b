/** The full note, as Markdown. Sections that have nothing to say are left out; gaps never. */
import {count, grouped} from '../domain/text.ts';
import {actName, actRows, allowedText, requestedText, whenText} from './acts-told.ts';
import {gapLines, limitLines} from './gaps.ts';
import {downloadsSection, seenSection, storySection} from './markdown-seen.ts';
import {labelled, list, type Section, table} from './markup.ts';
import type {Note, Remark, ToldAct} from './note.ts';
import {deviceLines, doneRows, sessionLines} from './sections.ts';
import {lookCommand, situationOf} from './situation.ts';
import {block, escaped, range, utcOf} from './words.ts';

function allowedSection({allowed, requested}: Note): Section {
	const given = allowed.map(
		one => `${escaped(allowedText(one))}${one.words === '' ? '' : `. “${escaped(one.words)}”`}`,
	);
	const asked = requested.map(one => `${escaped(requestedText(one))}. “${escaped(one.request)}”`);
	return {title: 'Who allowed what', body: given.length + asked.length === 0 ? [] : [list([...given, ...asked])]};
}

/** What is said before the list of commands: was anything changed, and is all of it known? */
function doneHead({acts, acted, unclear}: Note): string {
	if (unclear)
		return '**The recording holds actions, or commands, that this version cannot describe.** It cannot say that nothing else was changed: replay the recording before you rely on anything here.';
	if (!acted)
		return '**No action was taken; nothing on the device was changed.** All that was run is listed at the end, and all of it only reads.';
	const sent = acts.filter(({sentAt}) => sentAt !== null).length;
	return `**${count(sent, 'action')} changed the device, or may have.** Everything else that was run is listed at the end, and all of it only reads.`;
}

function actBlock(act: ToldAct, index: number): string {
	return [
		`### ${index + 1}. ${escaped(actName(act))}`,
		`**${act.sentAt === null ? 'Not sent' : 'Done'}:** ${escaped(whenText(act))}`,
		...(actRows(act).length === 0 ? [] : [labelled(actRows(act))]),
	].join('\n\n');
}

const runsOf = ({done}: Note): number => done.reduce((sum, one) => sum + one.runs, 0);

function doneSection(note: Note): Section {
	const {acts, done, unclear} = note;
	const runs = runsOf(note);
	return {
		title: 'What was done',
		body: [
			doneHead(note),
			...acts.map(actBlock),
			...(done.length === 0 ? [] : [`${count(runs, unclear ? 'command' : 'read-only command')}: see the end.`]),
		],
	};
}

/** They are many, and few read them: the last of all. */
function commandsSection(note: Note): Section {
	const {done, background, unclear} = note;
	const runs = runsOf(note);
	return {
		title: unclear ? 'Commands' : 'Read-only commands',
		body:
			done.length === 0
				? []
				: [
						`${grouped(runs)} command${runs === 1 ? '' : 's'}, repeats of the same in one row. Times are ours, ${range(done[0]?.firstAt ?? 0, background.toAt)} UTC.`,
						block(doneRows(done)),
					],
	};
}

function changesSection({changes, came, went}: Note): Section {
	return {
		title: 'What changed between start and end',
		body: [
			...(changes.length === 0
				? []
				: [
						table(
							['What', 'At the start (UTC)', 'At the end (UTC)'],
							changes.map(({what, start, end}) => [what, start, end]),
						),
					]),
			...(came.length + went.length === 0
				? []
				: [
						labelled([
							...(came.length === 0 ? [] : [['Findings that came', came.join('; ')] as const]),
							...(went.length === 0 ? [] : [['Findings that ended', went.join('; ')] as const]),
						]),
					]),
		],
	};
}

const KINDS = {mark: 'Mark', note: 'Note', todo: 'To do'} as const;

const remarkLine = ({kind, at, text, more}: Remark): string =>
	`**${KINDS[kind]}, ${utcOf(at)}:** ${escaped(text)}${more.map(([name, value]) => ` · ${escaped(name)} ${escaped(value)}`).join('')}`;

function remarksSection({remarks}: Note): Section {
	const todos = remarks.filter(({kind}) => kind === 'todo');
	const others = remarks.filter(({kind}) => kind !== 'todo');
	return {
		title: 'Marks, notes, to-dos',
		body: [...(remarks.length === 0 ? [] : [list([...todos, ...others].map(remarkLine))])],
	};
}

function filesSection({file}: Note): Section {
	const {name, bytes, frames, hash, intact, sha256} = file;
	const chain =
		intact === null
			? ''
			: intact
				? '; checked: every line is there, as it was written'
				: '; CHECKED AND BROKEN, see Gaps';
	return {
		title: 'Files',
		body: [
			labelled([
				['Recording', `${name}, ${grouped(bytes)} bytes, ${grouped(frames)} frames`],
				...(hash === null ? [] : [['Hash of the last line (covers all before it)', `${hash}${chain}`] as const]),
				...(sha256 === null ? [] : [['SHA-256 of the file', sha256] as const]),
			]),
		],
	};
}

function situationBody(note: Note): readonly string[] {
	const command = lookCommand(note);
	return [
		...situationOf(note).map(({label, text}) => `**${label}** ${escaped(text)}`),
		...(command === null
			? []
			: ['On the device, the last line of it and what stood before, the newest first:', block([command])]),
	];
}

const READBACK =
	'Say back to whom you take over from: which unit or device, wrong since when, what is still open, and what you do first.';

/** The whole note. Times are UTC. */
export function toMarkdown(note: Note): string {
	const {device, background, link} = note;
	const name = device?.name || link.target;
	const sections: readonly Section[] = [
		{title: 'Situation', body: situationBody(note)},
		{title: 'Device', body: [labelled(deviceLines(note))]},
		{title: 'Background', body: [labelled(sessionLines(note))]},
		seenSection(note),
		downloadsSection(note),
		storySection(note),
		allowedSection(note),
		doneSection(note),
		changesSection(note),
		remarksSection(note),
		{title: 'Gaps', body: [list([...gapLines(note), ...limitLines(note)].map(escaped))]},
		filesSection(note),
		{title: 'Readback', body: [READBACK]},
		commandsSection(note),
	];
	const head = `# Handover: ${escaped(name)}, ${escaped(range(background.fromAt, background.toAt))} UTC`;
	const body = sections
		.filter(({body}) => body.some(text => text !== ''))
		.map(({title, body}) => [`## ${title}`, ...body].join('\n\n'));
	return `${[head, ...body].join('\n\n')}\n`;
}
