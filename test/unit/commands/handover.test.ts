import {copyFileSync, mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {handoverOf} from '../../../src/commands/handover.ts';
import {notes} from '../../../src/commands/notes.ts';
import {isFailure} from '../../../src/domain/channel.ts';
import {Recorder} from '../../../src/session/recorder.ts';
import {recordingPath} from '../../support/recordings.ts';
import {sessionOf} from '../session/record-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'devtop-handover-'));
const never = new AbortController().signal;

test('on the screen stands what devtop notes writes, in all three forms', async () => {
	const file = join(folder, 'killed.devtop.jsonl.gz');
	copyFileSync(recordingPath('engine-killed-twice'), file);
	const found = await handoverOf(() => file).read(() => {}, never);
	if ('wrong' in found) throw new Error(found.wrong);
	for (const [form, name] of [
		['whole', 'full'],
		['brief', 'brief'],
		['customer', 'customer'],
	] as const) {
		const note = await notes(file, {form: name});
		expect(found.texts[form]).toBe(isFailure(note) ? note.message : note.text);
	}
});

test('a recording that is written to meanwhile is read as it was; it is told how far, and others come in between', async () => {
	const file = join(folder, 'long.devtop.jsonl');
	const recorder = new Recorder(file);
	for (const frame of sessionOf(8000)) recorder.take(frame);
	recorder.flush();
	const shares: number[] = [];
	let others = 0;
	const timer = setInterval(() => {
		others++;
		recorder.take({t: 'note', text: 'meanwhile', at: 1_795_601_200_000, ms: 166_000});
		recorder.flush();
	}, 1);
	const found = await handoverOf(() => file).read(share => shares.push(share), never);
	clearInterval(timer);
	if ('wrong' in found) throw new Error(found.wrong);
	expect(others).toBeGreaterThan(1);
	expect(shares.length).toBeGreaterThan(1);
	expect(shares).toEqual(shares.toSorted((a, b) => a - b));
	expect(shares.every(share => share >= 0 && share < 1)).toBe(true);
	expect(found.texts.whole).toContain('checked: every line is there, as it was written');
	await recorder.close();
});

test('where it is stopped it reads no further', async () => {
	const file = join(folder, 'stopped.devtop.jsonl');
	const recorder = new Recorder(file);
	for (const frame of sessionOf(8000, 3)) recorder.take(frame);
	await recorder.close();
	const stop = new AbortController();
	const shares: number[] = [];
	const found = await handoverOf(() => file).read(share => {
		shares.push(share);
		stop.abort();
	}, stop.signal);
	expect([found, shares.length]).toEqual([{wrong: ''}, 1]);
});

test('it is saved beside the recording, for its owner only, and never over a file', () => {
	const file = join(folder, '2026-11-25T09-41-01Z.T-1.devtop.jsonl.gz');
	const base = join(folder, '2026-11-25T09-41-01Z.T-1');
	writeFileSync(`${base}.md`, 'mine');
	const {save} = handoverOf(() => file);
	expect(save('whole', 'the note')).toBe(`Saved: ${base}-2.md`);
	expect(save('brief', 'in short')).toBe(`Saved: ${base}.brief.md`);
	expect(save('whole', 'again')).toBe(`Saved: ${base}-3.md`);
	expect([`${base}.md`, `${base}-2.md`, `${base}-3.md`].map(name => readFileSync(name, 'utf8'))).toEqual([
		'mine',
		'the note',
		'again',
	]);
	expect(statSync(`${base}-2.md`).mode & 0o777).toBe(0o600);
});

test.each([
	[null, 'This session is not recorded: there is no place beside a recording.'],
	['/nowhere/at/all/x.devtop.jsonl', 'The note could not be written to /nowhere/at/all/x.md: ENOENT'],
])('beside %s nothing can be saved, and it says so', (file, said) => {
	expect(handoverOf(() => file).save('whole', 'x')).toContain(said);
});

test('a file that is no recording is one sentence', async () => {
	const file = join(folder, 'other.jsonl');
	writeFileSync(file, 'hello\n');
	expect(await handoverOf(() => file).read(() => {}, never)).toEqual({wrong: `${file} is no recording of devtop.`});
});
