import {execFileSync, spawnSync} from 'node:child_process';
import {generateKeyPairSync} from 'node:crypto';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {
	checkHostKey,
	fingerprint,
	hostKeyName,
	keyType,
	knownHostsLine,
	namesHost,
	parseKnownHosts,
	preferredAlgorithms,
} from '../../../src/transport/ssh/known-hosts.ts';

/** A public key in SSH's wire format. */
function key(type = 'ssh-ed25519'): Buffer {
	const raw = generateKeyPairSync('ed25519').publicKey.export({type: 'spki', format: 'der'}).subarray(-32);
	const field = (bytes: Buffer): Buffer[] => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(bytes.length);
		return [length, bytes];
	};
	const exponent = type === 'ssh-rsa' ? field(Buffer.from([1, 0, 1])) : [];
	return Buffer.concat([...field(Buffer.from(type)), ...exponent, ...field(raw)]);
}

const A = key();
const B = key();
const RSA = key('ssh-rsa');
const line = (hosts: string, blob: Buffer): string => `${hosts} ${keyType(blob)} ${blob.toString('base64')}`;
const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

test.each([
	['10.0.0.7', 22, '10.0.0.7'],
	['Device.Local', 22222, '[device.local]:22222'],
	['::1', 22222, '[::1]:22222'],
] as const)('%s port %i is kept as %s', (host, port, name) => expect(hostKeyName(host, port)).toBe(name));

test.each([
	['a.example', 'a.example', true],
	['A.example', 'a.example', true],
	['*.example', 'a.example', true],
	['*.example,!a.example', 'a.example', false],
	['!b.example,*.example', 'a.example', true],
	['10.0.0.?', '10.0.0.7', true],
	['10.0.0.?', '10.0.0.17', false],
	['[10.0.0.7]:22222', '[10.0.0.7]:22222', true],
	['10.0.0.7', '[10.0.0.7]:22222', false],
	['a.example', 'axexample', false],
	['|1|AAAA|AAAA', 'a.example', false],
	['|2|AAAA|AAAA', 'a.example', false],
])('"%s" names %s: %s', (hosts, name, expected) => expect(namesHost(hosts, name)).toBe(expected));

const salt = Buffer.alloc(20, 7);
const tables: [string, string[], readonly string[], Buffer, string, string | null][] = [
	['the same key', [line('h', A)], ['h'], A, 'known', 'f:1'],
	['no line', [], ['h'], A, 'unknown', null],
	['another host', [line('i', A)], ['h'], A, 'unknown', null],
	['another key', ['# note', '', line('h', B)], ['h'], A, 'changed', 'f:3'],
	['one of two keys', [line('h', B), line('h', A)], ['h'], A, 'known', 'f:2'],
	['another type only', [line('h', RSA)], ['h'], A, 'changed', 'f:1'],
	['the same type is named first', [line('h', RSA), line('h', B)], ['h'], A, 'changed', 'f:2'],
	['hashed', [knownHostsLine('h', A, salt)], ['h'], A, 'known', 'f:1'],
	['hashed, changed', [knownHostsLine('h', B, salt)], ['h'], A, 'changed', 'f:1'],
	['revoked', [line('h', A), `@revoked ${line('*', A)}`], ['h'], A, 'revoked', 'f:2'],
	['another key revoked', [line('h', A), `@revoked ${line('*', B)}`], ['h'], A, 'known', 'f:1'],
	['without the port', [line('h', A)], ['[h]:22222', 'h'], A, 'known', 'f:1'],
	['an authority alone', [`@cert-authority ${line('*', B)}`], ['h'], A, 'authority', 'f:1'],
	['an authority, and the key itself', [`@cert-authority ${line('*', B)}`, line('h', A)], ['h'], A, 'known', 'f:2'],
	['without the port, another key', [line('h', B)], ['[h]:22222', 'h'], A, 'unknown', null],
	['comment and tabs', [`h\tssh-ed25519\t${A.toString('base64')}\tme@here`], ['h'], A, 'known', 'f:1'],
];
test.each(tables)('%s', (_title, lines, names, shown, kind, where) => {
	const verdict = checkHostKey(parseKnownHosts(lines.join('\n'), 'f').entries, names, shown);
	expect([verdict.kind, verdict.where]).toEqual([kind, where]);
});

test('lines that are not used say why', () => {
	const cut = A.toString('base64').slice(0, 40);
	const text = `@other ${line('h', A)}\nh ssh-rsa\nh ssh-rsa ${A.toString('base64')}\nh ssh-ed25519 ${cut}`;
	const {entries, ignored} = parseKnownHosts(text, 'f');
	expect(entries).toEqual([]);
	expect(ignored.map(({where, why}) => `${where} ${why}`)).toEqual([
		'f:1 unknown marker @other',
		'f:2 not "names type key"',
		'f:3 its key is no ssh-rsa key',
		'f:4 its key is no ssh-ed25519 key',
	]);
});

const DEFAULT = ['ssh-ed25519-cert-v01@openssh.com', 'ssh-ed25519', 'rsa-sha2-512'];
test.each([
	['nothing known', [], [], ['ssh-ed25519', 'ecdsa-sha2-nistp256']],
	['RSA known', [line('h', RSA)], [], ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-ed25519']],
	['RSA of another host', [line('i', RSA)], [], ['ssh-ed25519']],
	['only some are allowed', [line('h', RSA)], DEFAULT, ['rsa-sha2-512', 'ssh-rsa', 'ssh-ed25519']],
	['a list of the operator', [line('h', A)], ['rsa-sha2-512', 'ssh-ed25519'], ['rsa-sha2-512', 'ssh-ed25519']],
])('known types are asked for first: %s', (_title, lines, allowed, first) => {
	const {entries} = parseKnownHosts(lines.join('\n'), 'f');
	expect(preferredAlgorithms(entries, 'h', allowed).slice(0, first.length)).toEqual(first);
});

test.skipIf(!hasKeygen)('agrees with ssh-keygen (skipped where there is none)', () => {
	const dir = mkdtempSync(join(tmpdir(), 'devtop-known-'));
	try {
		const file = join(dir, 'known_hosts');
		const name = hostKeyName('10.0.0.7', 22222);
		// Ours is found by theirs, plain and hashed.
		for (const with_ of [null, salt]) {
			writeFileSync(file, `${knownHostsLine(name, A, with_)}\n`);
			expect(execFileSync('ssh-keygen', ['-F', name, '-f', file], {encoding: 'utf8'})).toContain(A.toString('base64'));
			expect(spawnSync('ssh-keygen', ['-F', '10.0.0.7', '-f', file]).status).not.toBe(0);
		}
		// Theirs is found by ours.
		writeFileSync(file, `${line(`${name},other`, A)}\n`);
		execFileSync('ssh-keygen', ['-H', '-f', file], {stdio: 'ignore'});
		const {entries} = parseKnownHosts(readFileSync(file, 'utf8'), file);
		expect(entries[0]?.hosts).toMatch(/^\|1\|/);
		for (const each of [name, 'other']) expect(checkHostKey(entries, [each], A).kind).toBe('known');
		expect(checkHostKey(entries, ['10.0.0.7'], A).kind).toBe('unknown');
		writeFileSync(join(dir, 'key.pub'), `ssh-ed25519 ${A.toString('base64')}\n`);
		const printed = execFileSync('ssh-keygen', ['-l', '-f', join(dir, 'key.pub')], {encoding: 'utf8'});
		expect(printed).toContain(` ${fingerprint(A)} `);
	} finally {
		rmSync(dir, {recursive: true});
	}
});
