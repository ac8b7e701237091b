/** What was done to the device, and who allowed it: from the frames of the gate, and of what was read for it. */
import type {Exit} from '../domain/channel.ts';
import type {Frame} from '../domain/frame.ts';
import {type Consent, type Looked, type Subject, subjectName} from '../domain/guard.ts';
import {count, grouped} from '../domain/text.ts';
import {sources} from '../sources/index.ts';
import {commandOf} from './commands.ts';
import type {Act, Allowed, Requested} from './note.ts';
import {lasting, safe} from './words.ts';

type Mutable<T> = {-readonly [key in keyof T]: T[key]};
type Growing = Mutable<Omit<Act, 'commands' | 'output'>> & {readonly commands: string[]; output: string};
type Given = Mutable<Allowed> & {readonly id: number; readonly untilMs: number};

/** So much of an output is kept, and so many of its last lines are told. */
const TAIL = 4000;
const LINES = 5;
const MOST = 500;

/** "active (running), run 1a2b3c4d"; of a whole device its boot and how long it is up. */
function stateOf({unit, bootId, uptimeMs}: Looked): string {
	if (unit === null) return safe(`boot ${bootId.slice(0, 8)}${uptimeMs === null ? '' : `, up ${lasting(uptimeMs)}`}`);
	const {loadState, activeState, subState, result, invocationId} = unit;
	if (loadState === 'not-found') return 'not on the device';
	const more = result === '' || result === 'success' ? '' : `, ${result}`;
	return safe(
		`${activeState} (${subState}${more})${invocationId === '' ? '' : `, run ${invocationId.slice(0, 8)}`}`,
		120,
	);
}

const endOf = (exit: Exit): string =>
	exit.kind === 'exited'
		? `exit code ${exit.code}`
		: exit.kind === 'lost'
			? 'lost with the link'
			: 'cut off: its end did not come';

/** A subject as it may be: the file may be of another version, or of anyone. */
function nameOf(subject: Subject): string {
	if (subject.kind === 'command') return safe(commandOf(subject.argv, undefined));
	if (subject.kind === 'file')
		return safe(`${subject.path} (${grouped(subject.size)} bytes, SHA-256 ${subject.sha256})`);
	return subject.kind === 'unit' ? safe(subjectName(subject)) : '';
}

const what = (scope: readonly string[] | 'any', any: string): string =>
	scope === 'any' ? any : safe(scope.join(', '));

/** Grows with the frames. */
export class Acts {
	readonly #acts = new Map<number, Growing>();
	readonly #allowed: Given[] = [];
	readonly #asked: (Mutable<Requested> & {readonly id: number})[] = [];
	/** Channels that are read for an action, and those of its commands. */
	readonly #reads = new Map<number, {readonly act: number; readonly looks: boolean}>();
	readonly #runs = new Map<number, Growing>();
	/** Lines that each shell printed. */
	readonly #consoles = new Map<number, number>();
	/** How many were read for each asking, whatever became of it, and what was looked at last. */
	readonly #looks = new Map<number, {reads: number; state: string | null}>();
	/** Far ends of our own connections, as the device says them: `198.18.0.1 45170`. */
	readonly clients = new Set<string>();
	#ms = 0;
	#at = 0;

	/** Throws what a frame of another shape makes it throw. */
	take(frame: Frame): void {
		this.#ms = frame.ms;
		this.#at = frame.at;
		switch (frame.t) {
			case 'open': {
				if (frame.for === undefined) break;
				const {reads, state} = this.#looks.get(frame.for) ?? {reads: 0, state: null};
				this.#looks.set(frame.for, {reads: reads + 1, state});
				this.#reads.set(frame.ch, {act: frame.for, looks: frame.source === 'guard-look'});
				break;
			}
			case 'out':
				this.#out(frame);
				break;
			case 'err':
				this.#print(frame.ch, frame.text);
				break;
			case 'exit':
				this.#exit(frame);
				break;
			case 'ask':
				if (frame.request !== undefined && this.#asked.length < MOST)
					this.#asked.push({
						id: frame.id,
						at: frame.at,
						title: safe(frame.title, 100),
						subject: nameOf(frame.subject),
						request: safe(frame.request, 2000),
						answeredAt: null,
					});
				break;
			case 'consent':
				this.#consent(frame);
				break;
			case 'disarm':
				for (const given of this.#allowed)
					if (given.ended === '' && frame.ms < given.untilMs) {
						given.ended = `taken back: ${safe(frame.why, 200)}`;
						given.endedAt = frame.at;
					}
				break;
			case 'granted':
			case 'refused':
				this.#begin(frame);
				break;
			case 'ran': {
				const act = this.#of(frame.id);
				act.commands.push(commandOf(frame.argv, undefined));
				act.sentAt ??= frame.at;
				this.#runs.set(frame.ch, act);
				if (frame.terminal) this.#consoles.set(frame.ch, 0);
				break;
			}
			case 'proof':
				this.#of(frame.id).says = safe(frame.proof.sentence);
				break;
			case 'verdict': {
				const act = this.#of(frame.id);
				act.verdict = frame.verdict.kind;
				act.says = safe(frame.verdict.sentence);
				act.endedAt = frame.at;
				break;
			}
		}
	}

	#of(id: number): Growing {
		const act = this.#acts.get(id);
		if (act === undefined) throw new Error('of no action');
		return act;
	}

	#begin(frame: Extract<Frame, {t: 'granted' | 'refused'}>): void {
		const {id, at, action, title, subject} = frame;
		const before = this.#acts.get(id);
		if (before === undefined && this.#acts.size >= MOST) return;
		const consent =
			frame.t === 'granted' ? (this.#allowed.findLast(given => given.id === frame.consent) ?? null) : null;
		this.#acts.set(id, {
			id,
			at,
			action: safe(action, 40),
			title: safe(title, 100),
			subject: nameOf(subject),
			consent: consent === null ? null : {by: consent.by, via: consent.via, words: consent.words},
			risk: frame.t === 'granted' ? safe(frame.risk, 20) : null,
			commands: [],
			sentAt: null,
			endedAt: frame.t === 'refused' ? at : null,
			before: this.#looks.get(id)?.state ?? null,
			after: null,
			exit: null,
			output: '',
			verdict: frame.t === 'refused' ? 'refused' : 'open',
			says: frame.t === 'refused' ? safe(frame.why) : '',
			reads: 0,
		});
	}

	#out({ch, unit}: Extract<Frame, {t: 'out'}>): void {
		if (unit.kind === 'line') this.#print(ch, `${unit.text}\n`);
		const lines = this.#consoles.get(ch);
		if (lines !== undefined) this.#consoles.set(ch, lines + 1);
		const read = this.#reads.get(ch);
		if (read?.looks !== true) return;
		const client = unit.kind === 'block' ? /^ssh (\S{1,64} \d{1,5}) /m.exec(unit.text)?.[1] : undefined;
		if (client !== undefined && this.clients.size < MOST) this.clients.add(client);
		for (const fact of sources['guard-look'].read(unit)) {
			if (fact.kind !== 'looked') continue;
			const state = stateOf(fact.looked);
			const act = this.#acts.get(read.act);
			this.#looks.set(read.act, {reads: this.#looks.get(read.act)?.reads ?? 0, state});
			if (act !== undefined && act.sentAt !== null) act.after = state;
		}
	}

	#print(ch: number, text: string): void {
		const act = this.#runs.get(ch);
		if (act !== undefined) act.output = (act.output + text).slice(-TAIL);
	}

	#exit({ch, exit, rest}: Extract<Frame, {t: 'exit'}>): void {
		if (rest !== undefined) this.#print(ch, rest);
		const act = this.#runs.get(ch);
		const lines = this.#consoles.get(ch);
		if (act !== undefined)
			act.exit = lines === undefined ? endOf(exit) : `${endOf(exit)}; ${count(lines, 'line')} of its output on record`;
		this.#consoles.delete(ch);
		this.#runs.delete(ch);
		this.#reads.delete(ch);
	}

	#consent({at, ms, consent}: Extract<Frame, {t: 'consent'}>): void {
		const {id, by, via, words, kind, actions, units, untilMs, ask}: Consent = consent;
		for (const asked of this.#asked) if (ask === undefined || asked.id === ask) asked.answeredAt ??= at;
		if (this.#allowed.length >= MOST) return;
		this.#allowed.push({
			id,
			at,
			by: safe(by, 200),
			via: safe(via, 200),
			words: safe(words, 2000),
			kind,
			actions: what(actions, 'everything'),
			units: what(units, 'every unit'),
			untilAt: at + untilMs - ms,
			untilMs,
			ended: '',
			endedAt: null,
		});
	}

	/** In the order in which they were granted or refused. */
	get acts(): readonly Act[] {
		return [...this.#acts.values()].map(({output, ...act}) => ({
			...act,
			output: output
				.split('\n')
				.map(line => safe(line))
				.filter(line => line.trim() !== '')
				.slice(-LINES),
			reads: this.#looks.get(act.id)?.reads ?? 0,
		}));
	}

	/** @param ended did the session end in order? */
	allowed(ended: boolean): readonly Allowed[] {
		return this.#allowed.map(({id: _, untilMs, ...given}) => {
			if (given.ended !== '') return given;
			if (this.#ms >= untilMs) return {...given, ended: 'by its time', endedAt: given.untilAt};
			if (ended) return {...given, ended: 'with the session', endedAt: this.#at};
			return {...given, ended: 'not yet, when the recording ends'};
		});
	}

	get requested(): readonly Requested[] {
		return this.#asked.map(({id: _, ...asked}) => asked);
	}
}
