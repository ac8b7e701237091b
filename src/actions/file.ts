/** A file is put on the device: beside its place under a temporary name, compared there, and then renamed. */
import type {
	Action,
	Check,
	FileReading,
	FileSubject,
	Finding,
	Observed,
	Proof,
	Readings,
	Subject,
} from '../domain/guard.ts';
import {partOf} from '../domain/part.ts';
import {bytes, clean, count} from '../domain/text.ts';
import {noHostUpdate, otherOperators} from './checks.ts';
import {refusedBy} from './proof.ts';

/** What the scripts are called in a list of processes. */
const NAME = 'devtop-file';

/**
 * Arguments: the temporary name, how many bytes come, the mode, the owner or nothing, and what earlier attempts left. The
 * number of bytes is told beforehand, since the cloud's proxy forwards no end of stdin; `head -c` is in busybox too and
 * takes exactly so many (`dd iflag=fullblock` is not). Where stdin ends before, the link is gone: nothing is left behind.
 * FAT knows neither mode nor owner: then both stay as they are, and what they are is looked at in the end.
 */
const WRITE = `
t=$1 n=$2 m=$3 o=$4
shift 4
[ $# -eq 0 ] || rm -f -- "$@"
umask 077
set -C
: >"$t" || exit 1
set +C
trap 'rm -f -- "$t"; exit 1' HUP INT TERM PIPE
[ "$n" = 0 ] || head -c "$n" >"$t"
s=$(wc -c <"$t")
[ "$s" -eq "$n" ] || { rm -f -- "$t"; echo "only $s of $n bytes could be written"; exit 1; }
[ -z "$o" ] || chown "$o" "$t" 2>/dev/null
chmod "$m" "$t" 2>/dev/null
sync "$t" 2>/dev/null || sync
`.trim();

/** Arguments: the temporary name, the size, the sum. */
const CHECK = `
s=$(wc -c <"$1") && h=$(sha256sum <"$1") || exit 1
echo "$s bytes, SHA-256 \${h%% *}"
[ "$s" -eq "$2" ] && [ "\${h%% *}" = "$3" ]
`.trim();

/** Arguments: the temporary name, the name, the sum of what is there or nothing: the way there may have taken minutes. */
const MOVE = `
if [ "$3" ]; then h=$(sha256sum <"$2") && [ "\${h%% *}" = "$3" ]; else [ ! -e "$2" ] && [ ! -L "$2" ]; fi ||
{ echo 'what is there has changed meanwhile'; exit 1; }
mv -f -- "$1" "$2" && { sync "\${2%/*}/" 2>/dev/null || sync; }
`.trim();

/** Kinds of file system that keep what is written through a reboot (proc/filesystems of balenaOS and Debian). */
const LASTING: ReadonlySet<string> = new Set(
	'ext2 ext3 ext4 vfat msdos exfat btrfs xfs f2fs ubifs jffs2 zfs ntfs3 nfs nfs4 cifs'.split(' '),
);

const ofFile = (subject: Subject): FileSubject => {
	if (subject.kind !== 'file') throw new Error('not a file');
	return subject;
};

const blocks = (text: string): readonly Finding[] => [{weight: 'blocks', text}];

/** On balenaOS the root is read-only or an overlay; /mnt/data, /mnt/state and /mnt/boot last (meta-balena, mobynit). */
const lasts: Check = (subject, {file, kind}) => {
	if (file === null || file.folder === 'missing') return [];
	const where = kind === 'balena' ? ': on balenaOS /mnt/data, /mnt/state and /mnt/boot do' : '';
	const {fs} = file;
	const why =
		fs === null
			? 'It is not known whether what is written there survives a reboot'
			: fs.readOnly
				? `It lies on a file system that is read-only (${clean(fs.type)})`
				: LASTING.has(fs.type)
					? ''
					: `What is written there does not survive a reboot (${clean(fs.type)})`;
	if (why === '') return [];
	return ofFile(subject).force
		? [{weight: 'warns', text: `${why}${where}.`}]
		: blocks(`${why}${where}; --force does it all the same.`);
};

/** Beside what is written, so that something else may go on writing. */
const SPARE_KB = 1024;

const fits: Check = (subject, {file}) => {
	if (file === null) return [];
	const {size} = ofFile(subject);
	if (file.freeKb === null) return [{weight: 'warns', text: 'It is not known whether there is room for it.'}];
	return file.freeKb < Math.ceil(size / 1024) + SPARE_KB
		? blocks(`There is no room for it: ${bytes(file.freeKb * 1024)} are free there, and it has ${bytes(size)}.`)
		: [];
};

const leftOver: Check = (_, {file}) =>
	file === null || file.left.length === 0
		? []
		: [
				{
					weight: 'warns',
					text: `${count(file.left.length, 'temporary file')} of an earlier attempt (or of one that goes on elsewhere) will be removed.`,
				},
			];

const onFat: Check = (_, {file}) =>
	file?.fs?.type === 'vfat'
		? [
				{
					weight: 'warns',
					text: 'It lies on FAT, which keeps neither mode nor owner, and which a power cut in that moment can damage.',
				},
			]
		: [];

/** Why it can't be put there at all. */
function impossible({file}: Readings): string {
	if (file === null) return 'The device did not say what is there.';
	if (!file.sums) return 'There is no sha256sum on this device, so it can’t be compared.';
	if (file.folder === 'missing')
		return 'The folder that it belongs into is not there: make it first (devtop run … -- mkdir).';
	if (file.kind === 'folder') return 'That is a folder: name the file in it.';
	if (file.link) return 'That is a link: name what it leads to, so that the link stays one.';
	if (file.kind === 'other') return 'That is no plain file, and it is not replaced by one.';
	if (file.mounted) return 'Something is mounted on that name, so it can’t be replaced by a rename.';
	if (file.folder === 'not writable' && file.fs?.readOnly !== true)
		return 'We may not write into that folder: connect as root.';
	if (file.kind === 'file' && file.sha256 === null)
		return 'What is there may not be read, so it can’t be told whether it changes meanwhile.';
	return '';
}

const there = (file: FileReading | null): string =>
	file?.kind === 'file' ? `${file.size} bytes, SHA-256 ${file.sha256}` : 'nothing';

/** What the device says after it. */
function proofOf(subject: Subject, observed: Observed): Proof {
	const {path, size, sha256, mode, mark} = ofFile(subject);
	const {before, now, exit} = observed;
	const part = partOf(path, mark);
	if (now === null) return {kind: 'waiting', sentence: `sent; not looked at yet (the temporary file is ${part})`};
	const file = now.file;
	const same = file?.kind === 'file' && file.size === size && file.sha256 === sha256;
	const rest =
		file === null || !file.left.includes(mark)
			? ''
			: ` The temporary file ${part} is still there: the next attempt removes it.`;
	if (exit?.kind === 'exited' && exit.code === 0) {
		if (!same)
			return {
				kind: 'failed',
				sentence: `It was renamed, and ${there(file)} is there now: somebody else writes it too.`,
			};
		const wanted = before.file?.mode ?? mode;
		const other = file.mode === wanted ? '' : ` Its mode is ${file.mode ?? 'not known'} there, not ${wanted}.`;
		return {
			kind: 'proven',
			sentence: `${path} has ${size} bytes with SHA-256 ${sha256} on the device, mode ${file.mode ?? '?'}.${other}`,
		};
	}
	if (same && there(before.file) !== there(file))
		return {
			kind: 'proven',
			sentence: `${path} has ${size} bytes with SHA-256 ${sha256} on the device, though the end of the last step did not come.`,
		};
	const old =
		there(file) === there(before.file)
			? 'What was there before is untouched.'
			: `What is there now is not what was there before: ${there(file)}.`;
	const said = refusedBy(observed);
	const why =
		exit?.kind === 'lost'
			? `The link was lost on the way (${exit.why}).`
			: said?.kind === 'failed'
				? said.sentence.replace(/[.\s]*$/, '.')
				: 'The end of a step did not come.';
	return {kind: 'failed', sentence: `${why} ${old}${rest}`};
}

export const putFile: Action = {
	id: 'file.put',
	title: 'Put a file on the device',
	key: 'f',
	word: 'put',
	effect: 'a file is there that was not, or is another',
	proves: 'size and SHA-256 on the device are those of here',
	of: 'file',
	risk: () => 'disruptive',
	notOffered: (_, readings) => impossible(readings),
	checks: [noHostUpdate, otherOperators, lasts, fits, onFat, leftOver],
	basis: (subject, {bootId, file}) => `boot ${bootId}, ${ofFile(subject).path}: ${there(file)}`,
	steps: (subject, {file}) => {
		const {path, size, sha256, mode, mark} = ofFile(subject);
		const part = partOf(path, mark);
		const left = (file?.left ?? []).map(other => partOf(path, other));
		const old = file?.kind === 'file' ? file : null;
		return [
			['sh', '-c', WRITE, NAME, part, `${size}`, old?.mode ?? mode, old?.owner ?? '', ...left],
			['sh', '-c', CHECK, NAME, part, `${size}`, sha256],
			['sh', '-c', MOVE, NAME, part, path, old?.sha256 ?? ''],
		];
	},
	feeds: 0,
	undo: subject => {
		const {path, mark} = ofFile(subject);
		return ['rm', '-f', '--', partOf(path, mark)];
	},
	consequence: (subject, {file}) => {
		const {path, size, sha256} = ofFile(subject);
		return `${path} will have ${bytes(size)} with SHA-256 ${sha256}; ${
			file?.kind === 'file'
				? `what is there (${there(file)}) is gone then, and nothing keeps it`
				: 'nothing is there now'
		}.`;
	},
	mayNotReturn: false,
	proof: proofOf,
	proofLimitMs: 180_000,
};
