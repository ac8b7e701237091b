import {expect, test} from 'vitest';
import {type Shell, shellDevice, walked} from './walked.ts';

/** Of root's own account in a container even /proc/1/io may be closed; how it is there is no matter of these tests. */
const IO = 'proc-io';
/** The device of these tests has no journal files. */
const NONE = 'no-journal-access';

const found = (cases: readonly string[]): readonly string[] => cases.filter(name => name !== IO && name !== NONE);

test('each step is told, with what was found and its time', async () => {
	const {lines, begun, cases} = await walked(await shellDevice());
	expect(found(cases)).toEqual([]);
	expect(lines.map(({id}) => id).join(' ')).toBe(
		'configuration road resolve tcp banner host-key encryption login shell exit-codes stdin sessions device systemd journal proc-io programs engine clock boot round-trip',
	);
	for (const id of ['tcp', 'banner', 'host-key', 'login', 'shell', 'stdin', 'sessions', 'device', 'systemd'])
		expect(lines.find(line => line.id === id)?.ms).toEqual(expect.any(Number));
	expect(begun.join(', ')).toBe(
		'road, name, TCP, SSH server, host key, encryption, login, shell, stdin, device, systemd',
	);
	expect(lines.find(({id}) => id === 'banner')?.text).toMatch(/^SSH-2\.0-devtop/);
});

const devices: readonly (readonly [title: string, shell: Shell, cases: readonly string[], text: RegExp])[] = [
	[
		'a login shell that prints',
		{login: command => `printf '\\033]0;owned\\007Welcome to the plant\\n'; ${command}`},
		['banner-in-output'],
		/“Welcome to the plant”/,
	],
	[
		'a login shell that runs nothing',
		{login: () => 'echo This account is currently not available.; exit 1'},
		['no-shell'],
		/it says “This account is currently not available\.”/,
	],
	['exit codes that are always 0', {status: () => 0}, ['exit-codes-untrue'], /ended with 7, and SSH says 0/],
	['stdin that is not forwarded', {hears: false}, ['stdin-not-forwarded'], /did not come back within 2 s/],
	['two sessions', {maxSessions: 2}, ['few-sessions'], /2 at once, of 5/],
	[
		'no systemd',
		{login: command => command.replaceAll('[ -d / ]', '[ -d /nowhere ]')},
		['no-systemd'],
		/does not run systemd/,
	],
	['a clock that is off', {programs: {date: '/bin/date -d \'1 hour ago\' "$@"'}}, ['clock-off'], /^1 h behind ours$/],
];

test.each(devices)('%s is named', async (_title, shell, cases, text) => {
	const {lines, cases: named} = await walked(await shellDevice(shell));
	expect(found(named)).toEqual(cases);
	const line = lines.find(({trouble}) => trouble?.case === cases[0]);
	expect(line?.text).toMatch(text);
});

test('no journal access is named, with the words of journalctl and the login', async () => {
	const hint = 'Hint: You are currently not seeing messages from other users and the system.';
	const {lines} = await walked(
		await shellDevice({
			programs: {
				journalctl: `echo "${hint}" >&2; echo "No journal files were opened due to insufficient permissions." >&2; exit 1`,
				id: 'case $1 in -u) echo 1000;; -un) echo ann;; *) echo ann users;; esac',
			},
		}),
	);
	expect(lines.find(({id}) => id === 'journal')).toMatchObject({
		grade: 'limit',
		text: expect.stringContaining('insufficient permissions'),
		trouble: {
			case: 'no-journal-access',
			wrong: expect.stringMatching(/^"ann" may not read .* \(it is in ann, users\)/),
			todo: expect.stringContaining('usermod -aG systemd-journal ann'),
		},
	});
});

test('another device than the one that was asked for is named, and nothing more is looked at', async () => {
	const {lines, cases} = await walked(await shellDevice(), 'a'.repeat(32));
	expect(cases).toEqual(['wrong-device']);
	expect(lines.at(-1)?.id).toBe('device');
});
