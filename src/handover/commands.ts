/** What was run on the device, by source: when, how often, how it ended, how much came back. */
import type {Exit} from '../domain/channel.ts';
import type {FieldValue} from '../domain/entry.ts';
import type {Frame} from '../domain/frame.ts';
import type {Source, SourceId, Unit} from '../domain/source.ts';
import {grouped} from '../domain/text.ts';
import type {Done} from './note.ts';
import {safe} from './words.ts';

type Running = {readonly group: Group; readonly follows: boolean};
type Group = {
	readonly source: string;
	readonly title: string;
	readonly known: boolean;
	readonly command: string;
	readonly poll: boolean;
	readonly lines: boolean;
	readonly firstAt: number;
	lastAt: number;
	runs: number;
	asked: number;
	answers: number;
	bytes: number;
	readonly ends: Map<string, number>;
};

const LONGEST_WORD = 60;
const LONGEST = 1500;

const sizeOf = (value: FieldValue): number => (typeof value === 'string' ? Buffer.byteLength(value) : value.length);

/** Bytes of a unit as it came: names and values for an entry, with what stands between them. */
function bytesOf(unit: Unit): number {
	if (unit.kind !== 'entry') return Buffer.byteLength(unit.text);
	return unit.entry.reduce((sum, [name, value]) => sum + name.length + sizeOf(value) + 2, 0);
}

/** The words as one line, as a person can read it: scripts and lists of fields are named, not shown. */
export function commandOf(argv: readonly string[], mode: Source['mode'] | undefined): string {
	const words = mode === 'poll' ? ['sh', '-c', ...argv] : argv;
	const shown = words.map(word => {
		if (word.includes('\n')) return `(a script of ${grouped(word.length)} characters, in the recording)`;
		const [, name, list = ''] = /^(--output-fields)=(.*)$/.exec(word) ?? [];
		if (name !== undefined) return `${name}=(${list.split(',').length} fields)`;
		// Whole it is in the recording; its number tells two of them apart.
		const number = /^--cursor=.*;i=([0-9a-f]+);/.exec(word)?.[1];
		if (number !== undefined) return `--cursor=(line i=${number})`;
		return safe(word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD)}…` : word);
	});
	// A sampler is told which units to look at: a list that says nothing here.
	return safe((mode === 'poll' ? shown.slice(0, 3) : shown).join(' '), LONGEST);
}

const SIGTERM = 143;

function endOf(exit: Exit, follows: boolean): string {
	switch (exit.kind) {
		case 'exited':
			return follows && exit.code === SIGTERM ? 'stopped by devtop' : `exit code ${exit.code}`;
		case 'truncated':
			return 'cut off: its end did not come';
		case 'lost':
			return 'lost with the link';
	}
}

/** Grows with the frames. */
export class Commands {
	readonly #sources: Readonly<Record<SourceId, Source>>;
	readonly #groups = new Map<string, Group>();
	readonly #running = new Map<number, Running>();

	constructor(sources: Readonly<Record<SourceId, Source>>) {
		this.#sources = sources;
	}

	take(frame: Frame): void {
		switch (frame.t) {
			case 'open':
				this.#open(frame);
				break;
			case 'in': {
				const group = this.#running.get(frame.ch)?.group;
				if (group === undefined) break;
				group.asked++;
				group.lastAt = frame.at;
				break;
			}
			case 'out': {
				const group = this.#running.get(frame.ch)?.group;
				if (group === undefined) break;
				group.answers++;
				group.bytes += bytesOf(frame.unit);
				group.lastAt = frame.at;
				break;
			}
			case 'exit': {
				const running = this.#running.get(frame.ch);
				if (running === undefined) break;
				this.#running.delete(frame.ch);
				const {group} = running;
				const how = endOf(frame.exit, running.follows);
				group.ends.set(how, (group.ends.get(how) ?? 0) + 1);
				group.lastAt = frame.at;
				break;
			}
		}
	}

	#open({ch, source: id, argv, at}: Extract<Frame, {t: 'open'}>): void {
		const source: Source | undefined = this.#sources[id];
		const group = this.#groups.get(id) ?? {
			source: safe(id, 60),
			title: source?.title ?? 'not known to this version',
			known: source !== undefined,
			command: commandOf(argv, source?.mode),
			poll: source?.mode === 'poll',
			lines: source?.framing !== 'block',
			firstAt: at,
			lastAt: at,
			runs: 0,
			asked: 0,
			answers: 0,
			bytes: 0,
			ends: new Map(),
		};
		group.runs++;
		this.#groups.set(id, group);
		this.#running.set(ch, {group, follows: source?.mode === 'follow'});
	}

	/** In the order in which they were run first. */
	get done(): readonly Done[] {
		const open = new Map<Group, number>();
		for (const {group} of this.#running.values()) open.set(group, (open.get(group) ?? 0) + 1);
		return [...this.#groups.values()].map(group => ({
			source: group.source,
			title: group.title,
			known: group.known,
			command: group.command,
			runs: group.runs,
			firstAt: group.firstAt,
			lastAt: open.has(group) ? null : group.lastAt,
			ends: [
				...[...group.ends].map(([how, times]) => ({how, times})),
				...(open.has(group) ? [{how: 'still running when the recording ends', times: open.get(group) ?? 0}] : []),
			],
			asked: group.poll ? group.asked : 0,
			answers: group.answers,
			unit: group.lines ? ('line' as const) : ('answer' as const),
			bytes: group.bytes,
		}));
	}
}
