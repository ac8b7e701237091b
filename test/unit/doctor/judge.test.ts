import {expect, test} from 'vitest';
import {judged} from '../../../src/commands/doctor/judge.ts';
import {lineText, summary, wrapped} from '../../../src/commands/doctor/told.ts';
import type {Identity} from '../../../src/domain/fact.ts';
import {toExamination} from '../../../src/sources/doctor.ts';
import {toIdentity} from '../../../src/sources/identity.ts';

/** As a device of the lab printed it. */
const LOOK = `user root
groups root
journal 0 
io read
engine active balena.service 0 
`;
const NOW = Date.UTC(2026, 10, 25, 12);
const IDENTITY: Identity = {
	...toIdentity(
		`boot d6fffe64-1024-4bf8-9c99-699649412136\nsystemd systemd 252 (252.39)\nsystemd-runs yes\nreadable yes\n`,
	),
	clockMs: NOW,
};

const casesOf = (look: string, more: Partial<Identity> = {}): readonly (string | undefined)[] =>
	judged({...IDENTITY, ...more}, toExamination(look), NOW, 1).flatMap(({trouble}) =>
		trouble === null ? [] : [trouble.case],
	);

test('a device that has everything has no limits', () => expect(casesOf(LOOK)).toEqual([]));

const instead = (from: string, to: string): string => {
	expect(LOOK).toContain(from);
	return LOOK.replace(from, to);
};

test.each([
	['io read', 'io denied', 'proc-io'],
	['io read', 'io none', 'proc-io'],
	['user root', 'missing sha256sum\nuser root', 'no-sha256sum'],
	['user root', 'missing timeout\nmissing stat\nuser root', 'programs-missing'],
	['user root', 'missing journalctl\nuser root', 'no-journalctl'],
	['journal 0 ', 'journal 1 No journal files were found.', 'no-journal'],
	['engine active balena.service 0 ', 'engine stopped balena.service', 'engine-stopped'],
	['engine active balena.service 0 ', 'engine active docker.service 1 permission denied while trying', 'engine-denied'],
	['engine active balena.service 0 ', 'engine active balena.service 124 ', 'engine-no-answer'],
] as const)('%s, but %s: %s', (from, to, name) => {
	const more = to.startsWith('journal') ? {journalReadable: false} : {};
	expect(casesOf(instead(from, to), more)).toEqual([name]);
});

test.each([
	[{journalReadable: false}, 'no-journal-access'],
	[{systemd: 230}, 'systemd-old'],
	[{clockMs: NOW - 7000}, 'clock-off'],
	[{clockMs: NOW + 10 * 365 * 86_400_000}, 'clock-off'],
] as const)('an identity with %o: %s', (more, name) => expect(casesOf(LOOK, more)).toEqual([name]));

test.each([-5000, -1000, 4000])('a clock that is %i ms off is as ours, near enough', off =>
	expect(casesOf(LOOK, {clockMs: NOW + off})).toEqual([]),
);

test('what a device says moves no cursor, and fits the columns', () => {
	const look = {columns: 60, colours: false, lively: false};
	const wrong = `\u001b[2J\u001b]52;c;x\u0007one\r\ntwo ${'x'.repeat(200)}`;
	const line = {
		id: 'a',
		title: 'shell\u001b[1m',
		ms: 12_345,
		grade: 'broken',
		text: wrong,
		trouble: {case: 'a', wrong, todo: wrong},
	} as const;
	const text = lineText(line, look) + summary([line], look);
	expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
	for (const row of text.split('\n')) expect(row.length).toBeLessThanOrEqual(60);
	expect(text).toMatch(/^✗ {4}12\.3 s {2}shell {10}one⏎two$/m);
	expect(wrapped('a b', 1)).toEqual(['a', 'b']);
});
