/** A shell on our own connection, in the built program: a real terminal here, a real `sh` there. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, expect, onTestFinished, test} from 'vitest';
import type {Frame} from '../../src/domain/frame.ts';
import {readFrames} from '../../src/session/recorder.ts';
import {type ShellDevice, shellDevice} from '../support/shell-device.ts';
import {keys, Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;

afterEach(() => Terminal.killAll());

type Started = {
	readonly terminal: Terminal;
	readonly there: ShellDevice;
	readonly state: string;
	readonly file: string;
	frames(): readonly Frame[];
};

async function start(more: readonly string[] = []): Promise<Started> {
	const there = await shellDevice();
	const state = mkdtempSync(join(tmpdir(), 'devtop-shell-'));
	onTestFinished(async () => {
		await there.close();
		rmSync(state, {recursive: true, force: true});
	});
	const {port, clientKey, hostKey} = there.server;
	writeFileSync(join(state, 'key'), clientKey, {mode: 0o600});
	writeFileSync(
		join(state, 'known_hosts'),
		`[127.0.0.1]:${port} ssh-ed25519 ${Buffer.from(hostKey).toString('base64')}\n`,
	);
	writeFileSync(
		join(state, 'config'),
		`Host device\n HostName 127.0.0.1\n Port ${port}\n User root\n UserKnownHostsFile ${state}/known_hosts\n`,
	);
	const file = join(state, 'session.devtop.jsonl');
	const terminal = Terminal.start({
		file: process.execPath,
		args: [program, 'device', '-F', join(state, 'config'), '-i', join(state, 'key'), '--record', file, ...more],
		columns: 100,
		rows: 30,
		env: {HOME: state, XDG_STATE_HOME: state},
	});
	await terminal.until('13 of 13 ok', 20_000);
	return {terminal, there, state, file, frames: () => readFrames(readFileSync(file, 'utf8')).frames};
}

async function type(terminal: Terminal, ...names: string[]): Promise<void> {
	for (const name of names) {
		terminal.press(name);
		await sleep(40);
	}
}

/** Records a permission for everything, opens the dialog by `s`, and confirms it. */
async function open(terminal: Terminal, minutes = '30'): Promise<void> {
	await type(terminal, 'A');
	for (const [line, text] of [
		['who', 'Ann'],
		['by what way', 'ticket'],
		['their words', 'go ahead'],
		['for', ''],
		['units', ''],
		['minutes', ''],
	] as const) {
		await terminal.until(`› ${line} `);
		if (text !== '') terminal.press(text);
		await terminal.until(text === '' ? text : `${text}▏`);
		if (line === 'minutes' && minutes !== '30') {
			await type(terminal, keys.backspace, keys.backspace, minutes);
			await terminal.until(`minutes         ${minutes}▏`);
		}
		terminal.press(keys.enter);
	}
	await terminal.until('ARMED');
	await type(terminal, 's');
	await terminal.until('y confirms');
	await sleep(400);
	await type(terminal, 'y');
	await terminal.until(/devtop {2}Opening a shell on .* allowed by Ann \(ticket\)/);
	await terminal.until(/(?:dev>|[#$]) $/m);
}

const lines = (frames: readonly Frame[]): readonly string[] => {
	const ran = frames.find(frame => frame.t === 'ran');
	return frames.flatMap(frame =>
		frame.t === 'out' && ran?.t === 'ran' && frame.ch === ran.ch && frame.unit.kind === 'line' ? [frame.unit.text] : [],
	);
};

test('without a permission: the ssh command, copied, and why', async () => {
	const {terminal, state, frames, there} = await start();
	await type(terminal, 's');
	await terminal.until('A shell in another terminal');
	expect(terminal.screen()).toContain('There is no permission on record for it');
	const command = `ssh -F ${state}/config -i ${state}/key -- device`;
	expect(terminal.screen()).toContain(command);
	const [, copied = ''] = /\x1b\]52;c;([A-Za-z0-9+/=]+)\x07/.exec(terminal.rawOutput()) ?? [];
	expect(Buffer.from(copied, 'base64').toString()).toBe(command);
	await type(terminal, keys.escape);
	await terminal.until('Services');
	await type(terminal, 'q');
	expect(await terminal.exit).toMatchObject({code: 0});
	expect(frames().some(({t}) => t === 'ask' || t === 'ran')).toBe(false);
	expect(there.terminals()).toBe(0);
});

test('a shell: typed into, resized, left; its output is on record in lines, without the secret and without the keys', async () => {
	const {terminal, there, frames, file} = await start();
	await open(terminal);
	expect(there.terminals()).toBe(1);
	await type(terminal, 'echo one-$((40+2))\r');
	await terminal.until('one-42');
	await type(terminal, 'printf "pass%s=%s\\n" word hunter2hunter2\r');
	await terminal.until('password=hunter2hunter2');
	await type(terminal, 'stty -echo; read quiet; stty echo; echo "got $(printf %s "$quiet" | wc -c)"\r');
	await sleep(300);
	await type(terminal, 'never-echoed-word\r');
	await terminal.until('got 17');
	terminal.resize(91, 27);
	await sleep(300);
	await type(terminal, 'stty size\r');
	await terminal.until('27 91');
	await type(terminal, 'exit 3\r');
	await terminal.until('Services');
	await terminal.until(/shell device: .*exit code 3|proven/);
	await sleep(1500);
	expect(there.terminals()).toBe(0);
	await type(terminal, 'q');
	expect(await terminal.exit).toMatchObject({code: 0});
	expect(terminal.rawOutput()).toContain('has ended with exit code 3');
	expect(terminal.rawOutput()).not.toContain('__DEVTOP_');
	const all = frames();
	const said = lines(all);
	expect(said).toContain('one-42');
	expect(said).toContain('27 91');
	expect(said).toContain('got 17');
	expect(said.some(line => /^password=.*cut/i.test(line) || line.startsWith('password='))).toBe(true);
	const text = readFileSync(file, 'utf8');
	expect(text).not.toContain('password=hunter2hunter2');
	expect(text).not.toContain('never-echoed-word');
	const ran = all.find(({t}) => t === 'ran');
	expect(ran).toMatchObject({terminal: true});
	expect(all.find(frame => frame.t === 'exit' && ran?.t === 'ran' && frame.ch === ran.ch)).toMatchObject({
		exit: {kind: 'exited', code: 3},
	});
	expect(all.find(({t}) => t === 'verdict')).toMatchObject({verdict: {kind: 'proven'}});
	const json = execFileSync(process.execPath, [program, 'export', file, '--as', 'json'], {encoding: 'utf8'});
	const console = json
		.split('\n')
		.filter(line => line.includes('"stream":"console"'))
		.map(line => JSON.parse(line) as {text: string});
	expect(console.map(({text}) => text)).toEqual(said);
	const note = execFileSync(process.execPath, [program, 'notes', file], {encoding: 'utf8'});
	expect(note).toContain('Open a shell on our own connection');
	expect(note).toMatch(new RegExp(`exit code 3.*${said.length} lines`, 's'));
});

test('the link is cut under it: the screen is back, and the end is told as it is', async () => {
	const {terminal, there, frames} = await start();
	await open(terminal);
	await type(terminal, 'echo before-$((1+1))\r');
	await terminal.until('before-2');
	there.server.drop();
	await terminal.until('Services');
	await terminal.until(/13 of 13 ok/, 20_000);
	await type(terminal, '1', 'j', 'q');
	await sleep(200);
	await type(terminal, 'q');
	expect(await terminal.exit).toMatchObject({code: 0});
	expect(terminal.rawOutput()).toContain('is lost with the link');
	expect(lines(frames())).toContain('before-2');
	expect(frames().find(({t}) => t === 'verdict')).toMatchObject({verdict: {kind: 'not-proven'}});
});

test('SIGTERM in the middle: the shell is closed, the terminal is as it was', async () => {
	const {terminal, there, frames} = await start();
	await open(terminal);
	terminal.kill('SIGTERM');
	expect(await terminal.exit).toMatchObject({code: 0});
	expect(there.terminals()).toBe(0);
	const raw = terminal.rawOutput();
	expect(raw).toContain('was closed: the session ends');
	expect(raw.lastIndexOf('\x1b[?1049l')).toBeGreaterThan(raw.lastIndexOf('\x1b[?1049h'));
	expect(raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw.lastIndexOf('\x1b[?25l'));
	expect(frames().at(-1)).toMatchObject({t: 'bye'});
});

test('~. leaves a shell, and the next one opens as the first did', async () => {
	const {terminal, there} = await start();
	await open(terminal);
	await type(terminal, '\r', '~', '.');
	await terminal.until('Services');
	expect(terminal.rawOutput()).toContain('was closed: you left it (~.)');
	await expect.poll(() => there.terminals()).toBe(0);
	await type(terminal, 's');
	await terminal.until('y confirms');
	await sleep(400);
	await type(terminal, 'y');
	await terminal.until(() => there.terminals() === 1);
	await type(terminal, 'echo again-$((6*7))\r');
	await terminal.until('again-42');
	await type(terminal, 'exit\r');
	await terminal.until('Services');
	await sleep(1000);
	await type(terminal, 'q');
	await sleep(200);
	await type(terminal, 'q');
	expect(await terminal.exit).toMatchObject({code: 0});
});

test('it is closed when the permission ends', async () => {
	const {terminal, there, frames} = await start();
	await open(terminal, '1');
	await type(terminal, 'sleep 300\r');
	await terminal.until('Services', 70_000);
	expect(terminal.rawOutput()).toContain('was closed: the permission by Ann has ended');
	await expect.poll(() => there.terminals()).toBe(0);
	await expect.poll(() => frames().find(({t}) => t === 'verdict')).toMatchObject({verdict: {kind: 'not-proven'}});
	terminal.kill('SIGTERM');
	await terminal.exit;
}, 100_000);
