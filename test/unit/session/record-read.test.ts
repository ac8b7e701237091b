import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {expect, onTestFinished, test} from 'vitest';
import {isFailure} from '../../../src/domain/channel.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import {type Disk, Recorder, readFrames} from '../../../src/session/recorder.ts';
import {frameLine, readBytes, readLine, SUFFIX} from '../../../src/session/recording/line.ts';
import {openRecording, type Recording} from '../../../src/session/recording/read.ts';
import {verify} from '../../../src/session/recording/verify.ts';
import {randomOf} from '../../support/chance.ts';
import {framesOf} from '../../support/recordings.ts';
import {entryFrame, opening, sessionOf} from './record-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'devtop-read-'));

async function recorded(name: string, frames: Iterable<Frame>): Promise<string> {
	const recorder = new Recorder(join(folder, name));
	for (const frame of frames) recorder.take(frame);
	return (await recorder.close()) ?? '';
}

const whole = readFileSync(await recorded('whole.devtop.jsonl', sessionOf(30)));
const newer: Frame = {...opening[0], version: 2} as Frame;

test.each([
	['missing', null, /is not there\.$/],
	['empty', '', /is empty/],
	['a text', 'hello\nworld\n', /is no recording of devtop\.$/],
	['JSON of something else', '{"a":1}\n{"b":2}\n', /is no recording of devtop\.$/],
	['a header cut in half', whole.subarray(0, 60), /breaks off within its first line/],
	['three bytes of a header', whole.subarray(0, 3), /breaks off within its first line/],
	['random bytes', randomBytes(300_000), /is no recording of devtop\.$/],
	['gzip of something else', gzipSync('hello'), /compressed by another program/],
	['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), /is no recording of devtop\.$/],
	[
		'a newer version',
		`${JSON.stringify(newer)}\n`,
		/was written by a newer devtop \(format 2, this one reads up to 1\)/,
	],
] as const)('%s is one sentence', (name, content, sentence) => {
	const file = join(folder, name.replaceAll(' ', '-'));
	if (content !== null) writeFileSync(file, content);
	for (const found of [openRecording(file), verify(file)]) {
		expect(found).toMatchObject({kind: 'failure', code: 'usage', message: expect.stringMatching(sentence)});
		expect(isFailure(found) && found.message).not.toContain('\n');
	}
});

test('a folder, a pipe and a file that may not be read are one sentence each', () => {
	expect(openRecording(folder)).toMatchObject({message: expect.stringMatching(/is a folder/)});
	const pipe = join(folder, 'pipe');
	execFileSync('mkfifo', [pipe]);
	expect(openRecording(pipe)).toMatchObject({message: expect.stringMatching(/no recording/)});
	const file = join(folder, 'secret');
	writeFileSync(file, whole);
	chmodSync(file, 0o000);
	chmodSync(folder, 0o755);
	// Root may read everything.
	const root = process.geteuid?.() === 0;
	if (root) process.seteuid?.(65_534);
	onTestFinished(() => {
		if (root) process.seteuid?.(0);
	});
	expect(openRecording(file)).toMatchObject({message: expect.stringMatching(/may not be read/)});
});

test('a gigabyte of random bytes is refused without being read', () => {
	const file = join(folder, 'large');
	writeFileSync(file, randomBytes(1 << 16));
	execFileSync('truncate', ['-s', '1G', file]);
	const before = performance.now();
	expect(openRecording(file)).toMatchObject({kind: 'failure'});
	expect(performance.now() - before).toBeLessThan(1000);
	rmSync(file);
});

test('frames come back as they were taken, in both forms, bytes included', async () => {
	const random = randomOf(3);
	const frames = [
		...opening,
		...Array.from({length: 40}, (_, number) =>
			entryFrame(number, random, [
				['BINARY', new Uint8Array([0, 10, 255, number])],
				['ODD', 'a "quoted" ,"hash":"no"} \u2028 \u0000 \u{1f600} text'],
			]),
		),
	];
	const live = await recorded('both.devtop.jsonl', frames);
	const closed = await recorded('both2.devtop.jsonl.gz', frames);
	for (const file of [live, closed]) {
		const recording = openRecording(file);
		if (isFailure(recording)) throw new Error(recording.message);
		expect([...recording.frames()]).toEqual(frames);
		expect(recording.header).toEqual(frames[0]);
		expect(recording.problems()).toEqual([]);
		recording.close();
	}
	expect(readFrames(readFileSync(live, 'utf8'))).toEqual({frames, bad: []});
	expect(existsSync(join(folder, 'both2.devtop.jsonl'))).toBe(false);
	expect(readdirSync(folder).filter(name => name.endsWith('.part'))).toEqual([]);
});

test('a line is read from bytes as from text, whatever stands behind it, and the bytes stay as they were', () => {
	const random = randomOf(4);
	const lines = whole.toString('utf8').split('\n');
	const [first = ''] = lines;
	const hash = first.slice(-SUFFIX);
	const odd = [
		'',
		'{}',
		'{"t":"tick"',
		hash,
		`x${hash}`,
		first.slice(0, -1),
		first.replace(/"\}$/, 'G"}'),
		first.slice(0, -SUFFIX),
		`${first.slice(0, -SUFFIX)}}`,
		`${first} `,
		first.replace('"hash"', '"hush"'),
		first.replace(/.(?="\}$)/, 'A'),
		frameLine(entryFrame(1, random, [['BINARY', new Uint8Array([0, 255])]])).trimEnd(),
	];
	for (const line of [...lines, ...odd]) {
		const bytes = Buffer.from(line);
		expect(readBytes(bytes)).toEqual(readLine(line));
		expect(bytes.toString('utf8')).toBe(line);
	}
});

test("line by line a recording gives the same frames, and tells the same of what it can't read", async () => {
	const live = await recorded('lines.devtop.jsonl', sessionOf(4000));
	const text = readFileSync(live, 'utf8').split('\n');
	for (const number of [5, 6, 2000]) text[number] = 'no frame';
	writeFileSync(live, `${text.join('\n')}{"t":"ti`);
	const told = (read: (recording: Recording, index: number) => readonly (Frame | null)[]) => {
		const recording = openRecording(live);
		if (isFailure(recording)) throw new Error(recording.message);
		const frames = Array.from({length: recording.blocks}, (_, index) => read(recording, index)).flat();
		const problems = recording.problems();
		recording.close();
		return {frames: frames.filter(frame => frame !== null), problems};
	};
	const at = (recording: Recording, index: number): (Frame | null)[] => {
		const lines = recording.lines(index);
		return Array.from({length: lines.length}, (_, number) => lines.at(number) ?? null);
	};
	const blocks = told((recording, index) => recording.block(index));
	expect(blocks.problems).toHaveLength(3);
	expect(told(at)).toEqual(blocks);
	// Asked for a part of it again: what was told stays.
	expect(
		told((recording, index) => {
			const all = at(recording, index);
			recording.lines(index).at(0);
			return all;
		}),
	).toEqual(blocks);
});

test('recordings of before there were hashes can be read', () => {
	const frames = framesOf('healthy');
	const old = join(folder, 'old.devtop.jsonl');
	writeFileSync(old, frames.map(frameLine).join(''));
	const recording = openRecording(old);
	if (isFailure(recording)) throw new Error(recording.message);
	expect([...recording.frames()]).toEqual(frames);
	recording.close();
});

/** A disk that takes a few bytes at a time, and after some of them none. */
function slow(room: number): {disk: Disk; bytes: () => Buffer} {
	const random = randomOf(5);
	let taken = Buffer.alloc(0);
	return {
		bytes: () => taken,
		disk: {
			open: () => 7,
			write: (_descriptor, bytes, offset) => {
				const count = Math.min(1 + Math.floor(random() * 100), bytes.length - offset, room - taken.length);
				if (count <= 0) throw Object.assign(new Error('no space left on device'), {code: 'ENOSPC'});
				taken = Buffer.concat([taken, bytes.subarray(offset, offset + count)]);
				return count;
			},
			sync: () => {},
			cut: (_descriptor, size) => {
				taken = taken.subarray(0, size);
			},
			close: () => {},
		},
	};
}

test('a disk that takes little at a time loses nothing', async () => {
	const {disk, bytes} = slow(1e9);
	const recorder = new Recorder('nowhere', disk);
	const frames = [...sessionOf(200)];
	for (const [index, frame] of frames.entries()) {
		recorder.take(frame);
		if (index % 50 === 0) recorder.flush();
	}
	await recorder.close();
	expect(readFrames(bytes().toString('utf8'))).toEqual({frames, bad: []});
});

test('a full disk leaves whole lines, and why', () => {
	const {disk, bytes} = slow(20_000);
	const recorder = new Recorder('nowhere', disk);
	for (const frame of sessionOf(200)) recorder.take(frame);
	expect(() => recorder.flush()).toThrow(/no space/);
	expect(recorder.fault).toBe('no space left on device');
	const text = bytes().toString('utf8');
	expect(text.endsWith('}\n')).toBe(true);
	expect(text.length).toBe(recorder.bytes);
	expect(readFrames(text).frames).toEqual([...sessionOf(200)].slice(0, text.split('\n').length - 1));
	// And it does not begin again behind the hole.
	recorder.take(entryFrame(1, randomOf(1)));
	recorder.flush();
	expect(bytes().toString('utf8')).toBe(text);
});

test('a place is opened when it is known who answers, and holds what came before', async () => {
	const file = join(folder, 'later.devtop.jsonl');
	const recorder = new Recorder(device => (device === null ? file : ''));
	for (const frame of sessionOf(5)) recorder.take(frame);
	recorder.flush();
	expect([recorder.file, existsSync(file)]).toEqual([null, false]);
	recorder.begin(null);
	recorder.sync();
	expect(readFrames(readFileSync(file, 'utf8')).frames.length).toBe(9);
	expect(await recorder.close()).toBe(`${file}.gz`);
});

test('nothing is written over', async () => {
	const file = join(folder, 'taken.devtop.jsonl');
	mkdirSync(`${file}.gz`);
	expect(() => new Recorder(`${file}.gz`)).toThrow(/there already/);
	writeFileSync(file, '');
	expect(() => new Recorder(file)).toThrow(/EEXIST/);
});
