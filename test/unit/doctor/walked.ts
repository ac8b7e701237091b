/** What the tests of the doctor share: a walk over a road, and a device whose commands a real sh runs. */
import {spawn} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {walk} from '../../../src/commands/doctor/index.ts';
import type {Line} from '../../../src/commands/doctor/trouble.ts';
import {wire} from '../../../src/commands/wire.ts';
import {type Failure, isFailure, type Road} from '../../../src/domain/channel.ts';
import {
	type Execution,
	type LoopbackServer,
	loopbackRoad,
	type ServerOptions,
	startServer,
} from '../../../src/transport/ssh/server.ts';
import type {Target} from '../../doubles/target.ts';

export type Walked = {
	readonly lines: readonly Line[];
	/** Names of what is wrong, in their order. */
	readonly cases: readonly string[];
	/** Titles of the steps that began. */
	readonly begun: readonly string[];
};

export async function walked(road: Road | Failure, uuid: string | null = null): Promise<Walked> {
	const begun: string[] = [];
	const lines = await walk({
		configuration: 'none',
		road: async () => (isFailure(road) ? road : {road, uuid}),
		wire,
		echoMs: 2000,
		onLine: () => {},
		onBegin: title => begun.push(title),
	});
	return {lines, begun, cases: lines.flatMap(({trouble}) => (trouble === null ? [] : [trouble.case]))};
}

export type Shell = {
	/** Programs that this device has in place of the machine's: name to script. */
	readonly programs?: Readonly<Record<string, string>>;
	/** The command line as the device's login shell takes it. */
	readonly login?: (command: string) => string;
	/** What SSH says of an exit. */
	readonly status?: (code: number) => number;
	readonly hears?: boolean;
	/** In its config.json. */
	readonly uuid?: string;
} & Pick<ServerOptions, 'maxSessions' | 'open'>;

/** Systemd stands where every machine has a folder, so that the device's answers do not hang on the machine. */
const SYSTEMD = {
	systemctl: 'case $1 in --version) echo "systemd 252 (252.1)";; *) echo LoadState=not-found;; esac',
	journalctl: 'echo line',
};

/** A device on loopback whose commands run in this machine's sh. */
export async function shellServer({
	programs = {},
	login = command => command,
	status = code => code,
	hears = true,
	uuid,
	...server
}: Shell = {}): Promise<LoopbackServer & {readonly target: Target}> {
	const bin = mkdtempSync(join(tmpdir(), 'devtop-device-'));
	onTestFinished(() => rmSync(bin, {recursive: true, force: true}));
	for (const [name, script] of Object.entries({...SYSTEMD, ...programs})) {
		writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
		chmodSync(join(bin, name), 0o755);
	}
	if (uuid !== undefined) writeFileSync(join(bin, 'config.json'), JSON.stringify({uuid}));
	const start = (command: string) =>
		spawn(
			'sh',
			[
				'-c',
				login(
					command
						.replaceAll('/run/systemd/system', '/')
						.replaceAll('/run/log/journal', bin)
						.replaceAll('/mnt/boot/config.json', join(bin, 'config.json')),
				),
			],
			{
				env: {...process.env, PATH: `${bin}:${process.env.PATH}`, SHELL: '/bin/sh'},
			},
		);
	const run = (command: string, io: Execution): void => {
		const child = start(command);
		child.stdout.on('data', (bytes: Buffer) => io.out(bytes));
		child.stderr.on('data', (bytes: Buffer) => io.err(bytes));
		child.stdin.on('error', () => {});
		if (hears)
			io.bytes(bytes => {
				if (bytes === null) child.stdin.end();
				else child.stdin.write(bytes);
			});
		io.onClosed(() => child.kill());
		child.once('close', code => io.exit(status(code ?? 255)));
	};
	const started = await startServer({onExec: run, ...server});
	onTestFinished(() => started.close());
	return {
		...started,
		/** The same device for the doubles of the cloud. */
		target: {
			socket: () => connect({host: '127.0.0.1', port: started.port, noDelay: true}),
			exec: (command, {out, err, exit}) => {
				const child = start(command);
				child.stdout.on('data', out);
				child.stderr.on('data', err);
				child.stdin.on('error', () => {});
				child.on('close', exit);
				return {write: bytes => void child.stdin.write(bytes), hangUp: () => void child.kill()};
			},
		},
	};
}

/** The road to it. */
export const shellDevice = async (shell: Shell = {}): Promise<Road> => loopbackRoad(await shellServer(shell));
