/** What the tests of the SSH transport share: running a command to its end, and hosts by hand. */
import {
	type Channel,
	type Failure,
	isFailure,
	type Road,
	type StreamEnd,
	type Transport,
} from '../../../src/domain/channel.ts';
import type {Questions} from '../../../src/transport/ssh/questions.ts';

export const never = (): AbortSignal => new AbortController().signal;

/** The value, or the failure's sentence as an error. */
export function got<Value>(value: Value | Failure): Value {
	if (isFailure(value)) throw new Error(`${value.code}: ${value.message}`);
	return value;
}

export const connected = async (road: Road): Promise<Transport> => got(await road.connect(never()));

export type Result = {readonly out: string; readonly err: string; readonly end: StreamEnd};

/** Reads a channel to its end. */
export function drain(channel: Channel): Promise<Result> {
	return new Promise(resolve => {
		const out: Uint8Array[] = [];
		const err: Uint8Array[] = [];
		const text = (parts: Uint8Array[]): string => Buffer.concat(parts).toString('utf8');
		channel.read({
			out: bytes => out.push(bytes),
			err: bytes => err.push(bytes),
			end: end => resolve({out: text(out), err: text(err), end}),
		});
	});
}

export const run = async (transport: Transport, command: string): Promise<Result> =>
	drain(got(await transport.open(command)));

/** Waits until something is so. */
export async function until(so: () => boolean, what: string): Promise<void> {
	for (let tries = 0; tries < 500; tries++) {
		if (so()) return;
		await new Promise(resolve => setTimeout(resolve, 10));
	}
	throw new Error(`never came: ${what}`);
}

/** Questions with fixed answers, and the list of what was asked. */
export function answers(given: {
	hostKey?: boolean;
	passphrases?: readonly (string | null)[];
	passwords?: readonly (string | null)[];
}): {ask: Questions; asked: string[]} {
	const asked: string[] = [];
	const passphrases = [...(given.passphrases ?? [])];
	const passwords = [...(given.passwords ?? [])];
	return {
		asked,
		ask: {
			hostKey: async ({type}) => {
				asked.push(`hostKey ${type}`);
				return given.hostKey ?? false;
			},
			passphrase: async ({file, again}) => {
				asked.push(`passphrase ${file.split('/').at(-1)}${again ? ' again' : ''}`);
				return passphrases.shift() ?? null;
			},
			password: async ({prompt}) => {
				asked.push(`password "${prompt}"`);
				return passwords.shift() ?? null;
			},
		},
	};
}
