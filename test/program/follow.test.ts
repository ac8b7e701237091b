/** Two devtops: one records, the other follows the file. */
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, onTestFinished, test} from 'vitest';
import {recordingPath} from '../support/recordings.ts';
import {Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const start = (args: readonly string[], columns = 200, rows = 50): Terminal =>
	Terminal.start({file: process.execPath, args: [program, ...args], columns, rows});
const newFile = (name = 'session.devtop.jsonl'): string => join(mkdtempSync(join(tmpdir(), 'devtop-follow-')), name);

afterEach(() => Terminal.killAll());

test('what the one sees reaches the other, who can pause, go back and follow again; at the end it says so', async () => {
	const file = newFile('session.devtop.jsonl.gz');
	const writer = await start(['demo', '--scene', 'engine', '--record', file]).until(/13 of 13 ok/, 20_000);
	// The name that the closed file will have does as well.
	const follower = await start(['replay', file, '--follow']).until(
		/REPLAY following \d\d:\d\d:\d\d, last frame \d s old/,
		20_000,
	);
	await writer.until(/balena restarts: 2 in 10 min, last 9\/KILL/, 40_000);
	await follower.until(/balena restarts: 2 in 10 min, last 9\/KILL/, 10_000);
	writer.press('cwritten by the one\r');
	follower.press('o');
	await follower.until('written by the one');
	follower.press('o');
	follower.press(' ');
	await follower.until(/REPLAY paused ×1 \d\d:\d\d:\d\d of \d\d:\d\d:\d\d/);
	const paused = /paused ×1 (\S+) of (\S+)/.exec(follower.screen());
	await follower.until(terminal => {
		const now = /paused ×1 (\S+) of (\S+)/.exec(terminal.screen());
		return now !== null && now[1] === paused?.[1] && now[2] !== paused?.[2];
	});
	follower.press(' ');
	await follower.until(/REPLAY following/);
	follower.press('@10%\r');
	await follower.until(screen => /REPLAY ×1 /.test(screen.screen()) && !/2 in 10 min/.test(screen.screen()));
	follower.press('}');
	await follower.until(/Chapter: /);
	follower.press('@100%\r');
	await follower.until(/REPLAY following.*2 in 10 min/s);
	follower.press('2f/KILL/\r');
	await follower.until(/2 Journal +\/KILL\//);
	writer.press('q');
	expect(await writer.exit).toEqual({code: 0, signal: undefined});
	await follower.until(/REPLAY ended ×1 (\d\d:\d\d:\d\d) of \1/);
	expect(existsSync(file)).toBe(true);
	// From here on it is a replay like any other.
	follower.press('@0%\r');
	await follower.until(/REPLAY ended paused ×1 00:00:00 of/);
	follower.press('q');
	expect(await follower.exit).toEqual({code: 0, signal: undefined});
}, 120_000);

test('kill -9 of the one that writes: the other keeps the last frame and says how old it is', async () => {
	const file = newFile();
	const writer: ChildProcess = spawn(process.execPath, [program, 'record', 'demo', '--output', file], {
		stdio: 'ignore',
	});
	onTestFinished(() => void writer.kill('SIGKILL'));
	while (!existsSync(file)) await new Promise(resolve => setTimeout(resolve, 50));
	const follower = await start(['replay', file, '--follow']).until(/13 of 13 ok/, 20_000);
	await follower.until(/REPLAY following/);
	writer.kill('SIGKILL');
	await follower.until(/REPLAY following \S+, last frame 1\d s old/, 20_000);
	expect(follower.screen()).toMatch(/13 of 13/);
	follower.press('q');
	expect((await follower.exit).code).toBe(0);
}, 90_000);

test('a closed recording is replayed, and is said to be closed', async () => {
	const file = recordingPath('healthy');
	const terminal = await start(['replay', file, '--follow']).until(/is closed, so there is nothing to follow/, 20_000);
	await terminal.until(/REPLAY ×1 00:00:0\d of/);
	terminal.press('q');
	expect((await terminal.exit).code).toBe(0);
});
