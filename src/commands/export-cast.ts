/**
 * A recording as asciicast v2 (docs.asciinema.org/manual/asciicast/v2): the screen that a replay shows, for a player or a
 * web page. Nothing in it hangs on the machine: the same recording at the same size gives the same bytes.
 */
import type {Identity} from '../domain/fact.ts';
import {clean} from '../domain/text.ts';
import {shortUuid} from '../domain/uuid.ts';
import {journalHeld, panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {Fold} from '../session/fold.ts';
import {type Moment, moments} from '../session/moments.ts';
import type {Recording} from '../session/recording/read.ts';
import {sources} from '../sources/index.ts';
import {createCanvas} from '../ui/canvas.tsx';
import {changedRows} from '../ui/frame-diff.ts';
import type {Size} from '../ui/layout.ts';

/** What a player makes of a longer silence, seconds: an hour in which nothing came is told by the clock on the screen. */
const IDLE_SECONDS = 2;

/** The screen is cleared, and has no cursor until the end. */
const BEGIN = '\x1b[?25l\x1b[2J';
/** Nothing may scroll: the prompt that follows comes over the hints of keys. */
const endOf = (rows: number): string => `\x1b[${rows};1H\x1b[?25h`;

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const event = (ms: number, code: 'o' | 'm', data: string): string => line([Math.round(ms) / 1000, code, data]);

/** Frames among which it is looked for who answered: that is asked first. */
const LOOK = 20_000;

function identityIn(recording: Recording): Identity | null {
	const fold = new Fold({sources, panes, tag});
	let frames = 0;
	for (const frame of recording.frames()) {
		fold.apply(frame);
		if (fold.identity !== null || ++frames === LOOK) break;
	}
	return fold.identity;
}

/** Device and ticket. */
function titleOf(recording: Recording): string {
	const {target, ticket} = recording.header;
	const identity = identityIn(recording);
	const name = identity?.hostname ?? target;
	const uuid = identity?.uuid == null ? name : shortUuid(identity.uuid);
	return clean(`${name}${uuid === name ? '' : ` ${uuid}`}${ticket === undefined ? '' : `, ticket ${ticket}`}`);
}

/** Rows without what only counts on: figures, the spaces that set them, the blocks of sparklines. Colours stay. */
const uncounted = (rows: readonly string[]): string =>
	rows.join('\n').replace(/(\x1b\[[\d;]*m)|[\d ▁-█]+/g, (_, colour: string | undefined) => colour ?? '#');

/** The header line, then each moment's changed rows and the markers of what begins there. */
export async function* exportCast(recording: Recording, size: Size): AsyncGenerator<string> {
	yield line({
		version: 2,
		width: size.columns,
		height: size.rows,
		timestamp: Math.floor(recording.header.at / 1000),
		idle_time_limit: IDLE_SECONDS,
		title: titleOf(recording),
	});
	const all = moments({tape: recording, sources, panes, tag, held: journalHeld});
	const first = all.next().value as Moment;
	const canvas = await createCanvas(first.state, panes, size);
	let shown: readonly string[] = [];
	let counted = '';
	async function* told({ms, state, chapters, idle}: Moment): AsyncGenerator<string> {
		const ended = state.replay?.playing === false;
		// At the end stands what a replay shows that jumps there: it knows of no room that a pane once wanted.
		const rows = await canvas.paint(state, ended);
		const text = changedRows(shown, rows);
		const still = uncounted(rows);
		// Where nothing came, a clock that goes on is no reason to keep a player awake.
		const waits = idle && still === counted && chapters.length === 0 && !ended;
		if (!waits && text !== '') {
			yield event(ms, 'o', (shown.length === 0 ? BEGIN : '') + text);
			shown = rows;
			counted = still;
		}
		for (const {what} of chapters) yield event(ms, 'm', clean(what));
		if (ended) yield event(ms, 'o', endOf(size.rows));
	}
	try {
		yield* told(first);
		for (const moment of all) yield* told(moment);
	} finally {
		canvas.close();
	}
}
