import {afterAll, afterEach, describe, expect, test} from 'vitest';
import type {ActionId} from '../../src/domain/guard.ts';
import type {Session} from '../../src/session/session.ts';
import {headless, recordingFile, roadTo, until} from '../support/headless.ts';
import {labDevice, labSshConfig} from './device.ts';

const FOLDER = '/mnt/data/resin-data/balena-supervisor';
const DEVICE = {kind: 'device'} as const;

describe.skipIf(labSshConfig === '')('the reset of a real supervisor', () => {
	const dev2 = labSshConfig === '' ? (undefined as never) : labDevice('dev2');
	let session: Session | null = null;
	afterEach(async () => {
		await session?.stop();
		session = null;
	});
	afterAll(async () => {
		await dev2.run(`rm -f ${FOLDER}/database.sqlite.devtop-*; systemctl start --no-block balena-supervisor.service`);
		await dev2.close();
	});

	async function done(live: Session, action: ActionId): Promise<string> {
		await live.gate.propose(action, DEVICE);
		const {proposal} = live.gate;
		if (proposal === null || proposal.phase !== 'ready') return proposal?.why ?? 'no proposal';
		return live.gate.confirm(proposal.confirmation.kind === 'yes' ? 'y' : proposal.confirmation.word);
	}
	const containers = (): Promise<string> => dev2.run('balena ps --quiet | sort');

	test('it goes on where it broke, and database and containers are others then', async () => {
		await dev2.run('systemctl start balena-supervisor.service');
		await until(async () => (await containers()).trim().split('\n').length === 3, 60_000);
		const before = await containers();
		const copy = `${FOLDER}/database.sqlite.devtop-00000001`;
		// As it is after a reset that broke: stopped, and copied.
		await dev2.run(
			`systemctl stop balena-supervisor.service update-balena-supervisor.timer && cp -p ${FOLDER}/database.sqlite ${copy}`,
		);
		const database = await dev2.run(`cat ${copy}`);
		const live = await headless(await roadTo('dev2', labSshConfig), {file: recordingFile()});
		session = live;
		await until(() => live.fold.sources.journal?.state === 'answering' && live.fold.known.containers !== null, 30_000);
		expect(
			live.gate.consent({
				by: 'Ann Example',
				via: 'ticket',
				words: 'yes, reset it',
				kind: 'customer',
				actions: 'any',
				units: 'any',
				minutes: 60,
			}),
		).toBe('');
		await live.gate.propose('supervisor.start', DEVICE);
		expect(live.gate.proposal).toMatchObject({
			phase: 'ready',
			consequence: expect.stringMatching(/^A reset was begun/),
		});
		expect(await done(live, 'supervisor.reset')).toBe('');
		await until(
			() => live.fold.guard.runs[0]?.verdict !== null,
			200_000,
			() => live.fold.guard.runs,
		);
		expect(live.fold.guard.runs[0]?.verdict).toMatchObject({
			kind: 'proven',
			sentence: expect.stringMatching(/made anew, and so were the containers: .*backend/),
		});
		const after = (await containers()).trim().split('\n');
		expect(after).toHaveLength(3);
		expect(after.filter(id => before.includes(id))).toEqual([]);
		expect(await dev2.run(`cat ${copy}; ls ${FOLDER}`)).toBe(
			`${database}database.sqlite\ndatabase.sqlite.devtop-00000001\n`,
		);
		expect(await dev2.run(`cat ${FOLDER}/database.sqlite`)).not.toBe(database);
	}, 300_000);
});
