import {readFileSync} from 'node:fs';
import {afterAll, afterEach, describe, expect, test} from 'vitest';
import type {ActionId, Subject, Verdict} from '../../src/domain/guard.ts';
import {readFrames} from '../../src/session/recorder.ts';
import type {Session} from '../../src/session/session.ts';
import {headless, recordingFile, roadTo, until} from '../support/headless.ts';
import {labDevice, labSshConfig} from './device.ts';

/** Units that go wrong in one way each. They live in /run: a reboot takes them away. */
const UNITS = {
	'guard-fails.service': '[Service]\\nExecStart=/bin/false\\nType=oneshot',
	'guard-hangs.service':
		'[Service]\\nType=notify\\nExecStart=/bin/sleep 600\\nTimeoutStartSec=infinity\\nTimeoutStopSec=1',
	'guard-loops.service':
		'[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nExecStart=/bin/sh -c "sleep 1; exit 1"\\nRestart=always\\nRestartSec=1',
	'guard-needs.service':
		'[Unit]\\nRequires=guard-base.service\\nAfter=guard-base.service\\n[Service]\\nExecStart=/bin/sleep 600',
	'guard-base.service': '[Service]\\nExecStart=/bin/sleep 600',
};

const consent = {
	by: 'Ann Example',
	via: 'ticket',
	words: 'yes, restart what you need',
	kind: 'customer',
	actions: 'any',
	units: 'any',
	minutes: 60,
} as const;

describe.skipIf(labSshConfig === '')('the gate and a real device', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	let session: Session | null = null;
	afterEach(async () => {
		await session?.stop();
		session = null;
	});
	afterAll(() => dev1.close());

	async function start(): Promise<{readonly live: Session; readonly file: string}> {
		const file = recordingFile();
		const live = await headless(await roadTo('dev1', labSshConfig), {file});
		session = live;
		await until(() => live.fold.sources.journal?.state === 'answering' && live.fold.known.containers !== null, 30_000);
		expect(live.gate.consent(consent)).toBe('');
		return {live, file};
	}

	/** Through the gate; why it was refused, or empty. */
	async function done(live: Session, action: ActionId, subject: Subject): Promise<string> {
		await live.gate.propose(action, subject);
		const {proposal} = live.gate;
		if (proposal === null || proposal.phase === 'refused') return proposal?.why ?? 'no proposal';
		return live.gate.confirm(proposal.confirmation.kind === 'yes' ? 'y' : proposal.confirmation.word);
	}

	const unit = (name: string): Subject => ({kind: 'unit', unit: name});
	const verdictOf = (live: Session, at: number): Verdict | null => live.fold.guard.runs[at]?.verdict ?? null;

	test('restarts are proven by our own job; what fails, hangs or loops is told apart', async () => {
		await dev1.run(
			Object.entries(UNITS)
				.map(([name, text]) => `printf '${text}\\n' > /run/systemd/system/${name}`)
				.join(' && '),
		);
		await dev1.run(
			'systemctl daemon-reload && systemctl start --no-block guard-loops.service && systemctl start guard-needs.service',
		);
		const {live, file} = await start();
		await live.gate.propose('unit.stop', unit('guard-base.service'));
		expect(live.gate.proposal?.blast.join(' ')).toContain('stops with it: guard-needs.service');
		live.gate.cancel();
		const asked = [
			['unit.restart', unit('chronyd.service')],
			['supervisor.restart', {kind: 'device'}],
			['unit.start', unit('guard-fails.service')],
			['unit.start', unit('guard-hangs.service')],
			['unit.restart', unit('guard-loops.service')],
			['unit.stop', unit('guard-base.service')],
			['units.reload', {kind: 'device'}],
		] as const;
		for (const [action, subject] of asked) expect(await done(live, action, subject)).toBe('');
		await until(
			() => asked.every((_, at) => verdictOf(live, at) !== null),
			230_000,
			() => live.fold.guard.runs.map(({sentence}) => sentence),
		);
		expect(asked.map((_, at) => verdictOf(live, at))).toMatchObject([
			{kind: 'proven', sentence: expect.stringMatching(/chronyd\.service runs anew by our job \d+/)},
			{kind: 'proven', sentence: expect.stringMatching(/supervisor\.service runs anew by our job \d+/)},
			{kind: 'failed', sentence: expect.stringMatching(/our job \d+ with “failed”/)},
			{kind: 'not-proven', sentence: expect.stringMatching(/activating/)},
			{kind: 'not-proven', sentence: expect.stringMatching(/restarting by itself/)},
			{kind: 'proven', sentence: expect.stringMatching(/our job \d+ is done/)},
			{kind: 'proven'},
		]);
		await live.stop();
		const {frames, bad} = readFrames(readFileSync(file, 'utf8'));
		expect(bad).toEqual([]);
		// Evidence stands before what it is evidence for.
		const [first] = frames.flatMap((frame, at) => (frame.t === 'granted' ? [{frame, at}] : []));
		const before = frames.slice(0, first?.at).filter(frame => frame.t === 'open' && frame.for === first?.frame.id);
		expect(before.map(frame => frame.t === 'open' && frame.source)).toEqual(
			expect.arrayContaining(['guard-look', 'unit-properties', 'unit-lines', 'trouble']),
		);
		await dev1.run('systemctl stop guard-hangs.service guard-loops.service guard-needs.service guard-base.service');
	}, 300_000);

	test('the link is cut between the command and its proof: proven all the same', async () => {
		const {live} = await start();
		expect(await done(live, 'unit.restart', unit('dnsmasq.service'))).toBe('');
		await dev1.fault('cut');
		await until(() => live.fold.link.kind !== 'live', 20_000);
		await until(
			() => verdictOf(live, 0) !== null,
			150_000,
			() => live.fold.guard.runs,
		);
		expect(verdictOf(live, 0)).toMatchObject({kind: 'proven'});
	}, 240_000);

	test('a reboot is proven by a new boot id', async () => {
		const {live} = await start();
		expect(await done(live, 'device.reboot', {kind: 'device'})).toBe('');
		await until(
			() => verdictOf(live, 0) !== null,
			120_000,
			() => live.fold.guard.runs,
		);
		expect(verdictOf(live, 0)).toMatchObject({kind: 'proven', sentence: expect.stringMatching(/new boot id/)});
	}, 200_000);

	test('while a pull runs the engine is not restarted; then it is, and its containers are counted back', async () => {
		const {live} = await start();
		const image = 'registry.lab.invalid:5000/v2/app:r2';
		await dev1.run(`balena rmi -f ${image} ${image.replace(/2$/, '1')} >/dev/null 2>&1; true`);
		await dev1.fault('slow', '40%');
		// Its connection ends with the next fault, and the pull with it.
		const pulled = dev1.run(`lab-pull ${image} >/dev/null`).catch(() => {});
		await until(() => live.fold.pulling, 60_000);
		expect(await done(live, 'engine.restart', {kind: 'device'})).toMatch(/A pull is running/);
		await dev1.fault('slow', '');
		await pulled;
		await until(() => !live.fold.pulling, 60_000);
		await until(() => (live.fold.known.containers ?? []).some(({state}) => state === 'running'), 60_000);
		expect(await done(live, 'engine.restart', {kind: 'device'})).toBe('');
		await until(
			() => verdictOf(live, 0) !== null,
			200_000,
			() => live.fold.guard.runs,
		);
		expect(verdictOf(live, 0)).toMatchObject({
			kind: 'proven',
			sentence: expect.stringMatching(/\d+ containers? run, \d+ before/),
		});
	}, 400_000);
});
