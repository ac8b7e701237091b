/** A road whose sentences pass the redactor: what a device or a jump host says of itself may stand in them. */
import {type Failure, isFailure, overTransport, type Road, type Transport} from '../../domain/channel.ts';

/** @param text any sentence without its secrets. */
export function redactedRoad(road: Road, text: (sentence: string) => string): Road {
	const said = (failed: Failure): Failure => ({...failed, message: text(failed.message)});
	const over = (transport: Transport): Transport =>
		overTransport(transport, {
			...(transport.way === undefined ? {} : {way: {...transport.way, caution: text(transport.way.caution)}}),
			open: async command => {
				const channel = await transport.open(command);
				return isFailure(channel) ? said(channel) : channel;
			},
			openTerminal: async (command, size) => {
				const terminal = await transport.openTerminal(command, size);
				return isFailure(terminal) ? said(terminal) : terminal;
			},
			onLost: listener => transport.onLost(why => listener(text(why))),
		});
	return {
		...road,
		connect: async (signal, told) => {
			const connected = await road.connect(signal, told);
			return isFailure(connected) ? said(connected) : over(connected);
		},
	};
}
