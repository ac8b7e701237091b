/** Where the cloud's servers are: the configuration, else the balena CLI's own settings, else balenaCloud. */
import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {Cloud} from '../config/shape.ts';

export type CloudSettings = {
	/** The proxy is at `ssh.` of it. */
	readonly proxyUrl: string;
	readonly tunnel: {readonly host: string; readonly port: number};
	readonly apiUrl: string;
	/** The balena CLI's own store. */
	readonly store: string;
};

/** What `~/.balenarc.yml` may say of it: plain `key: value` lines (balena-settings-client, lib/defaults.ts). */
type Key = 'balenaUrl' | 'proxyUrl' | 'tunnelUrl' | 'apiUrl' | 'dataDirectory';

function cliSettings(home: string): ReadonlyMap<string, string> {
	try {
		const lines = readFileSync(join(home, '.balenarc.yml'), 'utf8').split('\n');
		return new Map(
			lines.flatMap(line => {
				const found = /^(\w+):\s*(['"]?)([^'"#\s]+)\2\s*(?:#.*)?$/.exec(line);
				return found === null ? [] : [[found[1] ?? '', found[3] ?? ''] as const];
			}),
		);
	} catch {
		return new Map();
	}
}

/** `proxyUrl` as the CLI takes it from the environment: `BALENARC_PROXY_URL`. */
const variable = (key: Key): string => `BALENARC_${key.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`;

const bare = (url: string): string => url.replace(/^https?:\/\//, '').replace(/\/+$/, '');

/** Of the CLI: only these two clouds have a proxy with a name of its own. */
const PROXIES: Readonly<Record<string, string>> = {
	'balena-cloud.com': 'balena-devices.com',
	'balena-staging.com': 'balena-staging-devices.com',
};

export function cloudSettings(
	cloud: Cloud,
	env: NodeJS.ProcessEnv = process.env,
	home: string = homedir(),
): CloudSettings {
	const cli = cliSettings(home);
	const of = (key: Key, own: string | null): string | null => own ?? (env[variable(key)] || cli.get(key) || null);
	const url = bare(of('balenaUrl', cloud.url) ?? 'balena-cloud.com');
	// What the CLI's own file says is checked by nobody before: a name that is none is never found, and said so.
	const [, host = '', port] =
		/^([\w.-]{1,253})(?::(\d{1,5}))?$/.exec(bare(of('tunnelUrl', cloud.tunnelUrl) ?? `tunnel.${url}`)) ?? [];
	return {
		proxyUrl: bare(of('proxyUrl', cloud.proxyUrl) ?? PROXIES[url] ?? `devices.${url}`),
		tunnel: {host: host || 'tunnelUrl-is-no-address.invalid', port: Number(port) <= 65_535 ? Number(port) : 443},
		apiUrl: (of('apiUrl', cloud.apiUrl) ?? `https://api.${url}`).replace(/\/+$/, ''),
		store: of('dataDirectory', null) ?? join(home, '.balena'),
	};
}
