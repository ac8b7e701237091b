/** The guard in the built program, by the keys of a real terminal. */
import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, expect, test} from 'vitest';
import {readFrames} from '../../src/session/recorder.ts';
import {keys, Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

afterEach(() => Terminal.killAll());

function start(args: readonly string[]): {terminal: Terminal; frames: () => ReturnType<typeof readFrames>['frames']} {
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-guard-')), 'session.devtop.jsonl');
	const terminal = Terminal.start({
		file: process.execPath,
		args: [program, 'demo', '--scene', 'quiet', '--record', file, ...args],
		columns: 80,
		rows: 24,
		env: {HOME: mkdtempSync(join(tmpdir(), 'devtop-home-'))},
	});
	return {terminal, frames: () => readFrames(readFileSync(file, 'utf8')).frames};
}

/** Types key by key, as fingers do. */
async function type(terminal: Terminal, ...names: string[]): Promise<void> {
	for (const name of names) {
		terminal.press(name);
		await sleep(40);
	}
}

test('a permission, a restart, its proof being waited for, and quitting all the same', async () => {
	const {terminal, frames} = start([]);
	await terminal.until('13 of 13 ok', 20_000);
	expect(terminal.screen()).toContain('LOOK ONLY');
	await type(terminal, '1', 'j', 'x', 'r');
	await terminal.until('3 of 3 on record');
	await type(terminal, 'a');
	await terminal.until('Please answer with yes or no');
	// The clipboard is written, with what is shown.
	const [, copied = ''] = /\x1b\]52;c;([A-Za-z0-9+/=]+)\x07/.exec(terminal.rawOutput()) ?? [];
	expect(Buffer.from(copied, 'base64').toString()).toContain('restart the unit chronyd.service');
	terminal.press(keys.escape);
	await terminal.until('but asked for');
	await type(terminal, 'A', 'Ann', keys.tab, 'ticket', keys.tab, '\x1b[200~yes,\nplease\ny\n\x1b[201~');
	await terminal.until('yes, please y▏');
	await type(terminal, keys.enter, keys.enter, keys.enter, keys.enter);
	await terminal.until(/ARMED (?:30:00|29:5\d)/);
	await sleep(400);
	terminal.press('y');
	await terminal.until(/restart chronyd: .*hold \d+ s more/);
	await type(terminal, 'q');
	await terminal.until('not proven yet');
	await type(terminal, 'q');
	expect(await terminal.exit).toMatchObject({code: 0});
	const told = frames().filter(({t}) => /^(?:ask|consent|granted|ran|verdict)$/.test(t));
	expect(told.map(({t}) => t)).toEqual(['ask', 'ask', 'consent', 'granted', 'ran', 'verdict']);
	expect(told.at(-1)).toMatchObject({verdict: {kind: 'not-proven'}});
});

test('--look-only allows nothing', async () => {
	const {terminal, frames} = start(['--look-only']);
	await terminal.until('13 of 13 ok', 20_000);
	await type(terminal, 'A');
	await terminal.until('This session only looks (--look-only)');
	await type(terminal, '1', 'j', 'x', 'r');
	await terminal.until('3 of 3 on record');
	await sleep(400);
	await type(terminal, 'y');
	await terminal.until(/This session only looks .*\n*$/);
	await type(terminal, keys.escape);
	await terminal.until('restart chronyd: not done.');
	await type(terminal, 'q');
	expect(await terminal.exit).toMatchObject({code: 0});
	expect(frames().filter(({t}) => /^(?:consent|granted|ran)$/.test(t))).toEqual([]);
});
