/** What names trouble in a kernel line. Matched on the text, whatever the priority: key lines are notice or info. */
import type {JournalRecord} from '../domain/journal.ts';
import type {Rule} from '../domain/rule.ts';
import {attached} from './attached.ts';
import {memory} from './memory.ts';
import {power} from './power.ts';
import {storage} from './storage.ts';

export const rules: readonly Rule[] = [...power, ...storage, ...memory, ...attached];

const byId = new Map(rules.map(rule => [rule.id, rule]));

/** The rule of that id. */
export const ruleOf = (id: string): Rule | undefined => byId.get(id);

const NONE: readonly string[] = [];

/** Ids of the rules that match a text. */
export function matching(text: string): readonly string[] {
	const hits = rules.filter(({match}) => match.test(text));
	return hits.length === 0 ? NONE : hits.map(({id}) => id);
}

/** Ids of the rules whose trouble ends with this text. */
export function ending(text: string): readonly string[] {
	const hits = rules.filter(({ends}) => ends?.test(text) === true);
	return hits.length === 0 ? NONE : hits.map(({id}) => id);
}

/**
 * A kernel line as the kernel wrote it. journald takes a leading `word: ` of a line from /dev/kmsg for the sender's name:
 * `mmc0: error -110` comes as identifier `mmc0` and message `error -110`.
 */
export const kernelText = ({identifier, message}: Pick<JournalRecord, 'identifier' | 'message'>): string =>
	identifier === '' || identifier === 'kernel' ? message : `${identifier}: ${message}`;

/** What the rules say of an entry, as ids for its `tags`. Kernel lines only. */
export const tag = (record: JournalRecord): string[] =>
	record.transport === 'kernel' ? [...matching(kernelText(record))] : [];
