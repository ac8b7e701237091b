/** The road through a gateway, with a real sh on the device behind it. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {type Failure, isFailure, type Road} from '../../../src/domain/channel.ts';
import {uuidArgv, uuidIn} from '../../../src/sources/identity.ts';
import {connectAll} from '../../../src/transport/ssh/connect.ts';
import {gatewayRoad} from '../../../src/transport/ssh/gateway.ts';
import {loopbackHost, startServer} from '../../../src/transport/ssh/server.ts';
import {got} from '../transport/support.ts';
import {shellServer, walked} from './walked.ts';

const PUMP = '5021224926bb6f632b0bdb42346f3375';
const OTHER = '6610c4a0000000000000000000000000';

/** @param there who has the address behind the gateway; null: nobody. */
async function behind(there: string | null, forwards = true): Promise<Road | Failure> {
	const device = there === null ? null : await shellServer({uuid: there, open: true});
	const server = await startServer({
		...(forwards ? {onForward: () => device?.port ?? null} : {}),
		onExec: (_command, running) => running.exit(0),
	});
	onTestFinished(() => server.close());
	const gateway = loopbackHost(server.port);
	const folder = mkdtempSync(join(tmpdir(), 'devtop-behind-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
	return gatewayRoad(
		{
			approach: context => connectAll([gateway], {hostKey: server.hostKey, privateKey: server.clientKey}, context),
			gateway,
			device: {...loopbackHost(22_222), strictHostKeyChecking: 'accept-new', knownHostsFiles: [join(folder, 'known')]},
			wanted: {uuid: PUMP, whole: true},
			who: {argv: uuidArgv, uuidIn},
			places: [{host: '198.51.100.9', port: null, what: 'the address that was given'}],
			given: true,
			sweep: false,
			keepaliveMs: 10_000,
		},
		null,
	);
}

test('the way through a gateway is a step of its own', async () => {
	const {lines} = await walked(got(await behind(PUMP)));
	expect(
		lines
			.map(({id}) => id)
			.slice(0, 10)
			.join(' '),
	).toBe('configuration road resolve tcp banner host-key encryption login behind shell');
	expect(lines.find(({id}) => id === 'device')?.text).toMatch(/ 5021224,/);
});

test.each([
	['the wrong device behind it', OTHER, true, 'wrong-device'],
	['a host behind it that does not say which device it is', '', true, 'wrong-device'],
	['nobody behind it', null, true, 'not-found-behind'],
	['a gateway that forwards nothing', PUMP, false, 'jump-refused'],
] as const)('%s is named', async (_title, there, forwards, cause) => {
	const road = await behind(there, forwards);
	expect(isFailure(road)).toBe(false);
	const {lines, cases} = await walked(road);
	expect(cases).toEqual([cause]);
	expect(lines.at(-1)).toMatchObject({id: 'behind', grade: 'broken'});
});
