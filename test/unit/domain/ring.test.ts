import {expect, test} from 'vitest';
import {Ring} from '../../../src/domain/ring.ts';

const filled = (amount: number, items: number): Ring<number> => {
	let ring = Ring.empty<number>({items});
	for (let number = 0; number < amount; number++) ring = ring.push(number);
	return ring;
};

test.each([
	[0, 10],
	[10, 10],
	[11, 10],
	[512, 512],
	[2000, 700],
	[5000, 1024],
])('%i pushed into room for %i: the newest are held, the rest is counted', (amount, items) => {
	const ring = filled(amount, items);
	const held = Math.min(amount, items);
	expect([...ring]).toEqual(Array.from({length: held}, (_, index) => amount - held + index));
	expect({size: ring.size, evicted: ring.evicted, end: ring.end}).toEqual({
		size: held,
		evicted: amount - held,
		end: amount,
	});
	for (let number = ring.first; number < ring.end; number++) expect(ring.get(number)).toBe(number);
});

test('a ring stays as it was when others grow from it', () => {
	const base = filled(600, 5000);
	const left = base.push(-1);
	const right = base.push(-2).push(-3);
	expect([base.size, left.last, right.last, right.get(600)]).toEqual([600, -1, -3, -2]);
	expect([...base]).toEqual(Array.from({length: 600}, (_, index) => index));
});

test('older items go before the first, keep their numbers, and leave first', () => {
	let ring = filled(3, 4);
	ring = ring.unshift(-1) ?? ring;
	ring = ring.unshift(-2) ?? ring;
	expect([...ring]).toEqual([-2, -1, 0, 1, 2]);
	expect([ring.first, ring.get(-1), ring.get(-2), ring.get(0)]).toEqual([-2, -1, -2, 0]);
	ring = ring.push(3).push(4);
	expect([...ring]).toEqual([1, 2, 3, 4]);
	expect(ring.evicted).toBe(3);
	expect(ring.unshift(-3)).toBeNull();
});

test('weight is a limit too, but the newest is always held', () => {
	let ring = Ring.empty<string>({items: 100, weight: 10, weigh: item => item.length});
	for (const item of ['aaaa', 'bbbb', 'cccc']) ring = ring.push(item);
	expect([...ring]).toEqual(['bbbb', 'cccc']);
	ring = ring.push('x'.repeat(50));
	expect([ring.size, ring.weight, ring.evicted]).toEqual([1, 50, 3]);
	ring = ring.push('y');
	expect([...ring]).toEqual(['y']);
});

test('the last item can be replaced, in this ring only', () => {
	const base = filled(3, 10);
	const other = base.replaceLast(9);
	expect([[...base], [...other], other.push(3).get(3)]).toEqual([[0, 1, 2], [0, 1, 9], 3]);
});
