import {expect, onTestFinished, test} from 'vitest';
import {isFailure} from '../../../src/domain/channel.ts';
import {everything, type SourceId} from '../../../src/domain/source.ts';
import {startEmbedded} from '../../../src/embedded/start.ts';
import {sources} from '../../../src/sources/index.ts';
import {remoteCommand} from '../../../src/transport/command.ts';
import {framerFor} from '../../../src/transport/framing/framer.ts';

test('over real SSH: history, a follower and a sampler at once; after the connection nothing is left', async () => {
	const bugs: unknown[] = [];
	const embedded = await startEmbedded({scene: 'quiet', onBug: error => bugs.push(error)});
	onTestFinished(() => embedded.close());
	const transport = await embedded.road.connect(new AbortController().signal);
	if (isFailure(transport)) throw new Error(transport.message);
	const open = async (id: SourceId, lines: string) => {
		const source = sources[id];
		const channel = await transport.open(remoteCommand(source.mode, source.argv({scope: everything}), 'tok'));
		if (isFailure(channel)) throw new Error(channel.message);
		const framer = framerFor(source, 'tok');
		let units = 0;
		const ended = new Promise<{units: number; code: number | null}>(resolve => {
			channel.read({
				out: bytes => {
					units += framer.push(bytes).length;
				},
				err: () => {},
				end: () => {
					const end = framer.end();
					resolve({units: units + end.units.length, code: end.code});
				},
			});
		});
		if (lines !== '') channel.write(lines);
		return {ended, channel};
	};
	const history = await open('journal-history', '');
	const sampler = await open('sampler', '1 units full failed vitals pulls\n2 units\nstop\n');
	const follower = await open('journal', '');
	expect(await history.ended).toEqual({units: 500, code: 0});
	expect(await sampler.ended).toEqual({units: 2, code: 0});
	expect(embedded.device.processes()).toHaveLength(1);
	follower.channel.write('stop\n');
	expect((await follower.ended).code).toBe(143);
	const left = await open('journal', '');
	expect(embedded.device.processes()).toHaveLength(1);
	embedded.server.drop();
	await left.ended;
	await expect.poll(() => embedded.device.processes()).toEqual([]);
	expect(bugs).toEqual([]);
});
