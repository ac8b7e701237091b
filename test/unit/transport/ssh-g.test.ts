/** An ssh_config with all that it can have, read through `ssh -G`: hops, includes and matches are OpenSSH's to resolve. */
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {resolveRoute} from '../../../src/transport/ssh/resolve.ts';
import type {SshOptions} from '../../../src/transport/ssh/ssh-config.ts';
import {got} from './support.ts';

const real = test.skipIf(spawnSync('ssh', ['-V']).error !== undefined);

const dir = mkdtempSync(join(tmpdir(), 'devtop-config-'));
const config = join(dir, 'config');
beforeAll(() => {
	mkdirSync(join(dir, 'hosts'));
	const write = (name: string, text: string): void => writeFileSync(join(dir, name), text.replaceAll('DIR', dir));
	write(
		'hosts/1.conf',
		'Include DIR/nested\nHost gw\n\tHostName 10.0.0.1\n\tPort 2201\n\tUser gate\n\tProxyJump bastion\n',
	);
	write('hosts/2.conf', 'Host bastion\n\tHostName bastion.example\n\tUser first\n\tIdentityFile DIR/%n-%h-%p-%r\n');
	write('hosts/2.off', 'Host gw\n\tPort 1\n');
	write('nested', 'Host dev\n\tHostName 198.51.100.7\n\tPort 22222\n\tProxyJump gw\n\tHostKeyAlias 5021224\n');
	write(
		'config',
		[
			'Include DIR/hosts/*.conf',
			'Match originalhost dev user somebody',
			'\tConnectTimeout 7',
			'Match host 198.51.100.7 exec "test %p = 22222"',
			'\tUser root',
			'\tIdentitiesOnly yes',
			'Match exec false',
			'\tHostKeyAlias never',
			'Match final host *.example',
			'\tHashKnownHosts yes',
			'Match all',
			'\tUserKnownHostsFile DIR/known-%k DIR/more',
			'\tServerAliveInterval 11',
			'',
		].join('\n'),
	);
});
afterAll(() => rmSync(dir, {recursive: true}));

const given: SshOptions = {configFile: config, identityFiles: [], user: null, port: null, jump: null, options: []};
const route = async (target: string, more: Partial<SshOptions> = {}) =>
	got(await resolveRoute(target, {...given, ...more})).hosts;

real('three hops, each by its own configuration', async () => {
	const [bastion, gw, dev, ...more] = await route('dev');
	expect(more).toEqual([]);
	expect(bastion).toMatchObject({
		host: 'bastion.example',
		port: 22,
		user: 'first',
		identityFiles: [join(dir, 'bastion-bastion.example-22-first')],
		hashKnownHosts: true,
		knownHostsFiles: [join(dir, 'known-bastion'), join(dir, 'more')],
	});
	expect(gw).toMatchObject({
		host: '10.0.0.1',
		port: 2201,
		user: 'gate',
		hashKnownHosts: false,
		knownHostsFiles: [join(dir, 'known-gw'), join(dir, 'more')],
	});
	expect(dev).toMatchObject({
		host: '198.51.100.7',
		port: 22222,
		user: 'root',
		identitiesOnly: true,
		hostKeyAlias: '5021224',
		connectTimeoutSeconds: null,
		serverAliveIntervalSeconds: 11,
		knownHostsFiles: [join(dir, 'known-5021224'), join(dir, 'more')],
	});
});

real('options of the command line go before the file, and to the device alone', async () => {
	const [gw, dev, ...more] = await route('somebody@dev', {jump: 'gate@10.0.0.9:2209', options: ['HostKeyAlias=mine']});
	expect(more).toEqual([]);
	expect(gw).toMatchObject({host: '10.0.0.9', port: 2209, user: 'gate', hostKeyAlias: null});
	expect(dev).toMatchObject({user: 'somebody', connectTimeoutSeconds: 7, hostKeyAlias: 'mine'});
});

real('a host of no block has what stands for all', async () => {
	const [host] = await route('elsewhere.example');
	expect(host).toMatchObject({host: 'elsewhere.example', port: 22, user: userInfo().username, hashKnownHosts: true});
});
