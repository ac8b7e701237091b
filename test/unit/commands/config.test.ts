import {mkdtempSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {parseCommand} from '../../../src/commands/arguments.ts';
import {parseJson} from '../../../src/commands/config/json.ts';
import {faultOf, isNested} from '../../../src/commands/config/pattern.ts';
import {configOf, configPlace} from '../../../src/commands/config/read.ts';
import {defaults, toConfig} from '../../../src/commands/config/shape.ts';
import {EXAMPLE, tellConfig} from '../../../src/commands/config.ts';
import {isFailure} from '../../../src/domain/channel.ts';
import {Redactor} from '../../../src/session/redactor.ts';

const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';

function write(text: string): string {
	const file = join(mkdtempSync(join(tmpdir(), 'devtop-config-')), 'config.json');
	writeFileSync(file, text);
	return file;
}

test.each([
	[null, {XDG_CONFIG_HOME: '/var/x'}, '/var/x/devtop/config.json', null],
	[null, {XDG_CONFIG_HOME: 'relative'}, join(homedir(), '.config/devtop/config.json'), null],
	[null, {}, join(homedir(), '.config/devtop/config.json'), null],
	[null, {DEVTOP_CONFIG: '/c', XDG_CONFIG_HOME: '/var/x'}, '/c', 'DEVTOP_CONFIG'],
	['f', {DEVTOP_CONFIG: '/c'}, 'f', '--config'],
] as const)('--config %s and %j: %s', (given, env, file, named) => {
	expect(configPlace(given, env)).toEqual({file, named});
});

test('the example is in order, and says what it seems to say', () => {
	const {config, faults} = toConfig(EXAMPLE);
	expect(faults).toEqual([]);
	expect(config).toMatchObject({
		devices: {
			gateway: {uuid: null, host: '192.168.1.20', port: 22_222, user: 'root', watch: ['modem-watchdog.service']},
		},
		watch: ['chronyd.service'],
		keep: {days: 90, megabytes: 2000},
		profiles: {'field-tests': {via: 'ticket', minutes: 60, ticket: null, uuids: null, own: true}},
		own: [],
	});
	expect(new Redactor(config.redact).text('got ORDER-1234567, BORDER-1234567')).toBe(
		'got ‹redacted:order›, BORDER-1234567',
	);
});

test('JSON with comments keeps its values, whatever stands in texts', () => {
	const text = '\ufeff{"a": "// no /* comment", /* one\ntwo */ "b": [1, -2.5e3, true, null,], // three\n}\n';
	expect(parseJson(text)).toMatchObject({
		value: {
			kind: 'object',
			entries: [
				{key: 'a', line: 1, value: {value: '// no /* comment'}},
				{key: 'b', line: 2, value: {items: [{value: 1}, {value: -2500}, {value: true}, {kind: 'null'}]}},
			],
		},
	});
});

test.each([
	['', 1, /^a value is missing\.$/],
	['{"watch": ["a"]\n"own": []}', 2, /^a comma or `}` is missing, at `"own": \[\]}`\.$/],
	['{"watch": [a]}', 1, /^a text needs "double quotes", at `a]}`\.$/],
	['{watch: []}', 1, /^a key in "double quotes" is expected/],
	['{"redact": [{"name": "a", "pattern": "\\d+"}]}', 1, /with \\\\ for a backslash/],
	['{}\n}', 2, /^something stands behind the end/],
	['['.repeat(30), 1, /^this is nested too deep/],
	['[]', 1, /^The configuration is an object in { }, not a list in \[ ]\.$/],
	['{\n"wacth": []}', 2, /^The configuration has no key "wacth": is "watch" meant\?$/],
	['{"keep": {"day": 3}}', 1, /^keep has no key "day": is "days" meant\?$/],
	['{"watch": [],\n"watch": []}', 2, /^"watch" stands in The configuration twice\.$/],
	['{"watch": "a"}', 1, /^watch is a list in \[ ], not a text\.$/],
	['{"watch": ["a",\n"b;c"]}', 2, /^"b;c" in watch is no name of a unit\.$/],
	['{"keep": {"days": 0}}', 1, /^keep\.days is a whole number from 1 to 36500, not 0\.$/],
	['{"devices": {"a b": {}}}', 1, /^"a b" in devices is no name/],
	['{"devices": {"a":\n{"host": "root@x"}}}', 2, /^devices\.a\.host is a host name or an address, without user/],
	['{"devices": {"a": {"port": 70000}}}', 1, /^devices\.a\.port is a whole number from 1 to 65535, not 70000\.$/],
	['{"devices": {"a": {"uuid": "8f2c91d"}}}', 1, /^"8f2c91d" in devices\.a\.uuid is no full uuid/],
	['{"cloud": {"tunnelUrl": "a/b"}}', 1, /^cloud\.tunnelUrl is the name of a server, without a path/],
	['{"cloud": {"tokenFile": "eyJhbGciOi"}}', 1, /^cloud\.tokenFile is a path.*the token itself does not stand here/],
	['{"own": ["*"]}', 1, /^"\*" in own is no full uuid/],
	['{"profiles": {"a": {"minutes": 5}}}', 1, /^profiles\.a needs "via"/],
	['{"profiles": {"a": {"via": "fax"}}}', 1, /^profiles\.a\.via is one of ticket, phone, chat, mail, not "fax"\.$/],
	['{"profiles": {"a": {"via": "chat", "own": 1}}}', 1, /^profiles\.a\.own is true or false, not a number\.$/],
	['{"redact": [{"name": "a"}]}', 1, /^A rule in redact needs "pattern"\.$/],
	['{"redact": [\n{"name": "pem", "pattern": "x"}]}', 2, /^"pem" in redact is the name of another rule already\.$/],
	['{"redact": [{"name": "a", "pattern": "x"},\n{"name": "a", "pattern": "y"}]}', 2, /^"a" in redact is the name of/],
	[
		'{"redact": [{"name": "a",\n"pattern": "("}]}',
		2,
		/^The pattern "\(" is no regular expression \(Unterminated group\)\.$/,
	],
	['{"redact": [{"name": "a",\n"pattern": "x*"}]}', 2, /^The pattern "x\*" matches the empty text/],
	['{"redact": [{"name": "a",\n\n"pattern": "(a+)+$"}]}', 3, /repeats something that is itself repeated/],
])('%j: the fault is in line %i', (text, line, sentence) => {
	const {faults} = toConfig(text);
	expect(faults).toEqual([{line, sentence: expect.stringMatching(sentence)}]);
});

test.each(['(?:[a-z]+\\.)*x', '(.*)*y', '((a{2,})b){20,}', '(?<n>x*)+y'])('%s is nested', pattern => {
	expect(isNested(pattern)).toBe(true);
});

test.each([
	'\\bORDER-[0-9]{6,12}',
	'(?:\\d{1,3}\\.){3}\\d+',
	'[+*](a)+',
	'\\(a+\\)+',
	'(a+)b+',
	'serial=(?<secret>\\S+)',
	'name: .*',
	'.*top secret.*',
])('%s is fit', pattern => {
	expect(faultOf(pattern)).toBe(null);
});

test.each(['(?:x|x)*y', 'a.*b.*c.*d.*e', '(?:a|ab|b)+c'])('%s is not nested, and takes too long', pattern => {
	expect(isNested(pattern)).toBe(false);
	expect(faultOf(pattern)).toMatch(/^takes too long/);
});

test('all faults are told by --check, the first one by a command', () => {
	const file = write('{"watch": ["a;b"],\n"wacth": 1,\n"keep": {"days": "x"}}');
	expect(tellConfig(file, true)).toEqual({
		faults: [
			`${file}:1: "a;b" in watch is no name of a unit.`,
			`${file}:2: The configuration has no key "wacth": is "watch" meant?`,
			`${file}:3: keep.days is a number, not a text.`,
		],
	});
	expect(configOf(file)).toMatchObject({
		code: 'usage',
		message: `${file}:1: "a;b" in watch is no name of a unit. 2 more faults: devtop config --check lists all.`,
	});
});

test('no file is no fault, unless it was named', () => {
	const env = {XDG_CONFIG_HOME: '/nowhere'};
	expect(configOf(null, env)).toBe(defaults);
	expect(configOf('/nowhere/c', env)).toMatchObject({message: /named by --config, is not there\.$/});
	expect(configOf(null, {DEVTOP_CONFIG: '/nowhere/c'})).toMatchObject({
		message: /named by DEVTOP_CONFIG, is not there/,
	});
	const told = tellConfig(null, false, env);
	expect(told).toMatchObject({code: 0, text: expect.stringContaining(EXAMPLE)});
	expect(tellConfig(null, true, env)).toMatchObject({code: 0, text: expect.stringContaining('is not there')});
});

test('what is in effect', () => {
	const file = write(EXAMPLE);
	expect(tellConfig(file, false)).toEqual({
		code: 0,
		text: `file      ${file} (--config)
devices   gateway (root@192.168.1.20:22222, watches modem-watchdog.service)
cloud     user ann
watch     chronyd.service
redact    order
keep      90 days, 2000 MB
profiles  field-tests (ticket)
own       none
`,
	});
});

const devices = {
	gw: {uuid: UUID, host: '10.0.0.7', user: 'root', port: 22_222, watch: ['a.service']},
	'8f2c91d': {uuid: null, host: '10.0.0.8', user: null, port: null, watch: []},
	demo: {uuid: null, host: null, user: null, port: null, watch: ['x.service']},
	ls: {uuid: null, host: '10.0.0.9', user: null, port: null, watch: []},
	local: {uuid: null, host: '10.0.0.10', user: null, port: null, watch: []},
};
const configured = () => ({...defaults, devices, watch: ['b.service']});

test.each([
	['gw', {target: '10.0.0.7', uuid: UUID, ssh: {user: 'root', port: 22_222}}, ['b.service', 'a.service']],
	['gw -l me -p 22 --watch c', {ssh: {user: 'me', port: 22}}, ['b.service', 'a.service', 'c.service']],
	['8f2c91d', {target: '10.0.0.8', uuid: null}, ['b.service']],
	['demo', {to: 'host', target: 'demo'}, ['b.service', 'x.service']],
	['local', {target: '10.0.0.10'}, ['b.service']],
	['host', {target: 'host', uuid: null, byUuid: false}, ['b.service']],
	['9294512', {target: '9294512', uuid: '9294512', byUuid: true, road: null}, ['b.service']],
	[UUID, {target: UUID, uuid: UUID, byUuid: true}, ['b.service']],
	[
		'gw --road tunnel',
		{target: UUID, uuid: UUID, byUuid: true, road: 'tunnel', ssh: {user: null, port: null}},
		['b.service', 'a.service'],
	],
])('%s with names in the configuration', (line, aim, watch) => {
	const command = parseCommand(line.split(' '), configured);
	if (isFailure(command)) throw new Error(command.message);
	expect(command).toMatchObject({kind: 'watch', aim: {to: 'host', ...aim}, scope: {watch}});
});

test('the configuration is read only where something connects', () => {
	const broken = () => ({kind: 'failure', code: 'usage', message: 'broken'}) as const;
	for (const line of ['ls', '--help', 'verify f', 'config', 'config --check'])
		expect(isFailure(parseCommand(line.split(' '), broken))).toBe(false);
	for (const line of ['host', 'demo', 'record host', 'host --once'])
		expect(parseCommand(line.split(' '), broken)).toMatchObject({message: 'broken'});
	expect(parseCommand(['demo'], configured)).toMatchObject({aim: {to: 'host'}});
	expect(parseCommand(['demo'], () => ({...defaults, watch: ['b.service']}))).toMatchObject({
		aim: {to: 'demo'},
		scope: {watch: []},
	});
	expect(parseCommand(['ls', '--check'])).toMatchObject({message: /--check goes with devtop config/});
});
