/** A journal entry as it crossed the wire: systemd's export format, fields in the order they came. */

/** A value is text, or bytes where it is not valid UTF-8. */
export type FieldValue = string | Uint8Array;
export type Field = readonly [name: string, value: FieldValue];
export type Entry = readonly Field[];

/** The first value of a field as text; bytes are decoded leniently (U+FFFD). */
export function textOf(entry: Entry, name: string): string | undefined {
	for (const [key, value] of entry) if (key === name) return typeof value === 'string' ? value : lenient(value);
	return undefined;
}

/** ASCII as it is, every other byte as U+FFFD: shown, never dropped. The core has no TextDecoder. */
export function lenient(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : '\ufffd';
	return text;
}
