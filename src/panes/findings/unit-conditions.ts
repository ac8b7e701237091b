/** What is wrong with units, by their state and what PID 1 said of them. */
import {shortUnit} from '../../domain/text.ts';
import {LOOP} from '../../domain/units/restarts.ts';
import {deviceTime, type State as Units, uptimeAt} from '../../domain/units/state.ts';
import {endOf, type Service, servicesOf} from '../../domain/units/status.ts';
import {condition, type Measure} from './track.ts';

const FAILED = condition(
	'unit-failed',
	'failed',
	'error',
	'systemd gave the unit up.',
	'Its own log, from the last start on.',
);
const LOOPING = condition(
	'unit-loop',
	'restart loop',
	'error',
	'It ends and is started again and again; what needs it stops each time.',
	'The lines just before each end; memory, disk and the clock.',
);
const STOPPED = condition(
	'unit-inactive',
	'not running',
	'warning',
	'A unit that belongs to a healthy device is stopped: by hand, or by a failed dependency.',
	'Who stopped it: systemd’s lines about it, and other SSH sessions.',
);
/** Without these the device serves nobody. */
const VITAL = new Set(['balena.service', 'balena-supervisor.service']);

/** A stuck start looks like a moment's start for a while. */
const STARTING_MS = 120_000;
const STARTING = condition(
	'unit-starting',
	'does not come up',
	'warning',
	'It has been starting or stopping for minutes.',
	'Its log since the start; what it waits for.',
);

const TIMER = condition(
	'supervisor-timer',
	'supervisor timer stopped',
	'warning',
	'No new supervisor will be fetched.',
	'Whether somebody stopped it for a repair and forgot it.',
);

export const UNIT_CONDITIONS: ReadonlySet<string> = new Set(
	[FAILED, LOOPING, STOPPED, STARTING, TIMER].map(({id}) => id),
);

function judgeUnit(units: Units, service: Service, now: number): Measure | null {
	const {sample, restarts, entry} = service;
	const unit = sample?.unit;
	// Known by systemd's lines alone.
	if (unit === undefined && restarts.count >= LOOP)
		return {
			condition: LOOPING,
			subject: service.key,
			unit: service.key,
			detail: `${restarts.count} in 10 min${restarts.cause === null ? '' : `, last ${restarts.cause}`}`,
		};
	if (unit === undefined || unit.loadState === 'not-found' || unit.loadState === 'masked') return null;
	const device = deviceTime(units, now);
	const uptime = uptimeAt(units, now);
	const sinceMs = unit.since === null || uptime === null ? undefined : device - (uptime - unit.since);
	const subject = unit.unit || service.key;
	const base = {subject, unit: subject, ...(sinceMs === undefined ? {} : {sinceMs})};
	const end = endOf(service);
	if (restarts.count >= LOOP) {
		const cause = restarts.cause ?? end;
		return {
			...base,
			condition: LOOPING,
			detail: `${restarts.count} in 10 min${cause === null ? '' : `, last ${cause}`}`,
		};
	}
	if (unit.activeState === 'failed') return {...base, condition: FAILED, detail: end ?? unit.result};
	if (entry === null || units.kind !== 'balena') return null;
	// An idle unit that was started again some time ago is a warning too, but it is not missing.
	if (service.grade === 'warning' && unit.activeState === 'inactive' && !entry.idle) {
		if (subject.endsWith('.timer')) return {...base, condition: TIMER, subject: '', detail: shortUnit(subject)};
		const weight = VITAL.has(service.key) ? 'error' : 'warning';
		return {...base, condition: {...STOPPED, weight}, detail: end === null ? 'inactive' : `inactive, last ${end}`};
	}
	if (
		(unit.activeState === 'activating' || unit.activeState === 'deactivating') &&
		unit.subState !== 'auto-restart' &&
		!entry.idle &&
		sinceMs !== undefined &&
		device - sinceMs > STARTING_MS
	)
		return {...base, condition: STARTING, detail: unit.subState};
	return null;
}

/** All units at a moment of the operator's clock. */
export const judgeUnits = (units: Units, now: number): readonly Measure[] =>
	servicesOf(units, now).flatMap(service => judgeUnit(units, service, now) ?? []);
