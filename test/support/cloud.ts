/**
 * An operator's home with a cloud of doubles around it, and the embedded device behind. By hand:
 * `node test/support/cloud.ts [--scene quiet]` prints what to type, and stays.
 */
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import type {SceneId} from '../../src/embedded/scenes.ts';
import {startEmbedded} from '../../src/embedded/start.ts';
import {CERTIFICATE} from '../doubles/certificate.ts';
import {type ProxyOptions, startProxyDouble} from '../doubles/proxy.ts';
import {embeddedTarget, type Target} from '../doubles/target.ts';
import {startTunnelDouble} from '../doubles/tunnel.ts';

/** The uuid that the embedded device has. */
export const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';
export const TOKEN = 'token-of-ann-1234';

/** The doubles in front of a device, and the home of an operator who knows them. `key`: what the device lets in. */
export async function cloudAround(
	{uuid, target, key}: {readonly uuid: string; readonly target: Target; readonly key: string},
	options: Partial<ProxyOptions> = {},
) {
	const proxy = await startProxyDouble({devices: {[uuid]: target}, ...options});
	const tunnel = await startTunnelDouble({token: TOKEN, devices: {[uuid]: target}});
	const home = mkdtempSync(join(tmpdir(), 'devtop-home-'));
	const file = (name: string, text: string): string => {
		writeFileSync(join(home, name), text, {mode: 0o600});
		return join(home, name);
	};
	const known = `UserKnownHostsFile ${join(home, 'known_hosts')}\n StrictHostKeyChecking accept-new\n`;
	const config = file(
		'ssh',
		`Host ssh.balena.test\n HostName 127.0.0.1\n Port ${proxy.port}\n IdentityFile ${file('account', proxy.clientKey)}\n ${known}` +
			`Host ${uuid}\n IdentityFile ${file('device', key)}\n ${known}`,
	);
	const cloud = {
		proxyUrl: 'balena.test',
		tunnelUrl: `localhost:${tunnel.port}`,
		apiUrl: 'http://127.0.0.1:9',
		user: 'ann',
		tokenFile: file('token', TOKEN),
	};
	return {
		proxy,
		tunnel,
		home,
		env: {
			HOME: home,
			XDG_STATE_HOME: home,
			SSH_AUTH_SOCK: '',
			DEVTOP_CONFIG: file('config.json', JSON.stringify({cloud})),
			NODE_EXTRA_CA_CERTS: file('ca.pem', CERTIFICATE),
		},
		/** Words that connect, with the ssh_config. */
		over: (...words: string[]): string[] => [...words, '-F', config],
		close: async () => void (await Promise.all([proxy.close(), tunnel.close()])),
	};
}

/** The same, with the embedded device behind. */
export async function cloudHome(scene: SceneId | 'all' = 'quiet', options: Partial<ProxyOptions> = {}) {
	const embedded = await startEmbedded({scene});
	const around = await cloudAround(
		{uuid: UUID, target: embeddedTarget(embedded), key: embedded.server.clientKey},
		options,
	);
	return {
		...around,
		embedded,
		close: async () => {
			await around.close();
			await embedded.close();
		},
	};
}

if (process.argv[1] === import.meta.filename) {
	const {values} = parseArgs({options: {scene: {type: 'string'}, shell: {type: 'string'}, stdin: {type: 'string'}}});
	const {env, over, proxy, tunnel} = await cloudHome((values.scene ?? 'quiet') as SceneId, {
		...(values.shell === undefined ? {} : {shell: values.shell as ProxyOptions['shell'] & string}),
		...(values.stdin === undefined ? {} : {stdin: values.stdin as 'none'}),
	});
	console.log(
		Object.entries(env)
			.map(([name, value]) => `export ${name}=${value}`)
			.join('\n'),
	);
	console.log(`# node bin/devtop.js ${over(UUID, '--road', 'proxy').join(' ')}`);
	// What can be done to it, by a line: "proxy down", "proxy up", "tunnel down", "tunnel up", "expire".
	process.stdin.setEncoding('utf8').on('data', text => {
		for (const line of String(text).split('\n')) {
			const [what, how] = line.split(' ');
			if (what === 'proxy' || what === 'tunnel') ({proxy, tunnel})[what].down(how === 'down');
			if (what === 'expire') tunnel.set({token: 'another'});
		}
	});
}
