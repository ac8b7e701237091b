/** Logs in: which ways are tried in which order, what is asked on the way, and what to say if none was accepted. */
import type {AnyAuthMethod, AuthHandlerMiddleware, ParsedKey, Prompt} from 'ssh2';
import {type Failure, type FailureCause, failure} from '../../domain/channel.ts';
import {unlock} from './identities.ts';
import type {KeyRing} from './key-ring.ts';
import type {Memory, Questions} from './questions.ts';
import {type HostConfig, targetOf} from './ssh-config.ts';

/** As OpenSSH's NumberOfPasswordPrompts. */
const TRIES = 3;

/** What a device wants where it takes no key that was offered. */
export const NAME_A_KEY =
	'name the right key with -i, or add its public half to os.sshKeys in the config.json of the device';

export class Login {
	/** For ssh2's `authHandler`. Never throws. */
	readonly handler: AuthHandlerMiddleware;
	readonly #host: HostConfig;
	readonly #ring: KeyRing;
	readonly #ask: Questions | undefined;
	readonly #memory: Memory;
	readonly #advice: string | null;
	readonly #ways: AsyncGenerator<AnyAuthMethod, void, void>;
	/** What the server would still take, by its last refusal. */
	#methods: readonly string[] = [];
	/** Answers of this login, kept if it succeeds. */
	readonly #given = new Map<string, string>();
	#declined = false;
	/** What was tried last, in plain words; null for a key, which the ring knows. */
	#way: string | null = null;

	constructor(
		host: HostConfig,
		ring: KeyRing,
		{
			ask,
			memory,
			onBug,
			advice,
		}: {
			readonly ask: Questions | undefined;
			readonly memory: Memory;
			readonly onBug: (error: unknown) => void;
			/** What to do where no key is accepted; null: what a device wants. */
			readonly advice: string | null;
		},
	) {
		this.#host = host;
		this.#ring = ring;
		this.#advice = advice;
		this.#ask = ask;
		this.#memory = memory;
		this.#ways = this.#tryAll();
		this.handler = (methodsLeft, _partialSuccess, next) => {
			// Null at first; the agent's refusals do not update it.
			if (Array.isArray(methodsLeft)) this.#methods = methodsLeft;
			this.#ways
				.next()
				.catch(error => {
					onBug(error);
					return {done: true, value: undefined} as const;
				})
				// ssh2 takes false for "no more ways"; its types do not know.
				.then(way => next(way.done ? (false as never) : way.value))
				.catch(onBug);
		};
	}

	/** Keeps the answers that let us in for the next connection. */
	succeeded(): void {
		for (const [prompt, answer] of this.#given) this.#memory.answers.set(prompt, answer);
	}

	async *#tryAll(): AsyncGenerator<AnyAuthMethod, void, void> {
		const username = this.#host.user;
		// balenaOS in development mode lets root in without anything; the refusal lists what is offered else.
		this.#way = 'without any key, as in development mode';
		yield {type: 'none', username};
		if (this.#takes('publickey') && this.#host.publicKey) {
			this.#way = null;
			if ((await this.#ring.prepare()) > 0) yield {type: 'agent', username, agent: this.#ring};
			for (const identity of this.#ring.blind()) {
				const key: ParsedKey | null = await unlock(identity, this.#ask, this.#memory);
				if (key === null) this.#ring.declined.add(identity.file);
				else {
					this.#way = `by ${identity.file}`;
					yield {type: 'publickey', username, key} as unknown as AnyAuthMethod;
				}
			}
		}
		let prompted = false;
		if (this.#takes('keyboard-interactive') && this.#host.keyboardInteractive)
			for (let tries = 0; tries < TRIES && !this.#declined && this.#canAnswer(); tries++) {
				let asked = false;
				this.#way = 'by what was typed';
				yield {
					type: 'keyboard-interactive',
					username,
					prompt: (_name, _instructions, _language, prompts, finish) => {
						asked = true;
						void this.#answer(prompts, tries > 0).then(finish, () => finish([]));
					},
				};
				if (!asked) break;
				prompted = true;
			}
		if (this.#takes('password') && this.#host.password && !prompted)
			for (let tries = 0; tries < TRIES && this.#canAnswer(); tries++) {
				const [password] = await this.#answer([{prompt: '', echo: false}], tries > 0);
				if (password === undefined) return;
				this.#way = 'by a password';
				yield {type: 'password', username, password};
			}
	}

	#takes(method: string): boolean {
		return this.#methods.includes(method);
	}

	#canAnswer(): boolean {
		return !this.#declined && (this.#ask !== undefined || this.#memory.answers.size > 0);
	}

	/** Answers all prompts, from memory at first; an empty list once somebody declined. */
	async #answer(prompts: readonly Prompt[], again: boolean): Promise<string[]> {
		const answers: string[] = [];
		for (const {prompt} of prompts) {
			const key = `${targetOf(this.#host)} ${prompt}`;
			const known = again ? undefined : this.#memory.answers.get(key);
			const answer = known ?? (await this.#ask?.password({target: targetOf(this.#host), prompt})) ?? null;
			if (answer === null) {
				this.#declined = true;
				return [];
			}
			this.#given.set(key, answer);
			answers.push(answer);
		}
		return answers;
	}

	/** How we came in, in plain words. */
	entered(): string {
		return `${this.#host.user} is let in ${this.#way ?? `by ${this.#ring.signed ?? 'a key'}`}`;
	}

	/** The nearest cause of a failed login: what was in the way of the keys before what came of those that were offered. */
	#cause(tooMany: boolean, offered: number): FailureCause {
		const {declined, agentProblem, agentHolds, identities} = this.#ring;
		if (tooMany) return 'too-many-keys';
		if (declined.size > 0)
			return [...declined].some(file => this.#memory.wrong.has(file)) ? 'passphrase-wrong' : 'passphrase-missing';
		if (offered > 0) return 'key-refused';
		if (identities.some(({why}) => why !== null)) return 'key-unusable';
		if (agentProblem !== null) return 'agent-gone';
		return agentHolds === 0 ? 'agent-empty' : 'no-key';
	}

	/** One sentence: who, where, what was offered, what stood in the way, what next. */
	failure(detail: string | null = null): Failure {
		const {agent, files} = this.#ring.offered();
		const offered = [
			...(agent > 0 ? [`${agent} ${agent === 1 ? 'key' : 'keys'} of the agent`] : []),
			...files.filter(file => !this.#ring.declined.has(file)),
		];
		const notes = [
			...(detail === null ? [] : [detail]),
			...(offered.length > 0 ? [`offered were ${offered.join(', ')}`] : ['there was no key to offer']),
			...[...this.#ring.declined].map(
				file =>
					`${file} stayed locked, since its passphrase was ${this.#memory.wrong.has(file) ? 'wrong' : 'not given'}`,
			),
			...this.#ring.identities.flatMap(({file, why}) => (why === null ? [] : [`${file} ${why}`])),
			...this.#ring.identities.flatMap(({file, certificate}) =>
				certificate ? [`${file}-cert.pub is a certificate, which needs --transport openssh`] : [],
			),
			...(this.#ring.agentProblem === null ? [] : [`the agent could not be asked (${this.#ring.agentProblem})`]),
			// The library leaves out what it does not know, and does not say so.
			...(this.#ring.agentHolds === 0
				? ['the agent holds no key that devtop can use (hardware keys and certificates need --transport openssh)']
				: []),
			// The cloud's proxy offers to ask, and has no question.
			...(this.#ask === undefined &&
			this.#advice === null &&
			(this.#takes('password') || this.#takes('keyboard-interactive'))
				? ['it would take a password, but nobody can be asked']
				: []),
		];
		const next =
			agent > 5 && detail !== null
				? 'name the right key with -i and add -o IdentitiesOnly=yes'
				: (this.#advice ?? NAME_A_KEY);
		return failure(
			'auth',
			`${targetOf(this.#host)} did not let us in: ${notes.join('; ')}; ${next}.`,
			this.#cause(detail !== null, offered.length),
		);
	}
}
