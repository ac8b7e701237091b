/** A real OpenSSH server on a loopback port, as an ordinary process, with everything in one temporary directory. */
import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';

const SSHD = '/usr/sbin/sshd';

/** Why it can't be used here, or null. */
export function sshdMissing(): string | null {
	if (!existsSync(SSHD)) return `no ${SSHD}`;
	for (const program of ['ssh', 'ssh-keygen', 'ssh-agent', 'ssh-add'])
		if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `no ${program}`;
	return null;
}

export const keygen = (file: string, passphrase = '', ...more: string[]): void => {
	execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', file, ...more], {
		stdio: 'ignore',
	});
};

const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});

const answers = (port: number): Promise<boolean> =>
	new Promise(resolve => {
		const socket = connect(port, '127.0.0.1');
		socket.once('data', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});

export class Sshd {
	readonly dir = mkdtempSync(join(tmpdir(), 'devtop-sshd-'));
	readonly user = userInfo().username;
	port = 0;
	#process: ChildProcess | null = null;
	#agent: ChildProcess | null = null;

	file(name: string): string {
		return join(this.dir, name);
	}

	/**
	 * Makes keys `plain` and `locked` (passphrase "secret", both let in), `stranger` (not let in), and starts.
	 *
	 * @param types of further host keys, each `host-TYPE`.
	 */
	async start(types: readonly string[] = []): Promise<void> {
		keygen(this.file('host'));
		for (const type of types) keygen(this.file(`host-${type}`), '', '-t', type);
		keygen(this.file('plain'));
		keygen(this.file('locked'), 'secret');
		keygen(this.file('stranger'));
		writeFileSync(
			this.file('authorized_keys'),
			readFileSync(this.file('plain.pub'), 'utf8') + readFileSync(this.file('locked.pub'), 'utf8'),
		);
		if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true});
		this.port = await freePort();
		writeFileSync(
			this.file('sshd_config'),
			[
				`Port ${this.port}`,
				'ListenAddress 127.0.0.1',
				`HostKey ${this.file('host')}`,
				...types.map(type => `HostKey ${this.file(`host-${type}`)}`),
				`AuthorizedKeysFile ${this.file('authorized_keys')}`,
				`PidFile ${this.file('pid')}`,
				'StrictModes no',
				'UsePAM no',
				'PasswordAuthentication no',
				'KbdInteractiveAuthentication no',
				'PermitRootLogin yes',
				'MaxStartups 100',
				'',
			].join('\n'),
		);
		this.#process = spawn(SSHD, ['-D', '-e', '-f', this.file('sshd_config')], {stdio: 'ignore'});
		this.trust('known_hosts', 'host');
		for (let tries = 0; tries < 100; tries++) {
			if (await answers(this.port)) return;
			await new Promise(resolve => setTimeout(resolve, 50));
		}
		throw new Error('sshd does not answer');
	}

	/** Writes a known_hosts file that knows this server by a key. */
	trust(name: string, key: string, ...names: string[]): string {
		const [type = '', blob = ''] = readFileSync(this.file(`${key}.pub`), 'utf8').split(' ');
		const hosts = [`[127.0.0.1]:${this.port}`, ...names].join(',');
		writeFileSync(this.file(name), `# made by a test\n${hosts} ${type} ${blob}\n`);
		return this.file(name);
	}

	/** An agent that holds these keys. Returns its socket. */
	async agent(...keys: string[]): Promise<string> {
		this.#agent?.kill();
		const socket = this.file(`agent-${Math.random().toString(36).slice(2)}`);
		this.#agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: 'ignore'});
		for (let tries = 0; tries < 100 && !existsSync(socket); tries++)
			await new Promise(resolve => setTimeout(resolve, 20));
		for (const key of keys)
			execFileSync('ssh-add', ['-q', this.file(key)], {env: {...process.env, SSH_AUTH_SOCK: socket}, stdio: 'ignore'});
		return socket;
	}

	/** A copy of a key's private half alone, without what lies beside it. */
	alone(key: string, name: string): string {
		copyFileSync(this.file(key), this.file(name));
		return this.file(name);
	}

	stop(): void {
		this.#process?.kill();
		this.#agent?.kill();
		rmSync(this.dir, {recursive: true, force: true});
	}
}
