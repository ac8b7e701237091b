import {StringDecoder} from 'node:string_decoder';
import type {Unit} from '../../domain/source.ts';
import type {Framer, Remains} from './framer.ts';
import {cutTrailer} from './trailer.ts';

/** A block larger than this is dropped, and counted as a half one. */
const LARGEST = 8 << 20;

/** A sampler's answers: what stands between a tick's begin and end marks. What stands between blocks is noise, and kept for the record. */
export class BlockFramer implements Framer {
	readonly #token: string;
	readonly #decoder = new StringDecoder('utf8');
	#pending = '';

	constructor(token: string) {
		this.#token = token;
	}

	push(bytes: Uint8Array): readonly Unit[] {
		this.#pending += this.#decoder.write(bytes as Buffer);
		const units: Unit[] = [];
		for (;;) {
			const end = new RegExp(`__DEVTOP_${this.#token} end (\\d+)\\n`).exec(this.#pending);
			if (end === null) break;
			const tick = Number(end[1]);
			const mark = `__DEVTOP_${this.#token} begin ${tick}\n`;
			const begin = this.#pending.lastIndexOf(mark, end.index);
			if (begin >= 0) units.push({kind: 'block', tick, text: this.#pending.slice(begin + mark.length, end.index)});
			else units.push({kind: 'line', text: this.#pending.slice(0, Math.min(end.index, 1000))});
			this.#pending = this.#pending.slice(end.index + end[0].length);
		}
		if (this.#pending.length > LARGEST) {
			units.push({kind: 'line', text: this.#pending.slice(0, 1000)});
			this.#pending = '';
		}
		return units;
	}

	end(): Remains {
		const {before, code} = cutTrailer(this.#pending + this.#decoder.end(), this.#token);
		this.#pending = '';
		return {units: [], code, rest: before};
	}
}

/** A one-shot whose whole output is one unit; given only when its trailer came. */
export class WholeFramer implements Framer {
	readonly #token: string;
	readonly #decoder = new StringDecoder('utf8');
	#pending = '';

	constructor(token: string) {
		this.#token = token;
	}

	push(bytes: Uint8Array): readonly Unit[] {
		if (this.#pending.length < LARGEST) this.#pending += this.#decoder.write(bytes as Buffer);
		return [];
	}

	end(): Remains {
		const {before, code} = cutTrailer(this.#pending + this.#decoder.end(), this.#token);
		this.#pending = '';
		return code === null
			? {units: [], code, rest: before}
			: {units: [{kind: 'block', tick: 0, text: before}], code, rest: ''};
	}
}
