import {execFile} from 'node:child_process';
import {afterAll, afterEach, beforeAll, expect, onTestFinished, test} from 'vitest';
import {cloudHome, TOKEN, UUID} from '../support/cloud.ts';
import {home} from '../support/home.ts';
import {Terminal} from '../support/terminal.ts';
import {Sshd, sshdMissing} from '../unit/transport/sshd.ts';

const real = test.skipIf(sshdMissing() !== null);
const sshd = new Sshd();
beforeAll(async () => {
	if (sshdMissing() === null) await sshd.start();
});
afterEach(() => Terminal.killAll());
afterAll(() => sshd.stop());

const words = (...more: string[]): string[] => [
	'doctor',
	`${sshd.user}@127.0.0.1`,
	'-F',
	'/dev/null',
	'-o',
	`UserKnownHostsFile=${sshd.file('known_hosts')}`,
	'-o',
	'IdentityAgent=none',
	...more,
];

real('without a terminal it is plain text, and its exit code says how it is', async () => {
	const {run} = home();
	const refused = await run(words('-p', '1', '-i', sshd.file('plain')));
	expect(refused).toMatchObject({code: 2, stderr: ''});
	expect(refused.stdout).toMatch(/^✗ +\d+ ms {2}TCP {12}Nothing listens on 127\.0\.0\.1 port 1:/m);
	expect(refused.stdout).toMatch(
		/\ndevtop does not work here\.\n\nWhat is wrong: 127\.0\.0\.1 [\s\S]*\nWhat to do: {4}\S/,
	);
	expect(refused.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
	for (const line of refused.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);

	const reached = await run(words('-p', String(sshd.port), '-i', sshd.file('plain'), '--json'));
	const {verdict, steps} = JSON.parse(reached.stdout);
	expect(reached.code).toBe({well: 0, limit: 1, broken: 2}[verdict as 'well']);
	expect(steps.find(({id}: {id: string}) => id === 'login')).toMatchObject({grade: 'well', ms: expect.any(Number)});
	expect(await run(['doctor'])).toMatchObject({code: 2, stderr: expect.stringMatching(/doctor needs a target/)});
});

real('on a terminal a passphrase is asked for in its place, and the step that goes on is taken back', async () => {
	const {screen} = home();
	const terminal = await screen(words('-p', String(sshd.port), '-i', sshd.file('locked'))).until(/Passphrase of/);
	terminal.press('secret\r');
	await terminal.until(/login +\S+ is let in by \S+locked/);
	await terminal.exit;
	const shown = terminal.text();
	expect(shown.some(line => line.startsWith('…'))).toBe(false);
	expect(shown.some(line => /^Passphrase of \S+locked: *$/.test(line))).toBe(true);
	expect(terminal.rawOutput()).toContain('\u001b[32m✓\u001b[39;22m');
});

test('by uuid: a token that has expired is a limit where the proxy leads there, and is never shown', async () => {
	const {over, env, tunnel, close} = await cloudHome();
	onTestFinished(close);
	tunnel.set({token: 'another'});
	const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
	const {code, stdout} = await new Promise<{code: unknown; stdout: string}>(resolve =>
		execFile(
			process.execPath,
			[program, ...over('doctor', UUID, '--json')],
			{env: {...process.env, ...env}},
			(error, out) => resolve({code: error?.code, stdout: out}),
		),
	);
	expect(code).toBe(1);
	expect(stdout).not.toContain(TOKEN);
	const {steps} = JSON.parse(stdout) as {steps: {id: string; grade: string; trouble: {case: string} | null}[]};
	expect(steps.flatMap(({id, grade, trouble}) => (trouble === null ? [] : [`${id} ${grade} ${trouble.case}`]))).toEqual(
		['vpn limit token-expired', 'exit-codes limit exit-codes-untrue'],
	);
});
