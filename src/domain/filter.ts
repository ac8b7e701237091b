/** A filter: what of a log is shown. Same field: or. Different fields: and. A leading `-` excludes. */
import type {JournalRecord} from './journal.ts';
import {sinceMs} from './since.ts';

export type FilterField = 'unit' | 'id' | 'container' | 'prio' | 'since' | 'text';
export type FilterTerm = {
	readonly field: FilterField;
	readonly not: boolean;
	/** As typed, lower case where it was. */
	readonly value: string;
	readonly regex: RegExp | null;
	/** Of `since:` the moment, epoch ms; without one the term says nothing. */
	readonly fromMs?: number;
};
export type Filter = {readonly source: string; readonly terms: readonly FilterTerm[]};

export const noFilter: Filter = {source: '', terms: []};

const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
const ALIASES: Record<string, number> = {error: 3, warn: 4, critical: 2, panic: 0, emergency: 0};

/** 0-7 of a name or digit as journalctl takes them, or null. */
export function priorityOf(word: string): number | null {
	if (/^[0-7]$/.test(word)) return Number(word);
	const index = (PRIORITIES as readonly string[]).indexOf(word);
	return index >= 0 ? index : (ALIASES[word] ?? null);
}

/** Case is ignored unless the text has capitals, as in less -i and vim's smartcase. */
export const smartCase = (text: string): string => (/\p{Lu}/u.test(text) ? '' : 'i');

/**
 * Reads `unit:balena id:balenad container:backend prio:warning since:10m "two words" /regex/ -noise`.
 *
 * @param newestMs what `since:` counts from: the clock of the newest line, epoch ms. The moment stays as it is then, in
 *   the filter: a filter that went along with the time would take lines away while they are read. Without it `since:` is
 *   checked only, and lets everything through.
 * @returns the filter, or a sentence that says which word is wrong.
 */
export function parseFilter(source: string, newestMs: number | null = null): Filter | {readonly wrong: string} {
	const terms: FilterTerm[] = [];
	for (const found of source.matchAll(
		/(-?)(?:(unit|id|container|prio|since):)?(?:"([^"]*)"|\/((?:[^/\\]|\\.)+)\/(i?)|(\S+))/g,
	)) {
		const [, minus, field = 'text', quoted, expression, flag, word] = found;
		const value = quoted ?? expression ?? word ?? '';
		const unknown = field === 'text' && word !== undefined ? /^([a-z]+):\S/.exec(word)?.[1] : undefined;
		if (unknown !== undefined && !word?.includes('//'))
			return {wrong: `${unknown}: is no filter (unit id container prio since); "${word}" in quotes searches the text`};
		if (value === '') continue;
		let regex: RegExp | null = null;
		if (expression !== undefined) {
			try {
				regex = new RegExp(expression, flag || smartCase(expression));
			} catch {
				return {wrong: `/${expression}/ is not a regular expression`};
			}
		}
		if (field === 'prio' && priorityOf(value.toLowerCase()) === null)
			return {wrong: `prio:${value} is none of ${PRIORITIES.join(' ')}`};
		const fromMs = field === 'since' ? sinceMs(value, newestMs ?? 0) : null;
		if (field === 'since' && fromMs === null)
			return {wrong: `since:${value} is no span (10m, 1h30m) and no time in UTC (13:40, 2026-11-25T13:40)`};
		const moment = fromMs === null || newestMs === null ? {} : {fromMs};
		terms.push({field: field as FilterField, not: minus === '-', value, regex, ...moment});
	}
	return {source: source.trim(), terms};
}

export type Filterable = Pick<
	JournalRecord,
	'units' | 'identifier' | 'containerId' | 'containerName' | 'severity' | 'message'
> & {
	/** The service's name where it is known. */
	readonly service?: string | null;
	/** When it was, epoch ms; where that is not known, `since:` lets it through. */
	readonly atMs?: number | null;
};

function holds({field, value, regex, fromMs = 0}: FilterTerm, record: Filterable): boolean {
	const test = (text: string | null | undefined): boolean =>
		text !== null &&
		text !== undefined &&
		(regex !== null
			? regex.test(text)
			: smartCase(value) === 'i'
				? text.toLowerCase().includes(value)
				: text.includes(value));
	switch (field) {
		case 'unit':
			return record.units.some(test);
		case 'id':
			return test(record.identifier);
		case 'container':
			return test(record.service) || test(record.containerName) || test(record.containerId);
		case 'prio':
			return record.severity <= (priorityOf(value.toLowerCase()) ?? 7);
		case 'since':
			return (record.atMs ?? 0) >= fromMs;
		case 'text':
			return test(record.message) || test(record.identifier);
	}
}

/** Does the filter let this record through? */
export function passes(filter: Filter, record: Filterable): boolean {
	const wanted = new Map<FilterField, boolean>();
	for (const term of filter.terms) {
		if (term.field === 'since' && (term.fromMs === undefined || (record.atMs ?? null) === null)) continue;
		const hit = holds(term, record);
		if (term.not) {
			if (hit) return false;
		} else if (term.field === 'text') {
			// Words narrow a search: all of them must be there.
			if (!hit) return false;
		} else wanted.set(term.field, hit || wanted.get(term.field) === true);
	}
	return [...wanted.values()].every(Boolean);
}
