/** What is another since the operator's last session with this device: one block, with which the story opens. Pure. */
import {type Left, type LeftContainer, type LeftDisk, type LeftUnit, leftOf, type Stand} from '../../domain/left.ts';
import type {Tone} from '../../domain/pane.ts';
import {bytes, count, shortUnit} from '../../domain/text.ts';
import {span} from '../../domain/time.ts';
import {uptimeAt} from '../../domain/units/state.ts';

/** The earlier session, as it was handed in. */
export type Earlier = {readonly left: Left; readonly ticket: string | null};

export type Since = {readonly sign: string; readonly tone: Tone; readonly who: string; readonly text: string};

/** So many of a kind are told; the rest is a number. */
const MOST = 12;
/** So much of a disk is no noise of logs. */
const DISK_PERCENT = 1;
const DISK_BYTES = 100e6;

const percent = ({usedKb, availableKb}: LeftDisk): number =>
	usedKb + availableKb === 0 ? 0 : Math.round((usedKb / (usedKb + availableKb)) * 100);

/** "once by itself", "3 times by itself". */
const byItself = (times: number): string => `restarted by itself${times === 1 ? ' once' : ` ${times} times`}`;

function unitSince(before: LeftUnit | undefined, after: LeftUnit, rebooted: boolean): Since | null {
	const who = shortUnit(after.name);
	const restarts = Math.max(0, (after.restarts ?? 0) - (rebooted ? 0 : (before?.restarts ?? 0)));
	// What a timer starts every day is no news.
	const anew =
		!rebooted &&
		!after.text.startsWith('idle') &&
		before?.invocationId != null &&
		after.invocationId !== null &&
		before.invocationId !== after.invocationId;
	const words = [
		...(before !== undefined && before.text !== after.text ? [`${after.text}, was ${before.text}`] : []),
		...(restarts > 0 ? [`${byItself(restarts)}${rebooted ? ' in this boot' : ''}`] : anew ? ['was started anew'] : []),
	];
	if (words.length === 0) return null;
	const failed = after.text === 'failed';
	return {sign: failed ? '✗' : '↻', tone: failed ? 'error' : 'warning', who, text: words.join('; ')};
}

function containerSince(before: LeftContainer | undefined, after: LeftContainer, rebooted: boolean): Since | null {
	const row = (tone: Tone, sign: string, text: string): Since => ({sign, tone, who: after.name, text});
	if (before === undefined) return row('accent', '+', `container that was not there, ${after.state}`);
	const restarts = after.restarts - before.restarts;
	const words = [
		...(before.state === after.state ? [] : [`${after.state}, was ${before.state}`]),
		...(before.image === after.image ? [] : ['runs another image']),
		...(restarts > 0
			? [byItself(restarts)]
			: !rebooted && before.image === after.image && before.startedAt !== after.startedAt
				? ['was started anew']
				: []),
	];
	return words.length === 0 ? null : row('warning', '↻', `container ${words.join('; ')}`);
}

/** By name, in their order; where one has several, the first. */
function named<One extends {readonly name: string}>(list: readonly One[]): ReadonlyMap<string, One> {
	const found = new Map<string, One>();
	for (const one of list) if (!found.has(one.name)) found.set(one.name, one);
	return found;
}

function some(list: readonly Since[], noun: string): readonly Since[] {
	const more = list.length - MOST;
	return more <= 0
		? list
		: [...list.slice(0, MOST), {sign: '↻', tone: 'warning', who: '', text: `and ${count(more, noun)} more`}];
}

function containersSince(before: Left['containers'], after: Left['containers'], rebooted: boolean): readonly Since[] {
	if (before === null || after === null) return [];
	const [old, now] = [named(before), named(after)];
	const gone = [...old.keys()].filter(name => !now.has(name));
	return [
		...[...now.values()].flatMap(one => containerSince(old.get(one.name), one, rebooted) ?? []),
		...gone.map((who): Since => ({sign: '−', tone: 'warning', who, text: 'container that is not there any more'})),
	];
}

function diskSince(before: LeftDisk | null, after: LeftDisk | null): readonly Since[] {
	if (before === null || after === null || before.mount !== after.mount) return [];
	const [was, is] = [percent(before), percent(after)];
	const more = (after.usedKb - before.usedKb) * 1024;
	if (Math.abs(is - was) < DISK_PERCENT && Math.abs(more) < DISK_BYTES) return [];
	const by = `${bytes(Math.abs(more))} ${more < 0 ? 'less' : 'more'}`;
	return [
		{
			sign: '▤',
			tone: is >= 90 ? 'error' : 'plain',
			who: 'disk',
			text: `${is} % full, was ${was} %: ${by} on ${after.mount}`,
		},
	];
}

/** What was not read yet, so that nothing is said to be the same. */
function unread({units, containers, disk}: Left, before: Left): readonly string[] {
	return [
		...(units.length === 0 && before.units.length > 0 ? ['units'] : []),
		...(containers === null && before.containers !== null ? ['containers'] : []),
		...(disk === null && before.disk !== null ? ['disk'] : []),
	];
}

/**
 * What is another, the most telling first; what was left to do at the end.
 *
 * @param at the moment that is looked at, operator's clock.
 */
export function sinceOf({left: before}: Earlier, stand: Stand, at: number): readonly Since[] {
	const after = leftOf(stand, at);
	if (after === null) return [];
	const rebooted = before.bootId !== after.bootId;
	const uptime = uptimeAt(stand.units, at);
	const began = uptime === null ? '' : `, ${span(uptime)} ago`;
	const old = named(before.units);
	const changes: readonly Since[] = [
		...(rebooted
			? [
					{
						sign: '▲',
						tone: 'warning',
						who: 'boot',
						text: `restarted, once or more; this boot began${began} (${after.bootId.slice(0, 8)}, was ${before.bootId.slice(0, 8)})`,
					} as const,
				]
			: []),
		...Object.entries(after.versions).flatMap(([who, is]): readonly Since[] => {
			const was = before.versions[who];
			return was === undefined || was === is ? [] : [{sign: '⇧', tone: 'accent', who, text: `${is}, was ${was}`}];
		}),
		...some(
			after.units.flatMap(unit => unitSince(old.get(unit.name), unit, rebooted) ?? []),
			'unit',
		),
		...some(containersSince(before.containers, after.containers, rebooted), 'container'),
		...diskSince(before.disk, after.disk),
	];
	const missing = unread(after, before);
	return [
		...changes,
		...(missing.length > 0
			? [{sign: '…', tone: 'muted', who: '', text: `not read yet: ${missing.join(', ')}`} as const]
			: changes.length === 0
				? [
						{
							sign: '=',
							tone: 'muted',
							who: '',
							text: 'nothing: the same boot and versions, no restart, the same disk use',
						} as const,
					]
				: []),
		...before.todos.map((text): Since => ({sign: '☐', tone: 'accent', who: 'to do', text})),
	];
}

/** `since your last session (3 d ago, ticket T-42)`. */
export const sinceTitle = ({left, ticket}: Earlier, at: number): string =>
	`since your last session (${span(at - left.at)} ago${ticket === null ? '' : `, ticket ${ticket}`})`;
