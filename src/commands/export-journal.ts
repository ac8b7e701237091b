/** A recording as systemd's journal export format (systemd.io/JOURNAL_EXPORT_FORMATS), which systemd-journal-remote imports. */
import {type Entry, textOf} from '../domain/entry.ts';
import type {Recording} from '../session/recording/read.ts';
import {exported} from './entries.ts';

/** Without these an importer takes no entry. */
const NEEDED = ['__CURSOR', '__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP', '_BOOT_ID'];
const NEWLINE = Buffer.from('\n');

/** One field: as text where it has no line break, else its name, its length in 64 bits (little endian), its bytes. */
function fieldOf(name: string, value: string | Uint8Array): Buffer {
	if (typeof value === 'string' && !value.includes('\n')) return Buffer.from(`${name}=${value}\n`);
	const bytes = Buffer.from(value as string);
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(bytes.length));
	return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, NEWLINE]);
}

/** One entry with its blank line; null where it is none that could be imported. */
export function exportEntry(entry: Entry): Buffer | null {
	if (NEEDED.some(name => textOf(entry, name) === undefined)) return null;
	return Buffer.concat([...entry.map(([name, value]) => fieldOf(name, value)), NEWLINE]);
}

/** All entries, each once, in the order they came. */
export function* exportJournal(recording: Recording): Generator<Buffer> {
	for (const {entry} of exported(recording)) {
		const bytes = entry === null ? null : exportEntry(entry);
		if (bytes !== null) yield bytes;
	}
}
