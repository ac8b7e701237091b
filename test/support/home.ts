import {execFile} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {SceneId} from '../../src/embedded/scenes.ts';
import {type Embedded, startEmbedded} from '../../src/embedded/start.ts';
import {Terminal} from './terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

/** The uuid that the embedded device has. */
export const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';

export type Ran = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** An operator's home of a test's own, with a configuration, and a Host `device` in its ssh_config once that was reached. */
export function home(config: Record<string, unknown> = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'devtop-home-'));
	const configFile = join(folder, 'config.json');
	writeFileSync(configFile, JSON.stringify(config));
	const env = {HOME: folder, XDG_STATE_HOME: folder, DEVTOP_CONFIG: configFile};
	return {
		configFile,
		/** Where the device's recordings are. */
		recordings: join(folder, 'devtop', UUID),
		/** Puts an embedded device behind the Host. */
		reach: async (scene: SceneId): Promise<Embedded> => {
			const embedded = await startEmbedded({scene});
			onTestFinished(() => embedded.close());
			writeFileSync(join(folder, 'key'), embedded.server.clientKey, {mode: 0o600});
			writeFileSync(
				join(folder, 'ssh'),
				`Host device\n HostName 127.0.0.1\n Port ${embedded.server.port}\n User root\n IdentityFile ${folder}/key\n UserKnownHostsFile ${folder}/known_hosts\n StrictHostKeyChecking no\n`,
			);
			return embedded;
		},
		/** Words that connect, with the ssh_config. */
		over: (...words: string[]): string[] => [...words, '-F', join(folder, 'ssh')],
		run: (words: readonly string[]): Promise<Ran> =>
			new Promise(resolve => {
				execFile(process.execPath, [program, ...words], {env: {...process.env, ...env}}, (error, stdout, stderr) =>
					resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
				);
			}),
		screen: (words: readonly string[]): Terminal =>
			Terminal.start({file: process.execPath, args: [program, ...words], columns: 160, rows: 45, env}),
	};
}
