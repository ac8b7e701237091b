/** One short question to a host on the way: its answer as text. What is asked of the device itself goes through channels. */
import type {ClientChannel} from 'ssh2';
import {remoteCommand} from '../command.ts';
import type {Link} from './link.ts';

const MOST_BYTES = 256 * 1024;

/** What a command printed; null where it could not be run, or took too long. */
export function answerOf(link: Link, argv: readonly string[], limitMs = 10_000): Promise<string | null> {
	return new Promise(resolve => {
		const parts: Buffer[] = [];
		let bytes = 0;
		let channel: ClientChannel | null = null;
		const settle = (text: string | null): void => {
			clearTimeout(timer);
			forget();
			resolve(text);
			channel?.destroy();
		};
		const timer = setTimeout(() => settle(null), limitMs);
		const forget = link.onLost(() => settle(null));
		try {
			link.client.exec(remoteCommand('once', argv, 'way'), (error, stream) => {
				if (error) {
					settle(null);
					return;
				}
				channel = stream;
				stream
					.on('error', () => {})
					.on('data', (part: Buffer) => {
						bytes += part.length;
						if (bytes > MOST_BYTES) settle(null);
						else parts.push(part);
					})
					.on('close', () => settle(Buffer.concat(parts).toString('utf8')));
				stream.stderr.on('error', () => {}).resume();
			});
		} catch {
			settle(null);
		}
	});
}
