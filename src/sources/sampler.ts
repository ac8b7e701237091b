/** The two samplers: what is asked at every tick, and how their blocks are read. */
import type {Container, EngineAnswer, Fact, PullProcess, UnitChange, Vitals, WriteSet} from '../domain/fact.ts';
import type {Source} from '../domain/source.ts';
import {clean, shorten} from '../domain/text.ts';
import {unitsToAsk} from '../domain/units/table.ts';
import {UNIT_PROPERTIES} from '../domain/units/unit.ts';
import {ENGINE_SAMPLER, SAMPLER} from './sampler-script.ts';

/** A block's sections: the words behind `#name`, and its lines. */
function sections(text: string): {name: string; words: string[]; lines: string[]}[] {
	const found: {name: string; words: string[]; lines: string[]}[] = [];
	for (const line of text.split('\n')) {
		if (line.startsWith('#')) {
			const [name = '', ...words] = line.slice(1).trim().split(' ');
			found.push({name, words, lines: []});
		} else if (line !== '') found.at(-1)?.lines.push(line);
	}
	return found;
}

const whole = (text: string | undefined): number | null =>
	text !== undefined && /^\d+$/.test(text) ? Number(text) : null;

/** A unit's full name (systemd.unit(5)): what else stands there is no unit, and must not become a name in a table of ours. */
const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]{1,255}\.[a-z]{4,9}$/;
/** Tables are bounded: a device has some hundred units. */
const MOST_UNITS = 500;

/** `@name` lines, each followed by `Key=Value` lines. */
function changes(lines: readonly string[]): UnitChange[] {
	const found: {asked: string; properties: Record<string, string>}[] = [];
	for (const line of lines) {
		if (line.startsWith('@')) found.push({asked: line.slice(1), properties: {}});
		else {
			const equals = line.indexOf('=');
			const last = found.at(-1);
			if (equals > 0 && last !== undefined)
				last.properties[line.slice(0, equals)] = shorten(clean(line.slice(equals + 1)), 500);
		}
	}
	return found.filter(({asked}) => UNIT_NAME.test(asked)).slice(0, MOST_UNITS);
}

/** First word of each line to the rest of it. */
const keyed = (lines: readonly string[]): Map<string, string> =>
	new Map(lines.map(line => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1).trim()]));

function uptimeMs(text: string | undefined): number | null {
	const seconds = Number.parseFloat(text ?? '');
	return Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
}

/** Reads the vitals section; what is missing on that kernel is null. */
export function toVitals(lines: readonly string[]): Vitals {
	const values = keyed(lines);
	const memory = (name: string): number | null => whole(values.get(`${name}:`));
	const total = memory('MemTotal');
	// MemAvailable exists since Linux 3.14.
	const available =
		memory('MemAvailable') ?? (memory('MemFree') ?? 0) + (memory('Buffers') ?? 0) + (memory('Cached') ?? 0);
	const swapTotal = memory('SwapTotal');
	const swapFree = memory('SwapFree');
	const jiffies = (values.get('cpu') ?? '').trim().split(/\s+/).map(Number).slice(0, 8);
	const all = jiffies.reduce((sum, value) => sum + value, 0);
	const [load1 = Number.NaN, load5 = Number.NaN, load15 = Number.NaN] = (values.get('load') ?? '')
		.split(' ')
		.map(Number.parseFloat);
	const clock = Number.parseFloat(values.get('clock') ?? '');
	const vpn = values.get('vpn');
	return {
		uptimeMs: uptimeMs(values.get('uptime')),
		// busybox date has no %N and prints it as it stands: whole seconds then.
		clockMs: Number.isFinite(clock) ? Math.round(clock * 1000) : null,
		load: Number.isFinite(load15) ? [load1, load5, load15] : null,
		cpu:
			jiffies.length >= 5 && Number.isFinite(all)
				? {busy: all - (jiffies[3] ?? 0) - (jiffies[4] ?? 0), total: all}
				: null,
		memory: total === null ? null : {totalKb: total, availableKb: available},
		swap: swapTotal === null || swapTotal === 0 || swapFree === null ? null : {totalKb: swapTotal, freeKb: swapFree},
		temperatures: lines.flatMap(line => {
			const [, milli, zone] = /^temp (-?\d+) ?(.*)$/.exec(line) ?? [];
			return milli === undefined ? [] : [{zone: clean(zone ?? ''), celsius: Number(milli) / 1000}];
		}),
		vpn: vpn === undefined ? null : vpn === 'up',
	};
}

const toIo = (words: readonly string[]): {read: number; written: number; disk: number} | null => {
	const [read, written, disk] = words.map(whole);
	return read === undefined || read === null || written === undefined || written === null
		? null
		: {read, written, disk: disk ?? 0};
};

/**
 * `p ARGV|STAT| IO`: /proc/PID/stat as proc(5) numbers it. The name stands in brackets and may hold anything, so fields
 * are counted from the last bracket: state is 3, utime 14, stime 15, starttime 22, rss 24.
 */
export function toPullProcess(line: string): PullProcess | null {
	const [argv = '', stat = '', io = ''] = line.slice(2).split('|');
	const words = argv.trim().split(' ');
	const pid = whole(stat.split(' ', 1)[0]);
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const field = (number: number): number => whole(fields[number - 3]) ?? 0;
	const process = words[0] ?? '';
	if (pid === null || fields.length < 22) return null;
	// docker-untar DEST ROOT; docker-applyLayer ROOT. Either way the last word that is a path.
	const path = words.filter(word => word.startsWith('/')).at(-1) ?? '';
	return {
		pid,
		process: clean(process),
		path: clean(path),
		state: clean(fields[0] ?? '?'),
		startTicks: field(22),
		cpuTicks: field(14) + field(15),
		residentPages: field(24),
		io: toIo(io.trim().split(' ')),
	};
}

function pullFacts(lines: readonly string[]): Fact[] {
	const processes: PullProcess[] = [];
	const writeSets = new Map<string, WriteSet>();
	let engineIo: ReturnType<typeof toIo> = null;
	let uptime: number | null = null;
	let ours: number | null = null;
	const sessions: number[] = [];
	for (const line of lines) {
		const [word, ...rest] = line.split(' ');
		if (word === 'p') {
			const process = toPullProcess(line);
			if (process !== null) processes.push(process);
		} else if (word === 'w' && rest[0] !== undefined) {
			// The same folder is reached by two paths on balenaOS (a bind mount): the last part is random, so it tells.
			const path = clean(rest[0]);
			writeSets.set(path.slice(path.lastIndexOf('/')), {path, cacheId: rest[1] ? clean(rest[1]) : null});
		} else if (word === 'engine') engineIo = toIo(rest);
		else if (word === 'uptime') uptime = uptimeMs(rest[0]);
		else if (word === 'ssh') {
			const pid = whole(rest[0]);
			if (pid !== null) sessions.push(pid);
		} else if (word === 'ours') ours = whole(rest[0]);
	}
	return [
		{kind: 'pulls', uptimeMs: uptime, processes, writeSets: [...writeSets.values()], engineIo},
		{kind: 'sessions', others: sessions.filter(pid => pid !== ours).length},
	];
}

const section = (name: string, words: readonly string[], lines: readonly string[]): readonly Fact[] => {
	const status = {code: whole(words[0]) ?? 1};
	if (name === 'units') return [{kind: 'units', status, full: words[1] === '1', changes: changes(lines)}];
	if (name === 'failed') {
		const units = lines
			.filter(line => line.startsWith('f '))
			.map(line => line.slice(2))
			.filter(name => UNIT_NAME.test(name))
			.slice(0, MOST_UNITS);
		return [{kind: 'failed', status, units, changes: changes(lines.filter(line => !line.startsWith('f ')))}];
	}
	if (name === 'vitals') return [{kind: 'vitals', vitals: toVitals(lines)}];
	if (name === 'pulls') return pullFacts(lines);
	throw new Error(`a section that nobody asked for: ${name}`);
};

const KNOWN = new Set(['units', 'failed', 'vitals', 'pulls']);

const blockOf = (unit: Parameters<Source['read']>[0]): string => {
	if (unit.kind !== 'block') throw new Error('not a block');
	return unit.text;
};

/** Units, failed units, vitals, pulls and SSH sessions, at every tick. */
export const sampler: Source = {
	id: 'sampler',
	title: 'unit states and vitals',
	mode: 'poll',
	framing: 'block',
	argv: ({scope}) => [SAMPLER, UNIT_PROPERTIES.join(','), ...unitsToAsk(scope.watch)],
	read: unit => {
		const known = sections(blockOf(unit)).filter(({name}) => KNOWN.has(name));
		// One section that is none must not take the others with it.
		if (known.length === 0) throw new Error('a block without a section that was asked for');
		return known.flatMap(({name, words, lines}) => section(name, words, lines));
	},
};

/** `<service>_<id>_<id>` and `<service>_<id>_<id>_<commit>` are the supervisor's names; the service may hold underscores. */
export const serviceOf = (name: string): string | null =>
	/^(.+?)_\d+_\d+(?:_[0-9a-z]+)?$/.exec(name)?.[1] ??
	(/^(?:balena|resin)_supervisor$/.test(name) ? 'supervisor' : null);

/** One line of `inspect`, as the sampler's format prints it. */
export function toContainer(line: string): Container | null {
	const [id = '', path = '', image = '', state = '', restarts, exitCode, oom, startedAt = '', health = ''] = line
		.split('|')
		.map(clean);
	if (!/^[0-9a-f]{64}$/.test(id)) return null;
	const name = path.replace(/^\//, '');
	return {
		id: id.slice(0, 12),
		name,
		service: serviceOf(name),
		image,
		state,
		restarts: whole(restarts) ?? 0,
		exitCode: whole(exitCode) ?? 0,
		oomKilled: oom === 'true',
		startedAt,
		health,
	};
}

/** `Error: No such object: 5d41402abc4b` (docker/cli, inspect.go): it went between the list and the question. */
const GONE = /\bno such (?:object|container)\b/i;

function engineAnswer(words: readonly string[], lines: readonly string[]): EngineAnswer {
	const unit = words[1] ?? 'the engine';
	switch (words[0]) {
		case '0': {
			const containers = lines.map(toContainer);
			const unread = containers.filter(container => container === null).length;
			if (unread > 0) throw new Error(`${unread} lines of the engine's answer are not containers`);
			return {kind: 'answered', containers: containers.filter(container => container !== null)};
		}
		case '3':
			return {kind: 'not-asked', why: `${unit} is not running, and asking would start it`};
		case '4':
			return {kind: 'not-asked', why: 'there is no container engine here'};
		case '124':
		case '143':
			return {kind: 'no-answer', why: `${unit} did not answer in time`};
		default: {
			// Its list with an error between: what went away after it was listed is no reason, and the list is none.
			const containers = lines.map(toContainer).filter(container => container !== null);
			const errors = lines.filter(line => line.trim() !== '' && toContainer(line) === null);
			if (errors.length > 0 && errors.every(line => GONE.test(line))) return {kind: 'answered', containers};
			const why = shorten(clean(errors.join(' ')), 200);
			return {kind: 'no-answer', why: why || `${unit} could not be asked (exit code ${words[0]})`};
		}
	}
}

function diskFact(words: readonly string[], lines: readonly string[]): Fact {
	const status = {code: whole(words[0]) ?? 1};
	const columns =
		lines
			.find(line => line.startsWith('df '))
			?.trim()
			.split(/\s+/) ?? [];
	const mount = clean(columns.at(-1) ?? '/');
	const [totalKb, usedKb, availableKb] = columns.slice(-5, -2).map(whole);
	if (totalKb == null || usedKb == null || availableKb == null) return {kind: 'disk', status, disk: null};
	// The last line wins: a later mount covers an earlier one. Its options come first.
	const options =
		lines
			.filter(line => line.startsWith('mount '))
			.at(-1)
			?.split(' ')[1] ?? '';
	return {
		kind: 'disk',
		status,
		disk: {mount, totalKb, usedKb, availableKb, readOnly: options.split(',').includes('ro')},
	};
}

function writesFact(lines: readonly string[]): Fact {
	const disks = lines.flatMap(line => {
		const [, name, writes, ms] = /^writes ([a-z0-9]{1,16}) (\d+) (\d+)$/.exec(line) ?? [];
		return name === undefined ? [] : [{name, writes: Number(writes), ms: Number(ms)}];
	});
	return {kind: 'writes', disks: disks.slice(0, 16)};
}

/** `lock UID /tmp/balena-supervisor/services/APP/SERVICE/updates.lock` (supervisor update-lock.ts). */
function locksFact(lines: readonly string[]): Fact {
	const locks = lines.flatMap(line => {
		const [, uid, service] =
			/^lock (\d*) \/tmp\/(?:balena|resin)-supervisor\/services\/[^/]+\/([^/]+)\//.exec(line) ?? [];
		return service === undefined ? [] : [{service: shorten(clean(service), 100), own: uid === '65534'}];
	});
	return {kind: 'locks', locks: locks.slice(0, 50)};
}

/** What can hang: the engine's containers, the data partition. In a shell of its own, so that nothing else waits for it. */
export const engine: Source = {
	id: 'engine',
	title: 'containers and disk',
	mode: 'poll',
	framing: 'block',
	argv: () => [ENGINE_SAMPLER],
	read: unit =>
		sections(blockOf(unit)).flatMap(({name, words, lines}): Fact[] => {
			if (name === 'engine') return words[0] === 'same' ? [] : [{kind: 'engine', answer: engineAnswer(words, lines)}];
			if (name === 'disk') return [diskFact(words, lines), writesFact(lines), locksFact(lines)];
			throw new Error(`a section that nobody asked for: ${name}`);
		}),
};
