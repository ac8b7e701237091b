/** Which lines are of one kind: one speaker says the same, and it weighs nothing. */
import type {JournalRecord} from '../../domain/journal.ts';
import {mask} from './mask.ts';
import {weightOf} from './rows.ts';
import {isAttached, isSupervisor} from './speaker.ts';

/** Kinds that are remembered, in two generations: a device that says only new things must not fill the memory. */
const KINDS = 4096;

/** Who speaks and what is said; null for a line that is always shown. */
export function kindOf(record: JournalRecord): string | null {
	// A tag weighs too.
	if (record.own !== undefined || weightOf(record) !== null) return null;
	const {containerName, containerId, transport, identifier, units, message} = record;
	const speaker =
		// Its lines come twice, and either may be the one that is shown.
		isSupervisor(record) || isAttached(record)
			? 'supervisor'
			: (containerName ?? containerId ?? (transport === 'kernel' ? 'kernel' : identifier || units[0]));
	return `${speaker}\n${mask(message)}`;
}

/** How often each kind came. */
export class Seen {
	#young = new Map<string, number>();
	#old = new Map<string, number>();

	count(kind: string): number {
		return this.#young.get(kind) ?? this.#old.get(kind) ?? 0;
	}

	set(kind: string, times: number): void {
		this.#young.set(kind, times);
		if (this.#young.size < KINDS) return;
		this.#old = this.#young;
		this.#young = new Map();
	}
}
