import {afterAll, afterEach, describe, expect, test} from 'vitest';
import {type Seam, seamWords} from '../../src/domain/seam.ts';
import type {Scope} from '../../src/domain/source.ts';
import {everything} from '../../src/domain/source.ts';
import type {State as JournalState} from '../../src/panes/journal/reduce.ts';
import type {Session} from '../../src/session/session.ts';
import {headless, roadTo, until} from '../support/headless.ts';
import {labDevice, labSshConfig} from './device.ts';

/** Reboots, half of them with a journal on disk: more by hand, `LAB_REBOOTS=10 npx vitest …`. */
const REBOOTS = Number(process.env.LAB_REBOOTS ?? 2);

describe.skipIf(labSshConfig === '')('what became of the journal while the link was lost', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	let session: Session | null = null;
	let seams: Seam[] = [];
	let marks = 0;
	afterEach(async () => {
		await session?.stop();
		session = null;
		await sh('systemctl start sshd.socket');
	});
	afterAll(() => dev1.close());

	const sh = (script: string): Promise<string> => dev1.in('sh', '-c', script);
	/** Lines of this word, numbered. */
	const say = (word: string, lines: number): string => `seq -f '${word} %.0f' ${lines} | systemd-cat -t ${word}`;

	/** How often the journal pane holds each numbered line of a word. */
	function times(live: Session, word: string): number[] {
		const {ring} = live.fold.panes.journal as JournalState;
		const counts: number[] = [];
		for (const {message} of ring) {
			const [, name, number] = /^(\S+) (\d+)$/.exec(message) ?? [];
			if (name === word) counts[Number(number)] = (counts[Number(number)] ?? 0) + 1;
		}
		return counts;
	}

	const once = (lines: number): number[] => [...Array(1), ...Array.from({length: lines}, () => 1)];

	/** A session that follows, and then has no link. */
	async function lose(scope: Partial<Scope> = {}): Promise<Session> {
		const live = await headless(await roadTo('dev1', labSshConfig), {scope: {...everything, ...scope}});
		session = live;
		seams = [];
		live.fold.sewn = seam => seams.push(seam);
		// A line of its scope, so that there is one to go on from.
		const here = `here${++marks}x${Date.now()}`;
		await until(
			() => live.fold.sources.journal?.state !== undefined,
			20_000,
			() => live.fold.sources,
		);
		await sh(`echo ${here} | systemd-cat -t ${scope.identifiers?.[0] ?? 'here'}`);
		await until(
			() => live.fold.last?.message === here || times(live, here).length > 0 || live.fold.last !== null,
			10_000,
			() => live.fold.last,
		);
		await dev1.fault('sshd', 'stop');
		await until(
			() => live.fold.link.kind === 'waiting',
			10_000,
			() => live.fold.link,
		);
		return live;
	}

	/** The link comes back; resolves with the seam. */
	async function back(live: Session, ms = 60_000): Promise<Seam> {
		await until(
			async () => {
				if (live.fold.link.kind === 'waiting') live.controls.reconnect();
				return seams.length > 0;
			},
			ms,
			() => [live.fold.link, live.fold.last?.message],
		);
		const [seam] = seams;
		if (seam === undefined) throw new Error('no seam');
		return seam;
	}

	test('rotated: all of it is there', async () => {
		const live = await lose();
		await sh(`${say('rotated', 120)}; journalctl --rotate; ${say('more', 80)}`);
		await dev1.fault('sshd', 'start');
		const seam = await back(live);
		expect(seamWords(seam)).toMatch(/^back after \d+ s: [\d ]+ recovered, 0 lost, 0 doubled$/);
		expect(seam.recovered).toBeGreaterThanOrEqual(200);
		expect(times(live, 'rotated')).toEqual(once(120));
		expect(times(live, 'more')).toEqual(once(80));
	});

	test('vacuumed: the number of lines that are gone is told', async () => {
		const live = await lose();
		await sh(`${say('gone', 120)}; journalctl --rotate --vacuum-time=1us; ${say('kept', 80)}`);
		await dev1.fault('sshd', 'start');
		const seam = await back(live);
		expect(seamWords(seam)).toMatch(
			/^back after \d+ s: \d+ recovered, 0 doubled, \d+ lost: the device overwrote them$/,
		);
		expect(times(live, 'gone')).toEqual([]);
		expect(times(live, 'kept')).toEqual(once(80));
		expect(seam.lost).toBeGreaterThanOrEqual(120);
		// What else the device said in that second.
		expect(seam.lost).toBeLessThan(180);
	});

	test('overwritten: lost and recovered make up what was written', async () => {
		const live = await lose();
		await sh(
			'systemctl start lab-flood@90000-0.service; while systemctl is-active -q lab-flood@90000-0; do sleep 0.2; done',
		);
		await sh('journalctl --sync');
		await dev1.fault('sshd', 'start');
		const seam = await back(live);
		expect(seamWords(seam)).toMatch(/ lost: the device overwrote them$/);
		expect(seam.lost).toBeGreaterThan(0);
		expect((seam.lost ?? 0) + seam.recovered).toBeGreaterThanOrEqual(90_000);
		expect((seam.lost ?? 0) + seam.recovered).toBeLessThan(91_000);
	});

	test('of a part of the journal, the last line is there again: nothing is lost', async () => {
		const live = await lose({identifiers: ['part', 'here']});
		await sh(`${say('other', 100)}; ${say('part', 60)}`);
		await dev1.fault('sshd', 'start');
		const seam = await back(live);
		expect(seamWords(seam)).toMatch(/^back after \d+ s: 60 recovered, 0 lost, 0 doubled$/);
		expect(times(live, 'part')).toEqual(once(60));
	});

	// journald (252) says it when the unit speaks again, and forgets it where another unit speaks first: this one goes on.
	test("journald's own limit struck: how many it dropped is told", async () => {
		const live = await lose();
		await sh(
			'systemd-run -q --wait -p LogRateLimitIntervalSec=1s -p LogRateLimitBurst=100 sh -c \'seq -f "limited %.0f" 1000; sleep 2; echo once more\'',
		);
		await dev1.fault('sshd', 'start');
		const seam = await back(live);
		expect(seam.suppressed, seamWords(seam)).toBeGreaterThan(0);
		const came = Object.keys(times(live, 'limited')).length;
		expect(came + seam.suppressed).toBe(1000);
		expect(seamWords(seam)).toContain(`${seam.suppressed} suppressed by journald`);
	});

	test('flushed to disk: the same lines under other numbers are no doubles, the jump behind them is no loss', async () => {
		try {
			const live = await lose();
			await sh(`${say('before', 50)}; mkdir -p /var/log/journal; journalctl --flush; ${say('after', 50)}`);
			await dev1.fault('sshd', 'start');
			const seam = await back(live);
			expect(seamWords(seam)).toMatch(/^back after \d+ s: [\d ]+ recovered, 0 lost, 0 doubled$/);
			expect(times(live, 'before')).toEqual(once(50));
			expect(times(live, 'after')).toEqual(once(50));
			expect(live.fold.receipt(0, 0).lost).toBe(0);
		} finally {
			await sh('journalctl --relinquish-var; rm -rf /var/log/journal');
		}
	});

	test.each(
		Array.from({length: REBOOTS}, (_, index) => [index % 2 === 0 ? 'volatile' : 'on disk', index + 1] as const),
	)(
		'a reboot, the journal %s (%i)',
		async (where, _) => {
			try {
				if (where === 'on disk') await sh('mkdir -p /var/log/journal; journalctl --flush');
				const live = await lose();
				await sh(say('old', 150));
				await sh('journalctl --sync');
				await dev1.fault('reboot');
				const seam = await back(live, 120_000);
				const words = seamWords(seam);
				expect(seam.doubled).toBe(0);
				if (where === 'on disk') {
					expect(words).toMatch(
						/^rebooted, back after .* in boot [0-9a-f]{8}; the old boot's end was fetched: [\d ]+ recovered, 0 lost, 0 doubled$/,
					);
					expect(times(live, 'old')).toEqual(once(150));
				} else {
					expect(words).toMatch(
						/^rebooted, back after .* what the old boot said after its last line here was lost with its journal$/,
					);
					expect(times(live, 'old')).toEqual([]);
				}
				// The new boot from its first line: as many as the device has, each once.
				const boot = live.fold.identity?.bootId;
				const {ring} = live.fold.panes.journal as JournalState;
				const cursors = [...ring].filter(record => record.boot === boot).map(({cursor}) => cursor);
				expect(new Set(cursors).size).toBe(cursors.length);
				const first = (await sh('journalctl -b -o export | head -n 1')).split('\n')[0]?.replace('__CURSOR=', '');
				expect(cursors).toContain(first);
				await until(
					async () => (await dev1.run('systemctl is-active balena.service || true')).trim() === 'active',
					60_000,
				);
			} finally {
				await sh('journalctl --relinquish-var; rm -rf /var/log/journal');
			}
		},
		240_000,
	);
});
