/** How findings grow: a line more, a measure that holds or no longer does. Pure. */
import type {Evidence, Finding} from '../../domain/finding.ts';
import {type JournalRecord, wallMs} from '../../domain/journal.ts';
import type {Hit, Rule} from '../../domain/rule.ts';

/** A finding, with what tells a line that came by two ways. */
export type Tracked = Finding & {readonly marks: readonly string[]};
export type All = Readonly<Record<string, Tracked>>;

/** Bounds on what a device can make us keep. */
const MOST = 300;
const MARKS = 200;

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

/** Takes in what a rule found in a line. Lines may come in any order of time, and more than once. */
export function withHit(all: All, rule: Rule, hit: Hit, record: JournalRecord): All {
	const key = keyOf(hit.rule, hit.subject);
	const before = all[key];
	const atMs = wallMs(record);
	if (hit.end) {
		// An end closes what began before it; whoever has no beginning on record has no finding.
		const open =
			hit.subject === '' ? Object.keys(all).filter(name => name === key || name.startsWith(`${hit.rule} `)) : [key];
		let next = all;
		for (const name of open) {
			const finding = next[name];
			if (finding === undefined || finding.firstMs > atMs) continue;
			if (finding.endedMs !== null && finding.endedMs >= atMs) continue;
			next = {...next, [name]: {...finding, endedMs: atMs}};
		}
		return next;
	}
	const mark = markOf(record);
	if (before?.marks.includes(mark) === true) return all;
	const evidence = evidenceOf(record);
	if (
		rule.from === 'supervisor' &&
		before?.evidence.some(({text, atMs: at}) => text === evidence.text && Math.abs(at - atMs) <= TWIN_MS)
	)
		return {...all, [key]: {...before, marks: [...before.marks, mark].slice(-MARKS)}};
	if (before === undefined) {
		if (Object.keys(all).length >= MOST) return all;
		return {
			...all,
			[key]: {
				key,
				rule: rule.id,
				title: rule.title,
				subject: hit.subject,
				weight: rule.weight,
				detail: hit.detail,
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
			},
		};
	}
	const newest = atMs >= before.lastMs;
	return {
		...all,
		[key]: {
			...before,
			count: before.count + 1,
			detail: newest ? hit.detail : before.detail,
			boot: newest ? record.boot : before.boot,
			firstMs: Math.min(before.firstMs, atMs),
			lastMs: Math.max(before.lastMs, atMs),
			evidence: withEvidence(before.evidence, evidence),
			marks: [...before.marks, mark].slice(-MARKS),
		},
	};
}

/** What is measured: a condition with its words. */
export type Condition = Pick<Finding, 'title' | 'weight' | 'means' | 'look'> & {readonly id: string};
export type Measure = {
	readonly condition: Condition;
	readonly subject: string;
	/** The unit or service whose log tells more; empty where there is none. */
	readonly unit: string;
	readonly detail: string;
	/** When it began, if that is known better than by this look. Device clock, epoch ms. */
	readonly sinceMs?: number;
};

/**
 * Takes in a look at everything that some conditions judge: those that hold go on, all others of them have ended.
 *
 * @param ids the conditions that this look judged.
 * @param atMs device clock, epoch ms.
 */
export function withMeasures(all: All, ids: ReadonlySet<string>, measures: readonly Measure[], atMs: number): All {
	const next: Record<string, Tracked> = {...all};
	let changed = false;
	const holding = new Set<string>();
	for (const {condition, subject, unit, detail, sinceMs} of measures) {
		const key = keyOf(condition.id, subject);
		holding.add(key);
		const before = next[key];
		const goesOn = before !== undefined && before.endedMs === null;
		if (before === undefined && Object.keys(next).length >= MOST) continue;
		if (goesOn && before.detail === detail && before.weight === condition.weight && atMs - before.lastMs < 1000)
			continue;
		const since = sinceMs ?? atMs;
		const evidence: Evidence = {cursor: null, stream: 'measured', unit, atMs: since, text: detail};
		next[key] = {
			key,
			rule: condition.id,
			title: condition.title,
			subject,
			weight: condition.weight,
			detail,
			count: goesOn ? before.count : (before?.count ?? 0) + 1,
			firstMs: goesOn ? before.firstMs : since,
			lastMs: atMs,
			endedMs: null,
			measured: true,
			lasts: 'boot',
			boot: '',
			evidence: goesOn ? before.evidence : [evidence],
			means: condition.means,
			look: condition.look,
			marks: [],
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
