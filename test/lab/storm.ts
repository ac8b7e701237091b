/**
 * A storm over a device that speaks without a pause: random faults of the link while numbered lines come, and a count of
 * what the recording holds of them afterwards. By hand: `node test/lab/storm.ts --faults 100 --seconds 600 --seed 1 --road tunnel`.
 */
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {parseArgs, promisify} from 'node:util';
import {sshdTarget} from '../doubles/target.ts';
import {randomOf} from '../support/chance.ts';
import {cloudAround} from '../support/cloud.ts';
import {Terminal} from '../support/terminal.ts';

const lab = fileURLToPath(new URL('lab.sh', import.meta.url));
const program = fileURLToPath(new URL('../../bin/devtop.js', import.meta.url));

export type StormOptions = {
	readonly sshConfig: string;
	readonly faults: number;
	readonly seconds: number;
	/** Lines a second. */
	readonly rate: number;
	readonly seed: number;
	/** Milliseconds of the longest fault; without it some outlast the keepalive. */
	readonly longest?: number;
	/** The screen in a terminal, in place of `devtop record`. */
	readonly screen?: boolean;
	/** How the device is reached; `direct` if left out. */
	readonly road?: StormRoad;
	readonly told?: (text: string) => void;
};

export const ROADS = ['direct', 'openssh', 'gateway', 'proxy', 'tunnel'] as const;
export type StormRoad = (typeof ROADS)[number];

/** Words and environment of the program, and the device that speaks. All faults are dev1's: it is the gateway of dev2. */
type Reach = {
	readonly words: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly device: 'dev1' | 'dev2';
	close(): Promise<unknown>;
};

const nothing = async (): Promise<void> => {};

async function reach(road: StormRoad, sshConfig: string): Promise<Reach> {
	const lab = {env: {}, close: nothing};
	const uuidOf = async (device: string): Promise<string> =>
		(await inDevice(device, 'jq', '-r', '.uuid', '/mnt/boot/config.json')).trim();
	const keyFile = join(dirname(sshConfig), '..', 'keys', 'id_ed25519');
	switch (road) {
		case 'direct':
			return {...lab, words: ['-F', sshConfig, 'dev1'], device: 'dev1'};
		case 'openssh':
			return {...lab, words: ['--transport', 'openssh', '-F', sshConfig, 'dev1'], device: 'dev1'};
		case 'gateway': {
			const home = mkdtempSync(join(tmpdir(), 'devtop-storm-'));
			const config = join(home, 'config');
			writeFileSync(
				config,
				`Include ${sshConfig}\nHost *\n IdentityFile ${keyFile}\n IdentitiesOnly yes\n UserKnownHostsFile ${home}/known_hosts\n StrictHostKeyChecking accept-new\n`,
			);
			return {...lab, words: [await uuidOf('dev2'), '--via', 'dev1', '-F', config], device: 'dev2'};
		}
		default: {
			const uuid = await uuidOf('dev1');
			const key = readFileSync(keyFile, 'utf8');
			const port = Number(/^\s*Port (\d+)/m.exec(readFileSync(sshConfig, 'utf8'))?.[1]);
			const target = sshdTarget({host: '127.0.0.1', port, username: 'root', privateKey: key});
			const cloud = await cloudAround({uuid, target, key});
			return {words: cloud.over(uuid, '--road', road), env: cloud.env, device: 'dev1', close: cloud.close};
		}
	}
}

export type Seam = {
	readonly recovered: number;
	readonly lost: number | null;
	readonly doubled: number;
	readonly doubt: string;
	/** What the export has between the loss of the link and the seam, by our own count. */
	readonly counted: number;
};

export type Stormed = {
	readonly file: string;
	readonly written: number;
	/** Numbers that the export does not have. */
	readonly missing: readonly number[];
	/** Numbers that it has more than once. */
	readonly doubled: readonly number[];
	readonly faults: Readonly<Record<string, number>>;
	readonly seams: readonly Seam[];
	/** Of `devtop record`; the screen has none. */
	readonly summary: {
		readonly lost: number | null;
		readonly reconnects: number;
		readonly repeatsDropped: number;
	} | null;
};

type Fault = {
	readonly name: string;
	readonly begin: readonly string[];
	/** Left out where it is over at once. */
	readonly end?: readonly string[];
};

const FAULTS: readonly Fault[] = [
	{name: 'reset', begin: ['cut']},
	{name: 'link down', begin: ['link', 'down'], end: ['link', 'up']},
	{name: 'dropped', begin: ['drop', 'on'], end: ['drop', 'off']},
	{name: 'stall', begin: ['stall', 'on'], end: ['stall', 'off']},
	{name: 'sshd stopped', begin: ['sshd', 'stop'], end: ['sshd', 'start']},
];

const run = promisify(execFile);

/** One after another: some of the faults change what the others look for. */
let running: Promise<unknown> = Promise.resolve();
function fault([what = '', ...args]: readonly string[]): Promise<unknown> {
	running = running.then(() => run(lab, ['fault', what, 'dev1', ...args])).catch(() => {});
	return running;
}

const inDevice = async (device: string, ...argv: readonly string[]): Promise<string> =>
	(await run(lab, ['in', device, ...argv], {maxBuffer: 1e8})).stdout;

/** The last bytes of a file that is written. */
function endOf(file: string, bytes: number): string {
	const handle = openSync(file, 'r');
	try {
		const {size} = fstatSync(handle);
		const buffer = Buffer.alloc(Math.min(size, bytes));
		readSync(handle, buffer, 0, buffer.length, size - buffer.length);
		return buffer.toString('utf8');
	} finally {
		closeSync(handle);
	}
}

/** Faults at random moments, each for a random while; all are over when it resolves. */
async function faultsOver({faults, seconds, seed, longest, told}: StormOptions): Promise<Record<string, number>> {
	const next = randomOf(seed);
	const counts: Record<string, number> = {};
	const active = new Map<string, Promise<unknown>>();
	const began = Date.now();
	for (let number = 1; number <= faults; number++) {
		const at = ((number - 1 + next()) / faults) * seconds * 1000;
		await sleep(Math.max(0, began + at - Date.now()));
		const free = FAULTS.filter(({name}) => !active.has(name));
		const chosen = free[Math.floor(next() * free.length)];
		if (chosen === undefined) continue;
		const {name, begin, end} = chosen;
		counts[name] = (counts[name] ?? 0) + 1;
		// Most are short; some outlast the keepalive.
		const long = next() < 0.1 && longest === undefined;
		const ms = long ? 35_000 + next() * 10_000 : 200 + next() * (longest ?? 5000);
		told?.(
			`${((Date.now() - began) / 1000).toFixed(1)} s: ${number} ${name}${end === undefined ? '' : ` for ${(ms / 1000).toFixed(1)} s`}`,
		);
		await fault(begin);
		if (end !== undefined)
			active.set(
				name,
				sleep(ms)
					.then(() => fault(end))
					.then(() => active.delete(name)),
			);
	}
	await Promise.all(active.values());
	return counts;
}

/** Reads what the recording holds, through the program itself. */
async function count(
	file: string,
	written: number,
	run: string,
): Promise<Pick<Stormed, 'missing' | 'doubled' | 'seams'>> {
	const times = new Uint8Array(written + 1);
	const seams: Seam[] = [];
	let counted = 0;
	const child = spawn(process.execPath, [program, 'export', file, '--as', 'json'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let away = false;
	for await (const line of createInterface({input: child.stdout})) {
		const {stream, state, message, cursor, invocationId, recovered, lost, doubled, doubt} = JSON.parse(line);
		if (stream === 'link' && state === 'waiting' && !away) {
			away = true;
			counted = 0;
		}
		if (stream === 'seam') {
			seams.push({recovered, lost, doubled, doubt, counted});
			away = false;
		}
		// Kernel lines are the journal's, too.
		if (typeof cursor !== 'string') continue;
		counted++;
		// Lines of an earlier storm may still be in the journal.
		const number = invocationId === run ? Number(/^flood (\d+)$/.exec(message)?.[1] ?? 0) : 0;
		if (number > 0) times[number] = (times[number] ?? 0) + 1;
	}
	const missing: number[] = [];
	const twice: number[] = [];
	for (let number = 1; number <= written; number++) {
		if (times[number] === 0) missing.push(number);
		if ((times[number] ?? 0) > 1) twice.push(number);
	}
	return {missing, doubled: twice, seams};
}

type Watching = {
	/** Ends it in order. */
	stop(): Promise<Stormed['summary']>;
	kill(): void;
};

async function recorded({words, env}: Reach, file: string): Promise<Watching> {
	const recorder = spawn(process.execPath, [program, 'record', ...words, '--output', file, '--json'], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {...process.env, ...env},
	});
	let summary = '';
	recorder.stdout.on('data', data => {
		summary += data;
	});
	const exit = once(recorder, 'exit');
	await once(recorder.stderr, 'data');
	return {
		async stop() {
			recorder.kill('SIGTERM');
			await exit;
			return JSON.parse(summary);
		},
		kill: () => recorder.kill('SIGKILL'),
	};
}

/** The screen in a terminal, recorded beside. */
async function watched({words, env}: Reach, file: string): Promise<Watching> {
	const args = [program, ...words, '--record', file];
	const terminal = Terminal.start({file: process.execPath, args, columns: 120, rows: 40, env});
	await terminal.until(/\d+ of \d+ ok/, 30_000);
	return {
		async stop() {
			terminal.press('2z');
			await sleep(1000);
			console.log(terminal.screen());
			terminal.press('q');
			await terminal.exit;
			return null;
		},
		kill: () => terminal.kill('SIGKILL'),
	};
}

export async function storm(options: StormOptions): Promise<Stormed> {
	const {sshConfig, seconds, rate, screen = false, road = 'direct'} = options;
	const written = seconds * rate;
	const unit = `lab-flood@${written}-${rate}.service`;
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-storm-')), 'storm.devtop.jsonl');
	const reached = await reach(road, sshConfig);
	const {device} = reached;
	const watching = await (screen ? watched : recorded)(reached, file);
	try {
		// What was said before is history, of which only the newest is fetched.
		while (!readFileSync(file, 'utf8').includes('"place":"live"')) await sleep(200);
		await inDevice(device, 'systemctl', 'start', unit);
		const flood = (await inDevice(device, 'systemctl', 'show', '--value', '--property=InvocationID', unit)).trim();
		const faults = await faultsOver(options);
		const patience = Date.now() + seconds * 1000 + 180_000;
		while (!endOf(file, 100_000).includes(`"flood ${written}"`)) {
			if (Date.now() > patience) throw new Error(`the last line did not come: ${endOf(file, 3000)}`);
			await sleep(1000);
		}
		await sleep(3000);
		const summary = await watching.stop();
		return {file, written, faults, ...(await count(file, written, flood)), summary};
	} finally {
		watching.kill();
		await inDevice(device, 'systemctl', 'stop', unit);
		await reached.close();
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const {values} = parseArgs({
		options: {
			faults: {type: 'string', default: '100'},
			seconds: {type: 'string', default: '600'},
			rate: {type: 'string', default: '500'},
			seed: {type: 'string', default: '1'},
			screen: {type: 'boolean', default: false},
			road: {type: 'string', default: 'direct'},
		},
	});
	const road = ROADS.find(known => known === values.road);
	if (road === undefined) throw new Error(`--road is one of ${ROADS.join(', ')}`);
	const result = await storm({
		sshConfig: join(process.env.LAB_DIR ?? join(tmpdir(), 'devtop-lab'), 'run', 'ssh_config'),
		faults: Number(values.faults),
		seconds: Number(values.seconds),
		rate: Number(values.rate),
		seed: Number(values.seed),
		screen: values.screen,
		road,
		told: text => console.log(text),
	});
	const {missing, doubled, seams, ...rest} = result;
	console.log(
		JSON.stringify(
			{...rest, missing: missing.length, firstMissing: missing.slice(0, 20), doubled: doubled.length},
			null,
			1,
		),
	);
	for (const seam of seams) console.log(JSON.stringify(seam));
}
