import {expect, test} from 'vitest';
import {readCommand, splitWords} from '../../../src/embedded/shell-words.ts';
import {quote, remoteCommand} from '../../../src/transport/command.ts';

test.each([
	[['journalctl', '--lines=1']],
	[['printf', '%s\n', "it's", '']],
	[['a b', '"double"', '$HOME', '`x`', '\\', "'", "''"]],
])('splits what quote() made: %j', words => {
	expect(splitWords(words.map(quote).join(' '))).toEqual(words);
});

test('an open quote is no command', () => {
	expect(splitWords("echo 'x")).toBeNull();
});

test.each([
	['once', false],
	['once', true],
	['follow', false],
	['follow', true],
] as const)('recognises the wrapper of %s, lingering: %s', (mode, lingers) => {
	expect(readCommand(remoteCommand(mode, ['systemctl', 'show', '--', "it's"], 'abc', lingers))).toEqual({
		kind: mode,
		token: 'abc',
		argv: ['systemctl', 'show', '--', "it's"],
		lingers,
	});
});

test('another script is a sampler, other words are plain', () => {
	expect(readCommand(remoteCommand('poll', ['while read -r n; do :; done', 'P', 'u.service'], 'abc'))).toEqual({
		kind: 'poll',
		token: 'abc',
		script: 'while read -r n; do :; done',
		argv: ['P', 'u.service'],
	});
	expect(readCommand('uptime -p')).toEqual({kind: 'plain', argv: ['uptime', '-p']});
});
