import {existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {list} from '../../../src/commands/ls.ts';
import {deviceFolder, kept, placeFor, recordingNamed, stateFolder} from '../../../src/commands/place.ts';
import type {Identity} from '../../../src/domain/fact.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import {Recorder, readFrames} from '../../../src/session/recorder.ts';
import {opening, sessionOf} from '../session/record-frames.ts';

const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';
const device = (uuid: string | null): Identity => ({uuid}) as Identity;
const AT = Date.UTC(2026, 10, 25, 9, 41, 1, 500);

test.each([
	['/var/x', '/var/x/devtop'],
	['relative', join(homedir(), '.local/state/devtop')],
	['', join(homedir(), '.local/state/devtop')],
	[undefined, join(homedir(), '.local/state/devtop')],
])('XDG_STATE_HOME=%s', (given, folder) => {
	expect(stateFolder({XDG_STATE_HOME: given})).toBe(folder);
});

test.each([
	[device(UUID), 'root@dev:22222', UUID],
	[device(null), 'root@dev:22222', 'dev_22222'],
	[null, 'dev', 'dev'],
	// A device may say anything of itself.
	[device('../../etc'), 'dev', 'dev'],
	[device(''), 'dev', 'dev'],
	[null, 'root@../..', '__..'],
	[null, 'root@[fe80::1%eth0]:22', '_fe80__1_eth0__22'],
] as const)('%j at %s has the folder %s', (identity, target, folder) => {
	expect(deviceFolder(identity, target)).toBe(folder);
});

test('a place has its time and ticket in its name, belongs to its owner, and is never taken twice', () => {
	const root = join(mkdtempSync(join(tmpdir(), 'devtop-place-')), 'state', 'devtop');
	const place = placeFor('root@dev', 'T-1', AT, root);
	const first = place(device(UUID));
	expect(first).toBe(join(root, UUID, '2026-11-25T09-41-01Z.T-1.devtop.jsonl'));
	expect(statSync(join(root, UUID)).mode & 0o777).toBe(0o700);
	writeFileSync(first, '');
	const second = place(device(UUID));
	expect(second).toBe(join(root, UUID, '2026-11-25T09-41-01Z.T-1-2.devtop.jsonl'));
	writeFileSync(`${second}.gz`, '');
	expect(place(device(UUID))).toBe(join(root, UUID, '2026-11-25T09-41-01Z.T-1-3.devtop.jsonl'));
	expect(placeFor('root@dev', null, AT, root)(null)).toBe(join(root, 'dev', '2026-11-25T09-41-01Z.devtop.jsonl'));
});

async function house(): Promise<{root: string; files: string[]}> {
	const root = mkdtempSync(join(tmpdir(), 'devtop-ls-'));
	const files: string[] = [];
	const sessions = [
		[UUID, 'T-1', AT, true],
		[UUID, null, AT + 60_000, true],
		[`8f2c91dffff${UUID.slice(11)}`, null, AT - 60_000, true],
		[null, 'T-2', AT + 120_000, false],
	] as const;
	for (const [uuid, ticket, at, ended] of sessions) {
		const recorder = new Recorder(placeFor('root@host', ticket, at, root));
		recorder.begin(device(uuid));
		for (const frame of sessionOf(50)) {
			if (frame.t === 'bye' && !ended) continue;
			const own: Frame =
				frame.t === 'header' && ticket !== null
					? {...frame, ticket}
					: frame.t === 'bye' && ticket !== null
						? {...frame, worst: {severity: 'error', text: 'balena: killed, 9/KILL ×2\u001b[31m'}}
						: frame;
			recorder.take({...own, at: frame.at - (opening[0]?.at ?? 0) + at});
		}
		// One is still being written.
		if (ended) files.push((await recorder.close()) ?? '');
		else {
			recorder.flush();
			files.push(recorder.file ?? '');
		}
	}
	return {root, files};
}

test('last, a short uuid and a path name a recording', async () => {
	const {root, files} = await house();
	const [first = '', second = '', other = '', live = ''] = files;
	expect(kept(root).map(({file}) => file)).toEqual([live, second, first, other]);
	expect(recordingNamed('last', root)).toBe(live);
	expect(recordingNamed('8f2c91d4', root)).toBe(second);
	expect(recordingNamed(UUID, root)).toBe(second);
	expect(recordingNamed('./some/file', root)).toBe('./some/file');
	expect(recordingNamed('8f2c91d', root)).toMatchObject({message: expect.stringMatching(/2 devices: give more of it/)});
	expect(recordingNamed('1234567', root)).toMatchObject({message: expect.stringMatching(/no recording of 1234567/)});
	const nothing = join(root, 'nothing');
	expect(recordingNamed('last', nothing)).toMatchObject({message: expect.stringMatching(/no recording in .* yet/)});
	// What a crash in the midst of closing leaves: the closed one is whole, and both are one recording.
	writeFileSync(second.replace(/\.gz$/, ''), 'x');
	expect(recordingNamed('8f2c91d4', root)).toBe(second);
});

test('last passes over what was killed in its first moment; where there is nothing else it is meant', async () => {
	const {root, files} = await house();
	for (const folder of ['host', UUID]) writeFileSync(join(root, folder, '2026-11-26T00-00-00Z.devtop.jsonl'), '');
	expect(recordingNamed('last', root)).toBe(files[3]);
	expect(recordingNamed('8f2c91d4', root)).toBe(files[1]);
	const only = mkdtempSync(join(tmpdir(), 'devtop-empty-'));
	const empty = join(only, 'host', '2026-11-26T00-00-00Z.devtop.jsonl');
	mkdirSync(join(only, 'host'));
	writeFileSync(empty, '');
	expect(recordingNamed('last', only)).toBe(empty);
});

test('a recording has its first lines as soon as it has a place', () => {
	const root = mkdtempSync(join(tmpdir(), 'devtop-first-'));
	const recorder = new Recorder(placeFor('root@host', null, AT, root));
	const [header] = opening;
	if (header === undefined) throw new Error('no header');
	recorder.take(header);
	recorder.begin(device(UUID));
	expect(readFrames(readFileSync(recorder.file ?? '', 'utf8')).frames).toEqual([header]);
});

test('ls shows the newest first, and what is no recording as such', async () => {
	const {root, files} = await house();
	mkdirSync(join(root, 'empty'));
	writeFileSync(join(root, 'host', '2020-01-01T00-00-00Z.devtop.jsonl'), '');
	const rows = list(false, root).text.trimEnd().split('\n');
	expect(
		rows.map(row =>
			row
				.split(/ {2,}/)
				.slice(0, -1)
				.map(cell => cell.trim()),
		),
	).toEqual([
		['device', 'began (UTC)', 'ticket', 'length', 'lines', 'size', 'worst finding'],
		['host', '2026-11-25 09:43:01', 'T-2', '1s', 'no end', expect.stringMatching(/kB$/), '–'],
		['8f2c91d', '2026-11-25 09:42:01', '1s', '50', expect.stringMatching(/kB$/), '–'],
		['8f2c91d', '2026-11-25 09:41:01', 'T-1', '1s', '50', expect.stringMatching(/kB$/), '✗ balena: killed, 9/KILL ×2'],
		['8f2c91d', '2026-11-25 09:40:01', '1s', '50', expect.stringMatching(/kB$/), '–'],
		['host', '0 B', '–'],
	]);
	expect(rows[1]).toContain(files[3]);
	const json = JSON.parse(list(true, root).text) as unknown[];
	expect(json[2]).toEqual({
		file: files[0],
		device: UUID,
		began: '2026-11-25T09:41:01.500Z',
		ticket: 'T-1',
		seconds: 1,
		lines: 50,
		bytes: expect.any(Number),
		worst: {severity: 'error', text: expect.stringMatching(/^balena: killed/)},
		problem: null,
	});
	expect(json[0]).toMatchObject({lines: null, worst: null, problem: null});
	expect(json[4]).toMatchObject({began: null, problem: expect.stringMatching(/is empty/)});
	expect(rows.at(-1)).toMatch(/is empty/);
	expect(list(false, join(root, 'nowhere'))).toEqual({text: expect.stringMatching(/no recording in/), code: 0});
	expect(existsSync(join(root, 'nowhere'))).toBe(false);
});
