import {expect, onTestFinished, test} from 'vitest';
import {startEmbeddedDevice} from '../../../src/embedded/device.ts';
import {type Execution, loopbackRoad, startServer} from '../../../src/transport/ssh/server.ts';
import {headless, until} from '../../support/headless.ts';

/** The embedded device, with a hand in what it says. */
async function tampered(hand: (command: string, execution: Execution) => Execution) {
	const device = startEmbeddedDevice({scene: 'quiet'});
	let connections = 0;
	const bugs: unknown[] = [];
	const server = await startServer({
		onBug: error => bugs.push(error),
		onExec: (command, execution) => {
			if (command.includes('first boot ')) connections++;
			device.exec(command, hand(command, execution));
		},
	});
	const session = await headless(loopbackRoad(server, {name: 'test'}));
	onTestFinished(async () => {
		await session.stop();
		device.close();
		await server.close();
		expect(bugs).toEqual([]);
	});
	return {server, session, connections: () => connections};
}

const rewritten = (execution: Execution, change: (text: string) => string): Execution => ({
	...execution,
	out: data => execution.out(change(typeof data === 'string' ? data : Buffer.from(data).toString())),
});

test('another device at the same address: nothing of it is shown, and the right one is taken again', async () => {
	let other = false;
	const {server, session} = await tampered((command, execution) =>
		other && command.includes('first boot ')
			? rewritten(execution, text =>
					text.replace(/host \S+/, 'host stranger').replace(/uuid [0-9a-f]+/, `uuid ${'f'.repeat(32)}`),
				)
			: execution,
	);
	await until(() => session.fold.sources.sampler?.newestAt != null, 10_000);
	const {identity} = session.fold;
	other = true;
	server.drop();
	await until(
		() => session.fold.link.kind === 'waiting' && session.fold.link.why.includes('Another device answers'),
		15_000,
		() => session.fold.link,
	);
	expect(session.fold.identity).toBe(identity);
	expect(session.store.getState().identity?.hostname).not.toBe('stranger');
	other = false;
	await until(
		() => session.fold.link.kind === 'live',
		20_000,
		() => session.fold.link,
	);
}, 60_000);

test('a held key that asks for a connection makes no storm of them', async () => {
	const {server, session, connections} = await tampered((_command, execution) => execution);
	await until(() => session.fold.link.kind === 'live', 10_000);
	const before = connections();
	const stopDropping = setInterval(() => server.drop(), 20);
	const asking = setInterval(() => session.controls.reconnect(), 10);
	await new Promise(resolve => setTimeout(resolve, 7000));
	clearInterval(stopDropping);
	clearInterval(asking);
	expect(connections() - before).toBeLessThanOrEqual(4);
}, 30_000);

test('a block with a section that nobody asked for does not take the others with it', async () => {
	const {session} = await tampered((command, execution) =>
		command.includes('vitals()')
			? rewritten(execution, text => text.replaceAll('#vitals', '#nonsense\n#vitals'))
			: execution,
	);
	await until(() => session.fold.clockOffsetMs !== null, 10_000);
	expect(session.fold.sources.sampler?.unread).toBe(0);
});
