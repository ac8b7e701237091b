import {execFile} from 'node:child_process';
import {existsSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {RECORDINGS, recordingPath} from '../support/recordings.ts';
import {Terminal} from '../support/terminal.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'devtop-cast-'));

afterEach(() => Terminal.killAll());

/** As a script runs it: no terminal, and the variables that tell programs how to draw set against it. */
function exported(file: string, size: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
	const args = [program, 'export', file, '--as', 'cast', ...size];
	const {FORCE_COLOR, ...plain} = process.env;
	return new Promise((resolve, reject) => {
		const ran = execFile(
			process.execPath,
			args,
			{env: {...plain, ...env}, maxBuffer: 1 << 26},
			(error, stdout, stderr) =>
				error === null && stderr === '' ? resolve(stdout) : reject(error ?? new Error(stderr)),
		);
		ran.stdin?.end();
	});
}

test('without a terminal, in CI and without colours, in any zone and language, the bytes are the same', async () => {
	const file = recordingPath('kernel-trouble');
	const one = await exported(file, [], {CI: 'true', NO_COLOR: '1', TERM: 'dumb', LANG: 'C', TZ: 'Asia/Tokyo'});
	const two = await exported(file, [], {COLORTERM: 'truecolor', TERM: 'xterm-256color', LANG: 'C.UTF-8', TZ: 'UTC'});
	expect(one).toBe(two);
	expect(one).toContain('\\u001b[31m');
});

const player = ['/usr/bin/asciinema', '/usr/local/bin/asciinema'].find(file => existsSync(file));
if (player === undefined) console.info('asciinema is not installed: playing a cast is not tested here.');

const sizes = [
	[120, 40],
	[80, 24],
] as const;
test.skipIf(player === undefined).each(RECORDINGS.flatMap(name => sizes.map(size => [name, ...size] as const)))(
	'%s played by asciinema ends as its replay does, at %ix%i',
	async (name, columns, rows) => {
		const recording = recordingPath(name);
		const cast = join(folder, `${name}.${columns}.cast`);
		const size = columns === 120 ? [] : ['--columns', String(columns), '--rows', String(rows)];
		writeFileSync(cast, await exported(recording, size, {CI: 'true'}));
		const played = Terminal.start({
			file: player ?? '',
			args: ['cat', cast],
			columns,
			rows,
			// It wants a language that has all characters.
			env: {LC_ALL: 'C.UTF-8'},
		});
		expect(await played.exit).toEqual({code: 0, signal: undefined});
		const replayed = await Terminal.start({
			file: process.execPath,
			args: [program, 'replay', recording, '--at', '100%'],
			columns,
			rows,
		}).until(/REPLAY paused/, 20_000);
		// Charts come with their library, a moment later.
		await replayed.until(() => replayed.screen() === played.screen()).catch(() => {});
		expect(played.screen()).toBe(replayed.screen());
		// With its colours.
		expect(played.svg()).toBe(replayed.svg());
		replayed.press('q');
		await replayed.exit;
	},
);
