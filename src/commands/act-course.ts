/** What is told of an action while it goes its way: from the frames as they are recorded, so with no more secrets than these. */
import type {Exit} from '../domain/channel.ts';
import type {Frame} from '../domain/frame.ts';
import {type Consent, type Proposal, subjectName} from '../domain/guard.ts';
import type {LinkState} from '../domain/link.ts';
import {clean} from '../domain/text.ts';
import {duration} from '../domain/time.ts';
import {Acts} from '../handover/acts.ts';
import type {Act} from '../handover/note.ts';
import {quote} from '../transport/command.ts';
import {riskWords} from './act-list.ts';

export type Tellers = {
	/** One row of the course. */
	readonly tell: (label: string, text: string) => void;
	/** What the command prints, by stream; null where that is a part of the course. */
	readonly print: ((stream: 'out' | 'err', text: string) => void) | null;
};

/** Words as a shell would take them: which of them are one is seen. */
const line = (argv: readonly string[]): string => clean(argv.map(word).join(' '));

/** A script is told by its length: the recording has all of it. */
const word = (text: string): string =>
	text.includes('\n') && text.length > 100 ? `(a script of ${text.length} characters, in the recording)` : quote(text);

const FINDING = {blocks: 'refuses', warns: 'careful', says: 'note'} as const;

export class Course {
	readonly #tellers: Tellers;
	readonly #acts = new Acts();
	readonly #channels = new Set<number>();
	#told = '';
	#away = false;
	#decide: () => void = () => {};
	/** Did a command leave? */
	sent = false;
	/** How the newest command ended. */
	exit: Exit | null = null;
	/** Why it was refused; empty where it was not. */
	refusal = '';
	/** Why the device can't be reached any more, whatever is waited for. */
	gone = '';
	/** Resolves with a verdict or a refusal. */
	readonly decided: Promise<void> = new Promise(resolve => {
		this.#decide = resolve;
	});
	#lose: () => void = () => {};
	/** Resolves when the device is gone for good: see `gone`. */
	readonly lost: Promise<null> = new Promise(resolve => {
		this.#lose = () => resolve(null);
	});
	/** How far the evidence is. */
	evidence: () => Proposal['evidence'] | null = () => null;

	constructor(tellers: Tellers) {
		this.#tellers = tellers;
	}

	/** What was done, as the handover note has it; null where nothing was granted or refused. */
	get act(): Act | null {
		return this.#acts.acts.at(-1) ?? null;
	}

	/** What would be done: what the dialog of the screen shows. */
	plan({action, title, subject, device, risk, steps, consequence, blast, findings, confirmation}: Proposal): void {
		const {tell} = this.#tellers;
		tell('device', device);
		tell(
			'action',
			`${title}${subject.kind === 'device' ? '' : `: ${subjectName(subject)}`} (${action}, ${riskWords(risk)})`,
		);
		for (const argv of steps) tell('sends', line(argv));
		if (consequence !== '') tell('effect', consequence);
		for (const hit of blast) tell('hits', hit);
		for (const {weight, text} of findings) tell(FINDING[weight], text);
		if (confirmation.kind === 'typed') tell('confirm', `--confirm ${confirmation.word}`);
	}

	take(frame: Frame): void {
		this.#acts.take(frame);
		const {tell} = this.#tellers;
		switch (frame.t) {
			case 'consent':
				tell('consent', consentText(frame.consent, frame.ms));
				break;
			case 'granted': {
				const {done, of, missing} = this.evidence() ?? {done: 0, of: 0, missing: []};
				tell(
					'evidence',
					`${done - missing.length} of ${of} taken${missing.length === 0 ? '' : `; not: ${missing.join(', ')}`}`,
				);
				tell('granted', `confirmed by ${frame.confirmed === 'typed' ? 'its name' : 'yes'}, for ${frame.basis}`);
				break;
			}
			case 'ran':
				this.#channels.add(frame.ch);
				this.sent = true;
				tell('sent', line(frame.argv));
				break;
			case 'out':
				if (this.#channels.has(frame.ch) && frame.unit.kind === 'line') this.#print('out', `${frame.unit.text}\n`);
				break;
			case 'err':
				if (this.#channels.has(frame.ch)) this.#print('err', frame.text);
				break;
			case 'exit':
				if (!this.#channels.delete(frame.ch)) break;
				if (frame.rest !== undefined) this.#print('out', frame.rest);
				this.exit = frame.exit;
				break;
			case 'proof': {
				// A countdown is told once.
				const same = frame.proof.sentence.replaceAll(/\d+/g, '');
				if (same !== this.#told) tell('proof', frame.proof.sentence);
				this.#told = same;
				break;
			}
			case 'verdict':
				this.#decide();
				break;
			case 'refused':
				this.refusal = frame.why;
				this.#decide();
				break;
			case 'link':
				this.#linked(frame.link);
				break;
		}
	}

	#print(stream: 'out' | 'err', text: string): void {
		const {print, tell} = this.#tellers;
		if (print !== null) print(stream, text);
		else for (const row of text.split('\n')) if (row.trim() !== '') tell('printed', row);
	}

	/** The first connecting and the last closing are no news. */
	#linked(link: LinkState): void {
		const {tell} = this.#tellers;
		if (link.kind === 'waiting') {
			if (!this.#away) tell('link', `lost: ${link.why}; trying again`);
			this.#away = true;
		} else if (link.kind === 'live') {
			if (this.#away) tell('link', 'back');
			this.#away = false;
		} else if (link.kind === 'refused') {
			this.gone = link.why;
			this.#lose();
		}
	}
}

function consentText({by, via, words, untilMs}: Consent, ms: number): string {
	return `by ${by} (${via}): “${words}”, for ${duration(untilMs - ms)}`;
}
