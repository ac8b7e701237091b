/** What proves that a unit was started, stopped or restarted by us, and holds. */
import type {Job, Observed, Proof, Subject, UnitReading} from '../domain/guard.ts';
import {count} from '../domain/text.ts';

/** So long without a restart of its own is holding. */
const HOLDS_MS = 60_000;

const waiting = (sentence: string): Proof => ({kind: 'waiting', sentence});
const proven = (sentence: string): Proof => ({kind: 'proven', sentence});
const failed = (sentence: string): Proof => ({kind: 'failed', sentence});
const notProven = (sentence: string): Proof => ({kind: 'not-proven', sentence});

/** A command that systemctl refused did nothing. */
export function refusedBy({exit, output}: Observed): Proof | null {
	if (exit === null) return waiting('sent; how the command ended is not known yet');
	if (exit.kind === 'exited' && exit.code !== 0)
		return failed(`The command ended with ${exit.code}: ${output.trim().split('\n').at(-1) ?? ''}`.trim());
	return null;
}

/** Our job, or the only one that there was since; `several` where they can't be told apart. */
function ourJob({ours, jobs}: Observed, unit: string): Job | null | 'several' {
	const mine = jobs.filter(job => job.unit === unit);
	if (ours !== null) return mine.find(({id}) => id === ours) ?? null;
	const ids = new Set(mine.map(({id}) => id));
	return ids.size > 1 ? 'several' : (mine.at(-1) ?? null);
}

/** The first job of the unit behind ours: numbers of jobs only grow within a boot (job_new, manager->current_job_id). */
const jobAfter = ({jobs}: Observed, unit: string, ours: Job): Job | undefined =>
	jobs.filter(job => job.unit === unit && job.id > ours.id).toSorted((a, b) => a.id - b.id)[0];

const stateOf = ({activeState, subState, result}: UnitReading): string =>
	`${activeState} (${subState}${result === 'success' || result === '' ? '' : `, ${result}`})`;

/** How long it is active, milliseconds; 0 where that is not known. */
const heldFor = ({activeSince}: UnitReading, uptimeMs: number | null): number =>
	activeSince === null || uptimeMs === null ? 0 : Math.max(0, uptimeMs - activeSince);

/** The unit as it is now, and our job: what a proof begins with. */
type Begun = {
	readonly name: string;
	readonly unit: UnitReading;
	readonly job: Job | null;
	readonly uptimeMs: number | null;
};

/** What has to be known first; a proof in itself where it is not, or where it ends there. */
function begun(subject: Subject, observed: Observed): Proof | Begun {
	const name = subject.kind === 'unit' ? subject.unit : '';
	const refused = refusedBy(observed);
	if (refused !== null) return refused;
	const {now, before} = observed;
	if (now?.unit == null) return waiting('sent; not looked at yet');
	if (now.bootId !== before.bootId) return notProven('The device started anew meanwhile, so it can’t be told.');
	const {unit} = now;
	const job = ourJob(observed, name);
	if (job === 'several') return notProven(`There was more than one job of ${name}: ours can’t be told from another’s.`);
	if (job !== null && job.result !== null && job.result !== 'done')
		return failed(`PID 1 ended our job ${job.id} with “${job.result}”: ${name} is ${stateOf(unit)}.`);
	return {name, unit, job, uptimeMs: now.uptimeMs};
}

/** A stop is proven where our job is done and the unit stays down. */
export function provenStopped(subject: Subject, observed: Observed): Proof {
	const found = begun(subject, observed);
	if ('kind' in found) return found;
	const {name, unit, job} = found;
	const down = unit.activeState === 'inactive' || unit.activeState === 'failed';
	if (!down && unit.activeState === 'active' && job?.result === 'done')
		return failed(
			`${name} was stopped by our job ${job.id} and is ${stateOf(unit)} again: something starts it${unit.triggeredBy.length === 0 ? '' : ` (${unit.triggeredBy.join(', ')})`}.`,
		);
	if (!down) return waiting(`${name} is ${stateOf(unit)}`);
	if (job === null || job.result === null)
		return observed.sinceMs < HOLDS_MS
			? waiting(`${name} is ${stateOf(unit)}; PID 1’s word on our job has not come`)
			: notProven(`${name} is ${stateOf(unit)}, but PID 1’s line about our job never came.`);
	if (observed.sinceMs < HOLDS_MS / 6) return waiting(`${name} is ${stateOf(unit)}; does it stay so?`);
	return proven(`${name} is ${stateOf(unit)}: our job ${job.id} is done.`);
}

/** A start or restart is proven where our job is done, the unit is another run, and it holds for a minute. */
export function provenRunning(subject: Subject, observed: Observed): Proof {
	const found = begun(subject, observed);
	if ('kind' in found) return found;
	const {name, unit, job, uptimeMs} = found;
	const {before} = observed;
	if (unit.activeState === 'failed') return failed(`${name} is ${stateOf(unit)}.`);
	const again =
		(unit.restarts ?? 0) - (unit.invocationId === before.unit?.invocationId ? (before.unit?.restarts ?? 0) : 0);
	if (unit.subState === 'auto-restart' || again > 0)
		return notProven(
			`${name} is restarting by itself (${count(Math.max(1, again), 'restart')} since): it does not hold, and which run is ours can’t be told.`,
		);
	const later = job === null ? undefined : jobAfter(observed, name, job);
	if (later !== undefined)
		return notProven(
			observed.alsoOurs.includes(later.id)
				? `${name} was acted on again by our own job ${later.id} before a minute was over (this one was ${job?.id}): whether it held can’t be told.`
				: `${name} was started anew by another’s job ${later.id} since (ours was ${job?.id}): this run is not ours, and whether ours held can’t be told.`,
		);
	if (unit.activeState === 'activating' || unit.activeState === 'deactivating')
		return waiting(`${name} is ${stateOf(unit)}`);
	if (unit.type === 'oneshot' && unit.activeState === 'inactive' && job?.result === 'done')
		return proven(`${name} ran to its end: our job ${job.id} is done.`);
	if (unit.activeState !== 'active')
		return job?.result === 'done'
			? failed(`Our job ${job.id} is done, and ${name} is ${stateOf(unit)} all the same.`)
			: waiting(`${name} is ${stateOf(unit)}`);
	if (unit.invocationId === before.unit?.invocationId)
		return job?.result === 'done'
			? failed(`${name} still is the run that it was before.`)
			: waiting(`${name} still is the run that it was before`);
	if (job === null || job.result === null)
		return observed.sinceMs < HOLDS_MS
			? waiting(`${name} runs anew; PID 1’s word on our job has not come`)
			: notProven(`${name} runs anew, but PID 1’s line about our job never came: it may be another’s doing.`);
	const held = heldFor(unit, uptimeMs);
	if (held < HOLDS_MS)
		return waiting(`${name} runs anew; it has to hold for ${Math.ceil((HOLDS_MS - held) / 1000)} s more`);
	return proven(`${name} runs anew by our job ${job.id} and has held for a minute.`);
}
