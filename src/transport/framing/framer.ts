/** From bytes to units. Framing belongs to the source; a framer never throws, whatever the device sends. */
import type {Source, Unit} from '../../domain/source.ts';
import {BlockFramer, WholeFramer} from './block.ts';
import {ExportFramer} from './export.ts';
import {LineFramer} from './lines.ts';

/** What was left when the stream ended. */
export type Remains = {
	readonly units: readonly Unit[];
	/** The code in the trailer, or null where there was none: then the last bytes may be missing. */
	readonly code: number | null;
	/** A half unit: its beginning, for the record. Empty where there was none. */
	readonly rest: string;
};

export interface Framer {
	push(bytes: Uint8Array): readonly Unit[];
	end(): Remains;
}

/** The framer of one channel of a source. */
export function framerFor({mode, framing}: Pick<Source, 'mode' | 'framing'>, token: string): Framer {
	if (framing === 'export') return new ExportFramer(token);
	if (framing === 'lines') return new LineFramer(token);
	return mode === 'poll' ? new BlockFramer(token) : new WholeFramer(token);
}
