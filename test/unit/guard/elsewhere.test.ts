import {expect, test} from 'vitest';
import type {Consent} from '../../../src/domain/guard.ts';
import {whyNoShell} from '../../../src/ui/guard/elsewhere.ts';

const consent: Consent = {
	id: 1,
	by: 'Ann Example',
	via: 'ticket',
	words: 'go ahead',
	kind: 'customer',
	actions: 'any',
	units: 'any',
	untilMs: 60_000,
	device: 'device',
};

type Case = Parameters<typeof whyNoShell>[0];
const armed = (consents: readonly Consent[], more: Partial<Case['guard']> = {}): Pick<Case, 'guard'> => ({
	guard: {lookOnly: '', own: false, ms: 1000, consents, ...more} as Case['guard'],
});
const caseOf = (more: Partial<Case>): Case => ({
	replay: null,
	recording: {file: 'session.devtop.jsonl', bytes: 1},
	paused: null,
	link: {kind: 'live'} as Case['link'],
	...armed([consent]),
	...more,
});

test.each([
	['everything holds', {}, /^$/],
	['a replay', {replay: {} as Case['replay']}, /A replay has no device/],
	['look only', armed([consent], {lookOnly: 'This session only looks.'}), /only looks/],
	['no recording', {recording: null}, /is not recorded/],
	['a paused recording', {paused: 'lunch' as never}, /the recording is paused/],
	['a lost link', {link: {kind: 'lost'} as never}, /The link is not up/],
	['no permission', armed([]), /no permission on record for it: A records one/],
	['no permission, on a device of our own', armed([], {own: true}), /A arms this device/],
	['a permission that has ended', armed([{...consent, untilMs: 1000}]), /no permission/],
	['a permission for something else', armed([{...consent, actions: ['unit.restart']}]), /no permission/],
	['a permission for some units', armed([{...consent, units: ['chronyd.service']}]), /no permission/],
] as const)('%s', (_, more, why) => {
	expect(whyNoShell(caseOf(more))).toMatch(why);
});
