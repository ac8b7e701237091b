/** A channel on which something else speaks first: nothing of it is given before a mark of our own. */
import type {Channel, ChannelReader} from '../../domain/channel.ts';

/** The command behind the mark: every login shell has `echo` and `;`. */
export const marked = (mark: string, command: string): string => `echo ${mark}; ${command}`;

/** More than any greeting has; where the mark does not come, everything is given as it is. */
const LARGEST = 65_536;

export const behindMark = (channel: Channel, mark: string): Channel => ({
	read: (reader: ChannelReader) => {
		let greeting: Buffer | null = Buffer.alloc(0);
		const give = (): void => {
			const held = greeting;
			greeting = null;
			if (held !== null && held.length > 0) reader.out(held);
		};
		channel.read({
			out: bytes => {
				if (greeting === null) {
					reader.out(bytes);
					return;
				}
				greeting = Buffer.concat([greeting, bytes]);
				const at = greeting.indexOf(`${mark}\n`);
				if (at >= 0) greeting = greeting.subarray(at + mark.length + 1);
				if (at >= 0 || greeting.length > LARGEST) give();
			},
			err: bytes => reader.err(bytes),
			end: end => {
				give();
				reader.end(end);
			},
		});
	},
	write: text => channel.write(text),
	send: bytes => channel.send(bytes),
	pause: () => channel.pause(),
	resume: () => channel.resume(),
	close: () => channel.close(),
	status: () => channel.status?.() ?? null,
});
