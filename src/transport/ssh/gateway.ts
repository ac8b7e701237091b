/** The road through a gateway: to a neighbour of it that is wanted by uuid, and whose address may have to be found first. */
import {
	type Cancel,
	type Failure,
	type FailureCode,
	failure,
	isFailure,
	isFinal,
	type Road,
	type Transport,
} from '../../domain/channel.ts';
import type {OnStep} from '../../domain/step.ts';
import {shortUuid} from '../../domain/uuid.ts';
import {Steps} from '../steps.ts';
import {answerOf} from './answer.ts';
import {forwardsNothing, type Reached} from './connect.ts';
import type {DialContext} from './dial.ts';
import {type Entered, enter, isNotEntered, type Wanted, type Who} from './enter.ts';
import {eachOnce, Memory, type Questions} from './questions.ts';
import {type HostConfig, targetOf} from './ssh-config.ts';
import {NETWORKS_ARGV, networksIn, sweep} from './sweep.ts';
import {SshTransport} from './transport.ts';

/** Where the wanted device may be. */
export type Place = {
	readonly host: string;
	/** Null: the device's own. */
	readonly port: number | null;
	/** Behind "at": `its last address`. */
	readonly what: string;
};

export type GatewayOptions = {
	/** Connects the gateway, by any road that forwards. */
	readonly approach: (context: DialContext) => Promise<Reached | Failure>;
	readonly gateway: HostConfig;
	/** How to log in to the wanted device; its `host` is not used. */
	readonly device: HostConfig;
	readonly wanted: Wanted;
	readonly who: Who;
	/** What is known of its address, the likeliest first. */
	readonly places: readonly Place[];
	/** The first place was given: no other is looked at. */
	readonly given: boolean;
	/** The gateway's own networks may be swept. */
	readonly sweep: boolean;
	readonly keepaliveMs: number;
	readonly ask?: Questions | undefined;
	readonly note?: (text: string) => void;
	readonly onBug?: (error: unknown) => void;
};

/** By mDNS too, where the gateway has no resolver for it: avahi is asked as it is, and never started. */
const LOOKUP =
	'a=$(getent ahostsv4 "$1" 2>/dev/null); if [ "$a" ]; then printf "%s\\n" "$a"; else ' +
	'busctl --system --auto-start=no --timeout=6 call org.freedesktop.Avahi / org.freedesktop.Avahi.Server ' +
	'ResolveHostName iisiu -- -1 -1 "$1" 0 0 2>/dev/null; fi';

const addressesIn = (text: string): string[] => [...new Set(text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [])];

/** A sweep is not repeated before that: a device that is gone is not there a second later. */
const SWEEP_AGAIN_MS = 10 * 60_000;

const AWAY = 'does not answer';
/** What a refusal says of who is there, among others. */
const WORDS: Partial<Record<FailureCode, string>> = {
	unreachable: AWAY,
	timeout: AWAY,
	'host-key-changed': 'shows another host key',
	'not-a-device': 'does not say which device it is',
};

type Found = {readonly reached: Reached; readonly entered: Entered};

/** One search for the device, over one connection to the gateway. */
class Search {
	readonly #options: GatewayOptions;
	readonly #reached: Reached;
	readonly #context: DialContext;
	readonly #wanted: Wanted;
	readonly #tried = new Set<string>();
	/** What was seen, for the sentence. */
	readonly #seen: string[] = [];
	/** The first refusal that says more than "not here". */
	#telling: Failure | null = null;

	constructor(options: GatewayOptions, reached: Reached, context: DialContext, wanted: Wanted) {
		this.#options = options;
		this.#reached = reached;
		this.#context = context;
		this.#wanted = wanted;
	}

	get #short(): string {
		return shortUuid(this.#wanted.uuid);
	}

	/** @returns null where it is not there. */
	async #at({host, port, what}: Place): Promise<Entered | Failure | null> {
		const {gateway, device, who} = this.#options;
		const at = {...device, host, port: port ?? device.port};
		if (this.#tried.has(targetOf(at))) return null;
		this.#tried.add(targetOf(at));
		const result = await enter(this.#reached, gateway, at, this.#wanted, who, this.#context);
		if (!isNotEntered(result)) return result;
		const {who: found, failure: why} = result;
		const over = this.#context.cancel.aborted || this.#reached.device.lost !== null || why.code === 'refused';
		if (found === 'itself' || over) return why;
		const word = found === null ? WORDS[why.code] : `is ${shortUuid(found.uuid)}`;
		if (word !== AWAY) this.#telling ??= why;
		this.#seen.push(`${host} (${what}) ${word ?? 'does not let us in'}`);
		return null;
	}

	async run(places: readonly Place[], mayLook: boolean, maySweep: boolean): Promise<Entered | Failure> {
		for (const place of places) {
			const result = await this.#at(place);
			if (result !== null) return result;
		}
		if (mayLook) {
			const named = await this.#byName();
			if (named !== null) return named;
			if (maySweep) {
				const swept = await this.#bySweep();
				if (swept !== null) return swept;
			}
		}
		return this.#nowhere(mayLook, maySweep);
	}

	/** balenaOS calls itself by the short uuid where nobody gave it another name. */
	async #byName(): Promise<Entered | Failure | null> {
		const name = `${this.#short}.local`;
		const answer = await answerOf(this.#reached.device, ['sh', '-c', LOOKUP, 'devtop', name]);
		const addresses = answer === null ? [] : addressesIn(answer);
		if (addresses.length === 0) this.#seen.push(`${name} has no address there`);
		for (const host of addresses) {
			const result = await this.#at({host, port: null, what: name});
			if (result !== null) return result;
		}
		return null;
	}

	async #bySweep(): Promise<Entered | Failure | null> {
		const {gateway, device} = this.#options;
		const networks = networksIn((await answerOf(this.#reached.device, NETWORKS_ARGV)) ?? '');
		const {note} = this.#context;
		if (networks.left.length > 0) note(`${networks.left.join(', ')} is too large to be swept.`);
		if (networks.swept.length === 0) {
			this.#seen.push(`${targetOf(gateway)} names no network of its own to sweep`);
			return null;
		}
		note(
			`Sweeping ${networks.swept.join(', ')} behind ${targetOf(gateway)} for port ${device.port}, a few addresses at a time: this takes about a minute a network of 254.`,
		);
		let end: Entered | Failure | null = null;
		const forwards = await sweep(this.#reached.device, networks.addresses, device.port, async host => {
			end = await this.#at({host, port: null, what: 'swept'});
			return end !== null;
		});
		if (!forwards) return forwardsNothing(gateway);
		this.#seen.push(`swept were ${networks.swept.join(', ')}`);
		return end;
	}

	#nowhere(mayLook: boolean, maySweep: boolean): Failure {
		// At a place that was guessed another key is another device at first; it may be gone again, so that is not the end.
		const other = mayLook && this.#telling?.code === 'host-key-changed';
		// Who answers at the one address that was given is all there is to say.
		if (this.#telling !== null && !other && (!mayLook || this.#seen.length === 1)) return this.#telling;
		const changed = other ? ` (${this.#telling?.message})` : '';
		const next = !mayLook
			? 'is it switched on, and is that its address?'
			: maySweep
				? `is it switched on, and in one of these networks? Its address can be given with -o HostName=ADDRESS`
				: `--sweep looks for it in the gateway's own networks, -o HostName=ADDRESS gives its address`;
		return failure(
			'unreachable',
			`${this.#short} was not found behind ${targetOf(this.#options.gateway)}: ${this.#seen.join(', ')}${changed}; ${next}${next.endsWith('?') ? '' : '.'}`,
		);
	}
}

/**
 * Connects the gateway and finds the device, so that the road knows where it goes before anything is recorded. Where that
 * fails and may go well later, the road is there all the same: its first connecting tells of it.
 *
 * Connecting again goes to the address that was found, and looks again where the device is no longer there.
 *
 * @param cancel null: nothing is connected before the road is.
 */
export async function gatewayRoad(options: GatewayOptions, cancel: Cancel | null): Promise<Road | Failure> {
	const {onBug = () => {}, keepaliveMs, gateway} = options;
	const memory = new Memory();
	const note = eachOnce(options.note);
	let {places} = options;
	let {wanted} = options;
	let sweptAt: number | null = null;

	const find = async (signal: Cancel, onStep?: OnStep): Promise<Found | Failure> => {
		const context: DialContext = {ask: options.ask, memory, note, cancel: signal, onBug, keepaliveMs};
		const reached = await options.approach({...context, ...(onStep && {onStep})});
		if (isFailure(reached)) return reached;
		const maySweep = options.sweep && (sweptAt === null || performance.now() - sweptAt > SWEEP_AGAIN_MS);
		const steps = new Steps(onStep, gateway);
		steps.begin('behind', 'behind it');
		const entered = steps.checked(
			await new Search(options, reached, context, wanted).run(places, !options.given, maySweep),
			({host, uuid}) => `${shortUuid(uuid)} at ${targetOf(host)}, host key and uuid as they should be`,
		);
		if (maySweep) sweptAt = performance.now();
		if (!isFailure(entered)) return {reached, entered};
		for (const link of reached.links.toReversed()) link.lose(entered.message, null);
		reached.socket.destroy();
		return entered;
	};

	const over = ({reached, entered}: Found): Transport => {
		const {link, host, uuid} = entered;
		wanted = {uuid, whole: true};
		const here: Place = {host: host.host, port: host.port, what: 'where it was'};
		places = [here, ...options.places.filter(place => place.host !== here.host)];
		const target = targetOf(host);
		return new SshTransport(reached.socket, [...reached.links, link], link, {target, probeMs: keepaliveMs, onBug});
	};

	const first = cancel === null ? null : await find(cancel);
	if (isFailure(first) && isFinal(first)) return first;
	let ready: Transport | Failure | null = first === null || isFailure(first) ? first : over(first);
	if (ready !== null && !isFailure(ready))
		ready.onLost(() => {
			ready = null;
		});
	return {
		name: `via ${targetOf(gateway)}`,
		target:
			first === null || isFailure(first)
				? `${options.device.user}@${options.given ? (places[0]?.host ?? '') : shortUuid(wanted.uuid)}`
				: targetOf(first.entered.host),
		connect: async (signal, onStep) => {
			const result = ready;
			ready = null;
			if (result !== null && !signal.aborted) return result;
			if (result !== null && !isFailure(result)) await result.close();
			const found = await find(signal, onStep);
			return isFailure(found) ? found : over(found);
		},
	};
}
