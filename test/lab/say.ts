/** Entries as a program of the device can give them to journald: any field without a leading underscore, any bytes. */
import {execFile} from 'node:child_process';

export type Said = readonly (readonly [name: string, value: string | Uint8Array])[];

/** An entry in journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): each value behind its length, so it can be anything. */
export function datagram(fields: Said): Buffer {
	return Buffer.concat(
		fields.flatMap(([name, value]) => {
			const bytes = Buffer.from(value as string);
			const size = Buffer.alloc(8);
			size.writeBigUInt64LE(BigInt(bytes.length));
			return [Buffer.from(`${name}\n`), size, bytes, Buffer.from('\n')];
		}),
	);
}

/** An ordinary program's line. */
export const line = (identifier: string, message: string | Uint8Array, more: Said = []): Said => [
	['PRIORITY', '6'],
	['SYSLOG_IDENTIFIER', identifier],
	['MESSAGE', message],
	...more,
];

/** The engine takes a container's line in pieces of so many bytes (docker's daemon/logger/copier.go). */
export const PIECE = 16 * 1024;

/** A container's line that is longer than the engine takes at once, as its journald log driver says it. */
export function pieces(identifier: string, text: string, id: string): readonly Said[] {
	const bytes = Buffer.from(text);
	const count = Math.ceil(bytes.length / PIECE);
	return Array.from({length: count}, (_, index) =>
		line(identifier, bytes.subarray(index * PIECE, (index + 1) * PIECE), [
			['CONTAINER_NAME', identifier],
			['CONTAINER_PARTIAL_MESSAGE', 'true'],
			['CONTAINER_PARTIAL_ID', id],
			['CONTAINER_PARTIAL_ORDINAL', String(index + 1)],
			['CONTAINER_PARTIAL_LAST', String(index === count - 1)],
		]),
	);
}

/** Has one process on a device say entries, over ssh; resolves when the journal has them. */
export function say(sshConfig: string, device: string, entries: readonly Said[]): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = execFile('ssh', ['-F', sshConfig, '-o', 'BatchMode=yes', device, 'lab-say'], (error, _out, err) =>
			error === null ? resolve() : reject(new Error(`lab-say on ${device}: ${err || error.message}`)),
		);
		child.stdin?.end(entries.map(entry => `${datagram(entry).toString('base64')}\n`).join(''));
	});
}
