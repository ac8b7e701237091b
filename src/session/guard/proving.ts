/** Watches what was done until it is proven, has failed, or can't be told. In the background; a lost link does not end it. */
import type {Exit} from '../../domain/channel.ts';
import type {FrameBody} from '../../domain/frame.ts';
import type {Action, Job, Observed, Proof, Proposal, Readings, Subject, Verdict} from '../../domain/guard.ts';
import type {JournalRecord} from '../../domain/journal.ts';
import {isEverything, type Scope, type Source, type SourceId, type Unit} from '../../domain/source.ts';
import {count} from '../../domain/text.ts';
import type {Fold} from '../fold.ts';
import type {Hands} from './gate.ts';
import {look, pathOf} from './look.ts';

export type ProvingParts = {
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly fold: Fold;
	readonly scope: () => Scope;
	readonly emit: (frame: FrameBody) => void;
	readonly elapsed: () => number;
	readonly hands: () => Hands | null;
	readonly changed: () => void;
};

/** How often the device is looked at while something is not proven. */
const EVERY_MS = 2000;
const MOST_JOBS = 100;
/** What is kept of a command's output for its proof; the recording has all of it. */
const LONGEST_OUTPUT = 8000;

/**
 * `Enqueued anchor job 1234 chronyd.service/restart.` (systemctl-start-unit.c, since systemd 242): a line for each unit that
 * was named. A name that is an alias is not the unit's: then the first counts.
 */
const QUEUED = /Enqueued anchor job (\d+)\b(?: (\S+)\/)?/g;

function jobIn(output: string, unit: string): number | null {
	const queued = [...output.matchAll(QUEUED)];
	const [, id] = queued.find(([, , name]) => name === unit) ?? queued[0] ?? [];
	return id === undefined ? null : Number(id);
}

type Watched = {
	readonly action: Action;
	readonly id: number;
	readonly subject: Subject;
	/** As it was named; PID 1 speaks of it by its own name (an alias has none in the journal). */
	readonly unit: string;
	readonly names: ReadonlySet<string>;
	readonly before: Readings;
	now: Readings | null;
	exit: Exit | null;
	output: string;
	sentMs: number;
	jobs: Job[];
	said: string;
	/** Commands that ended well, the last one aside. */
	steps: number;
};

export class Proving {
	readonly #parts: ProvingParts;
	readonly #watched = new Map<number, Watched>();
	/** Every job that we queued: boot and number. */
	readonly #ownJobs = new Set<string>();
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(parts: ProvingParts) {
		this.#parts = parts;
		parts.fold.heard = record => this.#hear(record);
	}

	/** Begins to watch; before the first command leaves, so that no line is missed. */
	begin(
		action: Action,
		{id, subject}: Pick<Proposal, 'id' | 'subject'>,
		before: Readings,
		unit: string,
	): {
		readonly said: (text: string) => void;
		readonly ran: (exit: Exit, last: boolean) => void;
		readonly unsent: (why: string) => void;
	} {
		const watched: Watched = {
			action,
			id,
			subject,
			unit,
			names: new Set([unit, before.unit?.unit || unit]),
			before,
			now: null,
			exit: null,
			output: '',
			sentMs: this.#parts.elapsed(),
			jobs: [],
			said: '',
			steps: 0,
		};
		this.#watched.set(id, watched);
		return {
			said: text => {
				watched.output = (watched.output + text).slice(-LONGEST_OUTPUT);
				const job = jobIn(watched.output, unit);
				if (job !== null) this.#ownJobs.add(`${before.bootId} ${job}`);
			},
			ran: (exit, last) => {
				if (!last && exit.kind === 'exited' && exit.code === 0) {
					watched.steps++;
					const all = action.steps(subject, before).length;
					watched.said = `${watched.steps} of ${count(all, 'command')} ended well`;
					return;
				}
				watched.exit = exit;
				watched.sentMs = this.#parts.elapsed();
				this.#schedule(200);
			},
			unsent: why => this.#decide(watched, {kind: 'failed', sentence: `It could not be sent: ${why}`}),
		};
	}

	/** Says of everything that is not decided that it is not proven. */
	end(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		for (const watched of [...this.#watched.values()])
			this.#decide(watched, {
				kind: 'not-proven',
				sentence: `The session ended before it was proven${watched.said === '' ? '' : ` (${watched.said})`}.${watched.action.unfinished === undefined ? '' : ` ${watched.action.unfinished}`}`,
			});
	}

	/** PID 1's lines about the unit's jobs. */
	#hear(record: JournalRecord): void {
		for (const watched of this.#watched.values()) {
			if (record.pid !== 1 || record.about === null || !watched.names.has(record.about) || record.jobId === null)
				continue;
			// A page of older lines tells of older jobs.
			if (record.boot === watched.before.bootId && record.monotonicUs < (watched.before.uptimeMs ?? 0) * 1000) continue;
			const job: Job = {id: record.jobId, unit: watched.unit, type: record.jobType ?? '', result: record.jobResult};
			const others = watched.jobs.filter(({id}) => id !== job.id);
			const known = watched.jobs.find(({id}) => id === job.id);
			watched.jobs = [...others, {...job, result: job.result ?? known?.result ?? null}].slice(-MOST_JOBS);
		}
	}

	/** Where a scope leaves PID 1's lines out, they are asked for. */
	async #lines({unit, id, before}: Watched, connection: Hands['connection']): Promise<void> {
		const source = this.#parts.sources['unit-lines'];
		const tap = (one: Unit): void => {
			for (const fact of source.read(one)) if (fact.kind === 'around') this.#hear(fact.record);
		};
		await connection.once(
			source,
			{scope: this.#parts.scope(), unit: before.unit?.unit || unit, lines: 60},
			{purpose: id, tap},
		);
	}

	#schedule(ms: number): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			void this.#look();
		}, ms);
	}

	async #look(): Promise<void> {
		for (const watched of [...this.#watched.values()]) {
			if (watched.exit === null) continue;
			const connection = this.#parts.hands()?.connection;
			if (connection !== undefined) {
				const readings = await look({
					...this.#parts,
					connection,
					unit: watched.unit,
					path: pathOf(watched.subject),
					supervisor: watched.action.looksAtSupervisor ? 'plain' : 'no',
					purpose: watched.id,
				});
				if (typeof readings !== 'string') watched.now = readings;
				if (watched.unit !== '' && !isEverything(this.#parts.scope())) await this.#lines(watched, connection);
			}
			if (this.#watched.has(watched.id)) this.#judge(watched);
		}
		if (this.#watched.size > 0) this.#schedule(EVERY_MS);
	}

	#judge(watched: Watched): void {
		const {action, subject, before, now, exit, output, jobs} = watched;
		const sinceMs = this.#parts.elapsed() - watched.sentMs;
		const ours = jobIn(output, watched.unit);
		const observed: Observed = {
			before,
			now,
			exit,
			output,
			sinceMs,
			ours,
			alsoOurs: jobs.map(({id}) => id).filter(id => id !== ours && this.#ownJobs.has(`${before.bootId} ${id}`)),
			jobs,
		};
		const proof: Proof = action.proof(subject, observed);
		if (proof.kind !== 'waiting') this.#decide(watched, proof);
		else if (sinceMs > action.proofLimitMs)
			this.#decide(watched, {
				kind: 'not-proven',
				sentence: `Not within ${Math.round(action.proofLimitMs / 60_000)} min: ${proof.sentence}.`,
			});
		else if (proof.sentence !== watched.said) {
			watched.said = proof.sentence;
			this.#parts.emit({t: 'proof', id: watched.id, proof});
			this.#parts.changed();
		}
	}

	#decide(watched: Watched, {kind, sentence}: Verdict): void {
		if (!this.#watched.delete(watched.id)) return;
		this.#parts.emit({t: 'verdict', id: watched.id, verdict: {kind, sentence}});
		this.#parts.changed();
	}
}
