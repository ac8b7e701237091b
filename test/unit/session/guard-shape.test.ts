import {expect, test} from 'vitest';
import {isFrame} from '../../../src/session/recording/shape.ts';

const at = {at: 1, ms: 1};
const about = {id: 1, action: 'unit.restart', title: 'Restart the unit', subject: {kind: 'unit', unit: 'a.service'}};
const consent = {
	id: 1,
	by: 'Ann',
	via: 'ticket',
	words: 'yes',
	kind: 'customer',
	actions: 'any',
	units: ['a.service'],
	device: 'd',
	untilMs: 1,
};
const frames: readonly Readonly<Record<string, unknown>>[] = [
	{t: 'ask', ...about},
	{t: 'consent', consent},
	{t: 'disarm', why: 'w'},
	{t: 'granted', ...about, consent: 1, risk: 'disruptive', confirmed: 'yes', basis: 'b', steps: [['true']]},
	{t: 'refused', ...about, why: 'w'},
	{t: 'ran', id: 1, ch: 1, step: 0, argv: ['true'], token: 't'},
	{t: 'proof', id: 1, proof: {kind: 'waiting', sentence: 's'}},
	{t: 'verdict', id: 1, verdict: {kind: 'proven', sentence: 's'}},
];

test.each(frames)('$t: is a frame, and none where a part of it is missing or of another kind', frame => {
	expect(isFrame({...frame, ...at})).toBe(true);
	for (const name of Object.keys(frame)) {
		if (name === 't' || name === 'token') continue;
		expect([name, isFrame({...frame, ...at, [name]: undefined})]).toEqual([name, false]);
		expect([name, isFrame({...frame, ...at, [name]: {kind: 5}})]).toEqual([name, false]);
	}
});
