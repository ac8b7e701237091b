/** One command, asked and answered without a network: what tests hold against a real device. */
import type {EmbeddedDevice} from './device.ts';

export type Printed = {readonly out: Uint8Array; readonly err: string; readonly status: number};

/**
 * Runs a remote command line, writes the lines to its stdin, then closes it.
 *
 * @param stdinLines without their line ends; none for a one-shot.
 */
export function answer(device: EmbeddedDevice, command: string, stdinLines: readonly string[] = []): Promise<Printed> {
	return new Promise(resolve => {
		const parts: Uint8Array[] = [];
		const encoder = new TextEncoder();
		const bytes = (data: string | Uint8Array): Uint8Array => (typeof data === 'string' ? encoder.encode(data) : data);
		let err = '';
		let write: (text: string | null) => void = () => {};
		device.exec(command, {
			stdin: listener => {
				write = listener;
			},
			out: data => parts.push(bytes(data)),
			err: data => {
				err += new TextDecoder().decode(bytes(data));
			},
			exit: status => {
				const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
				let at = 0;
				for (const part of parts) {
					out.set(part, at);
					at += part.length;
				}
				resolve({out, err, status});
			},
			onClosed: () => {},
		});
		for (const line of stdinLines) write(`${line}\n`);
		write(null);
	});
}
