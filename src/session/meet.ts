/**
 * Learns who answers, before anything of it is shown or recorded: another device at the same address must not be taken
 * for the one that was watched.
 */
import {type Failure, type FailureCode, failure, isFailure, type Road, type Transport} from '../domain/channel.ts';
import type {Identity} from '../domain/fact.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {Scope, Source} from '../domain/source.ts';
import {shortUuid} from '../domain/uuid.ts';
import {Connection, type Wire} from './connection.ts';

export type Meeting = {
	readonly transport: Transport;
	readonly road: Pick<Road, 'target'>;
	readonly wire: Wire;
	/** The identity source. */
	readonly source: Source;
	readonly scope: Scope;
	/** Who was watched so far; null at the first time. */
	readonly before: Identity | null;
	/** Whom the operator named before the first time: a uuid, or its beginning; null: anyone. */
	readonly expected: string | null;
	readonly emit: (frame: FrameBody) => void;
	readonly nextChannel: () => number;
};

/** Who answers, by frames that nobody has seen yet. */
function identityIn(frames: readonly FrameBody[], source: Source): Identity | null {
	for (const frame of frames) {
		if (frame.t !== 'out') continue;
		try {
			for (const fact of source.read(frame.unit)) if (fact.kind === 'identity') return fact.identity;
		} catch {
			// No answer to what was asked.
		}
	}
	return null;
}

/** The connection with what was learned, its frames emitted; or why it is not to be used, the transport closed. */
export async function meet({
	transport,
	road,
	wire,
	source,
	scope,
	before,
	expected,
	emit,
	nextChannel,
}: Meeting): Promise<{readonly connection: Connection; readonly identity: Identity} | Failure> {
	const held: FrameBody[] = [];
	let met = false;
	const take = (frame: FrameBody): void => {
		if (met) emit(frame);
		else held.push(frame);
	};
	const connection = new Connection(transport, wire, take, nextChannel);
	const refuse = async (code: FailureCode, message: string): Promise<Failure> => {
		await transport.close();
		return failure(code, message);
	};
	const asked = await connection.once(source, {scope});
	const identity = identityIn(held, source);
	if (isFailure(asked) || identity === null) {
		const why = isFailure(asked) ? asked.message : 'the command that asks who it is gave no answer';
		return refuse('channel', `${road.target} lets us in, but runs no command (${why}): is its login shell in order?`);
	}
	if (!identity.systemdRuns)
		return refuse(
			'not-a-device',
			`${road.target} does not run systemd, so there is nothing that devtop could show: it watches balenaOS and other systemd hosts.`,
		);
	if (before === null && expected !== null && !identity.uuid?.startsWith(expected))
		return refuse(
			'not-a-device',
			`Another device answers at ${road.target} (${identity.uuid === null ? 'it does not say which' : shortUuid(identity.uuid)}) than the one that is asked for (${shortUuid(expected)}): nothing of it is shown; look at the target, and at "devices" in your configuration.`,
		);
	const uuid = before?.uuid ?? null;
	if (uuid !== null && identity.uuid === null)
		return refuse(
			'channel',
			`${road.target} does not say which device it is (no uuid in its config.json), where ${shortUuid(uuid)} was before.`,
		);
	if (uuid !== null && uuid !== identity.uuid)
		return refuse(
			'not-a-device',
			`Another device answers at ${road.target} now (${shortUuid(identity.uuid ?? '')}, before ${shortUuid(uuid)}): nothing of it is shown; start devtop anew for it.`,
		);
	met = true;
	for (const frame of held) emit(frame);
	return {connection, identity};
}
