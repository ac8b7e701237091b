/** The only place that knows colours: the terminal's own sixteen, so that they fit light and dark screens alike. */
import type {Tone} from '../domain/pane.ts';

export type Look = {
	readonly color?: 'red' | 'yellow' | 'green' | 'cyan' | 'magenta';
	readonly bold?: boolean;
	readonly dimColor?: boolean;
	readonly inverse?: boolean;
};

const COLOURED: Readonly<Record<Tone, Look>> = {
	plain: {},
	muted: {dimColor: true},
	strong: {bold: true},
	good: {color: 'green'},
	warning: {color: 'yellow'},
	error: {color: 'red', bold: true},
	accent: {color: 'cyan'},
	pulse: {color: 'magenta'},
};

/** Without colours weight is all there is: signs and letters on the screen say the same. */
const PLAIN: Readonly<Record<Tone, Look>> = {
	...COLOURED,
	good: {},
	warning: {bold: true},
	error: {bold: true, inverse: true},
	accent: {},
	pulse: {bold: true},
};

/** What a tone looks like. `NO_COLOR` (no-color.org) takes the colours away. */
export const lookOf = (tone: Tone, colours = true): Look => (colours ? COLOURED : PLAIN)[tone];

/** ANSI colour numbers for charts. */
export const CHART_COLOURS: Readonly<Record<Tone, string>> = {
	plain: 'white',
	muted: 'white',
	strong: 'white',
	good: 'green',
	warning: 'yellow',
	error: 'red',
	accent: 'cyan',
	pulse: 'magenta',
};
