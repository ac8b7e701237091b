/** Who the device is, asked once per connection. No secret leaves the device: of config.json only four values are cut out. */
import type {Identity} from '../domain/fact.ts';
import type {Source} from '../domain/source.ts';
import {clean, shorten} from '../domain/text.ts';

const UUID = `printf 'uuid %s\\n' "$(sed -n 's/.*"uuid"[ ]*:[ ]*"\\([0-9a-f]*\\)".*/\\1/p' "$c")"`;

/** The uuid alone, for a road that has to know whether it came to the right device. */
export const uuidArgv: readonly string[] = [
	'sh',
	'-c',
	`for c in /mnt/boot/config.json /resin-boot/config.json; do [ -r "$c" ] || continue; ${UUID}; break; done`,
];

/** What `uuidArgv` printed; null where the device does not say. */
export const uuidIn = (text: string): string | null => /^uuid ([0-9a-f]+)$/m.exec(text)?.[1] ?? null;

/**
 * Prints `key value` lines with shell built-ins where there are any. Even `balena --version` looks
 * for the engine first (docker 20.10), which would start it where it is stopped: it is sent to a socket that is not there.
 */
const SCRIPT = `
lim() { timeout "$@"; }
timeout 1 true 2>/dev/null || lim() { shift; "$@"; }
first() { { IFS= read -r l <"$2"; } 2>/dev/null; [ "$l" ] && printf '%s %s\\n' "$1" "$l"; l=; }
first boot /proc/sys/kernel/random/boot_id
first host /proc/sys/kernel/hostname
first kernel /proc/sys/kernel/osrelease
{ while IFS= read -r l; do case $l in ID=*|NAME=*|PRETTY_NAME=*|SLUG=*|MACHINE=*|META_BALENA_VERSION=*|VARIANT_ID=*) printf 'os %s\\n' "$l";; esac; done </etc/os-release; } 2>/dev/null
printf 'uid %s\\n' "$(id -u)"
[ -d /run/systemd/system ] && printf 'systemd-runs yes\\n'
printf 'systemd %s\\n' "$(lim 5 systemctl --version 2>/dev/null | { read -r l; printf %s "$l"; })"
for c in /mnt/boot/config.json /resin-boot/config.json; do
	[ -r "$c" ] || continue
	${UUID}
	printf 'type %s\\n' "$(sed -n 's/.*"deviceType"[ ]*:[ ]*"\\([A-Za-z0-9._-]*\\)".*/\\1/p' "$c")"
	[ "$(sed -n 's/.*"developmentMode"[ ]*:[ ]*"*true.*/yes/p' "$c")" ] && printf 'development yes\\n'
	break
done
for c in /etc/balena-supervisor/supervisor.conf /etc/resin-supervisor/supervisor.conf; do
	{ while IFS= read -r l; do case $l in SUPERVISOR_TAG=*|SUPERVISOR_VERSION=*) printf 'supervisor %s\\n' "\${l#*=}";; esac; done <"$c"; } 2>/dev/null
done
for e in balena-engine balena docker; do
	command -v "$e" >/dev/null 2>&1 || continue
	printf 'engine %s\\n' "$(DOCKER_HOST=unix:///nowhere lim 5 "$e" --version 2>/dev/null)"
	break
done
for d in /run/log/journal /var/log/journal; do [ -d "$d" ] && { [ "$d" = /var/log/journal ] && printf 'persistent yes\\n'; for f in "$d"/*/system.journal; do [ -r "$f" ] && printf 'readable yes\\n'; done; }; done
printf 'clock %s\\nzone %s\\n' $(date '+%s %z')
`.trim();

/** The value of a shell assignment as os-release(5) writes it: quotes and backslashes removed. */
const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(.)/g, '$1');

/** `+0130` as minutes; null where it is no zone. */
function minutesOf(text: string | null): number | null {
	const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(text ?? '') ?? [];
	if (hours === undefined || minutes === undefined) return null;
	const size = Number(hours) * 60 + Number(minutes);
	return sign === '-' ? -size : size;
}

/** Reads what the script printed. Missing lines are unknown values, not errors. */
export function toIdentity(text: string): Identity {
	const values = new Map<string, string[]>();
	const os = new Map<string, string>();
	for (const line of text.split('\n')) {
		const space = line.indexOf(' ');
		if (space < 0) continue;
		const key = line.slice(0, space);
		const value = shorten(clean(line.slice(space + 1)), 200).trim();
		if (value === '') continue;
		if (key === 'os') {
			const equals = value.indexOf('=');
			os.set(value.slice(0, equals), unquote(value.slice(equals + 1)));
		} else values.set(key, [...(values.get(key) ?? []), value]);
	}
	const one = (key: string): string | null => values.get(key)?.[0] ?? null;
	const number = (text: string | null | undefined): number | null =>
		text === null || text === undefined || !/^\d+$/.test(text) ? null : Number(text);
	const engine = /version ([\w.+~-]+)/.exec(one('engine') ?? '')?.[1] ?? null;
	const clock = number(one('clock'));
	return {
		bootId: (one('boot') ?? '').replaceAll('-', ''),
		hostname: one('host') ?? '',
		uuid: one('uuid'),
		deviceType: one('type') ?? os.get('SLUG') ?? os.get('MACHINE') ?? null,
		os: os.get('PRETTY_NAME') ?? os.get('NAME') ?? 'unknown OS',
		kind: /^(balena|resin)-os$/.test(os.get('ID') ?? '') ? 'balena' : 'systemd',
		kernel: one('kernel') ?? '',
		systemd: number(/^systemd (\d+)/.exec(one('systemd') ?? '')?.[1]),
		systemdRuns: one('systemd-runs') === 'yes',
		supervisorVersion: (one('supervisor') ?? '').replace(/^v(?=\d)/, '') || null,
		engineVersion: engine,
		uid: number(one('uid')),
		development: one('development') === 'yes' || os.get('VARIANT_ID') === 'dev',
		journalReadable: one('readable') === 'yes',
		journalPersistent: one('persistent') === 'yes',
		clockMs: clock === null ? null : clock * 1000,
		zoneMinutes: minutesOf(one('zone')),
	};
}

export const identity: Source = {
	id: 'identity',
	title: 'the device',
	mode: 'once',
	framing: 'block',
	limitSeconds: 30,
	argv: () => ['sh', '-c', SCRIPT],
	read: unit => {
		if (unit.kind !== 'block') throw new Error('not a block');
		return [{kind: 'identity', identity: toIdentity(unit.text)}];
	},
};
