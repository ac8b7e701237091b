/** One file of the device: what it is and where it lies, and its bytes. Reads only. */
import type {Fact} from '../domain/fact.ts';
import type {FileReading} from '../domain/guard.ts';
import {isMark, partPrefix} from '../domain/part.ts';
import type {Source} from '../domain/source.ts';

/** What these scripts are called in a list of processes. */
export const FILE_NAME = 'devtop-file';

/**
 * Arguments: the path, which begins with `/` or `./`, and what temporary names beside it begin with. Prints `key value`
 * lines; a path that the device says (`home`) is the last word of its line. What the folder lies on is found by `df`, since
 * only the kernel knows that of a bind mount; its kind and options stand in /proc/mounts, with spaces as `\\040`.
 */
const LOOK = `
p=$1 x=$2
lim() { timeout "$@"; }
timeout 1 true 2>/dev/null || lim() { shift; "$@"; }
printf 'home %s\\n' "$(pwd -P)"
command -v sha256sum >/dev/null 2>&1 && echo 'sums yes'
[ -L "$p" ] && echo 'link yes'
if [ -d "$p" ]; then echo 'kind folder'
elif [ -f "$p" ]; then
	echo 'kind file'
	stat -L -c 'stat %a %u:%g' "$p" 2>/dev/null
	if [ -r "$p" ]; then
		n=$(wc -c <"$p") && printf 'size %s\\n' "$n"
		h=$(sha256sum <"$p") && printf 'sha256 %s\\n' "\${h%% *}"
	fi
elif [ -e "$p" ]; then echo 'kind other'
fi
d=$(cd -P "\${p%/*}/" 2>/dev/null && pwd -P) || exit 0
if [ -w "$d" ]; then echo 'folder yes'; else echo 'folder no'; fi
for f in "$d/$x"[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]; do
	[ -f "$f" ] && printf 'left %s\\n' "\${f##*-}"
done
lim 10 df -Pk "$d" 2>/dev/null | {
	read -r l; read -r v t u a c m || exit 0
	printf 'free %s\\n' "$a"
	s=
	while read -r v n t o r; do
		case $n in *\\\\*) n=$(printf %b "$n");; esac
		[ "$n" = "$m" ] && s="$t $o"
		[ "$n" = "$d/\${p##*/}" ] && echo 'mounted yes'
	done </proc/mounts
	[ "$s" ] && printf 'fs %s\\n' "$s"
}
exit 0
`.trim();

const match = (text: string | undefined, pattern: RegExp): string | null =>
	text !== undefined && pattern.test(text) ? text : null;

/** Reads what the script printed; what is missing is not known. */
export function toFile(text: string): FileReading {
	const values = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const space = line.indexOf(' ');
		if (space > 0) {
			const key = line.slice(0, space);
			values.set(key, [...(values.get(key) ?? []), line.slice(space + 1)]);
		}
	}
	const get = (key: string): string | undefined => values.get(key)?.[0];
	const number = (key: string): number | null => {
		const digits = match(get(key)?.trim(), /^\d{1,15}$/);
		return digits === null ? null : Number(digits);
	};
	const [mode, owner] = get('stat')?.split(' ') ?? [];
	const [type, options] = get('fs')?.split(' ') ?? [];
	const kind = get('kind');
	return {
		kind: kind === 'file' || kind === 'folder' || kind === 'other' ? kind : null,
		link: get('link') !== undefined,
		mounted: get('mounted') !== undefined,
		size: number('size'),
		sha256: match(get('sha256'), /^[0-9a-f]{64}$/),
		mode: match(mode, /^[0-7]{1,5}$/),
		owner: match(owner, /^\d{1,10}:\d{1,10}$/),
		home: match(get('home'), /^\//) ?? '',
		folder: get('folder') === undefined ? 'missing' : get('folder') === 'yes' ? 'there' : 'not writable',
		freeKb: number('free'),
		fs: type === undefined || options === undefined ? null : {type, readOnly: options.split(',').includes('ro')},
		left: (values.get('left') ?? []).filter(isMark),
		sums: get('sums') !== undefined,
	};
}

export const fileLook: Source = {
	id: 'file-look',
	title: 'what the device says of the file',
	mode: 'once',
	framing: 'block',
	// A sum of a large file on slow flash.
	limitSeconds: 900,
	argv: ({path = './'}) => ['sh', '-c', LOOK, FILE_NAME, path, partPrefix(path)],
	read: (unit): readonly Fact[] => {
		if (unit.kind !== 'block') throw new Error('not a block');
		return [{kind: 'looked-at-file', file: toFile(unit.text)}];
	},
};

/** From a byte on, and no more than was told before: a file may grow while it is read. */
const BYTES = 'tail -c "+$(($2+1))" <"$1" | head -c "$3"';

export const fileBytes: Source = {
	id: 'file-bytes',
	title: 'the bytes of a file',
	mode: 'once',
	framing: 'lines',
	argv: ({path = './', from = 0, length = 0}) => ['sh', '-c', BYTES, FILE_NAME, path, `${from}`, `${length}`],
	// Its bytes are in no frame.
	read: () => [],
};
