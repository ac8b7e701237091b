/**
 * One line of a recording: a frame as JSON whose last key is `hash`, the SHA-256 of the hash before and of the line without
 * its own. Bytes that are no text stand as {"b64": …}.
 */
import {hash as digest} from 'node:crypto';
import type {Frame} from '../../domain/frame.ts';
import {isFrame} from './shape.ts';

const encode = (_key: string, value: unknown): unknown =>
	value instanceof Uint8Array ? {b64: Buffer.from(value).toString('base64')} : value;

const decode = (_key: string, value: unknown): unknown =>
	typeof value === 'object' && value !== null && 'b64' in value && typeof value.b64 === 'string'
		? new Uint8Array(Buffer.from(value.b64, 'base64'))
		: value;

/** Only an entry's fields can be bytes; a replacer is called for every value, so it is spared where there are none. */
const hasBytes = (frame: Frame): boolean =>
	frame.t === 'out' && frame.unit.kind === 'entry' && frame.unit.entry.some(([, value]) => typeof value !== 'string');

const json = (frame: Frame): string => (hasBytes(frame) ? JSON.stringify(frame, encode) : JSON.stringify(frame));

/** One frame as a line without a hash, with the line break. */
export const frameLine = (frame: Frame): string => `${json(frame)}\n`;

/** What stands behind a line's own JSON: `,"hash":"…"}`. */
export const SUFFIX = 75;
const HASH = /^,"hash":"([0-9a-f]{64})"\}$/;

/** Hashes lines, each with the one before. */
export class Chain {
	/** Of the line before; empty before the first. */
	head = '';

	/** One frame as its line, with the line break. */
	line(frame: Frame): string {
		const text = json(frame);
		this.head = digest('sha256', this.head + text);
		return `${text.slice(0, -1)},"hash":"${this.head}"}\n`;
	}
}

/** The hash that a line states; null where it states none. */
export const statedHash = (line: string): string | null => HASH.exec(line.slice(-SUFFIX))?.[1] ?? null;

/** A line without its hash, as it was when it was hashed. */
export const withoutHash = (line: string): string => `${line.slice(0, -SUFFIX)}}`;

/** Reads one line, with a hash or without. Null where it is no frame. */
export const readLine = (line: string): Frame | null => parsed(statedHash(line) === null ? line : withoutHash(line));

function parsed(text: string): Frame | null {
	try {
		const value: unknown = text.includes('"b64":') ? JSON.parse(text, decode) : JSON.parse(text);
		return isFrame(value) ? value : null;
	} catch {
		return null;
	}
}

const HASH_BEGIN = Buffer.from(',"hash":"');
const BRACE = 0x7d;

/** Does a line state a hash? As statedHash says it, without making text of it. */
function hasHash(line: Buffer): boolean {
	const at = line.length - SUFFIX;
	if (at < 0 || line[line.length - 1] !== BRACE || line[line.length - 2] !== 0x22) return false;
	for (let index = 0; index < HASH_BEGIN.length; index++) if (line[at + index] !== HASH_BEGIN[index]) return false;
	for (let index = at + HASH_BEGIN.length; index < line.length - 2; index++) {
		const byte = line[index] ?? 0;
		if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return false;
	}
	return true;
}

/** Reads one line of bytes: as readLine does, with less copying. The bytes are as before when it returns. */
export function readBytes(line: Buffer): Frame | null {
	if (!hasHash(line)) return parsed(line.toString('utf8'));
	const at = line.length - SUFFIX;
	const before = line[at] ?? 0;
	line[at] = BRACE;
	const text = line.toString('utf8', 0, at + 1);
	line[at] = before;
	return parsed(text);
}

/** Reads a recording's text. A torn last line is left out and told, any other bad line too. */
export function readFrames(text: string): {readonly frames: readonly Frame[]; readonly bad: readonly number[]} {
	const frames: Frame[] = [];
	const bad: number[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		if (line === '') continue;
		const frame = readLine(line);
		if (frame === null) bad.push(index + 1);
		else frames.push(frame);
	}
	return {frames, bad};
}
