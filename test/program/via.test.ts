import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {startEmbedded} from '../../src/embedded/start.ts';
import {startServer} from '../../src/transport/ssh/server.ts';
import {CERTIFICATE} from '../doubles/certificate.ts';
import {startTunnelDouble} from '../doubles/tunnel.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';
const GATEWAY = '6610c4a0000000000000000000000000';
const TOKEN = 'token-of-ann-1234';

/** Only the proxy runs commands beside an sshd. */
const never = (): never => {
	throw new Error('the tunnel runs nothing');
};

type Ran = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** The embedded device at 198.51.100.7, behind a gateway that knows its name; and devtop as an operator runs it. */
async function behind(): Promise<{
	readonly home: string;
	/** Names that the gateway resolves. */
	readonly names: Map<string, string>;
	readonly devtop: (...args: string[]) => Promise<Ran>;
}> {
	const names = new Map([['8f2c91d.local', '198.51.100.7']]);
	const home = mkdtempSync(join(tmpdir(), 'devtop-via-'));
	const device = await startEmbedded({scene: 'quiet'});
	const gateway = await startServer({
		onForward: host => (host === '198.51.100.7' ? device.server.port : null),
		onExec: (command, running) => {
			for (const [name, address] of names) if (command.includes(name)) running.out(`${address}    STREAM ${name}\n`);
			running.exit(0);
		},
	});
	const socket = (): Socket => connect({host: '127.0.0.1', port: gateway.port});
	const tunnel = await startTunnelDouble({token: TOKEN, devices: {[GATEWAY]: {socket, exec: never}}});
	onTestFinished(async () => {
		await tunnel.close();
		await gateway.close();
		await device.close();
		rmSync(home, {recursive: true, force: true});
	});
	const write = (name: string, text: string): void => writeFileSync(join(home, name), text, {mode: 0o600});
	write('gateway-key', gateway.clientKey);
	write('device-key', device.server.clientKey);
	write(
		'config',
		[
			`Host gw\n HostName 127.0.0.1\n Port ${gateway.port}\n User root`,
			`Host gw ${GATEWAY}\n IdentityFile ${home}/gateway-key`,
			'Host *',
			` IdentityFile ${home}/device-key\n IdentityAgent none\n StrictHostKeyChecking accept-new`,
			` UserKnownHostsFile ${home}/known_hosts\n GlobalKnownHostsFile none`,
			'',
		].join('\n'),
	);
	write('token', TOKEN);
	write('ca.pem', CERTIFICATE);
	const cloud = {tunnelUrl: `localhost:${tunnel.port}`, apiUrl: 'http://127.0.0.1:9', tokenFile: join(home, 'token')};
	write('config.json', JSON.stringify({cloud}));
	const env = {
		...process.env,
		HOME: home,
		XDG_STATE_HOME: home,
		DEVTOP_CONFIG: join(home, 'config.json'),
		NODE_EXTRA_CA_CERTS: join(home, 'ca.pem'),
	};
	return {
		home,
		names,
		devtop: (...args) =>
			new Promise(resolve => {
				execFile(process.execPath, [program, ...args, '-F', join(home, 'config')], {env}, (error, stdout, stderr) =>
					resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
				).stdin?.end();
			}),
	};
}

test('a device is found behind its gateway by a short uuid, recorded, and found again where it was', async () => {
	const {home, names, devtop} = await behind();
	const {code, stdout, stderr} = await devtop('record', '8f2c91d', '--via', 'gw', '--for', '1s', '--json');
	expect([code, stderr]).toEqual([0, expect.stringContaining('Recording to')]);
	const {file, ...summary} = JSON.parse(stdout);
	expect(summary).toMatchObject({uuid: UUID, target: 'root@198.51.100.7:22222', reconnects: 0});
	expect(file).toContain(`/${UUID}/`);
	expect(readFileSync(join(home, 'known_hosts'), 'utf8')).toMatch(
		new RegExp(`^\\[127\\.0\\.0\\.1\\]:\\d+ ssh-ed25519 \\S+\\n${UUID} ssh-ed25519 \\S+\\n$`),
	);
	names.clear();
	const again = await devtop('8f2c91d', '--via', 'gw', '--once');
	expect([again.code, again.stderr]).toEqual([0, '']);
	expect(again.stdout).toContain(UUID);
});

test('a gateway may be given by its uuid, too: through the tunnel', async () => {
	const {home, devtop} = await behind();
	const {code, stdout, stderr} = await devtop('8f2c91d', '--via', GATEWAY, '--once');
	expect([code, stderr]).toEqual([0, '']);
	expect(stdout).toContain(UUID);
	expect(readFileSync(join(home, 'known_hosts'), 'utf8').replaceAll(/ \S+ \S+$/gm, '')).toBe(`${GATEWAY}\n${UUID}\n`);
});

test.each([
	[
		['1f2c91d', '--via', 'gw', '--once'],
		1,
		/^devtop: 1f2c91d was not found behind root@127\.0\.0\.1:\d+: 1f2c91d\.local has no address there; --sweep [^\n]+\.\n$/,
	],
	[
		['1f2c91d', '--via', 'gw', '--once', '-o', 'HostName=198.51.100.7'],
		1,
		/^devtop: This is the wrong device: 8f2c91d answers at root@198\.51\.100\.7:22222, not 1f2c91d; [^\n]+\.\n$/,
	],
	[['8f2c91d', '--once', '--sweep'], 2, /^devtop: --sweep [^\n]+ --via\. Try: devtop --help\n$/],
] as const)('%j is refused in one sentence', async (args, exit, sentence) => {
	const {devtop} = await behind();
	expect(await devtop(...args)).toEqual({code: exit, stdout: '', stderr: expect.stringMatching(sentence)});
});
