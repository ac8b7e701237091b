/** The demo: the same program against the device inside the process. */
import type {Road} from '../domain/channel.ts';
import {startEmbeddedDevice} from '../embedded/device.ts';
import type {SceneId} from '../embedded/scenes.ts';
import {loopbackRoad, startServer} from '../transport/ssh/server.ts';

/** Starts the embedded device behind an SSH server on loopback, with keys made for this run. */
export async function demoRoad(
	scene: SceneId | 'all',
): Promise<{readonly road: Road; readonly close: () => Promise<void>}> {
	const device = startEmbeddedDevice({scene});
	const server = await startServer({
		onExec: (command, execution) =>
			device.exec(command, {
				...execution,
				out: data => void execution.out(data),
				err: data => void execution.err(data),
				stdin: listener => execution.stdin(text => (text === null ? undefined : listener(text))),
				onClosed: listener => {
					execution.onClosed(listener);
				},
			}),
	});
	return {
		road: loopbackRoad(server, {name: 'demo'}),
		close: async () => {
			device.close();
			await server.close();
		},
	};
}
