import {expect, test} from 'vitest';
import {parseCommand} from '../../../src/commands/arguments.ts';

test.each([
	[[], /needs a target/],
	[['--nosuch', 'host'], /Unknown option '--nosuch'/],
	[['a', 'b'], /One target at a time/],
	[['host', '-p', 'err'], /-p is the port; for a priority say --priority=err/],
	[['host', '-p', '0'], /-p takes a whole number/],
	[['host', '-n', 'many'], /--lines takes a whole number/],
	[['host', '--priority', 'loud'], /--priority takes/],
	[['host', '--watch', 'a;b'], /no name of a unit/],
	[['9294512'], /uuid.*by uuid yet/],
	[['replay'], /not built yet/],
	[['demo', '--scene', 'x'], /--scene is one of/],
	[['host', '--record', 'f', '--no-record'], /exclude each other/],
])('%j is refused in one sentence', (args, says) => {
	const command = parseCommand(args);
	expect(command).toMatchObject({kind: 'failure', code: 'usage', message: expect.stringMatching(says)});
	expect((command as {message: string}).message).not.toContain('\n');
});

test('ssh letters, scope and watched units', () => {
	expect(
		parseCommand(
			'root@dev:22222 -F cfg -i k1 -i k2 -l me -p 2200 -J gw -o A=b -u balena -t balenad -S -1h -n 20 --watch foo.timer --watch bar'.split(
				' ',
			),
		),
	).toMatchObject({
		kind: 'watch',
		target: 'root@dev:22222',
		ssh: {configFile: 'cfg', identityFiles: ['k1', 'k2'], user: 'me', port: 2200, jump: 'gw', options: ['A=b']},
		scope: {
			units: ['balena.service'],
			identifiers: ['balenad'],
			since: '-1h',
			lines: 20,
			watch: ['foo.timer', 'bar.service'],
		},
	});
});
