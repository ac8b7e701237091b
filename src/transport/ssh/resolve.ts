/** Resolves a target into the hosts to go through, by asking `ssh -G` where there is one. */
import {execFile} from 'node:child_process';
import {homedir, userInfo} from 'node:os';
import {type Failure, failure, isFailure} from '../../domain/channel.ts';
import {
	type HostConfig,
	hostOf,
	parseSshG,
	plainConfig,
	type SshOptions,
	type Surroundings,
	splitTarget,
	sshGWords,
} from './ssh-config.ts';

/** The way to a device: hosts in the order in which they are connected, the device last. */
export type Route = {
	readonly hosts: readonly [HostConfig, ...HostConfig[]];
	/** What the operator should know: for example that no ssh_config was read. */
	readonly notes: readonly string[];
};

/** Asks an `ssh` for its view of a host. Resolves to its output, a Failure, or null where there is no such program. */
export type AskSsh = (words: readonly string[]) => Promise<string | Failure | null>;

const MOST_HOPS = 8;

const clean = (text: string): string =>
	(text.split('\n').find(line => line.trim() !== '') ?? 'no reason given').trim().replace(/[.\s]+$/, '');

/** Runs `ssh`, found in PATH; 10 s at most, since a `Match exec` may take its time. */
export const askSsh: AskSsh = words =>
	new Promise(resolve => {
		execFile('ssh', [...words], {timeout: 10_000, maxBuffer: 1 << 20}, (error, stdout, stderr) => {
			if (error === null) resolve(stdout);
			else if (error.code === 'ENOENT') resolve(null);
			else if (error.killed)
				resolve(failure('usage', 'ssh -G did not answer within 10 s: look at Match exec in your ssh_config.'));
			else resolve(failure('usage', `ssh can't use these options: ${clean(stderr)}.`));
		}).stdin?.end();
	});

/** Who and where the operator is. */
export function surroundings(): Surroundings {
	const variable = (name: string): string | undefined => process.env[name];
	let user = variable('USER') ?? '';
	try {
		user = userInfo().username;
	} catch {
		// A uid without a passwd entry, as in containers: USER has to do.
	}
	return {home: homedir(), user, agent: variable('SSH_AUTH_SOCK') || null, variable};
}

/**
 * Resolves `[user@]host[:port]` or an alias, and every hop before it (ProxyJump), each as OpenSSH would.
 *
 * @returns the route, or a Failure with one sentence: a bad option, a missing -F file, a ProxyCommand, a loop of jumps.
 */
export async function resolveRoute(
	target: string,
	options: SshOptions,
	ask: AskSsh = askSsh,
	around: Surroundings = surroundings(),
): Promise<Route | Failure> {
	const notes = new Set<string>();

	const resolve = async (name: string, given: SshOptions): Promise<HostConfig | Failure> => {
		const split = splitTarget(name);
		if (isFailure(split)) return split;
		const answer = await ask(sshGWords(split.host, split.port, given));
		if (isFailure(answer)) return answer;
		if (answer !== null) return parseSshG(answer, hostOf(split.host), around);
		notes.add('Your ssh_config was not read: no ssh was found in PATH.');
		return plainConfig(split.host, split.port, given, around);
	};

	const route = async (name: string, given: SshOptions, depth: number): Promise<HostConfig[] | Failure> => {
		if (depth > MOST_HOPS)
			return failure('usage', `The way to ${target} has more than ${MOST_HOPS} jumps: look for a loop in ProxyJump.`);
		const host = await resolve(name, given);
		if (isFailure(host)) return host;
		if (host.proxyCommand !== null)
			return failure(
				'usage',
				`${host.alias} is reached by "ProxyCommand ${host.proxyCommand}", which devtop does not run: let ssh do it (--transport openssh), or use ProxyJump (-J) or -o ProxyCommand=none.`,
			);
		if (host.knownHostsCommand !== null)
			return failure(
				'usage',
				`${host.alias} is known by "KnownHostsCommand ${host.knownHostsCommand}", which devtop does not run: let ssh do it (--transport openssh), or use -o KnownHostsCommand=none.`,
			);
		if (host.proxyJump === null) return [host];
		const jumps = host.proxyJump.split(',');
		const last = jumps.pop() ?? '';
		// As ssh does: a hop gets the config file and the jumps before it, none of the device's own options.
		const hop: SshOptions = {
			configFile: given.configFile,
			identityFiles: [],
			user: null,
			port: null,
			jump: jumps.length > 0 ? jumps.join(',') : null,
			options: [],
		};
		const before = await route(last, hop, depth + 1);
		return isFailure(before) ? before : [...before, host];
	};

	const hosts = await route(target, options, 0);
	if (isFailure(hosts)) return hosts;
	const [first, ...rest] = hosts;
	return first === undefined
		? failure('usage', `${target} could not be resolved.`)
		: {hosts: [first, ...rest], notes: [...notes]};
}
