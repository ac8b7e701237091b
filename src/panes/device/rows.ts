/** The device as rows: a label, and as many facts as there is room for. */
import type {Row, Span, Tone, ViewContext} from '../../domain/pane.ts';
import {column, spaced} from '../items.ts';
import {byTrouble, gradeOf, nameOf, overview, standOf} from './containers.ts';
import {type Line, linesOf, type Part, worstOf} from './facts.ts';
import type {State} from './reduce.ts';

const LABEL = 10;
const DOT: Span = {text: '·', tone: 'muted'};

/** The moment that is shown: that of the last look where the connection is gone. */
export const momentOf = ({vitals}: State, {now, stale}: Pick<ViewContext, 'now' | 'stale'>): number =>
	stale && vitals !== null ? vitals.at : now;

/** Where there is no room facts are first said shorter, then left out from the end, but never one that is wrong. */
export function fitting(parts: readonly Part[], room: number): readonly Part[] {
	const wrong = ({tone}: Part): boolean => tone === 'error' || tone === 'warning';
	let shown = [...parts];
	const size = (): number => shown.reduce((sum, {text}) => sum + text.length + 3, -3);
	if (size() > room) shown = shown.map(one => (one.short === undefined ? one : {...one, text: one.short}));
	while (size() > room && shown.length > 1) {
		const place = shown.findLastIndex(one => !wrong(one));
		if (place < 0) break;
		shown.splice(place, 1);
	}
	return shown;
}

/** One line of facts; what is wrong keeps its tone, unless all is stale. */
export function lineRow({label, parts}: Line, {columns, stale}: ViewContext): Row {
	const shown = fitting(parts, columns - LABEL - 1);
	const last = shown.length - 1;
	const spans = shown.flatMap(({text, tone}, index): Span[] => {
		const one = {text, tone: stale ? ('muted' as const) : tone, ...(index === last ? {grow: true} : {})};
		return index === 0 ? [one] : [DOT, one];
	});
	return spaced([column(label, LABEL, 'muted'), ...spans]);
}

/** The row above the containers. */
export const overviewLine = (state: State): Line => ({
	key: 'containers',
	label: 'containers',
	parts: [overview(state)],
});

/** "balenaOS 2.113.18 · data 93 % full · VPN up". */
export function summary(state: State, context: ViewContext): Row {
	const {zone, stale} = context;
	const live = (tone: Tone): Tone => (stale ? 'muted' : tone);
	const lines = linesOf(state, momentOf(state, context), zone);
	const parts: Span[] = [];
	if (state.identity !== null) parts.push({text: state.identity.os, tone: live('plain')});
	const worst = worstOf(lines);
	const [container] = byTrouble(state.containers);
	const grade = container === undefined ? null : gradeOf(container);
	if (worst !== null && (worst.tone === 'error' || grade !== 'error'))
		parts.push({text: worst.text, tone: live(worst.tone)});
	else if (container !== undefined && grade !== null && state.answer?.kind === 'answered')
		parts.push({text: `${nameOf(container)} ${standOf(container)}`, tone: live(grade)});
	const vpn = state.vitals?.vitals.vpn ?? null;
	if (vpn !== null) parts.push({text: vpn ? 'VPN up' : 'VPN down', tone: live(vpn ? 'good' : 'warning')});
	if (stale && parts.length > 0) parts.push({text: 'stale', tone: 'muted'});
	return spaced(parts.flatMap((one, index) => (index === 0 ? [one] : [DOT, one])));
}
