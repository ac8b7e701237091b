import {expect, onTestFinished, test} from 'vitest';
import {listActions} from '../../../src/commands/act-list.ts';
import {deedOf} from '../../../src/commands/act-words.ts';
import type {Action, ActionId} from '../../../src/domain/guard.ts';
import {noteOf, toMarkdown} from '../../../src/handover/index.ts';
import {bench} from './bench.ts';

/** What ARCHITECTURE.md says of a new action: one record, and everything else follows from it. */
const resetFailed: Action = {
	id: 'unit.reset' as ActionId,
	title: 'Forget that the unit failed',
	key: 'f',
	word: 'reset-failed',
	effect: 'its failed state and its count of restarts are forgotten',
	proves: 'it is not failed any more',
	of: 'unit',
	risk: () => 'reversible',
	notOffered: (_, {unit}) => (unit?.activeState === 'failed' ? '' : 'It has not failed.'),
	checks: [(_, {unit}) => [{weight: 'says', text: `It restarted ${unit?.restarts ?? 0} times.`}]],
	basis: (_, {unit}) => `${unit?.activeState}`,
	steps: subject => [['systemctl', 'reset-failed', '--', subject.kind === 'unit' ? subject.unit : '']],
	consequence: () => 'Nothing is stopped or started.',
	mayNotReturn: false,
	proof: (_, {now}) =>
		now?.unit?.activeState === 'inactive'
			? {kind: 'proven', sentence: 'It is not failed any more.'}
			: {kind: 'waiting', sentence: 'not looked at yet'},
	proofLimitMs: 10_000,
};

test('an action is one record: words, list, dialog, recording, proof and note follow', async () => {
	const table = [resetFailed];
	const deed = deedOf(['reset-failed', 'chronyd'], table);
	expect(deed).toEqual({action: 'unit.reset', subject: {kind: 'unit', unit: 'chronyd.service'}});
	expect(listActions(table).text).toMatch(
		/^reset-failed UNIT +unit\.reset +R1 can be taken back\n +effect: its failed state .*\n +proof: +it is not failed any more\n/,
	);

	const one = await bench({more: table});
	onTestFinished(() => one.close());
	const {gate} = one.session;
	const subject = {kind: 'unit', unit: 'chronyd.service'} as const;
	gate.consent({
		by: 'Ann',
		via: 'phone',
		words: 'please do',
		kind: 'customer',
		actions: [resetFailed.id],
		units: 'any',
		minutes: 5,
	});
	await gate.propose(resetFailed.id, subject);
	expect(gate.proposal).toMatchObject({phase: 'refused', why: 'It has not failed.'});

	const unit = one.device.units.find('chronyd.service');
	if (unit === undefined) throw new Error('no chronyd');
	one.device.units.enter(unit, 'failed', 'failed');
	await gate.propose(resetFailed.id, subject);
	expect(gate.proposal).toMatchObject({
		phase: 'ready',
		title: resetFailed.title,
		risk: 'reversible',
		steps: [['systemctl', 'reset-failed', '--', 'chronyd.service']],
		consequence: 'Nothing is stopped or started.',
		findings: [{weight: 'says', text: 'It restarted 0 times.'}],
		confirmation: {kind: 'yes'},
	});
	expect(await gate.confirm('y')).toBe('');
	await one.until(() => one.session.fold.guard.runs.at(-1)?.verdict !== null);
	await one.session.stop();

	const frames = one.frames();
	expect(
		frames.flatMap(frame => (frame.t === 'granted' || frame.t === 'ran' || frame.t === 'verdict' ? [frame.t] : [])),
	).toEqual(['granted', 'ran', 'verdict']);
	const text = toMarkdown(noteOf(frames, {file: 'f', bytes: 1, problems: () => []}));
	expect(text).toContain('### 2. Forget that the unit failed: chronyd.service');
	expect(text).toMatch(/proven at .*: It is not failed any more\./);
	expect(text).toContain('- **Sent:** systemctl reset-failed -- chronyd.service');
	expect(text).toMatch(/- \*\*State:\*\* failed \(failed\).* → inactive \(dead\)/);
});
