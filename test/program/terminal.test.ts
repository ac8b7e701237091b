import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test, vi} from 'vitest';
import {keys, Terminal, type TerminalOptions} from '../support/terminal.ts';

afterEach(() => Terminal.killAll());

/** Tells its size and environment, echoes keys by their code, ends on q; SIGTERM is its default. */
const program = `
	const size = () => process.stdout.write('\\x1b[H\\x1b[Jsize ' + process.stdout.columns + 'x' + process.stdout.rows);
	process.stdout.write('\\x1b[?1049h\\x1b[?25l');
	process.stdout.on('resize', size);
	size();
	process.stdout.write('\\r\\nCI ' + ('CI' in process.env) + ' ' + process.env.TERM + ' ' + process.env.COLORTERM + ' ' + process.env.OWN);
	process.stdout.write('\\r\\n\\x1b[31mred\\x1b[0m \\x1b[1;38;2;1;2;3mrgb\\x1b[0m \\x1b[7m<&>\\x1b[0m \\u28ff\\u2588\\u256d 日本\\r\\n');
	process.stdin.setRawMode(true);
	process.stdin.on('data', data => {
		if (String(data) !== 'q') return process.stdout.write('key ' + [...data].join(' ') + ';');
		process.stdout.write('\\x1b[?25h\\x1b[?1049l', () => process.exit(7));
	});
`;

function start(options: Partial<TerminalOptions> = {}): Terminal {
	return Terminal.start({file: process.execPath, args: ['-e', program], columns: 60, rows: 10, ...options});
}

test('the screen, the environment and the keys are those of a terminal', async () => {
	vi.stubEnv('CI', '');
	const terminal = await start({env: {OWN: 'mine'}}).until('red');
	vi.unstubAllEnvs();
	expect(terminal.text().slice(0, 2)).toEqual(['size 60x10', 'CI false xterm-256color truecolor mine']);
	terminal.press(keys.up);
	await terminal.until(/key 27 91 65;$/m);
});

test('a resize reaches the program and leaves nothing of the old width', async () => {
	const terminal = await start().until('red');
	terminal.resize(40, 8);
	await terminal.until('size 40x8');
	expect(terminal.text()).toHaveLength(8);
	expect(Math.max(...terminal.text().map(row => row.length))).toBeLessThanOrEqual(40);
});

test('the exit comes with its code and all that was written', async () => {
	const terminal = await start().until('red');
	terminal.press('q');
	expect(await terminal.exit).toEqual({code: 7, signal: undefined});
	expect(terminal.rawOutput().endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
});

test('a signal is told by its name', async () => {
	const terminal = await start().until('red');
	terminal.kill('SIGTERM');
	expect(await terminal.exit).toEqual({code: 0, signal: 'SIGTERM'});
});

test('an expectation that is not met shows the screen, at once where the program has ended', async () => {
	const terminal = await start().until('red');
	await expect(terminal.until('blue', 100)).rejects.toThrow(/^100 ms passed, .* blue:\nsize 60x10\n/);
	terminal.press('q');
	await expect(terminal.until('blue', 60_000)).rejects.toThrow('the program ended (exit 7)');
});

test('what is left over is ended by its pid', async () => {
	const terminal = await start().until('red');
	await Terminal.killAll();
	expect(await terminal.exit).toMatchObject({signal: 'SIGKILL'});
	expect(() => process.kill(terminal.pid, 0)).toThrow('ESRCH');
});

test('pictures hold colours, escaped text, and shapes in place of glyphs', async () => {
	const terminal = await start().until('red');
	const svg = terminal.svg();
	expect(svg).toContain('fill="#cc6666" xml:space="preserve">red<');
	expect(svg).toContain('fill="#010203" font-weight="bold" xml:space="preserve">rgb<');
	expect(svg).toContain('>&lt;&amp;&gt;<');
	expect(svg).not.toMatch(/[⣿█╭]/);
	expect(svg).toContain('>日<');

	const folder = await mkdtemp(join(tmpdir(), 'devtop-picture-'));
	try {
		await terminal.png(join(folder, 'screen.png'));
		expect((await readFile(join(folder, 'screen.png'))).subarray(1, 4).toString()).toBe('PNG');
	} finally {
		await rm(folder, {recursive: true});
	}
});
