import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, onTestFinished, test} from 'vitest';
import type {Summary} from '../../src/commands/record.ts';
import {isFailure} from '../../src/domain/channel.ts';
import {startEmbedded} from '../../src/embedded/start.ts';
import {verify} from '../../src/session/recording/verify.ts';
import {Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

afterEach(() => Terminal.killAll());

const house = (): string => mkdtempSync(join(tmpdir(), 'devtop-record-'));

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

const run = (args: readonly string[], state: string, file = process.execPath): Promise<Ran> =>
	new Promise(resolve => {
		execFile(file, args, {env: {...process.env, XDG_STATE_HOME: state}}, (error, stdout, stderr) =>
			resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
		);
	});
const devtop = (args: readonly string[], state: string): Promise<Ran> => run([program, ...args], state);

test('record: a session without a terminal, its summary, and what can be done with its file', async () => {
	const folder = house();
	const file = join(folder, 'session.devtop.jsonl.gz');
	const recorded = await devtop(
		['record', 'demo', '--scene', 'quiet', '--for', '5s', '--output', file, '--json'],
		folder,
	);
	expect(recorded).toMatchObject({code: 0, stderr: `devtop: Recording to ${file.replace('.gz', '')}\n`});
	const summary = JSON.parse(recorded.stdout) as Summary;
	expect(summary).toMatchObject({
		file,
		uuid: '8f2c91d4b0a74c1f9e5d3a6b7c8091ea',
		seconds: expect.closeTo(5, 0),
		reconnects: 0,
		lost: 0,
		fault: null,
		entries: {identity: 1, 'journal-history': 100, sampler: expect.any(Number)},
	});
	expect(summary.bytesReceived).toBeGreaterThan(1000);
	const verified = await devtop(['verify', file], folder);
	expect(verified).toMatchObject({code: 0, stderr: ''});
	expect(verified.stdout).toMatch(
		new RegExp(`^whole: ${summary.frames} frames, ${summary.lines} lines of the journal, .*hash ${summary.hash}\\n$`),
	);
	const json = await devtop(['export', file, '--as', 'json'], folder);
	expect(json.code).toBe(0);
	const cursors = json.stdout
		.trimEnd()
		.split('\n')
		.map(line => (JSON.parse(line) as {cursor?: string}).cursor)
		.filter(cursor => cursor !== undefined);
	expect(cursors.length).toBeGreaterThanOrEqual(summary.lines);
	expect(new Set(cursors).size).toBe(cursors.length);
	const journal = await devtop(['export', file, '--as', 'journal'], folder);
	expect(journal.stdout.match(/^__CURSOR=/gm)?.length).toBe(cursors.length);
}, 60_000);

test.each(['SIGINT', 'SIGTERM'] as const)(
	'record until %s: it ends in order, in its default place',
	async signal => {
		const state = house();
		const child: ChildProcess = spawn(process.execPath, [program, 'record', 'demo', '--ticket', 'T-9'], {
			env: {...process.env, XDG_STATE_HOME: state},
		});
		let said = '';
		child.stderr?.on('data', chunk => {
			if (said === '') setTimeout(() => child.kill(signal), 1500);
			said += String(chunk);
		});
		let told = '';
		child.stdout?.on('data', chunk => {
			told += String(chunk);
		});
		const code = await new Promise(resolve => child.once('close', resolve));
		expect([code, said]).toEqual([0, expect.stringMatching(/^devtop: Recording to .*\.T-9\.devtop\.jsonl\n$/)]);
		expect(told).toMatch(/^recorded .*\nfile .*\.T-9\.devtop\.jsonl\.gz, \d+ frames, hash [0-9a-f]{64}\njournal /);
		expect(await devtop(['verify', 'last'], state)).toMatchObject({code: 0, stdout: expect.stringMatching(/^whole: /)});
		expect(await devtop(['verify', '8f2c91d'], state)).toMatchObject({code: 0});
		expect((await devtop(['ls'], state)).stdout).toMatch(/\n8f2c91d +\S+ \S+ +T-9 +\d+s +\d+ /);
	},
	60_000,
);

test('a disk that is full ends the recording, which says so and is whole as far as it goes', async () => {
	const folder = house();
	const file = join(folder, 'full.devtop.jsonl');
	// In blocks of 1024 bytes; node ignores the signal and gets an error.
	const limited = `ulimit -f 100; exec "${process.execPath}" "${program}" record demo --for 60s --output "${file}"`;
	const ran = await run(['-c', limited], folder, 'bash');
	expect(ran).toMatchObject({code: 1, stderr: expect.stringMatching(/could not be written to its end: EFBIG/)});
	const verdict = verify(file);
	if (isFailure(verdict)) throw new Error(verdict.message);
	expect({broken: verdict.broken, torn: verdict.torn}).toEqual({broken: [], torn: 0});
	expect(ran.stdout).toContain(`${verdict.tally.frames} frames, hash ${verdict.hash}`);
}, 60_000);

test('a device is recorded by default; where is told before the screen and after it', async () => {
	const embedded = await startEmbedded({scene: 'quiet'});
	onTestFinished(() => embedded.close());
	const state = house();
	writeFileSync(join(state, 'key'), embedded.server.clientKey, {mode: 0o600});
	writeFileSync(
		join(state, 'config'),
		`Host device\n HostName 127.0.0.1\n Port ${embedded.server.port}\n User root\n IdentityFile ${state}/key\n UserKnownHostsFile ${state}/known_hosts\n`,
	);
	const start = (more: readonly string[]): Terminal =>
		Terminal.start({
			file: process.execPath,
			args: [program, '-F', join(state, 'config'), 'device', ...more],
			columns: 200,
			rows: 40,
			env: {HOME: state, XDG_STATE_HOME: state},
		});
	const terminal = start(['--ticket', 'T-1']);
	await terminal.until(/is not known yet/, 20_000);
	terminal.press('yes\r');
	await terminal.until(/REC/, 20_000);
	terminal.press('q');
	expect((await terminal.exit).code).toBe(0);
	const [folder = ''] = readdirSync(join(state, 'devtop'));
	const [name = '', ...more] = readdirSync(join(state, 'devtop', folder));
	const file = join(state, 'devtop', folder, name);
	expect([folder, more]).toEqual(['8f2c91d4b0a74c1f9e5d3a6b7c8091ea', []]);
	expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.T-1\.devtop\.jsonl\.gz$/);
	expect([statSync(file).mode & 0o777, statSync(join(file, '..')).mode & 0o777]).toEqual([0o600, 0o700]);
	const output = terminal.rawOutput();
	const began = output.indexOf(`devtop: Recording to ${file.replace('.gz', '')}`);
	const ended = output.indexOf(`devtop: Recorded in ${file} (`);
	expect(began).toBeGreaterThan(0);
	expect(began).toBeLessThan(output.indexOf('\x1b[?1049h'));
	expect(ended).toBeGreaterThan(output.lastIndexOf('\x1b[?1049l'));
	expect(verify(file)).toMatchObject({broken: [], torn: 0, hashed: true});

	const silent = start(['--no-record']);
	await silent.until(/13 of 13 ok/, 20_000);
	expect(silent.text().join('\n')).not.toContain('REC');
	silent.press('q');
	await silent.exit;
	expect(readdirSync(join(state, 'devtop', folder))).toEqual([name]);
}, 90_000);

test.each([
	[['verify', '/nowhere.jsonl'], /\/nowhere\.jsonl is not there\.\n$/],
	[['verify', '/tmp'], /is a folder, not a recording\.\n$/],
	[['verify', program], /is no recording of devtop\.\n$/],
	[['verify', 'last'], /There is no recording in .* yet\.\n$/],
	[['export', program, '--as', 'json'], /is no recording of devtop\.\n$/],
	[['record', 'demo', '--for', '1s', '--output', program], /it is there already/],
] as const)('%j is refused in one sentence', async (args, sentence) => {
	expect(await devtop(args, house())).toMatchObject({
		code: 2,
		stdout: '',
		stderr: expect.stringMatching(new RegExp(`^devtop: [^\\n]*${sentence.source}`)),
	});
});

test('a changed line makes verify fail and name it', async () => {
	const folder = house();
	const file = join(folder, 'x.devtop.jsonl');
	await devtop(['record', 'demo', '--for', '1s', '--output', file], folder);
	expect(existsSync(file)).toBe(true);
	const lines = readFileSync(file, 'utf8').split('\n');
	lines[9] = (lines[9] ?? '').replace('"ms":', '"ms":1');
	writeFileSync(file, lines.join('\n'));
	expect(await devtop(['verify', file], folder)).toMatchObject({
		code: 1,
		stdout: expect.stringMatching(/^broken at line 10: changed since it was written\nwhat can be read: \d+ frames/),
	});
}, 30_000);
