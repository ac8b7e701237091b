import {afterAll, afterEach, describe, expect, test} from 'vitest';
import {type Seam, seamWords} from '../../src/domain/seam.ts';
import type {State as JournalState} from '../../src/panes/journal/reduce.ts';
import type {Session} from '../../src/session/session.ts';
import {headless, roadTo, until} from '../support/headless.ts';
import {labDevice, labSshConfig} from './device.ts';

/** What of ours runs on the device. */
const OURS = "ps -ww -eo args | grep -c '^sh -c .*__DEVTOP[_]' || true";

describe.skipIf(labSshConfig === '')('what is fetched changes in a running session', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	let session: Session | null = null;
	let seams: string[] = [];
	afterEach(async () => {
		await session?.stop();
		session = null;
	});
	afterAll(() => dev1.close());

	const say = (tag: string, from: number, to: number): Promise<string> =>
		dev1.in('sh', '-c', `seq -f '${tag} %.0f' ${from} ${to} | systemd-cat -t ${tag}`);

	async function start(): Promise<Session> {
		const live = await headless(await roadTo('dev1', labSshConfig));
		session = live;
		seams = [];
		live.fold.sewn = (seam: Seam) => seams.push(seamWords(seam));
		await until(
			() => live.fold.sources.journal?.state === 'answering' && live.fold.sources['kernel-history']?.state === 'ended',
			30_000,
			() => live.fold.sources,
		);
		return live;
	}

	function said(live: Session, tag: string): string[] {
		const {ring} = live.fold.panes.journal as JournalState;
		return [...ring].map(({message}) => message).filter(message => message.startsWith(`${tag} `));
	}

	const numbered = (tag: string, to: number): string[] => Array.from({length: to}, (_, index) => `${tag} ${index + 1}`);

	test('held, nothing of ours runs there and nothing comes; then it goes on where it was', async () => {
		const live = await start();
		const tag = `held${Date.now()}`;
		await say(tag, 1, 20);
		await until(
			() => said(live, tag).length === 20,
			10_000,
			() => live.fold.last,
		);
		live.controls.fetch({held: true});
		await until(async () => (await dev1.in('sh', '-c', OURS)).trim() === '0', 10_000);
		await say(tag, 21, 120);
		expect(live.fold.held).toBe(true);
		expect(live.fold.link.kind).toBe('live');
		expect(said(live, tag)).toHaveLength(20);
		live.controls.fetch({held: false});
		await until(
			() => said(live, tag).length >= 120 && seams.length > 0,
			30_000,
			() => live.fold.last,
		);
		expect(said(live, tag)).toEqual(numbered(tag, 120));
		expect(seams).toEqual([expect.stringMatching(/^on again after \d+ s: \d+ recovered, 0 lost, 0 doubled$/)]);
	});

	test('lost while held, it goes on all the same', async () => {
		const live = await start();
		const tag = `cut${Date.now()}`;
		live.controls.fetch({held: true});
		await until(async () => (await dev1.in('sh', '-c', OURS)).trim() === '0', 10_000);
		await dev1.fault('cut');
		await say(tag, 1, 50);
		await until(
			() => live.fold.link.kind === 'live',
			20_000,
			() => live.fold.link,
		);
		expect(said(live, tag)).toEqual([]);
		live.controls.fetch({held: false});
		await until(
			() => said(live, tag).length >= 50 && seams.length > 0,
			30_000,
			() => live.fold.last,
		);
		expect(said(live, tag)).toEqual(numbered(tag, 50));
		expect(seams).toEqual([expect.stringMatching(/: \d+ recovered, 0 lost, 0 doubled$/)]);
	});

	test('a narrower scope is matched on the device, a wider one goes on from the last line', async () => {
		const live = await start();
		const [mine, other] = [`mine${Date.now()}`, `other${Date.now()}`];
		live.controls.fetch({identifiers: [mine]});
		await until(
			async () =>
				(await dev1.in('sh', '-c', `ps -ww -eo args | grep -c '^journalctl.*--identifier=${mine}' || true`)).trim() !==
				'0',
			15_000,
		);
		await say(other, 1, 30);
		await say(mine, 1, 40);
		await until(
			() => said(live, mine).length >= 40,
			15_000,
			() => live.fold.last,
		);
		expect(said(live, mine)).toEqual(numbered(mine, 40));
		expect(said(live, other)).toEqual([]);
		expect(live.fold.receipt(0, 0).lost).toBeNull();
		live.controls.fetch({identifiers: []});
		await say(other, 31, 60);
		await until(
			() => said(live, other).includes(`${other} 60`),
			15_000,
			() => live.fold.last,
		);
		// What was out of scope stays out where it lies before the last line of the scope.
		expect(said(live, other)).toEqual(numbered(other, 60).slice(30));
		expect(said(live, mine)).toEqual(numbered(mine, 40));
	});

	test('an sshd with two channels: units, journal and what went wrong come; the containers do not', async () => {
		const config = '/etc/ssh/sshd_config';
		await dev1.in('sh', '-c', `cp ${config} ${config}.kept; echo 'MaxSessions 2' >> ${config}`);
		try {
			const live = await headless(await roadTo('dev1', labSshConfig));
			session = live;
			await until(
				() =>
					live.fold.sources.journal?.state === 'answering' &&
					live.fold.sources.trouble?.state === 'ended' &&
					live.fold.sources.sampler?.state === 'answering',
				20_000,
				() => live.fold.sources,
			);
			const tag = `two${Date.now()}`;
			await say(tag, 1, 20);
			await until(
				() => said(live, tag).length >= 20,
				10_000,
				() => live.fold.last,
			);
			expect(said(live, tag)).toEqual(numbered(tag, 20));
			expect(live.fold.notices.join(' ')).toContain('MaxSessions');
		} finally {
			await dev1.in('mv', `${config}.kept`, config);
		}
	});
});
