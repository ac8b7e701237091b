import {execFile} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, onTestFinished, test} from 'vitest';
import {labDevice, labSshConfig} from './device.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const CONSENT = ['--consent-by', 'Ann Example', '--consent-via', 'ticket 4711', '--consent-words', 'yes, put it there'];

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

/** A relay of the test's own before the hop, so that a cut is felt by nobody else. It cuts when so many bytes have passed. */
async function relayTo(port: number, cutAfter: number): Promise<number> {
	const sockets = new Set<Socket>();
	let passed = 0;
	let cut = false;
	const through = (from: Socket, to: Socket): void => {
		sockets.add(from);
		from.on('data', bytes => {
			passed += bytes.length;
			if (!cut && passed > cutAfter) {
				cut = true;
				for (const one of sockets) one.resetAndDestroy();
				sockets.clear();
			} else if (!to.write(bytes)) from.pause();
		});
		to.on('drain', () => void from.resume());
		from.on('close', () => to.destroy());
		from.on('error', () => {});
	};
	const server = createServer(socket => {
		const on = connect(port, '127.0.0.1');
		through(socket, on);
		through(on, socket);
	});
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.skipIf(labSshConfig === '')('files to and from a real device', () => {
	const dev2 = labSshConfig === '' ? (undefined as never) : labDevice('dev2');
	const there = '/var/lib/devtop-cp.bin';
	afterAll(async () => {
		await dev2.run(`rm -f ${there}`);
		await dev2.close();
	});

	const bytes = randomBytes(50_000_000);
	const sum = createHash('sha256').update(bytes).digest('hex');

	function house(): {
		readonly folder: string;
		readonly cp: (config: string, ...words: readonly string[]) => Promise<Ran>;
	} {
		const folder = mkdtempSync(join(tmpdir(), 'devtop-lab-cp-'));
		onTestFinished(() => rmSync(folder, {recursive: true}));
		return {
			folder,
			cp: (config, ...words) =>
				new Promise(resolve => {
					execFile(
						process.execPath,
						[program, 'cp', '-F', config, ...words],
						{env: {...process.env, XDG_STATE_HOME: join(folder, 'state')}, maxBuffer: 1 << 26},
						(error, stdout, stderr) => resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
					).stdin?.end();
				}),
		};
	}

	/** The lab's own config, with a relay before the hop to dev2. */
	async function cutting(folder: string, cutAfter: number): Promise<string> {
		const config = readFileSync(labSshConfig, 'utf8');
		const port = Number(/^ *Port (\d+)$/m.exec(config)?.[1]);
		const relay = await relayTo(port, cutAfter);
		const file = join(folder, 'config');
		writeFileSync(file, `Host dev1\n Port ${relay}\n HostKeyAlias [127.0.0.1]:${port}\n\n${config}`);
		return file;
	}

	test('50 MB there and back', async () => {
		const {folder, cp} = house();
		writeFileSync(join(folder, 'a'), bytes, {mode: 0o640});
		const put = await cp(labSshConfig, join(folder, 'a'), `dev2:${there}`, '--force', ...CONSENT);
		expect(put).toMatchObject({code: 0, stdout: expect.stringContaining(`50000000 bytes with SHA-256 ${sum}`)});
		expect(await dev2.run(`sha256sum <${there}; stat -c %a ${there}`)).toBe(`${sum}  -\n640\n`);
		const get = await cp(labSshConfig, `dev2:${there}`, join(folder, 'b'), '--yes');
		expect(get.code).toBe(0);
		expect(readFileSync(join(folder, 'b')).equals(bytes)).toBe(true);
	}, 180_000);

	test('a link that is cut in between: what is there stays, and a copy goes on', async () => {
		const {folder, cp} = house();
		await dev2.run(`printf old >${there}`);
		writeFileSync(join(folder, 'a'), bytes);
		const put = await cp(await cutting(folder, 20_000_000), join(folder, 'a'), `dev2:${there}`, '--force', ...CONSENT);
		expect(put).toMatchObject({
			code: 1,
			stdout: expect.stringMatching(/^failed: The link was lost on the way .*What was there before is untouched\.\n$/),
		});
		expect(await dev2.run(`cat ${there}; ls -A /var/lib | grep devtop`)).toBe('olddevtop-cp.bin\n');

		await dev2.run(`head -c 50000000 /dev/urandom >${there}`);
		const get = await cp(await cutting(folder, 20_000_000), `dev2:${there}`, join(folder, 'b'), '--yes');
		expect(get).toMatchObject({
			code: 0,
			stderr: expect.stringMatching(/The link was lost after \d+ of 50000000 bytes/),
		});
		const [theirs] = (await dev2.run(`sha256sum <${there}`)).split(' ');
		expect(
			createHash('sha256')
				.update(readFileSync(join(folder, 'b')))
				.digest('hex'),
		).toBe(theirs);
		expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([]);
	}, 180_000);
});
