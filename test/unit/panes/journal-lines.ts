/** Journal entries for tests of the journal's pane. */
import type {JournalRecord} from '../../../src/domain/journal.ts';
import {type Look, noLook, type ViewContext} from '../../../src/domain/pane.ts';
import {utc} from '../../../src/domain/time.ts';
import {journal} from '../../../src/panes/journal/index.ts';
import type {State} from '../../../src/panes/journal/reduce.ts';

/** 2026-11-25T13:52:00Z. */
export const T0 = 1_795_614_720_000;

let numbers = 0;
export const line = (message: string, change: Partial<JournalRecord> = {}, seconds = 0): JournalRecord => ({
	cursor: `c${numbers++}`,
	boot: 'b',
	realtimeUs: (T0 + seconds * 1000) * 1000,
	monotonicUs: 0,
	priority: 6,
	severity: 6,
	identifier: 'thing',
	units: ['thing.service'],
	about: null,
	pid: 1,
	transport: 'stdout',
	messageId: null,
	containerId: null,
	containerName: null,
	message,
	messageBytes: message.length,
	kernelUs: null,
	jobId: null,
	jobType: null,
	jobResult: null,
	dropped: null,
	tags: [],
	...change,
});

export const look = (change: Partial<Look> = {}): Look => ({...noLook, follow: true, calm: true, ...change});

export const context = (change: Partial<Look> = {}, columns = 120): ViewContext => ({
	now: T0 + 600_000,
	columns,
	zone: utc,
	look: look(change),
	stale: false,
});

export const push = (
	records: readonly JournalRecord[],
	state: State = journal.initial,
	place: 'live' | 'older' = 'live',
): State =>
	records.reduce((before, record) => journal.reduce(before, {at: 0, fact: {kind: 'journal', record, place}}), state);

/** What is shown: rows as text without columns' padding. */
export const rows = (state: State, change: Partial<Look> = {}, columns = 120): string[] => {
	const items = journal.items(state, look(change));
	return Array.from({length: items.length}, (_, index) =>
		journal
			.row(state, items.at(index) ?? -1, context(change, columns))
			.map(({text}) => text)
			.join('')
			.trim(),
	);
};

export const keys = (state: State, change: Partial<Look> = {}): number[] => {
	const items = journal.items(state, look(change));
	return Array.from({length: items.length}, (_, index) => Number(items.at(index)));
};
