/** The embedded device with a clock that stands still, and its answers read as devtop reads them. */
import type {Entry} from '../../../src/domain/entry.ts';
import {textOf} from '../../../src/domain/entry.ts';
import type {Fact} from '../../../src/domain/fact.ts';
import {type Ask, everything, type Source, type SourceId, type Unit} from '../../../src/domain/source.ts';
import {answer} from '../../../src/embedded/answer.ts';
import {type ManualClock, manualClock} from '../../../src/embedded/clock.ts';
import {type EmbeddedDevice, startEmbeddedDevice} from '../../../src/embedded/device.ts';
import type {SceneId} from '../../../src/embedded/scenes.ts';
import type {ExecIo} from '../../../src/embedded/shell.ts';
import {sources} from '../../../src/sources/index.ts';
import {remoteCommand} from '../../../src/transport/command.ts';
import {framerFor} from '../../../src/transport/framing/framer.ts';

export const START = Date.UTC(2026, 10, 23, 12);
export const TOKEN = 'T0k3n';

export const begin = (scene: SceneId | 'all' = 'quiet'): {device: EmbeddedDevice; clock: ManualClock} => {
	const clock = manualClock(START);
	return {device: startEmbeddedDevice({clock, scene}), clock};
};

export type Got = {
	readonly units: readonly Unit[];
	readonly code: number | null;
	readonly rest: string;
	readonly err: string;
};

function framed(source: Pick<Source, 'mode' | 'framing'>, bytes: Uint8Array): Omit<Got, 'err'> {
	const framer = framerFor(source, TOKEN);
	const units = [...framer.push(bytes)];
	const end = framer.end();
	return {units: [...units, ...end.units], code: end.code, rest: end.rest};
}

/** Runs a source's command to its end. */
export async function units(
	device: EmbeddedDevice,
	id: SourceId,
	ask: Partial<Ask> = {},
	lines: readonly string[] = [],
): Promise<Got> {
	const source = sources[id];
	const command = remoteCommand(source.mode, source.argv({scope: everything, ...ask}), TOKEN);
	const {out, err} = await answer(device, command, lines);
	return {...framed(source, out), err};
}

/** What devtop learns from it. */
export async function facts(
	device: EmbeddedDevice,
	id: SourceId,
	ask: Partial<Ask> = {},
	lines: readonly string[] = [],
): Promise<readonly Fact[]> {
	return (await units(device, id, ask, lines)).units.flatMap(unit => sources[id].read(unit));
}

export const entriesOf = (found: readonly Unit[]): readonly Entry[] =>
	found.flatMap(unit => (unit.kind === 'entry' ? [unit.entry] : []));
export const messages = (found: readonly Unit[]): string[] =>
	entriesOf(found).map(entry => textOf(entry, 'MESSAGE') ?? '');

/** Runs words once; the trailer's code, and what stands before it. */
export async function once(
	device: EmbeddedDevice,
	argv: readonly string[],
): Promise<{out: string; err: string; code: number | null}> {
	const {out, err} = await answer(device, remoteCommand('once', argv, TOKEN));
	const {units: found, code, rest} = framed({mode: 'once', framing: 'block'}, out);
	return {out: found[0]?.kind === 'block' ? found[0].text : rest, err, code};
}

/** A command that stays: what it printed so far, its stdin, its end. */
export function follow(device: EmbeddedDevice, id: SourceId, ask: Partial<Ask> = {}) {
	const source = sources[id];
	const framer = framerFor(source, TOKEN);
	const got: Unit[] = [];
	let write: (text: string | null) => void = () => {};
	const closed: (() => void)[] = [];
	let status: number | null = null;
	const io: ExecIo = {
		stdin: listener => {
			write = listener;
		},
		out: data => got.push(...framer.push(typeof data === 'string' ? Buffer.from(data) : data)),
		err: () => {},
		exit: code => {
			status = code;
		},
		onClosed: listener => closed.push(listener),
	};
	device.exec(remoteCommand(source.mode, source.argv({scope: everything, ...ask}), TOKEN), io);
	return {
		got,
		write: (text: string) => write(text),
		close: () => {
			for (const listener of closed) listener();
		},
		/** The code in the trailer, once it is over. */
		ended: () => (status === null ? null : framer.end().code),
	};
}
