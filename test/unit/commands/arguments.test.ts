import {expect, test} from 'vitest';
import {parseCommand} from '../../../src/commands/arguments.ts';

const consent = ['--consent-by', 'Ann', '--consent-via', 'phone', '--consent-words', 'please do'];

test.each([
	[[], /needs a target/],
	[['--nosuch', 'host'], /Unknown option '--nosuch'/],
	[['a', 'b'], /One target at a time/],
	[['host', '-p', 'err'], /-p is the port; for a priority say --priority=err/],
	[['host', '-p', '0'], /-p takes a whole number/],
	[['host', '-n', 'many'], /--lines takes a whole number/],
	[['host', '--priority', 'loud'], /--priority takes/],
	[['host', '-S', 'banana'], /--since takes a time/],
	[['host', '--watch', 'a;b'], /no name of a unit/],
	[['host', '--road', 'tunnel'], /--road tunnel goes to a device by its uuid, and host is none/],
	[['9294512', '--road', 'air'], /--road is one of direct, proxy, tunnel, not "air"/],
	[['ls', '--road', 'direct'], /--road goes with/],
	[['local', '-p', '22'], /devtop local goes over no network: leave out -p/],
	[['local', '--transport', 'openssh'], /leave out --transport/],
	[['host', '--transport', 'telnet'], /--transport is one of ssh2, openssh, not "telnet"/],
	[['9294512', '--transport', 'openssh'], /goes to an address .* 9294512 is a uuid/],
	[['host', '--via', 'gw', '--transport', 'openssh'], /leave out --via/],
	[['doctor', 'demo'], /There is no road to the device of the demo/],
	[['verify', 'f', '--transport', 'openssh'], /--transport goes with/],
	[['replay'], /devtop replay needs a recording/],
	[['replay', 'f', '--speed', 'fast'], /--speed takes a number from 0.1 to 1000/],
	[['replay', 'f', '--follow', '--at', '3%'], /--follow begins at the end.*leave out --at/],
	[['notes', 'f', '--follow'], /--follow goes with devtop replay/],
	[['replay', 'f', '--brief'], /--brief goes with devtop notes/],
	[['notes', 'f', '--for', 'me'], /--for takes "customer"/],
	[['notes', 'f', '--as', 'journal'], /--as takes "json"/],
	[['notes', 'f', '--brief', '--as', 'json'], /exclude each other/],
	[['verify', 'f', '--at', '37%'], /--at goes with devtop replay/],
	[['demo', '--scene', 'x'], /--scene is one of/],
	[['host', '--record', 'f', '--no-record'], /exclude each other/],
	[['host', '--record', 'f', '--ticket', 'a/b'], /--ticket takes/],
	[['host', '--no-record', '--ticket', 'T-1'], /--no-record makes none/],
	[['host', '--once', '--ticket', 'T-1'], /leave out --ticket/],
	[['host', '--for', '10m'], /--for goes with devtop record or devtop notes/],
	[['host', '--output', 'f'], /--output goes with devtop record or devtop export or devtop notes/],
	[['record'], /needs a target/],
	[['record', 'host', '--for', '10x'], /--for takes a time such as 90s/],
	[['record', 'host', '--for', '0s'], /--for takes a time/],
	[['record', 'host', '--record', 'f'], /--record goes with devtop <target>/],
	[['verify'], /devtop verify needs a recording/],
	[['verify', 'a', 'b'], /"b" is one too many/],
	[['export', 'f'], /--as is one of json, journal, cast/],
	[['export', 'f', '--as', 'cast', '--columns', '79'], /--columns takes a whole number from 80 to 500, not "79"/],
	[['export', 'f', '--as', 'cast', '--rows', 'all'], /--rows takes a whole number from 24 to 200/],
	[['export', 'f', '--as', 'json', '--rows', '40'], /--columns and --rows go with --as cast/],
	[['replay', 'f', '--columns', '100'], /--columns goes with devtop export/],
	[['export', 'f', '--as', 'xml'], /not "xml"/],
	[['ls', '--config', 'f'], /--config goes with --keep/],
	[['verify', 'f', '--keep'], /--keep goes with devtop ls/],
	[['ls', 'x'], /"x" is one too many/],
	[['verify', 'f', '-u', 'x'], /--unit goes with devtop <target> or devtop record/],
	[['cp', 'a'], /devtop cp takes two words/],
	[['cp', 'a', 'b'], /needs a device on one side/],
	[['cp', 'a', './host:b'], /needs a device on one side/],
	[['cp', 'host:a', 'host:b'], /not between two/],
	[['cp', 'a', 'host:b', 'c'], /"c" is one too many/],
	[['cp', 'a', 'host:b'], /--consent-by, --consent-via, --consent-words \(or --dry-run/],
	[['cp', 'a', 'host:b', '--yes', ...consent], /--yes goes with copying from a device/],
	[['cp', 'host:a', 'b', '--force'], /--force goes with copying to a device/],
	[['cp', 'host:a', 'b', ...consent], /--consent-by goes with copying to a device/],
	[['cp', 'host:a/', 'b', '--yes'], /names no file: .* tar /],
	[['cp', 'host:', 'b', '--yes'], /names no file/],
	[['cp', 'a', 'host:b', ...consent, '--no-record'], /always recorded/],
	[['cp', 'a', 'demo:b', ...consent], /demo has no files/],
	[['run', 'host', '--force', ...consent, '--', 'x'], /--force goes with devtop cp/],
	[['act'], /devtop act needs a target/],
	[['act', 'host'], /needs an action, such as .*act --list/],
	[['act', 'host', 'restrat', 'x'], /no action "restrat"; the nearest is "restart"/],
	[['act', 'host', 'unit.strat', 'x'], /the nearest is "unit.start"/],
	[['act', 'host', 'restart'], /restart needs a unit/],
	[['act', 'host', 'restart', 'a', 'b'], /One unit at a time.*"b" is one too many/],
	[['act', 'host', 'restart', 'a;b', ...consent], /"a;b" is no name of a unit/],
	[['act', 'host', 'restart', 'getty@', ...consent], /no name of a unit/],
	[['act', 'host', 'reboot', 'now'], /whole device: "now" is one too many/],
	[['act', 'host', 'restart', 'x'], /--consent-by, --consent-via, --consent-words \(or --dry-run/],
	[['act', 'host', 'restart', 'x', ...consent.slice(2)], /on record: --consent-by \(/],
	[['act', 'host', 'restart', 'x', ...consent, '--consent-words', ' '], /on record: --consent-words \(/],
	[['act', 'host', 'restart', 'x', '--no-record', ...consent], /always recorded/],
	[['act', 'host', 'restart', 'x', '-u', 'y', ...consent], /--unit goes with/],
	[['act', 'host', 'restart', 'x', '--once', ...consent], /--once goes with/],
	[['act', 'host', 'run', ...consent], /A command is run by: devtop run/],
	[['act', 'host', 'reload', ...consent, '--', 'x'], /takes no command behind "--"/],
	[['run'], /devtop run needs a target/],
	[['run', 'host', 'uptime', ...consent], /behind "--": devtop run host -- uptime/],
	[['run', 'host', ...consent, '--'], /needs a command behind "--"/],
	[['run', 'host', ...consent, '--', '', 'x'], /needs a command behind "--"/],
	[['run', 'host', '--', 'x'], /devtop run changes the device/],
	[['run', 'host', '--json', ...consent, '--', 'x'], /--json goes with/],
	[['host', '--confirm', 'x'], /--confirm goes with devtop act or devtop run/],
	[['record', 'host', '--dry-run'], /--dry-run goes with devtop act or devtop run/],
	[['host', '--list'], /--list goes with devtop act/],
])('%j is refused in one sentence', (args, says) => {
	const command = parseCommand(args);
	expect(command).toMatchObject({kind: 'failure', code: 'usage', message: expect.stringMatching(says)});
	expect((command as {message: string}).message).not.toContain('\n');
});

test('ssh letters, scope and watched units', () => {
	expect(
		parseCommand(
			'root@dev:2200 -F cfg -i k1 -i k2 -l me -p 2200 -J gw -o A=b -u balena -t balenad -S -1h -n 20 --watch foo.timer --watch bar'.split(
				' ',
			),
		),
	).toMatchObject({
		kind: 'watch',
		aim: {
			to: 'host',
			target: 'root@dev:2200',
			ssh: {configFile: 'cfg', identityFiles: ['k1', 'k2'], user: 'me', port: 2200, jump: 'gw', options: ['A=b']},
		},
		scope: {
			units: ['balena.service'],
			identifiers: ['balenad'],
			since: '-1h',
			lines: 20,
			watch: ['foo.timer', 'bar.service'],
		},
	});
});

test.each([
	['local', {kind: 'watch', aim: {to: 'local'}}],
	['record local --output f', {kind: 'record', aim: {to: 'local'}}],
	['host', {kind: 'watch', aim: {to: 'host', transport: 'ssh2'}}],
	['host --transport openssh', {kind: 'watch', aim: {to: 'host', target: 'host', transport: 'openssh'}}],
	['ls', {kind: 'ls', keep: null, json: false}],
	['ls --json', {kind: 'ls', keep: null, json: true}],
	['ls --keep', {kind: 'ls', keep: {days: null, megabytes: null}}],
	['config --check --config f', {kind: 'config', file: 'f', check: true}],
	['verify last', {kind: 'verify', file: 'last'}],
	['export f --as journal --output o', {kind: 'export', file: 'f', as: 'journal', output: 'o'}],
	['export f --as cast', {kind: 'export', file: 'f', as: 'cast', size: {columns: 120, rows: 40}, output: null}],
	['export f --as cast --columns 100 --rows 30', {kind: 'export', as: 'cast', size: {columns: 100, rows: 30}}],
	['replay last', {kind: 'replay', file: 'last', at: null, speed: null, follow: false}],
	['replay last --follow', {kind: 'replay', file: 'last', at: null, follow: true}],
	['replay f --at 37% --speed 0.5', {kind: 'replay', file: 'f', at: '37%', speed: 0.5}],
	['notes f', {kind: 'notes', file: 'f', form: 'full', output: null}],
	['notes f --brief', {kind: 'notes', form: 'brief'}],
	['notes f --for customer --output n.txt', {kind: 'notes', form: 'customer', output: 'n.txt'}],
	['notes f --as json', {kind: 'notes', form: 'json'}],
	['host --metered', {kind: 'watch', scope: {metered: true, lines: 100}, aim: {ssh: {options: ['Compression=yes']}}}],
	[
		'record host --metered -n 30 -o Compression=no',
		{kind: 'record', scope: {metered: true, lines: 30}, aim: {ssh: {options: ['Compression=no', 'Compression=yes']}}},
	],
	['host --ticket T-1.a', {kind: 'watch', keep: {file: null, off: false, ticket: 'T-1.a'}}],
	['host --no-record', {kind: 'watch', keep: {file: null, off: true, ticket: null}}],
	[
		'record demo --scene quiet --for 1h30m10s --output f.gz --json',
		{kind: 'record', aim: {to: 'demo', scene: 'quiet'}, forMs: 5_410_000, keep: {file: 'f.gz'}, json: true},
	],
	['record root@dev', {kind: 'record', aim: {to: 'host', target: 'root@dev'}, forMs: null, json: false}],
])('%s', (line, command) => {
	expect(parseCommand(line.split(' '))).toMatchObject(command);
});

const given = {by: 'Ann', via: 'phone', words: 'please do', until: null};

test.each([
	[['restart', 'chronyd'], {action: 'unit.restart', subject: {kind: 'unit', unit: 'chronyd.service'}}],
	[['unit.stop', 'a@b.timer'], {action: 'unit.stop', subject: {kind: 'unit', unit: 'a@b.timer'}}],
	[['start', 'foo.bar'], {action: 'unit.start', subject: {kind: 'unit', unit: 'foo.bar.service'}}],
	[['reload'], {action: 'units.reload', subject: {kind: 'device'}}],
	[['restart-supervisor'], {action: 'supervisor.restart'}],
	[['restart-engine'], {action: 'engine.restart'}],
	[['check-engine'], {action: 'engine.check'}],
	[['update-supervisor'], {action: 'supervisor.update'}],
	[['step-clock'], {action: 'clock.step'}],
	[['reboot'], {action: 'device.reboot'}],
])('act %j', (words, deed) => {
	expect(parseCommand(['act', 'root@dev', ...words, ...consent, '-p', '22222', '--ticket', 'T-1'])).toMatchObject({
		kind: 'act',
		aim: {to: 'host', target: 'root@dev', ssh: {port: 22222}},
		keep: {file: null, off: false, ticket: 'T-1'},
		consent: given,
		confirm: null,
		json: false,
		...deed,
	});
});

test('a dry run needs no consent; what stands behind -- is not ours', () => {
	expect(parseCommand(['act', 'demo', 'reload', '--dry-run', '--json'])).toMatchObject({consent: null, json: true});
	expect(parseCommand(['act', '--list'])).toEqual({kind: 'list'});
	const words = ['journalctl', '-S', '-1h', '--', '-u', '$(id)', '--help', ''];
	expect(
		parseCommand(['run', 'host', ...consent, '--consent-until', '2h', '--record', 'f', '--', ...words]),
	).toMatchObject({
		kind: 'run',
		action: 'command.run',
		subject: {kind: 'command', argv: words},
		consent: {...given, until: '2h'},
		keep: {file: 'f'},
	});
});

test.each([
	['host:/a b', 'host', '/a b'],
	['root@host:22222:/x', 'root@host:22222', '/x'],
	['host:22222', 'host', '22222'],
	['[fe80::1]:/x:y', '[fe80::1]', '/x:y'],
	['root@[fe80::1]:22222:x', 'root@[fe80::1]:22222', 'x'],
	['host:-x', 'host', '-x'],
	['host:~/x', 'host', '~/x'],
	['host:a\nb', 'host', 'a\nb'],
])('cp: %j is the path of a device', (word, target, remote) => {
	expect(parseCommand(['cp', word, 'here', '--yes'])).toMatchObject({
		kind: 'cp',
		way: 'get',
		aim: {to: 'host', target},
		remote,
		local: 'here',
		consent: null,
	});
	expect(parseCommand(['cp', ...consent, '--force', '--', './here:1', word])).toMatchObject({
		way: 'put',
		aim: {to: 'host', target},
		remote,
		local: './here:1',
		consent: {by: 'Ann'},
		force: true,
	});
});

test.each([
	['act', 'host', 'restart', 'a'.repeat(5000), ...consent],
	['host', '--watch', 'a'.repeat(5000)],
])('a name that is too long is not said back', (...args) => {
	expect(parseCommand(args)).toMatchObject({
		message: 'The name of a unit is 5008 characters long, and systemd allows 255. Try: devtop --help',
	});
});

test.each([
	[['host:22', '-p', '22222'], /The port stands twice: 22 in host:22, and -p 22222/],
	[['root@[fe80::1]:22', '-p', '2'], /The port stands twice/],
] as const)('%j', (args, why) => {
	expect(parseCommand([...args])).toMatchObject({message: expect.stringMatching(why)});
});

test.each([[['host:22', '-p', '22']], [['host', '-p', '22222']], [['fe80::1', '-p', '22']]] as const)(
	'%j is taken',
	args => {
		expect(parseCommand([...args])).toMatchObject({kind: 'watch'});
	},
);
