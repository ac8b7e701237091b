import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {sessionOver} from '../../src/commands/live.ts';
import type {Carrier} from '../../src/commands/options.ts';
import {sshRoad} from '../../src/commands/ssh-road.ts';
import {isFailure, type Road} from '../../src/domain/channel.ts';
import {everything, type Scope} from '../../src/domain/source.ts';
import {Recorder} from '../../src/session/recorder.ts';
import type {Session} from '../../src/session/session.ts';
import {opensshRoad} from '../../src/transport/openssh/road.ts';

/** A file of this run's own for a recording. */
export const recordingFile = (): string => join(mkdtempSync(join(tmpdir(), 'devtop-test-')), 'session.devtop.jsonl');

/** The road to a host of an ssh_config, with nobody there to ask. */
export async function roadTo(host: string, configFile: string, by: Carrier = 'ssh2'): Promise<Road> {
	const options = {configFile, identityFiles: [], user: null, port: null, jump: null, options: []};
	const road =
		by === 'openssh'
			? await opensshRoad({target: host, options, mayAsk: () => false})
			: await sshRoad(host, options, undefined);
	if (isFailure(road)) throw new Error(road.message);
	return road;
}

/** A session without a screen, with the real panes. It has begun; the caller stops it. */
export async function headless(
	road: Road,
	{scope = everything, file = null as string | null}: {scope?: Scope; file?: string | null} = {},
): Promise<Session> {
	const session = sessionOver(road, scope, file === null ? null : new Recorder(file), null, 'devtop test');
	const refused = await session.begin();
	if (refused !== null) throw new Error(refused.message);
	return session;
}

/** Waits until the question is answered with yes; throws with what was seen last. */
export async function until(
	question: () => boolean | Promise<boolean>,
	ms: number,
	seen: () => unknown = () => '',
): Promise<void> {
	const end = Date.now() + ms;
	for (;;) {
		if (await question()) return;
		if (Date.now() > end) throw new Error(`it did not happen within ${ms} ms: ${JSON.stringify(seen())}`);
		await new Promise(resolve => setTimeout(resolve, 50));
	}
}
