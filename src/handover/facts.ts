/** What the fold knows of the device, of its own sources, and of what is missing. */
import type {Scope} from '../domain/source.ts';
import {uptimeAt} from '../domain/units/state.ts';
import {journalHeld} from '../panes/index.ts';
import type {Fold} from '../session/fold.ts';
import {sources} from '../sources/index.ts';
import type {DeviceFacts, Gaps} from './note.ts';
import {deviceOf, findingsOf, type Pass} from './pass.ts';
import {containerFacts, diskFacts} from './snapshot.ts';
import {lines, safe} from './words.ts';

/** The scope as the command that would fetch the same. */
export function scopeText({units, identifiers, priority, since, lines}: Scope): string {
	const words = [
		...units.map(unit => `--unit=${unit}`),
		...identifiers.map(identifier => `--identifier=${identifier}`),
		...(priority === null ? [] : [`--priority=${priority}`]),
		...(since === null ? [] : [`--since=${since}`]),
		`--lines=${lines}`,
		'--follow',
	];
	return safe(`journalctl ${words.join(' ')}`);
}

/** The device as it was known at a moment. */
export function deviceFacts(fold: Fold, at: number): DeviceFacts | null {
	const {identity} = fold;
	if (identity === null) return null;
	const device = deviceOf(fold);
	const vitals = device.vitals?.vitals ?? null;
	const memory = vitals?.memory ?? null;
	const text = (value: string | null): string | null => (value === null ? null : safe(value, 200));
	return {
		name: safe(identity.hostname, 100),
		uuid: text(identity.uuid),
		type: text(identity.deviceType),
		os: safe(identity.os),
		supervisor: text(identity.supervisorVersion),
		engine: text(identity.engineVersion),
		kernel: safe(identity.kernel),
		systemd: identity.systemd,
		bootId: safe(identity.bootId, 64),
		uptimeMs: uptimeAt(findingsOf(fold).units, at),
		disk: diskFacts(device.disk?.disk),
		memory: memory === null ? null : {usedKb: memory.totalKb - memory.availableKb, totalKb: memory.totalKb},
		clockOffsetMs: fold.clockOffsetMs,
		vpn: vitals?.vpn ?? null,
		root: identity.uid === 0,
		journalPersistent: identity.journalPersistent,
		containers: device.containers.map(container => {
			const facts = containerFacts(container);
			return {...facts, name: safe(facts.name, 100), stand: safe(facts.stand, 100)};
		}),
		engineSays:
			device.answer === null ? 'not asked yet' : device.answer.kind === 'answered' ? null : safe(device.answer.why),
	};
}

/** Sources that could not be asked, and what the session was told besides. */
function toldOf(fold: Fold): readonly string[] {
	const failed = Object.entries(fold.sources).flatMap(([id, health]) =>
		health?.state === 'failed' && health.sentence !== ''
			? [`${sources[id as keyof typeof sources].title}: ${health.sentence}`]
			: [],
	);
	const more = fold.notices.filter(notice => !failed.some(sentence => sentence.includes(notice)));
	return [...failed, ...more].map(sentence => safe(sentence));
}

/** What is missing. */
export function gapsOf(pass: Pass, problems: readonly string[]): Gaps {
	const {fold, losses, remarks} = pass;
	const {held, evicted} = journalHeld(fold.panes.journal);
	const receipt = fold.receipt(held, evicted);
	const doubt = losses.doubt(fold);
	const unread = Object.entries(fold.sources).flatMap(([id, health]) =>
		health !== undefined && health.unread > 0
			? [{what: sources[id as keyof typeof sources].title, count: health.unread}]
			: [],
	);
	return {
		losses: losses.result(fold).map(loss => ({...loss, why: safe(loss.why)})),
		...remarks.gaps,
		lost: doubt === '' || (receipt.lost ?? 0) > 0 ? receipt.lost : null,
		doubt,
		repeated: receipt.repeated,
		suppressed: receipt.suppressed,
		unread,
		evicted: receipt.evicted,
		told: toldOf(fold),
		torn: !pass.ended,
		problems: [
			...problems.map(problem => safe(problem)),
			...(pass.unreadable > 0
				? [
						`${lines(pass.unreadable)} of the file ${pass.unreadable === 1 ? 'is no frame' : 'are no frames'} of a recording.`,
					]
				: []),
		],
	};
}
