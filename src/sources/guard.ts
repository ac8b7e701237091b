/** What is read right before, and after, something is done to the device. It reads only, and starts nothing. */
import type {Fact} from '../domain/fact.ts';
import type {Looked, UnitReading} from '../domain/guard.ts';
import type {Source} from '../domain/source.ts';
import {clean, shorten} from '../domain/text.ts';
import {isUnitName} from '../domain/units/name.ts';

/**
 * Argument: the unit, or nothing. Prints `key value` lines; a unit's properties as `u Key=Value`. PID 1 does not tell a
 * transaction beforehand, so it is walked as transaction.c does: `down NAME` is every active unit that stops with it (up the
 * reverse dependencies), `starts NAME` every inactive one that starts with it, itself too, `stops NAME` every active one
 * that is stopped by such a start (Conflicts, both ways, and what stops with those). `ends NAME Action=…` is what PID 1 does to the
 * whole device when a unit of them ends (systemd.unit(5), since 236), `leads NAME` what it starts then (OnFailure, OnSuccess), or
 * what it triggers. `ours PATH` is the control group that we run in. `cut` where systemctl failed, or a walk came to no end, and
 * `whole` at the end: what is missing must not count as "nothing stops with it".
 */
const SCRIPT = `
u=$1
lim() { timeout "$@"; }
timeout 1 true 2>/dev/null || lim() { shift; "$@"; }
{ read -r l </proc/sys/kernel/random/boot_id && printf 'boot %s\\n' "$l"; } 2>/dev/null
{ read -r l m </proc/uptime && printf 'uptime %s\\n' "$l"; } 2>/dev/null
while IFS= read -r l; do case $l in 0::/*|*:name=systemd:/*) printf 'ours %s\\n' "\${l#*:*:}";; esac; done </proc/self/cgroup 2>/dev/null
[ "$SSH_CONNECTION" ] && printf 'ssh %s\\n' "$SSH_CONNECTION"
exec 3>&1
show() { lim 10 systemctl show --no-pager "$@" 2>/dev/null || printf 'cut\\n' >&3; }
for r in supervisor:balena-supervisor.service supervisor:resin-supervisor.service engine:balena.service engine:balena-engine.service engine:docker.service; do
	case $(show --property=LoadState -- "\${r#*:}") in *=loaded*) printf '%s %s\\n' "\${r%%:*}" "\${r#*:}";; esac
done
for r in update-balena-supervisor.service update-resin-supervisor.service balena-host.service; do
	case $(show --property=ActiveState -- "$r") in *=active*|*=activating*) printf 'updating %s\\n' "$r";; esac
done
if [ -e /var/lock/resinhup.lock ] || [ -e /run/lock/resinhup.lock ]; then
	for f in /var/lock/resinhup.lock /run/lock/resinhup.lock; do
		i=$(stat -L -c %i "$f" 2>/dev/null) || continue
		while read -r l; do case $l in *FLOCK*:"$i "*) printf 'hup %s\\n' "$f";; esac; done </proc/locks
	done
fi
for f in /usr/libexec/safe_reboot /usr/lib/balena/balena-healthcheck /usr/lib/resin/resin-healthcheck /usr/bin/update-balena-supervisor /usr/bin/update-resin-supervisor; do
	[ -x "$f" ] && printf 'program %s\\n' "$f"
done
p=$(command -v chronyc) && printf 'program %s\\n' "$p"
set -- $SSH_CONNECTION
if [ "$3" ] && command -v ip >/dev/null 2>&1; then
	lim 5 ip -o addr show 2>/dev/null | while read -r n i f a l; do case $a in "$3"/*) printf 'road %s\\n' "$i";; esac; done
fi
[ "$u" ] || exit 0
set -f
show --property=Id,Names,LoadState,ActiveState,SubState,Result,InvocationID,FragmentPath,Type,NRestarts,Job,ActiveEnterTimestampMonotonic,NeedDaemonReload,CanStart,CanStop,TriggeredBy -- "$u" | while IFS= read -r l; do printf 'u %s\\n' "$l"; done
up() {
	w=$*; k=" $* "; n=0
	while [ "$w" ] && [ "$n" -lt 50 ]; do
		n=$((n+1)); x=
		for y in $(show --property=RequiredBy,RequisiteOf,BoundBy,ConsistsOf,PropagatesStopTo --value -- $w); do
			case $k in *" $y "*) ;; *) k="$k$y "; x="$x $y";; esac
		done
		w=$x
	done
	[ -z "$w" ] || printf 'cut\\n' >&3
}
live() {
	[ $# -gt 0 ] || return 0
	i=
	show --property=Id,ActiveState -- "$@" | while IFS= read -r l; do
		case $l in Id=*) i=\${l#Id=};; ActiveState=active|ActiveState=reloading|ActiveState=activating) printf '%s\\n' "$i";; esac
	done
}
say() { t=$1; shift; for x in "$@"; do printf '%s %s\\n' "$t" "$x"; done; }
up "$u"
set -- $k; shift
d=$(live "$@")
say down $d
w=$u; k=" $u "; s=; c=; n=0
while [ "$w" ] && [ "$n" -lt 50 ]; do
	n=$((n+1)); o=; x=; i=
	for y in $(show --property=Id,ActiveState -- $w); do
		case $y in Id=*) i=\${y#Id=};; ActiveState=active|ActiveState=reloading|ActiveState=activating) ;; ActiveState=*) o="$o $i";; esac
	done
	[ "$o" ] || break
	s="$s$o"
	c="$c $(show --property=Conflicts,ConflictedBy --value -- $o)"
	for y in $(show --property=Requires,BindsTo,Wants,Upholds --value -- $o); do
		case $k in *" $y "*) ;; *) k="$k$y "; x="$x $y";; esac
	done
	w=$x
done
[ -z "$w" ] || [ -z "$o" ] || printf 'cut\\n'
say starts $s
c=$(live $c)
if [ "$c" ]; then
	up $c
	c=$(live $k)
	say stops $c
fi
say leads $(show --property=OnFailure,OnSuccess,Triggers --value -- "$u" $s $d $c)
i=
for y in $(show --property=Id,SuccessAction,FailureAction,StartLimitAction -- "$u" $s $d $c); do
	case $y in Id=*) i=\${y#Id=};; *=none|*=) ;; *=*) printf 'ends %s %s\\n' "$i" "$y";; esac
done
printf 'whole\\n'

`.trim();

/** A unit may have thousands of names and dependencies. */
const LONGEST = 200_000;

const number = (text: string | undefined): number | null =>
	text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;

const names = (text: string | undefined): string[] => (text ?? '').split(' ').filter(isUnitName);

/** A unit of `u Key=Value` lines; null where none was asked for. */
function unitOf(properties: ReadonlyMap<string, string>, all: (key: string) => readonly string[]): UnitReading | null {
	if (properties.size === 0) return null;
	const get = (name: string): string => properties.get(name) ?? '';
	const since = number(properties.get('ActiveEnterTimestampMonotonic'));
	const id = get('Id');
	const others = (key: string): string[] => [...new Set(all(key))].filter(name => name !== id && isUnitName(name));
	return {
		unit: id,
		names: names(properties.get('Names')),
		loadState: get('LoadState'),
		activeState: get('ActiveState'),
		subState: get('SubState'),
		result: get('Result'),
		invocationId: get('InvocationID'),
		fragmentPath: get('FragmentPath'),
		type: get('Type'),
		restarts: number(properties.get('NRestarts')),
		// `Job=123`; some versions print the object's path behind it.
		job: number(get('Job').split(' ')[0]) ?? 0,
		activeSince: since === null || since === 0 ? null : Math.floor(since / 1000),
		needsReload: get('NeedDaemonReload') === 'yes',
		// Where the manager does not say, it does not refuse either.
		canStart: get('CanStart') !== 'no',
		canStop: get('CanStop') !== 'no',
		pulledDown: others('down'),
		starts: others('starts'),
		stops: others('stops'),
		leads: others('leads'),
		ends: [...new Set(all('ends'))].flatMap(text => {
			const [unit = '', action = ''] = text.split(' ');
			return isUnitName(unit) && action !== '' ? [{unit, action}] : [];
		}),
		triggeredBy: names(properties.get('TriggeredBy')),
	};
}

/** Reads what the script printed; what is missing is not known, which never counts as harmless. */
export function toLooked(text: string): Looked {
	const values = new Map<string, string[]>();
	const properties = new Map<string, string>();
	for (const line of text.split('\n')) {
		const space = line.indexOf(' ');
		if (space < 0) {
			if (line === 'cut' || line === 'whole') values.set(line, ['yes']);
			continue;
		}
		const key = line.slice(0, space);
		const value = shorten(clean(line.slice(space + 1)), LONGEST).trim();
		if (key === 'u') {
			const equals = value.indexOf('=');
			if (equals > 0) properties.set(value.slice(0, equals), value.slice(equals + 1));
		} else values.set(key, [...(values.get(key) ?? []), value]);
	}
	const all = (key: string): string[] => values.get(key) ?? [];
	const [uptime] = all('uptime');
	const seconds = Number.parseFloat(uptime ?? '');
	return {
		bootId: (all('boot')[0] ?? '').replaceAll('-', ''),
		uptimeMs: Number.isFinite(seconds) ? Math.round(seconds * 1000) : null,
		unit: unitOf(properties, all),
		whole: properties.size === 0 || (values.has('whole') && !values.has('cut')),
		ours: [...new Set(all('ours').flatMap(path => path.split('/')))].filter(isUnitName),
		updating: all('updating').filter(isUnitName),
		hostUpdate: all('hup').length > 0,
		cameBy: all('road')[0] ?? null,
		client: all('ssh')[0]?.split(' ')[0] ?? null,
		supervisor: all('supervisor')[0] ?? null,
		engine: all('engine')[0] ?? null,
		programs: all('program').filter(path => path.startsWith('/')),
	};
}

export const guardLook: Source = {
	id: 'guard-look',
	title: 'what the device says before it is changed',
	mode: 'once',
	framing: 'block',
	limitSeconds: 30,
	argv: ({unit = ''}) => ['sh', '-c', SCRIPT, 'devtop', unit],
	read: (unit): readonly Fact[] => {
		if (unit.kind !== 'block') throw new Error('not a block');
		return [{kind: 'looked', looked: toLooked(unit.text)}];
	},
};
