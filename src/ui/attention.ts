/**
 * While one looks away: the terminal's title counts findings, and a bell with a notification tells what is new. Nothing that
 * a device says reaches the title; what goes into a notification has passed `clean`.
 */
import type {Alarm, PaneSpec} from '../domain/pane.ts';
import {clean} from '../domain/text.ts';
import type {SessionState} from '../session/store.ts';

/** What rings: nothing, what is of weight, everything. */
export type Loudness = 'off' | 'worst' | 'all';
export const LOUDNESS: readonly Loudness[] = ['worst', 'all', 'off'];

/** A link that is lost for less is no news: it comes back by itself. */
const LOST_MS = 60_000;
/** Sources answer one after the other: what is known by then is no news. */
const SETTLED_MS = 10_000;

/** Push and pop the title (xterm window operations 22 and 23), set it (OSC 2), notify (OSC 9: iTerm2, kitty, WezTerm, Windows Terminal). */
const PUSH_TITLE = '\x1b[22;0t';
const POP_TITLE = '\x1b[23;0t';
const title = (text: string): string => `\x1b]2;${text}\x07`;
const notification = (text: string): string => `\x07\x1b]9;${text}\x07`;

export interface Attention {
	/** Looks at a state: at most once per second is enough. */
	look(state: SessionState, loudness: Loudness): void;
	/** Gives the title back. */
	end(): void;
}

/** @param write to the terminal, past the frames. @param name the target as the operator typed it. */
export function createAttention(
	panes: readonly PaneSpec<unknown>[],
	name: string,
	write: (text: string) => void,
): Attention {
	const target = clean(name);
	let known: Set<string> | null = null;
	let beganAt: number | null = null;
	let shown = '';
	let lostAt: number | null = null;
	let told = false;

	function alarmsOf(state: SessionState): readonly Alarm[] {
		return panes.flatMap(spec => {
			try {
				return spec.alarms?.(state.panes[spec.id], state.now) ?? [];
			} catch {
				return [];
			}
		});
	}

	function linkNews(state: SessionState): readonly Alarm[] {
		const {link, now} = state;
		if (link.kind === 'live') {
			const back = told;
			const key = `link back ${lostAt}`;
			lostAt = null;
			told = false;
			return back ? [{key, weight: 'error', text: `${target}: the link is back`}] : [];
		}
		if (link.kind === 'closed') return [];
		lostAt ??= now;
		if (told || (now - lostAt < LOST_MS && link.kind !== 'refused')) return [];
		told = true;
		return [{key: `link lost ${lostAt}`, weight: 'error', text: `${target}: the link is lost`}];
	}

	return {
		look(state, loudness) {
			beganAt ??= state.now;
			const alarms = alarmsOf(state);
			const wrong = alarms.filter(({weight}) => weight !== 'note').length;
			const text = `devtop ${target}${wrong === 0 ? '' : `: ${wrong} ${wrong === 1 ? 'finding' : 'findings'}`}`;
			if (text !== shown) write((shown === '' ? PUSH_TITLE : '') + title(text));
			shown = text;
			const link = linkNews(state);
			if (known === null || state.now - beganAt < SETTLED_MS) {
				known = new Set(alarms.map(({key}) => key));
				return;
			}
			const news = [...link, ...alarms.filter(({key}) => known?.has(key) === false)];
			for (const {key} of alarms) known.add(key);
			const loud = news.filter(({weight}) => loudness === 'all' || (loudness === 'worst' && weight === 'error'));
			const [first] = loud;
			if (first === undefined) return;
			const more = loud.length > 1 ? ` and ${loud.length - 1} more` : '';
			write(notification(`devtop ${target}: ${clean(first.text).slice(0, 120)}${more}`));
		},
		end() {
			if (shown !== '') write(POP_TITLE);
		},
	};
}
