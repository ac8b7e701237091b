/** Pulls: what is downloaded and unpacked, how fast, does it stand still, and what came of those before? */
import type {Key, PaneSpec} from '../../domain/pane.ts';
import {isResumed} from '../../domain/pull-event.ts';
import {frozen, listItems, plain} from '../items.ts';
import {KIND_NAMES} from './path.ts';
import {initial, reduce, type State} from './reduce.ts';
import {endText, finishedRow, head, layerRow, nameOf, pullRow, troubleRow} from './rows.ts';
import {layersVisible, standOf} from './stand.ts';
import type {Finished, Layer, Pull} from './state.ts';
import {summary} from './summary.ts';

/** Trouble of longer ago explains nothing, nor does its end. */
const TROUBLE_MS = 120_000;
const RESUMED_MS = 15_000;
const TROUBLE = 'trouble';

type Item =
	| {readonly kind: 'pull'; readonly pull: Pull}
	| {readonly kind: 'layer'; readonly layer: Layer}
	| {readonly kind: 'trouble'; readonly text: string; readonly atMs: number}
	| {readonly kind: 'finished'; readonly pull: Finished};

/** The newest sample, for what has no clock of its own. */
const newest = ({clock}: State): number => clock?.at ?? 0;

/** A layer's row is its pull's: the cursor stays on it while layers follow each other. */
const layerKey = (pull: string, index: number): Key => `${pull}/${index}`;
const layersOf = ({layers}: State, pull: string): readonly Layer[] => layers.filter(layer => layer.pull === pull);

function keysOf(state: State): readonly Key[] {
	const keys = state.pulls.flatMap(({key}) => [
		key,
		...layersOf(state, key).map((_layer, index) => layerKey(key, index)),
	]);
	return [...keys, ...(troubleOf(state) === null ? [] : [TROUBLE]), ...state.finished.map(({key}) => key)];
}

/** The engine's last word on trouble, where it can be about a pull that runs. */
function troubleOf(state: State): State['trouble'] {
	const {trouble, pulls, offsetMs} = state;
	if (trouble === null) return null;
	const most = isResumed(trouble) ? RESUMED_MS : TROUBLE_MS;
	if (newest(state) + offsetMs - trouble.atMs > most) return null;
	return pulls.some(({beganMs}) => (beganMs ?? 0) <= trouble.atMs) ? trouble : null;
}

function find(state: State, key: Key): Item | null {
	if (key === TROUBLE) return state.trouble === null ? null : {kind: 'trouble', ...state.trouble};
	const pull = state.pulls.find(one => one.key === key);
	if (pull !== undefined) return {kind: 'pull', pull};
	const over = state.finished.find(one => one.key === key);
	if (over !== undefined) return {kind: 'finished', pull: over};
	const [name = '', index] = String(key).split('/');
	const layer = layersOf(state, name)[Number(index)];
	return layer === undefined ? null : {kind: 'layer', layer};
}

const words = (pull: Pull): string =>
	[nameOf(pull), pull.image ?? '', pull.work.kind === null ? '' : KIND_NAMES[pull.work.kind]].join(' ');

function text(state: State, item: Item): string {
	switch (item.kind) {
		case 'pull':
			return `${words(item.pull)} ${standOf(state, item.pull, newest(state)).text}`;
		case 'layer':
			return `${item.layer.id ?? ''} ${item.layer.process ?? 'write-set'} ${item.layer.pid ?? ''}`;
		case 'trouble':
			return item.text;
		case 'finished':
			return `${words(item.pull)} ${endText(item.pull, item.pull.endedMs, () => 0)}`;
	}
}

export const pulls: PaneSpec<State> = {
	id: 'pulls',
	key: '4',
	title: 'Pulls',
	initial,
	log: false,
	reduce,
	items: (state, look) => listItems(frozen(keysOf(state), look.order)),
	row: (state, key, context) => {
		const item = find(state, key);
		switch (item?.kind) {
			case 'pull':
				return pullRow(state, item.pull, context);
			case 'layer':
				return layerRow(state, item.layer, context);
			case 'trouble':
				return troubleRow(item, context);
			case 'finished':
				return finishedRow(state, item.pull, context);
			default:
				return [];
		}
	},
	text: (state, key) => {
		const item = find(state, key);
		return item === null ? String(key) : plain([{text: text(state, item)}]);
	},
	summary,
	wanted: state =>
		state.pulls.length === 0 ? Math.max(1, Math.min(2, keysOf(state).length)) : Math.min(9, keysOf(state).length + 5),
	alarms: state =>
		state.finished.map(pull => ({
			key: `pull ${pull.key} ${pull.endedMs}`,
			weight: pull.how === 'failed' ? 'error' : 'note',
			text: `pull of ${nameOf(pull)} ${pull.how}`,
		})),
	logOf: () => 'balena.service',
	head: (state, context, room) => (room >= 8 && state.pulls.length > 0 ? [head(context)] : []),
	empty: (state, {stale}) => {
		if (state.sentence !== '') return [{text: state.sentence, tone: stale ? 'muted' : 'error'}];
		if (state.clock === null) return [{text: 'not known yet: the device is being asked', tone: 'muted'}];
		if (!layersVisible(state))
			return [
				{
					text: 'not known without root, but for what the supervisor says: it has told of no pull',
					tone: 'muted',
				},
			];
		return [
			{
				text: `${stale ? 'stale: no pull ran' : 'no pull runs'}; here is shown what the engine downloads: image, layer, bytes per second`,
				tone: 'muted',
			},
		];
	},
	chart: ({rates}, {stale}) =>
		rates.length === 0
			? null
			: {
					title: 'throughput',
					unit: 'B/s',
					series: [{name: 'all pulls', tone: stale ? 'muted' : 'accent', values: rates}],
				},
	weight: (state, key) => {
		const item = find(state, key);
		switch (item?.kind) {
			case 'pull': {
				const {stalledMs, tone} = standOf(state, item.pull, newest(state));
				return stalledMs === null ? null : tone === 'error' ? 'error' : 'warning';
			}
			case 'finished':
				return item.pull.how === 'failed' ? 'error' : item.pull.how === 'interrupted' ? 'warning' : null;
			case 'trouble':
				return isResumed(item) ? null : 'warning';
			default:
				return null;
		}
	},
};
