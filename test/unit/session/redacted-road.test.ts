import {expect, test} from 'vitest';
import {type Failure, failure, isFailure, type Road, type Transport} from '../../../src/domain/channel.ts';
import {everything} from '../../../src/domain/source.ts';
import {redactedRoad} from '../../../src/session/redaction/road.ts';
import {Session} from '../../../src/session/session.ts';
import {redactor} from './redact-support.ts';

const says = 'The jump host said "token: GITLAB_TOKEN=0a1b2c3d4e5f", then nothing.';
const clean = says.replace('0a1b2c3d4e5f', '‹redacted:env›');

const roadOf = (connected: Transport | Failure): Road => ({
	name: 'test',
	target: 'root@dev',
	connect: async () => connected,
});
const never = new AbortController().signal;

test('what a road says of its failure, its loss and its channels passes the redactor', async () => {
	const cutter = redactor();
	const text = (sentence: string): string => cutter.text(sentence);
	expect(await redactedRoad(roadOf(failure('auth', says)), text).connect(never)).toEqual(failure('auth', clean));
	let lose: (why: string) => void = () => {};
	const transport: Transport = {
		open: async () => failure('channel', says),
		openTerminal: async () => failure('channel', says),
		onLost: listener => {
			lose = listener;
		},
		traffic: () => ({received: 1, sent: 2}),
		roundTripMs: () => 3,
		close: async () => {},
	};
	const over = await redactedRoad(roadOf(transport), text).connect(never);
	if (isFailure(over)) throw new Error(over.message);
	expect(await over.open('ls')).toEqual(failure('channel', clean));
	const lost: string[] = [];
	over.onLost(why => lost.push(why));
	lose(says);
	expect(lost).toEqual([clean]);
	expect([over.traffic(), over.roundTripMs()]).toEqual([{received: 1, sent: 2}, 3]);
	expect(cutter.counts()).toEqual({env: 3});
});

test('a session that cannot begin says so without secrets', async () => {
	const session = new Session({
		road: roadOf(failure('auth', says)),
		scope: everything,
		sources: {} as never,
		panes: [],
		tag: () => [],
		wire: {} as never,
		recorder: null,
		actions: [],
		findingsOf: () => [],
		lookOnly: '',
		own: [],
		redactor: redactor(),
		program: 'test',
		random: () => 0,
		clock: {now: () => 0, elapsed: () => 0},
		held: () => ({held: 0, evicted: 0}),
	});
	expect(await session.begin()).toEqual(failure('auth', clean));
});
