import {expect, test} from 'vitest';
import {parseCommand} from '../../../src/commands/arguments.ts';
import {defaults} from '../../../src/commands/config/shape.ts';
import {patient} from '../../../src/commands/patience.ts';
import {type FailureCode, failure, isFailure, type Road, type Transport} from '../../../src/domain/channel.ts';

const transport = {} as Transport;

/** A road that answers so often with these failures, and then stands. */
function waiting(codes: readonly FailureCode[], ms = Number.POSITIVE_INFINITY) {
	const notes: string[] = [];
	let rung = 0;
	let tries = 0;
	let clock = 0;
	const road: Road = {
		name: 'direct',
		target: 'root@device',
		connect: async () => {
			const code = codes[tries++];
			clock += 60_000;
			return code === undefined ? transport : failure(code, `It failed (${code}).`);
		},
	};
	const patience = patient(road, {
		ms,
		note: text => notes.push(text),
		ring: () => rung++,
		random: () => 0.5,
		now: () => clock,
		pauses: [0],
	});
	return {patience, notes, rung: () => rung, tries: () => tries};
}

const signal = () => new AbortController().signal;

test('a device that is off is waited for; each new reason is said once, and its coming rings', async () => {
	const {patience, notes, rung} = waiting(['refused', 'refused', 'timeout']);
	expect(await patience.road.connect(signal())).toBe(transport);
	expect(patience.waited()).toBe(true);
	expect(notes).toEqual([
		'It failed (refused). It is waited for, and tried again; Ctrl-C leaves.',
		expect.stringMatching(/^Still waiting, for .* so far: It failed \(timeout\)\.$/),
		expect.stringMatching(/^root@device answers, after .*: what it says now is recorded first\.$/),
	]);
	expect(rung()).toBe(1);
});

test('one that is there at once was not waited for, and a later loss is not waited out here', async () => {
	const {patience, notes, rung, tries} = waiting([]);
	expect(await patience.road.connect(signal())).toBe(transport);
	expect([patience.waited(), notes, rung()]).toEqual([false, [], 0]);
	const late = waiting(['refused']);
	await late.patience.road.connect(signal());
	await late.patience.road.connect(signal());
	expect([tries(), late.tries()]).toEqual([1, 3]);
});

test('coming back is told step by step, as without waiting', async () => {
	const steps: string[] = [];
	const told = patient(
		{
			name: 'direct',
			target: 'root@device',
			connect: async (_signal, onStep) => {
				onStep?.({id: 'tcp', title: 'TCP', at: null, end: null});
				return transport;
			},
		},
		{ms: 1, note: () => {}, ring: () => {}, random: () => 0.5, now: () => 0},
	).road;
	for (let times = 0; times < 2; times++) await told.connect(signal(), ({id}) => steps.push(id));
	expect(steps).toEqual(['tcp']);
});

test.each(['auth', 'host-key-changed', 'key', 'usage'] as const)('%s is not tried again', async code => {
	const {patience, notes, tries} = waiting([code]);
	expect(await patience.road.connect(signal())).toMatchObject({kind: 'failure', code});
	expect([notes, tries()]).toEqual([[], 1]);
});

test('the time that was given ends it, with the last reason', async () => {
	const {patience, tries} = waiting(Array(99).fill('unreachable'), 150_000);
	const ended = await patience.road.connect(signal());
	expect(isFailure(ended) && ended.message).toMatch(/^It failed \(unreachable\)\. It was tried for .* \(\d times\)\.$/);
	expect(tries()).toBeLessThan(5);
});

test('it leaves when it is told to', async () => {
	const abort = new AbortController();
	const {patience} = waiting(Array(99).fill('refused'));
	setTimeout(() => abort.abort(), 20);
	expect(await patience.road.connect(abort.signal)).toMatchObject({kind: 'failure'});
});

test.each([
	[['device', '--wait'], Number.POSITIVE_INFINITY],
	[['device', '--wait=2h'], 7_200_000],
	[['device'], null],
	[['record', 'device', '--output', 'f', '--wait=90s'], 90_000],
] as const)('%j', (args, waitMs) => {
	expect(parseCommand([...args], () => defaults)).toMatchObject({waitMs});
});

test.each([
	[['device', '--wait=soon'], /--wait= takes a time such as 90s/],
	[['demo', '--wait'], /demo goes over no network: leave out --wait/],
	[['ls', '--wait'], /--wait goes with/],
] as const)('%j is refused', (args, why) => {
	expect(parseCommand([...args], () => defaults)).toMatchObject({message: expect.stringMatching(why)});
});
