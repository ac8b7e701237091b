/** What happened, told by facts: units, kernel, pulls, logins, link, boots. Pure. */

import {type JournalRecord, wallMs} from '../../domain/journal.ts';
import type {LinePlace, Tone} from '../../domain/pane.ts';
import {toPullEvent} from '../../domain/pull-event.ts';
import {shortUnit} from '../../domain/text.ts';
import {toEvent as toUnitEvent} from '../../domain/units/restarts.ts';
import {hits, ruleOf} from '../../rules/index.ts';
import {UNIT_MESSAGES} from '../../sources/journal.ts';

export type Kind = 'unit' | 'trouble' | 'pull' | 'login' | 'link' | 'boot' | 'remark' | 'action' | 'recording';

export type Event = {
	/** Tells the same event by two ways. */
	readonly key: string;
	readonly kind: Kind;
	/** One character, for the strip. */
	readonly sign: string;
	readonly tone: Tone;
	/** Whom it is about: a unit, a service, a device; the strip's legend groups by it. */
	readonly who: string;
	readonly text: string;
	/** Device clock, epoch ms. */
	readonly atMs: number;
	/** Since boot: the order within a millisecond; 0 for what has no line. */
	readonly monoUs: number;
	readonly count: number;
	/** The way it came by, where the same is told by another way too, in a line of its own; else null. */
	readonly way: string | null;
	/** The line that says it. */
	readonly place: LinePlace | null;
};

/** The sign of an end. */
export const ENDED = '✓';

/** Units that come and go as a matter of course. */
const TRANSIENT =
	/^(?:run-|var-lib-docker|user@|user-runtime-dir@|session-|systemd-(?:tmpfiles|hostnamed|timedated|localed|update)|logrotate|man-db|apt-|e2scrub|fstrim|dpkg)|\.(?:scope|slice|device|mount|target)$/;
const LOGIN = /^sshd?@/;

const placeOf = (record: JournalRecord): LinePlace => ({
	stream: record.transport === 'kernel' ? 'kernel' : 'journal',
	cursor: record.cursor === '' ? null : record.cursor,
	atMs: wallMs(record),
});

const base = (
	record: JournalRecord,
	kind: Kind,
	what: string,
): Pick<Event, 'key' | 'kind' | 'atMs' | 'monoUs' | 'count' | 'way' | 'place'> => ({
	key: `${kind} ${record.boot.slice(0, 8)} ${record.monotonicUs} ${what}`,
	kind,
	atMs: wallMs(record),
	monoUs: record.monotonicUs,
	count: 1,
	way: null,
	place: placeOf(record),
});

/** The far end of a connection, as sshd's instance names say it: `sshd@6-10.0.0.2:22222-10.0.0.1:38374.service`. */
const peerOf = (unit: string): string => /-(\[?[0-9a-fA-F.:]+\]?):\d+\.service$/.exec(unit)?.[1] ?? 'somewhere';

function unitEvents(record: JournalRecord): readonly Event[] {
	const unit = record.about;
	const ended = toUnitEvent(record);
	if (ended !== null && !LOGIN.test(ended.unit)) {
		const {kind, cause} = ended.event;
		const who = shortUnit(ended.unit);
		if (TRANSIENT.test(ended.unit)) return [];
		// Some versions of systemd say both.
		if (kind === 'restart' || kind === 'due')
			return [{...base(record, 'unit', kind), way: kind, sign: '↻', tone: 'warning', who, text: 'is started again'}];
		if (kind === 'exit')
			return [{...base(record, 'unit', 'exit'), sign: '✗', tone: 'error', who, text: `main process ended: ${cause}`}];
		return [{...base(record, 'unit', 'result'), sign: '✗', tone: 'error', who, text: `failed: ${cause}`}];
	}
	if (unit === null) return [];
	if (record.messageId === UNIT_MESSAGES.started && LOGIN.test(unit))
		return [
			{...base(record, 'login', unit), sign: '⌂', tone: 'accent', who: 'login', text: `SSH from ${peerOf(unit)}`},
		];
	if (TRANSIENT.test(unit) || LOGIN.test(unit)) return [];
	const who = shortUnit(unit);
	switch (record.messageId) {
		case UNIT_MESSAGES.started:
			return [{...base(record, 'unit', unit), sign: '+', tone: 'good', who, text: 'started'}];
		case UNIT_MESSAGES.stopped:
			return [{...base(record, 'unit', unit), sign: '−', tone: 'plain', who, text: 'stopped'}];
		case UNIT_MESSAGES.startFailed:
			return [{...base(record, 'unit', unit), sign: '✗', tone: 'error', who, text: 'failed to start'}];
		default:
			return [];
	}
}

function pullEvents(record: JournalRecord): readonly Event[] {
	const found = toPullEvent(record);
	if (found === null || found.kind === 'reset') return [];
	const who = found.service ?? 'image';
	const words = {
		begun: 'pull begins',
		done: 'pull is done',
		failed: `pull failed${found.why === null ? '' : `: ${found.why}`}`,
	};
	const tone: Tone = found.kind === 'failed' ? 'error' : found.kind === 'done' ? 'good' : 'accent';
	return [
		{...base(record, 'pull', `${found.kind} ${who}`), way: found.by, sign: '⇄', tone, who, text: words[found.kind]},
	];
}

/** Rules that units' own events say already. */
const TOLD = /^unit-/;

function troubleEvents(record: JournalRecord): readonly Event[] {
	return hits(record).flatMap(({rule: id, subject, detail, end}): Event[] => {
		const rule = ruleOf(id);
		if (rule === undefined || TOLD.test(id)) return [];
		const who = subject === '' ? rule.title : `${rule.title} ${subject}`;
		const way = rule.from !== 'supervisor' ? null : record.containerName === null ? 'unit' : 'container';
		return [
			{
				...base(record, 'trouble', `${id} ${subject} ${end}`),
				way,
				sign: end ? ENDED : rule.weight === 'error' ? '✗' : '!',
				tone: end ? 'good' : rule.weight,
				who,
				text: end ? 'ended' : detail,
			},
		];
	});
}

/** The events that a record tells; none for most. */
export function eventsOf(record: JournalRecord): readonly Event[] {
	if (record.transport === 'kernel') return troubleEvents(record);
	if (record.messageId === UNIT_MESSAGES.bootFinished && record.about === null)
		return [{...base(record, 'boot', 'finished'), sign: '▲', tone: 'strong', who: 'boot', text: record.message}];
	if (record.containerName !== null && !/^(?:balena|resin)_supervisor\b/.test(record.containerName)) return [];
	return [...unitEvents(record), ...pullEvents(record), ...troubleEvents(record)];
}
