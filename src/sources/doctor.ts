/** What `devtop doctor` asks besides the identity: whether what devtop builds on is so, on this road and this device. */
import type {Examination} from '../domain/fact.ts';
import type {Source} from '../domain/source.ts';
import {clean, shorten} from '../domain/text.ts';
import {EPILOGUE, PRELUDE} from './sampler-script.ts';

/**
 * Ends with a code that its trailer and SSH both have to tell. It has several lines, as samplers have: not every login shell
 * takes those by itself. What the login shell prints by itself stands before its first mark.
 */
export const SHELL_CODE = 7;

const SHELL = `
printf '__DEVTOP_%s begin 0\\n' "$1"
printf 'shell %s\\n' "$SHELL"
printf '__DEVTOP_%s end 0\\n' "$1"
printf '__DEVTOP_%s=${SHELL_CODE}\\n\\n' "$1"
exit ${SHELL_CODE}
`.trim();

/** Gives back each line of its stdin, as samplers answer ticks. */
const ECHO = `
t=$1
while read -r n; do
[ "$n" = stop ] && break
printf '__DEVTOP_%s begin %s\\n__DEVTOP_%s end %s\\n' "$t" "$n" "$t" "$n"
done
${EPILOGUE}
`.trim();

/** No engine is woken: its client is called only where its unit is active. */
const LOOK = `
${PRELUDE.replace('t=$1; shift\n', '')}
for p in systemctl journalctl timeout sed id date stat df tr sha256sum; do command -v "$p" >/dev/null 2>&1 || printf 'missing %s\\n' "$p"; done
printf 'user %s\\ngroups %s\\n' "$(id -un 2>/dev/null)" "$(id -Gn 2>/dev/null)"
o=$(lim 10 journalctl --no-pager --lines=1 --output=cat 2>&1 >/dev/null); printf 'journal %s %s\\n' "$?" "$(printf %s "$o" | tr '\\n' ' ')"
if [ ! -e /proc/1/io ]; then printf 'io none\\n'; elif { read -r l </proc/1/io; } 2>/dev/null; then printf 'io read\\n'; else printf 'io denied\\n'; fi
for u in balena.service balena-engine.service docker.service; do
	s=$(lim 5 systemctl show --property=LoadState --property=ActiveState -- "$u" 2>/dev/null)
	case $s in *LoadState=loaded*) ;; *) continue;; esac
	case $s in
	*ActiveState=active*)
		for e in balena-engine balena docker; do command -v "$e" >/dev/null 2>&1 && break; done
		o=$(lim 8 "$e" ps --quiet 2>&1); c=$?
		[ "$c" = 0 ] && o=
		printf 'engine active %s %s %s\\n' "$u" "$c" "$(printf %s "$o" | tr '\\n' ' ')";;
	*) printf 'engine stopped %s\\n' "$u";;
	esac
	break
done
`.trim();

/** Reads what the script printed. */
export function toExamination(text: string): Examination {
	const lines = text.split('\n').map(line => shorten(clean(line), 400));
	const all = (key: string): readonly string[] =>
		lines.filter(line => line.startsWith(`${key} `)).map(line => line.slice(key.length + 1).trim());
	const [journal = ''] = all('journal');
	const [, code = '', said = ''] = /^(\d+) ?(.*)$/.exec(journal) ?? [];
	const [engine = ''] = all('engine');
	const [state, unit = '', answer = '', ...words] = engine.split(' ');
	const [io] = all('io');
	return {
		missing: all('missing'),
		user: all('user')[0] ?? '',
		groups: (all('groups')[0] ?? '').split(' ').filter(Boolean),
		journal: {code: code === '' ? null : Number(code), said},
		io: io === 'read' || io === 'denied' || io === 'none' ? io : 'unknown',
		engine:
			state === 'active'
				? {kind: 'active', unit, code: Number(answer), said: words.join(' ')}
				: state === 'stopped'
					? {kind: 'stopped', unit}
					: {kind: 'none'},
	};
}

const unread = (): never => {
	throw new Error('what it tells stands around its block');
};

export const doctorShell: Source = {
	id: 'doctor-shell',
	title: 'the login shell',
	mode: 'poll',
	framing: 'block',
	argv: () => [SHELL],
	read: unread,
};

export const doctorEcho: Source = {
	id: 'doctor-echo',
	title: 'an echo',
	mode: 'poll',
	framing: 'block',
	argv: () => [ECHO],
	read: unread,
};

export const doctorLook: Source = {
	id: 'doctor-look',
	title: 'what there is to build on',
	mode: 'once',
	framing: 'block',
	limitSeconds: 45,
	argv: () => ['sh', '-c', LOOK],
	read: unit => {
		if (unit.kind !== 'block') throw new Error('not a block');
		return [{kind: 'examined', examination: toExamination(unit.text)}];
	},
};
