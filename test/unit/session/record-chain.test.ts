import {mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {tellVerdict} from '../../../src/commands/verify.ts';
import {isFailure} from '../../../src/domain/channel.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import {Recorder} from '../../../src/session/recorder.ts';
import {blocksOf, closeFile, openFile} from '../../../src/session/recording/blocks.ts';
import {frameLine} from '../../../src/session/recording/line.ts';
import {openRecording} from '../../../src/session/recording/read.ts';
import {type Verdict, verify} from '../../../src/session/recording/verify.ts';
import {randomOf} from '../../support/chance.ts';
import {entryFrame, opening, sessionOf} from './record-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'devtop-chain-'));
const scratch = join(folder, 'scratch');

async function recorded(name: string, frames: Iterable<Frame>): Promise<{file: string; recorder: Recorder}> {
	const recorder = new Recorder(join(folder, name));
	let count = 0;
	for (const frame of frames) {
		recorder.take(frame);
		if (++count % 100 === 0) recorder.flush();
	}
	return {file: (await recorder.close()) ?? '', recorder};
}

function verdict(file: string): Verdict {
	const found = verify(file);
	if (isFailure(found)) throw new Error(found.message);
	return found;
}

const of = (bytes: Uint8Array): Verdict => {
	writeFileSync(scratch, bytes);
	return verdict(scratch);
};

const flipped = (bytes: Buffer, at: number, mask: number): Buffer => {
	const copy = Buffer.from(bytes);
	copy[at] = (copy[at] ?? 0) ^ mask;
	return copy;
};

const covers = (found: Verdict, first: number, last: number): boolean =>
	found.broken.some(({from, to}) => from <= first && (to ?? Number.POSITIVE_INFINITY) >= last);

const live = await recorded('live.devtop.jsonl', sessionOf(60));
const raw = readFileSync(live.file);
const closed = await recorded('closed.devtop.jsonl.gz', sessionOf(3200, 2));
const gz = readFileSync(closed.file);

test('what was recorded is whole, in either form, and the hash is the recorder’s', () => {
	for (const {file, recorder} of [live, closed]) {
		const {broken, torn, hash, hashed, tally} = verdict(file);
		expect({broken, torn, hash, hashed, ended: tally.ended}).toEqual({
			broken: [],
			torn: 0,
			hash: recorder.head,
			hashed: true,
			ended: true,
		});
		expect(statSync(file).mode & 0o777).toBe(0o600);
	}
	expect(verdict(closed.file).tally.lines).toBe(3200);
	expect(tellVerdict(verdict(live.file))).toMatchObject({
		code: 0,
		text: expect.stringMatching(
			/^whole: 65 frames, 60 lines of the journal, from 2026-\S+Z to 2026-\S+Z, hash [0-9a-f]{64}\n$/,
		),
	});
});

test('the closed form is gzip, and holds the live one byte for byte', async () => {
	const again = await recorded('again.devtop.jsonl', sessionOf(3200, 2));
	expect(gunzipSync(gz).equals(readFileSync(again.file))).toBe(true);
	const descriptor = openFile(closed.file);
	const {spans} = blocksOf(closed.file, descriptor);
	closeFile(descriptor);
	expect(spans.length).toBeGreaterThan(3);
});

test('one flipped byte in a live file: verify names its line', () => {
	const random = randomOf(11);
	const lastLine = raw.lastIndexOf(10, raw.length - 2) + 1;
	// At random, and every byte of the first and the last line.
	const places = Array.from({length: 300}, () => Math.floor(random() * raw.length));
	for (let at = 0; at <= raw.indexOf(10); at++) places.push(at);
	for (let at = lastLine; at < raw.length; at++) places.push(at);
	for (const at of places) {
		const found = of(flipped(raw, at, 1 + Math.floor(random() * 255)));
		const line = raw.subarray(0, at).filter(byte => byte === 10).length + 1;
		expect(covers(found, line, line), `byte ${at}, line ${line}: ${JSON.stringify(found.broken)}`).toBe(true);
		// And hardly any other: a line that is cut in two is two.
		expect(found.broken.reduce((sum, {from, to}) => sum + (to ?? 1e9) - from + 1, 0)).toBeLessThan(4);
		expect(tellVerdict(found).code).toBe(1);
	}
});

test('one flipped byte in a closed file: verify names the range of lines of that part', () => {
	const descriptor = openFile(closed.file);
	const {spans} = blocksOf(closed.file, descriptor);
	closeFile(descriptor);
	const random = randomOf(12);
	const places = Array.from({length: 60}, () => Math.floor(random() * gz.length));
	for (const {offset, size} of spans)
		places.push(...Array.from({length: 40}, (_, at) => offset + at), offset + size - 1, offset + size - 8);
	for (const at of places) {
		const found = of(flipped(gz, at, 1 << Math.floor(random() * 8)));
		const span = spans.find(({offset, size}) => at >= offset && at < offset + size);
		const {first, count} = span?.lines ?? {first: 0, count: 0};
		expect(covers(found, first, first + count - 1), `byte ${at}: ${JSON.stringify(found.broken)}`).toBe(true);
		expect(found.broken.length).toBe(1);
	}
}, 60_000);

test.each([
	['a line taken out', (lines: string[]) => lines.splice(20, 1), 21],
	['two lines swapped', (lines: string[]) => lines.splice(20, 2, lines[21] ?? '', lines[20] ?? ''), 21],
	['a line twice', (lines: string[]) => lines.splice(20, 0, lines[20] ?? ''), 22],
	['a line put in', (lines: string[]) => lines.splice(20, 0, frameLine(entryFrame(9999, randomOf(1))).trim()), 21],
	[
		'a text changed',
		(lines: string[]) => {
			lines[20] = (lines[20] ?? '').replace('balena-supervisor', 'balena-malicious');
		},
		21,
	],
] as const)('%s is found', (_name, change, line) => {
	const lines = raw.toString('utf8').split('\n');
	change(lines);
	const found = of(Buffer.from(lines.join('\n')));
	expect(covers(found, line, line), JSON.stringify(found.broken)).toBe(true);
});

test('cut anywhere, a live file is whole up to its torn end, and that is told', () => {
	const random = randomOf(13);
	const header = raw.indexOf(10) + 1;
	for (let round = 0; round < 100; round++) {
		const at = header + Math.floor(random() * (raw.length - header));
		const found = of(raw.subarray(0, at));
		const told = tellVerdict(found);
		expect(found.broken).toEqual([]);
		expect(told.code).toBe(0);
		const wholeLines = raw.subarray(0, at).filter(byte => byte === 10).length;
		// Where only the line break is missing, the line is there.
		expect(found.tally.frames - wholeLines).toBe(raw[at] === 10 ? 1 : 0);
		expect(told.text).toMatch(/its last line is torn|it has no end/);
	}
});

test('a closed file that was cut says from where', () => {
	for (const part of [0.2, 0.5, 0.9, 0.999]) {
		const found = of(gz.subarray(0, Math.floor(gz.length * part)));
		expect(found.broken.length).toBe(1);
		expect(tellVerdict(found).code).toBe(1);
	}
	const descriptor = openFile(closed.file);
	const {spans} = blocksOf(closed.file, descriptor);
	closeFile(descriptor);
	const [last] = spans.slice(-1);
	expect(of(gz.subarray(0, last?.offset)).broken).toEqual([{from: last?.lines?.first, to: null, what: 'missing'}]);
	// A part taken out of the middle.
	const [, second, third] = spans;
	const without = Buffer.concat([gz.subarray(0, second?.offset), gz.subarray(third?.offset)]);
	expect(of(without).broken).toEqual([{from: 2, to: (third?.lines?.first ?? 0) - 1, what: 'missing'}]);
});

test('one damaged part costs its own lines only', () => {
	const descriptor = openFile(closed.file);
	const {spans} = blocksOf(closed.file, descriptor);
	closeFile(descriptor);
	for (const at of [(spans[1]?.offset ?? 0) + 20, (spans[1]?.offset ?? 0) + 5000, 3]) {
		writeFileSync(scratch, flipped(gz, at, 0x40));
		const recording = openRecording(scratch);
		if (isFailure(recording)) throw new Error(recording.message);
		const lost = at === 3 ? 1 : (spans[1]?.lines?.count ?? 0);
		expect([...recording.frames()].length).toBe(closed.recorder.tally.frames - lost);
		expect(recording.problems()).toEqual([expect.stringMatching(/lines? \d+.* can't be read/)]);
		expect(recording.header.t).toBe('header');
		recording.close();
	}
});

test('an old recording without hashes can be read, and verify says so', () => {
	const old = [...opening, entryFrame(1, randomOf(1))].map(frameLine).join('');
	const found = of(Buffer.from(old));
	expect(tellVerdict(found)).toMatchObject({code: 1, text: expect.stringMatching(/^not hashed: 4 frames, 1 line of/)});
});
