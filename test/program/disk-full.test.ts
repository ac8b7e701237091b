/** A real disk that is full: needs root, for a file system of its own; skipped without. */
import {execFileSync, spawn} from 'node:child_process';
import {appendFileSync, mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {readFrames} from '../../src/session/recorder.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const CONSENT = ['--consent-by', 'Ann Example', '--consent-via', 'ticket 4711', '--consent-words', 'yes, do it'];

/** A file system of a megabyte; null where this user may not mount one. */
function smallDisk(): string | null {
	const folder = mkdtempSync(join(tmpdir(), 'devtop-full-'));
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], {stdio: 'ignore'});
	} catch {
		return null;
	}
	onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
	return folder;
}

function fill(folder: string): void {
	for (const size of [1 << 16, 1 << 12, 1])
		try {
			for (;;) appendFileSync(join(folder, 'filler'), Buffer.alloc(size));
		} catch {
			// Full, for pieces of that size.
		}
}

test('a disk that is full while an action is proven: told at once, and exit code 5', async ({skip}) => {
	const folder = smallDisk();
	if (folder === null) return skip('only root can mount a small disk');
	const file = join(folder, 'f.devtop.jsonl');
	const args = ['act', 'demo', '--scene', 'quiet', 'stop', 'chronyd', ...CONSENT, '--record', file];
	const child = spawn(process.execPath, [program, ...args], {
		env: {...process.env, HOME: folder, XDG_STATE_HOME: folder},
	});
	let stdout = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	let told = '';
	let full = false;
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		told += text;
		if (!full && /^sent /m.test(told)) {
			full = true;
			fill(folder);
		}
	});
	expect(await new Promise(resolve => child.on('close', resolve))).toBe(5);
	expect(stdout).toMatch(
		/^not proven: chronyd\.service is inactive .* the recording could not be written to its end \(ENOSPC/,
	);
	// Before the proof goes on, not with the last word.
	expect(told).toMatch(/can't be written any more \(ENOSPC[^\n]*\n(?:.*\n)*proof /);
	const {frames, bad} = readFrames(readFileSync(file, 'utf8'));
	expect(bad).toEqual([]);
	expect(frames.some(({t}) => t === 'ran')).toBe(true);
	expect(frames.some(({t}) => t === 'bye')).toBe(false);
}, 60_000);
