import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {exportFile} from '../../../src/commands/export.ts';
import {isFailure} from '../../../src/domain/channel.ts';
import type {Field} from '../../../src/domain/entry.ts';
import type {Frame, FrameBody} from '../../../src/domain/frame.ts';
import type {SourceId} from '../../../src/domain/source.ts';
import {Recorder} from '../../../src/session/recorder.ts';
import {ExportFramer} from '../../../src/transport/framing/export.ts';
import {randomOf} from '../../support/chance.ts';
import {recordingPath} from '../../support/recordings.ts';
import {entryFrame, opening} from '../session/record-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'devtop-export-'));
let files = 0;

async function recorded(frames: readonly Frame[]): Promise<string> {
	const recorder = new Recorder(join(folder, `${files++}.devtop.jsonl`));
	for (const frame of frames) recorder.take(frame);
	return (await recorder.close()) ?? '';
}

async function exported(file: string, as: 'json' | 'journal'): Promise<Buffer> {
	const output = join(folder, `${files++}.out`);
	expect(await exportFile(file, as, output, () => {})).toBeNull();
	expect(statSync(output).mode & 0o777).toBe(0o600);
	return readFileSync(output);
}

type Fact = Readonly<Record<string, unknown>>;
const facts = async (file: string): Promise<readonly Fact[]> =>
	(await exported(file, 'json'))
		.toString('utf8')
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line) as Fact);

const entry = (number: number, more: readonly [string, string | Uint8Array][] = [], ch = 2): Frame =>
	({...entryFrame(number, randomOf(number), [...more]), ch}) as Frame;
const openSource = (ch: number, source: SourceId): Frame => ({
	t: 'open',
	ch,
	source,
	argv: [],
	token: 'x',
	at: 1_795_601_034_000,
	ms: 0,
});

const few = (number: number, ch: number): Frame => {
	const frame = entry(number, [], ch);
	if (frame.t !== 'out' || frame.unit.kind !== 'entry') throw new Error('no entry');
	return {...frame, unit: {kind: 'entry', entry: frame.unit.entry.filter(([name]) => !/PID|COMM|INVOC/.test(name))}};
};

/** Entries 1 to 6, some of them many times and by many ways; 7 is known from the story only. */
const repeated: readonly Frame[] = [
	...opening,
	openSource(3, 'story'),
	few(4, 3),
	few(7, 3),
	openSource(4, 'journal-history'),
	entry(1, [], 4),
	entry(2, [], 4),
	entry(3, [], 4),
	entry(3),
	entry(4),
	openSource(5, 'journal-older'),
	entry(1, [], 5),
	entry(5),
	entry(5),
	openSource(6, 'entry-before'),
	entry(5, [], 6),
	entry(6),
];

test('as json: every entry once, as the journal has it, whatever ways it came by', async () => {
	const lines = (await facts(await recorded(repeated))).filter(({stream}) => stream === 'journal');
	expect(lines.map(({message}) => Number(/\d+/.exec(String(message))?.[0]))).toEqual([7, 1, 2, 3, 4, 5, 6]);
	expect(lines.map(({pid}) => pid === null)).toEqual([true, false, false, false, false, false, false]);
	expect(lines[1]).toMatchObject({
		stream: 'journal',
		at: '2026-11-25T10:03:54.020Z',
		cursor: expect.stringMatching(/^s=.*;x=/),
		boot: '6a1f0c9e2b7d4e538c46d09b1a7f3e25',
		realtimeUs: 1_795_601_034_020_000,
		monotonicUs: 20_000,
		priority: 6,
		identifier: 'balena-supervisor',
		unit: 'balena-supervisor.service',
		container: null,
	});
});

test('as json: text is whole, bytes stand beside it, and nothing in it moves a terminal', async () => {
	const long = 'x'.repeat(20_000);
	const replace = (number: number, message: string | Uint8Array): Frame => {
		const frame = entry(number);
		if (frame.t !== 'out' || frame.unit.kind !== 'entry') throw new Error('no entry');
		const fields = frame.unit.entry.map((field): Field => (field[0] === 'MESSAGE' ? ['MESSAGE', message] : field));
		return {...frame, unit: {kind: 'entry', entry: fields}};
	};
	const file = await recorded([
		...opening,
		replace(1, long),
		replace(2, 'two\nlines \u001b[31m \u009b2J'),
		replace(3, new Uint8Array([0x61, 0xff, 0x00])),
	]);
	const text = (await exported(file, 'json')).toString('utf8');
	expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
	const lines = text.split('\n').flatMap(line => (line.includes('"journal"') ? [JSON.parse(line) as Fact] : []));
	expect(lines.map(({message}) => message)).toEqual([long, 'two\nlines \u001b[31m \u009b2J', 'a\ufffd\u0000']);
	expect(lines.map(({bytes}) => bytes)).toEqual([
		undefined,
		undefined,
		Buffer.from([0x61, 0xff, 0]).toString('base64'),
	]);
});

test.each(['engine-killed-twice', 'kernel-trouble', 'pull-stalls'])('as json: %s has all its streams', async name => {
	const lines = await facts(recordingPath(name));
	const streams = new Set(lines.map(({stream}) => stream));
	for (const stream of ['journal', 'kernel', 'unit', 'vitals', 'link', 'finding']) expect(streams).toContain(stream);
	expect(streams.has('pull')).toBe(name === 'pull-stalls');
	const cursors = lines.flatMap(({cursor}) => (typeof cursor === 'string' ? [cursor] : []));
	expect(new Set(cursors).size).toBe(cursors.length);
	for (const {at} of lines) expect(at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
	expect(lines.find(({stream}) => stream === 'unit')).toMatchObject({
		unit: expect.stringMatching(/\.(service|socket|target|timer)$/),
		loadState: 'loaded',
		activeState: expect.any(String),
	});
});

const odd: readonly [string, string | Uint8Array][] = [
	['BINARY', new Uint8Array([0, 10, 255, 61, 10, 10])],
	['LINES', 'one\ntwo=\n\nthree'],
	['TWICE', 'a'],
	['TWICE', 'b'],
	['UTF8', 'ä 漢字 \u{1f600} \t \u0001'],
	['EMPTY', ''],
];

test('as journal: what comes out is what came in, byte for byte', async () => {
	const frames = [...opening, entry(1, odd), entry(2), entry(2), entry(3, odd)];
	const framer = new ExportFramer('none');
	const units = framer.push(await exported(await recorded(frames), 'journal'));
	const wanted = [entry(1, odd), entry(2), entry(3, odd)].flatMap(frame => (frame.t === 'out' ? [frame.unit] : []));
	expect(units).toEqual(wanted);
});

const remote = ['/usr/lib/systemd/systemd-journal-remote', '/lib/systemd/systemd-journal-remote'].find(file =>
	existsSync(file),
);
if (remote === undefined)
	console.info('systemd-journal-remote is not installed: the import of the journal export is not tested here.');

test.skipIf(remote === undefined)('as journal: systemd-journal-remote imports it', async () => {
	const frames = [...opening, entry(1, odd), ...Array.from({length: 50}, (_, number) => entry(number + 2))];
	const stream = join(folder, 'stream.export');
	writeFileSync(stream, await exported(await recorded(frames), 'journal'));
	const journal = join(folder, 'imported.journal');
	execFileSync(remote ?? '', ['-o', journal, stream]);
	const shown = execFileSync('journalctl', ['--file', journal, '--output=json', '--all'], {encoding: 'utf8'})
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line) as Fact);
	const messages = frames.flatMap(frame =>
		frame.t === 'out' && frame.unit.kind === 'entry'
			? frame.unit.entry.flatMap(([name, value]) => (name === 'MESSAGE' ? [value] : []))
			: [],
	);
	expect(shown.map(({MESSAGE}) => MESSAGE)).toEqual(messages);
	expect(shown[0]).toMatchObject({BINARY: [0, 10, 255, 61, 10, 10], TWICE: ['a', 'b']});
});

test('what is no recording, and a file that is there already, are one sentence', async () => {
	const file = await recorded(repeated);
	for (const [from, to, sentence] of [
		[join(folder, 'nowhere'), join(folder, 'x'), /is not there/],
		[file, file, /is there already/],
		[file, join(folder, 'no', 'such', 'folder'), /could not be written/],
	] as const) {
		const failed = await exportFile(from, 'json', to, () => {});
		expect(isFailure(failed) && failed.message).toMatch(sentence);
	}
});

test('a torn end is told, and the rest is exported', async () => {
	const file = await recorded(repeated);
	writeFileSync(file, readFileSync(file).subarray(0, -30));
	const notes: string[] = [];
	await exportFile(file, 'json', join(folder, 'torn.out'), sentence => notes.push(sentence));
	expect(notes).toEqual([expect.stringMatching(/^The last line is torn/)]);
	expect(readFileSync(join(folder, 'torn.out'), 'utf8').match(/"stream":"journal"/g)?.length).toBe(6);
});

test('as json: every frame of the gate is a fact of stream "action", and the rest stays as it is', async () => {
	const at = 1_795_601_040_000;
	const chrony = {kind: 'unit', unit: 'chronyd.service'} as const;
	const what = {action: 'unit.restart', title: 'Restart the unit', subject: chrony} as const;
	const bodies: readonly FrameBody[] = [
		{
			t: 'consent',
			consent: {
				id: 1,
				by: 'Ann',
				via: 'phone',
				words: 'please do',
				kind: 'customer',
				actions: ['unit.restart'],
				units: 'any',
				device: 'd',
				untilMs: 61_000,
			},
		},
		{t: 'ask', id: 7, ...what},
		{t: 'granted', id: 7, ...what, consent: 1, risk: 'disruptive', confirmed: 'yes', basis: 'b', steps: [['true']]},
		{t: 'ran', id: 7, ch: 90, step: 0, argv: ['true'], token: 't'},
		{t: 'out', ch: 90, unit: {kind: 'line', text: 'printed'}},
		{t: 'exit', ch: 90, exit: {kind: 'exited', code: 0}},
		{t: 'proof', id: 7, proof: {kind: 'waiting', sentence: 'it runs'}},
		{t: 'verdict', id: 7, verdict: {kind: 'proven', sentence: 'done'}},
		{t: 'refused', id: 8, ...what, why: 'no'},
		{t: 'disarm', why: 'enough'},
	];
	const acting = bodies.map((body, index): Frame => ({...body, at: at + index, ms: 1000}));
	const plain = await facts(await recorded(repeated));
	const both = await facts(await recorded([...repeated, ...acting]));
	expect(both.filter(({stream}) => stream !== 'action' && stream !== 'finding')).toEqual(
		plain.filter(({stream}) => stream !== 'finding'),
	);
	const found = both.filter(({stream}) => stream === 'action');
	expect(found.map(({of, id}) => [of, id])).toEqual([
		['consent', undefined],
		['ask', 7],
		['granted', 7],
		['ran', 7],
		['proof', 7],
		['verdict', 7],
		['refused', 8],
		['disarm', undefined],
	]);
	expect(found[0]).toEqual({
		stream: 'action',
		at: new Date(at).toISOString(),
		of: 'consent',
		consent: 1,
		by: 'Ann',
		via: 'phone',
		words: 'please do',
		kind: 'customer',
		actions: ['unit.restart'],
		units: 'any',
		device: 'd',
		until: new Date(at + 60_000).toISOString(),
	});
	expect(found[3]).toMatchObject({argv: ['true'], step: 0});
	expect(Object.keys(found[3] ?? {})).not.toContain('ms');
});
