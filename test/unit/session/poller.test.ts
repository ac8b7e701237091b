import {expect, test} from 'vitest';
import type {Running} from '../../../src/session/connection.ts';
import {Poller} from '../../../src/session/poller.ts';

/** A shell that answers when it is told to. */
function shell() {
	let answered = 0;
	let end: () => void = () => {};
	const written: string[] = [];
	let closed = false;
	const running: Running = {
		ch: 1,
		follows: false,
		units: () => 0,
		answered: () => answered,
		write: text => void written.push(text),
		stop: () => void written.push('stop'),
		close: () => {
			closed = true;
		},
		exit: new Promise(resolve => {
			end = () => resolve({kind: 'lost', why: 'killed'});
		}),
	};
	return {
		running,
		written,
		answer: (tick: number) => {
			answered = tick;
		},
		die: async () => {
			end();
			await running.exit;
		},
		closed: () => closed,
	};
}

function polled() {
	const shells: ReturnType<typeof shell>[] = [];
	const notices: string[] = [];
	let now = 1_000_000;
	const poller = new Poller({
		id: 'sampler',
		limitMs: 20_000,
		open: async () => {
			const one = shell();
			shells.push(one);
			return one.running;
		},
		now: () => now,
		notice: sentence => void notices.push(sentence),
	});
	const later = (ms: number): void => {
		now += ms;
	};
	return {poller, shells, notices, later};
}

test('one question at a time: a slow device is not asked faster than it answers', async () => {
	const {poller, shells, later} = polled();
	expect(await poller.ask(['units'])).toBe(true);
	later(2000);
	expect(await poller.ask(['units'])).toBe(false);
	shells[0]?.answer(1);
	expect(await poller.ask(['vitals'])).toBe(true);
	expect(shells[0]?.written).toEqual(['1 units\n', '2 vitals\n']);
});

test('a lost answer is waited for as long as the limit, then another shell is asked for everything', async () => {
	const {poller, shells, notices, later} = polled();
	await poller.ask(['units']);
	later(19_000);
	expect(await poller.ask(['units'])).toBe(false);
	later(2000);
	expect(await poller.ask(['units'])).toBe(false);
	expect(shells[0]?.written.at(-1)).toBe('stop');
	expect(shells[0]?.closed()).toBe(true);
	expect(notices).toEqual([expect.stringContaining('no answer about unit states and vitals for 20 s')]);
	expect(await poller.ask(['units'])).toBe(true);
	expect(shells[1]?.written).toEqual(['2 units full\n']);
});

test('a shell that died is opened anew, but not more often than every five seconds', async () => {
	const {poller, shells, later} = polled();
	await poller.ask(['units']);
	await shells[0]?.die();
	later(1000);
	expect(await poller.ask(['units'])).toBe(false);
	later(4000);
	expect(await poller.ask(['units'])).toBe(true);
	expect(shells).toHaveLength(2);
});
