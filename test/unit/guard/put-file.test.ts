import {expect, test} from 'vitest';
import {actionOf, findingsOf} from '../../../src/actions/index.ts';
import {type FileReading, type FileSubject, type Observed, type Readings, unread} from '../../../src/domain/guard.ts';
import {partOf} from '../../../src/domain/part.ts';
import {toFile} from '../../../src/sources/file.ts';

const put = actionOf('file.put');
const NEW = 'a'.repeat(64);
const OLD = 'b'.repeat(64);

const subject: FileSubject = {
	kind: 'file',
	path: '/mnt/data/x',
	size: 5_000_000,
	sha256: NEW,
	mode: '644',
	mark: '0123abcd',
	force: false,
};

const nothing: FileReading = {
	kind: null,
	link: false,
	mounted: false,
	size: null,
	sha256: null,
	mode: null,
	owner: null,
	home: '/root',
	folder: 'there',
	freeKb: 1_000_000,
	fs: {type: 'ext4', readOnly: false},
	left: [],
	sums: true,
};
const old: FileReading = {...nothing, kind: 'file', size: 3, sha256: OLD, mode: '600', owner: '7:8'};

const withFile = (file: FileReading | null): Readings => ({
	...unread,
	bootId: 'b00f',
	uptimeMs: 1,
	uid: 0,
	kind: 'balena',
	file,
});

/** Why it is refused; empty where it is not. */
const why = (file: FileReading | null, of: FileSubject = subject): string => {
	const readings = withFile(file);
	const blocked = findingsOf(put.checks, of, readings).find(({weight}) => weight === 'blocks');
	return put.notOffered(of, readings) || (blocked?.text ?? '');
};

test.each<[Partial<FileReading>, RegExp]>([
	[{}, /^$/],
	[{fs: {type: 'vfat', readOnly: false}}, /^$/],
	[{fs: {type: 'tmpfs', readOnly: false}}, /does not survive a reboot \(tmpfs\): on balenaOS .*--force/],
	[{fs: {type: 'overlay', readOnly: false}}, /does not survive a reboot \(overlay\)/],
	[{fs: {type: 'ext4', readOnly: true}}, /read-only \(ext4\)/],
	[{fs: null}, /not known whether .* survives/],
	[{freeKb: 5_000}, /no room for it: 5\.1 MB are free there, and it has 5\.0 MB/],
	[{sums: false}, /no sha256sum/],
	[{folder: 'missing'}, /folder that it belongs into is not there/],
	[{folder: 'not writable'}, /may not write into that folder/],
	[{kind: 'folder'}, /is a folder/],
	[{kind: 'other'}, /no plain file/],
	[{link: true}, /is a link/],
	[{mounted: true, kind: 'file', sha256: OLD, size: 3}, /mounted on that name/],
	[{kind: 'file'}, /may not be read/],
])('with %j on the device: %s', (change, says) => {
	expect(why({...nothing, ...change})).toMatch(says);
});

test('--force goes where nothing lasts, and never where there is no room', () => {
	const forced = {...subject, force: true};
	expect(why({...nothing, fs: {type: 'tmpfs', readOnly: false}}, forced)).toBe('');
	expect(why({...nothing, freeKb: 10}, forced)).toMatch(/no room/);
	expect(why(null, forced)).not.toBe('');
});

test('what was looked at is the basis: the boot, and what is there', () => {
	expect(put.basis(subject, withFile(nothing))).toBe('boot b00f, /mnt/data/x: nothing');
	expect(put.basis(subject, withFile(old))).toBe(`boot b00f, /mnt/data/x: 3 bytes, SHA-256 ${OLD}`);
});

test('a file that is there keeps mode and owner; what was left is removed by name', () => {
	const [write, , move] = put.steps(subject, withFile({...old, left: ['deadbeef']}));
	expect(write?.slice(3)).toEqual([
		'devtop-file',
		'/mnt/data/.x.devtop-0123abcd',
		'5000000',
		'600',
		'7:8',
		'/mnt/data/.x.devtop-deadbeef',
	]);
	expect(move?.slice(3)).toEqual(['devtop-file', '/mnt/data/.x.devtop-0123abcd', '/mnt/data/x', OLD]);
	expect(put.steps(subject, withFile(nothing))[0]?.slice(5)).toEqual(['5000000', '644', '']);
});

const ours: FileReading = {...old, size: 5_000_000, sha256: NEW};
const lost = {kind: 'lost', why: 'gone'} as const;

test.each<[string, Partial<Observed>, FileReading | null, string, RegExp]>([
	[
		'renamed',
		{exit: {kind: 'exited', code: 0}},
		ours,
		'proven',
		/5000000 bytes with SHA-256 a+ on the device, mode 600\.$/,
	],
	[
		'renamed, on FAT',
		{exit: {kind: 'exited', code: 0}},
		{...ours, mode: '755'},
		'proven',
		/mode is 755 there, not 600/,
	],
	[
		'somebody wrote it since',
		{exit: {kind: 'exited', code: 0}},
		{...ours, sha256: OLD},
		'failed',
		/somebody else writes it too/,
	],
	['the end of the rename was lost', {exit: lost}, ours, 'proven', /though the end of the last step did not come/],
	['lost on the way', {exit: lost}, old, 'failed', /lost on the way \(gone\)\. What was there before is untouched\.$/],
	[
		'lost, and it left something',
		{exit: lost},
		{...old, left: [subject.mark]},
		'failed',
		/\.x\.devtop-0123abcd is still there/,
	],
	[
		'no room after all',
		{exit: {kind: 'exited', code: 1}, output: 'only 3 of 9\n'},
		old,
		'failed',
		/only 3 of 9\. What was/,
	],
	[
		'its end did not come',
		{exit: {kind: 'truncated'}},
		old,
		'failed',
		/end of a step did not come\. What was there before/,
	],
	['not looked at yet', {exit: lost}, null, 'waiting', /the temporary file is \/mnt\/data\/\.x\.devtop-0123abcd/],
])('%s', (_, change, file, kind, says) => {
	const observed: Observed = {
		before: withFile(old),
		now: file === null ? null : withFile(file),
		exit: null,
		output: '',
		sinceMs: 0,
		ours: null,
		alsoOurs: [],
		jobs: [],
		...change,
	};
	expect(put.proof(subject, observed)).toEqual({kind, sentence: expect.stringMatching(says)});
});

test('a temporary name fits into 255 bytes, whatever the name', () => {
	const part = partOf(`/a/${'😀'.repeat(60)}`, subject.mark);
	expect(part.startsWith('/a/.😀')).toBe(true);
	expect(Buffer.byteLength(part.slice(3))).toBeLessThanOrEqual(255);
});

test('what the device says is not believed where it is none of what may be', () => {
	expect(toFile('stat 644; 0:0 x\nsize -1\nsha256 $(id)\nleft ../../x\nkind door\nhome x\n')).toMatchObject({
		kind: null,
		size: null,
		sha256: null,
		mode: null,
		left: [],
		home: '',
		folder: 'missing',
		fs: null,
		sums: false,
	});
});
