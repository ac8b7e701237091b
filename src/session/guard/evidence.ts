/** What is put on record before something is changed, while the dialog is read. Reads only. */
import {isFailure} from '../../domain/channel.ts';
import type {Proposal} from '../../domain/guard.ts';
import type {Ask, Scope, Source, SourceId} from '../../domain/source.ts';
import type {Connection} from '../connection.ts';

export type EvidenceParts = {
	readonly connection: Pick<Connection, 'once'>;
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly scope: Scope;
	/** The unit that it is about; empty where it is the whole device. */
	readonly unit: string;
	readonly purpose: number;
	/** What is on record of the unit already; null where that is not known. */
	readonly held: {readonly count: number; readonly cursor: string; readonly boot: string} | null;
	readonly progress: () => void;
};

/** The unit's lines that have to be on record; its state, containers, disk, memory and locks stand in the recording by the samplers. */
const LINES = 500;

export class Evidence {
	readonly #parts: EvidenceParts;
	readonly #wanted: readonly SourceId[];
	#done = 0;
	readonly #missing: string[] = [];
	/** Resolves when all of it was taken, or could not be. */
	taken: Promise<void> = Promise.resolve();

	constructor(parts: EvidenceParts) {
		this.#parts = parts;
		this.#wanted = parts.unit === '' ? ['trouble'] : ['unit-properties', 'unit-lines', 'trouble'];
	}

	get progress(): Proposal['evidence'] {
		return {done: this.#done, of: this.#wanted.length, missing: this.#missing};
	}

	/**
	 * A slow link carries only what is not on record yet: the lines before the oldest that is held. One is asked for where all
	 * are, so that the recording names the cursor.
	 */
	get #lines(): Omit<Ask, 'scope'> {
		const {held} = this.#parts;
		if (held === null || held.count === 0) return {lines: LINES};
		const {count, cursor, boot} = held;
		return {lines: Math.max(1, LINES - count), anchor: {cursor, boot}};
	}

	take(): Promise<void> {
		this.taken = (async () => {
			const {connection, sources, scope, unit, purpose, progress} = this.#parts;
			for (const id of this.#wanted) {
				const source = sources[id];
				const ask = {scope, unit, ...(id === 'unit-lines' ? this.#lines : {})};
				const asked = await connection.once(source, ask, {purpose});
				if (isFailure(asked) || asked.exit.kind !== 'exited') this.#missing.push(source.title);
				this.#done++;
				progress();
			}
		})();
		return this.taken;
	}
}
