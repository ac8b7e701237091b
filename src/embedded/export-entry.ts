/** systemd's export format, as `journalctl --output=export` prints it (JOURNAL_EXPORT_FORMATS). */

export type JournalField = readonly [name: string, value: string | Uint8Array];

/** An entry as the journal keeps it. */
export type Kept = {
	/** Counts up by one with each entry; it stands in the cursor. */
	readonly sequence: number;
	readonly realtimeUs: number;
	readonly monotonicUs: number;
	readonly boot: string;
	readonly cursor: string;
	readonly fields: readonly JournalField[];
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', {fatal: true});

/** Text stands behind an equals sign where it is valid UTF-8 without line breaks and control characters (but tab). */
function isPlain(value: string | Uint8Array): boolean {
	let text: string;
	try {
		text = typeof value === 'string' ? value : decoder.decode(value);
	} catch {
		return false;
	}
	for (const char of text) {
		const code = char.codePointAt(0) ?? 0;
		if ((code < 0x20 && code !== 9) || (code >= 0x7f && code <= 0x9f)) return false;
	}
	return true;
}

function field(name: string, value: string | Uint8Array): Uint8Array[] {
	const bytes = typeof value === 'string' ? encoder.encode(value) : value;
	if (isPlain(value)) return [encoder.encode(`${name}=`), bytes, encoder.encode('\n')];
	const length = new Uint8Array(8);
	new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length), true);
	return [encoder.encode(`${name}\n`), length, bytes, encoder.encode('\n')];
}

/**
 * @param only the names of `--output-fields`; the cursor, the timestamps and the boot come anyway.
 */
export function encodeEntry(entry: Kept, only: ReadonlySet<string> | null): Uint8Array {
	const parts = [
		...field('__CURSOR', entry.cursor),
		...field('__REALTIME_TIMESTAMP', String(entry.realtimeUs)),
		...field('__MONOTONIC_TIMESTAMP', String(entry.monotonicUs)),
		...field('_BOOT_ID', entry.boot),
	];
	for (const [name, value] of entry.fields) if (only === null || only.has(name)) parts.push(...field(name, value));
	parts.push(encoder.encode('\n'));
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
