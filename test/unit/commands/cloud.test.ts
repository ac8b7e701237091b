/** Who we are to the cloud, where it is, and which device a short uuid means. */
import {chmodSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {tokenOf, tokenRules, userOf} from '../../../src/commands/cloud/credentials.ts';
import {cloudSettings} from '../../../src/commands/cloud/settings.ts';
import {askApi, findShort} from '../../../src/commands/cloud/short.ts';
import {defaults} from '../../../src/commands/config/shape.ts';
import {isFailure} from '../../../src/domain/channel.ts';
import {secrets} from '../../../src/rules/secrets.ts';
import {Redactor} from '../../../src/session/redactor.ts';

const UUIDS = [
	'8f2c91d4b0a74c1f9e5d3a6b7c8091ea',
	'8f2c91d4ffffffffffffffffffffffff',
	'01234567'.repeat(8).slice(0, 62),
] as const;
const [UUID, OTHER, LONGER] = UUIDS;
const {cloud} = defaults;
const folder = (): string => mkdtempSync(join(tmpdir(), 'devtop-cloud-'));

test('where the cloud is: our configuration, the environment, the CLI’s file, balenaCloud', () => {
	const home = folder();
	expect(cloudSettings(cloud, {}, home)).toEqual({
		proxyUrl: 'balena-devices.com',
		tunnel: {host: 'tunnel.balena-cloud.com', port: 443},
		apiUrl: 'https://api.balena-cloud.com',
		store: join(home, '.balena'),
	});
	writeFileSync(
		join(home, '.balenarc.yml'),
		'# mine\nbalenaUrl: "fleet.example.org/"\ndataDirectory: /var/b # there\n',
	);
	expect(cloudSettings(cloud, {}, home)).toEqual({
		proxyUrl: 'devices.fleet.example.org',
		tunnel: {host: 'tunnel.fleet.example.org', port: 443},
		apiUrl: 'https://api.fleet.example.org',
		store: '/var/b',
	});
	expect(
		cloudSettings({...cloud, tunnelUrl: 'https://t.org:8443/'}, {BALENARC_PROXY_URL: 'p.org'}, home),
	).toMatchObject({
		proxyUrl: 'p.org',
		tunnel: {host: 't.org', port: 8443},
		apiUrl: 'https://api.fleet.example.org',
	});
	expect(cloudSettings({...cloud, url: 'balena-staging.com'}, {}, home).proxyUrl).toBe('balena-staging-devices.com');
});

test('a token: the environment’s, a file that only we can read, the CLI’s; never one of many words', () => {
	const home = folder();
	const store = join(home, '.balena');
	expect(tokenOf(cloud, {store}, {}, home)).toBeNull();
	mkdirSync(store);
	writeFileSync(join(store, 'token'), 'of-the-cli\n');
	writeFileSync(join(store, 'cachedUsername'), '{"token":"of-the-cli","username":"ann"}');
	expect(tokenOf(cloud, {store}, {}, home)).toBe('of-the-cli');
	expect(userOf(cloud, {store})).toBe('ann');
	expect(userOf({...cloud, user: 'bea'}, {store})).toBe('bea');
	const file = join(home, 'key');
	writeFileSync(file, 'of-a-file', {mode: 0o644});
	const named = {...cloud, tokenFile: '~/key'};
	expect(tokenOf(named, {store}, {}, home)).toMatchObject({
		message: `${file} can be read by others, and a token stands in it: chmod 600 ${file}`,
	});
	chmodSync(file, 0o600);
	expect(tokenOf(named, {store}, {}, home)).toBe('of-a-file');
	expect(tokenOf(named, {store}, {DEVTOP_TOKEN: 'of-the-environment'}, home)).toBe('of-the-environment');
	const refused = tokenOf(named, {store}, {DEVTOP_TOKEN: 'two words of it'}, home);
	expect(refused).toMatchObject({code: 'usage', message: expect.stringContaining('DEVTOP_TOKEN is no token')});
	expect(JSON.stringify(refused)).not.toContain('two words');
	writeFileSync(join(store, 'cachedUsername'), 'half {');
	expect(userOf(cloud, {store})).toBeNull();
});

test('a token is cut out of whatever is said', () => {
	const token = 'a+b/c(d)-$e.f|g';
	const redactor = new Redactor([...secrets, ...tokenRules(token)]);
	expect(redactor.text(`sent ${token} there`)).toBe('sent ‹redacted:token› there');
});

test.each([8, 300, 301, 500, 2049, 9999])(
	'a token of %i characters, and what the tunnel is given, at any place of a long line',
	length => {
		let seed = 7;
		const letter = (): string => {
			seed = (seed * 1103515245 + 12345) % 2 ** 31;
			return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/'[seed % 66] ?? 'a';
		};
		const token = Array.from({length}, letter).join('');
		const redactor = new Redactor([...secrets, ...tokenRules(token, 'ann')]);
		const basic = Buffer.from(`ann:${token}`).toString('base64').replace(/=+$/, '');
		for (const secret of [token, basic])
			for (const before of [0, 1, 500, 1535, 1800, 2040, 2048, 4000]) {
				const said = redactor.text(`${'x '.repeat(before / 2)}${secret} behind`);
				expect(said.replaceAll('‹redacted:token›', '')).toMatch(/^(?:x )*\s?behind$/);
			}
	},
);

test.each([
	['{"token": "good-token"', /its answer is none of the API’s/],
	['"good-token"', /its answer is none of the API’s/],
	[`{"d": [${'{"uuid": "x"},'.repeat(100_000)}]}`, /its answer is none of the API’s/],
	['{"d": 3}', /its answer is none of the API’s/],
	['{"d": [null, {"uuid": 7}]}', null],
] as const)('an API that answers %j', async (body, says) => {
	const server = createServer((_, response) => response.end(body));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	const found = await askApi('8f2c91d', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'good-token');
	if (says === null) expect(found).toEqual([]);
	else expect(found).toMatchObject({kind: 'failure', message: expect.stringMatching(says)});
	expect(JSON.stringify(found)).not.toContain('good-token');
});

test('what the CLI’s file says of the servers ends nothing with a stack', async () => {
	expect(await askApi('8f2c91d', 'foo', 'good-token')).toMatchObject({
		code: 'usage',
		message: expect.stringContaining('apiUrl'),
	});
	for (const tunnelUrl of ['localhost:99999', '\x1b]52;c;x', ''])
		expect(cloudSettings({...cloud, tunnelUrl}, {}, folder()).tunnel).toMatchObject({port: 443});
});

/** The cloud's API as it answers this one question. */
async function api(answer: (request: IncomingMessage) => readonly [status: number, uuids: readonly string[]]) {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const [status, uuids] = answer(request);
		asked.push(decodeURIComponent(request.url ?? ''));
		response.writeHead(status, {'content-type': 'application/json'});
		response.end(JSON.stringify({d: uuids.map(uuid => ({uuid}))}));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked};
}

test('a short uuid: the configuration, the recordings, then the cloud; of two devices none is taken', async () => {
	const root = folder();
	const {url, asked} = await api(({headers, url: path = ''}) =>
		headers.authorization === 'Bearer good-token'
			? [200, UUIDS.filter(uuid => path.includes(`%27${uuid.slice(0, 7)}`))]
			: [401, []],
	);
	const find = (word: string, token: string | null, uuids: readonly string[] = []) =>
		findShort(
			word,
			{devices: Object.fromEntries(uuids.map(uuid => [uuid, {uuid, host: null, user: null, port: null, watch: []}]))},
			url,
			token,
			root,
		);
	expect(await find('8f2c91d', null, [UUID])).toEqual({kind: 'uuid', uuid: UUID});
	expect(await find('8f2c91d', null, [UUID, OTHER])).toMatchObject({
		message: expect.stringMatching(
			/8f2c91d begins the uuid of 2 devices in your configuration \(.*\): give more of it/,
		),
	});
	expect(await find('8f2c91d4b', null, [UUID, OTHER])).toEqual({kind: 'uuid', uuid: UUID});
	expect(await find('8f2c91d', null)).toMatchObject({
		code: 'usage',
		message: expect.stringMatching(/give all 32 \(or 62\) digits.*balena login.*DEVTOP_TOKEN/),
	});
	expect(asked).toEqual([]);
	expect(await find('0123456', 'good-token')).toEqual({kind: 'uuid', uuid: LONGER});
	expect(asked).toEqual([`/v6/device?$filter=startswith(uuid,'0123456')&$select=uuid&$top=6`]);
	expect(await find('8f2c91d', 'good-token')).toMatchObject({
		message: expect.stringContaining('2 devices of your account'),
	});
	expect(await find('fffffff', 'good-token')).toMatchObject({
		message: expect.stringContaining('No device that your account may reach begins with fffffff'),
	});
	expect(await find('8f2c91d', 'old-token')).toMatchObject({
		code: 'auth',
		message: expect.stringContaining('it has expired'),
	});
	mkdirSync(join(root, OTHER));
	writeFileSync(join(root, OTHER, '2026-11-25T09-41-01Z.devtop.jsonl'), '');
	expect(await find('8f2c91d', null)).toEqual({kind: 'uuid', uuid: OTHER});
});

test('the token is not sent unencrypted to another machine', async () => {
	const refused = await askApi('8f2c91d', 'http://api.example.org', 'good-token');
	expect(isFailure(refused) && refused.message).toMatch(/not encrypted, so no token is sent/);
});
