import {statSync} from 'node:fs';
import {basename} from 'node:path';
import {expect, test} from 'vitest';
import {notes} from '../../../src/commands/notes.ts';
import {isFailure} from '../../../src/domain/channel.ts';
import {standingOf} from '../../../src/domain/finding.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import {type Note, noteOf, toBrief, toCustomer, toJson, toMarkdown} from '../../../src/handover/index.ts';
import type {State as Findings} from '../../../src/panes/findings/reduce.ts';
import {deviceNow, shown} from '../../../src/panes/findings/rows.ts';
import {recorded} from '../../support/mount.tsx';
import {framesOf, RECORDINGS, recordingPath} from '../../support/recordings.ts';

const GOLDEN = ['engine-killed-twice', 'kernel-trouble', 'pull-stalls'] as const;

function read(name: string): {readonly note: Note; readonly frames: readonly Frame[]} {
	const frames = framesOf(name);
	const path = recordingPath(name);
	return {frames, note: noteOf(frames, {file: basename(path), bytes: statSync(path).size, problems: () => []})};
}

test.each(GOLDEN)('the note of %s', async name => {
	const {note} = read(name);
	const golden = (form: string): string => `../../handover/${name}.${form}`;
	await expect(toMarkdown(note)).toMatchFileSnapshot(golden('md'));
	await expect(toBrief(note)).toMatchFileSnapshot(golden('brief.txt'));
	await expect(toCustomer(note)).toMatchFileSnapshot(golden('customer.txt'));
});

test.each(RECORDINGS)('every number in the note of %s is the fold’s', name => {
	const {note, frames} = read(name);
	const {fold, store} = recorded(name);
	const state = store.getState();
	const found = state.panes.findings as Findings;
	const clock = deviceNow(found, state.now);
	expect(note.seen.map(({rule, count, firstAt, lastAt, standing}) => [rule, count, firstAt, lastAt, standing])).toEqual(
		shown(found, state.now).map(one => [
			one.rule,
			one.count,
			one.firstMs,
			one.lastMs,
			standingOf(one, clock, found.boot),
		]),
	);
	expect(note.seen.flatMap(({proofs}) => proofs.map(({cursor, at}) => [cursor, at]))).toEqual(
		shown(found, state.now).flatMap(({evidence}) => evidence.map(({cursor, atMs}) => [cursor, atMs])),
	);
	const {receipt, bytesPerMinute, clockOffsetMs, identity} = state;
	expect(note.link.bytesPerMinute).toBe(bytesPerMinute);
	expect(note.device?.clockOffsetMs).toBe(clockOffsetMs);
	expect(note.device?.uuid).toBe(identity?.uuid);
	expect(note.background.lines).toBe(receipt.received);
	// What the end of a boot lost with its journal has no numbers to be counted by: the note says that it cannot be known.
	expect([note.gaps.lost, note.gaps.repeated, note.gaps.suppressed, note.gaps.evicted]).toEqual([
		name === 'reboot' ? null : receipt.lost,
		receipt.repeated,
		receipt.suppressed,
		receipt.evicted,
	]);
	expect(note.background.toAt).toBe(fold.at);
	// What was run: nothing is missing, nothing is told twice.
	const of = (t: Frame['t']): number => frames.filter(frame => frame.t === t).length;
	const sum = (pick: (one: Note['done'][number]) => number): number =>
		note.done.reduce((all, one) => all + pick(one), 0);
	expect([sum(({runs}) => runs), sum(({answers}) => answers), sum(({asked}) => asked)]).toEqual([
		of('open'),
		of('out'),
		of('in'),
	]);
	expect(note.file.frames).toBe(frames.length);
});

test.each(RECORDINGS)('the ten lines of %s are ten at most, and no markup', name => {
	const text = toBrief(read(name).note);
	expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
	expect(text).not.toMatch(/[`<>|*[\]\\]/);
});

/** Nothing of the inside: identifiers, commands, names of programs and files. */
const INSIDE =
	/[0-9a-f]{12}|\bPID\b|cursor|\bs=|journal|systemd|kernel|container|docker|balenad|engine|supervisor|\.service|\.socket|\bunit|boot|SIG[A-Z]+|KILL|mmc|ext4|cgroup|sshd|dmesg|\/dev|\/mnt|\/sys|0x|exit|errno|registry|tcp|sha256|root@|127\.0\.0\.1/i;

test.each(RECORDINGS)('the customer’s note of %s says nothing of the inside', name => {
	const {note} = read(name);
	const text = toCustomer(note);
	expect(INSIDE.exec(text)?.[0]).toBeUndefined();
	for (const {command, source} of note.done) {
		expect(text).not.toContain(command);
		expect(text).not.toContain(`${source}:`);
	}
});

test('how the engine stands at the end is beside how often it was killed, for engineers and for its owner', () => {
	const {note} = read('engine-killed-twice');
	expect(note.situation.unit).toMatchObject({text: 'active'});
	expect(note.situation.unit?.sinceAt ?? 0).toBeGreaterThan(note.seen[0]?.lastAt ?? Number.POSITIVE_INFINITY);
	expect(note.situation.unit?.quietMs).toBe(note.seen[0]?.ageMs);
	expect(toCustomer(note)).toContain('The software that runs your services was running again at the end, since');
	const failed = {
		...note,
		situation: {...note.situation, unit: {text: 'failed', sinceAt: note.background.toAt, quietMs: 0}},
	};
	expect(toCustomer(failed)).not.toContain('running again');
	expect(toMarkdown(failed)).toContain('At the end the unit was failed since');
});

test('the JSON note has its moments in UTC and keeps numbers as they are', () => {
	const {note} = read('engine-killed-twice');
	const data = JSON.parse(toJson(note)) as {
		background: {fromAt: string; lengthMs: number};
		seen: readonly {firstAt: string; proofs: readonly {at: string}[]}[];
	};
	expect(data.background.fromAt).toBe(new Date(note.background.fromAt).toISOString());
	expect(data.background.lengthMs).toBe(note.background.lengthMs);
	expect(data.seen[0]?.firstAt).toBe(new Date(note.seen[0]?.firstAt ?? 0).toISOString());
	expect(data.seen[0]?.proofs[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('the command reads a file, and says in a sentence what is none', async () => {
	const note = await notes(recordingPath('healthy'), {form: 'brief'});
	expect(isFailure(note) ? note.message : note.text).toMatch(/^Warning at the end|^Nothing wrong/);
	for (const wrong of ['/nowhere/at/all', '/tmp', new URL('./tape.ts', import.meta.url).pathname]) {
		const failed = await notes(wrong);
		expect(isFailure(failed) && failed.code).toBe('usage');
		expect(isFailure(failed) && failed.message).toMatch(/^[^\n]+\.$/);
	}
});
