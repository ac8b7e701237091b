/** Made-up frames of a session, the same for the same seed. */
import type {Frame} from '../../../src/domain/frame.ts';
import {everything} from '../../../src/domain/source.ts';
import {randomOf} from '../../support/chance.ts';

const hex = (random: () => number, length: number): string =>
	Array.from({length}, () => Math.floor(random() * 16).toString(16)).join('');

const WORDS =
	'starting stopped container layer pulled healthcheck supervisor applying target state network link timeout device mmc0'.split(
		' ',
	);

/** One journal entry as a follower gives it, of about the length that real ones have. */
export function entryFrame(
	number: number,
	random: () => number,
	more: readonly [string, string | Uint8Array][] = [],
): Frame {
	const us = 1_795_601_034_000_000 + number * 20_000;
	const message = Array.from({length: 6 + Math.floor(random() * 8)}, () => WORDS[Math.floor(random() * WORDS.length)]);
	return {
		t: 'out',
		ch: 2,
		unit: {
			kind: 'entry',
			entry: [
				[
					'__CURSOR',
					`s=5c2e14f60d2b4f6e8b7a9c0d1e2f3a4b;i=${number.toString(16)};b=6a1f0c9e2b7d4e538c46d09b1a7f3e25;m=${(number * 20_000).toString(16)};t=${us.toString(16)};x=${hex(random, 16)}`,
				],
				['__REALTIME_TIMESTAMP', String(us)],
				['__MONOTONIC_TIMESTAMP', String(number * 20_000)],
				['_BOOT_ID', '6a1f0c9e2b7d4e538c46d09b1a7f3e25'],
				['_TRANSPORT', 'stdout'],
				['PRIORITY', '6'],
				['SYSLOG_IDENTIFIER', 'balena-supervisor'],
				['_COMM', 'node'],
				['_SYSTEMD_UNIT', 'balena-supervisor.service'],
				['_SYSTEMD_INVOCATION_ID', '0b1c2d3e4f5061728394a5b6c7d8e9f0'],
				['_PID', String(1000 + Math.floor(random() * 9))],
				['MESSAGE', `[info]    ${number} ${message.join(' ')}`],
				...more,
			],
		},
		at: 1_795_601_034_000 + number * 20,
		ms: number * 20,
	};
}

const at = 1_795_601_034_000;

/** Header and the follower's opening. */
export const opening: readonly Frame[] = [
	{t: 'header', version: 1, program: 'devtop test', target: 'root@dev', road: 'direct', scope: everything, at, ms: 0},
	{t: 'link', link: {kind: 'live', since: at}, at, ms: 0},
	{t: 'open', ch: 2, source: 'journal', argv: ['journalctl', '--follow'], token: 'x', at, ms: 0},
];

/** A whole session with so many lines of the journal. */
export function* sessionOf(lines: number, seed = 1): Generator<Frame> {
	const random = randomOf(seed);
	yield* opening;
	for (let number = 1; number <= lines; number++) {
		yield entryFrame(number, random);
		if (number % 50 === 0)
			yield {
				t: 'tick',
				received: number * 600,
				sent: number,
				roundTripMs: 40,
				at: at + number * 20,
				ms: number * 20,
			};
	}
	yield {t: 'bye', lines, at: at + lines * 20, ms: lines * 20};
}

/** Time passes. */
export const tick = (ms: number): Frame => ({
	t: 'tick',
	received: 0,
	sent: 0,
	roundTripMs: null,
	at: 1_795_601_034_000 + ms,
	ms,
});

/** A line of the journal, so long after the beginning. */
export const entryAt = (number: number, ms: number): Frame => ({
	...entryFrame(number, randomOf(number)),
	at: 1_795_601_034_000 + ms,
	ms,
});
