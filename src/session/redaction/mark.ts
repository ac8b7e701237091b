/** Leaving marks where secrets were. */
import type {FieldValue} from '../../domain/entry.ts';

/** What of a text is cut, and by which rule. */
export type Cut = {readonly from: number; readonly to: number; readonly rule: string};

/** The text with a mark in the place of each cut; the very same where there is none. */
export function cutOut(text: string, cuts: readonly Cut[]): string {
	if (cuts.length === 0) return text;
	let result = '';
	let at = 0;
	for (const {from, to, rule} of cuts) {
		result += `${text.slice(at, from)}‹redacted:${rule}›`;
		at = to;
	}
	return result + text.slice(at);
}

/** A field's value as text: bytes one by one, so that nothing is lost on the way back. */
export const asText = (value: FieldValue): string =>
	typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');

/** The way back: every character is the byte that it was, only marks are UTF-8. */
export function asValue(text: string, was: FieldValue): FieldValue {
	if (typeof was === 'string') return text;
	const parts = text
		.split(/(‹redacted:[\w-]+›)/)
		.map((part, index) => Buffer.from(part, index % 2 === 0 ? 'latin1' : 'utf8'));
	return new Uint8Array(Buffer.concat(parts));
}
