import {execFile, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import type {Frame} from '../../src/domain/frame.ts';
import {startEmbeddedDevice} from '../../src/embedded/device.ts';
import {readFrames} from '../../src/session/recorder.ts';
import {type Execution, startServer} from '../../src/transport/ssh/server.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const CONSENT = ['--consent-by', 'Ann Example', '--consent-via', 'ticket 4711', '--consent-words', 'yes, do it'];

const house = (): string => mkdtempSync(join(tmpdir(), 'devtop-act-'));

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

const devtop = (args: readonly string[], state: string): Promise<Ran> =>
	new Promise(resolve => {
		execFile(
			process.execPath,
			[program, ...args],
			{env: {...process.env, HOME: state, XDG_STATE_HOME: state}, maxBuffer: 1 << 26},
			(error, stdout, stderr) => resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
		).stdin?.end();
	});

const framesOf = (file: string): readonly Frame[] => {
	const {frames, bad} = readFrames(readFileSync(file, 'utf8'));
	expect(bad).toEqual([]);
	return frames;
};

/** Frames of the gate, by their kind. */
const gateOf = (frames: readonly Frame[]): readonly string[] =>
	frames.flatMap(({t}) => (/^(?:ask|consent|granted|refused|ran|verdict)$/.test(t) ? [t] : []));

test('proven: exit code 0, the course on stderr, the verdict on stdout, everything in the recording', async () => {
	const state = house();
	const file = join(state, 'reload.devtop.jsonl');
	const ran = await devtop(['act', 'demo', '--scene', 'quiet', 'reload', ...CONSENT, '--record', file], state);
	expect(ran).toMatchObject({code: 0, stdout: 'proven: PID 1 has read its unit files anew (exit code 0).\n'});
	for (const row of [
		/^consent {3}by Ann Example \(ticket 4711\): “yes, do it”, for 30m00s$/m,
		/^action {4}Read all unit files anew .*\(units\.reload, R1 can be taken back\)$/m,
		/^sends {5}systemctl daemon-reload$/m,
		/^hits {6}containers running: /m,
		/^evidence {2}1 of 1 taken$/m,
		/^sent {6}systemctl daemon-reload$/m,
	])
		expect(ran.stderr).toMatch(row);
	const frames = framesOf(file);
	expect(gateOf(frames)).toEqual(['consent', 'ask', 'granted', 'ran', 'verdict']);
	expect(frames.at(-1)?.t).toBe('bye');
	expect(frames.find(({t}) => t === 'consent')).toMatchObject({
		consent: {actions: ['units.reload'], words: 'yes, do it'},
	});
	expect((await devtop(['verify', file], state)).code).toBe(0);
	const note = (await devtop(['notes', file], state)).stdout;
	expect(note).toContain('### 1. Read all unit files anew (daemon-reload)');
	expect(note).toContain('“yes, do it”');
	const facts = (await devtop(['export', file, '--as', 'json'], state)).stdout;
	expect(facts.split('\n').filter(line => line.includes('"stream":"action"'))).toHaveLength(5);
}, 60_000);

test('a unit is stopped, and that is proven by PID 1’s word on our job', async () => {
	const state = house();
	const ran = await devtop(['act', 'demo', '--scene', 'quiet', 'stop', 'chronyd', ...CONSENT, '--json'], state);
	expect(ran.code).toBe(0);
	const said = JSON.parse(ran.stdout);
	expect(said).toMatchObject({
		action: 'unit.stop',
		subject: {kind: 'unit', unit: 'chronyd.service'},
		steps: [['systemctl', 'stop', '--no-block', '--show-transaction', '--', 'chronyd.service']],
		consent: {by: 'Ann Example', via: 'ticket 4711', words: 'yes, do it'},
		before: expect.stringMatching(/^active \(running\)/),
		after: expect.stringMatching(/^inactive \(dead\)/),
		verdict: 'proven',
		code: 0,
	});
	// By default it stands where sessions of the screen stand.
	expect(said.recording).toMatch(/\/devtop\/8f2c91d4b0a74c1f9e5d3a6b7c8091ea\/[^/]*\.devtop\.jsonl\.gz$/);
	expect(existsSync(said.recording)).toBe(true);
}, 60_000);

test.each([
	[['restart-engine'], /^refused: It needs --confirm 8f2c91d: /],
	[['restart-engine', '--confirm', 'balena.service'], /^refused: The name that was typed is not “8f2c91d”\./],
	[['stop', 'sshd.socket', '--confirm', 'sshd.socket'], /^refused: sshd\.socket carries the connection/],
	[['restart', 'nosuch'], /^refused: There is no such unit/],
])(
	'refused: %j is exit code 4, and nothing is sent',
	async (words, says) => {
		const state = house();
		const file = join(state, 'f.devtop.jsonl');
		const ran = await devtop(['act', 'demo', '--scene', 'quiet', ...words, ...CONSENT, '--record', file], state);
		expect(ran).toMatchObject({code: 4, stdout: expect.stringMatching(says)});
		const frames = framesOf(file);
		expect(gateOf(frames)).toEqual(['consent', 'ask', 'refused']);
		expect(frames.at(-1)?.t).toBe('bye');
		expect((await devtop(['notes', file, '--brief'], state)).stdout).toMatch(
			/^Done: .*refused: .*nothing on the device was changed$/m,
		);
	},
	60_000,
);

test('a dry run needs no consent, prints the plan, and only looks', async () => {
	const state = house();
	const file = join(state, 'f.devtop.jsonl');
	const args = ['act', 'demo', '--scene', 'quiet', 'restart', 'chronyd', '--dry-run', '--record', file];
	const ran = await devtop(args, state);
	expect(ran).toMatchObject({code: 0, stderr: expect.stringContaining('Nothing was sent: this was a dry run.')});
	expect(ran.stdout).toMatch(
		/^device .*\naction .*\nsends {5}systemctl restart --no-block --show-transaction -- chronyd\.service\neffect /,
	);
	const frames = framesOf(file);
	expect(gateOf(frames)).toEqual(['ask']);
	expect(frames.flatMap(frame => (frame.t === 'open' && frame.for !== undefined ? [frame.source] : []))).toEqual([
		'guard-look',
		'guard-look',
	]);
	expect((await devtop(['act', 'demo', 'stop', 'sshd.socket', '--dry-run'], state)).code).toBe(4);
}, 60_000);

test.each([
	[['act', 'demo', 'restart', 'chronyd'], 2, /--consent-by, --consent-via, --consent-words/],
	[['act', 'demo', 'restart', 'chronyd', ...CONSENT, '--no-record'], 2, /always recorded/],
	[['act', 'demo', 'restart', 'chronyd', ...CONSENT, '--consent-until', 'soon'], 2, /--consent-until takes/],
	[['act', 'root@127.0.0.1:1', 'reload', ...CONSENT], 1, /Nothing listens on 127\.0\.0\.1 port 1/],
	[['run', 'demo', 'uptime', ...CONSENT], 2, /behind "--"/],
] as const)('%j: exit code %i, one sentence, and no recording', async (args, code, sentence) => {
	const state = house();
	expect(await devtop(args, state)).toEqual({
		code,
		stdout: '',
		stderr: expect.stringMatching(new RegExp(`^devtop: [^\\n]*${sentence.source}[^\\n]*\\n$`)),
	});
	expect(readdirSync(state)).toEqual([]);
});

test('the supervisor is reset: every step in its order, and proven by what was made anew', async () => {
	const state = house();
	const file = join(state, 'f.devtop.jsonl');
	const args = ['act', 'demo', '--scene', 'quiet', 'reset-supervisor', ...CONSENT, '--record', file];
	expect(await devtop([...args, '--confirm', '8f2c91d'], state)).toEqual({
		code: 0,
		stdout: expect.stringMatching(
			/^proven: balena-supervisor\.service runs anew by our job \d+ and has held for a minute\. Its database was made anew, and so were the containers: frontend, backend, supervisor\.\n$/,
		),
		stderr: expect.stringMatching(/^effect {4}3 containers are removed .*: frontend 1\.27MB, backend 48\.3kB/m),
	});
	const frames = framesOf(file);
	expect(gateOf(frames)).toEqual(['consent', 'ask', 'granted', ...Array(6).fill('ran'), 'verdict']);
	const sent = frames.flatMap(frame => (frame.t === 'ran' ? [frame.argv.filter(word => /^[a-z]+$/.test(word))] : []));
	expect(sent).toEqual([
		['timeout', 'systemctl', 'stop'],
		['cp'],
		['sync'],
		['timeout', 'balena', 'rm'],
		['rm'],
		['systemctl', 'start'],
	]);
	const note = (await devtop(['notes', file], state)).stdout;
	expect(note).toContain('### 1. Reset the supervisor as on its first boot');
	const again = await devtop(['act', 'demo', '--scene', 'quiet', 'start-supervisor', ...CONSENT], state);
	expect(again).toMatchObject({code: 4, stdout: expect.stringMatching(/^refused: The supervisor is not stopped/)});
}, 120_000);

test('the table of actions', async () => {
	const {code, stdout} = await devtop(['act', '--list'], house());
	expect(code).toBe(0);
	expect(stdout).toMatch(/^restart UNIT +unit\.restart +R2 /m);
	expect(stdout).toMatch(/^reboot +device\.reboot +R3 /m);
	expect(stdout).toContain('Never offered:');
});

test('Ctrl-C while it is being proven: not proven, exit code 5, and the recording is closed', async () => {
	const state = house();
	const file = join(state, 'f.devtop.jsonl');
	const args = ['act', 'demo', '--scene', 'quiet', 'restart', 'chronyd', ...CONSENT, '--record', file];
	const child = spawn(process.execPath, [program, ...args], {
		env: {...process.env, HOME: state, XDG_STATE_HOME: state},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let stdout = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	let told = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		told += text;
		if (/^proof .*has to hold/m.test(told)) child.kill('SIGINT');
	});
	expect(await new Promise(resolve => child.on('close', resolve))).toBe(5);
	expect(stdout).toMatch(/^not proven: The session ended before it was proven \(chronyd\.service runs anew/);
	const frames = framesOf(file);
	expect(gateOf(frames)).toEqual(['consent', 'ask', 'granted', 'ran', 'verdict']);
	expect(frames.at(-1)?.t).toBe('bye');
}, 60_000);

/** A device whose shell is a real one for what `devtop run` sends: known by OURS. `began` is called when what has the mark begins. */
async function realShell(
	state: string,
	began: (drop: () => void) => void = () => {},
	mark = 'OURS',
): Promise<readonly string[]> {
	const device = startEmbeddedDevice({scene: 'quiet'});
	const onExec = (command: string, execution: Execution): void => {
		if (command.includes(mark)) began(() => server.drop());
		if (!command.includes('OURS')) {
			device.exec(command, execution);
			return;
		}
		const child = spawn('sh', ['-c', command]);
		execution.stdin(() => {});
		child.stdout.on('data', bytes => execution.out(bytes));
		child.stderr.on('data', bytes => execution.err(bytes));
		child.on('close', code => execution.exit(code ?? 255));
	};
	const server = await startServer({onExec});
	onTestFinished(async () => {
		device.close();
		await server.close();
	});
	writeFileSync(join(state, 'key'), server.clientKey, {mode: 0o600});
	writeFileSync(
		join(state, 'known_hosts'),
		`[127.0.0.1]:${server.port} ssh-ed25519 ${Buffer.from(server.hostKey).toString('base64')}\n`,
	);
	writeFileSync(
		join(state, 'config'),
		`Host device\n HostName 127.0.0.1\n Port ${server.port}\n User root\n IdentityFile ${state}/key\n UserKnownHostsFile ${state}/known_hosts\n`,
	);
	return ['-F', join(state, 'config'), 'device', ...CONSENT, '--record', join(state, 'f.devtop.jsonl')];
}

test('run: words as they are given, both streams apart and whole, the command’s own exit code', async () => {
	const state = house();
	const run = await realShell(state);
	const words = ['OURS', "it's", '$(id)', '; reboot', '', 'ä 😀', '-n', '*', 'a\nb'];
	const script = 'shift; for a; do printf "[%s]" "$a"; done; seq 1 3000; seq 1 9000 >&2; printf "no end"; exit 7';
	const ran = await devtop(['run', ...run, '--', 'sh', '-c', script, 'sh', ...words], state);
	expect(ran.code).toBe(7);
	const numbers = (to: number): string => Array.from({length: to}, (_, index) => `${index + 1}\n`).join('');
	expect(ran.stdout).toBe(
		`${words
			.slice(1)
			.map(word => `[${word}]`)
			.join('')}${numbers(3000)}no end`,
	);
	const said = ran.stderr.split('\n').filter(line => !/^\d*$/.test(line));
	expect(ran.stderr).toContain(numbers(9000));
	expect(said).toEqual([
		expect.stringMatching(/^devtop: Recording to /),
		expect.stringMatching(/^careful {3}Its effect is not known to devtop/),
		expect.stringMatching(/^devtop: Recorded in /),
	]);
	const frames = framesOf(join(state, 'f.devtop.jsonl'));
	const ours = frames.find(frame => frame.t === 'ran');
	expect(ours).toMatchObject({argv: ['sh', '-c', script, 'sh', ...words]});
	expect(frames.at(-1)?.t).toBe('bye');
	expect(frames.find(({t}) => t === 'verdict')).toMatchObject({verdict: {kind: 'failed'}});
}, 60_000);

test('run: a secret that the command prints is neither printed nor recorded', async () => {
	const state = house();
	const run = await realShell(state);
	// Put together there, so that it stands in no word of ours.
	const script = ': OURS; s=c2VjcmV0; s=$s$s$s; for to in 1 2; do echo "Authorization: Bearer $s" >&$to; done';
	const ran = await devtop(['run', ...run, '--', 'sh', '-c', script], state);
	expect(ran.code).toBe(0);
	expect(ran.stdout).toMatch(/^Authorization: Bearer .+\n$/);
	expect(ran.stderr).toMatch(/^Authorization: Bearer .+$/m);
	const secret = 'c2VjcmV0'.repeat(3);
	for (const text of [ran.stdout, ran.stderr, readFileSync(join(state, 'f.devtop.jsonl'), 'utf8')])
		expect(text).not.toContain(secret);
}, 60_000);

test.each([
	['the end of the command does not come', ['sh', '-c', ': OURS; echo begun; kill -9 $PPID'], null],
	['the link is lost before the end', ['sh', '-c', ': OURS; echo begun; sleep 30'], 'drop'],
] as const)(
	'run: %s: exit code 5, and it says so',
	async (_, command, how) => {
		const state = house();
		const run = await realShell(state, drop => void (how === 'drop' && setTimeout(drop, 1500)));
		const ran = await devtop(['run', ...run, '--', ...command], state);
		expect(ran).toMatchObject({
			code: 5,
			stdout: 'begun\n',
			stderr: expect.stringMatching(/devtop: not proven: .*how it ended is not known/),
		});
		expect(framesOf(join(state, 'f.devtop.jsonl')).at(-1)?.t).toBe('bye');
	},
	60_000,
);

test('a link that is lost while it is being proven ends nothing: it is proven when it is back', async () => {
	const state = house();
	const seen = (drop: () => void): void => void setTimeout(drop, 1000);
	const on = await realShell(state, seen, 'stop --no-block');
	const ran = await devtop(['act', ...on, 'stop', 'chronyd'], state);
	expect(ran).toMatchObject({code: 0, stdout: expect.stringMatching(/^proven: chronyd\.service is inactive/)});
	expect(ran.stderr).toMatch(/^link {6}lost: .*; trying again\n(?:.*\n)*link {6}back$/m);
	const kinds = framesOf(join(state, 'f.devtop.jsonl')).flatMap(frame =>
		frame.t === 'link' && !('stage' in frame.link) ? [frame.link.kind] : [],
	);
	expect(kinds).toEqual(['connecting', 'live', 'waiting', 'connecting', 'live', 'closed']);
}, 60_000);
