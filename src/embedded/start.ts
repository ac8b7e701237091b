/** The embedded device behind an SSH server on loopback, with the road that leads to it. */
import type {Road} from '../domain/channel.ts';
import {type LoopbackServer, loopbackRoad, startServer} from '../transport/ssh/server.ts';
import {type EmbeddedDevice, type EmbeddedOptions, startEmbeddedDevice} from './device.ts';

export type Embedded = {
	readonly device: EmbeddedDevice;
	readonly server: LoopbackServer;
	readonly road: Road;
	/** Ends the device, then the server. */
	close(): Promise<void>;
};

/** @param onBug told what the device or a listener threw: a bug of ours. */
export async function startEmbedded(
	options: EmbeddedOptions & {readonly onBug?: (error: unknown) => void} = {},
): Promise<Embedded> {
	const {onBug = () => {}} = options;
	const device = startEmbeddedDevice(options);
	const server = await startServer({onExec: (command, execution) => device.exec(command, execution), onBug});
	return {
		device,
		server,
		road: loopbackRoad(server, {name: 'demo', onBug}),
		close: async () => {
			device.close();
			await server.close();
		},
	};
}
