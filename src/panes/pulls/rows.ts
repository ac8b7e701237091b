/** Pulls as rows: a pull, its layer beneath it, trouble, and what has ended. The columns are those of all. */
import type {Row, Span, Tone, ViewContext} from '../../domain/pane.ts';
import {isResumed} from '../../domain/pull-event.ts';
import {bytes} from '../../domain/text.ts';
import {clockOf, dayOf, duration} from '../../domain/time.ts';
import {column, spaced} from '../items.ts';
import {KIND_NAMES, shortImage} from './path.ts';
import {momentOf, type Stand, standOf, standOfLayer} from './stand.ts';
import {elapsedOf, type Finished, type Layer, type Pull, type State} from './state.ts';

type Shape = {
	readonly name: number;
	readonly process: boolean;
	readonly elapsed: boolean;
	readonly rate: boolean;
	readonly written: boolean;
	readonly use: boolean;
	readonly pid: boolean;
};

const shapeOf = (columns: number): Shape => ({
	name: columns >= 120 ? 28 : columns >= 90 ? 20 : 15,
	process: columns >= 54,
	elapsed: columns >= 64,
	rate: columns >= 32,
	written: columns >= 74,
	use: columns >= 92,
	pid: columns >= 116,
});

const percent = (value: number | null): string =>
	value === null ? '–' : value < 9.95 ? `${value.toFixed(1)} %` : `${Math.round(value)} %`;

/** "6.4 MB/s"; "≈" where layers share one figure. */
export const rateText = (rate: number | null, shared = 1): string =>
	rate === null ? '–' : `${shared > 1 ? '≈' : ''}${bytes(rate)}/s`;

/** What a pull is called: its service, else the end of its image's name. */
export const nameOf = ({service, image, work}: Pull): string =>
	service ?? (image === null ? (work.kind === 'copy' ? 'copy' : 'not announced') : shortImage(image));

type Figures = {
	readonly elapsedMs: number | null;
	readonly cpu?: number | null;
	readonly memory?: number | null;
	readonly written?: number | null;
	readonly rate: string;
	readonly pid?: number | null;
};

/** The figures of a row, in the columns that there is room for; an empty column where a row has no such thing. */
function figures(shape: Shape, {elapsedMs, cpu, memory, written, rate, pid}: Figures, tone: Tone): readonly Span[] {
	const figure = (text: string, width: number, toned: Tone = 'muted'): Span => column(text, width, toned, 'right');
	const amount = (value: number | null | undefined): string =>
		value === undefined ? '' : value === null ? '–' : bytes(value);
	return [
		...(shape.elapsed ? [figure(elapsedMs === null ? '–' : duration(elapsedMs), 6)] : []),
		...(shape.use ? [figure(cpu === undefined ? '' : percent(cpu), 6), figure(amount(memory), 6)] : []),
		...(shape.written ? [figure(amount(written), 6)] : []),
		...(shape.rate ? [figure(rate, 9, tone)] : []),
		...(shape.pid ? [figure(pid == null ? '' : String(pid), 7)] : []),
	];
}

const SIGNS: Readonly<Partial<Record<Tone, string>>> = {error: '✗', warning: '!'};

/** Where room is short, a stall is worth more than its rate of nothing. */
const shapeFor = (columns: number, {stalledMs}: Stand): Shape =>
	stalledMs !== null && columns < 50 ? {...shapeOf(columns), rate: false} : shapeOf(columns);

/** A running pull. */
export function pullRow(state: State, pull: Pull, context: ViewContext): Row {
	const {columns, stale} = context;
	const at = momentOf(state, context);
	const stand = standOf(state, pull, at);
	const shape = shapeFor(columns, stand);
	const layers = state.layers.filter(layer => layer.pull === pull.key);
	const rates = layers.flatMap(({rate}) => rate ?? []);
	const live = (tone: Tone): Tone => (stale ? 'muted' : tone);
	const loud = stand.stalledMs === null ? 'good' : stand.tone;
	const {kind} = pull.work;
	const elapsedMs = elapsedOf(state, pull, at);
	const parts = [
		stale ? 'stale' : '',
		columns >= 60 ? stand.text : stand.short,
		// What has no column of its own stands here.
		!shape.elapsed && columns >= 46 && elapsedMs !== null ? duration(elapsedMs) : '',
		!shape.written && columns >= 54 && pull.work.layers > 0 && pull.work.written !== null
			? bytes(pull.work.written)
			: '',
		kind === null || kind === 'app' ? '' : KIND_NAMES[kind],
		columns >= 80 && pull.work.layers > 0 ? `layer ${pull.work.layers}` : '',
		columns >= 80 && pull.image !== null && pull.service !== null
			? columns >= 140
				? pull.image
				: shortImage(pull.image)
			: '',
	].filter(part => part !== '');
	const known = rates.length > 0;
	return spaced([
		column(stale ? '?' : (SIGNS[loud] ?? '●'), 1, live(loud)),
		column(nameOf(pull), shape.name, live('strong')),
		{text: parts.join(' · '), tone: live(stand.stalledMs === null ? 'muted' : stand.tone), grow: true},
		...figures(
			shape,
			{
				elapsedMs,
				...(pull.work.layers === 0 ? {} : {written: pull.work.written}),
				rate: known ? rateText(rates.reduce((sum, rate) => sum + rate, 0)) : layers.length > 0 ? '–' : '',
			},
			live(stand.stalledMs === null ? 'accent' : stand.tone),
		),
	]);
}

/** The layer beneath its pull. */
export function layerRow(state: State, layer: Layer, context: ViewContext): Row {
	const {columns, stale} = context;
	const at = momentOf(state, context);
	const stand = standOfLayer(layer, at);
	const shape = shapeFor(columns, stand);
	const live = (tone: Tone): Tone => (stale ? 'muted' : tone);
	const word = columns >= 72 || stand.stalledMs !== null ? stand.text : columns >= 46 ? stand.brief : stand.short;
	const bytesUnknown = layer.written === null && columns >= 80 ? ', bytes are told to root only' : '';
	return spaced([
		column('', 1),
		column(`└ ${layer.id ?? 'no id yet'}${layer.sure ? '' : '?'}`, shape.name, live('plain')),
		...(shape.process ? [column(layer.process ?? 'write-set', columns >= 90 ? 17 : 12, live('plain'))] : []),
		{text: `${stale ? 'stale: ' : ''}${word}${bytesUnknown}`, tone: live(stand.tone), grow: true},
		...figures(
			shape,
			{
				elapsedMs: at - layer.beganAt,
				...(layer.process === null ? {} : {cpu: layer.cpu, memory: layer.residentBytes}),
				written: layer.written,
				rate: rateText(layer.rate, layer.shared),
				pid: layer.pid,
			},
			live(stand.stalledMs === null ? 'muted' : stand.tone),
		),
	]);
}

/** "done 13:59:04 in 1m12s", with the day where it is another. */
export function endText({how, endedMs, tookMs, why}: Finished, deviceMs: number, zone: ViewContext['zone']): string {
	const day = dayOf(endedMs, zone);
	const when = `${day === dayOf(deviceMs, zone) ? '' : `${day} `}${clockOf(endedMs, zone)}`;
	const took = tookMs === null ? '' : ` ${how === 'done' ? 'in' : 'after'} ${duration(tookMs)}`;
	return `${how} ${when}${took}${why === null ? '' : `: ${why}`}`;
}

const ENDS: Readonly<Record<Finished['how'], {readonly sign: string; readonly tone: Tone}>> = {
	done: {sign: '✓', tone: 'good'},
	ended: {sign: '○', tone: 'muted'},
	failed: {sign: '✗', tone: 'error'},
	interrupted: {sign: '!', tone: 'warning'},
};

/** A pull that is over. */
export function finishedRow(state: State, pull: Finished, {columns, zone, now, stale}: ViewContext): Row {
	const shape = shapeOf(columns);
	const {sign, tone} = ENDS[pull.how];
	const live = (one: Tone): Tone => (stale ? 'muted' : one);
	const {kind} = pull.work;
	const parts = [
		endText(pull, now + state.offsetMs, zone),
		columns >= 60 && kind !== null && kind !== 'app' ? KIND_NAMES[kind] : '',
		columns >= 100 && pull.image !== null && pull.service !== null ? shortImage(pull.image) : '',
	].filter(part => part !== '');
	return spaced([
		column(sign, 1, live(tone)),
		column(nameOf(pull), shape.name, live('plain')),
		{text: parts.join(' · '), tone: live(tone === 'good' ? 'plain' : tone), grow: true},
		...(columns >= 100 && pull.work.written !== null
			? [{text: `${bytes(pull.work.written)} seen`, tone: 'muted' as const}]
			: []),
	]);
}

/** What the engine said of trouble. */
export const troubleRow = (trouble: {readonly text: string; readonly atMs: number}, context: ViewContext): Row =>
	spaced([
		column('!', 1, context.stale ? 'muted' : 'warning'),
		...(context.columns >= 50 ? [column(`engine ${clockOf(trouble.atMs, context.zone)}`, 15, 'muted')] : []),
		{text: trouble.text, tone: context.stale || isResumed(trouble) ? 'muted' : 'warning', grow: true},
	]);

/** Names of the columns. */
export function head({columns}: ViewContext): Row {
	const shape = shapeOf(columns);
	const title = (text: string, width: number): Span => column(text, width, 'muted', 'right');
	return spaced([
		column('', 1),
		column('pull, layer', shape.name, 'muted'),
		{text: '', grow: true},
		...(shape.elapsed ? [title('time', 6)] : []),
		...(shape.use ? [title('cpu', 6), title('mem', 6)] : []),
		...(shape.written ? [title('bytes', 6)] : []),
		...(shape.rate ? [title('rate', 9)] : []),
		...(shape.pid ? [title('pid', 7)] : []),
	]);
}
