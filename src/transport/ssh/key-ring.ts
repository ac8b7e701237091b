/** All keys that may be offered to one host, from the agent and from files, as one agent in ssh2's sense. */
import ssh2, {
	type BaseAgent,
	type IdentityCallback,
	type ParsedKey,
	type SignCallback,
	type SigningRequestOptions,
} from 'ssh2';
import {type Identity, parseKey, readIdentity, unlock} from './identities.ts';
import type {Memory, Questions} from './questions.ts';
import type {HostConfig} from './ssh-config.ts';

type Offer = {readonly key: ParsedKey; readonly from: 'agent' | Identity};

const blobOf = (key: ParsedKey): string => key.getPublicSSH().toString('base64');

/** What ssh2 hands to `sign`: one of the keys that it was given, in whatever form. */
const asKey = (key: ParsedKey | Buffer | string): ParsedKey | Error =>
	typeof key === 'string' || Buffer.isBuffer(key) ? parseKey(key) : key;

function identitiesOf(agent: BaseAgent): Promise<ParsedKey[]> {
	return new Promise((resolve, reject) => {
		agent.getIdentities((error, keys) => {
			if (error) reject(error);
			else
				resolve((keys ?? []).map(key => asKey(key as ParsedKey)).filter(key => !(key instanceof Error)) as ParsedKey[]);
		});
	});
}

/**
 * Offers keys in OpenSSH's order: those of the agent that stand in the configuration, the agent's others (not with
 * IdentitiesOnly), then files. The server says whether it would take a public key before anything is signed, so a
 * passphrase is asked for only where the key is the right one.
 */
export class KeyRing extends ssh2.BaseAgent<ParsedKey> {
	readonly identities: readonly Identity[];
	/** What kept the agent from being asked, or null. */
	agentProblem: string | null = null;
	/** How many keys the agent holds; null where there is none, or it could not be asked. */
	agentHolds: number | null = null;
	/** What signed last: "the agent", or a file. */
	signed: string | null = null;
	/** Files whose passphrase was wanted and not given. */
	readonly declined = new Set<string>();
	readonly #agent: BaseAgent | null;
	readonly #only: boolean;
	readonly #ask: Questions | undefined;
	readonly #memory: Memory;
	#offers: readonly Offer[] = [];

	constructor(host: HostConfig, ask: Questions | undefined, memory: Memory, extra: readonly Identity[] = []) {
		super();
		this.identities = [
			...extra,
			...[...new Set(host.identityFiles)].map(readIdentity).filter(identity => identity !== null),
		];
		this.#agent = host.identityAgent === null ? null : ssh2.createAgent(host.identityAgent);
		this.#only = host.identitiesOnly;
		this.#ask = ask;
		this.#memory = memory;
	}

	/** What is offered, for the sentence of a failed login. */
	offered(): {readonly agent: number; readonly files: readonly string[]} {
		const files = this.#offers.flatMap(({from}) => (from === 'agent' ? [] : [from.file]));
		return {agent: this.#offers.length - files.length, files};
	}

	/** Locked keys of which not even the public part is known: to be unlocked before they can be offered. */
	blind(): readonly Identity[] {
		return this.identities.filter(({kind, publicKey}) => kind === 'locked' && publicKey === null);
	}

	/** Collects what can be offered. Resolves to how many keys there are. */
	async prepare(): Promise<number> {
		let held: ParsedKey[] = [];
		if (this.#agent !== null)
			try {
				held = await identitiesOf(this.#agent);
				this.agentHolds = held.length;
			} catch (error) {
				this.agentProblem = (error as Error).message;
			}
		const fromFiles = this.identities.flatMap(from => (from.publicKey === null ? [] : [{key: from.publicKey, from}]));
		const configured = fromFiles.map(({key}) => blobOf(key));
		const rank = (key: ParsedKey): number => {
			const at = configured.indexOf(blobOf(key));
			return at < 0 ? configured.length : at;
		};
		const agent = held
			.filter(key => !this.#only || configured.includes(blobOf(key)))
			.toSorted((a, b) => rank(a) - rank(b))
			.map(key => ({key, from: 'agent' as const}));
		const inAgent = new Set(agent.map(({key}) => blobOf(key)));
		this.#offers = [
			...agent,
			...fromFiles.filter(({key, from}) => from.kind !== 'public' && !inAgent.has(blobOf(key))),
		];
		return this.#offers.length;
	}

	override getIdentities(callback: IdentityCallback<ParsedKey>): void {
		callback(
			undefined,
			this.#offers.map(({key}) => key),
		);
	}

	override sign(
		publicKey: ParsedKey,
		data: Buffer,
		optionsOrCallback: SigningRequestOptions | SignCallback,
		callback?: SignCallback,
	): void {
		const options = typeof optionsOrCallback === 'function' ? {} : optionsOrCallback;
		const done = (typeof optionsOrCallback === 'function' ? optionsOrCallback : callback) ?? (() => {});
		// An error here makes ssh2 say so (level "agent") and go on with the next key.
		this.#sign(publicKey, data, options)
			.then(
				signature => done(undefined, signature),
				error => done(error instanceof Error ? error : new Error(String(error))),
			)
			.catch(() => {
				// The connection went away while a passphrase was typed.
			});
	}

	async #sign(publicKey: ParsedKey, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
		const wanted = asKey(publicKey);
		if (wanted instanceof Error) throw wanted;
		const offer = this.#offers.find(({key}) => blobOf(key) === blobOf(wanted));
		if (offer === undefined) throw new Error('this key was not offered');
		this.signed = offer.from === 'agent' ? 'a key of the agent' : offer.from.file;
		if (offer.from === 'agent') return await this.#signByAgent(wanted, data, options);
		const key = await unlock(offer.from, this.#ask, this.#memory);
		if (key === null) {
			this.declined.add(offer.from.file);
			throw new Error(`${offer.from.file} stayed locked`);
		}
		const signature: Buffer | Error = key.sign(data, options.hash);
		if (signature instanceof Error) throw signature;
		return signature;
	}

	#signByAgent(key: ParsedKey, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
		const agent = this.#agent;
		if (agent === null) return Promise.reject(new Error('no agent'));
		return new Promise((resolve, reject) => {
			agent.sign(key, data, options, (error, signature) => {
				if (error || signature === undefined) reject(error ?? new Error('the agent gave no signature'));
				else resolve(signature);
			});
		});
	}
}
