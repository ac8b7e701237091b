/** The guard in few words: what is armed, what is waited for, what is not proven yet. For the rows above the panes. */
import {type Consent, type Run, subjectName} from '../../domain/guard.ts';
import type {Row, Span} from '../../domain/pane.ts';
import {clean} from '../../domain/text.ts';
import {clockOf, type ZoneOffset} from '../../domain/time.ts';
import {holding} from '../../session/guard/state.ts';
import type {SessionState} from '../../session/store.ts';
import {cut, widthOf} from '../cells.ts';
import {shortName} from './table.ts';

/** `29:12`; hours where there are some. */
export function left(ms: number): string {
	const seconds = Math.max(0, Math.ceil(ms / 1000));
	const two = (value: number): string => String(value).padStart(2, '0');
	const minutes = Math.floor(seconds / 60);
	return minutes < 60
		? `${minutes}:${two(seconds % 60)}`
		: `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Who gave it, and by what way; then who alone. */
const giver = ({kind, by, via}: Consent): readonly string[] =>
	kind === 'own' ? ['own device'] : [`${cut(clean(by), 16)}, ${cut(clean(via), 12)}`, cut(clean(by), 12)];

/** What the session may do, the widest wording first. */
export function armedWords({guard, replay}: Pick<SessionState, 'guard' | 'replay'>, zone: ZoneOffset): readonly Row[] {
	const consents = holding(guard, guard.ms);
	const longest = consents.toSorted((a, b) => b.untilMs - a.untilMs)[0];
	if (longest !== undefined) {
		const more = consents.length > 1 ? ` +${consents.length - 1}` : '';
		const armed: Span = {text: `ARMED ${left(longest.untilMs - guard.ms)}`, tone: 'warning'};
		return [...giver(longest).map((name): Row => [armed, {text: ` ${name}${more}`, tone: 'warning'}]), [armed]];
	}
	// In a replay REPLAY says it.
	const looking: Row = replay === null ? [{text: 'LOOK ONLY', tone: 'muted'}] : [];
	if (guard.waiting === null) return [looking];
	const at = clockOf(guard.waiting.at, zone).slice(0, 5);
	const between: Row = looking.length === 0 ? [] : [{text: ', ', tone: 'muted'}];
	return [
		[...looking, ...between, {text: `waiting for an answer since ${at}`, tone: 'accent'}],
		[...looking, ...between, {text: `asked ${at}`, tone: 'accent'}],
		looking,
	];
}

/** So long a proven action is still told; what was not proven has to be read. */
const PROVEN_MS = 60_000;
const OTHERWISE_MS = 300_000;

/** Actions whose end is not known, and those that ended a while ago. */
export const runsShown = ({guard, now}: Pick<SessionState, 'guard' | 'now'>): readonly Run[] =>
	guard.runs.filter(
		({verdict, decidedAt}) =>
			verdict === null || now - (decidedAt ?? 0) < (verdict.kind === 'proven' ? PROVEN_MS : OTHERWISE_MS),
	);

/** What is still to be seen, without the name that the chip begins with: "has to hold for 42 s more". */
const waitsFor = ({sentence, subject}: Run): string => {
	const last = clean(sentence).split('; ').at(-1) ?? '';
	return last
		.replace(`${subjectName(subject)} `, '')
		.replace(/^it /, '')
		.replace('hold for', 'hold');
};

const VERDICTS = {
	proven: {text: '✓ proven', tone: 'good'},
	failed: {text: '✗ failed', tone: 'error'},
	'not-proven': {text: '? not proven', tone: 'warning'},
} as const;

const MORE = 4;

/**
 * `restart chronyd: has to hold 42 s more`, one after the other.
 *
 * @param cells at most so many.
 */
export function chips(state: Pick<SessionState, 'guard' | 'now'>, cells: number): Row {
	const runs = runsShown(state).toReversed();
	const spans: Span[] = [];
	let room = cells;
	for (const [index, run] of runs.entries()) {
		const more = runs.length - index;
		// Room for "+3" where others are left out.
		const most = room - (more > 1 ? MORE : 0);
		const name = cut(clean(shortName(run)), Math.max(10, Math.min(30, Math.floor(most / 2))));
		const end = run.verdict === null ? null : VERDICTS[run.verdict.kind];
		const said = cut(end?.text ?? waitsFor(run), Math.max(12, most - widthOf(name) - 4));
		const width = widthOf(name) + widthOf(said) + 4;
		if (width > most) {
			spans.push({text: ` +${more}`, tone: 'muted'});
			break;
		}
		room -= width;
		spans.push({text: ' '}, {text: `${name}: `, tone: 'strong'}, {text: `${said} `, tone: end?.tone ?? 'accent'});
	}
	return spans;
}

/** Actions that would be left unproven, by name; empty where there are none. */
export const unproven = ({guard}: Pick<SessionState, 'guard'>): string =>
	guard.runs
		.filter(({verdict}) => verdict === null)
		.map(run => clean(shortName(run)))
		.join(', ');
