/** Signals that come before anything was sent: each ends the program at once, in words that are true. */
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, onTestFinished, test} from 'vitest';
import {readFrames} from '../../src/session/recorder.ts';
import {Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const CONSENT = ['--consent-by', 'Ann Example', '--consent-via', 'ticket 4711', '--consent-words', 'yes, do it'];

afterEach(() => Terminal.killAll());

const house = (): string => mkdtempSync(join(tmpdir(), 'devtop-broken-'));

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

function devtop(args: readonly string[], state: string, began: (kill: (signal: NodeJS.Signals) => void) => void) {
	const child = spawn(process.execPath, args, {env: {...process.env, HOME: state, XDG_STATE_HOME: state}});
	const said = {stdout: '', stderr: ''};
	for (const stream of ['stdout', 'stderr'] as const)
		child[stream].setEncoding('utf8').on('data', (text: string) => {
			said[stream] += text;
		});
	began(signal => void child.kill(signal));
	return new Promise<Ran>(resolve => child.once('close', code => resolve({code, ...said})));
}

/** A host that takes connections and says nothing; `came` is called with each. */
async function silent(came: () => void): Promise<string> {
	const server = createServer(socket => {
		socket.on('error', () => {});
		came();
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	return `root@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Sends the program a signal in the moment in which a listener for it is taken off, or where none ever is, when it says
 * that it has begun: the one is lost where the next listener is put on behind it.
 */
const inTheGap = (signal: string): string =>
	`data:text/javascript,${encodeURIComponent(`
		let sent = false;
		const send = () => { if (!sent) process.kill(process.pid, '${signal}'); sent = true; };
		const {off} = process;
		process.off = function (...args) { if (args[0] === '${signal}') send(); return off.apply(this, args); };
		const {write} = process.stderr;
		process.stderr.write = function (...args) { if (/Recording to/.test(args[0])) send(); return write.apply(this, args); };
	`)}`;

test.each([
	['SIGINT', 130],
	['SIGTERM', 143],
	['SIGHUP', 129],
] as const)(
	'act: %s when the connection is just up is not lost: nothing is sent, exit code %i',
	async (signal, code) => {
		const state = house();
		const file = join(state, 'f.devtop.jsonl');
		const args = ['act', 'demo', '--scene', 'quiet', 'reload', ...CONSENT, '--record', file];
		const ran = await devtop(['--import', inTheGap(signal), program, ...args], state, () => {});
		expect(ran).toMatchObject({code, stdout: `left: It was broken off (${signal}): nothing was sent.\n`});
		const {frames} = readFrames(readFileSync(file, 'utf8'));
		expect(frames.filter(({t}) => /^(?:granted|ran|verdict)$/.test(t))).toEqual([]);
		expect(frames.at(-1)?.t).toBe('bye');
	},
	60_000,
);

test.each([
	['act', ['reload', ...CONSENT, '--record'], /^left: It was broken off \(SIGTERM\): nothing was sent\.$/m],
	['record', ['--output'], /^devtop: It was broken off \(SIGTERM\) before it began: nothing was done\.$/m],
] as const)(
	'%s: SIGTERM while it connects: exit code 143',
	async (command, more, says) => {
		const state = house();
		const file = join(state, 'f.devtop.jsonl');
		let kill: (signal: NodeJS.Signals) => void = () => {};
		const target = await silent(() => kill('SIGTERM'));
		const ran = await devtop([program, command, target, ...more, file], state, how => {
			kill = how;
		});
		expect({code: ran.code, said: ran.stdout + ran.stderr}).toEqual({code: 143, said: expect.stringMatching(says)});
		expect(existsSync(file)).toBe(true);
	},
	60_000,
);

test('the screen: SIGHUP while it connects: exit code 129, and the recording has an end', async () => {
	const state = house();
	const file = join(state, 'f.devtop.jsonl');
	let kill: () => void = () => {};
	const target = await silent(() => kill());
	const terminal = Terminal.start({
		file: process.execPath,
		args: [program, target, '--record', file],
		columns: 120,
		rows: 30,
		env: {HOME: state, XDG_STATE_HOME: state},
	});
	kill = () => terminal.kill('SIGHUP');
	expect((await terminal.exit).code).toBe(129);
	expect(readFrames(readFileSync(file, 'utf8')).frames.at(-1)?.t).toBe('bye');
}, 60_000);
