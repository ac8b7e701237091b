import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterEach, expect, onTestFinished, test} from 'vitest';
import {startEmbedded} from '../../src/embedded/start.ts';
import {readFrames} from '../../src/session/recorder.ts';
import {RECORDINGS, recordingPath} from '../support/recordings.ts';
import {keys, Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

afterEach(() => Terminal.killAll());

const start = (args: readonly string[], columns = 120, rows = 40): Terminal =>
	Terminal.start({
		file: process.execPath,
		args: [program, ...args],
		columns,
		rows,
		env: {HOME: mkdtempSync(join(tmpdir(), 'devtop-home-'))},
	});

/** Without a terminal: what scripts and pipes see. */
const piped = (args: readonly string[]): Promise<{code: number; stdout: string; stderr: string}> =>
	new Promise(resolve => {
		const child = execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
			resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
		);
		child.stdin?.end();
	});

/** The sentence is there, the screen was never taken, and there is no stack trace. */
async function refused(terminal: Terminal, code: number, sentence: RegExp): Promise<void> {
	const exit = await terminal.exit;
	const said = terminal.text().join('').trimEnd();
	expect(said).toMatch(sentence);
	expect(exit.code).toBe(code);
	expect(terminal.rawOutput()).not.toContain('\x1b[?1049h');
	expect(terminal.rawOutput()).not.toMatch(/\n\s+at /);
}

test.each([
	[['nonsense', '--unknown'], 2, /Unknown option '--unknown'.*devtop --help/],
	[[], 2, /devtop needs a target/],
	[['a', 'b'], 2, /One target at a time/],
	[['1234567'], 2, /1234567 is a short uuid.*give all 32 \(or 62\) digits of it, or log in with the balena CLI/],
	[['12345678901234567890123456789012'], 2, /1234567 is reached through the cloud, which knows nobody here/],
	[['-p', 'err', 'host'], 2, /-p is the port; for a priority say --priority=err/],
	[['replay', '/nowhere'], 2, /\/nowhere is not there/],
	[['demo', '--scene', 'nonsense'], 2, /--scene is one of/],
	[['demo', '--record', '/nowhere/at/all'], 2, /The recording .* can't be begun/],
	[['root@no-such-host.invalid'], 1, /no-such-host\.invalid/],
	[['root@127.0.0.1:1'], 1, /Nothing listens on 127\.0\.0\.1 port 1: .*-p 22222/],
] as const)('%j is refused in one sentence', async (args, code, sentence) => {
	await refused(start(args), code, sentence);
});

test('without a terminal it says so; help and version work in a pipe', async () => {
	expect(await piped(['demo'])).toMatchObject({
		code: 2,
		stdout: '',
		stderr: expect.stringMatching(/^devtop: devtop needs a terminal.*\n$/),
	});
	expect(await piped(['--help'])).toMatchObject({code: 0, stderr: '', stdout: expect.stringContaining('devtop demo')});
	expect(await piped(['--version'])).toMatchObject({
		code: 0,
		stdout: expect.stringMatching(/^devtop \d+\.\d+\.\d+\n$/),
	});
});

test('something that is no SSH server is named as such', async () => {
	const server: Server = createServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
	await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	await refused(start([`root@127.0.0.1:${port}`]), 1, new RegExp(`127\\.0\\.0\\.1 port ${port} is no SSH server`));
});

test('the demo: units, journal, an engine that is killed, q', async () => {
	const terminal = await start(['demo', '--scene', 'engine'], 200, 60).until(/13 of 13 ok/, 20_000);
	await terminal.until(/balena restarts: 2 in 10 min, last 9\/KILL/, 30_000);
	terminal.press('2z');
	await terminal.until(/Main process exited, code=killed, status=9\/KILL/);
	terminal.press('q');
	expect(await terminal.exit).toEqual({code: 0, signal: undefined});
	// The screen is given back, and the cursor with it.
	expect(terminal.rawOutput()).toMatch(/\x1b\[\?1049l/);
	expect(terminal.rawOutput().lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.rawOutput().lastIndexOf('\x1b[?25l'));
}, 90_000);

test('the demo: a pull with its layer, its rate, a stall and the engine’s own word on it', async () => {
	const terminal = await start(['demo', '--scene', 'pull'], 200, 60).until(/1 running/, 20_000);
	await terminal.until(/8c38413acee2 +docker-untar.*[kM]B\/s/, 20_000);
	await terminal.until(/no bytes for \d+ s/, 40_000);
	await terminal.until(/before retrying layer download/);
	terminal.press('q');
	await terminal.exit;
}, 90_000);

test('Ctrl-C, SIGTERM and SIGHUP give the terminal back', async () => {
	for (const end of [
		(terminal: Terminal) => terminal.press(keys.ctrlC),
		(terminal: Terminal) => terminal.kill('SIGTERM'),
		(terminal: Terminal) => terminal.kill('SIGHUP'),
	]) {
		const terminal = await start(['demo', '--scene', 'quiet']).until(/13 of 13 ok/, 20_000);
		end(terminal);
		expect((await terminal.exit).signal).toBeUndefined();
		expect(terminal.rawOutput()).toMatch(/\x1b\[\?1049l/);
	}
}, 90_000);

test('a resize below and above the least size', async () => {
	const terminal = await start(['demo', '--scene', 'quiet']).until(/13 of 13 ok/, 20_000);
	terminal.resize(60, 20);
	await terminal.until('devtop needs a terminal of 80x24');
	terminal.resize(80, 24);
	await terminal.until(/13 of 13 ok/);
	expect(terminal.text().at(-1)).toContain('quit');
	terminal.resize(200, 60);
	await terminal.until(screen => screen.text().at(-1)?.includes('quit') === true && /containers/.test(screen.screen()));
});

test('--record writes frames that only their owner may read, and never over a file', async () => {
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-record-')), 'session.devtop.jsonl');
	const terminal = await start(['demo', '--scene', 'quiet', '--record', file]).until(/REC/, 20_000);
	await terminal.until(/13 of 13 ok/);
	terminal.press('q');
	await terminal.exit;
	const {frames, bad} = readFrames(readFileSync(file, 'utf8'));
	expect(bad).toEqual([]);
	expect(frames[0]?.t).toBe('header');
	expect(frames.filter(({t}) => t === 'exit').length).toBe(frames.filter(({t}) => t === 'open').length);
	await refused(start(['demo', '--record', file]), 2, /it is there already/);
});

test('a recording replays through the same screen: to a time, forward, to its chapters, and out', async () => {
	const file = recordingPath('engine-killed-twice');
	const terminal = await start(['replay', file, '--at', '0%'], 200, 60).until(/REPLAY/, 20_000);
	terminal.press('@100%\r');
	await terminal.until(/balena restarts: 2 in 10 min, last 9\/KILL/);
	terminal.press('@0%\r');
	await terminal.until(screen => !/2 in 10 min/.test(screen.screen()));
	terminal.press('q');
	expect(await terminal.exit).toEqual({code: 0, signal: undefined});
	expect(terminal.rawOutput()).toMatch(/\x1b\[\?1049l/);
	const damaged = join(mkdtempSync(join(tmpdir(), 'devtop-damaged-')), 'damaged.devtop.jsonl');
	writeFileSync(
		damaged,
		gunzipSync(readFileSync(file))
			.toString('utf8')
			.replace(/^(.*\n){100}/, '$&no frame\n'),
	);
	const again = await start(['replay', damaged, '--at', '100%']).until(/REPLAY.*balena: killed ×2/s, 20_000);
	again.press('q');
	await again.until(/One line in part \d+ of \d+ can't be read/);
	expect((await again.exit).code).toBe(0);
	await refused(start(['replay', file, '--at', '1999-01-01 00:00']), 2, /is not in this recording/);
}, 90_000);

/** What a device may not have done to the terminal; the window's title is ours, and bears the target's name. */
const TITLE = /\x1b\]2;devtop [^\x07\x1b]*\x07/g;
const ANOTHER =
	/\x1b\]|\x1bP|\x1b\[[56]n|\x1b\[\d*[ABCDEFGS-Z]|[\x07\x08\x0b\x0c\x0e-\x1a\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

test.each(RECORDINGS)(
	'%s replays in a terminal, at each size',
	async name => {
		const terminal = await start(['replay', recordingPath(name), '--at', '50%'], 80, 24).until(/REPLAY/, 20_000);
		// Before it takes keys, the terminal itself would echo them.
		await terminal.until(screen => screen.rawOutput().includes('\x1b[?2004h'));
		terminal.press(' ');
		for (const [columns, rows] of [
			[80, 24],
			[120, 40],
			[200, 60],
		] as const) {
			terminal.resize(columns, rows);
			for (const at of ['50%', '100%']) {
				terminal.press(`@${at}\r`);
				await terminal.until(
					screen => screen.text().at(-1)?.includes('? help') === true && /REPLAY/.test(screen.text()[0] ?? ''),
				);
				terminal.press('2z');
				await terminal.until(/^ 2 Journal/m);
				terminal.press('z0');
			}
		}
		expect(terminal.screen()).not.toMatch(/could not be drawn|a bug of devtop/);
		terminal.press('q');
		expect(await terminal.exit).toEqual({code: 0, signal: undefined});
		const raw = terminal.rawOutput().replaceAll(TITLE, '');
		const shown = raw.slice(raw.indexOf('\x1b[?1049h') + 8, raw.lastIndexOf('\x1b[?1049l'));
		expect(ANOTHER.exec(shown)?.[0]).toBeUndefined();
	},
	90_000,
);

test('notes of a recording, whole, brief, for a customer, as JSON', async () => {
	const file = recordingPath('engine-killed-twice');
	const [full, brief, customer, json] = await Promise.all(
		[[], ['--brief'], ['--for', 'customer'], ['--as', 'json']].map(form => piped(['notes', file, ...form])),
	);
	for (const said of [full, brief, customer, json]) expect(said).toMatchObject({code: 0, stderr: ''});
	expect(full?.stdout).toMatch(/^# .*\n/);
	expect(brief?.stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(12);
	expect(customer?.stdout).not.toMatch(/9\/KILL|root@/);
	expect(JSON.parse(json?.stdout ?? '')).toMatchObject({});
	const output = join(mkdtempSync(join(tmpdir(), 'devtop-notes-')), 'note.md');
	expect(await piped(['notes', file, '--output', output])).toMatchObject({code: 0, stdout: ''});
	expect(readFileSync(output, 'utf8')).toBe(full?.stdout);
	expect(await piped(['notes', file, '--output', output])).toMatchObject({
		code: 2,
		stderr: expect.stringMatching(/is there already/),
	});
});

test('an unknown host key is asked about, and "no" leaves', async () => {
	const embedded = await startEmbedded({scene: 'quiet'});
	onTestFinished(() => embedded.close());
	const folder = mkdtempSync(join(tmpdir(), 'devtop-key-'));
	writeFileSync(
		join(folder, 'config'),
		`Host device\n HostName 127.0.0.1\n Port ${embedded.server.port}\n User root\n UserKnownHostsFile ${folder}/known_hosts\n`,
	);
	const terminal = start(['-F', join(folder, 'config'), 'device']);
	await terminal.until(/is not known yet/, 20_000);
	expect(terminal.screen()).toMatch(/SHA256:/);
	terminal.press('no\r');
	expect((await terminal.exit).code).toBe(1);
	expect(terminal.rawOutput()).not.toContain('\x1b[?1049h');
});

test('a terminal that is closed ends the program, and its recording in order', async () => {
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-hangup-')), 'session.devtop.jsonl');
	const terminal = await start(['demo', '--scene', 'quiet', '--record', file]).until(/REC \d/, 20_000);
	terminal.hangUp();
	const runs = (): boolean => {
		try {
			// A child that has ended and was not waited for is no process that runs.
			return !/^State:\s+Z/m.test(readFileSync(`/proc/${terminal.pid}/status`, 'utf8'));
		} catch {
			return false;
		}
	};
	for (const end = Date.now() + 15_000; runs() && Date.now() < end; )
		await new Promise(resolve => setTimeout(resolve, 100));
	expect(runs()).toBe(false);
	expect(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)).toMatch(/^\{"t":"bye"/);
}, 60_000);
