/** One look at the device before or after something is done to it: what it says now, with what samplers said last. */
import {isFailure} from '../../domain/channel.ts';
import type {FileReading, Looked, Readings, Subject, SupervisorReading} from '../../domain/guard.ts';
import type {Source, SourceId, Unit} from '../../domain/source.ts';
import type {Connection} from '../connection.ts';
import type {Fold} from '../fold.ts';

export type Looking = {
	readonly connection: Pick<Connection, 'once'>;
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly fold: Fold;
	/** Empty for none. */
	readonly unit: string;
	/** The file that is looked at, too; empty for none. */
	readonly path: string;
	/** Is the supervisor looked at, too? `sizes` takes as long as the engine counts what its containers wrote. */
	readonly supervisor: 'no' | 'plain' | 'sizes';
	readonly purpose: number;
};

/** The file of a subject; empty where it is none. */
export const pathOf = (subject: Subject): string => (subject.kind === 'file' ? subject.path : '');

/** One file of the device, as it says; why it could not be read. */
export async function lookAtFile(
	{connection, sources, fold}: Pick<Looking, 'connection' | 'sources' | 'fold'>,
	path: string,
	purpose?: number,
): Promise<FileReading | string> {
	const source = sources['file-look'];
	let file: FileReading | null = null;
	const tap = (one: Unit): void => {
		for (const fact of source.read(one)) if (fact.kind === 'looked-at-file') ({file} = fact);
	};
	const asked = await connection.once(
		source,
		{scope: fold.scope, path},
		{tap, ...(purpose === undefined ? {} : {purpose})},
	);
	if (isFailure(asked)) return asked.message;
	if (asked.exit.kind !== 'exited') return asked.exit.kind === 'lost' ? asked.exit.why : 'it gave no whole answer';
	return file ?? 'it gave no whole answer';
}

/** The supervisor's database, timer and containers; why they could not be read. */
async function lookAtSupervisor(
	{connection, sources, fold, supervisor, purpose}: Looking,
	{supervisor: unit, engine}: Looked,
): Promise<SupervisorReading | string> {
	const source = sources['supervisor-look'];
	let supervised: SupervisorReading | null = null;
	const tap = (one: Unit): void => {
		for (const fact of source.read(one)) if (fact.kind === 'looked-at-supervisor') ({supervised} = fact);
	};
	const ask = {scope: fold.scope, unit: unit ?? '', engine: engine ?? '', sizes: supervisor === 'sizes'};
	const asked = await connection.once(source, ask, {purpose, tap});
	if (isFailure(asked)) return asked.message;
	if (asked.exit.kind === 'lost') return asked.exit.why;
	return supervised ?? 'it gave no whole answer';
}

/** @returns what was read, or why it could not be. */
export async function look(looking: Looking): Promise<Readings | string> {
	const {connection, sources, fold, unit, path, purpose, supervisor} = looking;
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
	const file = path === '' ? null : await lookAtFile({connection, sources, fold}, path, purpose);
	if (typeof file === 'string') return file;
	const asks = supervisor !== 'no' && found.supervisor !== null;
	const supervised = asks ? await lookAtSupervisor(looking, found) : null;
	if (typeof supervised === 'string') return supervised;
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
		file,
		supervised,
	};
}
