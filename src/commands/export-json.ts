/** A recording as facts, one JSON object a line. Names are those of the journal's export format and of `systemctl show`. */
import {type Entry, textOf} from '../domain/entry.ts';
import type {Fact, UnitChange} from '../domain/fact.ts';
import {type Frame, GATE_FRAMES} from '../domain/frame.ts';
import {toRecord} from '../domain/journal.ts';
import {type Seam, seamWords} from '../domain/seam.ts';
import type {SourceId} from '../domain/source.ts';
import {toUnit} from '../domain/units/unit.ts';
import {journalHeld, panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {Fold} from '../session/fold.ts';
import type {Recording} from '../session/recording/read.ts';
import {stateOf} from '../session/state.ts';
import {sources} from '../sources/index.ts';
import {exported} from './entries.ts';
import {readingOf} from './once.ts';
import {iso} from './said.ts';

type Line = Readonly<Record<string, unknown>> & {readonly stream: string; readonly at: string | null};

/** Controls that JSON leaves as they are and a terminal obeys. */
const LOOSE = /[\u007f-\u009f]/g;

const toLine = (line: Line): string =>
	`${JSON.stringify(line).replace(LOOSE, control => `\\u00${control.charCodeAt(0).toString(16)}`)}\n`;

/** A journal entry as its sender said it: the text is not cut, and bytes stand beside it where it is none. */
function entryFact(entry: Entry): Line | null {
	try {
		const record = toRecord(entry);
		const raw = entry.find(([name]) => name === 'MESSAGE')?.[1] ?? null;
		return {
			stream: record.transport === 'kernel' ? 'kernel' : 'journal',
			at: iso(record.realtimeUs / 1000),
			cursor: record.cursor,
			boot: record.boot,
			realtimeUs: record.realtimeUs,
			monotonicUs: record.monotonicUs,
			...(record.kernelUs === null ? {} : {kernelUs: record.kernelUs}),
			priority: record.priority,
			identifier: textOf(entry, 'SYSLOG_IDENTIFIER') ?? record.identifier,
			unit: record.about ?? record.units[0] ?? null,
			pid: record.pid,
			invocationId: textOf(entry, 'INVOCATION_ID') ?? textOf(entry, '_SYSTEMD_INVOCATION_ID') ?? null,
			messageId: record.messageId,
			container: record.containerName,
			message: raw === null ? null : (textOf(entry, 'MESSAGE') ?? null),
			...(raw instanceof Uint8Array ? {bytes: Buffer.from(raw).toString('base64')} : {}),
		};
	} catch {
		return null;
	}
}

/** What changed of a unit, under the names of section 10; what is not there did not change. */
function unitFact(at: string | null, {asked, properties}: UnitChange): Line {
	const unit = toUnit(properties);
	const known = (name: string): boolean => properties[name] !== undefined;
	return {
		stream: 'unit',
		at,
		unit: unit.unit || asked,
		...(known('LoadState') ? {loadState: unit.loadState} : {}),
		...(known('ActiveState') ? {activeState: unit.activeState} : {}),
		...(known('SubState') ? {subState: unit.subState} : {}),
		...(known('Result') ? {result: unit.result} : {}),
		...(known('NRestarts') ? {restarts: unit.restarts} : {}),
		...(known('MainPID') ? {mainPid: unit.mainPid} : {}),
		...(known('InvocationID') ? {invocationId: unit.invocationId} : {}),
		...(known('MemoryCurrent') ? {memory: unit.memory} : {}),
		...(known('TasksCurrent') ? {tasks: unit.tasks} : {}),
	};
}

function factLines(at: string | null, fact: Fact): readonly Line[] {
	switch (fact.kind) {
		case 'kernel-line':
			return [
				{stream: 'kernel', at, cursor: null, kernelUs: fact.kernelUs, priority: fact.priority, message: fact.message},
			];
		case 'units':
		case 'failed':
			return fact.changes.map(change => unitFact(at, change));
		case 'pulls':
			return fact.processes.length === 0 && fact.writeSets.length === 0
				? []
				: [{stream: 'pull', at, processes: fact.processes, writeSets: fact.writeSets, engineIo: fact.engineIo}];
		case 'vitals':
			return [{stream: 'vitals', at, ...fact.vitals}];
		case 'identity':
			return [{stream: 'vitals', at, identity: fact.identity}];
		case 'disk':
			return [{stream: 'vitals', at, disk: fact.disk}];
		case 'writes':
			return [{stream: 'vitals', at, writes: fact.disks}];
		case 'sessions':
			return [{stream: 'vitals', at, otherSshSessions: fact.others}];
		case 'engine':
			return [{stream: 'vitals', at, engine: fact.answer}];
		case 'locks':
			return [{stream: 'vitals', at, locks: fact.locks}];
		default:
			return [];
	}
}

function measured(frame: Frame & {readonly t: 'out'}, source: SourceId): readonly Line[] {
	const at = iso(frame.at);
	try {
		return sources[source].read(frame.unit).flatMap(fact => factLines(at, fact));
	} catch {
		// What the device said was no answer: live it is counted, and there is no fact.
		return [];
	}
}

function linkLine({at, link}: Frame & {readonly t: 'link'}): Line {
	const {kind, ...more} = link;
	const moments = Object.entries(more).map(([name, value]) => [
		name,
		name === 'since' || name === 'next' ? iso(Number(value)) : value,
	]);
	return {stream: 'link', at: iso(at), state: kind, ...Object.fromEntries(moments)};
}

/** Stands behind the lines that it counts. */
const seamLine = (at: number, {lostAt, backAt, lastMs, ...seam}: Seam): Line => ({
	stream: 'seam',
	at: iso(at),
	lostAt: iso(lostAt),
	backAt: iso(backAt),
	lastLineAt: iso(lastMs),
	...seam,
	text: seamWords({lostAt, backAt, lastMs, ...seam}),
});

/** A frame of the gate as it is; `of` says which, `id` is that of the asking. A consent ends at a moment, not at our clock's milliseconds. */
function actionLine(frame: Frame): Line {
	const {t, at, ms, hash: _, ...more} = frame as Frame & {readonly hash?: unknown};
	if (frame.t !== 'consent') return {stream: 'action', at: iso(at), of: t, ...more};
	const {id, untilMs, ...consent} = frame.consent;
	return {stream: 'action', at: iso(at), of: t, consent: id, ...consent, until: iso(at + untilMs - ms)};
}

/** What a shell printed, a line each: `id` is that of the asking. The prompt that it ended with is its last. */
function* consoleLines(frame: Frame, consoles: Map<number, number>): Generator<string> {
	if (frame.t !== 'out' && frame.t !== 'exit') return;
	const id = consoles.get(frame.ch);
	if (id === undefined) return;
	const line = (text: string): string => toLine({stream: 'console', at: iso(frame.at), id, text});
	if (frame.t === 'out') {
		if (frame.unit.kind === 'line') yield line(frame.unit.text);
		return;
	}
	if (frame.rest !== undefined) yield line(frame.rest);
	consoles.delete(frame.ch);
}

/** All facts in the order they came, each journal entry once; what was found in them at the end. */
export function* exportJson(recording: Recording): Generator<string> {
	const fold = new Fold({sources, panes, tag});
	const consoles = new Map<number, number>();
	let heard = false;
	fold.heard = () => {
		heard = true;
	};
	let before: Line[] = [];
	let behind: Line[] = [];
	fold.sewn = seam => void (heard ? behind : before).push(seamLine(fold.at, seam));
	for (const {frame, source, entry} of exported(recording)) {
		heard = false;
		before = [];
		behind = [];
		fold.apply(frame);
		for (const line of before) yield toLine(line);
		if (frame.t === 'link') yield toLine(linkLine(frame));
		if (GATE_FRAMES.has(frame.t)) yield toLine(actionLine(frame));
		if (frame.t === 'pause')
			yield toLine({stream: 'recording', at: iso(frame.at), state: 'paused', reason: frame.reason});
		if (frame.t === 'resume') yield toLine({stream: 'recording', at: iso(frame.at), state: 'resumed'});
		if (frame.t === 'ran' && frame.terminal) consoles.set(frame.ch, frame.id);
		yield* consoleLines(frame, consoles);
		if (frame.t !== 'out' || source === null || sources[source] === undefined) continue;
		if (frame.unit.kind !== 'entry') for (const line of measured(frame, source)) yield toLine(line);
		const fact = entry === null ? null : entryFact(entry);
		if (fact !== null) yield toLine(fact);
		for (const line of behind) yield toLine(line);
	}
	const {target, road} = recording.header;
	const state = stateOf(fold, {target, road, older: 'none', recording: null, held: journalHeld});
	for (const finding of readingOf(state).findings) yield toLine({stream: 'finding', at: iso(fold.at), ...finding});
}
