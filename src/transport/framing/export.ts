import {isUtf8} from 'node:buffer';
import type {Field} from '../../domain/entry.ts';
import type {Unit} from '../../domain/source.ts';
import type {Framer, Remains} from './framer.ts';
import {cutTrailer} from './trailer.ts';

/** A field longer than this is no field: the framer looks for the next entry. */
const LARGEST = 64 << 20;
const NEWLINE = 10;
const EQUALS = 61;
const NAME = /^[A-Z0-9_]{1,64}$/;
/** Where reading goes on after something that is no entry. */
const NEXT = Buffer.from('\n\n__CURSOR=');

/**
 * Journal export format: `NAME=text` lines; `NAME`, a 64-bit little-endian length and bytes; a blank line behind each
 * entry (systemd, JOURNAL_EXPORT_FORMATS). An entry cut by the end of its journalctl is told from a whole one by the
 * trailer, which then stands inside it.
 */
export class ExportFramer implements Framer {
	readonly #token: string;
	#buffer = Buffer.allocUnsafe(1 << 16);
	#start = 0;
	#end = 0;
	/** Where the search for the next line break goes on. */
	#scan = 0;
	#fields: Field[] = [];
	#binary: {name: string; length: number} | null = null;
	#lost = false;
	/** Bytes of the fields so far: an entry has an end, or is none. */
	#size = 0;
	/**
	 * An entry that ends like the trailer. It is the trailer if nothing follows: the token stands in argv, where any user
	 * of the device can read it and say it.
	 */
	#held: {readonly fields: Field[]; readonly code: number; readonly before: string} | null = null;

	constructor(token: string) {
		this.#token = token;
	}

	push(bytes: Uint8Array): readonly Unit[] {
		this.#append(bytes);
		const units: Unit[] = [];
		do {
			if (this.#held === null || this.#end === this.#start) continue;
			units.push({kind: 'entry', entry: this.#held.fields});
			this.#held = null;
		} while (this.#step(units));
		return units;
	}

	end(): Remains {
		const pending = this.#buffer.subarray(this.#start, this.#end).toString('utf8');
		if (this.#held !== null && pending === '') {
			const {fields, code, before} = this.#held;
			this.#fields = fields.slice(0, -1);
			return {units: [], code, rest: this.#fields.length > 0 || before !== '' ? this.#half(before) : ''};
		}
		const {before, code} = cutTrailer(pending, this.#token);
		const half = this.#fields.length > 0 || before.trim() !== '' ? this.#half(before) : '';
		return {units: [], code, rest: half};
	}

	#append(bytes: Uint8Array): void {
		const held = this.#end - this.#start;
		if (this.#end + bytes.length > this.#buffer.length) {
			const larger =
				held + bytes.length > this.#buffer.length ? Buffer.allocUnsafe(2 * (held + bytes.length)) : this.#buffer;
			this.#buffer.copy(larger, 0, this.#start, this.#end);
			this.#buffer = larger;
			this.#scan -= this.#start;
			this.#start = 0;
			this.#end = held;
		}
		this.#buffer.set(bytes, this.#end);
		this.#end += bytes.length;
	}

	/** One line, or one binary value. False where more bytes are needed. */
	#step(units: Unit[]): boolean {
		if (this.#lost) return this.#resume(units);
		if (this.#binary !== null) return this.#value(this.#binary);
		const at = this.#buffer.subarray(0, this.#end).indexOf(NEWLINE, this.#scan);
		if (at < 0) {
			this.#scan = this.#end;
			if (this.#end - this.#start > LARGEST) this.#lost = true;
			return false;
		}
		if (at === this.#start) {
			this.#take(at + 1);
			this.#finish(units);
			return true;
		}
		const equals = this.#buffer.subarray(this.#start, at).indexOf(EQUALS);
		if (equals > 0) {
			const name = this.#buffer.toString('latin1', this.#start, this.#start + equals);
			this.#fields.push([name, this.#buffer.toString('utf8', this.#start + equals + 1, at)]);
			this.#grow(at + 1 - this.#start);
			this.#take(at + 1);
			return true;
		}
		const name = this.#buffer.toString('latin1', this.#start, Math.min(at, this.#start + 65));
		if (!NAME.test(name)) {
			units.push({kind: 'line', text: this.#buffer.toString('utf8', this.#start, Math.min(at, this.#start + 1000))});
			this.#take(at + 1);
			return true;
		}
		if (this.#end < at + 9) return false;
		const length = this.#buffer.readBigUInt64LE(at + 1);
		if (length > LARGEST) {
			this.#lost = true;
			return true;
		}
		this.#binary = {name, length: Number(length)};
		this.#take(at + 9);
		return true;
	}

	/** Fields without an end would fill the memory. */
	#grow(bytes: number): void {
		this.#size += bytes;
		if (this.#size <= LARGEST) return;
		this.#lost = true;
		this.#fields = this.#fields.slice(0, 4);
	}

	#take(to: number): void {
		this.#start = to;
		this.#scan = to;
	}

	#value({name, length}: {name: string; length: number}): boolean {
		if (this.#end - this.#start < length + 1) return false;
		const bytes = this.#buffer.subarray(this.#start, this.#start + length);
		this.#fields.push([name, isUtf8(bytes) ? bytes.toString('utf8') : new Uint8Array(bytes)]);
		this.#binary = null;
		this.#grow(length);
		this.#take(this.#start + length + 1);
		return true;
	}

	/** A blank line: the entry is whole, unless the trailer stands in its last line. */
	#finish(units: Unit[]): void {
		const last = this.#fields.at(-1);
		if (last === undefined) return;
		const [name, value] = last;
		const line =
			typeof value === 'string' && (name.includes('__DEVTOP_') || value.includes('__DEVTOP_'))
				? `${name}=${value}\n`
				: '';
		const {before, code} = cutTrailer(line, this.#token);
		if (code === null) {
			units.push({kind: 'entry', entry: this.#fields});
		} else this.#held = {fields: this.#fields, code, before};
		this.#fields = [];
		this.#size = 0;
	}

	/** After nonsense: goes on at the next entry, and gives what it skipped as a line that no source can read. */
	#resume(units: Unit[]): boolean {
		const next = this.#buffer.subarray(0, this.#end).indexOf(NEXT, this.#start);
		if (next < 0) {
			if (this.#end - this.#start > LARGEST) this.#take(this.#end - NEXT.length);
			return false;
		}
		units.push({
			kind: 'line',
			text: this.#half(this.#buffer.toString('utf8', this.#start, Math.min(next, this.#start + 500))),
		});
		this.#fields = [];
		this.#binary = null;
		this.#lost = false;
		this.#size = 0;
		this.#take(next + 2);
		return true;
	}

	#half(text: string): string {
		const fields = this.#fields.map(([name, value]) => `${name}=${typeof value === 'string' ? value : '(bytes)'}`);
		return [...fields, this.#binary?.name ?? '', text]
			.filter(part => part !== '')
			.join('\n')
			.slice(0, 2000);
	}
}
