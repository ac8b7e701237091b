import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {TestProject} from 'vitest/node';

declare module 'vitest' {
	interface ProvidedContext {
		/** The ssh_config of the lab that is up; '' where none is. */
		readonly labSshConfig: string;
	}
}

/** Looks for a lab once per run, so that its tests are skipped with one line rather than failing one by one. */
export default async function setup(project: TestProject): Promise<void> {
	const config = join(process.env.LAB_DIR ?? join(tmpdir(), 'devtop-lab'), 'run', 'ssh_config');
	const up = await answers(config);
	if (!up && process.env.DEVTOP_LAB_REQUIRED === '1') {
		throw new Error(`DEVTOP_LAB_REQUIRED is set and no lab is up: dev1 of ${config} does not answer`);
	}
	if (!up) console.log('lab tests skipped: no lab is up (npm run lab -- up dev1 dev2, as root)');
	project.provide('labSshConfig', up ? config : '');
}

async function answers(config: string): Promise<boolean> {
	if (!existsSync(config)) return false;
	try {
		await promisify(execFile)('ssh', ['-F', config, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', 'dev1', 'true'], {
			timeout: 5000,
		});
		return true;
	} catch {
		return false;
	}
}
