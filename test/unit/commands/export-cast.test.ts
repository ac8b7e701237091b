import {mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import headless from '@xterm/headless';
import {expect, test} from 'vitest';
import {exportFile} from '../../../src/commands/export.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import {journalHeld, panes} from '../../../src/panes/index.ts';
import {tag} from '../../../src/rules/index.ts';
import {Recorder} from '../../../src/session/recorder.ts';
import {openRecording, type Recording} from '../../../src/session/recording/read.ts';
import {Replay} from '../../../src/session/replay.ts';
import {sources} from '../../../src/sources/index.ts';
import {framesOf, RECORDINGS, recordingPath} from '../../support/recordings.ts';
import {entryAt, opening, tick} from '../session/record-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'devtop-cast-'));
let files = 0;

type Event = readonly [seconds: number, code: string, data: string];
type Cast = {
	readonly text: string;
	readonly header: Readonly<Record<string, unknown>>;
	readonly events: readonly Event[];
	readonly notes: readonly string[];
};

async function castOf(file: string, size = {columns: 120, rows: 40}): Promise<Cast> {
	const output = join(folder, `${files++}.cast`);
	const notes: string[] = [];
	expect(await exportFile(file, 'cast', output, note => notes.push(note), size)).toBeNull();
	expect(statSync(output).mode & 0o777).toBe(0o600);
	const text = readFileSync(output, 'utf8');
	const [header = '', ...events] = text.trimEnd().split('\n');
	return {text, header: JSON.parse(header), events: events.map(event => JSON.parse(event) as Event), notes};
}

async function recorded(frames: readonly Frame[]): Promise<string> {
	const recorder = new Recorder(join(folder, `${files++}.devtop.jsonl`));
	for (const frame of frames) recorder.take(frame);
	return (await recorder.close()) ?? '';
}

/** What a terminal shows after a cast's output. */
async function shown({header, events}: Cast): Promise<string> {
	const screen = new headless.Terminal({
		cols: Number(header.width),
		rows: Number(header.height),
		allowProposedApi: true,
	});
	for (const [, code, data] of events)
		if (code === 'o') await new Promise<void>(resolve => void screen.write(data, resolve));
	return Array.from(
		{length: Number(header.height)},
		(_, row) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '',
	).join('\n');
}

function chaptersOf(file: string): Replay['chapters'] {
	const tape = openRecording(file) as Recording;
	const replay = new Replay({tape, sources, panes, tag, held: journalHeld, elapsed: () => 0});
	replay.readAll();
	tape.close();
	return replay.chapters;
}

test.each(RECORDINGS)('%s: as asciicast v2, with the replay’s chapters as markers', async name => {
	const file = recordingPath(name);
	const {text, header, events, notes} = await castOf(file);
	expect(notes).toEqual([]);
	const [first] = framesOf(name);
	expect(header).toEqual({
		version: 2,
		width: 120,
		height: 40,
		timestamp: Math.floor((first?.at ?? 0) / 1000),
		idle_time_limit: 2,
		title: '6610c4a',
	});
	let before = 0;
	for (const [seconds, code, data] of events) {
		expect(seconds).toBeGreaterThanOrEqual(before);
		before = seconds;
		expect(code).toMatch(/^[om]$/);
		expect(typeof data).toBe('string');
	}
	const markers = events.filter(([, code]) => code === 'm');
	expect(markers.length).toBeGreaterThan(0);
	expect(markers.map(([seconds, , what]) => ({seconds, what}))).toEqual(
		chaptersOf(file).map(({ms, what}) => ({seconds: Math.round(ms) / 1000, what})),
	);
	// A minute is in it at most.
	expect(text.length).toBeLessThan(500_000);
	expect(events.some(([, , data]) => data.includes('\u001b[36m'))).toBe(true);
});

test('a marker stands behind the picture of what it names', async () => {
	const cast = await castOf(recordingPath('engine-killed-twice'));
	const at = cast.events.findIndex(([, code, data]) => code === 'm' && data.startsWith('balena: killed'));
	expect(await shown({...cast, events: cast.events.slice(0, at)})).toMatch(/balena: killed 9\/KILL/);
});

test('the same recording and size give the same bytes, whatever the terminal; another size another screen', async () => {
	const file = recordingPath('pull-stalls');
	const [one, two] = [await castOf(file), await castOf(file)];
	expect(two.text).toBe(one.text);
	const small = await castOf(file, {columns: 80, rows: 24});
	expect(small.header).toMatchObject({width: 80, height: 24});
	expect((await shown(small)).split('\n').at(-1)).toMatch(/Space play/);
});

test('two minutes in which nothing comes are a few pictures: until it is called stale, and what came then', async () => {
	const silence = Array.from({length: 120}, (_, second) => tick(1000 + second * 1000));
	const cast = await castOf(
		await recorded([
			{...opening[0], ticket: 'T-7'} as Frame,
			...opening.slice(1),
			entryAt(1, 500),
			...silence,
			entryAt(2, 121_500),
		]),
	);
	const {header, events} = cast;
	expect(header.title).toBe('root@dev, ticket T-7');
	expect(events.length).toBeLessThan(30);
	expect(events.some(([, , data]) => /stalled for/.test(data))).toBe(true);
	expect(events.at(-1)?.[0]).toBe(121.5);
	expect(await shown(cast)).toMatch(/10:03:54 i supervisor 2 pulled/);
});

test('what the operator and the device say moves no terminal as a marker', async () => {
	const file = await recorded([
		...opening,
		{t: 'mark', text: 'here\u001b[2J\u009b2J\nit began', at: 1_795_601_034_500, ms: 500},
		tick(1000),
	]);
	const {text, events} = await castOf(file);
	expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
	const [, marker] = events.filter(([, code]) => code === 'm');
	expect(marker).toEqual([0.5, 'm', expect.stringMatching(/^mark: here[^\u0000-\u001f\u007f-\u009f]*it began$/)]);
});

test('a damaged recording is exported as far as it can be read, and told', async () => {
	const whole = gunzipSync(readFileSync(recordingPath('engine-killed-twice'))).toString('utf8');
	const damaged = join(folder, 'damaged.devtop.jsonl');
	writeFileSync(damaged, whole.replace(/^(.*\n){100}/, '$&no frame\n').slice(0, -20));
	const cast = await castOf(damaged);
	expect(cast.notes).toEqual([
		expect.stringMatching(/^One line in part \d+ of \d+ can't be read\.$/),
		expect.stringMatching(/^The last line is torn/),
	]);
	expect(await shown(cast)).toMatch(/balena: killed ×2|balena: killed 9\/KILL/);
});
