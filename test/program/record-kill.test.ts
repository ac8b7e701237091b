import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {tellVerdict} from '../../src/commands/verify.ts';
import {isFailure} from '../../src/domain/channel.ts';
import {openRecording} from '../../src/session/recording/read.ts';
import {verify} from '../../src/session/recording/verify.ts';
import {randomOf} from '../support/chance.ts';

const flood = new URL('record-flood.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'devtop-kill-'));
const random = randomOf(20);

type Flood = {readonly child: ChildProcess; readonly said: () => string; readonly gone: Promise<void>};

function start(args: readonly string[]): Flood {
	const child = spawn(process.execPath, [flood, ...args], {stdio: ['ignore', 'pipe', 'inherit']});
	let text = '';
	child.stdout?.on('data', chunk => {
		text += String(chunk);
	});
	return {child, said: () => text, gone: new Promise(resolve => child.once('close', () => resolve()))};
}

const until = async (question: () => boolean): Promise<void> => {
	const end = Date.now() + 20_000;
	while (!question()) {
		if (Date.now() > end) throw new Error('it did not happen');
		await new Promise(resolve => setTimeout(resolve, 1));
	}
};

test('kill -9 at twenty random moments of a flood: every file opens, is whole up to its torn end, and has every line that was written', async () => {
	for (let round = 0; round < 20; round++) {
		const file = join(folder, `${round}.devtop.jsonl`);
		const {child, said, gone} = start([file, '1000000', String(round)]);
		await until(() => said() !== '');
		await new Promise(resolve => setTimeout(resolve, random() * 150));
		child.kill('SIGKILL');
		await gone;
		// The last number may be cut.
		const written = Number(said().split('\n').at(-2));
		const verdict = verify(file);
		if (isFailure(verdict)) throw new Error(verdict.message);
		expect(verdict.broken).toEqual([]);
		expect(verdict.tally.frames).toBeGreaterThanOrEqual(written);
		expect(tellVerdict(verdict)).toMatchObject({code: 0, text: expect.stringMatching(/torn|no end/)});
		const recording = openRecording(file);
		if (isFailure(recording)) throw new Error(recording.message);
		expect([...recording.frames()].length).toBe(verdict.tally.frames);
		recording.close();
		rmSync(file);
	}
}, 120_000);

test('kill -9 while it is closed: the live file is there, or the closed one, and either is whole', async () => {
	let closed = 0;
	for (let round = 0; round < 12; round++) {
		const live = join(folder, `closing-${round}.devtop.jsonl`);
		const {child, said, gone} = start([`${live}.gz`, '12000', String(round)]);
		await until(() => said().includes('closing'));
		// The first at once and the last when it is done; the others in between.
		if (round === 11) await gone;
		else await new Promise(resolve => setTimeout(resolve, round === 0 ? 0 : random() * 250));
		child.kill('SIGKILL');
		await gone;
		const there = [live, `${live}.gz`].filter(file => existsSync(file));
		expect(there.length).toBeGreaterThan(0);
		if (there.includes(`${live}.gz`)) closed++;
		for (const file of there) {
			const verdict = verify(file);
			if (isFailure(verdict)) throw new Error(verdict.message);
			expect({broken: verdict.broken, lines: verdict.tally.lines, ended: verdict.tally.ended}).toEqual({
				broken: [],
				lines: 12_000,
				ended: true,
			});
		}
	}
	// Both were met, or the test shows nothing.
	expect(closed).toBeGreaterThan(0);
	expect(closed).toBeLessThan(12);
}, 120_000);

test('a recording of 150 MB is read and verified in bounded memory, in either form', async () => {
	const reader = new URL('record-memory.ts', import.meta.url).pathname;
	for (const name of ['large.devtop.jsonl', 'large2.devtop.jsonl.gz']) {
		const file = join(folder, name);
		const {said, gone} = start([file, '200000']);
		await gone;
		expect(said()).toContain('closed');
		const megabytes = statSync(file).size / 1e6;
		if (!name.endsWith('.gz')) expect(megabytes).toBeGreaterThan(145);
		// The heap is bounded too, since what V8 takes without need is as large as the machine.
		const child = spawn(process.execPath, ['--max-old-space-size=64', '--max-semi-space-size=8', reader, file], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let text = '';
		child.stdout.on('data', chunk => {
			text += String(chunk);
		});
		await new Promise(resolve => child.once('close', resolve));
		const {frames, verified, grownMb} = JSON.parse(text) as {frames: number; verified: number; grownMb: number};
		expect([frames, verified]).toEqual([204_004, 204_004]);
		expect(grownMb).toBeLessThan(200);
		rmSync(file);
	}
	expect(readdirSync(folder).filter(name => name.startsWith('large'))).toEqual([]);
}, 120_000);
