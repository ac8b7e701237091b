/**
 * The gate: the one way in for everything that changes the device, from keys, palette and command line alike. Nothing is
 * sent without a consent, a confirmation and a grant that stand in the recording, on disk, before it.
 */
import {type Exit, type Failure, failure, type Road} from '../../domain/channel.ts';
import type {FrameBody} from '../../domain/frame.ts';
import type {Action, ActionId, Consent, Finding, Proposal, Readings, Subject} from '../../domain/guard.ts';
import type {Scope, Source, SourceId} from '../../domain/source.ts';
import {isUnitName} from '../../domain/units/name.ts';
import type {Connection} from '../connection.ts';
import type {Fold} from '../fold.ts';
import type {Actuator, Feed} from './actuator.ts';
import {conditions as allConditions, allows, type Condition, consentFor, unarmable, wrongIn} from './conditions.ts';
import {type ConsentForm, consentOf} from './consent.ts';
import {Evidence} from './evidence.ts';
import {look, pathOf} from './look.ts';
import {grant, type Permit} from './permit.ts';
import {basisOf, blank, blockedBy, filled, unitOf} from './proposing.ts';
import {Proving} from './proving.ts';
import {ENDING, send} from './sending.ts';
import {type Lend, Shell} from './shell.ts';

/** What the gate needs of a connection: a way to read, and the only way to write. */
export type Hands = {readonly connection: Connection; readonly actuator: Actuator};

export type GateParts = {
	readonly actions: readonly Action[];
	readonly findingsOf: (checks: Action['checks'], subject: Subject, readings: Readings) => readonly Finding[];
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly fold: Fold;
	readonly emit: (frame: FrameBody) => void;
	/** Epoch ms, and monotonic ms of the session. */
	readonly now: () => number;
	readonly elapsed: () => number;
	/** Null while there is no link. */
	readonly hands: () => Hands | null;
	/** Why nothing can be armed in this session; empty where it can. */
	readonly lookOnly: string;
	/** The operator's own devices, by their whole uuid. */
	readonly own: readonly string[];
	/** The way that was come by. */
	readonly road?: Pick<Road, 'here'>;
	/** Puts everything so far on the disk; why it can't, or empty. */
	readonly seal: () => string;
	/** Something is to be shown. */
	readonly changed: () => void;
	readonly conditions?: readonly Condition[];
};

/** A sentence for the operator where something was not done; empty where it was. */
export type Answer = string;

/** Older data are no ground to act on. */
const FRESH_MS = 10_000;

/** How long a decision waits for its evidence. */
const EVIDENCE_MS = 60_000;

const NO_TERMINAL =
	'A shell needs a terminal that somebody types into: it is opened on the screen (devtop <target>, then s).';

export class Gate {
	readonly #parts: GateParts;
	readonly #proving: Proving;
	#asks = 0;
	#consents = 0;
	#proposal: Proposal | null = null;
	#readings: Readings | null = null;
	#evidence: Evidence | null = null;
	#feed: Feed | null = null;
	#ended = false;
	#lend: Lend | null = null;
	#shell: Shell | null = null;

	constructor(parts: GateParts) {
		this.#parts = parts;
		this.#proving = new Proving({...parts, scope: () => this.#scope});
	}

	get proposal(): Proposal | null {
		return this.#proposal;
	}

	get lookOnly(): string {
		return this.#parts.lookOnly;
	}

	/** Is it one of the operator's own devices? By its whole uuid, never by a pattern; or the very machine that devtop runs on. */
	get isOwn(): boolean {
		if (this.#parts.road?.here) return true;
		const {uuid} = this.#parts.fold.identity ?? {uuid: null};
		return uuid !== null && this.#parts.own.includes(uuid);
	}

	get #scope(): Scope {
		return this.#parts.fold.scope;
	}

	/** The device that answers: its uuid, else its host name. */
	get #device(): string {
		const {identity} = this.#parts.fold;
		return identity?.uuid ?? identity?.hostname ?? '';
	}

	/** Puts a consent on record. */
	consent(form: ConsentForm): Answer {
		const {fold, emit, elapsed, lookOnly, seal} = this.#parts;
		const unarmed = unarmable(this.#parts.conditions ?? allConditions, {lookOnly});
		if (unarmed !== '') return unarmed;
		const made = consentOf(form, {
			id: ++this.#consents,
			device: this.#device,
			elapsed: elapsed(),
			ask: fold.guard.waiting?.id,
		});
		if (typeof made === 'string') return made;
		if (made.kind === 'own' && !this.isOwn)
			return 'This device is not on the list of your own (own in the configuration, by its whole uuid): record whose permission you have.';
		const unsealed = seal();
		if (unsealed !== '') return `A consent that is not recorded is none, and ${unsealed}.`;
		emit({t: 'consent', consent: made});
		this.#parts.changed();
		return seal();
	}

	/** Back to looking only. */
	disarm(why: string): Answer {
		if (this.#parts.fold.guard.consents.length === 0) return 'Nothing is armed: devtop only looks.';
		this.#parts.emit({t: 'disarm', why});
		this.#shell?.end(`nothing is armed any more (${why})`);
		this.cancel();
		this.#parts.changed();
		return '';
	}

	/**
	 * Opens an action: reads what it has to be decided by, and begins to take the evidence.
	 *
	 * @param dry only to see what would be done: no evidence is taken, and it can't be confirmed.
	 * @param feed the bytes that one of its steps takes on its stdin.
	 */
	async propose(
		id: ActionId,
		subject: Subject,
		{dry = false, feed = null}: {readonly dry?: boolean; readonly feed?: Feed | null} = {},
	): Promise<void> {
		const {actions, emit, fold, hands} = this.#parts;
		const action = actions.find(one => one.id === id);
		if (action === undefined || action.of !== subject.kind) return;
		// What is being sent has the dialog until it is known how that went.
		if (this.#proposal?.phase === 'sending') return;
		const ask = ++this.#asks;
		const {identity} = fold;
		this.#evidence = null;
		this.#readings = null;
		this.#feed = feed;
		this.#proposal = blank(ask, action, subject, identity);
		this.#parts.changed();
		if (subject.kind === 'unit' && !isUnitName(subject.unit)) {
			this.#refuse('That is no name of a unit (systemd.unit(5)): give the whole name, with its suffix.');
			return;
		}
		emit({t: 'ask', id: ask, action: id, title: action.title, subject});
		const connection = hands()?.connection;
		if (connection === undefined) {
			this.#refuse('The link is not up: wait until it is back, then ask again.');
			return;
		}
		const path = pathOf(subject);
		const first = await look({...this.#parts, connection, unit: '', path, supervisor: 'no', purpose: ask});
		const unit = typeof first === 'string' ? '' : unitOf(action, subject, first);
		const readings =
			typeof first === 'string' || unit === ''
				? first
				: await look({
						...this.#parts,
						connection,
						unit,
						path,
						supervisor: action.looksAtSupervisor ? 'sizes' : 'no',
						purpose: ask,
					});
		if (this.#proposal?.id !== ask) return;
		if (typeof readings === 'string') {
			this.#refuse(`The device could not be read, so nothing can be decided (${readings}).`);
			return;
		}
		this.#show(action, readings);
		if (this.#proposal.phase !== 'ready') return;
		if (dry) {
			this.#readings = null;
			return;
		}
		const evidence = new Evidence({
			connection,
			sources: this.#parts.sources,
			scope: this.#scope,
			// By its own name: an alias has no lines in the journal.
			unit: readings.unit?.unit || unit,
			purpose: ask,
			held: fold.heldOf(readings.unit?.unit || unit),
			progress: () => {
				if (this.#proposal?.id === ask) this.#change({evidence: evidence.progress});
			},
		});
		this.#evidence = evidence;
		this.#change({evidence: evidence.progress});
		void evidence.take();
	}

	/** Fills the dialog from what was read. */
	#show(action: Action, readings: Readings): void {
		const proposal = this.#proposal;
		if (proposal === null) return;
		const {subject} = proposal;
		this.#readings = readings;
		const {fold, findingsOf} = this.#parts;
		const findings = findingsOf(action.checks, subject, readings);
		this.#change(filled(action, subject, readings, findings, fold));
		const why = blockedBy(action, subject, readings, findings);
		if (why !== '') this.#refuse(why);
		else this.#change({phase: 'ready'});
	}

	#change(change: Partial<Proposal>): void {
		if (this.#proposal === null) return;
		this.#proposal = {...this.#proposal, ...change};
		this.#parts.changed();
	}

	/** The screen has a terminal that it can lend; null: it has none any more. */
	lend(lend: Lend | null): void {
		this.#lend = lend;
	}

	/** Closes the dialog for good, with the reason on record. */
	#refuse(why: string): void {
		const proposal = this.#proposal;
		if (proposal === null || proposal.phase === 'refused') return;
		const {id, action, title, subject} = proposal;
		this.#parts.emit({t: 'refused', id, action, title, subject, why});
		this.#change({phase: 'refused', why});
	}

	/** Writes that a customer was asked, in these words. */
	asked(request: string): void {
		const proposal = this.#proposal;
		if (proposal === null) return;
		const {id, action, title, subject} = proposal;
		this.#parts.emit({t: 'ask', id, action, title, subject, request});
		this.#parts.changed();
	}

	/** Leaves the dialog; nothing is done. */
	cancel(): void {
		if (this.#proposal?.phase === 'sending') return;
		this.#proposal = null;
		this.#parts.changed();
	}

	/**
	 * Confirms what the dialog shows.
	 *
	 * @param answer `y`, or the name that had to be typed.
	 * @returns why it was not done; empty where it was sent.
	 */
	async confirm(answer: string): Promise<Answer> {
		const proposal = this.#proposal;
		const shown = this.#readings;
		if (proposal === null || shown === null || proposal.phase !== 'ready') return 'There is nothing to confirm.';
		const action = this.#parts.actions.find(({id}) => id === proposal.action);
		if (action === undefined) return 'There is nothing to confirm.';
		if (action.terminal && this.#lend === null) return this.#no(NO_TERMINAL);
		// What is wrong already needs no evidence, and no second look.
		const early = this.#stale() || this.#wrong(action, proposal, answer, shown, shown);
		if (early !== '') return this.#no(early);
		this.#change({phase: 'sending'});
		await Promise.race([this.#evidence?.taken, new Promise(resolve => setTimeout(resolve, EVIDENCE_MS).unref())]);
		const hands = this.#parts.hands();
		if (hands === null) return this.#no('The link is not up: wait until it is back, then ask again.');
		const unit = unitOf(action, proposal.subject, shown);
		const readings = await look({
			...this.#parts,
			connection: hands.connection,
			unit,
			path: pathOf(proposal.subject),
			supervisor: action.looksAtSupervisor ? 'plain' : 'no',
			purpose: proposal.id,
		});
		if (typeof readings === 'string')
			return this.#no(`The device could not be read again (${readings}): nothing was done.`);
		const wrong = this.#ended ? ENDING : this.#wrong(action, proposal, answer, shown, readings);
		if (wrong !== '') return this.#no(wrong);
		return this.#do(action, proposal, readings, hands);
	}

	/** The device is read again before anything is sent; where it has been silent, that would only be waited for. */
	#stale(): string {
		const {fold, now} = this.#parts;
		if (fold.link.kind !== 'live') return 'The link is not up: wait until it is back, then ask again.';
		const age = fold.newestAt === null ? null : now() - fold.newestAt;
		return age !== null && age <= FRESH_MS
			? ''
			: `The newest data are ${age === null ? 'none' : `${Math.round(age / 1000)} s old`}: wait until the device answers again.`;
	}

	/** Why it must not be done; empty where everything holds. */
	#wrong(action: Action, proposal: Proposal, answer: string, shown: Readings, readings: Readings): string {
		const {fold, elapsed, lookOnly, findingsOf} = this.#parts;
		const {subject} = proposal;
		return wrongIn(this.#parts.conditions ?? allConditions, {
			action,
			subject,
			proposal,
			answer,
			lookOnly,
			unrecorded: this.#parts.seal(),
			consent: consentFor(fold.guard.consents, action, subject, elapsed()),
			device: this.#device,
			elapsed: elapsed(),
			basis: {shown: basisOf(action, subject, shown), now: basisOf(action, subject, readings)},
			blocked: blockedBy(action, subject, readings, findingsOf(action.checks, subject, readings)),
		});
	}

	#no(why: string): Answer {
		this.#refuse(why);
		return why;
	}

	/** Grants, writes it down for good, and sends the commands one by one. */
	async #do(action: Action, proposal: Proposal, readings: Readings, {actuator}: Hands): Promise<Answer> {
		const {emit, seal, fold, elapsed} = this.#parts;
		const {id, subject, confirmation} = proposal;
		const steps = action.steps(subject, readings);
		const undo = action.undo?.(subject, readings);
		const consent = consentFor(fold.guard.consents, action, subject, elapsed());
		emit({
			t: 'granted',
			id,
			action: action.id,
			title: action.title,
			subject,
			consent: consent?.id ?? 0,
			risk: action.risk(subject, readings),
			confirmed: confirmation.kind,
			basis: action.basis(subject, readings),
			steps,
			...(undo === undefined ? {} : {undo}),
		});
		const unsealed = seal();
		if (unsealed !== '') return this.#no(`The grant could not be written down, and ${unsealed}: nothing was done.`);
		this.#proposal = null;
		this.#parts.changed();
		const proving = this.#proving.begin(action, proposal, readings, unitOf(action, subject, readings));
		return send({
			action,
			id,
			steps,
			undo: undo ?? null,
			feed: this.#feed,
			actuator,
			proving,
			permit: (step, argv) => grant({id, step, argv, grantedMs: elapsed()}),
			shell: permit => this.#type(action, proposal, permit, actuator),
			ended: () => this.#ended,
			hands: this.#parts.hands,
			elapsed,
		});
	}

	/** A shell, as long as the permission holds and it is recorded. */
	async #type(
		action: Action,
		{subject, device}: Proposal,
		permit: Permit,
		actuator: Actuator,
	): Promise<Exit | Failure> {
		const {elapsed, fold, seal} = this.#parts;
		const lend = this.#lend;
		if (lend === null) return failure('refused', NO_TERMINAL);
		const covering = (): Consent | null => consentFor(fold.guard.consents, action, subject, elapsed());
		const by = covering();
		this.#shell = new Shell({
			actuator,
			permit,
			lend,
			elapsed,
			allowed: () => {
				const unsealed = seal();
				if (unsealed !== '') return `it is not recorded any more: ${unsealed}`;
				const consent = covering();
				return consent !== null && allows(consent, action, subject, elapsed())
					? consent.untilMs
					: `the permission by ${by?.by ?? '?'} has ended`;
			},
			by: by === null ? '?' : by.kind === 'own' ? 'its owner' : `${by.by} (${by.via})`,
			device,
		});
		try {
			return await this.#shell.run();
		} finally {
			this.#shell = null;
			this.#parts.changed();
		}
	}

	/** The session ends: what is not proven yet is said to be so, and nothing is sent any more. */
	end(): void {
		this.#ended = true;
		this.#shell?.end('the session ends');
		this.#proving.end();
	}
}
