import {expect, test} from 'vitest';
import {aimOf} from '../../../src/commands/options.ts';
import {sshCommandFor, sshCommandOf} from '../../../src/commands/ssh-command.ts';
import {isFailure} from '../../../src/domain/channel.ts';

const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';

test.each([
	['root@192.168.1.20:22222', {}, 'direct', 'root@192.168.1.20:22222', 'ssh -p 22222 -- root@192.168.1.20'],
	['my-device', {i: ['key']}, 'direct', 'root@192.168.1.20:22222', 'ssh -i key -- my-device'],
	[UUID, {}, 'tunnel', UUID, undefined],
	[UUID, {}, 'direct', 'root@8f2c91d.local:22222', 'ssh -p 22222 -- root@8f2c91d.local'],
	['root@10.0.0.7', {via: 'gateway'}, 'via gateway', 'root@10.0.0.7:22222', undefined],
	['local', {}, 'local', 'this machine', undefined],
])('%s with %j by the road %s to %s: %s', (word, given, name, target, command) => {
	const aim = aimOf(given, word);
	if (isFailure(aim)) throw new Error(aim.message);
	expect(sshCommandFor(aim, {name, target})?.join(' ')).toBe(command);
});

test.each([
	['root@192.168.1.20:22222', 'direct', 'ssh -p 22222 -- root@192.168.1.20'],
	[UUID, 'proxy', undefined],
	['root@127.0.0.1:40001', 'demo', undefined],
])('of a recording of %s by the road %s: %s', (target, road, command) => {
	expect(sshCommandOf(target, road)?.join(' ')).toBe(command);
});
