/** The help page: every key, the signs, what this session knows of itself. */
import type {Row} from '../domain/pane.ts';
import type {SessionState} from '../session/store.ts';
import {scopeWords} from './header.ts';
import {BINDINGS, REPLAY_BINDINGS} from './keymap.ts';
import {wrapped} from './wrapped.ts';

const SIGNS: readonly (readonly [sign: string, meaning: string])[] = [
	['● ○ – ·', 'active · idle or inactive, as it may be · off · not there'],
	['! ✗ ?', 'look at it · failed or in a restart loop · not known yet'],
	[
		'yellow, red',
		'in the kernel log without a sign: the kernel itself calls it a warning or an error; a sign stands where a rule knows it',
	],
	['◇ ◆ ⊘', 'in the story: asked or allowed · done to the device, and how it ended · refused'],
	['E W n i d', 'error, warning, notice, info, debug; e is a container’s stderr, which need not be an error'],
];

const number = (amount: number): string => amount.toLocaleString('en').replaceAll(',', ' ');

/** What can be said about completeness, in one sentence. */
export function receiptLine({receipt}: SessionState): string {
	const {received, repeated, lost, suppressed} = receipt;
	const proof =
		lost === null
			? 'whether the device lost some cannot be proven, since the scope is not everything'
			: lost === 0
				? 'none lost between them, by their sequence numbers'
				: `${number(lost)} lost by the device, by their sequence numbers`;
	const dropped = suppressed === 0 ? '' : `; journald itself suppressed ${number(suppressed)}`;
	return `${number(received)} journal lines, ${number(repeated)} repeats dropped, ${proof}${dropped}.`;
}

/** @param columns cells of a row. */
export function helpRows(state: SessionState, columns: number): readonly Row[] {
	/** A meaning that is longer than the row goes on in the next ones. */
	const key = (text: string, meaning: string): readonly Row[] =>
		wrapped(meaning, Math.max(20, columns - NAME - 4)).map((part, index) => [
			{text: '  '},
			{text: index === 0 ? text : '', tone: 'accent', width: NAME},
			{text: part, tone: 'plain', grow: true},
		]);
	const title = (text: string): readonly Row[] => [[{text: `  ${text}`, tone: 'strong'}]];
	const gap: readonly Row[] = [[{text: ' '}]];
	const unread = Object.entries(state.sources).filter(([, health]) => (health?.unread ?? 0) > 0);
	return [
		title('Keys'),
		...(state.replay === null ? [] : REPLAY_BINDINGS.map(({shown, does}) => key(shown.join(' '), does))),
		...BINDINGS.map(({shown, does}) => key(shown.join(' '), does.replaceAll('`', ''))),
		gap,
		title('Signs'),
		...SIGNS.map(([sign, meaning]) => key(sign, meaning)),
		gap,
		title('This session'),
		key('device', `${state.identity?.uuid ?? state.identity?.hostname ?? '?'} at ${state.target} (${state.road})`),
		key('fetched', scopeWords(state.scope) === '' ? 'the whole journal' : scopeWords(state.scope)),
		key('journal', receiptLine(state)),
		...(state.recording === null ? [] : [key('recording', state.recording.file)]),
		...unread.map(([source, health]) => key(source, `${health?.unread} answers could not be read`)),
		...state.notices.map(notice => key('notice', notice)),
	].flat();
}

const NAME = 22;
