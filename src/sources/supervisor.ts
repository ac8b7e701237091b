/** What the supervisor is made of: its database, its timer, its containers. It reads only, and starts nothing. */
import type {Fact} from '../domain/fact.ts';
import type {SupervisorReading} from '../domain/guard.ts';
import {isMark} from '../domain/part.ts';
import type {Source} from '../domain/source.ts';
import {clean, shorten} from '../domain/text.ts';
import {isUnitName} from '../domain/units/name.ts';
import {serviceOf} from './sampler.ts';

/**
 * Arguments: the supervisor's unit, the engine's, and whether the engine is asked how much its containers wrote, which it
 * counts file by file. It is asked only where it is active: its socket would start it. The database lies in a folder of the
 * unit's name (balenaOS before 2.78: resin-supervisor).
 */
const SCRIPT = `
s=$1 e=$2 z=$3
lim() { timeout "$@"; }
if timeout 1 true 2>/dev/null; then echo 'bounded yes'; else lim() { shift; "$@"; }; fi
show() { lim 10 systemctl show --no-pager "$@" 2>/dev/null; }
for t in update-balena-supervisor.timer update-resin-supervisor.timer; do
	case $(show --property=LoadState -- "$t") in
		*=loaded*) a=$(show --property=ActiveState -- "$t"); printf 'timer %s %s\\n' "$t" "\${a#*=}"; break;;
	esac
done
p=/mnt/data/resin-data
d=$p/\${s%.service}
for x in "$p/balena-supervisor" "$p/resin-supervisor"; do [ -d "$d" ] || d=$x; done
f=$d/database.sqlite
printf 'path %s\\n' "$f"
[ -f "$f" ] && stat -c 'database %s %Y %i' "$f" 2>/dev/null
for c in "$f".devtop-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]; do
	[ -f "$c" ] && stat -c "copy \${c##*-} %s %Y" "$c" 2>/dev/null
done
[ "$e" ] || exit 0
case $(show --property=ActiveState -- "$e") in *=active) ;; *) exit 0;; esac
for c in balena balena-engine docker; do command -v "$c" >/dev/null 2>&1 && break; done
printf 'client %s\\n' "$c"
w='{{.ID}}|{{.Names}}|{{.Status}}'
o=
[ "$z" ] && o=$(lim 60 "$c" ps --all --no-trunc --size --format "$w|{{.Size}}" 2>/dev/null)
[ "$o" ] || o=$(lim 20 "$c" ps --all --no-trunc --format "$w" 2>/dev/null) || exit 0
echo 'listed yes'
printf '%s\\n' "$o" | while IFS= read -r l; do [ "$l" ] && printf 'container %s\\n' "$l"; done
exit 0
`.trim();

const PATH = /^\/mnt\/data\/resin-data\/(?:balena|resin)-supervisor\/database\.sqlite$/;
const SIZE = /^\d{1,6}(?:\.\d{1,3})? ?[kKMGT]?i?B$/;

const numbers = (words: readonly string[]): readonly number[] | null =>
	words.every(word => /^\d{1,15}$/.test(word)) ? words.map(Number) : null;

/** Reads what the script printed; what is missing is not known. */
export function toSupervised(text: string): SupervisorReading {
	const lines = text.split('\n').map(line => {
		const space = line.indexOf(' ');
		return [line.slice(0, Math.max(0, space)), shorten(clean(line.slice(space + 1)), 1000).trim()] as const;
	});
	const all = (key: string): string[] => lines.flatMap(([name, value]) => (name === key ? [value] : []));
	const [path = ''] = all('path');
	const [size, mtime, inode] = numbers((all('database')[0] ?? '').split(' ')) ?? [];
	const [unit = '', activeState = ''] = (all('timer')[0] ?? '').split(' ');
	const [client = ''] = all('client');
	return {
		path: PATH.test(path) ? path : '',
		database: size === undefined || mtime === undefined || inode === undefined ? null : {size, mtime, inode},
		copies: all('copy').flatMap(value => {
			const [mark = '', ...rest] = value.split(' ');
			const [length, at] = numbers(rest) ?? [];
			return isMark(mark) && length !== undefined && at !== undefined ? [{mark, size: length, mtime: at}] : [];
		}),
		timer: isUnitName(unit) ? {unit, activeState} : null,
		client: /^(?:balena|balena-engine|docker)$/.test(client) ? client : null,
		containers:
			all('listed').length === 0
				? null
				: all('container').flatMap(value => {
						const [id = '', name = '', status = '', written = ''] = value.split('|');
						if (!/^[0-9a-f]{64}$/.test(id)) return [];
						const layer = written.split(' (')[0] ?? '';
						return [
							{
								id,
								name: serviceOf(name) ?? shorten(name, 100),
								up: /^Up\b/.test(status),
								written: SIZE.test(layer) ? layer : null,
							},
						];
					}),
		bounded: all('bounded').length > 0,
	};
}

export const supervisorLook: Source = {
	id: 'supervisor-look',
	title: 'what the device says of its supervisor',
	mode: 'once',
	framing: 'block',
	limitSeconds: 150,
	argv: ({unit = '', engine = '', sizes = false}) => ['sh', '-c', SCRIPT, 'devtop', unit, engine, sizes ? 'sizes' : ''],
	read: (unit): readonly Fact[] => {
		if (unit.kind !== 'block') throw new Error('not a block');
		return [{kind: 'looked-at-supervisor', supervised: toSupervised(unit.text)}];
	},
};
