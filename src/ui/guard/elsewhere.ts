/** Where a shell is to be had when none can be opened here: the ssh command of one in another terminal, and why. */
import type {Row} from '../../domain/pane.ts';
import {allows} from '../../session/guard/conditions.ts';
import type {SessionState} from '../../session/store.ts';
import {titleRow} from '../title.ts';
import {wrapped} from '../wrapped.ts';

export type Elsewhere = {
	/** As it can be pasted; empty where there is none. */
	readonly command: string;
	readonly why: string;
};

/** Why no shell can be asked for here; empty where one can. The gate has its own reasons besides. */
export function whyNoShell({
	replay,
	recording,
	paused,
	link,
	guard,
}: Pick<SessionState, 'replay' | 'recording' | 'paused' | 'link' | 'guard'>): string {
	if (replay !== null) return 'A replay has no device to open one on.';
	if (guard.lookOnly !== '') return guard.lookOnly;
	if (recording === null) return 'Nothing is done that is not recorded, and this session is not recorded.';
	if (paused !== null) return 'Nothing is done that is not recorded, and the recording is paused.';
	if (link.kind !== 'live') return 'The link is not up.';
	return guard.consents.some(consent => allows(consent, {id: 'shell.open'}, {kind: 'device'}, guard.ms))
		? ''
		: `There is no permission on record for it: A ${guard.own ? 'arms this device of our own' : 'records one'}, then s.`;
}

const WIDEST = 110;
const GAP: Row = [{text: ' '}];

/** The command stands at the left edge, over whole rows: so a terminal gives it back in one piece. */
export function elsewhereRows({command, why}: Elsewhere, columns: number): readonly Row[] {
	const told = (text: string): readonly Row[] =>
		wrapped(text, Math.min(WIDEST, columns - 2)).map((line): Row => [{text: ` ${line}`, tone: 'muted'}]);
	return [
		titleRow([{text: ' A shell in another terminal ', tone: 'strong'}], columns),
		...told(`None is opened here: ${why}`),
		GAP,
		...(command === ''
			? told('There is no ssh command for it either: this device is not reached by one.')
			: [
					...wrapped(command, columns).map((text): Row => [{text, tone: 'accent'}]),
					GAP,
					...told(
						'Copied where the terminal allows it (OSC 52); else from here, by hand. What is typed there is not recorded by devtop, and nobody’s permission stands behind it.',
					),
				]),
	];
}

export const elsewhereHints = (lookOnly: string): string =>
	lookOnly === '' ? 'A records a permission · Esc leaves' : 'Esc leaves';
