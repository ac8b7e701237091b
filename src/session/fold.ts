/** Frames to facts to pane states. Live and replay feed the same fold; it opens nothing and knows no clock but the frames'. */
import type {Container, Disk, Fact, Identity, TimedFact, Vitals} from '../domain/fact.ts';
import type {Frame} from '../domain/frame.ts';
import {type JournalRecord, SUPPRESSED, sameEntry, sequenceIdOf} from '../domain/journal.ts';
import type {LinkState} from '../domain/link.ts';
import type {PaneId, PaneSpec} from '../domain/pane.ts';
import type {Seam} from '../domain/seam.ts';
import {
	everything,
	isEverything,
	type Scope,
	type Source,
	type SourceId,
	sameScope,
	type Unit,
} from '../domain/source.ts';
import {complaint} from './complaints.ts';
import {type GuardState, guardAfter, noGuard, toldOf} from './guard/state.ts';
import {Rates} from './rates.ts';
import {type Now, Seaming} from './seaming.ts';
import {Seen} from './seen.ts';
import {Sequence} from './sequence.ts';
import type {Receipt, SourceHealth} from './store.ts';

export type FoldParts = {
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly panes: readonly PaneSpec<unknown>[];
	/** Ids of the rules that name trouble in a record; asked once per record. */
	readonly tag: (record: JournalRecord) => readonly string[];
};

/** What samplers said last, for what is decided by it. */
export type Known = {
	/** Null where the engine was not asked, or did not answer. */
	readonly containers: readonly Container[] | null;
	readonly locks: readonly {readonly service: string; readonly own: boolean}[];
	readonly otherSessions: number;
	readonly disk: Disk | null;
	readonly memory: Vitals['memory'];
};

const nothingKnown: Known = {containers: null, locks: [], otherSessions: 0, disk: null, memory: null};

/** What is read `for` an action is evidence: it is recorded, and shown by nobody but the gate. */
type OpenChannel = {readonly source: Source; readonly evidence: boolean; stderr: string};

/** The growing result of a session's frames. Pane states are values; the rest is counters. */
export class Fold {
	readonly #parts: FoldParts;
	readonly #channels = new Map<number, OpenChannel>();
	#seen = new Seen();
	readonly #sequence = new Sequence();
	readonly #seaming = new Seaming();
	#seam: Seam | null = null;
	readonly #states = new Map<PaneId, unknown>();
	readonly #health = new Map<SourceId, SourceHealth>();
	readonly #rates = new Rates();
	#scope: Scope | null = null;
	/** Was only a part of the journal fetched for a while? */
	#partly = false;
	#receipt = {received: 0, repeated: 0, suppressed: 0};
	/** Entries of each unit since `oldest`; null where not all of them are on record. */
	#perUnit: Map<string, number> | null = new Map();

	at = 0;
	ms = 0;
	link: LinkState = {kind: 'closed'};
	/** The road that the last connection said it goes; null where none said so. */
	road: string | null = null;
	identity: Identity | null = null;
	clockOffsetMs: number | null = null;
	roundTripMs: number | null = null;
	newestAt: number | null = null;
	pulling = false;
	/** Newest entry received in order: where following goes on. */
	last: JournalRecord | null = null;
	/** Newest entry of all when we came; the place to follow from where the scope has no history. */
	anchor: JournalRecord | null = null;
	/** Oldest entry held. */
	oldest: JournalRecord | null = null;
	notices: readonly string[] = [];
	/** When the newest notice came, operator's clock. */
	noticedAt = 0;
	/** Since when and why the recording is paused; null where it is not. */
	paused: {readonly at: number; readonly reason: string} | null = null;
	/** Live journal lines in which PID 1 spoke about a unit: a reason to look at the units now. */
	unitHints = 0;
	/** Is nothing fetched, as the operator wants it? */
	held = false;
	known: Known = nothingKnown;
	guard: GuardState = noGuard;
	/** Hears each new journal entry; a replay has nobody who does. */
	heard: ((record: JournalRecord) => void) | null = null;
	/** Hears each seam. */
	sewn: ((seam: Seam) => void) | null = null;

	constructor(parts: FoldParts) {
		this.#parts = parts;
		for (const pane of parts.panes) this.#states.set(pane.id, pane.initial);
	}

	/** What is fetched; everything before the header came. */
	get scope(): Scope {
		return this.#scope ?? everything;
	}

	/** A fold that stands where this one stands and goes on by itself: a place in a replay to come back to. */
	clone(): Fold {
		const copy = new Fold(this.#parts);
		for (const [ch, channel] of this.#channels) copy.#channels.set(ch, {...channel});
		copy.#seen = this.#seen.clone();
		for (const [id, state] of this.#states) copy.#states.set(id, state);
		for (const [id, health] of this.#health) copy.#health.set(id, health);
		copy.#rates.copy(this.#rates);
		copy.#sequence.copy(this.#sequence);
		copy.#seaming.copy(this.#seaming);
		copy.#seam = this.#seam;
		copy.#scope = this.#scope;
		copy.#partly = this.#partly;
		copy.#receipt = {...this.#receipt};
		copy.#perUnit = this.#perUnit === null ? null : new Map(this.#perUnit);
		const {at, ms, link, identity, clockOffsetMs, roundTripMs, newestAt, pulling, last, anchor, oldest} = this;
		const {road, notices, noticedAt, unitHints, known, guard, paused, held} = this;
		Object.assign(copy, {at, ms, link, identity, clockOffsetMs, roundTripMs, newestAt, pulling, last, anchor, oldest});
		Object.assign(copy, {road, notices, noticedAt, unitHints, known, guard, paused, held});
		return copy;
	}

	get panes(): Readonly<Record<PaneId, unknown>> {
		return Object.fromEntries(this.#states) as Record<PaneId, unknown>;
	}

	get sources(): Readonly<Partial<Record<SourceId, SourceHealth>>> {
		return Object.fromEntries(this.#health);
	}

	/** What can be said about completeness; `held` and `evicted` are the journal pane's. */
	receipt(held: number, evicted: number): Receipt {
		const provable = this.#scope !== null && isEverything(this.#scope) && !this.#partly;
		return {...this.#receipt, lost: provable ? this.#sequence.lost : null, held, evicted};
	}

	/**
	 * What is on record of a unit already: so many of its newest entries, all since the one with this cursor. Null where that
	 * is not known: a scope leaves lines out, or the recording was paused.
	 */
	heldOf(unit: string): {readonly count: number; readonly cursor: string; readonly boot: string} | null {
		if (this.#perUnit === null || this.#partly || this.oldest === null || !isEverything(this.scope)) return null;
		const {cursor, boot} = this.oldest;
		return {count: this.#perUnit.get(unit) ?? 0, cursor, boot};
	}

	/** The newest seam; one whose lines are still coming, as it stands. */
	get seam(): Seam | null {
		return this.#seaming.soFar(this.#now) ?? this.#seam;
	}

	/** Did the numbers change in a way that proves nothing? */
	get renumbered(): boolean {
		return this.#sequence.unproven > 0;
	}

	get #now(): Now {
		return {
			at: this.at,
			newestAt: this.newestAt,
			last: this.last,
			boot: this.identity?.bootId ?? '',
			sequence: this.#sequence,
			whole: isEverything(this.scope),
			offsetMs: this.clockOffsetMs ?? 0,
		};
	}

	/** Journal lines in each of the last sixty seconds, oldest first. */
	get linesPerSecond(): readonly number[] {
		return this.#rates.linesPerSecond(this.at);
	}

	/** Bytes received per minute over the last minute, or what there is of it once five seconds have passed. */
	get bytesPerMinute(): number | null {
		return this.#rates.bytesPerMinute;
	}

	apply(frame: Frame): void {
		this.at = frame.at;
		// It never goes back: a damaged frame that says so must not make the session shorter.
		this.ms = Math.max(this.ms, frame.ms);
		switch (frame.t) {
			case 'header':
				this.#scope = frame.scope;
				break;
			case 'link':
				this.link = frame.link;
				if (frame.link.kind === 'live') this.road = frame.link.road ?? this.road;
				// With a link, but nothing followed, it is no end.
				if (!this.held || frame.link.kind !== 'live') this.#sewn(this.#seaming.link(frame.link, this.#now));
				this.#fact({kind: 'link', link: frame.link});
				break;
			case 'open':
				// A recording of a devtop that asks more than this one.
				if (!Object.hasOwn(this.#parts.sources, frame.source)) break;
				this.#channels.set(frame.ch, {
					source: this.#parts.sources[frame.source],
					evidence: frame.for !== undefined,
					stderr: '',
				});
				if (frame.for === undefined) this.#report(frame.source, 'asked', '');
				if (frame.place === 'live') this.#seaming.following(this.#now);
				break;
			case 'out':
				this.#out(frame.ch, frame.unit);
				break;
			case 'err':
				this.#err(frame.ch, frame.text);
				break;
			case 'exit':
				this.#exit(frame);
				break;
			case 'tick':
				this.roundTripMs = frame.roundTripMs;
				this.#rates.received(frame.ms, frame.received);
				this.#sewn(this.#seaming.tick(this.#now));
				break;
			case 'mark':
			case 'note':
			case 'todo':
				this.#fact({kind: 'remark', of: frame.t, text: frame.text, cursor: frame.cursor ?? null});
				break;
			case 'earlier':
				this.#fact({kind: 'earlier', left: frame.left, ticket: frame.ticket ?? null});
				break;
			case 'snooze':
				this.#fact({kind: 'snooze', key: frame.key, text: frame.text});
				break;
			case 'ask':
			case 'consent':
			case 'disarm':
			case 'granted':
			case 'refused':
			case 'ran':
			case 'proof':
			case 'verdict': {
				const before = this.guard;
				this.guard = guardAfter(before, frame);
				const told = toldOf(frame, before);
				if (told !== null) this.#fact({kind: 'action', ...told});
				break;
			}
			case 'fetch':
				this.#fetch(frame);
				break;
			case 'notice':
				this.notice(frame.text);
				break;
			case 'pause':
				this.paused = {at: frame.at, reason: frame.reason};
				this.#perUnit = null;
				this.#fact({kind: 'recording', paused: frame.reason});
				break;
			case 'resume':
				this.paused = null;
				// Lines that were kept out of a recording are none that the device lost.
				this.#sequence.restart();
				this.#fact({kind: 'recording', paused: null});
				break;
			case 'in':
			case 'redacted':
			case 'bye':
				break;
		}
	}

	#fetch({scope, held}: Extract<Frame, {t: 'fetch'}>): void {
		const other = !sameScope(this.scope, scope);
		if (held !== this.held || other) {
			if (held || !this.held) this.#sewn(this.#seaming.begin(held ? 'pause' : 'scope', this.#now));
			if (!held && this.link.kind === 'live') this.#seaming.back(this.#now);
		}
		if (other) {
			// Numbers of a part and of the whole do not follow each other.
			this.#sequence.restart();
			this.#partly ||= !isEverything(this.scope) || !isEverything(scope);
		}
		this.#scope = scope;
		this.held = held;
	}

	/** A sentence for the operator; the newest five are kept. */
	notice(sentence: string): void {
		this.noticedAt = this.at;
		if (this.notices.at(-1) !== sentence) this.notices = [...this.notices.slice(-4), sentence];
	}

	#out(ch: number, unit: Unit): void {
		const channel = this.#channels.get(ch);
		if (channel === undefined) return;
		const {source} = channel;
		this.newestAt = this.at;
		if (channel.evidence) return;
		if (source.id === 'journal-old-boot') this.#seaming.kept();
		const before = this.#health.get(source.id);
		let facts: readonly Fact[];
		try {
			facts = source.read(unit);
		} catch {
			this.#health.set(source.id, {...this.#healthOf(source.id), newestAt: this.at, unread: (before?.unread ?? 0) + 1});
			this.notice(
				`The device sent something that is no answer to what was asked about ${source.title}: it is counted, not shown.`,
			);
			return;
		}
		if (before?.state === 'answering') this.#health.set(source.id, {...before, newestAt: this.at});
		else this.#report(source.id, 'answering', '');
		for (const fact of facts) this.#take(fact);
	}

	#take(fact: Fact): void {
		switch (fact.kind) {
			case 'identity':
				// Another boot: what ran before says nothing of it.
				if (this.identity?.bootId !== fact.identity.bootId) this.known = nothingKnown;
				this.identity = fact.identity;
				break;
			case 'engine':
				this.known = {...this.known, containers: fact.answer.kind === 'answered' ? fact.answer.containers : null};
				break;
			case 'locks':
				this.known = {...this.known, locks: fact.locks};
				break;
			case 'sessions':
				this.known = {...this.known, otherSessions: fact.others};
				break;
			case 'disk':
				this.known = {...this.known, disk: fact.disk};
				break;
			case 'vitals':
				this.known = {...this.known, memory: fact.vitals.memory};
				if (fact.vitals.clockMs !== null) this.clockOffsetMs = fact.vitals.clockMs - this.at;
				break;
			case 'pulls':
				this.pulling = fact.processes.length > 0 || fact.writeSets.length > 0;
				break;
			case 'anchor':
				this.anchor = fact.record;
				this.#seaming.anchor(fact.record);
				return;
			case 'journal':
				this.#journal(fact.place, fact.record);
				return;
			case 'kernel-history':
			case 'story':
				this.#fact({...fact, record: this.#tagged(fact.record)});
				return;
		}
		this.#fact(fact);
	}

	#tagged(record: JournalRecord): JournalRecord {
		const tags = this.#parts.tag(record);
		return tags.length === 0 ? record : {...record, tags};
	}

	#sewn(seam: Seam | null): void {
		if (seam === null) return;
		this.#seam = seam;
		this.sewn?.(seam);
		this.#fact({kind: 'seam', seam});
	}

	/** Drops an entry that was there before: an inclusive resume, an overlapping page. Counts before it drops. */
	#journal(place: 'history' | 'live' | 'older', record: JournalRecord): void {
		if (place === 'older') this.#older(record);
		else {
			this.#sewn(this.#seaming.meet(record, this.#now));
			this.#sewn(this.#seaming.line(record, this.#inOrder(place, record), this.#now));
		}
	}

	/** Is it there? A flush to disk gives the same entry another number: where one goes on, it is known by what it says. */
	#isRepeat(record: JournalRecord, edge: JournalRecord | null): boolean {
		const {cursor} = record;
		const renumbered = edge !== null && sequenceIdOf(cursor) !== sequenceIdOf(edge.cursor) && sameEntry(record, edge);
		if (this.#seen.add(cursor) && !renumbered) return false;
		this.#receipt.repeated++;
		return true;
	}

	#older(record: JournalRecord): void {
		const edge = this.oldest;
		if (this.#isRepeat(record, edge)) {
			if (edge !== null && sameEntry(record, edge)) this.oldest = record;
			return;
		}
		this.#receive(record);
		this.oldest = record;
		// The first page can come backwards.
		this.last ??= record;
		this.#fact({kind: 'journal', place: 'older', record: this.#tagged(record)});
	}

	#inOrder(place: 'history' | 'live', record: JournalRecord): 'new' | 'again' | 'behind' {
		const inOrder = this.#sequence.take(record);
		const edge = this.last;
		if (this.#isRepeat(record, edge)) {
			// From where one goes on the next time: the old number may be gone.
			if (edge !== null && sameEntry(record, edge)) this.last = record;
			return 'again';
		}
		this.#receive(record);
		this.last = record;
		this.oldest ??= record;
		if (place === 'live') {
			this.#rates.line(this.at);
			if (record.about !== null) this.unitHints++;
		}
		this.#fact({kind: 'journal', place, record: this.#tagged(record)});
		return inOrder ? 'new' : 'behind';
	}

	#receive(record: JournalRecord): void {
		this.#receipt.received++;
		if (this.#perUnit !== null)
			for (const unit of record.units) this.#perUnit.set(unit, (this.#perUnit.get(unit) ?? 0) + 1);
		this.heard?.(record);
		if (record.messageId === SUPPRESSED) this.#receipt.suppressed += record.dropped ?? 0;
	}

	#fact(fact: Fact): void {
		const timed: TimedFact = {at: this.at, fact};
		for (const pane of this.#parts.panes) {
			try {
				this.#states.set(pane.id, pane.reduce(this.#states.get(pane.id), timed));
			} catch (error) {
				// A bug in one pane must not end the connection that everything else lives on.
				this.notice(
					`${pane.title} could not take in what the device said (a bug of devtop: ${error instanceof Error ? error.message : error}); the other panes go on.`,
				);
			}
		}
	}

	#healthOf(id: SourceId): SourceHealth {
		return this.#health.get(id) ?? {state: 'asked', sentence: '', newestAt: null, unread: 0};
	}

	#report(id: SourceId, state: SourceHealth['state'], sentence: string): void {
		this.#health.set(id, {
			...this.#healthOf(id),
			state,
			sentence,
			...(state === 'answering' ? {newestAt: this.at} : {}),
		});
		this.#fact({kind: 'source', source: id, state, sentence});
	}

	#err(ch: number, text: string): void {
		const channel = this.#channels.get(ch);
		if (channel === undefined) return;
		channel.stderr = (channel.stderr + text).slice(-4000);
	}

	#exit(frame: Extract<Frame, {t: 'exit'}>): void {
		const channel = this.#channels.get(frame.ch);
		if (channel === undefined) return;
		this.#channels.delete(frame.ch);
		const {source, stderr} = channel;
		if (channel.evidence) return;
		const health = this.#healthOf(source.id);
		if (frame.rest !== undefined && frame.exit.kind !== 'lost')
			this.#health.set(source.id, {...health, unread: health.unread + 1});
		const said = complaint(source.id, stderr);
		const failed = frame.exit.kind === 'exited' && frame.exit.code !== 0 && frame.exit.code !== 143;
		if (said !== null && (failed || source.id === 'anchor')) this.notice(said);
		this.#report(source.id, failed ? 'failed' : 'ended', said ?? '');
	}
}
