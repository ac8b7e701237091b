import {type ChildProcess, execFile, spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import type {Frame} from '../../src/domain/frame.ts';
import {startEmbeddedDevice} from '../../src/embedded/device.ts';
import {readFrames} from '../../src/session/recorder.ts';
import {type Execution, startServer} from '../../src/transport/ssh/server.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const CONSENT = ['--consent-by', 'Ann Example', '--consent-via', 'ticket 4711', '--consent-words', 'yes, put it there'];

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

/** What a test does to a command of ours, before or while it runs. */
type Hooks = {
	/** Sees each command line before it runs. */
	readonly before?: (command: string) => void;
	/** Sees bytes that go in or out of what carries the file, and may give others. */
	readonly passing?: (bytes: Uint8Array, hand: {drop(): void; kill(): void}) => Uint8Array;
};

type Device = {
	/** Where its commands run: its login's home. */
	readonly home: string;
	readonly here: string;
	cp(...words: readonly string[]): Promise<Ran>;
	frames(): readonly Frame[];
};

/** A folder in which every program is busybox's. */
function busybox(): string {
	const folder = mkdtempSync(join(tmpdir(), 'devtop-busybox-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
	expect(spawnSync('busybox', ['--install', '-s', folder]).status).toBe(0);
	return folder;
}

/** Ends a command with everything that it started. */
function end({pid, exitCode}: ChildProcess): void {
	if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
}

/** The embedded device, whose files are those of a folder, seen by a real shell. */
async function deviceWith({before = () => {}, passing = bytes => bytes}: Hooks = {}, path?: string): Promise<Device> {
	const state = mkdtempSync(join(tmpdir(), 'devtop-cp-'));
	const home = join(state, 'device');
	const here = join(state, 'here');
	mkdirSync(home);
	mkdirSync(here);
	const embedded = startEmbeddedDevice({scene: 'quiet'});
	const children = new Set<ChildProcess>();
	const onExec = (command: string, execution: Execution): void => {
		if (!/devtop-file|\.devtop-/.test(command)) {
			embedded.exec(command, execution);
			return;
		}
		before(command);
		const child = spawn('sh', ['-c', command], {
			cwd: home,
			env: {...process.env, PATH: path ?? process.env.PATH},
			detached: true,
		});
		children.add(child);
		const hand = {drop: () => server.drop(), kill: () => end(child)};
		child.stdin.on('error', () => {});
		const goesIn = command.includes('set -C');
		const comesOut = command.includes('tail -c');
		execution.bytes(bytes => {
			if (bytes === null) child.stdin.end();
			else child.stdin.write(goesIn ? passing(bytes, hand) : bytes);
		});
		// As sshd does: what is written then goes nowhere.
		execution.onClosed(() => {
			child.stdin.end();
			child.stdout.destroy();
		});
		child.stdout.on('data', bytes => {
			if (!execution.out(comesOut ? passing(bytes, hand) : bytes)) child.stdout.pause();
		});
		execution.onDrain(() => void child.stdout.resume());
		child.stderr.on('data', bytes => execution.err(bytes));
		child.on('close', code => {
			children.delete(child);
			execution.exit(code ?? 255);
		});
	};
	const server = await startServer({onExec});
	onTestFinished(async () => {
		embedded.close();
		await server.close();
		for (const child of children) end(child);
		rmSync(state, {recursive: true, force: true});
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
	let runs = 0;
	return {
		home,
		here,
		cp: (...words) =>
			new Promise(resolve => {
				const record = ['--record', join(state, `${++runs}.devtop.jsonl`)];
				execFile(
					process.execPath,
					[program, 'cp', '-F', join(state, 'config'), ...record, ...words],
					{cwd: here, env: {...process.env, HOME: state, XDG_STATE_HOME: state}, maxBuffer: 1 << 26},
					(error, stdout, stderr) => resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
				).stdin?.end();
			}),
		frames: () => {
			const {frames, bad} = readFrames(readFileSync(join(state, `${runs}.devtop.jsonl`), 'utf8'));
			expect(bad).toEqual([]);
			return frames;
		},
	};
}

/** Names of a folder, temporary ones among them. */
const names = (folder: string): readonly string[] => readdirSync(folder).sort();

const SHELLS = ['the shell of this machine', ...(spawnSync('busybox', ['true']).status === 0 ? ['busybox'] : [])];

test.each(SHELLS)(
	'50 MB there and back, by %s',
	async shell => {
		const path = shell === 'busybox' ? busybox() : undefined;
		const device = await deviceWith({}, path);
		const bytes = Buffer.concat([Buffer.from('the first line is CONTENTS of the file\n'), randomBytes(50_000_000)]);
		writeFileSync(join(device.here, 'a.bin'), bytes, {mode: 0o754});
		chmodSync(join(device.here, 'a.bin'), 0o754);
		const there = await device.cp('a.bin', 'device:x.bin', ...CONSENT);
		expect(there).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(
				/^proven: \/.*\/device\/x\.bin has 50000039 bytes with SHA-256 \w{64} on the device, mode 754\.\n$/,
			),
			stderr: expect.stringMatching(/^progress +50 MB of 50 MB \(100 %\), .*\/s$/m),
		});
		expect(readFileSync(join(device.home, 'x.bin')).equals(bytes)).toBe(true);
		expect(names(device.home)).toEqual(['x.bin']);
		const put = device.frames();
		const ran = put.flatMap(frame => (frame.t === 'ran' ? [frame.ch] : []));
		expect(ran).toHaveLength(3);
		expect(put.filter(frame => frame.t === 'in' && ran.includes(frame.ch))).toEqual([]);
		expect(put.find(({t}) => t === 'granted')).toMatchObject({
			subject: {size: bytes.length, mode: '754'},
			basis: expect.stringMatching(/^boot \w{32}, \/.*\/x\.bin: nothing$/),
		});
		expect(put.find(({t}) => t === 'consent')).toMatchObject({
			consent: {by: 'Ann Example', words: 'yes, put it there'},
		});

		const back = await device.cp('device:x.bin', 'b.bin', '--yes');
		expect(back).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/^done: .*b\.bin has 50000039 bytes, SHA-256 \w{64}/),
		});
		expect(readFileSync(join(device.here, 'b.bin')).equals(bytes)).toBe(true);
		expect(names(device.here)).toEqual(['a.bin', 'b.bin']);
		const got = device.frames();
		expect(got.filter(({t}) => t === 'note')).toMatchObject([
			{text: expect.stringMatching(/copied from the device: \.\/x\.bin\. .*by the operator with --yes/)},
			{text: expect.stringMatching(/x\.bin: 50000039 bytes, SHA-256 \w{64}/)},
		]);
		expect(got.filter(({t}) => t === 'ran' || t === 'granted')).toEqual([]);
		for (const frames of [put, got]) expect(JSON.stringify(frames)).not.toContain('CONTENTS');
	},
	120_000,
);

test('names are words, whatever stands in them; a folder takes the file by its own name', async () => {
	const device = await deviceWith();
	const name = '-n it\'s "$(touch oops)"; `id` ~ * \\ \n ä😀';
	const text = 'no end of line';
	mkdirSync(join(device.home, '~ odd\n dir'));
	writeFileSync(join(device.here, name), text);
	const there = await device.cp(...CONSENT, '--', name, 'device:~ odd\n dir');
	expect(there).toMatchObject({code: 0, stderr: expect.stringContaining('"~" is not expanded')});
	expect(readFileSync(join(device.home, '~ odd\n dir', name), 'utf8')).toBe(text);
	const back = await device.cp('--yes', `device:${device.home}/~ odd\n dir/${name}`, './back:1');
	expect(back.code).toBe(0);
	expect(readFileSync(join(device.here, 'back:1'), 'utf8')).toBe(text);
	expect(names(device.home)).toEqual(['~ odd\n dir']);
	expect(names(join(device.home, '~ odd\n dir'))).toEqual([name]);

	writeFileSync(join(device.here, '-x'), '');
	expect((await device.cp(...CONSENT, '--', '-x', 'device:')).code).toBe(0);
	expect(readFileSync(join(device.home, '-x'), 'utf8')).toBe('');
	expect((await device.cp('--yes', 'device:-x', '.')).code).toBe(0);
}, 120_000);

test('what is there keeps its mode, and what an earlier attempt left goes', async () => {
	const device = await deviceWith();
	writeFileSync(join(device.home, 'x'), 'old', {mode: 0o600});
	for (const left of ['.x.devtop-0123abcd', '.x.devtop-notours', '.y.devtop-0123abcd'])
		writeFileSync(join(device.home, left), '');
	writeFileSync(join(device.here, 'x'), 'new', {mode: 0o644});
	const ran = await device.cp('x', 'device:', ...CONSENT);
	expect(ran).toMatchObject({
		code: 0,
		stderr: expect.stringMatching(/^careful +1 temporary file of an earlier attempt/m),
	});
	expect(statSync(join(device.home, 'x')).mode & 0o777).toBe(0o600);
	expect(readFileSync(join(device.home, 'x'), 'utf8')).toBe('new');
	expect(names(device.home)).toEqual(['.x.devtop-notours', '.y.devtop-0123abcd', 'x']);
}, 60_000);

/** Cuts the link whenever so many bytes more have passed. */
function cutAfter(...each: readonly number[]): Hooks {
	const left = [...each];
	let passed = 0;
	return {
		passing: (bytes, {drop}) => {
			passed += bytes.length;
			if (left[0] !== undefined && passed > left[0]) {
				left.shift();
				passed = 0;
				drop();
			}
			return bytes;
		},
	};
}

test('a link that is lost while a file is put: what was there is untouched, and nothing is left', async () => {
	const device = await deviceWith(cutAfter(3_000_000 + randomBytes(2).readUInt16BE()));
	writeFileSync(join(device.home, 'x'), 'old');
	writeFileSync(join(device.here, 'x'), randomBytes(20_000_000));
	const ran = await device.cp('x', 'device:x', ...CONSENT);
	expect(ran).toMatchObject({
		code: 1,
		stdout: expect.stringMatching(
			/^failed: The link was lost on the way \(.*\)\. What was there before is untouched\.\n$/,
		),
	});
	expect(readFileSync(join(device.home, 'x'), 'utf8')).toBe('old');
	expect(names(device.home)).toEqual(['x']);
	expect(device.frames().at(-1)?.t).toBe('bye');
}, 120_000);

test('a link that is lost twice while a file is read: reading goes on where it ended', async () => {
	const device = await deviceWith(cutAfter(5_000_000, 6_000_000 + randomBytes(2).readUInt16BE()));
	const bytes = randomBytes(25_000_000);
	writeFileSync(join(device.home, 'x'), bytes);
	const ran = await device.cp('device:x', 'x', '--yes');
	expect(ran.code).toBe(0);
	expect(ran.stderr.match(/The link was lost after \d+ of 25000000 bytes/g)).toHaveLength(2);
	expect(readFileSync(join(device.here, 'x')).equals(bytes)).toBe(true);
	expect(names(device.here)).toEqual(['x']);
	const from = device
		.frames()
		.flatMap(frame => (frame.t === 'open' && frame.source === 'file-bytes' ? [Number(frame.argv[5])] : []));
	expect(from).toHaveLength(3);
	expect(from[0]).toBe(0);
	expect(from[1]).toBeGreaterThan(0);
	expect(from[2]).toBeGreaterThan(from[1] ?? 0);
}, 120_000);

test.each([
	[1, 0, /once more, from there/],
	[2, 1, /Its end did not come, twice: \d+ of 8000000 bytes\. Nothing of it is left here\./],
] as const)(
	'an end that does not come %i times while a file is read: exit code %i',
	async (times, code, says) => {
		let reads = 0;
		const device = await deviceWith({
			before: command => {
				if (command.includes('tail -c')) reads++;
			},
			passing: (bytes, {kill}) => {
				if (reads <= times) kill();
				return bytes;
			},
		});
		const bytes = randomBytes(8_000_000);
		writeFileSync(join(device.home, 'x'), bytes);
		writeFileSync(join(device.here, 'x'), 'old');
		const ran = await device.cp('device:x', 'x', '--yes');
		expect(ran.code).toBe(code);
		expect(ran.stdout + ran.stderr).toMatch(says);
		expect(readFileSync(join(device.here, 'x')).equals(code === 0 ? bytes : Buffer.from('old'))).toBe(true);
		expect(names(device.here)).toEqual(['x']);
	},
	60_000,
);

test('a road that changes a byte is found by both, and neither leaves anything', async () => {
	const device = await deviceWith({
		passing: bytes => {
			const other = Uint8Array.from(bytes);
			other[0] = (other[0] ?? 0) ^ 1;
			return other;
		},
	});
	writeFileSync(join(device.here, 'x'), randomBytes(1_000_000));
	const put = await device.cp('x', 'device:y', ...CONSENT);
	expect(put).toMatchObject({
		code: 1,
		stdout: expect.stringMatching(/^failed: The command ended with 1: 1000000 bytes, SHA-256 .*untouched\.\n$/),
	});
	expect(names(device.home)).toEqual([]);
	const frames = device.frames();
	const granted = frames.find(frame => frame.t === 'granted');
	expect(frames.flatMap(frame => (frame.t === 'ran' ? [frame.argv] : []))).toEqual([
		...(granted?.steps.slice(0, 2) ?? []),
		granted?.undo,
	]);
	writeFileSync(join(device.home, 'z'), randomBytes(1_000_000));
	const get = await device.cp('device:z', 'z', '--yes');
	expect(get).toMatchObject({code: 1, stdout: expect.stringMatching(/another SHA-256 than the device says, twice/)});
	expect(names(device.here)).toEqual(['x']);
}, 60_000);

test('what somebody else writes there meanwhile is not lost', async () => {
	const device: Device = await deviceWith({
		before: command => {
			if (command.includes('mv -f')) writeFileSync(join(device.home, 'x'), 'somebody else’s');
		},
	});
	writeFileSync(join(device.here, 'x'), 'ours');
	const ran = await device.cp('x', 'device:x', ...CONSENT);
	expect(ran).toMatchObject({
		code: 1,
		stdout: expect.stringMatching(/^failed: .*changed meanwhile.*not what was there before/),
	});
	expect(readFileSync(join(device.home, 'x'), 'utf8')).toBe('somebody else’s');
	expect(names(device.home)).toEqual(['x']);
}, 60_000);

test.each([
	['device:/dev/shm/devtop-cp-test', /^refused: What is written there does not survive a reboot \(tmpfs\).*--force/],
	['device:nosuch/x', /^refused: The folder that it belongs into is not there/],
	['device:link', /^refused: That is a link/],
	['device:/proc/devtop', /^refused: .*\(proc\)/],
])(
	'%s is refused with exit code 4, and nothing is sent',
	async (goal, says) => {
		const device = await deviceWith();
		writeFileSync(join(device.here, 'x'), 'x');
		symlinkSync('elsewhere', join(device.home, 'link'));
		expect(await device.cp('x', goal, ...CONSENT)).toMatchObject({code: 4, stdout: expect.stringMatching(says)});
		expect(device.frames().filter(({t}) => t === 'ran')).toEqual([]);
		expect(existsSync('/dev/shm/devtop-cp-test')).toBe(false);
	},
	60_000,
);

test('--force does it all the same, and says what it means', async () => {
	const device = await deviceWith();
	const goal = `/dev/shm/devtop-cp-${randomBytes(4).toString('hex')}`;
	onTestFinished(() => rmSync(goal, {force: true}));
	writeFileSync(join(device.here, 'x'), 'x');
	const ran = await device.cp('x', `device:${goal}`, '--force', ...CONSENT);
	expect(ran).toMatchObject({
		code: 0,
		stderr: expect.stringMatching(/^careful +What is written there does not survive/m),
	});
	expect(readFileSync(goal, 'utf8')).toBe('x');
}, 60_000);

test('a dry run needs no consent, and only looks', async () => {
	const device = await deviceWith();
	writeFileSync(join(device.here, 'x'), 'x');
	const ran = await device.cp('x', 'device:x', '--dry-run');
	expect(ran).toMatchObject({code: 0, stdout: expect.stringMatching(/^sends .*\neffect .*nothing is there now\.$/m)});
	expect(names(device.home)).toEqual([]);
}, 60_000);

test('of what can’t be read: exit code, one sentence, and nothing left here', async () => {
	const device = await deviceWith();
	mkdirSync(join(device.home, 'dir'));
	for (const [words, code, says] of [
		[['device:nosuch', 'x', '--yes'], 1, /^failed: There is no such file/],
		[['device:dir', 'x', '--yes'], 4, /^refused: That is a folder: .* tar /],
		[['device:/dev/null', 'x', '--yes'], 4, /^refused: That is no plain file/],
		[['device:x', 'x'], 2, /may hold data of the customer: --yes/],
		[['.', 'device:x', ...CONSENT], 2, /is a folder: .* tar /],
		[['nosuch', 'device:x', ...CONSENT], 2, /nosuch can't be read/],
	] as const) {
		const ran = await device.cp(...words);
		expect([ran.code, ran.stdout + ran.stderr]).toEqual([code, expect.stringMatching(new RegExp(says.source, 'm'))]);
		expect(names(device.here)).toEqual([]);
	}
}, 120_000);
