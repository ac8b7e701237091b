/** The driver of a live session: connects, asks, ticks, reconnects. It makes frames and reads only the fold's summary. */
import {type Failure, isFailure, isFinal, type Road, type Transport} from '../domain/channel.ts';
import type {SecretsIn} from '../domain/console.ts';
import type {FrameBody} from '../domain/frame.ts';
import type {Stage} from '../domain/link.ts';
import {type Scope, type Source, type SourceId, sameScope} from '../domain/source.ts';
import {due} from './beat.ts';
import type {Connection, Running, Wire} from './connection.ts';
import type {Fold} from './fold.ts';
import {firstPage} from './follow.ts';
import {Actuator} from './guard/actuator.ts';
import type {Hands} from './guard/gate.ts';
import {keepFollowing} from './keep-following.ts';
import {meet} from './meet.ts';
import {Poller} from './poller.ts';
import type {Fetching} from './store.ts';

export type DriverParts = {
	readonly road: Road;
	readonly scope: Scope;
	/** Who has to answer, where that is known beforehand. */
	readonly uuid?: string | null;
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly wire: Wire;
	readonly fold: Fold;
	readonly emit: (frame: FrameBody) => void;
	readonly now: () => number;
	/** Monotonic ms of the session. */
	readonly elapsed: () => number;
	/** Puts everything so far on the disk; why it can't, or empty. */
	readonly seal: () => string;
	/** Where secrets are in a line that a terminal is about to write over. */
	readonly secretsIn?: SecretsIn;
	/** In [0, 1): spreads the reconnects of many devtops. */
	readonly random: () => number;
};

/** A connection that lived this long was a good one. */
const HELD_MS = 30_000;
/** One that lived this long was one: with two seconds before the next there are eight a minute at most. */
const STOOD_MS = 5000;
/** Between two attempts that the operator asks for: at most twenty a minute, as a burst can shut a device's sshd for good. */
const LEAST_MS = 3000;
/** An answer that takes longer does not come any more: the engine's commands have limits of their own within it. */
const DEADLINES = {sampler: 20_000, engine: 45_000} as const;

/** What the header calls a step of connecting; the others are connecting. */
const STAGES: Readonly<Record<string, Stage>> = {resolve: 'resolving', login: 'authenticating'};

/** What is asked once a boot. */
const PAST: readonly SourceId[] = ['trouble', 'story', 'story-supervisor', 'kernel-history'];

/** Told when everything begins anew; says whose answers are not there, or not whole. */
type Renewal = () => ReadonlySet<SourceId>;

export class Driver {
	readonly #parts: DriverParts;
	#scope: Scope;
	readonly #abort = new AbortController();
	#connection: Connection | null = null;
	#actuator: Actuator | null = null;
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
		const transport = await this.#connect(1);
		if (isFailure(transport)) return transport;
		const refused = await this.#meet(transport);
		if (refused !== null) await this.#connection?.close();
		return refused;
	}

	/** Watches, and connects again whenever the link is lost, until it is stopped. */
	async run(): Promise<void> {
		for (let attempt = 0; !this.#abort.signal.aborted; ) {
			const connection = this.#connection;
			if (connection !== null) {
				const since = this.#parts.now();
				await this.#watch(connection);
				// A link that holds for a moment only is no success: it is come back to ever more slowly.
				const held = this.#parts.now() - since;
				attempt = held > HELD_MS ? 0 : held > STOOD_MS ? Math.min(attempt, 1) : attempt;
				this.#connection = null;
				this.#received += this.#traffic().received;
				this.#sent += this.#traffic().sent;
				this.#traffic = () => ({received: 0, sent: 0});
				if (this.#abort.signal.aborted) return;
				this.#lastWhy = connection.lost ?? 'the connection ended';
			}
			attempt++;
			const next = this.#parts.now() + backOff(attempt, this.#parts.random());
			await this.#pause(attempt, next, this.#lastWhy);
			if (this.#abort.signal.aborted) return;
			const transport = await this.#connect(attempt);
			const refused = isFailure(transport) ? transport : await this.#meet(transport);
			if (refused === null) continue;
			this.#connection = null;
			this.#lastWhy = refused.message;
			if (!isFinal(refused)) continue;
			// Nothing more is tried by itself; the operator may, once the cause is mended.
			this.#parts.emit({t: 'link', link: {kind: 'refused', why: refused.message}});
			await this.#asked();
			attempt = 0;
		}
	}

	#connect(attempt: number): Promise<Transport | Failure> {
		const {emit, road} = this.#parts;
		emit({t: 'link', link: {kind: 'connecting', attempt}});
		let last: Stage = 'connecting';
		return road.connect(this.#abort.signal, ({id, end}) => {
			const stage = STAGES[id] ?? 'connecting';
			if (end !== null || stage === last) return;
			emit({t: 'link', link: {kind: 'connecting', attempt, stage}});
			last = stage;
		});
	}

	#lastWhy = '';

	/** Connects now instead of at the next attempt, but not more often than every few seconds: a held key is no storm. */
	reconnect(): void {
		if (this.#parts.now() - this.#lastTry >= LEAST_MS) this.#wake?.();
	}

	/** When the last attempt began, operator's clock. */
	#lastTry = 0;

	/** Waits until the operator asks for another attempt, or the end comes. */
	#asked(): Promise<void> {
		return new Promise(resolve => {
			this.#wake = () => {
				this.#wake = null;
				resolve();
			};
		});
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
			{place: 'older'},
		);
		// The page is inclusive: one line is the one that is held.
		return isFailure(page) || page.exit.kind !== 'exited' || page.units > 1;
	}

	/** Asks for one entry and what stands around it, or for one unit. Reads only. */
	async inspect(what: {readonly cursor: string} | {readonly unit: string}): Promise<void> {
		const {sources} = this.#parts;
		const connection = this.#connection;
		if (connection === null) {
			this.#notice('The link is lost, so the device cannot be asked: try again when it is back.');
			return;
		}
		const ask =
			'unit' in what
				? {scope: this.#scope, unit: what.unit}
				: {scope: this.#scope, anchor: {cursor: what.cursor, boot: ''}};
		const wanted: readonly SourceId[] =
			'unit' in what ? ['unit-properties', 'unit-lines'] : ['entry', 'entry-before', 'entry-after'];
		const inspection = ++this.#inspections;
		for (const id of wanted) {
			// A newer question ends the older one: their answers would be mixed.
			if (inspection === this.#inspections) await connection.once(sources[id], ask);
		}
	}

	#inspections = 0;

	/** For the gate alone: a way to read, and the way to write. Null while there is no link. */
	get hands(): Hands | null {
		const connection = this.#connection;
		const actuator = this.#actuator;
		return connection === null || connection.lost !== null || actuator === null ? null : {connection, actuator};
	}

	/** The road of the last connection. */
	#road = '';

	/** What is asked for when everything is opened anew. */
	#renewal: Renewal | null = null;

	/**
	 * Ends what runs and opens it anew: samplers say everything again, a follower goes on where the last one was. Where the
	 * link is lost it waits for the next one.
	 *
	 * @param begun called between the old and the new, when it is known how far the journal goes.
	 */
	renew(begun: Renewal): void {
		if (this.#renewal !== null) return;
		this.#renewal = begun;
		void this.#connection?.rest();
	}

	/**
	 * Changes what is fetched. What follows is ended in-band before that is told, so that no line of before comes behind it;
	 * then it is opened anew from its last line, or when the operator goes on.
	 */
	fetch({held = this.#held, ...change}: Fetching): void {
		const scope = {...this.#scope, ...change};
		const anew = held !== this.#held || !sameScope(scope, this.#scope);
		this.#scope = scope;
		this.#held = held;
		this.#turning ||= anew;
		const rest = anew ? this.#connection?.rest() : undefined;
		this.#changed = Promise.all([this.#changed, rest]).then(() => this.#parts.emit({t: 'fetch', scope, held}));
	}

	#held = false;
	/** Is everything to be opened anew? */
	#turning = false;
	#changed: Promise<unknown> = Promise.resolve();

	/** The newest entry of all, the word that it begins, and who it is: all else is opened by `watch`. */
	async #begin(connection: Connection, begun: Renewal): Promise<void> {
		const {sources} = this.#parts;
		await connection.once(sources.anchor, {scope: this.#scope});
		if (connection.lost !== null || this.#abort.signal.aborted) return;
		this.#renewal = null;
		const missed = begun();
		await connection.once(sources.identity, {scope: this.#scope});
		// What is asked once a boot came only half, or not at all.
		if (this.#bootOfHistory !== '' && PAST.some(id => missed.has(id))) this.#bootOfHistory = 'anew';
	}

	/** What the wire counted, over all connections of the session. */
	tick(): FrameBody {
		const {received, sent} = this.#traffic();
		return {t: 'tick', received: this.#received + received, sent: this.#sent + sent, roundTripMs: this.#roundTrip()};
	}

	/** Takes a connection into use, once it is known who answers. */
	async #meet(transport: Transport): Promise<Failure | null> {
		const {emit, fold, now, road, sources, wire} = this.#parts;
		const before = fold.identity;
		const met = await meet({
			transport,
			road,
			wire,
			source: sources.identity,
			scope: this.#scope,
			before,
			expected: this.#parts.uuid ?? null,
			emit,
			nextChannel: () => ++this.#channels,
		});
		if (isFailure(met)) return met;
		const {connection, identity} = met;
		if (identity.systemd !== null && identity.systemd < 236) this.#scope = {...this.#scope, outputFields: false};
		if (identity.uid !== null && identity.uid !== 0 && before === null)
			this.#notice(
				'Not root on the device: pulls and parts of the journal may not be readable; connect as root to see them.',
			);
		this.#connection = connection;
		this.#actuator = new Actuator({
			transport,
			wire,
			emit,
			nextChannel: () => ++this.#channels,
			elapsed: this.#parts.elapsed,
			seal: this.#parts.seal,
			...(this.#parts.secretsIn === undefined ? {} : {secretsIn: this.#parts.secretsIn}),
		});
		this.#traffic = () => transport.traffic();
		this.#roundTrip = () => transport.roundTripMs();
		const {way} = transport;
		emit({t: 'link', link: {kind: 'live', since: now(), ...(way === undefined ? {} : {road: way.name})}});
		// Said once, and again when the road has changed in between.
		if (way !== undefined && way.name !== this.#road && way.caution !== '') this.#notice(way.caution);
		this.#road = way?.name ?? '';
		return null;
	}

	/** Watches until the link is lost; begins anew in between when that is asked for. */
	async #watch(connection: Connection): Promise<void> {
		while (connection.lost === null && !this.#abort.signal.aborted) {
			await this.#changed;
			this.#turning = false;
			if (this.#held) {
				await new Promise(resolve => setTimeout(resolve, 250));
				continue;
			}
			if (this.#renewal !== null) await this.#begin(connection, this.#renewal);
			await this.#watchOnce(connection);
		}
	}

	/** Asks, ticks and follows until the link is lost, or everything is opened anew. */
	async #watchOnce(connection: Connection): Promise<void> {
		const beating = this.#beat(connection);
		// What the first verdict needs comes before the log: on a slow link that is a minute's difference.
		if (this.#bootOfHistory !== this.#parts.fold.identity?.bootId) await this.#askTrouble(connection);
		const following = keepFollowing(
			{
				connection,
				sources: this.#parts.sources,
				scope: this.#scope,
				fold: this.#parts.fold,
				now: this.#parts.now,
				notice: sentence => this.#notice(sentence),
				stopped: () => this.#stopped,
			},
			() => this.#background(connection),
		);
		await Promise.all([beating, following]);
	}

	/** Once more where there was no channel: the containers give theirs back. */
	async #askTrouble(connection: Connection): Promise<void> {
		const ask = () => connection.once(this.#parts.sources.trouble, {scope: this.#scope});
		if (!isFailure(await ask()) || connection.lost !== null) return;
		await new Promise(resolve => setTimeout(resolve, 1500));
		await ask();
	}

	/** What may wait: this boot's story, the kernel's lines, the rest of the history. Once per boot. */
	async #background(connection: Connection): Promise<void> {
		const {sources, fold} = this.#parts;
		const boot = fold.identity?.bootId ?? '';
		if (this.#bootOfHistory === boot) {
			if (this.#ring) await this.#openRing(connection);
			return;
		}
		const first = this.#bootOfHistory === '';
		this.#ring = false;
		this.#bootOfHistory = boot;
		await connection.once(sources.story, {scope: this.#scope});
		await connection.once(sources['story-supervisor'], {scope: this.#scope});
		const kernel = await connection.once(sources['kernel-history'], {scope: this.#scope});
		if (!isFailure(kernel) && kernel.units === 0) await this.#openRing(connection);
		if (first && this.#scope.lines > firstPage(this.#scope))
			await this.older(this.#scope.lines - firstPage(this.#scope));
	}

	/** Is the ring buffer followed, as the journal has no kernel lines? */
	#ring = false;

	async #openRing(connection: Connection): Promise<void> {
		this.#ring = true;
		await this.#open(connection, 'kernel-ring');
	}

	get #stopped(): boolean {
		return this.#abort.signal.aborted || this.#renewal !== null || this.#turning || this.#held;
	}

	/** The boot whose kernel lines and restarts were asked for. */
	#bootOfHistory = '';

	async #open(connection: Connection, id: SourceId): Promise<Running | null> {
		const running = await connection.open(this.#parts.sources[id], {scope: this.#scope});
		if (!isFailure(running)) return running;
		this.#notice(running.message);
		return null;
	}

	/** Asks the samplers for what is due, every second, and at once when the journal speaks of a unit. */
	async #beat(connection: Connection): Promise<void> {
		const {fold, now} = this.#parts;
		const opened = (id: 'sampler' | 'engine'): Poller =>
			new Poller({
				id,
				limitMs: DEADLINES[id],
				open: () => this.#open(connection, id),
				now,
				notice: sentence => this.#notice(sentence),
			});
		const sampler = opened('sampler');
		const engine = opened('engine');
		let hints = fold.unitHints;
		let poor = false;
		for (let step = 0; connection.lost === null && !this.#stopped; step++) {
			const hinted = fold.unitHints !== hints;
			hints = fold.unitHints;
			const wholeSecond = step % 4 === 0;
			if (wholeSecond || hinted) {
				const wanted = wholeSecond
					? due(step / 4, {hinted, pulling: fold.pulling, metered: this.#scope.metered === true})
					: this.#scope.metered === true
						? {sampler: ['units'] as const, engine: []}
						: {sampler: ['units', 'failed'] as const, engine: ['engine'] as const};
				if (!(await sampler.ask(wanted.sampler)) && hinted) hints--;
				// With a channel too few the journal goes before the containers.
				if (!connection.full) await engine.ask(wanted.engine);
				else if (!poor) {
					poor = true;
					await engine.end();
					this.#notice(
						"The device's sshd gives too few channels (MaxSessions): containers and disk are not asked for, so that the journal can be.",
					);
				}
			}
			await new Promise(resolve => setTimeout(resolve, 250));
		}
		if (connection.lost === null && !this.#abort.signal.aborted) await Promise.all([sampler.end(), engine.end()]);
	}

	/** A frame, so that a replay and the note know of it, too. */
	/** What fails because the session ends is none. */
	#notice(text: string): void {
		if (!this.#abort.signal.aborted) this.#parts.emit({t: 'notice', text});
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
		this.#lastTry = this.#parts.now();
	}
}

/** Milliseconds before an attempt: 1 s, 2 s, 4 s … 30 s, half of it by chance; at most about twenty connections a minute. */
export const backOff = (attempt: number, random: number): number =>
	Math.max(attempt > 3 ? 3000 : 500, Math.min(30, 2 ** (attempt - 1)) * 1000 * (0.75 + random / 2));
