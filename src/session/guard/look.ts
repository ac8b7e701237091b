/** One look at the device before or after something is done to it: what it says now, with what samplers said last. */
import {isFailure} from '../../domain/channel.ts';
import type {Fact} from '../../domain/fact.ts';
import type {FileReading, Looked, Readings, Subject, SupervisorReading} from '../../domain/guard.ts';
import type {Ask, Source, SourceId, Unit} from '../../domain/source.ts';
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

/** What one source says, asked once: the fact that is picked of it, or why it could not be read. */
async function asked<T>(
	{connection, sources, fold}: Pick<Looking, 'connection' | 'sources' | 'fold'>,
	{id, purpose, ...ask}: {readonly id: SourceId; readonly purpose: number | undefined} & Omit<Ask, 'scope'>,
	pick: (fact: Fact) => T | null,
): Promise<T | string> {
	const source = sources[id];
	let found: T | null = null;
	const tap = (one: Unit): void => {
		for (const fact of source.read(one)) found = pick(fact) ?? found;
	};
	const opening = {tap, ...(purpose === undefined ? {} : {purpose})};
	const end = await connection.once(source, {scope: fold.scope, ...ask}, opening);
	if (isFailure(end)) return end.message;
	if (end.exit.kind === 'lost') return end.exit.why;
	return found ?? 'it gave no whole answer';
}

/** One file of the device, as it says; why it could not be read. */
export const lookAtFile = (
	looking: Pick<Looking, 'connection' | 'sources' | 'fold'>,
	path: string,
	purpose?: number,
): Promise<FileReading | string> =>
	asked(looking, {id: 'file-look', purpose, path}, fact => (fact.kind === 'looked-at-file' ? fact.file : null));

/** The supervisor's database, timer and containers; why they could not be read. */
const lookAtSupervisor = (
	looking: Looking,
	{supervisor: unit, engine}: Looked,
): Promise<SupervisorReading | string> => {
	const {purpose, supervisor} = looking;
	const ask = {
		id: 'supervisor-look',
		purpose,
		unit: unit ?? '',
		engine: engine ?? '',
		sizes: supervisor === 'sizes',
	} as const;
	return asked(looking, ask, fact => (fact.kind === 'looked-at-supervisor' ? fact.supervised : null));
};

/** @returns what was read, or why it could not be. */
export async function look(looking: Looking): Promise<Readings | string> {
	const {fold, unit, path, purpose, supervisor} = looking;
	// Without a boot id it is no answer.
	const found = await asked(looking, {id: 'guard-look', purpose, unit}, fact =>
		fact.kind === 'looked' && fact.looked.bootId !== '' ? fact.looked : null,
	);
	if (typeof found === 'string') return found;
	if (!found.whole) return 'systemctl failed, or was too slow, to tell all that hangs on the unit';
	const file = path === '' ? null : await lookAtFile(looking, path, purpose);
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
		byVpn: fold.road === 'tunnel' || fold.road === 'proxy',
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
