/**
 * The sampler: one long-lived `sh` on the device that answers each line of its stdin with one block. POSIX and
 * busybox-safe; /proc is read with the shell's own `read`, so that a tick costs one or two processes; whatever can hang
 * has a time limit. Nothing is written: no here-documents either, since bash puts those into files.
 *
 * A block is written at once: every write of its own may become a packet of its own, of which half is SSH's.
 *
 * A tick is `NUMBER SECTION…`; sections: units full failed vitals pulls. `stop` or EOF ends it.
 *
 * Units are sent as changes: a property's line crosses the link only when it differs from the last one sent (a
 * twentieth of the bytes); `full` sends everything that says something: what is left out of it is empty, nought or not
 * set, and of a unit that is not there only that. The first answer shrinks from 9.2 to 6.5 kB.
 */

/** Marks a block's begin and end, and sets up the time limit. Shared by both samplers. */
export const PRELUDE = `
t=$1; shift
N='
'
lim() { timeout "$@"; }
timeout 1 true 2>/dev/null || lim() { s=$1; shift; "$@" & p=$!; { sleep "$s"; kill "$p"; } >/dev/null 2>&1 & w=$!; wait "$p"; r=$?; kill "$w" 2>/dev/null; return $r; }
`.trim();

export const EPILOGUE = `printf '__DEVTOP_%s=0\\n\\n' "$t"`;

/** Wraps sections into the loop. */
const loop = (functions: string, body: string): string =>
	`${PRELUDE}\n${functions.trim()}\nwhile read -r n want; do\n[ "$n" = stop ] && break\nB="__DEVTOP_$t begin $n$N"\n${body.trim()}\nprintf '%s__DEVTOP_%s end %s\\n' "$B" "$t" "$n"\ndone\n${EPILOGUE}`;

const UNITS = `
P=$1; shift
units() {
	o=$(lim 5 systemctl show --no-pager --property="$P" -- "$@" 2>/dev/null); c=$?
	B="$B#units $c $full$N"
	[ "$c" = 0 ] || return 0
	r=$o$N$N; i=0
	while [ "$r" ] && [ $# -gt 0 ]; do
		b=\${r%%"$N$N"*}; r=\${r#*"$N$N"}; i=$((i+1)); u=$1; shift; said=; gone=
		case $b in *LoadState=not-found*) gone=1;; esac
		for l in $b; do
			k=\${l%%=*}
			case $k in ''|*[!A-Za-z]*) continue;; esac
			eval "v=\\\${u\${i}_$k-}"
			[ -z "$full" ] && [ "$v" = "$l" ] && continue
			eval "u\${i}_$k=\\$l"
			if [ "$full" ]; then
				case $l in *=|*'=[not set]'|MainPID=0|ExecMain*=0|*Monotonic=0) continue;; esac
				case $gone$k in 1Id|1LoadState|1ActiveState) ;; 1*) continue;; esac
			fi
			[ "$said" ] || { B="$B@$u$N"; said=1; }
			B="$B$l$N"
		done
	done
}
failed() {
	o=$(lim 5 systemctl list-units --all --state=failed --plain --no-legend --no-pager 2>/dev/null); c=$?
	B="$B#failed $c$N"
	[ "$c" = 0 ] || return 0
	x=
	for l in $o; do
		u=\${l#"\${l%%[! ]*}"}; u=\${u#[!A-Za-z0-9_-] }; u=\${u%% *}
		[ "$u" ] || continue
		B="\${B}f $u$N"
		case "$N$known$N" in *"$N$u$N"*) ;; *) x="$x$N$u";; esac
	done
	[ "$x" ] || return 0
	set -- $x
	o=$(lim 5 systemctl show --no-pager --property="$P" -- "$@" 2>/dev/null) || return 0
	r=$o$N$N
	while [ "$r" ] && [ $# -gt 0 ]; do
		B="$B@$1$N\${r%%"$N$N"*}$N"; r=\${r#*"$N$N"}; shift
	done
}
`;

const VITALS = `
vitals() {
	B="$B#vitals 0$N"
	{ read -r l </proc/uptime && B="\${B}uptime $l$N"; } 2>/dev/null
	{ read -r l </proc/loadavg && B="\${B}load $l$N"; } 2>/dev/null
	{ read -r l </proc/stat && B="$B$l$N"; } 2>/dev/null
	{ while read -r k v l; do case $k in MemTotal:|MemFree:|MemAvailable:|Buffers:|Cached:|SwapTotal:) B="$B$k $v$N";; SwapFree:) B="$B$k $v$N"; break;; esac; done </proc/meminfo; } 2>/dev/null
	for z in /sys/class/thermal/thermal_zone*; do
		y=; v=
		{ read -r v <"$z/temp"; read -r y <"$z/type"; } 2>/dev/null
		[ "$v" ] && B="\${B}temp $v $y$N"
	done
	if [ -e /run/openvpn/vpn_status/active ]; then B="\${B}vpn up$N"; elif [ -d /run/openvpn/vpn_status ]; then B="\${B}vpn down$N"; fi
	B="\${B}clock $(date +%s.%N)$N"
}
`;

/**
 * `comm` is read first, at most sixteen bytes of each process: the shell reads byte by byte. docker-untar's comm is `exe`
 * (it runs itself through /proc/self/exe), so argv[0] decides.
 */
const PULLS = `
io() { { while read -r k v; do case $k in rchar:) a=$v;; wchar:) b=$v;; write_bytes:) B="$B $a $b $v";; esac; done <"$1/io"; } 2>/dev/null; }
pulls() {
	B="$B#pulls 0$N"
	{ read -r l </proc/uptime && B="\${B}uptime $l$N"; } 2>/dev/null
	w=
	for d in /var/lib/docker/image/*/layerdb/tmp/write-set-* /var/lib/balena-engine/image/*/layerdb/tmp/write-set-* /mnt/sysroot/inactive/balena/image/*/layerdb/tmp/write-set-*; do
		[ -d "$d" ] || continue
		w=1; v=
		{ read -r v <"$d/cache-id"; } 2>/dev/null
		B="\${B}w $d $v$N"
	done
	for d in /proc/[0-9]*; do
		v=
		{ IFS= read -r v <"$d/comm"; } 2>/dev/null
		case $v in
		exe|docker-untar|docker-applyLa*|sshd|sshd-session)
			v=
			{ IFS= read -r v <"$d/cmdline"; } 2>/dev/null
			case $v in
			docker-untar*|docker-applyLayer*)
				{ read -r l <"$d/stat"; } 2>/dev/null || continue
				v=$(tr '\\000\\n|' '   ' <"$d/cmdline" 2>/dev/null); B="\${B}p $(printf '%.400s' "$v")|$l|"; io "$d"; B="$B$N";;
			sshd*': '*@*) { while read -r k v l; do case $k in Pid:) B="\${B}ssh $v$N"; break;; esac; done <"$d/status"; } 2>/dev/null;;
			esac;;
		dockerd|balenad|balena-engine-d*) [ "$w" ] && { B="\${B}engine"; io "$d"; B="$B$N"; };;
		esac
	done
	B="\${B}ours $PPID$N"
}
`;

/** Arguments: the properties, then the names of the units. */
export const SAMPLER = loop(
	UNITS + VITALS + PULLS,
	`
IFS=$N; set -f; known=
for u in "$@"; do known="$known$N$u"; done
case $want in *full*) full=1;; *) full=;; esac
case $want in *units*) units "$@";; esac
case $want in *failed*) failed;; esac
unset IFS; set +f
case $want in *vitals*) vitals;; esac
case $want in *pulls*) pulls;; esac
`,
);

/**
 * What can hang stands in a shell of its own. The engine is asked only where its unit is active at that moment: its
 * socket would start it otherwise. Containers are sent only when something changed.
 */
export const ENGINE_SAMPLER = loop(
	`
old=
engine() {
	for u in balena.service balena-engine.service docker.service; do
		s=$(lim 5 systemctl show --no-pager --property=LoadState --property=ActiveState --property=MainPID -- "$u" 2>/dev/null) || { B="$B#engine 124 $u$N"; return 0; }
		case $s in *LoadState=loaded*) break;; esac
		u=
	done
	[ "$u" ] || { B="$B#engine 4$N"; return 0; }
	case $s in *ActiveState=active*) ;; *) B="$B#engine 3 $u$N"; old=; return 0;; esac
	for e in balena-engine balena docker; do command -v "$e" >/dev/null 2>&1 && break; done
	i=$(lim 8 "$e" ps --all --quiet --no-trunc 2>&1); c=$?
	if [ "$c" = 0 ] && [ "$i" ]; then
		i=$(lim 8 "$e" inspect --format '{{.ID}}|{{.Name}}|{{.Config.Image}}|{{.State.Status}}|{{.RestartCount}}|{{.State.ExitCode}}|{{.State.OOMKilled}}|{{.State.StartedAt}}|{{if .State.Health}}{{.State.Health.Status}}{{end}}' $i 2>&1); c=$?
	fi
	if [ "$c" = 0 ] && [ "$c$i" = "$old" ] && [ -z "$full" ]; then B="$B#engine same$N"; return 0; fi
	old=$c$i
	B="$B#engine $c $u$N$i$N"
}
disk() {
	for m in /mnt/data /resin-data /; do [ -d "$m" ] && break; done
	o=$(lim 5 df -kP "$m" 2>/dev/null); c=$?
	m=\${o##* }
	B="$B#disk $c\${N}df \${o##*"$N"}$N"
	{ while read -r a b v l; do [ "$b" = "$m" ] && B="\${B}mount $l$N"; done </proc/mounts; } 2>/dev/null
	{ while read -r a b v r1 r2 r3 r4 w1 w2 w3 w4 l; do case $v in mmcblk[0-9]|sd[a-z]|nvme[0-9]n[0-9]|vd[a-z]) B="\${B}writes $v $w1 $w4$N";; esac; done </proc/diskstats; } 2>/dev/null
	for f in /tmp/balena-supervisor/services/*/*/*updates.lock /tmp/resin-supervisor/services/*/*/*updates.lock; do
		[ -e "$f" ] && B="\${B}lock $(stat -c %u "$f" 2>/dev/null) $f$N"
	done
}
`,
	`
case $want in *full*) full=1;; *) full=;; esac
case $want in *engine*) engine;; esac
case $want in *disk*) disk;; esac
`,
);
