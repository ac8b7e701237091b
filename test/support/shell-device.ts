/** The embedded device behind an SSH server that gives a real `sh` on a real terminal. */
import {type IPty, spawn} from 'node-pty';
import {type EmbeddedDevice, startEmbeddedDevice} from '../../src/embedded/device.ts';
import {type LoopbackServer, startServer} from '../../src/transport/ssh/server.ts';

export type ShellDevice = {
	readonly server: LoopbackServer;
	readonly device: EmbeddedDevice;
	/** Commands that run on a terminal now. */
	terminals(): number;
	close(): Promise<void>;
};

/** @param env of the shell; its login shell is `sh`. */
export async function shellDevice(env: Readonly<Record<string, string>> = {}): Promise<ShellDevice> {
	const device = startEmbeddedDevice({scene: 'quiet'});
	const open = new Set<IPty>();
	const server = await startServer({
		onExec: (command, execution) => device.exec(command, execution),
		onTerminal: (command, execution) => {
			const pty = spawn('/bin/sh', ['-c', command], {
				name: 'xterm-256color',
				cols: execution.size.columns,
				rows: execution.size.rows,
				env: {PATH: process.env.PATH ?? '', SHELL: '/bin/sh', HOME: '/', PS1: 'dev> ', ...env},
			});
			open.add(pty);
			pty.onData(text => execution.out(text));
			pty.onExit(({exitCode}) => {
				open.delete(pty);
				execution.exit(exitCode);
			});
			execution.stdin(text => {
				if (text !== null && open.has(pty)) pty.write(text);
			});
			execution.onResize(({columns, rows}) => pty.resize(columns, rows));
			// As sshd does: the terminal goes away under what runs on it.
			execution.onClosed(() => {
				if (open.has(pty)) pty.kill('SIGHUP');
			});
		},
	});
	return {
		server,
		device,
		terminals: () => open.size,
		close: async () => {
			for (const pty of open) pty.kill('SIGKILL');
			device.close();
			await server.close();
		},
	};
}
