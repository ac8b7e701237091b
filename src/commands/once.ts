/** One reading of everything, for scripts and tickets: the verdict, findings, units and pulls that the screen shows. */
import {type Failure, failure, type Road} from '../domain/channel.ts';
import {type Finding, standingOf} from '../domain/finding.ts';
import {noLook, type PaneId, type ViewContext} from '../domain/pane.ts';
import type {Scope} from '../domain/source.ts';
import {utc} from '../domain/time.ts';
import {deviceTime, uptimeAt} from '../domain/units/state.ts';
import {endOf, servicesOf} from '../domain/units/status.ts';
import type {State as DeviceState} from '../panes/device/reduce.ts';
import {findings as findingsPane} from '../panes/findings/index.ts';
import type {State as FindingsState} from '../panes/findings/reduce.ts';
import {deviceNow, hintOf, shown} from '../panes/findings/rows.ts';
import {shownOf} from '../panes/kernel/items.ts';
import type {State as KernelState} from '../panes/kernel/reduce.ts';
import type {State as PullsState} from '../panes/pulls/state.ts';
import type {SessionState} from '../session/store.ts';
import {fitted, plainOf} from '../ui/cells.ts';
import {progressOf} from '../ui/header.ts';
import {type Configured, sessionOver} from './live.ts';
import {iso} from './said.ts';

export type Reading = {
	readonly device: Readonly<Record<string, unknown>>;
	readonly verdict: string;
	readonly units: readonly Readonly<Record<string, unknown>>[];
	readonly pulls: readonly Readonly<Record<string, unknown>>[];
	readonly kernel: Readonly<Record<string, unknown>>;
	readonly findings: readonly Readonly<Record<string, unknown>>[];
	/** False where a source did not answer in time: then nothing is called well. */
	readonly complete: boolean;
};

const stateOf = <State>(state: SessionState, id: PaneId): State => state.panes[id] as State;

function toFinding(finding: Finding, deviceMs: number, boot: string | null): Readonly<Record<string, unknown>> {
	return {
		rule: finding.rule,
		title: finding.title,
		subject: finding.subject === '' ? null : finding.subject,
		weight: finding.weight,
		standing: standingOf(finding, deviceMs, boot),
		detail: finding.detail,
		count: finding.count,
		first: iso(finding.firstMs),
		last: iso(finding.lastMs),
		ended: iso(finding.endedMs),
		means: finding.means,
		look: finding.look,
		evidence: finding.evidence.map(({atMs, stream, unit, text, cursor}) => ({
			at: iso(atMs),
			stream,
			unit,
			text,
			cursor,
		})),
	};
}

/** What the screen would say, as data. Names are those of `systemctl show` and of the journal's export format. */
export function readingOf(state: SessionState): Reading {
	const found = stateOf<FindingsState>(state, 'findings');
	const device = stateOf<DeviceState>(state, 'device');
	const pulls = stateOf<PullsState>(state, 'pulls');
	const kernel = shownOf(stateOf<KernelState>(state, 'kernel'));
	const {now, identity} = state;
	const clock = deviceNow(found, now);
	const context: ViewContext = {now, columns: 400, zone: utc, look: noLook, stale: false};
	const progress = progressOf(state);
	const verdict = plainOf(fitted(findingsPane.verdict?.(found, context, progress) ?? [], 400)).trim();
	const uptime = uptimeAt(found.units, now);
	const vitals = device.vitals?.vitals ?? null;
	return {
		device: {
			target: state.target,
			name: identity?.hostname ?? null,
			uuid: identity?.uuid ?? null,
			type: identity?.deviceType ?? null,
			os: identity?.os ?? null,
			supervisor: identity?.supervisorVersion ?? null,
			engine: identity?.engineVersion ?? null,
			kernel: identity?.kernel ?? null,
			systemd: identity?.systemd ?? null,
			bootId: identity?.bootId ?? null,
			uptimeSeconds: uptime === null ? null : Math.round(uptime / 1000),
			clockOffsetSeconds: state.clockOffsetMs === null ? null : Math.round(state.clockOffsetMs / 1000),
			load: vitals?.load ?? null,
			memory: vitals?.memory ?? null,
			temperatures: vitals?.temperatures ?? [],
			vpn: vitals?.vpn ?? null,
			disk: device.disk?.disk ?? null,
			otherSshSessions: device.others,
			engineAnswer: device.answer?.kind ?? null,
			containers: device.containers,
		},
		verdict,
		units: servicesOf(found.units, now).map(service => {
			const unit = service.sample?.unit;
			const since =
				unit?.since == null || uptime === null ? null : deviceTime(found.units, now) - (uptime - unit.since);
			return {
				unit: unit?.unit || service.key,
				loadState: unit?.loadState ?? null,
				activeState: unit?.activeState ?? null,
				subState: unit?.subState ?? null,
				since: iso(since),
				restarts: unit?.restarts ?? null,
				restartsIn10Min: service.restarts.count,
				result: unit?.result ?? null,
				exit: endOf(service),
				mainPid: unit?.mainPid ?? null,
				memory: unit?.memory ?? null,
				tasks: unit?.tasks ?? null,
				invocationId: unit?.invocationId ?? null,
				grade: service.grade,
			};
		}),
		pulls: [
			...pulls.pulls.map(pull => ({
				image: pull.image,
				service: pull.service,
				standing: 'running',
				kind: pull.work.kind,
			})),
			...pulls.finished.map(pull => ({
				image: pull.image,
				service: pull.service,
				standing: pull.how,
				ended: iso(pull.endedMs),
				why: pull.why,
			})),
		],
		kernel: {lines: kernel.lines, errors: kernel.errors, warnings: kernel.warnings, rules: kernel.rules},
		findings: shown(found, now).map(finding => toFinding(finding, clock, found.boot)),
		complete: progress.read === progress.of,
	};
}

/** As people read it, and paste it into a ticket. */
export function textOf(state: SessionState, reading: Reading): string {
	const {identity} = state;
	const found = stateOf<FindingsState>(state, 'findings');
	const clock = deviceNow(found, state.now);
	const lines = [
		`${identity?.hostname ?? state.target} ${identity?.uuid ?? ''} · ${identity?.os ?? ''} · supervisor ${identity?.supervisorVersion ?? '?'} · engine ${identity?.engineVersion ?? '?'} · ${iso(clock)}`,
		reading.verdict,
		'',
	];
	const findings = shown(found, state.now);
	if (findings.length > 0) lines.push('Findings');
	for (const finding of findings) {
		const standing = standingOf(finding, clock, found.boot);
		const {weight, title, subject, detail, count, firstMs, lastMs} = finding;
		lines.push(
			`  ${standing === 'now' ? (weight === 'error' ? '✗' : '!') : '·'} ${subject === '' ? '' : `${subject}: `}${title}${detail === '' ? '' : `: ${detail}`} ×${count}, ${iso(firstMs)} to ${iso(lastMs)}, ${standing}`,
			`      ${hintOf(finding)}`,
		);
		for (const {atMs, unit, text} of finding.evidence) lines.push(`      ${iso(atMs)} ${unit} ${text}`.trimEnd());
	}
	lines.push('', 'Units');
	for (const service of servicesOf(found.units, state.now))
		lines.push(
			`  ${service.sign} ${service.key.padEnd(34)} ${service.text.padEnd(20)} ${service.restarts.count > 0 ? `${service.restarts.count} restarts in 10 min ` : ''}${endOf(service) ?? ''}`.trimEnd(),
		);
	return `${lines.join('\n')}\n`;
}

/** Seconds that everything has for its first answer: an engine that hangs has eight of its own. */
const LIMIT_SECONDS = 40;

/**
 * Reads everything once: two looks of the samplers, a second apart.
 *
 * @returns the reading's text and whether an error is current, or why nothing could be read.
 */
export async function once(
	road: Road,
	scope: Scope,
	json: boolean,
	program: string,
	configured: Configured = {},
): Promise<{readonly text: string; readonly wrong: boolean} | Failure> {
	const session = sessionOver(road, scope, null, null, program, configured);
	const refused = await session.begin();
	if (refused !== null) return refused;
	try {
		const began = Date.now();
		const ready = (state: SessionState): boolean => {
			const {read, of} = progressOf(state);
			const kernel = state.sources['kernel-history']?.state;
			return read === of && (kernel === 'ended' || kernel === 'failed') && Date.now() - began > 2500;
		};
		while (!ready(session.store.getState())) {
			if (Date.now() - began > LIMIT_SECONDS * 1000) break;
			const {link} = session.store.getState();
			if (link.kind === 'waiting' || link.kind === 'refused')
				return failure('lost', `The link to ${road.target} was lost before everything was read: try again.`);
			await new Promise(resolve => setTimeout(resolve, 100));
		}
		const state = session.store.getState();
		const reading = readingOf(state);
		const wrong = reading.findings.some(({weight, standing}) => weight === 'error' && standing === 'now');
		return {text: json ? `${JSON.stringify(reading)}\n` : textOf(state, reading), wrong};
	} finally {
		await session.stop();
	}
}
