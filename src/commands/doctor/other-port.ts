/** Looks at the other of the two usual ports of a host: is the host up, and was only the port wrong? */
import {isFailure} from '../../domain/channel.ts';
import type {Place} from '../../domain/step.ts';
import {openSocket} from '../../transport/ssh/dial.ts';
import {DEVICE_PORT} from '../../transport/ssh/ssh-config.ts';
import type {Around} from './causes.ts';

const LIMIT_SECONDS = 3;

/** One connection, in which nothing is sent. */
export async function otherPort({host, port, user}: Place): Promise<NonNullable<Around['other']>> {
	const other = port === DEVICE_PORT ? 22 : DEVICE_PORT;
	const socket = await openSocket(
		{host, port: other, user, connectTimeoutSeconds: LIMIT_SECONDS, addressFamily: 0},
		new AbortController().signal,
	);
	if (isFailure(socket)) return {port: other, does: socket.code === 'refused' ? 'refused' : 'silent'};
	const begins = await new Promise<string>(resolve => {
		const timer = setTimeout(() => resolve(''), LIMIT_SECONDS * 1000);
		socket.once('data', (bytes: Buffer) => {
			clearTimeout(timer);
			resolve(bytes.toString('latin1', 0, 4));
		});
	});
	socket.destroy();
	return {port: other, does: begins === 'SSH-' ? 'ssh' : 'open'};
}
