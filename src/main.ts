/** The entry of the bundle: the only place that joins all layers, and the only one that sets the exit code. */
import {HELP, type Once, parseCommand} from './commands/arguments.ts';
import {questions} from './commands/ask.ts';
import {PROGRAM, watch} from './commands/watch.ts';
import {type Failure, isFailure, type Road} from './domain/channel.ts';
import type {Scope} from './domain/source.ts';
import {clean} from './domain/text.ts';

/** Watches, or reads once. */
async function show(
	road: Road,
	{scope, record, once}: {readonly scope: Scope; readonly record: string | null; readonly once: Once},
	settled?: () => void,
): Promise<Failure | null> {
	if (once === null) return await watch(road, scope, record, settled);
	const {once: readOnce} = await import('./commands/once.ts');
	const read = await readOnce(road, scope, once === 'json', PROGRAM);
	if (isFailure(read)) return read;
	process.stdout.write(read.text);
	if (read.wrong) process.exitCode = 3;
	return null;
}

async function run(): Promise<Failure | null> {
	const command = parseCommand(process.argv.slice(2));
	if (isFailure(command)) return command;
	switch (command.kind) {
		case 'help':
			process.stdout.write(HELP);
			return null;
		case 'version':
			process.stdout.write(`${PROGRAM}\n`);
			return null;
		case 'demo': {
			const {startEmbedded} = await import('./embedded/start.ts');
			const {road, close} = await startEmbedded({scene: command.scene});
			try {
				return await show(road, command);
			} finally {
				await close();
			}
		}
		case 'watch': {
			const {sshRoad} = await import('./commands/ssh-road.ts');
			let open = true;
			const note = (text: string): void => void (open && process.stderr.write(`devtop: ${clean(text)}\n`));
			const road = await sshRoad(
				command.target,
				command.ssh,
				questions(() => open),
				note,
			);
			if (isFailure(road)) return road;
			return await show(road, command, () => {
				open = false;
			});
		}
	}
}

const failed = await run();
if (failed !== null) {
	// What the far side said may stand in it.
	process.stderr.write(`devtop: ${clean(failed.message)}\n`);
	process.exitCode = failed.code === 'usage' ? 2 : 1;
}
// A socket that is slow to close must not keep the terminal waiting.
setTimeout(() => process.exit(), 1000).unref();
