/** Services as rows. Columns come with the width; what is wrong is said in the narrowest. */
import type {Row, Span, Tone, ViewContext} from '../../domain/pane.ts';
import {bytes, shortUnit} from '../../domain/text.ts';
import {span as spanOf} from '../../domain/time.ts';
import {LOOP} from '../../domain/units/restarts.ts';
import {deviceTime, type State, uptimeAt} from '../../domain/units/state.ts';
import {endOf, type Service} from '../../domain/units/status.ts';
import {column, spaced} from '../items.ts';

type Columns = {
	readonly name: number;
	/** 0: the state stands before the note, in what room there is. */
	readonly state: number;
	readonly use: boolean;
	readonly process: boolean;
};

const columnsOf = (columns: number): Columns => ({
	name: columns >= 100 ? 32 : columns >= 70 ? 25 : columns >= 50 ? 18 : 14,
	state: columns >= 70 ? 18 : 0,
	use: columns >= 92,
	process: columns >= 116,
});

const percent = (value: number | null): string =>
	value === null ? '–' : value < 9.95 ? `${value.toFixed(1)} %` : `${Math.round(value)} %`;

/** "3 in 10 min, last 9/KILL, 5 s ago": the loop, or the last end of what has failed. `brief` leaves out when. */
export function note(state: State, service: Service, now: number, brief = false): Span {
	const {restarts, sample, grade} = service;
	if (restarts.count > 0) {
		const ago = brief || restarts.lastMs === null ? '' : `, ${spanOf(deviceTime(state, now) - restarts.lastMs)} ago`;
		const cause = restarts.cause ?? endOf(service);
		return {
			text: `${restarts.count} in 10 min${cause === null ? '' : `, last ${cause}`}${ago}`,
			tone: restarts.count >= LOOP ? 'error' : 'warning',
		};
	}
	const end = endOf(service);
	if (grade === 'error') return {text: end ?? sample?.unit.result ?? '', tone: 'error'};
	if (restarts.cause !== null) return {text: `last ${restarts.cause}`, tone: 'warning'};
	const counted = sample?.unit.restarts ?? 0;
	// A restart of long ago is no trouble now.
	if (counted > 0) return {text: `${counted} since boot${end === null ? '' : `, last ${end}`}`, tone: 'muted'};
	return {text: '', tone: 'muted'};
}

/** How long it has been so. */
function sinceText(state: State, {sample, grade}: Service, now: number): string {
	const uptime = uptimeAt(state, now);
	const since = sample?.unit.since ?? null;
	if (grade === 'absent' || grade === 'unknown' || since === null) return '';
	return uptime === null ? '?' : spanOf(uptime - since);
}

export function toRow(state: State, service: Service, {columns, now, stale}: ViewContext): Row {
	const shape = columnsOf(columns);
	const {sample, grade} = service;
	const unit = sample?.unit ?? null;
	const live = (tone: Tone): Tone => (stale ? 'muted' : tone);
	const there = grade !== 'absent' && grade !== 'unknown';
	const figure = (text: string | null, width: number): Span =>
		column(there ? (text ?? '–') : '', width, 'muted', 'right');
	const said = note(state, service, now, columns < 116);
	const word = stale ? `stale: ${service.text}` : service.text;
	const loud = grade === 'error' ? 'error' : grade === 'warning' ? 'warning' : service.tone;
	return spaced([
		column(service.sign, 1, live(loud)),
		column(shortUnit(service.key), shape.name, live(there ? (grade === 'error' ? 'strong' : 'plain') : 'muted')),
		...(shape.state > 0 ? [column(word, shape.state, live(service.tone))] : []),
		column(sinceText(state, service, now), 6, 'muted', 'right'),
		...(shape.state > 0 ? [] : [{text: word, tone: live(service.tone)}]),
		{text: said.text, tone: live(said.tone ?? 'muted'), grow: true},
		...(shape.use
			? [
					figure(unit?.memory == null ? null : bytes(unit.memory), 6),
					figure(sample === null ? null : percent(sample.cpu), 6),
				]
			: []),
		...(shape.process
			? [
					figure(unit?.tasks == null ? null : String(unit.tasks), 5),
					figure(unit?.mainPid == null ? null : String(unit.mainPid), 7),
				]
			: []),
	]);
}

export function head({columns}: ViewContext): Row {
	const shape = columnsOf(columns);
	const title = (text: string, width: number, align: 'left' | 'right' = 'right'): Span =>
		column(text, width, 'muted', align);
	return spaced([
		title('', 1),
		title('unit', shape.name, 'left'),
		...(shape.state > 0 ? [title('state', shape.state, 'left')] : []),
		title('since', 6),
		{text: shape.state > 0 ? 'restarts' : 'state, restarts', tone: 'muted', grow: true},
		...(shape.use ? [title('mem', 6), title('cpu', 6)] : []),
		...(shape.process ? [title('tasks', 5), title('pid', 7)] : []),
	]);
}

/** "12 of 14 ok", and the worst. */
export function summary(state: State, services: readonly Service[], {now, stale}: ViewContext): Row {
	if (state.code !== null && state.code !== 0)
		return [
			{
				text: state.code === 124 ? 'systemctl did not answer in 5 s' : `systemctl failed (${state.code})`,
				tone: 'error',
			},
		];
	const there = services.filter(({grade}) => grade !== 'absent' && grade !== 'unknown');
	if (there.length === 0) return [];
	const wrong = there.filter(({grade}) => grade === 'error' || grade === 'warning');
	const count = {
		text: `${there.length - wrong.length} of ${there.length} ok${stale ? ', stale' : ''}`,
		tone: stale ? ('muted' as const) : ('plain' as const),
	};
	const worst = wrong.find(({grade}) => grade === 'error') ?? wrong[0];
	if (worst === undefined) return [count];
	const said = note(state, worst, now).text;
	const name = shortUnit(worst.key);
	const what =
		worst.restarts.count > 0 ? `${name} restarts: ${said}` : `${name} ${worst.text}${said ? ` ${said}` : ''}`;
	return spaced([
		count,
		{text: '·', tone: 'muted'},
		{text: what, tone: worst.grade === 'error' && !stale ? 'error' : stale ? 'muted' : 'warning'},
	]);
}

/** All units as words in a few rows, what is wrong first: for a small screen. */
export function compact(services: readonly Service[], {columns, stale}: ViewContext, rows: number): readonly Row[] {
	const there = services.filter(({grade}) => grade !== 'absent' && grade !== 'unknown');
	const rank = {error: 0, warning: 1, ok: 2, off: 2, absent: 3, unknown: 3} as const;
	const lines: Row[] = [];
	let line: Span[] = [];
	let used = 0;
	const sorted = there.toSorted((a, b) => rank[a.grade] - rank[b.grade]);
	for (const [index, {key, sign, tone, grade}] of sorted.entries()) {
		const loud = grade === 'error' || grade === 'warning';
		const name = shortUnit(key)
			.replace(/^update-balena-supervisor\.timer$/, 'update.timer')
			.replace(/^update-balena-supervisor$/, 'update');
		const text = `${sign} ${name}  `;
		const left = sorted.length - index;
		if (used + text.length > columns - 1 - (lines.length === rows - 1 ? 8 : 0)) {
			if (lines.length === rows - 1) {
				line.push({text: `+${left}`, tone: 'muted'});
				break;
			}
			lines.push(line);
			line = [];
			used = 0;
		}
		line.push(
			{text: `${sign} `, tone: stale ? 'muted' : loud ? grade : tone},
			{text: `${name}  `, tone: stale ? 'muted' : loud ? grade : 'plain'},
		);
		used += text.length;
	}
	return line.length === 0 ? lines : [...lines, line];
}
