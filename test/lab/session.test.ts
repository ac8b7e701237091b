import {readFileSync} from 'node:fs';
import {afterAll, afterEach, describe, expect, test} from 'vitest';
import {CARRIERS, type Carrier} from '../../src/commands/options.ts';
import type {State as JournalState} from '../../src/panes/journal/reduce.ts';
import {readFrames} from '../../src/session/recorder.ts';
import type {Session} from '../../src/session/session.ts';
import {createSessionStore, type SessionState} from '../../src/session/store.ts';
import {headless, recordingFile, roadTo, until} from '../support/headless.ts';
import {mount} from '../support/mount.tsx';
import {common, liveState, replayed} from '../support/replayed.ts';
import {labDevice, labSshConfig} from './device.ts';

/** Is such a line among the newest hundred that the journal pane holds? */
function holds(session: Session, message: string): boolean {
	const {ring} = session.fold.panes.journal as JournalState;
	for (let number = ring.end - 1; number >= Math.max(ring.first, ring.end - 100); number--)
		if (ring.get(number)?.message === message) return true;
	return false;
}

describe.skipIf(labSshConfig === '')('a session with a real device', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	let session: Session | null = null;
	afterEach(async () => {
		await session?.stop();
		session = null;
	});
	afterAll(() => dev1.close());

	const start = async (file: string | null = null, by: Carrier = 'ssh2'): Promise<Session> => {
		session = await headless(await roadTo('dev1', labSshConfig, by), {file});
		return session;
	};

	test.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])(
		'live and replay are equal, with a cut link between: the state, and the screen at %ix%i',
		async (columns, rows) => {
			const file = recordingFile();
			const live = await start(file);
			await until(
				() =>
					live.fold.sources.journal?.state === 'answering' && live.fold.sources['kernel-history']?.state === 'ended',
				20_000,
				() => live.fold.sources,
			);
			const word = `${columns} columns`;
			await dev1.run(`logger -t devtop-test "before, ${word}"`);
			await until(
				() => holds(live, `before, ${word}`),
				10_000,
				() => live.fold.last,
			);
			await dev1.fault('cut');
			await dev1.in('sh', '-c', 'seq -f "away, $1, %.0f" 50 | systemd-cat -t devtop-test', 'sh', word);
			await until(
				() => live.fold.link.kind === 'live' && holds(live, `away, ${word}, 50`),
				40_000,
				() => [live.fold.link, live.fold.last?.message],
			);
			live.controls.remark({t: 'note', text: 'the link was cut'});
			live.controls.inspect({unit: 'balena.service'});
			await until(
				() => live.fold.sources['unit-lines']?.state === 'ended',
				20_000,
				() => live.fold.sources,
			);
			await live.stop();
			const {frames, bad} = readFrames(readFileSync(file, 'utf8'));
			expect(bad).toEqual([]);
			expect(frames.flatMap(frame => (frame.t === 'link' ? [frame.link.kind] : []))).toContain('waiting');
			const replay = replayed(frames);
			replay.replay.seek(replay.lengthMs);
			const seen = common(replay.store.getState());
			const was = liveState(live.fold, live.store.getState());
			expect(seen).toEqual(was);
			const screen = async (state: SessionState): Promise<string> => {
				const mounted = await mount(createSessionStore(state), columns, rows);
				const text = mounted.raw();
				mounted.unmount();
				return text;
			};
			const text = await screen(was);
			expect(text).toContain(`away, ${word}, 50`);
			expect(await screen(seen)).toBe(text);
		},
	);

	test('100 000 lines at 5 000 a second: every number comes once, the newest are held', async () => {
		const file = recordingFile();
		const live = await start(file);
		await until(
			() => live.fold.sources.journal?.state === 'answering',
			20_000,
			() => live.fold.sources,
		);
		await dev1.run('systemctl start lab-flood@100000-5000.service');
		await until(
			() => holds(live, 'flood 100000'),
			90_000,
			() => live.fold.last?.message,
		);
		const {receipt} = live.store.getState();
		await live.stop();
		const numbers: number[] = [];
		for (const frame of readFrames(readFileSync(file, 'utf8')).frames) {
			if (frame.t !== 'out' || frame.unit.kind !== 'entry') continue;
			const message = frame.unit.entry.find(([name]) => name === 'MESSAGE')?.[1];
			const number = typeof message === 'string' ? /^flood (\d+)$/.exec(message)?.[1] : undefined;
			if (number !== undefined) numbers.push(Number(number));
		}
		const seen = new Set(numbers);
		expect(seen.size).toBe(100_000);
		expect(receipt.lost).toBe(0);
		expect(receipt.held + receipt.evicted).toBe(receipt.received);
		expect(receipt.held).toBe(50_000);
		expect(process.memoryUsage().rss).toBeLessThan(1.5e9);
	});

	test('reads wake nothing: a stopped engine with its socket up stays stopped for a minute', async () => {
		await dev1.run('systemctl stop balena-supervisor.service balena.service; systemctl start balena-engine.socket');
		try {
			const live = await start();
			await until(
				() => live.fold.sources.engine?.state === 'answering',
				20_000,
				() => live.fold.sources,
			);
			await new Promise(resolve => setTimeout(resolve, 60_000));
			expect(
				(await dev1.run('systemctl is-active balena.service balena-engine.socket || true')).trim().split('\n'),
			).toEqual(['inactive', 'active']);
		} finally {
			await dev1.run('systemctl start balena.service balena-supervisor.service');
		}
	}, 120_000);

	test.each(CARRIERS)('after a cut link it comes back and loses nothing, by %s', async by => {
		const live = await start(recordingFile(), by);
		// Those of an earlier round stand in the history.
		const word = `while away at ${Date.now()}`;
		await until(
			() => live.fold.sources.journal?.state === 'answering',
			20_000,
			() => live.fold.sources,
		);
		const before = live.fold.receipt(0, 0);
		await dev1.fault('cut');
		await dev1.in(
			'sh',
			'-c',
			'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo "$1 $i"; done | systemd-cat -t away',
			'sh',
			word,
		);
		await until(
			() => live.fold.link.kind === 'live' && holds(live, `${word} 300`),
			40_000,
			() => [live.fold.link, live.fold.last?.message],
		);
		const after = live.fold.receipt(0, 0);
		expect(after.received - before.received).toBeGreaterThanOrEqual(300);
		expect(after.lost).toBe(0);
		expect(after.repeated).toBeGreaterThan(before.repeated);
	});

	test('after a reboot the new boot is shown, and the loss of the old one is said', async () => {
		const live = await start();
		await until(
			() => live.fold.sources.journal?.state === 'answering',
			20_000,
			() => live.fold.sources,
		);
		const old = live.fold.identity?.bootId;
		await dev1.fault('reboot');
		await until(
			() => live.fold.link.kind === 'live' && live.fold.identity?.bootId !== old,
			90_000,
			() => live.fold.link,
		);
		await until(
			() => live.fold.last?.boot === live.fold.identity?.bootId,
			30_000,
			() => live.fold.last?.boot,
		);
		expect(live.fold.notices.join(' ')).toContain('rebooted');
		await until(async () => (await dev1.run('systemctl is-active balena.service || true')).trim() === 'active', 60_000);
	}, 180_000);
});
