import {expect, test} from 'vitest';
import {toRecord} from '../../../src/domain/journal.ts';
import {findings} from '../../../src/panes/findings/index.ts';
import {isOn} from '../../../src/panes/findings/rows.ts';

const T0 = 1_795_600_000_000;

/** A kill of the engine, so many seconds after the first. */
const kill = (seconds: number) =>
	({
		at: T0 + seconds * 1000,
		fact: {
			kind: 'journal',
			place: 'live',
			record: toRecord([
				['__CURSOR', `s=1;i=${seconds}`],
				['__REALTIME_TIMESTAMP', String((T0 + seconds * 1000) * 1000)],
				['__MONOTONIC_TIMESTAMP', String(seconds * 1e6)],
				['_BOOT_ID', 'b'],
				['_PID', '1'],
				['_TRANSPORT', 'journal'],
				['UNIT', 'balena.service'],
				['SYSLOG_IDENTIFIER', 'systemd'],
				['MESSAGE', 'balena.service: Main process exited, code=killed, status=9/KILL'],
			]),
		},
	}) as const;

test('known until it happens again', () => {
	const first = findings.reduce(findings.initial, kill(1));
	const [key = ''] = Object.keys(first.all);
	const finding = first.all[key];
	if (finding === undefined) throw new Error('no finding');
	expect(isOn(first, finding, T0 + 2000)).toBe(true);
	const known = findings.reduce(first, {at: T0 + 2000, fact: {kind: 'snooze', key, text: 'by hand'}});
	expect(isOn(known, finding, T0 + 3000)).toBe(false);
	expect(findings.alarms?.(known, T0 + 3000)).toEqual([]);
	const again = findings.reduce(known, kill(5));
	expect(isOn(again, again.all[key] ?? finding, T0 + 6000)).toBe(true);
	// A name that every object has is no finding.
	expect(findings.reduce(first, {at: T0, fact: {kind: 'snooze', key: 'constructor', text: 'x'}})).toBe(first);
});
