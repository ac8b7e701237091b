/** Containers as rows: what is wrong stands first, and no answer is said to be none. */
import type {Container} from '../../domain/fact.ts';
import type {Row, Tone, ViewContext} from '../../domain/pane.ts';
import {count} from '../../domain/text.ts';
import {span} from '../../domain/time.ts';
import {column, spaced} from '../items.ts';
import type {Part} from './facts.ts';
import {offsetOf} from './facts.ts';
import {momentOf} from './moment.ts';
import type {State} from './reduce.ts';

const STOPPED = /^(?:exited|dead)$/;

/** How bad a container is. */
export function gradeOf({state, exitCode, oomKilled, health}: Container): 'error' | 'warning' | null {
	if (oomKilled || health === 'unhealthy' || state === 'dead') return 'error';
	if (STOPPED.test(state)) return exitCode === 0 ? null : 'error';
	return state === 'restarting' ? 'warning' : null;
}

const RANK = {error: 0, warning: 1, none: 2} as const;
const rank = (container: Container): number => RANK[gradeOf(container) ?? 'none'];

/** Troubled ones first; else as the engine lists them. */
export const byTrouble = (containers: readonly Container[]): readonly Container[] =>
	[...containers].sort((a, b) => rank(a) - rank(b));

export const nameOf = ({service, name, id}: Container): string => service ?? (name || id);

/** "running, healthy", "exited 137, out of memory". */
export function standOf({state, exitCode, oomKilled, health}: Container): string {
	const parts = [STOPPED.test(state) ? `${state} ${exitCode}` : state || 'state not known'];
	if (oomKilled) parts.push('out of memory');
	if (health !== '' && !STOPPED.test(state)) parts.push(health === 'starting' ? 'health starting' : health);
	return parts.join(', ');
}

const SIGNS = {error: '✗', warning: '!'} as const;

/** One container. The full name of its image only where there is room. */
export function containerRow(state: State, container: Container, {columns, now, stale}: ViewContext): Row {
	const grade = gradeOf(container);
	const old = state.answer?.kind === 'no-answer';
	const live = (tone: Tone): Tone => (stale || old ? 'muted' : tone);
	const running = container.state === 'running';
	const started = momentOf(container.startedAt);
	const offset = offsetOf(state) ?? 0;
	const at = stale && state.vitals !== null ? state.vitals.at : now;
	const age = started === null ? '' : span(at + offset - started);
	const since = age === '' ? '' : running ? age : `started ${age} ago`;
	const stand = `${old ? 'was ' : stale ? 'stale: ' : ''}${standOf(container)}`;
	const parts = [stand, since, container.restarts > 0 ? count(container.restarts, 'restart') : ''];
	return spaced([
		column(grade === null ? (running ? '●' : '○') : SIGNS[grade], 1, live(grade ?? (running ? 'good' : 'muted'))),
		column(
			nameOf(container),
			columns >= 120 ? 28 : columns >= 56 ? 20 : 14,
			live(grade === 'error' ? 'strong' : 'plain'),
		),
		{
			text: parts.filter(text => text !== '').join(' · '),
			tone: live(grade ?? (running ? 'plain' : 'muted')),
			grow: true,
		},
		...(columns >= 120 ? [{text: container.image, tone: 'muted' as const}] : []),
	]);
}

/** What can be said of all of them; never nothing. */
export function overview({answer, containers, sentences}: State): Part {
	const failed = sentences.engine;
	if (answer === null)
		return failed === undefined ? {text: 'not known yet', tone: 'muted'} : {text: failed, tone: 'error'};
	if (answer.kind === 'not-asked') return {text: `not asked: ${answer.why}`, tone: 'muted'};
	if (answer.kind === 'no-answer') return {text: `no answer: ${answer.why}`, tone: 'error'};
	if (failed !== undefined) return {text: failed, tone: 'error'};
	if (containers.length === 0) return {text: 'none', tone: 'muted'};
	const running = containers.filter(one => one.state === 'running').length;
	const wrong = containers.filter(one => gradeOf(one) !== null).length;
	return {
		text: `${running} of ${containers.length} running${wrong > 0 ? `, ${wrong} in trouble` : ''}`,
		tone: wrong > 0 ? 'warning' : 'plain',
	};
}
