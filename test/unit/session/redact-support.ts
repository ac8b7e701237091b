import type {Entry, Field} from '../../../src/domain/entry.ts';
import type {FrameBody} from '../../../src/domain/frame.ts';
import type {SecretRule} from '../../../src/domain/secret.ts';
import {secrets} from '../../../src/rules/secrets.ts';
import {frameLine} from '../../../src/session/recorder.ts';
import {Redactor} from '../../../src/session/redactor.ts';

export const redactor = (own: readonly SecretRule[] = []): Redactor => new Redactor([...secrets, ...own]);

/** All lines that must be cut: rule, line, what nothing may be left of. */
export const CUT = secrets.flatMap(({id, samples}) =>
	samples.cut.map(([line, ...parts]) => [id, line, parts] as const),
);

let number = 0;
export type Said = {readonly identifier?: string; readonly pid?: string; readonly more?: readonly Field[]};

/** A journal entry as a container's line comes. */
export function entryOf(message: string | Uint8Array, {identifier = 'app', pid = '77', more = []}: Said = {}): Entry {
	number++;
	return [
		['__CURSOR', `s=0a1b;i=${number.toString(16)};b=00112233;m=5f5e100;t=5d8c0b1e2f3a4;x=${number}`],
		['__REALTIME_TIMESTAMP', String(1_714_557_600_000_000 + number)],
		['__MONOTONIC_TIMESTAMP', String(5_000_000 + number)],
		['_BOOT_ID', '00112233445566778899aabbccddeeff'],
		['PRIORITY', '6'],
		['SYSLOG_IDENTIFIER', identifier],
		['_SYSTEMD_UNIT', 'balena.service'],
		['_PID', pid],
		['_COMM', 'balenad'],
		['_TRANSPORT', 'journal'],
		['_SYSTEMD_INVOCATION_ID', '9f86d081884c7d659a2feaa0c55ad015'],
		['CONTAINER_NAME', 'main_77_12'],
		['CONTAINER_ID', '5d41402abc4b'],
		['MESSAGE', message],
		...more,
	];
}

export const out = (entry: Entry, ch = 1): FrameBody => ({t: 'out', ch, unit: {kind: 'entry', entry}});

export const open = (ch: number, words: readonly string[] = [], place?: 'history' | 'live' | 'older'): FrameBody => ({
	t: 'open',
	ch,
	source: 'journal',
	argv: ['journalctl', ...words],
	token: '77aa77aa',
	...(place === undefined ? {} : {place}),
});

export const tick: FrameBody = {t: 'tick', received: 1, sent: 1, roundTripMs: null};

/** The message of the entry that comes out. */
export function messageOf(frames: readonly FrameBody[]): string | Uint8Array {
	const [frame] = frames;
	if (frame?.t !== 'out' || frame.unit.kind !== 'entry') throw new Error('no entry');
	const [, value] = frame.unit.entry.find(([name]) => name === 'MESSAGE') ?? ['', ''];
	return value;
}

/** Says messages in one go; what comes out of each. */
export const says = (into: Redactor, messages: readonly (string | Entry)[], ch = 1): readonly string[] =>
	messages.map(said => String(messageOf(into.frame(out(typeof said === 'string' ? entryOf(said) : said, ch)))));

/** A frame as it is recorded. */
export const recorded = (frames: readonly FrameBody[]): string =>
	frames.map(frame => frameLine({...frame, at: 0, ms: 0})).join('');

/** The pieces of a container's long line. */
export function pieces(texts: readonly string[], id = 'p1', said: Said = {}): readonly Entry[] {
	return texts.map((text, index) =>
		entryOf(text, {
			...said,
			more: [
				['CONTAINER_PARTIAL_MESSAGE', 'true'],
				['CONTAINER_PARTIAL_ID', id],
				['CONTAINER_PARTIAL_ORDINAL', String(index + 1)],
				['CONTAINER_PARTIAL_LAST', String(index === texts.length - 1)],
			],
		}),
	);
}

const WORDS =
	'Started unit balena.service 10.0.0.7 [info] {"a":1} level=info ünïcode ‹x› "quoted" \\n (7) key token dc:a6:32:01:02:03 sha256:9f86d081884c7d65 \u001b[32mok\u001b[0m \u{1f600} f00dcafe77'.split(
		' ',
	);

/** Ordinary words. */
export const words = (random: () => number, count: number): string =>
	Array.from({length: count}, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
