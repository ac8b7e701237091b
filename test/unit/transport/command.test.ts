import {execFileSync, spawnSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {remoteCommand} from '../../../src/transport/command.ts';
import {randomOf} from '../../support/chance.ts';

/** Login shells and `sh` of devices: Debian's, bash, and the one of balenaOS. */
const SHELLS: readonly {readonly name: string; readonly shell: readonly string[]}[] = [
	{name: 'dash', shell: ['dash', '-c']},
	{name: 'bash', shell: ['bash', '-c']},
	{name: 'busybox', shell: ['busybox', 'sh', '-c']},
];
/** Login shells that are no sh: what devtop sends has to pass them unharmed. */
const LOGINS = ['fish', 'tcsh', 'csh'].filter(name => spawnSync(name, ['-c', 'true']).error === undefined);

const there = SHELLS.filter(({name}) => spawnSync(name, ['true']).error === undefined);

/** Prints each of its words in hexadecimal on a line of its own, so that no word can be taken for two. */
const PRINTER = 'for(const a of process.argv.slice(1))console.log(Buffer.from(a).toString("hex")+".")';

const PIECES = [
	...'\'"`$\\;&|<>(){}[]*?!#~=%^ \t\n\r'.split(''),
	...['$(reboot)', '`id`', '$IFS', '; reboot', '&& id', '|| id', '>/dev/null', '<<EOF', "'\\''", '"$@"', '$1', '$$'],
	...['--', '-', '-c', '-h', '--help', '-e', '..', '/', '*', '~root', 'A=b', '!!', '\\n', '\\', '%s', '%n', '\u0001'],
	...[
		'ä',
		'日本',
		'😀',
		'\u202e',
		'\u00a0',
		'\u2028',
		'\u007f',
		'e\u0301',
		'a',
		'unit',
		'.service',
		'@',
		'0',
		'__DEVTOP_t=',
	],
];

function words(next: () => number): string[] {
	const pick = (): string => PIECES[Math.floor(next() * PIECES.length)] ?? '';
	return Array.from({length: Math.floor(next() * 6)}, () =>
		Array.from({length: Math.floor(next() * 7)}, pick).join(''),
	);
}

/** What the program got, and the code of the trailer. */
function got(shell: readonly string[], command: string, token: string): {argv: readonly string[]; code: string} {
	const [file = '', ...flags] = shell;
	const out = execFileSync(file, [...flags, command], {encoding: 'utf8', input: '', maxBuffer: 1 << 24});
	const at = out.lastIndexOf(`__DEVTOP_${token}=`);
	const argv = out
		.slice(0, at)
		.split('.\n')
		.slice(0, -1)
		.map(hex => Buffer.from(hex, 'hex').toString('utf8'));
	return {argv, code: out.slice(at + `__DEVTOP_${token}=`.length)};
}

/**
 * One process for hundreds of argv: they stand behind each other, parted by a word that no other is. What would be syntax in
 * one of them would be it here.
 */
test.each(there)(
	'random words reach a program through $name as they were given',
	({shell}) => {
		for (let round = 0; round < 12; round++) {
			const next = randomOf(4711 + round);
			const given = Array.from({length: 400}, () => [...words(next), `END${round}`]).flat();
			const command = remoteCommand('once', [process.execPath, '-e', PRINTER, '--', ...given], 'abc');
			expect(got(shell, command, 'abc')).toEqual({argv: given, code: '0\n\n'});
		}
	},
	120_000,
);

/** And each by itself, as the first words behind the program; its own words could otherwise hide behind others'. */
test.each(there)(
	'a few words at a time through $name',
	({shell}) => {
		const next = randomOf(99);
		const print = 'for a; do printf "%s" "$a" | od -An -v -tx1 | tr -d " \\n"; echo .; done';
		for (let round = 0; round < 150; round++) {
			const given = words(next);
			const command = remoteCommand('once', ['sh', '-c', print, 'printer', ...given], `t${round}`);
			expect(got(shell, command, `t${round}`)).toEqual({argv: given, code: '0\n\n'});
		}
	},
	120_000,
);

const SHELL_WORDS = ['eval', 'exit', '.', 'exec', 'trap', 'set', 'return'];

test.each(there.flatMap(one => SHELL_WORDS.map(word => ({word, ...one}))))(
	'$word is a program’s name, not a word of the shell, in $name',
	({word, shell: [file = '', ...flags]}) => {
		const command = remoteCommand('once', [word, 'echo it ran; exit 7'], 'abc');
		const {stdout} = spawnSync(file, [...flags, command], {encoding: 'utf8', input: ''});
		expect(stdout).toMatch(/^__DEVTOP_abc=12[67]\n\n$/);
	},
);

test.each(there)('what a program reads is nothing, and its code is the trailer’s, through $name', ({shell}) => {
	const [file = '', ...flags] = shell;
	const command = remoteCommand('once', ['sh', '-c', 'wc -c; kill -9 $$'], 'abc');
	const {stdout} = spawnSync(file, [...flags, command], {encoding: 'utf8', input: 'not for it'});
	expect(stdout).toMatch(/^ *0\n__DEVTOP_abc=137\n\n$/);
});

test.each(LOGINS)('a command of many lines passes %s as a login shell', name => {
	const script = `printf '%s.\\n' "$@"; case $2 in\n\t*!*) echo 'it''s' ;;\nesac`;
	const command = remoteCommand('once', ['sh', '-c', script, 'sh', 'one\ntwo', '! $HOME `id` \\n "'], 'abc');
	const {stdout} = spawnSync(name, ['-c', command], {encoding: 'utf8', input: ''});
	expect(stdout).toBe('one\ntwo.\n! $HOME `id` \\n ".\nits\n__DEVTOP_abc=0\n\n');
});

test('a command of many lines is sent as one, since csh takes no line break in quotes', () => {
	const command = remoteCommand('once', ['sh', '-c', 'echo one\necho two'], 'abc');
	expect(command).not.toContain('\n');
	expect(execFileSync('sh', ['-c', command], {encoding: 'utf8', input: ''})).toBe('one\ntwo\n__DEVTOP_abc=0\n\n');
});
