/** The dialog of one action: what is looked at before anything is sent. Its state, and its rows. */
import {type ActionId, type Consent, type Proposal, risks, type Subject, subjectName} from '../../domain/guard.ts';
import type {Row, Tone} from '../../domain/pane.ts';
import {allows} from '../../session/guard/conditions.ts';
import type {GuardView} from '../../session/store.ts';
import {cut} from '../cells.ts';
import {titleRow} from '../title.ts';
import {wrapped} from '../wrapped.ts';
import {type GuardTable, RISK_TONES} from './table.ts';
import {left} from './words.ts';

export type Dialog = {
	/** What was asked for. */
	readonly action: ActionId;
	readonly subject: Subject;
	/** Proposals up to this one are of before. */
	readonly after: number;
	/** Was the proposal in the store already? Where it is gone then, the dialog is over. */
	readonly seen: boolean;
	readonly focus: 'cancel' | 'act';
	/** The name that has to be typed, as far as it was. */
	readonly typed: string;
	/** First row that is shown. */
	readonly top: number;
	/** The request that was copied, as long as it is shown; else empty. */
	readonly request: string;
};

/** The proposal that a dialog is about; null as long as it has not come. */
export const proposalOf = ({after}: Dialog, {proposal}: Pick<GuardView, 'proposal'>): Proposal | null =>
	proposal !== null && proposal.id > after ? proposal : null;

/** The consent that allows it; null where none does. */
export const consentOf = (
	{action, subject}: Pick<Proposal, 'action' | 'subject'>,
	{consents, ms}: Pick<GuardView, 'consents' | 'ms'>,
): Consent | null => consents.findLast(consent => allows(consent, {id: action}, subject, ms)) ?? null;

const LABEL = 11;
/** Longer lines than this are hard to read. */
const WIDEST = 110;
const GAP: Row = [{text: ' '}];

/** A name, and a text over as many rows as it needs. */
function told(
	label: string,
	text: string,
	columns: number,
	tone: Tone = 'plain',
	labelled: Tone = 'muted',
): readonly Row[] {
	return wrapped(text, Math.min(WIDEST, columns - LABEL - 2)).map(
		(line, index): Row => [
			{text: ' '},
			{text: index === 0 ? label : '', tone: labelled, width: LABEL},
			{text: line, tone},
		],
	);
}

const SIGNS = {blocks: '✗', warns: '!', says: '·'} as const;
const TONES = {blocks: 'error', warns: 'warning', says: 'plain'} as const;

/** The evidence that is taken while one reads. */
function evidenceRows({evidence: {done, of, missing}}: Proposal, columns: number): readonly Row[] {
	if (of === 0) return [];
	const lost = missing.length === 0 ? '' : `; not to be had: ${missing.join(', ')}`;
	return told('evidence', `${done} of ${of} on record${lost}`, columns, missing.length > 0 ? 'warning' : 'plain');
}

function permissionRows(proposal: Proposal, guard: GuardView, columns: number): readonly Row[] {
	if (guard.lookOnly !== '') return told('permission', guard.lookOnly, columns, 'error');
	const consent = consentOf(proposal, guard);
	if (consent === null)
		return told(
			'permission',
			guard.own
				? 'none on record for this: A arms this device of our own.'
				: `none on record for this${guard.waiting === null ? ': A records one, a copies a request.' : ', but asked for: A records it.'}`,
			columns,
			'error',
		);
	const {kind, by, via, words, untilMs} = consent;
	const until = `${left(untilMs - guard.ms)} left`;
	return told(
		'permission',
		kind === 'own' ? `a device of our own, ${until}` : `${by}, ${via}, ${until}: “${words}”`,
		columns,
	);
}

/** Everything that has to be read, in groups, the weightiest first. */
function groupsOf(
	proposal: Proposal,
	guard: GuardView,
	table: GuardTable,
	columns: number,
): readonly (readonly Row[])[] {
	const {phase, why, steps, consequence, findings, blast, risk} = proposal;
	if (phase === 'reading')
		return [told('', 'The device is being read: what hangs on it, who is at work, what is at stake.', columns)];
	const finding = findings.filter(({text}) => text !== why);
	return [
		[
			...(phase === 'refused' ? told('✗ refused', why, columns, 'error', 'error') : []),
			...(phase === 'sending'
				? told('', 'Confirmed. The device is read once more, then it is sent.', columns, 'accent')
				: []),
		],
		[
			...steps.flatMap((argv, index) =>
				told(index === 0 ? 'sends' : '', argv.map(word => table.quote(word)).join(' '), columns, 'strong'),
			),
			...(consequence === '' ? [] : told('then', consequence, columns)),
			...(phase === 'refused' ? [] : told('risk', risks[risk].text, columns, RISK_TONES[risk])),
			...blast.flatMap((text, index) => told(index === 0 ? 'hits' : '', text, columns)),
		],
		finding.flatMap(({weight, text}) =>
			told(`${SIGNS[weight]} `.padStart(LABEL), text, columns, TONES[weight], TONES[weight]),
		),
		[...evidenceRows(proposal, columns), ...(phase === 'refused' ? [] : permissionRows(proposal, guard, columns))],
	].filter(group => group.length > 0);
}

/** The same as rows, with air between the groups where there is room for it. */
export function dialogBody(
	proposal: Proposal,
	guard: GuardView,
	table: GuardTable,
	columns: number,
	room: number,
): readonly Row[] {
	const groups = groupsOf(proposal, guard, table, columns);
	const airy = groups.flatMap((group, index) => (index === 0 ? group : [GAP, ...group]));
	return airy.length <= room ? airy : groups.flat();
}

/** `[ Cancel ]`, the other button or the name to type, and what would confirm it. */
export function buttonRow({focus, typed}: Dialog, proposal: Proposal, guard: GuardView): Row {
	const {phase, title, confirmation} = proposal;
	const button = (text: string, here: boolean): Row => [
		{text: here ? `[›${text}‹]` : `[ ${text} ]`, tone: here ? 'accent' : 'plain'},
		{text: '  '},
	];
	const cancel = button(phase === 'refused' ? 'Close' : 'Cancel', focus === 'cancel');
	const act = focus === 'act';
	if (phase === 'sending') return [{text: '   '}, {text: 'being sent…', tone: 'accent'}];
	if (phase === 'refused') return [{text: '   '}, ...cancel, ...button('Look again', act)];
	if (phase === 'reading') return [{text: '   '}, ...cancel];
	const missing = guard.lookOnly !== '' || consentOf(proposal, guard) === null;
	if (confirmation.kind === 'yes')
		return [
			{text: '   '},
			...cancel,
			...button(title, act),
			{text: missing ? 'not without a permission' : 'y confirms', tone: 'muted'},
		];
	return [
		{text: '   '},
		...cancel,
		{
			text: `${act ? 'type' : 'Tab, then type'} ${cut(confirmation.word, 40)}${act ? ': ' : ''}`,
			tone: act ? 'accent' : 'muted',
		},
		...(act ? [{text: typed, tone: 'strong'} as const] : []),
		...(act ? [{text: '▏', tone: 'accent'} as const, {text: '  then Enter', tone: 'muted'} as const] : []),
	];
}

/** `Restart the unit chronyd.service?`, on which device. */
export function titleRows({title, subject, device}: Proposal, columns: number): readonly Row[] {
	const name = subject.kind === 'device' ? title : `${title}: ${subjectName(subject)}`;
	const [first = '', ...more] = wrapped(`${name}?`, columns - 8).slice(0, 4);
	return [
		titleRow([{text: ` ${first} `, tone: 'strong'}], columns),
		...more.map((text): Row => [{text: ` ${text}`, tone: 'strong'}]),
		...told('on', device, columns),
		GAP,
	];
}

/** The hints of the last row while the dialog is open. */
export function dialogHints({focus, request}: Dialog, proposal: Proposal | null, guard: GuardView): string {
	if (request !== '') return 'Esc goes back to the dialog';
	if (proposal === null || proposal.phase === 'reading') return 'Esc leaves; nothing was done';
	if (proposal.phase === 'sending') return 'It is on its way.';
	if (proposal.phase === 'refused') return 'Enter or Esc closes · Tab, then Enter looks again · nothing was done';
	const allowed = consentOf(proposal, guard) !== null;
	const typed = proposal.confirmation.kind === 'typed';
	if (typed && focus === 'act') return 'type the name, then Enter · Tab back to Cancel · Esc leaves';
	const confirms = typed ? 'Tab, then type the name' : 'y does it';
	const ask = allowed || guard.own || guard.lookOnly !== '' ? '' : ' · a copies a request';
	return `${allowed ? confirms : guard.lookOnly === '' ? 'A records the permission' : 'this session only looks'}${ask} · ${focus === 'cancel' ? 'Enter or Esc' : 'Esc'}: nothing is done`;
}

/** The request as it was copied, plain, so that it can be copied by hand too. */
export const requestRows = (request: string, columns: number): readonly Row[] => [
	titleRow([{text: ' A request for the customer ', tone: 'strong'}], columns),
	[{text: ' Copied where the terminal allows it (OSC 52); else from here, by hand:', tone: 'muted'}],
	GAP,
	...request.split('\n').flatMap(line => wrapped(line, Math.min(WIDEST, columns)).map((text): Row => [{text}])),
];
