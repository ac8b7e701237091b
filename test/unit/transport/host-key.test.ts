/** Each decision about a host key, taken by devtop and by ssh itself, on the same files and against the same sshd. */
import {execFileSync, spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {existsSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {isFailure} from '../../../src/domain/channel.ts';
import {directRoad} from '../../../src/transport/ssh/connect.ts';
import {resolveRoute} from '../../../src/transport/ssh/resolve.ts';
import {keygen, Sshd, sshdMissing} from './sshd.ts';
import {answers, got, never} from './support.ts';

const missing = sshdMissing();
/** Side by side: most of the time is waiting. */
const real = (missing === null ? test : test.skip).concurrent;
const title = (text: string): string => (missing === null ? text : `${text} (skipped: ${missing})`);

/** Shows an ed25519 and an ECDSA key; `host-rsa` is a key that it does not have. */
const sshd = new Sshd();
beforeAll(async () => {
	if (missing !== null) return;
	await sshd.start(['ecdsa']);
	keygen(sshd.file('host-rsa'), '', '-t', 'rsa', '-b', '2048');
	writeFileSync(sshd.file('answer'), '#!/bin/sh\necho "$1" >>"$ASKED"\necho "$ANSWER"\n', {mode: 0o700});
});
afterAll(() => sshd.stop());

/** `type base64` of a key. */
const key = (name: string): string =>
	readFileSync(sshd.file(`${name}.pub`), 'utf8')
		.split(' ', 2)
		.join(' ');
const here = (): string => `[127.0.0.1]:${sshd.port}`;
const hashed = (lines: string): string => {
	const file = `${sshd.file('to-hash')}-${randomUUID()}`;
	writeFileSync(file, lines);
	execFileSync('ssh-keygen', ['-H', '-f', file], {stdio: 'ignore'});
	return readFileSync(file, 'utf8');
};

type Decision = {
	readonly let: boolean;
	readonly asked: boolean;
	/** Lines behind those that were there, but for the salt. */
	readonly added: readonly string[];
	/** A word of the reason, where it was refused. */
	readonly why: 'changed' | 'revoked' | 'unknown' | null;
};

/** What is written is compared by who it names; hashed names by the word alone. */
const addedTo = (file: string, before: string): string[] =>
	!existsSync(file)
		? []
		: readFileSync(file, 'utf8')
				.slice(before.length)
				.split('\n')
				.filter(line => line !== '')
				.map(line => line.replace(/^\|1\|\S+/, 'hashed'));

type Given = {
	readonly known: string;
	readonly system: string;
	readonly options: readonly string[];
	readonly target: string;
	readonly yes: boolean;
};

/** The files of one side, and the options that name them. */
function place({known, system, options}: Given) {
	const dir = mkdtempSync(sshd.file('side-'));
	const file = `${dir}/known_hosts`;
	if (known !== '') writeFileSync(file, known);
	writeFileSync(`${dir}/system`, system);
	return {
		dir,
		file,
		options: [
			...options.map(option => option.replaceAll('DIR', dir)),
			`UserKnownHostsFile=${file}`,
			`GlobalKnownHostsFile=${dir}/system`,
			'IdentityAgent=none',
			'UpdateHostKeys=no',
		],
	};
}

async function byDevtop(given: Given): Promise<Decision> {
	const {file, options} = place(given);
	const {ask, asked} = answers({hostKey: given.yes});
	const route = got(
		await resolveRoute(given.target, {
			configFile: '/dev/null',
			identityFiles: [sshd.file('plain')],
			user: sshd.user,
			port: sshd.port,
			jump: null,
			options,
		}),
	);
	const result = await directRoad({route, ask}).connect(never());
	if (!isFailure(result)) await result.close();
	const why = isFailure(result) ? /^host-key-(\w+)$/.exec(result.code)?.[1] : null;
	if (why === undefined) throw new Error(JSON.stringify(result));
	return {
		let: !isFailure(result),
		asked: asked.length > 0,
		added: addedTo(file, given.known),
		why: why as Decision['why'],
	};
}

function bySsh(given: Given): Promise<Decision> {
	const {dir, file, options} = place(given);
	const env = {
		SSH_ASKPASS: sshd.file('answer'),
		SSH_ASKPASS_REQUIRE: 'force',
		ASKED: `${dir}/asked`,
		ANSWER: given.yes ? 'yes' : 'no',
	};
	return new Promise((resolve, reject) => {
		const child = spawn(
			'ssh',
			[
				...['-F', '/dev/null', '-i', sshd.file('plain'), '-l', sshd.user, '-p', String(sshd.port), '-T'],
				...options.flatMap(option => ['-o', option]),
				...[given.target, 'true'],
			],
			{stdio: ['ignore', 'ignore', 'pipe'], env: {...process.env, ...env}},
		);
		let said = '';
		child.stderr.on('data', (bytes: Buffer) => {
			said += bytes.toString();
		});
		child.once('close', code => {
			const why = /REVOKED|revoked/.test(said)
				? 'revoked'
				: /IDENTIFICATION HAS CHANGED/.test(said)
					? 'changed'
					: /Host key verification failed|No \S+ host key is known/.test(said)
						? 'unknown'
						: null;
			if (code !== 0 && why === null) reject(new Error(`ssh: ${code} ${said}`));
			else
				resolve({
					let: code === 0,
					asked: existsSync(env.ASKED),
					added: addedTo(file, given.known),
					why: code === 0 ? null : why,
				});
		});
	});
}

type Case = readonly [
	title: string,
	known: () => string,
	expected: Partial<Decision>,
	more?: {options?: readonly string[]; system?: () => string; target?: string; yes?: boolean},
];

const accept = {let: true, asked: false, why: null} as const;
const asks = {let: true, asked: true, why: null} as const;
const changed = {let: false, asked: false, why: 'changed'} as const;
const strict = (value: string): readonly string[] => [`StrictHostKeyChecking=${value}`];

const cases: readonly Case[] = [
	['plain', () => `${here()} ${key('host')}\n`, accept],
	['among names', () => `other,${here()},more ${key('host')} comment\n`, accept],
	['hashed', () => hashed(`${here()} ${key('host')}\n`), accept],
	['hashed, changed', () => hashed(`${here()} ${key('stranger')}\n`), changed],
	['a wildcard', () => `[127.0.*]:${sshd.port},*.example ${key('host')}\n`, accept],
	['a question mark', () => `[127.0.0.?]:${sshd.port} ${key('host')}\n`, accept],
	['a negated pattern', () => `[*]:*,!${here()} ${key('host')}\n`, asks],
	['a negated pattern of another', () => `!other,* ${key('host')}\n`, accept],
	['another port', () => `[127.0.0.1]:1 ${key('host')}\n`, asks],
	['without the port, the same key', () => `127.0.0.1 ${key('host')}\n`, accept],
	['without the port, another key', () => `127.0.0.1 ${key('stranger')}\n`, asks],
	['upper case in the file', () => `[LOCALHOST]:${sshd.port} ${key('host')}\n`, accept, {target: 'localhost'}],
	['upper case in the target', () => `[localhost]:${sshd.port} ${key('host')}\n`, accept, {target: 'LOCALHOST'}],
	['the address in the file, a name given', () => `${here()} ${key('host')}\n`, asks, {target: 'localhost'}],
	[
		'a changed address, a known name',
		() => `[localhost]:${sshd.port} ${key('host')}\n${here()} ${key('stranger')}\n`,
		accept,
		{target: 'localhost', options: ['CheckHostIP=no']},
	],
	['a changed key', () => `${here()} ${key('stranger')}\n`, changed],
	['a changed key, accept-new', () => `${here()} ${key('stranger')}\n`, changed, {options: strict('accept-new')}],
	['a second key of its type', () => `${here()} ${key('stranger')}\n${here()} ${key('host')}\n`, accept],
	['both of its keys', () => `${here()} ${key('host')}\n${here()} ${key('host-ecdsa')}\n`, accept],
	['only its second key: asked for first', () => `${here()} ${key('host-ecdsa')}\n`, accept],
	[
		'its second key, and a type that it lacks',
		() => `${here()} ${key('host-rsa')}\n${here()} ${key('host-ecdsa')}\n`,
		accept,
	],
	['another type than any of its own', () => `${here()} ${key('host-rsa')}\n`, changed],
	['its second key without the port: not asked for', () => `127.0.0.1 ${key('host-ecdsa')}\n`, asks],
	[
		'HostKeyAlgorithms',
		() => `${here()} ${key('host-ecdsa')}\n`,
		changed,
		{options: ['HostKeyAlgorithms=ssh-ed25519']},
	],
	['revoked', () => `${here()} ${key('host')}\n@revoked * ${key('host')}\n`, {let: false, why: 'revoked'}],
	['another key revoked', () => `${here()} ${key('host')}\n@revoked * ${key('stranger')}\n`, accept],
	['its second key revoked', () => `${here()} ${key('host')}\n@revoked * ${key('host-ecdsa')}\n`, accept],
	[
		'an authority, and the key itself',
		() => `@cert-authority * ${key('stranger')}\n${here()} ${key('host')}\n`,
		accept,
	],
	['unknown, yes', () => '', asks],
	['unknown, hashed', () => '', asks, {options: ['HashKnownHosts=yes']}],
	['unknown, no', () => '', {let: false, asked: true, why: 'unknown', added: []}, {yes: false}],
	['unknown, strict', () => '', {let: false, asked: false, why: 'unknown', added: []}, {options: strict('yes')}],
	['unknown, accept-new', () => '', {...accept}, {options: strict('accept-new')}],
	['unknown, not strict', () => `other ${key('host')}`, accept, {options: strict('no')}],
	['BatchMode', () => '', {let: false, asked: false, why: 'unknown', added: []}, {options: ['BatchMode=yes']}],
	['HostKeyAlias', () => `device ${key('host')}\n`, accept, {options: ['HostKeyAlias=Device']}],
	['HostKeyAlias is all that counts', () => `${here()} ${key('host')}\n`, asks, {options: ['HostKeyAlias=device']}],
	[
		'HostKeyAlias, changed',
		() => `device ${key('stranger')}\n${here()} ${key('host')}\n`,
		changed,
		{options: ['HostKeyAlias=device']},
	],
	["the system's file", () => '', {...accept, added: []}, {system: () => `${here()} ${key('host')}\n`}],
	["the system's file knows another", () => '', changed, {system: () => `${here()} ${key('stranger')}\n`}],
	[
		"the user's file knows it, the system's another",
		() => `${here()} ${key('host')}\n`,
		accept,
		{system: () => `${here()} ${key('stranger')}\n`},
	],
	[
		"revoked in the system's file",
		() => `${here()} ${key('host')}\n`,
		{let: false, why: 'revoked'},
		{system: () => `@revoked ${here()} ${key('host')}\n`},
	],
	[
		'no file of the user',
		() => `${here()} ${key('host')}\n`,
		{let: false, asked: false, why: 'unknown', added: []},
		{options: ['UserKnownHostsFile=none']},
	],
	[
		'several files of the user',
		() => '',
		accept,
		{options: ['UserKnownHostsFile=DIR/known_hosts DIR/system'], system: () => `${here()} ${key('host')}\n`},
	],
	[
		'several files: the first is written to',
		() => '',
		asks,
		{options: ['UserKnownHostsFile=DIR/known_hosts DIR/system']},
	],
	[
		'RevokedHostKeys',
		() => `${here()} ${key('host')}\n`,
		{let: false, why: 'revoked'},
		{options: ['RevokedHostKeys=DIR/system'], system: () => `${key('host')}\n`},
	],
	[
		'RevokedHostKeys names another',
		() => `${here()} ${key('host')}\n`,
		accept,
		{options: ['RevokedHostKeys=DIR/system'], system: () => `# none\n${key('stranger')}\n`},
	],
	[
		'RevokedHostKeys is not there',
		() => `${here()} ${key('host')}\n`,
		{let: false, why: 'revoked'},
		{options: ['RevokedHostKeys=DIR/nothing']},
	],
	['a line without a key', () => `${here()} ssh-ed25519\n${here()} ${key('host')}\n`, accept],
	['a key that is cut', () => `${here()} ${key('stranger').slice(0, 50)}\n`, asks],
	['a key of no known type', () => `${here()} ssh-none AAAACHNzaC1ub25lAAAAAQ==\n`, asks],
	["a type that is not the key's", () => `${here()} ${key('stranger').replace('ssh-ed25519', 'ssh-rsa')}\n`, asks],
	['an unknown marker', () => `@trusted ${here()} ${key('host')}\n`, asks],
	['comments, blanks, tabs, CRLF', () => `# note\r\n\r\n  ${here()}\t${key('host').replace(' ', '\t')} me\r\n`, accept],
];

const full = ([name, known, expected, more]: Case) => [name, known, expected, more ?? {}] as const;

real.each(cases.map(full))(title('devtop decides as ssh does: %s'), async (_title, known, expected, more) => {
	const given: Given = {
		known: known(),
		system: more.system?.() ?? '',
		options: more.options ?? [],
		target: more.target ?? '127.0.0.1',
		yes: more.yes ?? true,
	};
	const [theirs, ours] = await Promise.all([bySsh(given), byDevtop(given)]);
	expect(theirs, 'what ssh decides').toMatchObject(expected);
	expect(ours).toEqual(theirs);
});

const stricter: readonly Case[] = [
	['revoked, not strict', () => `@revoked * ${key('host')}\n`, {let: false, why: 'revoked'}, {options: strict('no')}],
	['a changed key, not strict', () => `${here()} ${key('stranger')}\n`, changed, {options: strict('no')}],
	[
		'a key that is revoked for the host without its port',
		() => `@revoked 127.0.0.1 ${key('host')}\n`,
		{let: false, why: 'revoked'},
	],
	['an authority alone', () => `@cert-authority * ${key('stranger')}\n`, {let: false, asked: false, why: 'unknown'}],
];

real.each(stricter.map(full))(
	title('devtop refuses what ssh would let pass: %s'),
	async (_title, known, expected, more) => {
		const given: Given = {known: known(), system: '', options: more.options ?? [], target: '127.0.0.1', yes: true};
		expect(await bySsh(given)).toMatchObject({let: true});
		expect(await byDevtop(given)).toMatchObject(expected);
	},
);
