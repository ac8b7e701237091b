/**
 * Looks for devices in a gateway's own networks, by opening channels through it: nothing is run there for it. Gently: few
 * at a time, small networks only, and none that are a container's, a tunnel's or a mobile carrier's.
 */
import {isForbidden} from './connect.ts';
import type {Link} from './link.ts';

/** What is asked of the gateway: its routes, its neighbours, its own addresses. */
export const NETWORKS_ARGV: readonly string[] = ['cat', '/proc/net/route', '/proc/net/arp', '/proc/net/fib_trie'];

/** At once. An address where nobody is costs the gateway three ARP requests and three seconds. */
const AT_ONCE = 16;
/** So long may an address take to answer, and to say that it speaks SSH. */
const PATIENCE_MS = 4000;
/** The largest network, as the bits of its mask: 1022 addresses. */
const LARGEST_BITS = 22;
/** Interfaces of containers, tunnels and mobile carriers. */
const OTHERS = /^(?:lo|docker|balena|br-|veth|virbr|supervisor|resin-|tun|tap|wg|ppp|wwan|rmnet)/;

type Networks = {
	/** `198.18.1.0/24`, those that are swept. */
	readonly swept: readonly string[];
	/** Those that are too large. */
	readonly left: readonly string[];
	/** In the order in which they are tried: whom the gateway knows as a neighbour first. */
	readonly addresses: readonly string[];
};

const dotted = (value: number): string => [24, 16, 8, 0].map(shift => (value >>> shift) & 255).join('.');

/** As /proc/net/route writes an address: a number of the host's byte order, which is little-endian on all that run balenaOS. */
function fromRoute(hex: string): number {
	const value = Number.parseInt(hex, 16);
	return (((value & 255) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/** A gateway has a few networks of its own; what says that it has hundreds is not believed. */
const MOST_NETWORKS = 8;
/** Not somebody else's: private, shared, link-local, for tests and for documents (RFC 1918, 6598, 3927, 2544, 5737). */
const PRIVATE = [
	[0x0a000000, 8],
	[0xac100000, 12],
	[0xc0a80000, 16],
	[0x64400000, 10],
	[0xa9fe0000, 16],
	[0xc6120000, 15],
	[0xc0000200, 24],
	[0xc6336400, 24],
	[0xcb007100, 24],
] as const;
const isPrivate = (network: number): boolean =>
	PRIVATE.some(([base, bits]) => Math.floor(network / 2 ** (32 - bits)) === Math.floor(base / 2 ** (32 - bits)));

/** Reads what `NETWORKS_ARGV` printed: of a hostile gateway, anything. */
export function networksIn(text: string): Networks {
	const own = new Set(
		[...text.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)].map(([, address]) => address),
	);
	const swept: string[] = [];
	const left: string[] = [];
	const neighbours: string[] = [];
	const all: string[] = [];
	for (const line of text.split('\n')) {
		const neighbour = /^(\d+\.\d+\.\d+\.\d+)\s+0x\S+\s+0x(\S+)\s+\S+\s+\S+\s+(\S+)\s*$/.exec(line);
		// 0x2: somebody answered.
		if (neighbour !== null && Number.parseInt(neighbour[2] ?? '', 16) & 2 && !OTHERS.test(neighbour[3] ?? ''))
			neighbours.push(neighbour[1] ?? '');
		const route = /^(\S+)\t([0-9A-F]{8})\t00000000\t(?:\S+\t){4}([0-9A-F]{8})\t/.exec(line);
		if (route === null || OTHERS.test(route[1] ?? '')) continue;
		const network = fromRoute(route[2] ?? '');
		const bits = 32 - Math.log2(2 ** 32 - fromRoute(route[3] ?? ''));
		const name = `${dotted(network)}/${bits}`;
		// The default route without a router, and hosts.
		if (bits === 0 || bits > 30 || swept.includes(name)) continue;
		const taken = bits >= LARGEST_BITS && swept.length < MOST_NETWORKS && isPrivate(network);
		if (!taken) {
			if (left.length < MOST_NETWORKS) left.push(name);
		} else swept.push(name);
		if (taken) for (let host = 1; host < 2 ** (32 - bits) - 1; host++) all.push(dotted((network + host) >>> 0));
	}
	const known = new Set(all);
	const near = neighbours.filter(address => known.has(address));
	return {swept, left, addresses: [...new Set([...near, ...all])].filter(address => !own.has(address))};
}

/** Whether an SSH server answers there; `forbidden` where the gateway forwards nothing. */
function knock(through: Link, address: string, port: number): Promise<'ssh' | 'nobody' | 'forbidden'> {
	return new Promise(resolve => {
		let settled = false;
		const settle = (found: 'ssh' | 'nobody' | 'forbidden'): void => {
			settled = true;
			clearTimeout(timer);
			forget();
			resolve(found);
		};
		const timer = setTimeout(() => settle('nobody'), PATIENCE_MS);
		const forget = through.onLost(() => settle('nobody'));
		try {
			through.client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
				if (error) {
					if (!settled) settle(isForbidden(error) ? 'forbidden' : 'nobody');
					return;
				}
				stream.on('error', () => {});
				if (settled) {
					stream.destroy();
					return;
				}
				stream
					.once('data', (bytes: Buffer) => {
						settle(bytes.toString('latin1').startsWith('SSH-') ? 'ssh' : 'nobody');
						stream.destroy();
					})
					.once('close', () => settle('nobody'));
			});
		} catch {
			settle('nobody');
		}
	});
}

/**
 * Knocks at all addresses, a few at a time.
 *
 * @param found told of each that answers, one after the other; true ends the sweep.
 * @returns false where the gateway forwards nothing.
 */
export async function sweep(
	through: Link,
	addresses: readonly string[],
	port: number,
	found: (address: string) => Promise<boolean>,
): Promise<boolean> {
	let next = 0;
	let over = false;
	let forbidden = false;
	let turn = Promise.resolve();
	const work = async (): Promise<void> => {
		while (!over && through.lost === null) {
			const address = addresses[next++];
			if (address === undefined) return;
			const answer = await knock(through, address, port);
			if (answer === 'forbidden') forbidden = over = true;
			if (answer !== 'ssh') continue;
			turn = turn.then(async () => {
				if (!over && (await found(address))) over = true;
			});
			await turn;
		}
	};
	await Promise.all(Array.from({length: AT_ONCE}, work));
	return !forbidden;
}
