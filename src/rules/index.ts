/** What names trouble in a line, and who has to say it. Matched on the text, whatever the priority: key lines are notice or info. */
import type {Hit, Rule, Speaker, Spoken} from '../domain/rule.ts';
import {attached} from './attached.ts';
import {crash} from './crash.ts';
import {engine} from './engine.ts';
import {filesystems} from './filesystems.ts';
import {memory} from './memory.ts';
import {power} from './power.ts';
import {kernelText, PASSING, speakerOf} from './speaker.ts';
import {storage} from './storage.ts';
import {supervisor} from './supervisor.ts';
import {system} from './system.ts';
import {units} from './units.ts';
import {wireless} from './wireless.ts';

export {kernelText, speakerOf};

export const rules: readonly Rule[] = [
	...power,
	...storage,
	...filesystems,
	...memory,
	...attached,
	...wireless,
	...crash,
	...units,
	...engine,
	...supervisor,
	...system,
];

const byId = new Map(rules.map(rule => [rule.id, rule]));

/** The rule of that id. */
export const ruleOf = (id: string): Rule | undefined => byId.get(id);

const bySpeaker = new Map<Speaker, readonly Rule[]>();
for (const rule of rules) bySpeaker.set(rule.from, [...(bySpeaker.get(rule.from) ?? []), rule]);
const of = (speaker: Speaker): readonly Rule[] => bySpeaker.get(speaker) ?? [];

const NO_IDS: readonly string[] = [];
const NO_HITS: readonly Hit[] = [];

function ids(candidates: readonly Rule[], text: string): readonly string[] {
	let found: string[] | null = null;
	for (const {id, match} of candidates) {
		if (!match.test(text)) continue;
		found ??= [];
		found.push(id);
	}
	return found ?? NO_IDS;
}

/** Ids of the rules for kernel lines that match a text. */
export const matching = (text: string): readonly string[] => ids(of('kernel'), text);

/** Ids of the rules for kernel lines whose trouble ends with this text. */
export function ending(text: string): readonly string[] {
	const found = of('kernel').filter(({ends}) => ends?.test(text) === true);
	return found.length === 0 ? NO_IDS : found.map(({id}) => id);
}

/** Who says it and what, where a rule may believe it. */
function said(record: Spoken): {speaker: Speaker; text: string} | null {
	const speaker = speakerOf(record);
	if (speaker === null) return null;
	if (speaker === 'kernel') return {speaker, text: kernelText(record)};
	if (speaker === 'systemd' && PASSING.test(record.about ?? record.message)) return null;
	return {speaker, text: record.message};
}

/** Ids of the rules that an entry matches, for its `tags`. */
export function tag(record: Spoken): string[] {
	const line = said(record);
	return line === null ? [] : [...ids(of(line.speaker), line.text)];
}

/**
 * What PID 1 says is about the unit in UNIT=, the canonical name; its text may have the description only ("Started Balena
 * supervisor.").
 */
function toHit(rule: string, found: RegExpExecArray, about: string | null, end: boolean): Hit {
	const {subject, detail} = found.groups ?? {};
	return {rule, subject: subject === undefined ? '' : (about ?? subject), detail: detail ?? '', end};
}

/** Everything that an entry says of trouble: that it is there, or that it ended. */
export function hits(record: Spoken): readonly Hit[] {
	const line = said(record);
	if (line === null) return NO_HITS;
	const about = line.speaker === 'systemd' ? record.about : null;
	let found: Hit[] | null = null;
	for (const {id, match, ends} of of(line.speaker)) {
		const trouble = match.exec(line.text);
		const end = trouble === null ? (ends?.exec(line.text) ?? null) : null;
		const either = trouble ?? end;
		if (either === null) continue;
		found ??= [];
		found.push(toHit(id, either, about, trouble === null));
	}
	return found ?? NO_HITS;
}
