import {expect, test} from 'vitest';
import {textOf} from '../../../src/domain/entry.ts';
import {everything} from '../../../src/domain/source.ts';
import {clean} from '../../../src/domain/text.ts';
import {begin, entriesOf, facts, follow, messages, once, units} from './ask.ts';

test.each([
	[['--foo'], "journalctl: unrecognized option '--foo'\n"],
	[['-Z'], "journalctl: invalid option -- 'Z'\n"],
	[['--cursor'], "journalctl: option '--cursor' requires an argument\n"],
	[['--cursor=garbage'], 'Failed to seek to cursor: Invalid argument\n'],
	[['--lines=x'], "Failed to parse lines 'x'\n"],
	[['--priority=zz'], 'Unknown log level zz\n'],
	[['foo'], "Failed to add match 'foo': Invalid argument\n"],
	[['--since=foo'], 'Failed to parse timestamp: foo\n'],
	[['--output=zz'], "Unknown output format 'zz'.\n"],
])('journalctl %j is refused in the words of systemd 252', async (options, err) => {
	expect(await once(begin().device, ['journalctl', ...options])).toEqual({out: '', err, code: 1});
});

test('the first screen is full: the newest lines, their numbers without a gap', async () => {
	const {device} = begin();
	const found = await facts(device, 'journal-history');
	expect(found).toHaveLength(500);
	const numbers = found.map(fact =>
		fact.kind === 'journal' ? Number.parseInt(/i=([0-9a-f]+)/.exec(fact.record.cursor)?.[1] ?? '', 16) : 0,
	);
	expect(numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1)).toBe(true);
	const [anchor] = await facts(device, 'anchor');
	expect(anchor?.kind === 'anchor' && anchor.record.cursor).toBe(
		entriesOf((await units(device, 'journal-history')).units).at(-1)?.[0]?.[1],
	);
});

test('a cursor is inclusive, forwards and backwards; one of another file is found by its time', async () => {
	const {device} = begin();
	const all = entriesOf((await units(device, 'journal-history')).units);
	const from = all[100] ?? [];
	const cursor = textOf(from, '__CURSOR') ?? '';
	const boot = textOf(from, '_BOOT_ID') ?? '';
	const place = async (id: 'journal-forward' | 'journal-older', at: string): Promise<string[]> =>
		messages((await units(device, id, {anchor: {cursor: at, boot}, lines: 3})).units);
	const said = all.map(entry => textOf(entry, 'MESSAGE') ?? '');
	expect(await place('journal-forward', cursor)).toEqual(said.slice(100, 103));
	expect(await place('journal-older', cursor)).toEqual([said[100], said[99], said[98]]);
	expect(await place('journal-forward', cursor.replace(/s=[^;]*/, 's=00ff').replace(/i=[^;]*/, 'i=1'))).toEqual(
		said.slice(100, 103),
	);
	expect((await units(device, 'journal-old-boot', {anchor: {cursor, boot: '0'.repeat(32)}})).units).toEqual([]);
	expect((await units(device, 'journal-old-boot', {anchor: {cursor, boot}})).units).toHaveLength(1);
});

test('--since bounds what comes; backwards, --lines counts from the newest, as on 252', async () => {
	const {device} = begin();
	const scope = {...everything, since: '-30min'};
	const entries = entriesOf((await units(device, 'journal-older', {scope, lines: 5000})).units);
	const ago = (entry: (typeof entries)[number] | undefined): number =>
		device.units.nowUs() - Number(textOf(entry ?? [], '__MONOTONIC_TIMESTAMP'));
	expect(ago(entries.at(-1))).toBeLessThanOrEqual(1_800_000_000);
	expect(ago(entries.at(-1))).toBeGreaterThan(1_760_000_000);
	const newest = entriesOf((await units(device, 'journal-older', {scope, lines: 2})).units);
	expect(newest).toEqual(entries.slice(0, 2));
	expect(ago(newest[0])).toBeLessThan(ago(newest[1]));
});

test('units take what PID 1 says about them; identifiers and priorities narrow it down', async () => {
	const {device, clock} = begin('engine');
	clock.advance(30_000);
	const scope = {...everything, units: ['balena'], identifiers: ['systemd'], priority: 'warning'};
	expect(messages((await units(device, 'journal-history', {scope})).units)).toEqual([
		'balena.service: Main process exited, code=killed, status=9/KILL',
		"balena.service: Failed with result 'signal'.",
		'balena.service: Main process exited, code=killed, status=9/KILL',
		"balena.service: Failed with result 'signal'.",
	]);
	// Newest first: what went wrong, then the whole story with the boot.
	const about = async (source: 'trouble' | 'story') =>
		(await facts(device, source)).map(fact =>
			fact.kind === 'story' ? (fact.record.about ?? fact.record.transport) : '',
		);
	expect((await about('trouble')).slice(0, 5)).toEqual([
		'balena.service',
		'balena.service',
		'balena-supervisor.service',
		'balena-supervisor.service',
		'balena.service',
	]);
	const story = await about('story');
	expect(story.length).toBeGreaterThan(25);
	expect(story).toContain('kernel');
	expect(story).toContain('dbus.service');
});

test("this boot's kernel lines have two clocks; an earlier under-voltage has its end", async () => {
	const found = await facts(begin('all').device, 'kernel-history');
	const said = found.flatMap(fact => (fact.kind === 'kernel-history' ? [fact.record] : []));
	expect(said.length).toBeGreaterThan(100);
	expect(said.every(record => record.identifier === 'kernel' && record.kernelUs !== null)).toBe(true);
	const pair = said.filter(record => /voltage/i.test(record.message));
	expect(pair.map(record => record.priority)).toEqual([2, 6]);
	const ring = await facts(begin('all').device, 'kernel-ring', {}, ['stop']);
	expect(ring.map(fact => fact.kind === 'kernel-line' && fact.message)).toEqual(
		messages((await units(begin('all').device, 'kernel-history')).units).map(message => clean(message ?? '')),
	);
});

test('a follower prints what is there, then what comes, and ends at the stop line with its trailer', async () => {
	const {device, clock} = begin();
	const newest = entriesOf((await units(device, 'anchor')).units)[0] ?? [];
	const cursor = textOf(newest, '__CURSOR') ?? '';
	const follower = follow(device, 'journal', {anchor: {cursor, boot: textOf(newest, '_BOOT_ID') ?? ''}});
	expect(messages(follower.got)).toEqual([textOf(newest, 'MESSAGE')]);
	clock.advance(10_000);
	const seen = follower.got.length;
	expect(seen).toBeGreaterThan(4);
	expect(device.processes()).toHaveLength(1);
	follower.write('stop\n');
	expect(follower.ended()).toBe(143);
	clock.advance(10_000);
	expect(follower.got).toHaveLength(seen);
	expect(device.processes()).toEqual([]);
});
