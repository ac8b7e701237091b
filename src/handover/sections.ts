/** Lines that say what the device is, how the session went, and what was run. */
import {bytes, count} from '../domain/text.ts';
import type {DeviceFacts, Done, Note} from './note.ts';
import {lasting, lines, range, stamp, times, utcOf} from './words.ts';

type Line = readonly [label: string, text: string];

const kb = (amount: number): string => bytes(amount * 1024);
/** `1 ms`, `0.6 ms`. */
const millis = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

function clockText(offsetMs: number | null): string {
	if (offsetMs === null) return 'not known';
	const size = Math.abs(offsetMs);
	if (size < 1000) return 'agrees with ours within a second';
	const amount = size < 90_000 ? `${(size / 1000).toFixed(1)} s` : lasting(size);
	return `${amount} ${offsetMs < 0 ? 'behind' : 'ahead of'} ours; times of findings, lines and events are the device's`;
}

function containersText({containers, engineSays}: DeviceFacts): string {
	const running = containers.filter(one => one.running).length;
	const off = containers.filter(one => !one.running || /unhealthy|memory/.test(one.stand));
	const known = `${running} of ${containers.length} running${off.length === 0 ? '' : ` (${off.map(({name, stand}) => `${name} ${stand}`).join(', ')})`}`;
	if (engineSays === null) return known;
	return `the engine did not list them (${engineSays})${containers.length === 0 ? '' : `; before: ${known}`}`;
}

function linkText({link}: Note): string {
	const {road, target, medianMs, worstMs, reconnects, received, bytesPerMinute} = link;
	return [
		`${target} (${road})`,
		medianMs === null || worstMs === null
			? 'round trip not measured'
			: `round trip ${millis(medianMs)} in the middle, ${millis(worstMs)} at worst`,
		reconnects === 0 ? 'no reconnect' : count(reconnects, 'reconnect'),
		`${bytes(received)} received${bytesPerMinute === null ? '' : `, ${bytes(bytesPerMinute)} a minute at the end`}`,
	].join('; ');
}

/** What the device is and how it is, at the end. */
export function deviceLines(note: Note): readonly Line[] {
	const {device, situation} = note;
	if (device === null)
		return [
			['Device', 'it was never reached, so nothing is known of it'],
			['Road', linkText(note)],
		];
	const {disk, memory} = device;
	const versions = [
		device.os,
		...(device.supervisor === null ? [] : [`supervisor ${device.supervisor}`]),
		...(device.engine === null ? [] : [`engine ${device.engine}`]),
		`kernel ${device.kernel || 'not known'}`,
		...(device.systemd === null ? [] : [`systemd ${device.systemd}`]),
	];
	return [
		['Name', [device.name || 'no host name', device.type ?? 'type not known'].join(', ')],
		['UUID', device.uuid ?? 'not known'],
		['Software', versions.join(', ')],
		[
			'Boot',
			`${device.bootId || 'not known'}, up for ${device.uptimeMs === null ? 'a time not known' : lasting(device.uptimeMs)} at ${utcOf(situation.judgedAt)}`,
		],
		[
			'Disk',
			disk === null
				? 'not known'
				: `${disk.mount} ${disk.usedPercent} % full, ${kb(disk.availableKb)} free${disk.readOnly ? ', read-only' : ''}`,
		],
		['Memory', memory === null ? 'not known' : `${kb(memory.usedKb)} of ${kb(memory.totalKb)} used`],
		['Containers', containersText(device)],
		['VPN to the cloud', device.vpn === null ? 'not known' : device.vpn ? 'connected' : 'not connected'],
		['Clock', clockText(device.clockOffsetMs)],
		['Road', linkText(note)],
	];
}

/** So much of what is another since the session before is named; the rest is a number. */
const NAMED = 6;

function earlierText({at, ticket, since}: NonNullable<Note['background']['earlier']>): string {
	const more = since.length - NAMED;
	const named = [...since.slice(0, NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
	return `ended ${utcOf(at)}${ticket === null ? '' : `, ticket ${ticket}`}; since then: ${named}`;
}

/** Who asked, when, for how long, what was fetched. */
export function sessionLines({background, device}: Note): readonly Line[] {
	const {ticket, program, fromAt, toAt, lengthMs, scope, whole, lines: held, oldestAt, newestAt} = background;
	return [
		...(ticket === null ? [] : [['Ticket', ticket] as const]),
		['Recorded by', `${program}; the recording does not name the person`],
		['Session', `${range(fromAt, toAt)} UTC, ${lasting(lengthMs)}`],
		...(background.earlier === null ? [] : [['Session before', earlierText(background.earlier)] as const]),
		[
			'Fetched',
			`${whole ? 'journal lines of every unit and priority, the newest at first, then every new one' : 'a part of the journal only'} (${scope}); what PID 1 said of starts, stops and ends, the kernel and the supervisor before in this boot; units, containers, disk and memory every few seconds`,
		],
		[
			'Journal lines',
			oldestAt === null || newestAt === null
				? 'none came'
				: `${lines(held)}, from ${stamp(oldestAt)} to ${utcOf(newestAt)}`,
		],
		...(device === null || device.journalPersistent
			? []
			: [['Keep the recording', 'the device keeps its journal in memory, so a restart deletes it there'] as const]),
	];
}

function doneText({runs, asked, answers, unit, bytes: size, ends, firstAt, lastAt}: Done): string {
	const when = lastAt === null ? `from ${stamp(firstAt)}Z on` : `${range(firstAt, lastAt)}Z`;
	const came = unit === 'line' ? lines(answers) : count(answers, 'answer');
	const how = ends
		.map(one => (one.times === 1 && runs === 1 ? one.how : `${one.how} (${times(one.times)})`))
		.join(', ');
	return [
		when,
		...(runs === 1 ? [] : [`run ${times(runs)}`]),
		...(asked === 0 ? [] : [`asked ${times(asked)}`]),
		`${came}, ${bytes(size)}`,
		how,
	].join(' · ');
}

/** Three rows for each: what was asked for, what came, and the command. */
export const doneRows = (done: readonly Done[]): readonly string[] =>
	done.flatMap(one => [`${one.source}: ${one.title}`, `    ${doneText(one)}`, `    ${one.command}`]);
