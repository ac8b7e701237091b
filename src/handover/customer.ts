/** For whoever owns the device: what was wrong, since when, what it means for them. No internals, no promises. */
import {clockOf, dayOf} from '../domain/time.ts';
import {customerActs, customerWords, OTHER, OTHER_ACT, placeOf} from './customer-words.ts';
import type {Act, ContainerFacts, Note, Seen} from './note.ts';
import {lasting, plain, safe} from './words.ts';

const MONTHS = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December',
] as const;

/** `25 November 2026`. */
function dateOf(ms: number): string {
	const [year, month, day] = dayOf(ms).split('-');
	return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''} ${year}`;
}

/** `25 November 2026 at 10:04 UTC`. */
const momentOf = (ms: number): string => `${dateOf(ms)} at ${clockOf(ms).slice(0, 5)} UTC`;

function spanOf(from: number, to: number): string {
	const [start, end] = [clockOf(from).slice(0, 5), clockOf(to).slice(0, 5)];
	if (dateOf(from) !== dateOf(to)) return `${dateOf(from)} at ${start} to ${dateOf(to)} at ${end} UTC`;
	return start === end ? `${dateOf(from)} at ${start} UTC` : `${dateOf(from)}, ${start} to ${end} UTC`;
}

/** Troubles that are one for their owner: the same words, whatever they are called inside. */
type Trouble = {
	readonly what: string;
	readonly help: string;
	readonly weight: Seen['weight'];
	readonly count: number;
	readonly firstAt: number;
	readonly lastAt: number;
	/** It goes on, rather than having happened. */
	readonly goesOn: boolean;
};

function troubles(seen: readonly Seen[]): readonly Trouble[] {
	const found = new Map<string, Trouble>();
	for (const {rule, subject, weight, measured, untilRestart, count, firstAt, lastAt} of seen) {
		const {what, help = ''} = customerWords[rule] ?? OTHER;
		const text = what.replace('{it}', placeOf(subject));
		const before = found.get(text);
		found.set(text, {
			what: text,
			help,
			weight: before?.weight ?? weight,
			count: (before?.count ?? 0) + (measured ? 1 : count),
			firstAt: Math.min(before?.firstAt ?? firstAt, firstAt),
			lastAt: Math.max(before?.lastAt ?? lastAt, lastAt),
			goesOn: (before?.goesOn ?? true) && (measured || untilRestart),
		});
	}
	return [...found.values()];
}

function whenOf({count, firstAt, lastAt, goesOn}: Trouble, ended: boolean): string {
	if (count === 1) return `${goesOn && !ended ? 'since' : 'on'} ${momentOf(firstAt)}`;
	if (momentOf(firstAt) === momentOf(lastAt)) return `${count} times on ${momentOf(firstAt)}`;
	return `${count} times, first on ${momentOf(firstAt)}, last on ${momentOf(lastAt)}`;
}

/** A count over the last minutes, which says nothing of the end. */
const isCount = ({rule}: Seen): boolean => rule === 'unit-loop';

/** What its lines say of each end is told already. */
const isTold = ({subject}: Seen, seen: readonly Seen[]): boolean =>
	seen.some(one => one.subject === subject && one.standing === 'now' && !one.measured);

/** It runs again: who reads of a problem only takes it for one that stops them now. */
function unitText({situation: {unit}, seen}: Note): string {
	const [worst] = seen;
	if (unit?.text !== 'active' || unit.sinceAt === null || worst === undefined) return '';
	const after =
		unit.sinceAt >=
		Math.max(...seen.filter(one => one.subject === worst.subject && !one.measured).map(({lastAt}) => lastAt));
	return after
		? `${sentence(placeOf(worst.subject))} was running again at the end, since ${momentOf(unit.sinceAt)}. We do not know whether it will stop again.`
		: '';
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function listed(found: readonly Trouble[], ended: boolean): readonly string[] {
	return found.map((trouble, index) => {
		// The same advice once.
		const again = found.slice(0, index).some(({help}) => help === trouble.help);
		const help = trouble.help === '' || ended || again ? '' : ` ${trouble.help}`;
		return `- ${sentence(trouble.what)} (${whenOf(trouble, ended)}).${help}`;
	});
}

function servicesText(containers: readonly ContainerFacts[]): string {
	const own = containers.filter(one => one.own);
	if (own.length === 0) return '';
	const names = (list: readonly ContainerFacts[]): string => list.map(({name}) => safe(name, 60)).join(', ');
	const off = own.filter(({running}) => !running);
	if (off.length === 0) return `Your services were all running at the end: ${names(own)}.`;
	const on = own.filter(({running}) => running);
	return `Not running at the end: ${names(off)}.${on.length === 0 ? '' : ` Running: ${names(on)}.`}`;
}

function gapText({gaps, situation, background}: Note): string {
	const parts = [
		...gaps.losses.map(({lostAt, backAt}) =>
			backAt === null
				? `We lost the connection to the device on ${momentOf(lostAt)}; it did not come back while we watched.`
				: `We lost the connection to the device on ${momentOf(lostAt)} for ${lasting(backAt - lostAt)}.`,
		),
		...(situation.read < situation.of ? ['Not everything could be read from the device.'] : []),
		...((gaps.lost ?? 0) + gaps.suppressed > 0 || gaps.unread.length > 0
			? ['Some of what the device wrote down is missing.']
			: []),
		...(gaps.torn && background.toAt > 0 ? ['Our record of this session breaks off before its end.'] : []),
	];
	return parts.join(' ');
}

const OUTCOME: Readonly<Record<Act['verdict'], string>> = {
	proven: 'it worked, and we checked it',
	failed: 'it did not work',
	'not-proven': 'we could not check whether it worked',
	refused: 'we did not do it',
	open: 'our record ends before its result',
};

/** What was done, with whose leave; what was refused is told as not done. */
function doneText({acts, acted, unclear, allowed, seen}: Note): string {
	const known = acts
		.filter(({sentAt}) => sentAt !== null)
		.map(({action, subject, sentAt, verdict, consent}) => {
			const text = (customerActs[action] ?? OTHER_ACT).replace('{it}', placeOf(subject));
			const leave = consent === null || consent.by === '' ? '' : ` Allowed by ${consent.by} (${consent.via}).`;
			return `- ${sentence(text)} (on ${momentOf(sentAt ?? 0)}): ${OUTCOME[verdict]}.${leave}`;
		});
	const head = allowed.some(({kind}) => kind === 'customer') ? 'What we did, as it was allowed:' : 'What we did:';
	const open = seen.some(({standing}) => standing === 'now');
	if (acted && open && known.length > 0) known.push('This does not prove that the problem above is over.');
	if (unclear) return [...(known.length === 0 ? [] : [head, ...known]), UNDESCRIBED].join('\n');
	return acted ? [head, ...known].join('\n') : 'We only looked: nothing on the device was changed.';
}

const UNDESCRIBED = 'More may have been done on the device in this session than is described here.';

/** Plain text with short sentences. */
export function toCustomer(note: Note): string {
	const {device, background, seen, situation, gaps} = note;
	const now = troubles(seen.filter(one => one.standing === 'now' && !(isCount(one) && isTold(one, seen))));
	const before = troubles(seen.filter(({standing}) => standing !== 'now'));
	const errors = now.filter(({weight}) => weight === 'error').length;
	const state =
		now.length === 0
			? situation.read < situation.of || device === null
				? 'We could not read enough from the device to say how it is.'
				: 'We found nothing wrong with the device at the end.'
			: errors > 0
				? 'The device has a problem that needs attention:'
				: 'The device works, but we saw something that should be looked at:';
	const restarted = gaps.losses.some(({rebooted}) => rebooted);
	const name = device === null || device.name === '' ? 'your device' : `device ${device.name}`;
	const blocks = [
		`About ${plain(safe(name, 60))}, ${spanOf(background.fromAt, background.toAt)}`,
		[state, ...listed(now, false), unitText(note)].filter(text => text !== '').join('\n'),
		...(before.length === 0 ? [] : [['Seen before, and over by now:', ...listed(before, true)].join('\n')]),
		...(restarted ? ['The device was restarted while we watched.'] : []),
		servicesText(device?.containers ?? []),
		doneText(note),
		gapText(note),
	];
	return `${blocks
		.filter(text => text !== '')
		.map(plain)
		.join('\n\n')}\n`;
}
