/**
 * The closed form: gzip members, each whole on its own, of at most 1 MB of lines (a longer line has one to itself; the header
 * always has). `gunzip` gives back the live file. What a member holds stands in its header, in an extra field as RFC 1952
 * allows, so that a reader hops from member to member, and knows which lines are gone where one is damaged:
 *
 *     0  1f 8b 08 04 00 00 00 00 00 ff   gzip, deflate, an extra field, no time
 *     10 1c 00 'D' 'T' 18 00             28 bytes of extra field, of which 24 are ours
 *     16 size of the member              all four bytes, little endian
 *     20 bytes of its lines
 *     24 number of its first line
 *     28 how many lines
 *     32 CRC-32 of what follows the header
 *     36 CRC-32 of bytes 0 to 35
 *     40 deflated lines, their CRC-32, their length
 *
 * Every byte is under a check of its own: gzip's does not see the bits that deflate leaves unused.
 */
import {promisify} from 'node:util';
import {crc32, deflateRaw, inflateRawSync} from 'node:zlib';

/** Bytes before a member's lines. */
export const HEADER_BYTES = 40;
/** How a member begins. A control character, so never in a live file. */
export const SIGNATURE = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 28, 0, 0x44, 0x54, 24, 0]);
const TRAILER_BYTES = 8;
const NEWLINE = 10;

/** What a member's header says. */
export type MemberHeader = {
	/** Header and trailer included. */
	readonly size: number;
	readonly raw: number;
	readonly firstLine: number;
	readonly lines: number;
	readonly crc: number;
};

const deflate = promisify(deflateRaw);

/** How many lines there are in some bytes; one without an end counts. */
export function linesIn(bytes: Buffer): number {
	let lines = 0;
	for (let at = 0; at < bytes.length; lines++) {
		const end = bytes.indexOf(NEWLINE, at);
		at = end < 0 ? bytes.length : end + 1;
	}
	return lines;
}

/** Lines as a member. */
export async function toMember(bytes: Buffer, firstLine: number): Promise<Buffer> {
	const deflated = await deflate(bytes, {level: 9});
	const trailer = Buffer.alloc(TRAILER_BYTES);
	trailer.writeUInt32LE(crc32(bytes), 0);
	trailer.writeUInt32LE(bytes.length, 4);
	const header = Buffer.alloc(HEADER_BYTES);
	SIGNATURE.copy(header);
	header.writeUInt32LE(HEADER_BYTES + deflated.length + TRAILER_BYTES, 16);
	header.writeUInt32LE(bytes.length, 20);
	header.writeUInt32LE(firstLine, 24);
	header.writeUInt32LE(linesIn(bytes), 28);
	header.writeUInt32LE(crc32(trailer, crc32(deflated)), 32);
	header.writeUInt32LE(crc32(header.subarray(0, 36)), 36);
	return Buffer.concat([header, deflated, trailer]);
}

/** A member's header; null where these bytes are none. */
export function memberHeader(bytes: Buffer): MemberHeader | null {
	if (bytes.length < HEADER_BYTES || bytes.compare(SIGNATURE, 0, SIGNATURE.length, 0, SIGNATURE.length) !== 0)
		return null;
	if (crc32(bytes.subarray(0, 36)) !== bytes.readUInt32LE(36)) return null;
	return {
		size: bytes.readUInt32LE(16),
		raw: bytes.readUInt32LE(20),
		firstLine: bytes.readUInt32LE(24),
		lines: bytes.readUInt32LE(28),
		crc: bytes.readUInt32LE(32),
	};
}

/** A member's lines; null where it is damaged. */
export function fromMember(member: Buffer): Buffer | null {
	const header = memberHeader(member);
	if (header === null || member.length !== header.size || crc32(member.subarray(HEADER_BYTES)) !== header.crc)
		return null;
	try {
		const bytes = inflateRawSync(member.subarray(HEADER_BYTES, -TRAILER_BYTES), {maxOutputLength: header.raw + 1});
		return bytes.length === header.raw ? bytes : null;
	} catch {
		return null;
	}
}
