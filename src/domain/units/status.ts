/** One row's facts: which unit stands for it, what its state amounts to, and how bad that is. */
import type {Tone} from '../pane.ts';
import {LOOP, noHistory, type Restarts, restartsOf} from './restarts.ts';
import {deviceTime, type Sample, type State} from './state.ts';
import {UNIT_TABLE, type UnitEntry} from './table.ts';
import {exitOf, type Unit} from './unit.ts';

export type Grade = 'ok' | 'off' | 'absent' | 'unknown' | 'warning' | 'error';

export type Service = {
	readonly key: string;
	/** Null for units outside the table. */
	readonly entry: UnitEntry | null;
	readonly sample: Sample | null;
	readonly sign: string;
	readonly text: string;
	readonly tone: Tone;
	readonly grade: Grade;
	readonly restarts: Restarts;
};

type Word = Pick<Service, 'sign' | 'text' | 'tone' | 'grade'>;

const word = (sign: string, text: string, tone: Tone, grade: Grade): Word => ({sign, text, tone, grade});

/** What a state amounts to. Every way of not running looks different. */
export function wordOf(unit: Unit | null, entry: UnitEntry | null): Word {
	if (unit === null || unit.loadState === '') return word('?', 'not known yet', 'muted', 'unknown');
	if (unit.loadState === 'not-found' && unit.activeState !== 'failed') return word('·', 'not there', 'muted', 'absent');
	if (unit.loadState === 'masked') return word('–', 'masked', 'muted', 'off');
	if (unit.activeState === 'failed') return word('✗', 'failed', 'error', 'error');
	if (unit.loadState !== 'loaded' && unit.loadState !== 'not-found' && unit.loadState !== 'merged')
		return word('✗', unit.loadState, 'error', 'error');
	switch (unit.activeState) {
		case 'active':
		case 'reloading': {
			if (entry?.running !== undefined) return word('!', entry.running, 'warning', 'warning');
			const sub = /^(running|listening|waiting|exited)$/.test(unit.subState) ? '' : ` (${unit.subState})`;
			return word('●', unit.activeState === 'reloading' ? 'reloading' : `active${sub}`, 'good', 'ok');
		}
		case 'activating':
			if (entry?.running !== undefined && unit.subState === 'start')
				return word('!', entry.running, 'warning', 'warning');
			return word('!', unit.subState === 'auto-restart' ? 'auto-restart' : 'activating', 'warning', 'warning');
		case 'deactivating':
			return word('!', 'stopping', 'warning', 'warning');
		case 'inactive':
			return inactive(unit, entry);
		default:
			return word('?', unit.activeState || 'not known yet', 'muted', 'unknown');
	}
}

function inactive(unit: Unit, entry: UnitEntry | null): Word {
	if (entry?.idle) return word('○', 'idle, as it should', 'muted', 'ok');
	// openvpn of a device without a cloud: ConditionFileNotEmpty is not met, and that is no fault.
	if (unit.conditionResult === false && unit.since === null)
		return word('–', entry === null ? 'inactive' : 'skipped: condition', 'muted', 'off');
	if (unit.conditionResult === false) return word('–', 'skipped: condition', 'muted', 'off');
	if (entry === null || entry.optional) return word('○', 'inactive', 'muted', 'off');
	return word('!', 'inactive', 'warning', 'warning');
}

/** Of a role's names the first that is loaded; else the newest name's answer; else none. */
function sampleOf({samples}: State, entry: UnitEntry): Sample | null {
	const answers = [entry.name, ...entry.aliases].flatMap(name => samples[name] ?? []);
	return answers.find(({unit}) => unit.loadState !== 'not-found' && unit.loadState !== '') ?? answers[0] ?? null;
}

function service(state: State, key: string, entry: UnitEntry | null, sample: Sample | null, now: number): Service {
	const unit = sample?.unit ?? null;
	const history = state.histories[unit?.unit || key] ?? noHistory;
	const restarts = restartsOf(history, deviceTime(state, now));
	const said = wordOf(unit, entry);
	const looping = restarts.count >= LOOP;
	const raised: Word = looping
		? {...said, sign: '✗', grade: 'error'}
		: restarts.count > 0 && said.grade === 'ok'
			? {...said, sign: '!', grade: 'warning'}
			: said;
	return {key, entry, sample, restarts, ...raised};
}

const inTable = new Set(UNIT_TABLE.flatMap(({name, aliases}) => [name, ...aliases]));

/** All rows: the table in boot order, what the operator watches, other failed units. */
export function servicesOf(state: State, now: number): readonly Service[] {
	const table = UNIT_TABLE.map(entry => service(state, entry.name, entry, sampleOf(state, entry), now)).filter(
		({grade}) => state.kind !== 'systemd' || (grade !== 'absent' && grade !== 'unknown'),
	);
	const watched = Object.entries(state.samples)
		.filter(([asked]) => !inTable.has(asked))
		.map(([asked, sample]) => service(state, asked, null, sample, now));
	// Only what is shown already, by whatever name: an alias of it may be what failed.
	const shown = new Set([...table, ...watched].flatMap(({key, sample}) => [key, ...(sample?.unit.names ?? [])]));
	const others = state.failed
		.filter(name => !shown.has(name))
		.slice(0, 50)
		.map(name => {
			const sample = state.others[name] ?? null;
			const row = service(state, name, null, sample, now);
			return row.grade === 'unknown' ? {...row, ...word('✗', 'failed', 'error', 'error')} : row;
		});
	const known = new Set([...shown, ...state.failed]);
	// What PID 1 says of units that nobody asked for: a loop is trouble, whoever it is.
	const looping = Object.keys(state.histories)
		.filter(name => !known.has(name))
		.map(name => service(state, name, null, null, now))
		.filter(({restarts}) => restarts.count > 0)
		.slice(0, 20)
		.map(row => ({
			...row,
			...(row.restarts.count >= LOOP
				? word('✗', 'in a loop', 'error', 'error')
				: word('!', 'restarted', 'warning', 'warning')),
		}));
	return [...table, ...watched, ...others, ...looping];
}

/** What is wrong comes first, the rest stays in order. */
export const byTrouble = (services: readonly Service[]): readonly Service[] => [
	...services.filter(({grade}) => grade === 'error'),
	...services.filter(({grade}) => grade !== 'error'),
];

/** The result of the last end: "watchdog", "9/KILL", "1/FAILURE". */
export function endOf({sample}: Pick<Service, 'sample'>): string | null {
	if (sample === null) return null;
	const {unit} = sample;
	if (unit.result === '' || unit.result === 'success') return exitOf(unit);
	const exit = exitOf(unit);
	if (unit.result === 'exit-code' || unit.result === 'signal') return exit ?? unit.result;
	return unit.result;
}
