/** One look at the device before or after something is done to it: what it says now, with what samplers said last. */
import {isFailure} from '../../domain/channel.ts';
import type {Looked, Readings} from '../../domain/guard.ts';
import type {Source, SourceId, Unit} from '../../domain/source.ts';
import type {Connection} from '../connection.ts';
import type {Fold} from '../fold.ts';

export type Looking = {
	readonly connection: Pick<Connection, 'once'>;
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly fold: Fold;
	/** Empty for none. */
	readonly unit: string;
	readonly purpose: number;
};

/** @returns what was read, or why it could not be. */
export async function look({connection, sources, fold, unit, purpose}: Looking): Promise<Readings | string> {
	const source = sources['guard-look'];
	let looked: Looked | null = null;
	const tap = (one: Unit): void => {
		for (const fact of source.read(one)) if (fact.kind === 'looked') ({looked} = fact);
	};
	const asked = await connection.once(source, {scope: fold.scope, unit}, {purpose, tap});
	if (isFailure(asked)) return asked.message;
	const found = looked as Looked | null;
	if (found === null || found.bootId === '')
		return asked.exit.kind === 'lost' ? asked.exit.why : 'it gave no whole answer';
	const {identity, known, pulling, clockOffsetMs} = fold;
	return {
		...found,
		systemd: identity?.systemd ?? null,
		uid: identity?.uid ?? null,
		kind: identity?.kind ?? 'systemd',
		containers: known.containers,
		pulling,
		locks: known.locks,
		otherSessions: known.otherSessions,
		disk: known.disk,
		memory: known.memory,
		clockOffsetMs,
	};
}
