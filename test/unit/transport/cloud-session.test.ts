/** A whole session by each road of the cloud: it meets, follows, is cut and goes on, and each line is there once. */
import {readFileSync} from 'node:fs';
import {expect, onTestFinished, test} from 'vitest';
import type {Road} from '../../../src/domain/channel.ts';
import type {Frame} from '../../../src/domain/frame.ts';
import {everything, type SourceId} from '../../../src/domain/source.ts';
import {startEmbedded} from '../../../src/embedded/start.ts';
import type {State as JournalState} from '../../../src/panes/journal/reduce.ts';
import {readFrames} from '../../../src/session/recorder.ts';
import {sources} from '../../../src/sources/index.ts';
import {eitherRoad} from '../../../src/transport/ssh/either.ts';
import {proxyRoad} from '../../../src/transport/ssh/proxy.ts';
import {loopbackHost} from '../../../src/transport/ssh/server.ts';
import {tunnelRoad} from '../../../src/transport/ssh/tunnel.ts';
import {CERTIFICATE} from '../../doubles/certificate.ts';
import {startProxyDouble} from '../../doubles/proxy.ts';
import {embeddedTarget} from '../../doubles/target.ts';
import {startTunnelDouble} from '../../doubles/tunnel.ts';
import {headless, recordingFile, until} from '../../support/headless.ts';

const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';

async function cloud(copyMs: number) {
	const embedded = await startEmbedded({scene: 'quiet'});
	const target = embeddedTarget(embedded);
	let ends = 0;
	// Words are so long under way that lingering is not always enough: the rest is asked for again.
	const cuts = (): boolean => ends++ % 3 === 0;
	const proxy = await startProxyDouble({devices: {[UUID]: target}, cuts, copyMs});
	const tunnel = await startTunnelDouble({devices: {[UUID]: target}});
	onTestFinished(async () => {
		await Promise.all([proxy.close(), tunnel.close()]);
		await embedded.close();
	});
	const byProxy = proxyRoad({
		uuid: UUID,
		route: {hosts: [{...loopbackHost(proxy.port), user: 'ann'}], notes: []},
		pinned: {hostKey: proxy.hostKey, privateKey: proxy.clientKey},
	});
	const byTunnel = tunnelRoad({
		uuid: UUID,
		host: loopbackHost(1),
		users: ['root'],
		server: {host: 'localhost', port: tunnel.port},
		credentials: () => ({user: 'ann', token: 'a-token'}),
		ca: CERTIFICATE,
		pinned: {hostKey: embedded.server.hostKey, privateKey: embedded.server.clientKey},
	});
	return {embedded, proxy, tunnel, byProxy, byTunnel};
}

test.each(['proxy', 'tunnel', 'either'] as const)(
	'by the %s: cut and back, every line once',
	async which => {
		const {embedded, proxy, tunnel, byProxy, byTunnel} = await cloud(which === 'proxy' ? 320 : 5);
		const road: Road = which === 'proxy' ? byProxy : which === 'tunnel' ? byTunnel : eitherRoad([byTunnel, byProxy]);
		const file = recordingFile();
		const session = await headless(road, {file, scope: {...everything, lines: 100}});
		onTestFinished(() => session.stop());
		await until(
			() => session.fold.sources['kernel-history']?.state === 'ended',
			20_000,
			() => session.fold.sources,
		);
		let number = 0;
		const writing = setInterval(() => {
			embedded.device.journal.append([
				['PRIORITY', '6'],
				['_TRANSPORT', 'journal'],
				['SYSLOG_IDENTIFIER', 'counter'],
				['_PID', '77'],
				['MESSAGE', `line ${++number}`],
			]);
		}, 5);
		onTestFinished(() => clearInterval(writing));
		const newest = (): number => Number(/^line (\d+)$/.exec(session.fold.last?.message ?? '')?.[1] ?? 0);
		const live = (): boolean => session.fold.link.kind === 'live';
		await until(
			() => newest() > 50,
			20_000,
			() => session.fold.sources,
		);
		const roads = [session.fold.road];
		const cut = async (how: () => void): Promise<void> => {
			const at = number;
			how();
			await until(() => !live(), 5000);
			session.controls.reconnect();
			await until(
				() => live() && newest() > at + 100,
				30_000,
				() => [session.fold.link, newest(), at],
			);
			roads.push(session.fold.road);
		};
		if (which !== 'either') await cut(() => (which === 'proxy' ? proxy.drop() : tunnel.drop()));
		if (which === 'proxy') await cut(() => proxy.loseDevice());
		if (which === 'either') {
			await cut(() => tunnel.down(true));
			tunnel.down(false);
			await cut(() => proxy.down(true));
		}
		clearInterval(writing);
		await until(
			() => newest() === number,
			20_000,
			() => [newest(), number],
		);
		await session.stop();
		await until(() => embedded.device.processes().length === 0 && proxy.processes() === 0, 5000);
		const {frames} = readFrames(readFileSync(file, 'utf8'));
		const numbers = messages(session.fold.panes.journal).flatMap(text => /^line (\d+)$/.exec(text)?.[1] ?? []);
		expect(numbers.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({length: number}, (_, at) => at + 1));
		expect(session.fold.receipt(0, 0).lost).toBe(0);
		expect(roads).toEqual(
			{
				proxy: ['proxy', 'proxy', 'proxy'],
				tunnel: ['tunnel', 'tunnel'],
				either: ['tunnel', 'proxy', 'tunnel'],
			}[which],
		);
		const told = frames.flatMap(frame => (frame.t === 'link' && frame.link.kind === 'live' ? [frame.link.road] : []));
		expect(told).toEqual(roads);
		// What was cut was asked for again, and came whole.
		const ends = endsOf(frames);
		expect(ends.flatMap(([, ...all]) => all).includes('truncated')).toBe(which === 'proxy');
		for (const [source, ...all] of ends) expect([source, all.at(-1)]).toEqual([source, 'exited']);
		if (which !== 'tunnel') {
			expect(frames).toContainEqual(
				expect.objectContaining({t: 'notice', text: expect.stringContaining('By the cloud’s proxy')}),
			);
		}
	},
	60_000,
);

/** What the journal pane holds. */
function messages(state: unknown): string[] {
	const {ring} = state as JournalState;
	return Array.from({length: ring.end - ring.first}, (_, at) => ring.get(ring.first + at)?.message ?? '');
}

/** How each reading that ends by itself ended, time after time; what the link took with it is left out. */
function endsOf(frames: readonly Frame[]): string[][] {
	const asked = new Map<number, SourceId>();
	const found = new Map<SourceId, string[]>();
	for (const frame of frames) {
		if (frame.t === 'open' && sources[frame.source].mode === 'once') asked.set(frame.ch, frame.source);
		const source = frame.t === 'exit' ? asked.get(frame.ch) : undefined;
		if (frame.t !== 'exit' || source === undefined || frame.exit.kind === 'lost') continue;
		found.set(source, [...(found.get(source) ?? []), frame.exit.kind]);
	}
	return [...found].map(([source, kinds]) => [source, ...kinds]);
}
