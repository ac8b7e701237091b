import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {readFrames} from '../../src/session/recorder.ts';
import {Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

afterEach(() => Terminal.killAll());

const devtop = (...args: readonly string[]): Promise<string> =>
	new Promise((resolve, reject) => {
		execFile(process.execPath, [program, ...args], (error, stdout) =>
			error === null ? resolve(stdout) : reject(error),
		);
	});
const start = (...args: readonly string[]): Terminal =>
	Terminal.start({file: process.execPath, args: [program, ...args], columns: 120, rows: 40});

test('a recording that is paused and goes on: the header, the note, the replay, verify', async () => {
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-pause-')), 'session.devtop.jsonl');
	const terminal = start('demo', '--scene', 'engine', '--record', file);
	await terminal.until(/REC \d.*LOOK ONLY/, 20_000);
	await terminal.until(/balena +3 d active/, 20_000);
	terminal.press(':pause rec\r');
	await terminal.until('pause the recording, because:');
	terminal.press('payroll is on the screen\r');
	await terminal.until(/REC paused \d+ s/);
	const size = (): number => statSync(file).size;
	await terminal.until(() => readFileSync(file, 'utf8').includes('"t":"pause"'));
	const paused = size();
	await terminal.until(/balena: killed ×2/, 30_000);
	expect(size()).toBe(paused);
	terminal.press(':go on\r');
	await terminal.until(/REC \d/, 20_000);
	await terminal.until(/containers 3 of 3 running/, 30_000);
	terminal.press('h');
	await terminal.until('# Handover: 8f2c91d', 20_000);
	terminal.press('s');
	await terminal.until(`Saved: ${file.replace('.devtop.jsonl', '.md')}`);
	terminal.press('s');
	await terminal.until(`Saved: ${file.replace('.devtop.jsonl', '-2.md')}`);
	terminal.press('q');
	expect((await terminal.exit).code).toBe(0);

	const saved = file.replace('.devtop.jsonl', '.md');
	expect(statSync(saved).mode & 0o777).toBe(0o600);
	expect(readFileSync(saved, 'utf8')).toMatch(/The recording was paused .* s: payroll is on the screen\./);
	expect(await devtop('verify', file)).toMatch(/^whole: /);
	expect(await devtop('notes', file)).toMatch(/The recording was paused .* s: payroll is on the screen\./);
	expect(await devtop('export', file, '--as', 'json')).toMatch(
		/"stream":"recording".*"paused","reason":"payroll is on the screen"[\s\S]*"stream":"recording".*"resumed"/,
	);
	const {frames} = readFrames(readFileSync(file, 'utf8'));
	const kinds = frames.map(({t}) => t);
	// Of the second kill there is no line, and all that it left behind.
	const after = JSON.stringify(frames.slice(kinds.indexOf('resume')));
	expect(after).not.toContain('code=killed, status=9/KILL');
	expect(after).toContain('NRestarts=2');
	const replay = start('replay', file, '--at', '100%');
	await replay.until(/REPLAY/, 20_000);
	await replay.until(/containers 3 of 3 running/);
	expect(replay.screen()).toMatch(/balena +\d+ s active/);
	const here = 'The recording was paused here: payroll is on the screen';
	// Back over what happened behind it, a chapter at a time.
	for (let chapter = 0; chapter < 20 && !replay.screen().includes(here); chapter++) {
		const before = replay.screen();
		replay.press('{');
		await replay.until(shown => shown.screen() !== before);
	}
	await replay.until(here);
	replay.press('o');
	await replay.until(/‖ +recording +the recording is paused: payroll is on the screen/);
	replay.press('h');
	await replay.until('# Handover: 8f2c91d', 20_000);
	replay.press('q');
	expect((await replay.exit).code).toBe(0);
}, 120_000);

test('quitting while it is paused ends the recording in order', async () => {
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-pause-')), 'session.devtop.jsonl');
	const terminal = start('demo', '--scene', 'quiet', '--record', file);
	await terminal.until(/REC \d.*LOOK ONLY/, 20_000);
	terminal.press(':pause rec\rwhy not\r');
	await terminal.until(/REC paused \d+ s/);
	terminal.press('q');
	expect((await terminal.exit).code).toBe(0);
	const {frames} = readFrames(readFileSync(file, 'utf8'));
	expect(frames.slice(-3).map(({t}) => t)).toEqual(['pause', 'link', 'bye']);
	expect(await devtop('verify', file)).toMatch(/^whole: /);
	expect(await devtop('notes', file)).toContain('and not resumed: why not.');
}, 60_000);
