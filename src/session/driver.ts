/** The driver of a live session: connects, asks, ticks, reconnects. It makes frames and reads only the fold's summary. */
import {type Failure, failure, isFailure, type Road, type Transport} from '../domain/channel.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {Scope, Source, SourceId} from '../domain/source.ts';
import {tickLine} from '../domain/tick.ts';
import {due} from './beat.ts';
import {Connection, type Running, type Wire} from './connection.ts';
import type {Fold} from './fold.ts';
import {firstPage, follow} from './follow.ts';

export type DriverParts = {
	readonly road: Road;
	readonly scope: Scope;
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly wire: Wire;
	readonly fold: Fold;
	readonly emit: (frame: FrameBody) => void;
	readonly now: () => number;
	/** In [0, 1): spreads the reconnects of many devtops. */
	readonly random: () => number;
};

/** Failures after which trying again cannot help, or does harm: a burst of refused logins can shut a device's sshd for good. */
const FINAL = new Set([
	'auth',
	'host-key-unknown',
	'host-key-changed',
	'host-key-revoked',
	'key',
	'usage',
	'not-a-device',
]);

/** Seconds without a journal line after which it is asked whether the follower is still awake. */
const SILENCE = 30;

export class Driver {
	readonly #parts: DriverParts;
	#scope: Scope;
	readonly #abort = new AbortController();
	#connection: Connection | null = null;
	#channels = 0;
	#wake: (() => void) | null = null;
	#received = 0;
	#sent = 0;
	#traffic: () => {received: number; sent: number} = () => ({received: 0, sent: 0});
	#roundTrip: () => number | null = () => null;

	constructor(parts: DriverParts) {
		this.#parts = parts;
		this.#scope = parts.scope;
	}

	/** Connects and learns who the device is, before any screen: questions can still be asked. */
	async begin(): Promise<Failure | null> {
		this.#parts.emit({t: 'link', link: {kind: 'connecting', attempt: 1}});
		const transport = await this.#parts.road.connect(this.#abort.signal);
		if (isFailure(transport)) return transport;
		const refused = await this.#meet(transport);
		if (refused !== null) await this.#connection?.close();
		return refused;
	}

	/** Watches, and connects again whenever the link is lost, until it is stopped or refused. */
	async run(): Promise<void> {
		for (let attempt = 0; !this.#abort.signal.aborted; ) {
			const connection = this.#connection;
			if (connection !== null) {
				attempt = 0;
				await this.#watch(connection);
				this.#connection = null;
				this.#received += this.#traffic().received;
				this.#sent += this.#traffic().sent;
				this.#traffic = () => ({received: 0, sent: 0});
				if (this.#abort.signal.aborted) return;
			}
			attempt++;
			const why = connection?.lost ?? 'the last attempt failed';
			const next = this.#parts.now() + backOff(attempt, this.#parts.random());
			await this.#pause(attempt, next, connection === null ? this.#lastWhy : why);
			if (this.#abort.signal.aborted) return;
			this.#parts.emit({t: 'link', link: {kind: 'connecting', attempt}});
			const transport = await this.#parts.road.connect(this.#abort.signal);
			const refused = isFailure(transport) ? transport : await this.#meet(transport);
			if (refused === null) continue;
			this.#connection = null;
			this.#lastWhy = refused.message;
			if (FINAL.has(refused.code)) {
				this.#parts.emit({t: 'link', link: {kind: 'refused', why: refused.message}});
				return;
			}
		}
	}

	#lastWhy = '';

	/** Connects now instead of at the next attempt. */
	reconnect(): void {
		this.#wake?.();
	}

	/** Ends everything of ours on the device, then the connection. */
	async stop(): Promise<void> {
		this.#abort.abort();
		this.#wake?.();
		await this.#connection?.close();
		this.#parts.emit({t: 'link', link: {kind: 'closed'}});
	}

	/** The page before the oldest line held. False where there is no older one. */
	async older(lines = 500): Promise<boolean> {
		const {oldest} = this.#parts.fold;
		if (this.#connection === null || oldest === null) return true;
		const page = await this.#connection.once(
			this.#parts.sources['journal-older'],
			{scope: this.#scope, anchor: oldest, lines: lines + 1},
			'older',
		);
		// The page is inclusive: one line is the one that is held.
		return isFailure(page) || page.exit.kind !== 'exited' || page.units > 1;
	}

	/** Asks for one entry and what stands around it, or for one unit. Reads only. */
	async inspect(what: {readonly cursor: string} | {readonly unit: string}): Promise<void> {
		const {sources, fold} = this.#parts;
		const connection = this.#connection;
		if (connection === null) {
			fold.notice('The link is lost, so the device cannot be asked: try again when it is back.');
			return;
		}
		const ask =
			'unit' in what
				? {scope: this.#scope, unit: what.unit}
				: {scope: this.#scope, anchor: {cursor: what.cursor, boot: ''}};
		const wanted: readonly SourceId[] =
			'unit' in what ? ['unit-properties', 'unit-lines'] : ['entry', 'entry-before', 'entry-after'];
		for (const id of wanted) await connection.once(sources[id], ask);
	}

	/** What the wire counted, over all connections of the session. */
	tick(): FrameBody {
		const {received, sent} = this.#traffic();
		return {t: 'tick', received: this.#received + received, sent: this.#sent + sent, roundTripMs: this.#roundTrip()};
	}

	async #meet(transport: Transport): Promise<Failure | null> {
		const {emit, fold, wire, sources, now} = this.#parts;
		const connection = new Connection(transport, wire, emit, () => ++this.#channels);
		const before = fold.identity;
		const asked = await connection.once(sources.identity, {scope: this.#scope});
		const {identity} = fold;
		if (isFailure(asked) || asked.units === 0 || identity === null) {
			await transport.close();
			const why = isFailure(asked) ? asked.message : 'the command that asks who it is gave no answer';
			return failure(
				'channel',
				`${this.#parts.road.target} lets us in, but runs no command (${why}): is its login shell in order?`,
			);
		}
		if (!identity.systemdRuns) {
			await transport.close();
			return failure(
				'not-a-device',
				`${this.#parts.road.target} does not run systemd, so there is nothing that devtop could show: it watches balenaOS and other systemd hosts.`,
			);
		}
		if (before?.uuid != null && identity.uuid !== null && before.uuid !== identity.uuid) {
			await transport.close();
			return failure(
				'not-a-device',
				`Another device answers at ${this.#parts.road.target} now (${identity.uuid}, before ${before.uuid}): start devtop anew for it.`,
			);
		}
		if (identity.systemd !== null && identity.systemd < 236) this.#scope = {...this.#scope, outputFields: false};
		if (identity.uid !== null && identity.uid !== 0 && before === null)
			fold.notice(
				'Not root on the device: pulls and parts of the journal may not be readable; connect as root to see them.',
			);
		this.#connection = connection;
		this.#traffic = () => transport.traffic();
		this.#roundTrip = () => transport.roundTripMs();
		emit({t: 'link', link: {kind: 'live', since: now()}});
		return null;
	}

	/** Asks, ticks and follows until the link is lost. */
	async #watch(connection: Connection): Promise<void> {
		const pollers = await Promise.all([this.#open(connection, 'sampler'), this.#open(connection, 'engine')]);
		const beating = this.#beat(connection, pollers);
		// What the first verdict needs comes before the log: on a slow link that is a minute's difference.
		if (this.#bootOfHistory !== this.#parts.fold.identity?.bootId)
			await connection.once(this.#parts.sources.trouble, {scope: this.#scope});
		const following = this.#keepFollowing(connection, () => this.#background(connection));
		await Promise.all([beating, following]);
	}

	/** What may wait: this boot's story, the kernel's lines, the rest of the history. Once per boot. */
	async #background(connection: Connection): Promise<void> {
		const {sources, fold} = this.#parts;
		const boot = fold.identity?.bootId ?? '';
		if (this.#bootOfHistory === boot) return;
		const first = this.#bootOfHistory === '';
		this.#bootOfHistory = boot;
		await connection.once(sources.story, {scope: this.#scope});
		await connection.once(sources['story-supervisor'], {scope: this.#scope});
		const kernel = await connection.once(sources['kernel-history'], {scope: this.#scope});
		if (!isFailure(kernel) && kernel.units === 0) await this.#open(connection, 'kernel-ring');
		if (first && this.#scope.lines > firstPage(this.#scope))
			await this.older(this.#scope.lines - firstPage(this.#scope));
	}

	/** The boot whose kernel lines and restarts were asked for. */
	#bootOfHistory = '';

	async #open(connection: Connection, id: SourceId): Promise<Running | null> {
		const running = await connection.open(this.#parts.sources[id], {scope: this.#scope});
		if (!isFailure(running)) return running;
		this.#parts.fold.notice(running.message);
		return null;
	}

	/** Asks the samplers for what is due, every second, and at once when the journal speaks of a unit. */
	async #beat(connection: Connection, [sampler, engine]: readonly (Running | null)[]): Promise<void> {
		const {fold} = this.#parts;
		let tick = 0;
		let asked = {sampler: 0, engine: 0};
		let hints = fold.unitHints;
		for (let step = 0; connection.lost === null && !this.#abort.signal.aborted; step++) {
			const hinted = fold.unitHints !== hints;
			hints = fold.unitHints;
			const wholeSecond = step % 4 === 0;
			if (wholeSecond || hinted) {
				const wanted = wholeSecond
					? due(step / 4, {hinted, pulling: fold.pulling})
					: {sampler: ['units', 'failed'] as const, engine: ['engine'] as const};
				tick++;
				// One question at a time: a slow device or link is not asked faster than it answers.
				if (sampler && wanted.sampler.length > 0 && sampler.answered() >= asked.sampler) {
					sampler.write(tickLine(tick, wanted.sampler));
					asked = {...asked, sampler: tick};
				} else if (hinted) hints--;
				if (engine && wanted.engine.length > 0 && engine.answered() >= asked.engine) {
					engine.write(tickLine(tick, wanted.engine));
					asked = {...asked, engine: tick};
				}
			}
			await new Promise(resolve => setTimeout(resolve, 250));
		}
	}

	/** Keeps a follower up while the connection lives: it can end with its journald, or fall asleep when the journal moves to disk. */
	async #keepFollowing(connection: Connection, once: () => Promise<void>): Promise<void> {
		const {fold, sources} = this.#parts;
		for (let first = true; connection.lost === null && !this.#abort.signal.aborted; first = false) {
			const running = await follow({
				connection,
				sources,
				scope: this.#scope,
				boot: fold.identity?.bootId ?? '',
				held: () => ({last: fold.last, anchor: fold.anchor}),
				notice: sentence => fold.notice(sentence),
			});
			if (first) await once();
			if (running !== null) await Promise.race([running.exit, this.#asleep(connection, running)]);
			await new Promise(resolve => setTimeout(resolve, 1000));
		}
	}

	/** Resolves when the follower is silent although there is something newer in its scope. */
	async #asleep(connection: Connection, running: Running): Promise<void> {
		const {fold, sources} = this.#parts;
		let ended = false;
		running.exit.then(() => {
			ended = true;
		});
		for (let units = running.units(), silent = 0; !ended; silent++) {
			await new Promise(resolve => setTimeout(resolve, 1000));
			if (running.units() !== units) silent = 0;
			units = running.units();
			if (silent < SILENCE || connection.lost !== null || !this.#isEverything()) continue;
			silent = 0;
			await connection.once(sources.anchor, {scope: this.#scope});
			await new Promise(resolve => setTimeout(resolve, 2000));
			const newest = fold.anchor;
			if (ended || newest === null || running.units() !== units) continue;
			if (fold.last !== null && newest.cursor !== fold.last.cursor && newest.monotonicUs > fold.last.monotonicUs) {
				running.stop();
				return;
			}
		}
	}

	#isEverything(): boolean {
		return this.#scope.units.length === 0 && this.#scope.identifiers.length === 0 && this.#scope.priority === null;
	}

	/** Waits for the next attempt, or until the operator or the end asks for it. */
	async #pause(attempt: number, next: number, why: string): Promise<void> {
		this.#parts.emit({t: 'link', link: {kind: 'waiting', attempt, next, why}});
		await new Promise<void>(resolve => {
			const timer = setTimeout(resolve, Math.max(0, next - this.#parts.now()));
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
		this.#wake = null;
	}
}

/** Milliseconds before an attempt: 1 s, 2 s, 4 s … 30 s, half of it by chance; at most about twenty connections a minute. */
export const backOff = (attempt: number, random: number): number =>
	Math.max(attempt > 3 ? 3000 : 500, Math.min(30, 2 ** (attempt - 1)) * 1000 * (0.75 + random / 2));
