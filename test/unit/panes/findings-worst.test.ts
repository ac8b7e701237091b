import {expect, test} from 'vitest';
import {findings} from '../../../src/panes/findings/index.ts';
import type {State} from '../../../src/panes/findings/reduce.ts';
import {recorded} from '../../support/mount.tsx';

const endOf = (name: string): {state: State; now: number; beganAt: number} => {
	const {fold} = recorded(name);
	return {state: fold.panes.findings as State, now: fold.at, beganAt: fold.at - fold.ms};
};

test.each([
	['healthy', null],
	['engine-killed-twice', {severity: 'error', text: 'balena: killed, 9/KILL ×2'}],
	['kernel-trouble', {severity: 'error', text: 'out of memory, its own limit node, 128048kB'}],
])('the worst of %s', (name, worst) => {
	const {state, now, beganAt} = endOf(name);
	expect(findings.worst?.(state, now, beganAt)).toEqual(worst);
});

test('an error that is over comes before a warning that goes on, and what was before the session counts only while it lasts', () => {
	const {state, now, beganAt} = endOf('engine-killed-twice');
	const killed = Object.values(state.all).find(({rule}) => /killed/.test(rule));
	if (killed === undefined) throw new Error('nothing was killed');
	const over = {...killed, endedMs: killed.lastMs + 1};
	const warning = {...killed, key: 'w', rule: 'w', weight: 'warning' as const, title: 'slow', subject: '', detail: ''};
	const both: State = {...state, all: {[killed.key]: over, w: warning}};
	expect(findings.worst?.(both, now, beganAt)).toEqual({severity: 'error', text: 'balena: killed, 9/KILL ×2 (over)'});
	expect(findings.worst?.(both, now, now + 1000)).toEqual({severity: 'warning', text: 'slow ×2'});
	const known: State = {...both, snoozed: {w: {text: 'planned', count: warning.count}}};
	expect(findings.worst?.(known, now, now + 1000)).toBe(null);
});
