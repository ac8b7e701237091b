import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {inject} from 'vitest';

const script = fileURLToPath(new URL('lab.sh', import.meta.url));

/** The lab's ssh_config, or '' where no lab is up: `describe.skipIf(labSshConfig === '')`. */
export const labSshConfig: string = inject('labSshConfig');

/** One device of the lab that is up. */
export interface LabDevice {
	readonly name: string;
	readonly sshConfig: string;
	/** What a shell command prints on the device, over one shared ssh connection; throws where it fails. */
	run(command: string): Promise<string>;
	/** The same without ssh, so it works while the line is broken. Root only. */
	in(...argv: readonly string[]): Promise<string>;
	/** `lab.sh fault WHAT DEVICE ARGS...` for this device. Ends the shared connection first: many faults break it. */
	fault(what: string, ...args: readonly string[]): Promise<string>;
	/** Ends the shared connection. */
	close(): Promise<void>;
}

/** A device to act on in a test; nothing is connected before the first `run`. */
export function labDevice(name: 'dev1' | 'dev2'): LabDevice {
	if (labSshConfig === '') throw new Error('no lab is up');
	const socket = join(dirname(labSshConfig), `mux-${process.pid}-${name}`);
	const alive = ['-o', 'ServerAliveInterval=2', '-o', 'ServerAliveCountMax=3', '-o', 'ConnectTimeout=10'];
	const ssh = ['-F', labSshConfig, '-o', 'BatchMode=yes', '-S', socket, ...alive];
	let master: ChildProcess | undefined;

	/** A child of ours and not ControlPersist: that one keeps the first command's stderr open for good. */
	async function connect(): Promise<void> {
		if (running(master) && existsSync(socket)) return;
		if (!running(master)) master = spawn('ssh', [...ssh, '-M', '-N', name], {stdio: 'ignore'});
		for (let tries = 0; tries < 200 && running(master) && !existsSync(socket); tries += 1) await sleep(25);
		if (!running(master)) master = undefined;
	}

	async function close(): Promise<void> {
		if (master && running(master)) {
			const exit = once(master, 'exit');
			master.kill();
			await exit;
		}
		master = undefined;
	}

	return {
		name,
		sshConfig: labSshConfig,
		async run(command) {
			await connect();
			return output('ssh', [...ssh, name, command]);
		},
		in: (...argv) => output(script, ['in', name, ...argv]),
		async fault(what, ...args) {
			await close();
			return output(script, ['fault', what, name, ...args]);
		},
		close,
	};
}

function running(child: ChildProcess | undefined): boolean {
	return child !== undefined && child.exitCode === null && child.signalCode === null;
}

function output(file: string, args: readonly string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = execFile(file, args, {maxBuffer: 64 * 1024 * 1024, timeout: 120_000}, (error, stdout, stderr) => {
			if (error) reject(new Error(`${[file, ...args].join(' ')}: exit ${error.code ?? error.signal}\n${stderr}`));
			else resolve(stdout);
		});
		child.stdin?.end();
	});
}
