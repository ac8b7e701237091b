import {expect, test} from 'vitest';
import {noFilter, parseFilter} from '../../../src/domain/filter.ts';
import type {JournalRecord} from '../../../src/domain/journal.ts';
import {journal} from '../../../src/panes/journal/index.ts';
import {choicesOf, presetsOf} from '../../../src/panes/journal/presets.ts';
import {keys, line, push} from './journal-lines.ts';

const supervisor = {containerName: 'balena_supervisor', identifier: '4ce5bebc27c6', units: ['balena.service']};
const sshd = {identifier: 'sshd', units: ['sshd@0.service']};
const systemd = {identifier: 'systemd', units: ['init.scope']};

const filterOf = (source: string) => {
	const filter = parseFilter(source);
	return 'wrong' in filter ? noFilter : filter;
};
const passes = (source: string, record: JournalRecord): boolean =>
	keys(push([record]), {filter: filterOf(source), calm: false}).length === 1;
const preset = (name: string): string =>
	presetsOf('backend').find(({name: known}) => known === name)?.filter ?? 'prio:emerg';

test.each([
	['[info]    Reported current state to the cloud', supervisor],
	['[api]     GET /v1/healthy 200 - 3.135 ms', supervisor],
	['GET /ping', supervisor],
	['backend: heartbeat 17', {}],
	['heartbeat', {}],
	['Heartbeat ok', {}],
	['Accepted publickey for root from 10.0.0.1 port 51544 ssh2: RSA SHA256:x', sshd],
	['pam_unix(sshd:session): session opened for user root', sshd],
	['Connection closed by 10.0.0.1 port 51544 [preauth]', sshd],
	['sshd@12-10.0.0.2:22-10.0.0.1:51544.service: Deactivated successfully.', systemd],
	['Started OpenSSH Per-Connection Daemon (10.0.0.1:51544).', systemd],
	[String.raw`run-docker-runtime\x2drunc-moby-4ce5-runc.Xy3FzA.mount: Deactivated successfully.`, systemd],
] as const)('%j is polling noise', (message, change) => {
	expect(passes(preset('without polling noise'), line(message, change))).toBe(false);
});

test.each([
	['[error]   Failed to report current state', supervisor],
	['[api]     GET /v1/healthy 503 - 3.135 ms', supervisor],
	['GET /pingpong 200', {}],
	['backend: heartbeat lost', {}],
	['no heartbeat', {}],
	['Failed password for root from 10.0.0.1', sshd],
	['sshd@12-10.0.0.2:22-10.0.0.1:51544.service: Failed with result exit-code.', systemd],
	['balena.service: Deactivated successfully.', systemd],
] as const)('%j is none', (message, change) => {
	expect(passes(preset('without polling noise'), line(message, change))).toBe(true);
});

test.each([
	['engine', line('Loading containers', {identifier: 'balenad'}), true],
	['engine', line('x', supervisor), false],
	['supervisor', line('x', {identifier: 'x', units: ['balena-supervisor.service']}), true],
	['supervisor', line('x', {identifier: 'balenad', units: ['balena.service']}), false],
	['service backend', line('x', {containerName: 'backend_1_2_abc'}), true],
	['service backend', line('x', {containerName: 'frontend_1_2_abc'}), false],
	['all', line('x'), true],
] as const)('preset %s', (name, record, passed) => {
	expect(passes(preset(name), record)).toBe(passed);
});

test('every preset reads as a filter, and there is none of a service that is not known', () => {
	for (const {filter} of presetsOf('odd "name"')) expect(parseFilter(filter)).not.toHaveProperty('wrong');
	expect(presetsOf(null).map(({name}) => name)).toEqual(['all', 'without polling noise', 'engine', 'supervisor']);
});

test('what can be picked has counts, the most first, and its filter lets just these lines through', () => {
	const state = push([
		line('a', {identifier: 'systemd', units: ['init.scope', 'balena.service']}),
		line('b', {identifier: 'balenad', units: ['balena.service']}),
		line('c', {identifier: '4ce5bebc27c6', containerName: 'backend_1_2_abc', units: ['balena.service']}),
		line('d', {identifier: '4ce5bebc27c6', containerName: 'backend_1_2_abc', units: ['balena.service']}),
		line('e', {identifier: 'od"d/.', units: ['balena-supervisor.service']}),
		line('f', {identifier: '', units: []}),
	]);
	const units = choicesOf('unit', state.ring, state.names);
	expect(units.map(({name, count}) => `${count} ${name}`)).toEqual([
		'4 balena.service',
		'1 balena-supervisor.service',
		'1 init.scope',
	]);
	const speakers = choicesOf('identifier', state.ring, state.names);
	expect(speakers.map(({name, count}) => `${count} ${name}`)).toEqual([
		'2 backend',
		'1 balenad',
		'1 od"d/.',
		'1 systemd',
	]);
	for (const {filter, count} of [...units, ...speakers])
		expect([filter, keys(state, {filter: filterOf(filter), calm: false}).length]).toEqual([filter, count]);
	expect(journal.choices?.(state, 'unit')).toEqual(units);
});
