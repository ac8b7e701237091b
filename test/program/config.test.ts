import {mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {home, UUID} from '../support/home.ts';
import {Terminal} from '../support/terminal.ts';

afterEach(() => Terminal.killAll());

test('a name is a target; old recordings go after they were told, at the end', async () => {
	const {run, screen, over, reach, recordings} = home({
		devices: {box: {host: 'device', uuid: UUID}, wrong: {host: 'device', uuid: '0'.repeat(32)}},
		redact: [{name: 'lease', pattern: 'new lease, (?<secret>address=\\S+)'}],
		keep: {days: 30},
	});
	await reach('quiet');
	expect(await run(over('record', 'box', '--for', '1s', '--ticket', 'T-1'))).toMatchObject({
		code: 0,
		stdout: expect.stringMatching(/^redacted +lease \d+$/m),
	});
	const [first = ''] = readdirSync(recordings);
	utimesSync(join(recordings, first), 0, 0);
	writeFileSync(join(recordings, 'mine.txt'), 'mine');
	mkdirSync(join(recordings, 'more'));
	const told = await run(['ls', '--keep']);
	// Its name says when it was made.
	expect(told.stdout).toBe('Nothing goes.\n');
	const old = first.replace(/^\d{4}/, '2020');
	renameSync(join(recordings, first), join(recordings, old));
	expect((await run(['ls', '--keep'])).stdout).toMatch(/^goes +older than 30 days +[\d.]+ kB +\S+\n1 recording older/);

	const terminal = await screen(over('box')).until(
		/1 recording older than 30 days \([\d.]+ kB\) goes at the end/,
		20_000,
	);
	expect(readdirSync(recordings)).toContain(old);
	terminal.press('q');
	await terminal.exit;
	expect(terminal.rawOutput()).toMatch(/devtop: Removed 1 recording older than 30 days/);
	expect(readdirSync(recordings)).toEqual([expect.stringMatching(/\.gz$/), 'mine.txt', 'more']);

	expect(await run(over('record', 'wrong', '--for', '1s'))).toMatchObject({
		code: 1,
		stderr: expect.stringMatching(
			/Another device answers at .* \(8f2c91d\) than the one that is asked for \(0000000\)/,
		),
	});
}, 90_000);

test('nothing connects with a fault in the configuration', async () => {
	const {run, over, configFile} = home({keep: {dayz: 3}});
	for (const args of [
		['device', '--once'],
		['demo', '--once'],
		['record', 'device', '--for', '1s'],
	])
		expect(await run(over(...args))).toMatchObject({
			code: 2,
			stdout: '',
			stderr: `devtop: ${configFile}:1: keep has no key "dayz": is "days" meant?\n`,
		});
	expect(await run(['config', '--check'])).toMatchObject({
		code: 2,
		stderr: expect.stringMatching(/"days" meant/),
	});
	expect(await run(['ls'])).toMatchObject({code: 0});
}, 60_000);
