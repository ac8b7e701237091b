/**
 * Makes the files in recordings/ anew, each a session with dev1 of the lab that is up:
 *
 *     node test/lab/recordings.ts [NAME...]
 *
 * Each begins with a boot of the device, so that what happened to it before is gone with its journal.
 */
import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, renameSync, rmSync, statSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {isFailure} from '../../src/domain/channel.ts';
import {CARD, type KernelLine, OUT_OF_MEMORY, UNDER_VOLTAGE, USB} from '../../src/embedded/trouble-data.ts';
import {frameLine} from '../../src/session/recording/line.ts';
import {openRecording} from '../../src/session/recording/read.ts';
import {Terminal} from '../support/terminal.ts';
import {HOSTILE, plantedSecrets} from './hostile.ts';
import {say} from './say.ts';

const lab = fileURLToPath(new URL('lab.sh', import.meta.url));
const program = fileURLToPath(new URL('../../bin/devtop.js', import.meta.url));
const folder = fileURLToPath(new URL('../../recordings/', import.meta.url));
const config = join(process.env.LAB_DIR ?? join(tmpdir(), 'devtop-lab'), 'run', 'ssh_config');
const IMAGE = 'registry.lab.invalid:5000/v2/app:r1';
/** What of a file's size is left for those who clone the project. */
const LARGEST = 300_000;

const run = (file: string, ...args: readonly string[]): Promise<string> =>
	new Promise((resolve, reject) => {
		execFile(file, args, {maxBuffer: 64e6}, (error, stdout, stderr) =>
			error === null ? resolve(stdout) : reject(new Error(`${args.join(' ')}: ${stderr || error.message}`)),
		).stdin?.end();
	});
const inside = (...argv: readonly string[]): Promise<string> => run(lab, 'in', 'dev1', ...argv);
const fault = (what: string, ...args: readonly string[]): Promise<string> => run(lab, 'fault', what, 'dev1', ...args);
const seconds = (count: number): Promise<void> => sleep(count * 1000);

async function until(what: string, question: () => Promise<boolean>): Promise<void> {
	for (const end = Date.now() + 120_000; !(await question().catch(() => false)); await seconds(0.5))
		if (Date.now() > end) throw new Error(`${what}: not within two minutes`);
}

const booted = (): Promise<string> => inside('cat', '/proc/sys/kernel/random/boot_id');
const allUp = async (): Promise<boolean> =>
	(await inside('systemctl', 'is-active', 'balena.service', 'balena-supervisor.service', 'openvpn.service')).trim() ===
		'active\nactive\nactive' && (await inside('balena', 'ps', '-q')).trim().split('\n').length === 3;

async function reboot(): Promise<void> {
	const old = await booted();
	await fault('reboot');
	await until('a new boot', async () => (await booted()) !== old);
	await until('everything up', allUp);
}

/** journald takes "kernel: " for the sender's name, so the line is as one of the kernel's own but for its facility. */
async function kernelSays(lines: readonly KernelLine[]): Promise<void> {
	let at = 0;
	for (const [ms, priority, text] of lines) {
		await sleep(ms - at);
		at = ms;
		for (const part of text.split('\n')) await fault('kmsg', String(priority), `kernel: ${part}`);
	}
}

type Scene = {
	readonly name: string;
	readonly act: () => Promise<void>;
	/** Who watches it, and what they press in the end, or how many seconds they wait; without one, `devtop record` does. */
	readonly person?: readonly (string | number)[];
};

const scenes: readonly Scene[] = [
	{
		name: 'healthy',
		act: async () => {
			await seconds(10);
			await inside('sh', '-c', 'echo "[info]    Reported current state to the cloud" > /run/lab/supervisor.in');
			await seconds(15);
		},
	},
	{
		name: 'engine-killed-twice',
		act: async () => {
			await fault('kill2');
			await until('everything up', allUp);
			await seconds(3);
		},
		person: [
			'6j',
			'm',
			'ccustomer says the app froze twice about this time\r',
			'task for the memory limits of the two services\r',
		],
	},
	{
		name: 'pull',
		act: async () => {
			await fault('slow', '60%');
			await run('ssh', '-F', config, 'dev1', `lab-pull ${IMAGE} >/dev/null`);
			await fault('slow', '');
			await seconds(4);
		},
	},
	{
		name: 'pull-stalls',
		act: async () => {
			await fault('slow', '40%');
			const pulled = run('ssh', '-F', config, 'dev1', `lab-pull ${IMAGE} >/dev/null`);
			await until('a layer is unpacked', async () => (await inside('pgrep', '-f', '^docker-untar')) !== '');
			await seconds(3);
			await fault('untar', 'stop');
			await seconds(38);
			await fault('untar', 'go');
			await pulled;
			await fault('slow', '');
			await seconds(4);
		},
		person: ['4j', 'm', 'cno bytes for 38 s, the link to us was well meanwhile\r', 'task for the age of the card\r'],
	},
	{
		name: 'reboot',
		act: async () => {
			await reboot();
			await seconds(12);
		},
	},
	{
		name: 'cut-link',
		act: async () => {
			await fault('cut');
			await inside('sh', '-c', 'seq -f "said while nobody listened: %.0f" 40 | systemd-cat -t lab-away');
			await seconds(12);
			// No reset this time: packets vanish, and keepalive has to notice.
			await fault('drop', 'on');
			await inside('sh', '-c', 'seq -f "said into silence: %.0f" 40 | systemd-cat -t lab-away');
			await seconds(22);
			await fault('drop', 'off');
			await seconds(25);
		},
	},
	{
		name: 'kernel-trouble',
		act: async () => {
			await kernelSays(UNDER_VOLTAGE);
			await seconds(2);
			await kernelSays(CARD);
			await seconds(4);
			await kernelSays(OUT_OF_MEMORY);
			await seconds(4);
			await kernelSays(USB);
			await seconds(4);
		},
	},
	{
		name: 'hostile-text',
		act: async () => {
			await say(config, 'dev1', HOSTILE);
			await seconds(2);
			await say(config, 'dev1', plantedSecrets());
			await seconds(4);
		},
	},
	{
		name: 'guarded-restart',
		act: () => seconds(2),
		person: [
			...['1', 'j', 'x', 'r', 3, 'A', 'Ann Example', '\t', 'ticket 4711', '\t', 'yes, please restart chrony, Ann'],
			...['\t', '\t', '\t', '\t', '\r', 2, 'y', 68],
		],
	},
];

/** The history is read by then: a story told from its beginning. */
const READ = 14;

async function watched(file: string, act: () => Promise<void>, keys: readonly (string | number)[]): Promise<void> {
	const terminal = Terminal.start({
		file: process.execPath,
		args: [program, '-F', config, 'dev1', '--record', file],
		columns: 120,
		rows: 40,
	});
	await terminal.until(/\d+ of \d+ ok/, 30_000);
	await seconds(READ);
	await act();
	for (const text of keys) {
		if (typeof text === 'string') terminal.press(text);
		await seconds(typeof text === 'string' ? 2 : text);
	}
	terminal.press('q');
	const {code} = await terminal.exit;
	if (code !== 0) throw new Error(`devtop left with ${code}`);
}

async function unwatched(file: string, act: () => Promise<void>): Promise<void> {
	const child: ChildProcess = spawn(
		process.execPath,
		[program, 'record', 'dev1', '-F', config, '--for', '10m', '--output', file],
		{stdio: ['ignore', 'ignore', 'pipe']},
	);
	const exit = once(child, 'exit');
	await once(child.stderr ?? child, 'data');
	try {
		await seconds(READ);
		await act();
	} finally {
		child.kill('SIGTERM');
	}
	const [code] = await exit;
	if (code !== 0) throw new Error(`devtop record left with ${code}`);
}

/** Addresses of the lab, of the engine's bridge, of documentation and of no one. */
const OURS = /^(?:127|0|255)\.|^198\.1[89]\.|^10\.240\.0\.|^10\.114\.10[12]\.|^10\.11\.|^172\.1[78]\./;

/** What a recording says of the machine that it was made on. */
function telltales(file: string): readonly string[] {
	const recording = openRecording(file);
	if (isFailure(recording)) throw new Error(recording.message);
	const text = [...recording.frames()].map(frame => frameLine(frame)).join('');
	recording.close();
	const addresses = [...text.matchAll(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g)].map(([address]) => address);
	const names = [hostname(), process.env.HOSTNAME ?? ''].filter(name => name.length > 3 && text.includes(name));
	return [...new Set([...addresses.filter(address => !OURS.test(address)), ...names])];
}

async function make({name, act, person}: Scene): Promise<void> {
	await inside('systemctl', 'enable', '--quiet', 'lab-own-log.service');
	await inside('sh', '-c', `balena rmi -f ${IMAGE} >/dev/null 2>&1; true`);
	await reboot();
	const made = join(mkdtempSync(join(tmpdir(), 'devtop-recordings-')), `${name}.devtop.jsonl.gz`);
	await (person === undefined ? unwatched(made, act) : watched(made, act, person));
	await inside('systemctl', 'disable', '--quiet', 'lab-own-log.service');
	const {size} = statSync(made);
	const told = telltales(made);
	console.log(`${name}: ${size} bytes${told.length > 0 ? `, but it tells of this machine: ${told.join(', ')}` : ''}`);
	if (told.length > 0 || size > LARGEST) throw new Error(`${made} is not for recordings/`);
	mkdirSync(folder, {recursive: true});
	rmSync(join(folder, `${name}.devtop.jsonl.gz`), {force: true});
	renameSync(made, join(folder, `${name}.devtop.jsonl.gz`));
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !scenes.some(scene => scene.name === name));
if (unknown.length > 0) {
	console.error(`No such recording: ${unknown.join(', ')}. There are: ${scenes.map(({name}) => name).join(', ')}.`);
	process.exit(2);
}
for (const scene of scenes) if (wanted.length === 0 || wanted.includes(scene.name)) await make(scene);
