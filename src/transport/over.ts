/** A transport with something about it changed: its methods are bound, so a class with private fields can be spread. */
import type {Transport} from '../domain/channel.ts';

export const overTransport = (transport: Transport, change: Partial<Transport>): Transport => ({
	...(transport.way === undefined ? {} : {way: transport.way}),
	open: command => transport.open(command),
	openTerminal: (command, size) => transport.openTerminal(command, size),
	onLost: listener => transport.onLost(listener),
	traffic: () => transport.traffic(),
	roundTripMs: () => transport.roundTripMs(),
	close: () => transport.close(),
	...change,
});
