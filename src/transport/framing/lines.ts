import {StringDecoder} from 'node:string_decoder';
import type {Unit} from '../../domain/source.ts';
import {trailerMark} from '../command.ts';
import type {Framer, Remains} from './framer.ts';
import {cutTrailer} from './trailer.ts';

/** A line longer than this is given in pieces: memory stays bounded without a line break too. */
const LONGEST = 1 << 20;

/** Lines of text. The trailer may stand behind a last line that has no end. */
export class LineFramer implements Framer {
	readonly #token: string;
	readonly #mark: string;
	readonly #decoder = new StringDecoder('utf8');
	#pending = '';

	constructor(token: string) {
		this.#token = token;
		this.#mark = trailerMark(token);
	}

	push(bytes: Uint8Array): readonly Unit[] {
		this.#pending += this.#decoder.write(bytes as Buffer);
		const units: Unit[] = [];
		for (;;) {
			const end = this.#pending.indexOf('\n');
			const line = end >= 0 ? this.#pending.slice(0, end) : this.#pending;
			// The trailer, if nothing follows it: the token is no secret on the device.
			const behind = end < 0 ? '' : this.#pending.slice(end + 1);
			if (line.includes(this.#mark) && line.length < LONGEST && (behind === '' || behind === '\n')) return units;
			if (end < 0 && line.length < LONGEST) return units;
			units.push({kind: 'line', text: line});
			this.#pending = behind;
		}
	}

	end(): Remains {
		const {before, code} = cutTrailer(this.#pending + this.#decoder.end(), this.#token);
		this.#pending = '';
		return {units: [], code, rest: before};
	}
}
