/** The entry of the bundle: the only place that joins all layers, and the only one that sets the exit code. */
import {HELP, parseCommand} from './commands/arguments.ts';
import {questions} from './commands/ask.ts';
import {PROGRAM, watch} from './commands/watch.ts';
import {type Failure, isFailure} from './domain/channel.ts';

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
				return await watch(road, command.scope, command.record);
			} finally {
				await close();
			}
		}
		case 'watch': {
			const {sshRoad} = await import('./commands/ssh-road.ts');
			let open = true;
			const note = (text: string): void => void (open && process.stderr.write(`devtop: ${text}\n`));
			const road = await sshRoad(
				command.target,
				command.ssh,
				questions(() => open),
				note,
			);
			if (isFailure(road)) return road;
			return await watch(road, command.scope, command.record, () => {
				open = false;
			});
		}
	}
}

const failed = await run();
if (failed !== null) {
	process.stderr.write(`devtop: ${failed.message}\n`);
	process.exitCode = failed.code === 'usage' ? 2 : 1;
}
// A socket that is slow to close must not keep the terminal waiting.
setTimeout(() => process.exit(), 1000).unref();
