/** Ten lines or so for a ticket. Plain text, which no ticket system takes for markup. */
import {bytes, count} from '../domain/text.ts';
import {actLine, actName, allowedLine} from './acts-told.ts';
import {gapLines, limitLines} from './gaps.ts';
import type {Note} from './note.ts';
import {CARE, downloadName, LOOK, sentenceOf, situationOf} from './situation.ts';
import {lasting, plain, range, safe} from './words.ts';

/** Ticket systems wrap; longer than this nobody reads. */
const LONGEST = 400;
/** So many findings, changes or gaps are named; the rest is a number. */
const NAMED = 3;

function some(items: readonly string[], separator = '; '): string {
	const more = items.length - NAMED;
	return `${items.slice(0, NAMED).join(separator)}${more > 0 ? `${separator}and ${more} more` : ''}`;
}

const without = (sentence: string): string => sentence.replace(/\.$/, '');

function deviceText({device, link}: Note): string {
	if (device === null) return `${link.target}, never reached`;
	const {name, uuid, type, os, supervisor, engine} = device;
	return [
		name,
		uuid ?? 'uuid not known',
		type ?? '',
		os,
		supervisor === null ? '' : `supervisor ${supervisor}`,
		engine === null ? '' : `engine ${engine}`,
	]
		.filter(text => text !== '')
		.join(', ');
}

function stateText({device, situation}: Note): string {
	if (device === null) return 'not known';
	const {disk, containers, engineSays, vpn, uptimeMs, bootId} = device;
	const running = containers.filter(one => one.running).length;
	return [
		`boot ${bootId.slice(0, 8)}${uptimeMs === null ? '' : `, up ${lasting(uptimeMs)}`}`,
		engineSays === null ? `${running} of ${containers.length} containers running` : 'containers not known',
		disk === null ? '' : `disk ${disk.usedPercent} % full`,
		vpn === null ? '' : vpn ? 'VPN connected' : 'VPN not connected',
		situation.linkLost ? 'link lost' : '',
	]
		.filter(text => text !== '')
		.join(', ');
}

/** At most ten lines, and one where somebody allowed something. */
export function toBrief(note: Note): string {
	const {background, link, changes, seen, done, acts, acted, unclear, file, remarks, downloads} = note;
	const [first, ...others] = situationOf(note);
	const over = seen.filter(({standing}) => standing !== 'now');
	const runs = done.reduce((sum, one) => sum + one.runs, 0);
	const look = others.find(({label}) => label === LOOK);
	const care = others.find(({label}) => label === CARE);
	const on = seen.filter(({standing}) => standing === 'now');
	const before = others.find(({label}) => label === 'Before:');
	const open = [
		...on.map(({name}) => name),
		...remarks.filter(({kind}) => kind === 'todo').map(({text}) => `to do: ${text}`),
		...downloads.filter(({how}) => how === 'running').map(one => `download of ${downloadName(one)}`),
		...acts.filter(({verdict}) => verdict === 'open').map(act => `${actName(act)}, whose end is not known`),
		...(note.situation.linkLost ? ['the link, which did not come back'] : []),
	];
	const rows: readonly (readonly [label: string, text: string])[] = [
		[
			first?.label.replace(':', '') ?? '',
			`${first?.text ?? ''}${before === undefined ? '' : ` ${before.label} ${before.text}`}`,
		],
		['Device', `${deviceText(note)}; at the end ${stateText(note)}`],
		[
			'Session',
			`${range(background.fromAt, background.toAt)} UTC${background.ticket === null ? '' : `, ticket ${background.ticket}`}, ${link.target} (${link.road}), ${count(link.reconnects, 'reconnect')}, ${bytes(link.received)}`,
		],
		['Over', over.length === 0 ? '' : some(over.map(sentenceOf))],
		['Changed', some(changes.map(({what, end}) => `${what}: ${end}`))],
		['Allowed', allowedLine(note)],
		[
			'Done',
			[
				...(acts.length === 0 ? [] : [some(acts.map(actLine).map(without))]),
				...(unclear
					? ['the recording holds actions or commands that are not known here: replay it']
					: acted
						? [`${count(runs, 'more command')} that only looked`]
						: [`looked only, ${count(runs, 'command')}; no action was taken, nothing on the device was changed`]),
			].join('; '),
		],
		['Gaps', some([...gapLines(note), ...limitLines(note)].map(without))],
		['Open', open.length === 0 ? 'nothing' : some(open)],
		[
			'Look first at',
			[...(care === undefined ? [] : [care.text]), look?.text ?? ''].filter(text => text !== '').join(' '),
		],
		[
			'Proof',
			`${file.name}, ${file.bytes} bytes${file.hash === null ? '' : `, hash ${file.hash}`}${file.hash === null && file.sha256 !== null ? `, SHA-256 ${file.sha256}` : ''}`,
		],
	];
	return `${rows
		.filter(([, text]) => text !== '')
		.map(([label, text]) => safe(`${label}: ${plain(text)}`, LONGEST))
		.join('\n')}\n`;
}
