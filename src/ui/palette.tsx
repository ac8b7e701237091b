/** The palette: every command by name, over the screen. What it offers is the keymap's table; keys as pure steps, and the view. */
import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Row} from '../domain/pane.ts';
import {clean, count} from '../domain/text.ts';
import type {SessionState} from '../session/store.ts';
import {cut, fitted, widthOf} from './cells.ts';
import type {GuardTable} from './guard/table.ts';
import type {Command, Intent, ReplayIntent} from './intent.ts';
import {BINDINGS, intentOf, REPLAY_BINDINGS, replayIntentOf, UNBOUND} from './keymap.ts';
import {movedTo} from './list-keys.ts';
import {Line} from './pane-view.tsx';

export type Palette = {
	readonly text: string;
	/** Place of the cursor among what is shown. */
	readonly cursor: number;
	/** Why the last choice was not run; empty where nothing was refused. */
	readonly refused: string;
};

/** A command as it can be chosen now. */
export type Offer = {
	readonly title: string;
	/** Its keys as people write them; empty where it has none. */
	readonly keys: string;
	readonly run:
		| {readonly of: 'screen'; readonly intent: Intent}
		| {readonly of: 'replay'; readonly intent: ReplayIntent};
	/** Why it can't be run; null where it can. */
	readonly refused: string | null;
};

/** What can be done to the device, and what is never offered. */
type Acts = Pick<GuardTable, 'actions' | 'neverOffered'>;

export const noPalette: Palette = {text: '', cursor: 0, refused: ''};

const NAMES: Readonly<Record<string, string>> = {
	up: '↑',
	down: '↓',
	left: '←',
	right: '→',
	'page-up': 'PgUp',
	'page-down': 'PgDn',
	'shift-tab': 'Shift-Tab',
	'ctrl-c': 'Ctrl-C',
};
/** `PgUp`, `Shift-Tab`, `z`: a name of the keymap for people. */
const shownKey = (name: string): string =>
	NAMES[name] ?? (name.length > 1 ? `${name[0]?.toUpperCase()}${name.slice(1)}` : name);

const offered = <Asked,>(
	{title, keys, refused}: Command<Asked>,
	run: Offer['run'],
	state: SessionState,
	has: (key: string) => boolean,
): Offer => ({title, keys: keys.filter(has).map(shownKey).join(' '), run, refused: refused?.(state) ?? null});

/** Everything there is: in a replay its own commands first, whose keys the others have lost there. */
export function offersOf(state: SessionState, guard: Acts = {actions: [], neverOffered: []}): readonly Offer[] {
	const replayed = state.replay !== null;
	const driving = replayed ? REPLAY_BINDINGS.flatMap(({commands}) => commands) : [];
	const all = [...BINDINGS.flatMap(({commands}) => commands), ...UNBOUND];
	return [
		...driving.map(command => offered(command, {of: 'replay', intent: command.intent}, state, () => true)),
		...all
			// It would only show itself.
			.filter(({intent}) => intent.kind !== 'palette')
			.map(command =>
				offered(
					command,
					{of: 'screen', intent: command.intent},
					state,
					key => intentOf(key) !== null && !(replayed && replayIntentOf(key) !== null),
				),
			),
		...guard.actions
			.filter(({of}) => of === 'unit' || of === 'device')
			.map(
				({id, title, key}): Offer => ({
					title,
					keys: `x ${key}`,
					run: {of: 'screen', intent: {kind: 'propose', action: id}},
					refused: replayed ? 'A replay has no device to act on.' : null,
				}),
			),
		...guard.neverOffered.map(
			({title, why}): Offer => ({
				title,
				keys: '',
				run: {of: 'screen', intent: {kind: 'act'}},
				refused: `Never offered: ${why}.`,
			}),
		),
	];
}

/** Its keys are pressed one after the other, `x r`; of another command each is a way to it. */
const isProposal = (run: Offer['run']): boolean => run.of === 'screen' && run.intent.kind === 'propose';

/**
 * How well a word fits: its key, the title's beginning, a word's, anywhere, its letters in their order; null where it does
 * not. Keys that are pressed one after the other are typed whole.
 */
function rankOf(word: string, {title, keys, run}: Offer): number | null {
	const text = title.toLowerCase();
	const wanted = word.toLowerCase();
	if (!isProposal(run) && keys.split(' ').includes(word)) return 0;
	if (text.startsWith(wanted)) return 1;
	if (text.split(/[\s,;:]+/).some(part => part.startsWith(wanted))) return 2;
	if (text.includes(wanted)) return 3;
	let from = 0;
	for (const letter of wanted) {
		const found = text.indexOf(letter, from);
		if (found < 0) return null;
		from = found + letter.length;
	}
	return 4;
}

/** The offers that have every word that was typed, those that fit best first; letters in their order only where no word fits. */
export function narrowedTo(offers: readonly Offer[], text: string): readonly Offer[] {
	const words = text.split(' ').filter(word => word !== '');
	if (words.length === 0) return offers;
	const ranked = offers.flatMap(offer => {
		const whole = isProposal(offer.run) && words.join(' ') === offer.keys;
		const ranks = whole ? [0] : words.map(word => rankOf(word, offer));
		return ranks.includes(null) ? [] : [{offer, ranks: ranks as readonly number[]}];
	});
	// In a replay what needs the device can never be run: it stands behind what can.
	const driven = offers.some(({run}) => run.of === 'replay');
	const behind = ({refused}: Offer): number => (driven && refused !== null ? 1 : 0);
	const plain = ranked.filter(({ranks}) => Math.max(...ranks) < 4);
	return (plain.length > 0 ? plain : ranked)
		.toSorted(
			(a, b) =>
				behind(a.offer) - behind(b.offer) || Math.max(...a.ranks) - Math.max(...b.ranks) || sum(a.ranks) - sum(b.ranks),
		)
		.map(({offer}) => offer);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const LONGEST_TEXT = 100;

/** What a key makes of it: the palette as it is then, what is to be run, or null where it is left. */
export function chosen(
	palette: Palette,
	name: string,
	offers: readonly Offer[],
): Palette | {readonly run: Offer['run']} | null {
	const {text, cursor} = palette;
	const shown = narrowedTo(offers, text);
	const move = (to: number): Palette => ({
		...palette,
		cursor: Math.max(0, Math.min(shown.length - 1, to)),
		refused: '',
	});
	const type = (typed: string): Palette => ({text: typed.slice(0, LONGEST_TEXT), cursor: 0, refused: ''});
	const to = movedTo(name, cursor, shown.length);
	if (to !== null) return move(to);
	switch (name) {
		case 'escape':
		case 'ctrl-c':
			return null;
		case 'enter': {
			const offer = shown[cursor];
			if (offer === undefined) return palette;
			return offer.refused === null ? {run: offer.run} : {...palette, refused: `${offer.title}: ${offer.refused}.`};
		}
		case 'shift-tab':
			return move(cursor - 1);
		case 'tab':
			return move(cursor + 1);
		case 'backspace':
			// As elsewhere in such a list: there is nothing left to take away.
			return text === '' ? null : type([...text].slice(0, -1).join(''));
		case 'ctrl-u':
			return type('');
		case 'ctrl-w':
			return type(text.replace(/\S*\s*$/, ''));
		case 'space':
			return type(`${text} `);
	}
	return [...name].length === 1 ? type(`${text}${clean(name)}`) : palette;
}

/** The last row of the screen while something is chosen: what is typed, or why the choice was refused. */
export function paletteFooter({text, refused}: Palette, columns: number): Row {
	const help = refused === '' ? '↑↓ · Enter runs · Esc' : cut(refused, Math.max(0, columns - 12));
	const shown = text.slice(-Math.max(0, columns - widthOf(help) - 7));
	return [
		{text: ' '},
		{text: ': ', tone: 'accent'},
		{text: shown, tone: 'strong'},
		{text: '▏', tone: 'accent'},
		{text: '', grow: true},
		{text: help, tone: refused === '' ? 'muted' : 'warning'},
		{text: ' '},
	];
}

const KEYS = 14;

/** Titles with their keys, the cursor's row inverse; the list moves so that it is seen. */
export function PaletteView({
	palette,
	state,
	guard,
	columns,
	rows,
	colours,
}: {
	readonly palette: Palette;
	readonly state: SessionState;
	readonly guard: Acts;
	readonly columns: number;
	readonly rows: number;
	readonly colours: boolean;
}): ReactNode {
	const offers = offersOf(state, guard);
	const shown = narrowedTo(offers, palette.text);
	const room = Math.max(1, rows - 1);
	const cursor = Math.min(palette.cursor, Math.max(0, shown.length - 1));
	const start = Math.max(0, Math.min(cursor - Math.floor(room / 2), shown.length - room));
	const title: Row = [
		{text: ` ${shown.length === 0 ? 'no command' : count(shown.length, 'command')}`, tone: 'strong'},
		{
			text: shown.length === 0 ? ' has that in its name: Backspace takes a letter away' : ' · type words of a name',
			tone: 'muted',
		},
	];
	return (
		<Box flexDirection="column" height={rows} overflow="hidden">
			<Line pieces={fitted(title, columns)} colours={colours} />
			{shown.slice(start, start + room).map((offer, index) => (
				<Line
					key={`${offer.run.of} ${offer.title}`}
					inverse={start + index === cursor}
					pieces={fitted(offerRow(offer, start + index === cursor), columns)}
					colours={colours}
				/>
			))}
		</Box>
	);
}

/** Under the cursor the row is one colour, inverse. */
function offerRow({title, keys, refused}: Offer, here: boolean): Row {
	const tone = refused === null ? 'plain' : 'muted';
	return [
		{text: keys, width: KEYS, align: 'right', tone: here || refused !== null ? tone : 'accent'},
		{text: `  ${title}`, tone},
		...(refused === null ? [] : [{text: `  · ${refused}`, tone: 'muted' as const}]),
	];
}
