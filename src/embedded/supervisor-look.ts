/** What the supervisor is made of: the answer to the script of sources/supervisor.ts. */
import type {Balena} from './balena.ts';
import {DATABASE} from './supervisor-files.ts';
import type {UnitTable} from './units.ts';

const TIMER = 'update-balena-supervisor.timer';
/** What a service wrote into its own layer; the supervisor writes into volumes only. */
const WRITTEN: Readonly<Record<string, string>> = {frontend: '1.27MB', backend: '48.3kB'};

export function supervisorLook(
	sizes: boolean,
	table: UnitTable,
	{engine, containers, files}: Balena,
	nowMs: number,
): string {
	const lines = ['bounded yes', `timer ${TIMER} ${table.find(TIMER)?.active}`, `path ${DATABASE}`];
	for (const [path, {size, mtimeMs, inode}] of files.all) {
		const seconds = Math.floor(mtimeMs / 1000);
		if (path === DATABASE) lines.push(`database ${size} ${seconds} ${inode}`);
		else lines.push(`copy ${path.slice(path.lastIndexOf('-') + 1)} ${size} ${seconds}`);
	}
	if (engine.active === 'active') {
		lines.push('client balena', 'listed yes');
		for (const {id, name, state, exitCode, startedMs, service} of containers) {
			const seconds = Math.max(0, Math.round((nowMs - startedMs) / 1000));
			const status = state === 'running' ? `Up ${seconds} seconds` : `Exited (${exitCode}) ${seconds} seconds ago`;
			lines.push(
				`container ${id}|${name}|${status}${sizes ? `|${WRITTEN[service ?? ''] ?? '0B'} (virtual 68.1MB)` : ''}`,
			);
		}
	}
	return `${lines.join('\n')}\n`;
}
