/** All pulls in a few words, for the pane's title line. */
import type {Row, Span, Tone, ViewContext} from '../../domain/pane.ts';
import {clockOf} from '../../domain/time.ts';
import {spaced} from '../items.ts';
import {nameOf, rateText} from './rows.ts';
import {momentOf, type Stand, seconds, standOf} from './stand.ts';
import type {State} from './state.ts';

/** "1 running · 12 MB/s", "1 stalled 94 s", "none running · last backend done 13:59". */
export function summary(state: State, context: ViewContext): Row {
	const {stale, zone} = context;
	const at = momentOf(state, context);
	const live = (tone: Tone): Tone => (stale ? 'muted' : tone);
	const parts: Span[] = [];
	const stands: readonly Stand[] = state.pulls.map(pull => standOf(state, pull, at));
	const stalls = stands.filter(({stalledMs}) => stalledMs !== null);
	const [worst] = [...stalls].sort((a, b) => (b.stalledMs ?? 0) - (a.stalledMs ?? 0));
	const [last] = state.finished;
	const moving = stands.length - stalls.length;
	if (moving > 0) {
		parts.push({text: `${moving} running`, tone: live('strong')});
		const rates = state.layers.flatMap(({rate}) => rate ?? []);
		if (rates.length > 0)
			parts.push({text: rateText(rates.reduce((sum, rate) => sum + rate, 0)), tone: live('accent')});
	}
	if (worst !== undefined)
		parts.push({text: `${stalls.length} stalled ${seconds(worst.stalledMs ?? 0)}`, tone: live(worst.tone)});
	if (stands.length === 0 && (state.clock !== null || last !== undefined)) {
		if (state.clock !== null) parts.push({text: 'none running', tone: 'muted'});
		if (last !== undefined)
			parts.push({
				text: `last ${nameOf(last)} ${last.how} ${clockOf(last.endedMs, zone).slice(0, 5)}`,
				tone: live(last.how === 'failed' ? 'error' : last.how === 'interrupted' ? 'warning' : 'muted'),
			});
	}
	if (state.sentence !== '') parts.push({text: state.sentence, tone: live('error')});
	if (stale && parts.length > 0) parts.push({text: 'stale', tone: 'muted'});
	return spaced(parts.flatMap((part, index) => (index === 0 ? [part] : [{text: '·', tone: 'muted' as const}, part])));
}
