/** How findings grow: a line more, a measure that holds or no longer does. Pure. */
import type {Evidence, Finding} from '../../domain/finding.ts';
import {type JournalRecord, wallMs} from '../../domain/journal.ts';
import type {Hit, Rule} from '../../domain/rule.ts';

/** A line of the supervisor whose twin did not come yet. */
type Single = {readonly way: 'container' | 'unit'; readonly atMs: number; readonly text: string};

/** A finding, with what tells a line that came by two ways. */
export type Tracked = Finding & {
	readonly marks: readonly string[];
	readonly singles: readonly Single[];
	/** When the line was that gave the detail. */
	readonly detailMs: number;
};
export type All = Readonly<Record<string, Tracked>>;
/** When ends were seen, ascending, by key: pages come newest first, so an end may come before its beginning. */
export type Ends = Readonly<Record<string, readonly number[]>>;
export type Known = {readonly all: All; readonly ends: Ends};

/** Bounds on what a device can make us keep. */
const MOST = 300;
/** As many lines as two sources can bring of one trouble: the kernel's history, and the story. */
const MARKS = 2500;
const SINGLES = 200;
const ENDS = 50;
const MOST_ENDS = 600;

/** The same line by another way has the same time in the same boot. */
const markOf = ({boot, monotonicUs, message}: JournalRecord): string =>
	`${boot.slice(0, 8)} ${monotonicUs} ${message.slice(0, 24)}`;

/** Supervisor lines come twice: from the container, and from the unit that is attached to it. */
const TWIN_MS = 5000;

/** The first, and the newest two. */
function withEvidence(before: readonly Evidence[], more: Evidence): readonly Evidence[] {
	const all = [...before, more].sort((a, b) => a.atMs - b.atMs);
	const [first] = all;
	return first === undefined || all.length <= 3 ? all : [first, ...all.slice(-2)];
}

const evidenceOf = (record: JournalRecord): Evidence => ({
	cursor: record.cursor === '' ? null : record.cursor,
	stream: record.transport === 'kernel' ? 'kernel' : 'journal',
	unit: record.transport === 'kernel' ? '' : (record.about ?? record.units[0] ?? ''),
	atMs: wallMs(record),
	text: record.message.slice(0, 300),
});

const keyOf = (rule: string, subject: string): string => (subject === '' ? rule : `${rule} ${subject}`);

/** With its end: the first one on record behind its last line. Those of a rule without a subject end all of that rule. */
function closed(finding: Tracked, ends: Ends): Tracked {
	const {rule, key, lastMs, endedMs} = finding;
	const names = rule === key ? [rule] : [rule, key];
	const behind = names.flatMap(name => ends[name]?.find(ms => ms >= lastMs) ?? []);
	// A known end holds even where its line is no longer remembered.
	if (endedMs !== null && endedMs >= lastMs) behind.push(endedMs);
	const first = behind.length === 0 ? null : Math.min(...behind);
	return first === endedMs ? finding : {...finding, endedMs: first};
}

function withEnd({all, ends}: Known, {rule, subject}: Hit, atMs: number): Known {
	const key = keyOf(rule, subject);
	const before = ends[key] ?? [];
	if (before.includes(atMs)) return {all, ends};
	const kept = {...ends, [key]: [...before, atMs].sort((a, b) => a - b).slice(-ENDS)};
	const [oldest] = Object.keys(kept);
	if (oldest !== undefined && Object.keys(kept).length > MOST_ENDS) delete kept[oldest];
	const open = subject === '' ? Object.values(all).filter(finding => finding.rule === rule) : [all[key]];
	let next = all;
	for (const finding of open) {
		// An end closes what began before it; whoever has no beginning on record has no finding.
		if (finding === undefined || finding.measured) continue;
		const after = closed(finding, kept);
		if (after !== finding) next = {...next, [finding.key]: after};
	}
	return {all: next, ends: kept};
}

/**
 * Room for one more: of the rule that has most findings the oldest one goes, so whoever invents subjects drowns no other
 * trouble. Null where the new one would be that oldest.
 */
function withRoom(all: All, rule: string, atMs: number): All | null {
	const list = Object.values(all);
	if (list.length < MOST) return all;
	const sizes = new Map<string, number>([[rule, 1]]);
	for (const one of list) sizes.set(one.rule, (sizes.get(one.rule) ?? 0) + 1);
	const most = Math.max(...sizes.values());
	const crowded = list.filter(one => sizes.get(one.rule) === most).toSorted((a, b) => a.lastMs - b.lastMs);
	const [oldest] = crowded;
	if (oldest === undefined || (sizes.get(rule) === most && oldest.lastMs >= atMs)) return null;
	const {[oldest.key]: _, ...rest} = all;
	return rest;
}

/** Takes in what a rule found in a line. Lines may come in any order of time, and more than once. */
export function withHit(known: Known, rule: Rule, hit: Hit, record: JournalRecord): Known {
	const {all, ends} = known;
	const atMs = wallMs(record);
	if (hit.end) return withEnd(known, hit, atMs);
	const key = keyOf(hit.rule, hit.subject);
	const before = all[key];
	const mark = markOf(record);
	if (before?.marks.includes(mark) === true) return known;
	const evidence = evidenceOf(record);
	const single: Single = {
		way: record.containerName === null ? 'unit' : 'container',
		atMs,
		text: evidence.text,
	};
	const twin =
		rule.from === 'supervisor' &&
		before?.singles.find(
			({way, text, atMs: at}) => way !== single.way && text === single.text && Math.abs(at - atMs) <= TWIN_MS,
		);
	const singles = (of: Tracked['singles']): Tracked['singles'] =>
		rule.from !== 'supervisor' ? of : twin ? of.filter(one => one !== twin) : [...of, single].slice(-SINGLES);
	if (before === undefined) {
		const room = withRoom(all, rule.id, atMs);
		if (room === null) return known;
		const finding: Tracked = {
			key,
			rule: rule.id,
			title: rule.title,
			subject: hit.subject,
			weight: rule.weight,
			detail: hit.detail,
			detailMs: atMs,
			count: 1,
			firstMs: atMs,
			lastMs: atMs,
			endedMs: null,
			measured: false,
			lasts: rule.lasts,
			boot: record.boot,
			evidence: [evidence],
			means: rule.means,
			look: rule.look,
			marks: [mark],
			singles: singles([]),
		};
		return {all: {...room, [key]: closed(finding, ends)}, ends};
	}
	// "waiting 4s before retrying" has no reason; the line before it has.
	const tells = hit.detail !== '' && (before.detail === '' || atMs >= before.detailMs);
	const finding: Tracked = {
		...before,
		count: twin ? before.count : before.count + 1,
		detail: tells ? hit.detail : before.detail,
		detailMs: tells ? atMs : before.detailMs,
		boot: atMs >= before.lastMs ? record.boot : before.boot,
		firstMs: Math.min(before.firstMs, atMs),
		lastMs: Math.max(before.lastMs, atMs),
		evidence: twin ? before.evidence : withEvidence(before.evidence, evidence),
		marks: [...before.marks, mark].slice(-MARKS),
		singles: singles(before.singles),
	};
	return {all: {...all, [key]: closed(finding, ends)}, ends};
}

/** What is measured: a condition with its words. */
export type Condition = Pick<Finding, 'title' | 'weight' | 'means' | 'look'> & {readonly id: string};
/** A condition as one line: id, title, weight, what it means, what to look at. */
export const condition = (
	id: string,
	title: string,
	weight: Condition['weight'],
	means: string,
	look: string,
): Condition => ({
	id,
	title,
	weight,
	means,
	look,
});
export type Measure = {
	readonly condition: Condition;
	readonly subject: string;
	/** The unit or service whose log tells more; empty where there is none. */
	readonly unit: string;
	readonly detail: string;
	/** When it began, if that is known better than by this look. Device clock, epoch ms. */
	readonly sinceMs?: number;
};

/** The first look tells of a time before it. */
const backdated = ([first, ...rest]: Tracked['evidence'], atMs: number): Tracked['evidence'] =>
	first === undefined || first.cursor !== null
		? [...(first === undefined ? [] : [first]), ...rest]
		: [{...first, atMs}, ...rest];

/**
 * Takes in a look at everything that some conditions judge: those that hold go on, all others of them have ended.
 *
 * @param ids the conditions that this look judged.
 * @param atMs device clock, epoch ms.
 */
export function withMeasures(all: All, ids: ReadonlySet<string>, measures: readonly Measure[], atMs: number): All {
	let next: Record<string, Tracked> = {...all};
	let changed = false;
	const holding = new Set<string>();
	for (const {condition, subject, unit, detail, sinceMs} of measures) {
		const key = keyOf(condition.id, subject);
		holding.add(key);
		const before = next[key];
		const goesOn = before !== undefined && before.endedMs === null;
		if (before === undefined) {
			const room = withRoom(next, condition.id, atMs);
			if (room === null) continue;
			next = {...room};
		}
		if (goesOn && before.detail === detail && before.weight === condition.weight && atMs - before.lastMs < 1000)
			continue;
		const since = sinceMs ?? atMs;
		// The first look may come before the device's uptime is known, and with it since when a unit is as it is.
		const firstMs = goesOn ? Math.min(before.firstMs, since) : since;
		const evidence: Evidence = {cursor: null, stream: 'measured', unit, atMs: since, text: detail};
		next[key] = {
			key,
			rule: condition.id,
			title: condition.title,
			subject,
			weight: condition.weight,
			detail,
			detailMs: atMs,
			count: goesOn ? before.count : (before?.count ?? 0) + 1,
			firstMs,
			lastMs: atMs,
			endedMs: null,
			measured: true,
			lasts: 'boot',
			boot: '',
			evidence: !goesOn
				? [evidence]
				: firstMs === before.firstMs
					? before.evidence
					: backdated(before.evidence, firstMs),
			means: condition.means,
			look: condition.look,
			marks: [],
			singles: [],
		};
		changed = true;
	}
	for (const [key, finding] of Object.entries(next)) {
		if (!ids.has(finding.rule) || holding.has(key) || finding.endedMs !== null) continue;
		next[key] = {...finding, lastMs: Math.min(finding.lastMs, atMs), endedMs: atMs};
		changed = true;
	}
	return changed ? next : all;
}
